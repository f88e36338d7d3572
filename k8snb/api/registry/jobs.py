"""Strategies of jobs and cron jobs: a job's selector is made from its UID.

References
----------
``pkg/registry/batch/{job,cronjob}/strategy.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.registry.pod_warnings import template_warnings
from k8snb.api.registry.strategy import is_next, SpecStrategy
from k8snb.api.registry.workloads import name_warnings
from k8snb.api.schema import EMPTY
from k8snb.api.types.batch import CronJob, Job, JobSpec
from k8snb.api.types.meta import LabelSelector
from k8snb.api.validation import batch
from k8snb.api.validation.job_status import validate_job_status_update

_MANY_COMPLETIONS, _MUCH_PARALLELISM = 100_000, 10_000
_UNTRACKABLE = (
    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes "
    "might not be able to track completedIndexes when a big number of indexes fail"
)
_JOB = "spec.jobTemplate.spec"


class JobStrategy(SpecStrategy[Job]):
    """Unless it brings a selector of its own, a new job selects by its UID."""

    def prepare_create(self, obj: Job) -> Job:
        obj = super().prepare_create(obj)
        return obj if obj.spec.manual_selector else _with_selector(obj)

    def validate_create(self, obj: Job) -> list[FieldError]:
        return batch.validate_job(obj)

    def canonicalize(self, obj: Job) -> Job:
        labels = obj.spec.template.metadata.labels
        return obj if obj.metadata.labels else replace(obj, metadata=replace(obj.metadata, labels=labels))

    def validate_update(self, new: Job, old: Job) -> list[FieldError]:
        return batch.validate_job_update(new, old)

    def validate_status_update(self, new: Job, old: Job) -> list[FieldError]:
        return validate_job_status_update(new, old)

    def warnings_on_create(self, obj: Job) -> list[str]:
        return name_warnings(obj.metadata.name) + _spec_warnings(obj.spec, "spec")

    def warnings_on_update(self, new: Job, old: Job) -> list[str]:
        return _spec_warnings(new.spec, "spec") if is_next(new, old) else []


def _spec_warnings(spec: JobSpec, path: str) -> list[str]:
    warnings = template_warnings(spec.template, f"{path}.template")
    many = (spec.completions or 0) > _MANY_COMPLETIONS and (spec.parallelism or 0) > _MUCH_PARALLELISM
    return [f"{path}: {_UNTRACKABLE}", *warnings] if spec.completion_mode == "Indexed" and many else warnings


def _with_selector(job: Job) -> Job:
    """A job whose template has labels that no other job's has, and that selects by one of them.

    Labels that the job took over from its template stay the template's; where that had none, readers will find them.
    """
    meta, spec = job.metadata, job.spec
    before = spec.template.metadata.labels
    identity = {
        batch.OLD_NAME_LABEL: meta.name,
        batch.NAME_LABEL: meta.name,
        batch.OLD_UID_LABEL: meta.uid,
        batch.UID_LABEL: meta.uid,
    }
    labels = {**identity, **before}
    selector = spec.selector or LabelSelector()
    selector = replace(selector, match_labels={batch.UID_LABEL: meta.uid, **selector.match_labels})
    template = replace(spec.template, metadata=replace(spec.template.metadata, labels=labels))
    if before is not EMPTY and meta.labels is before:
        meta = replace(meta, labels=labels)
    return replace(job, metadata=meta, spec=replace(spec, selector=selector, template=template))


class CronJobStrategy(SpecStrategy[CronJob]):
    """A changed spec is a new generation."""

    def validate_create(self, obj: CronJob) -> list[FieldError]:
        return batch.validate_cron_job(obj)

    def validate_update(self, new: CronJob, old: CronJob) -> list[FieldError]:
        return batch.validate_cron_job_update(new, old)

    def warnings_on_create(self, obj: CronJob) -> list[str]:
        return name_warnings(obj.metadata.name) + _spec_warnings(obj.spec.job_template.spec, _JOB)

    def warnings_on_update(self, new: CronJob, old: CronJob) -> list[str]:
        warnings = _spec_warnings(new.spec.job_template.spec, _JOB) if is_next(new, old) else []
        if "TZ" not in new.spec.schedule:
            return warnings
        return [
            *warnings,
            "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, "
            "see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details",
        ]
