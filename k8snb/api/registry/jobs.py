"""Strategies of jobs and cron jobs: a job's selector is made from its UID.

References
----------
``pkg/registry/batch/{job,cronjob}/strategy.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.field_errors import FieldError
from k8snb.api.registry.strategy import SpecStrategy
from k8snb.api.registry.workloads import name_warnings
from k8snb.api.types.batch import CronJob, Job
from k8snb.api.types.meta import LabelSelector
from k8snb.api.validation import batch
from k8snb.api.validation.job_status import validate_job_status_update


class JobStrategy(SpecStrategy[Job]):
    """Unless it brings a selector of its own, a new job selects by its UID."""

    def prepare_create(self, obj: Job) -> Job:
        obj = super().prepare_create(obj)
        return obj if obj.spec.manual_selector else _with_selector(obj)

    def validate_create(self, obj: Job) -> list[FieldError]:
        return batch.validate_job(obj)

    def validate_update(self, new: Job, old: Job) -> list[FieldError]:
        return batch.validate_job_update(new, old)

    def validate_status_update(self, new: Job, old: Job) -> list[FieldError]:
        return validate_job_status_update(new, old)

    def warnings_on_create(self, obj: Job) -> list[str]:
        return name_warnings(obj.metadata.name)


def _with_selector(job: Job) -> Job:
    """A job whose template has labels that no other job's has, and that selects by one of them.

    Labels that the job took over from its template stay the template's.
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
    if not meta.labels or meta.labels is before:
        meta = replace(meta, labels=labels)
    return replace(job, metadata=meta, spec=replace(spec, selector=selector, template=template))


class CronJobStrategy(SpecStrategy[CronJob]):
    """A changed spec is a new generation."""

    def validate_create(self, obj: CronJob) -> list[FieldError]:
        return batch.validate_cron_job(obj)

    def validate_update(self, new: CronJob, old: CronJob) -> list[FieldError]:
        return batch.validate_cron_job_update(new, old)

    def warnings_on_create(self, obj: CronJob) -> list[str]:
        return name_warnings(obj.metadata.name)

    def warnings_on_update(self, new: CronJob, old: CronJob) -> list[str]:  # noqa: ARG002
        if "TZ" not in new.spec.schedule:
            return []
        return [
            "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, "
            "see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details"
        ]
