"""Rules for jobs and cron jobs.

References
----------
``pkg/apis/batch/validation/validation.go ValidateJob, ValidateJobUpdate, ValidateCronJobCreate @ v1.36``
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from k8snb.api.cron import CronError, location_complaint, parse_schedule
from k8snb.api.field_errors import FieldError, invalid, not_supported, required, too_long, typed
from k8snb.api.selectors import matches
from k8snb.api.types.batch import CronJob, CronJobSpec, Job, JobSpec, JobTemplateSpec
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.placement import Affinity
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.api.validation.formats import is_dns1123_label, is_dns1123_subdomain, is_valid_http_path, size
from k8snb.api.validation.internal_form import internal_value
from k8snb.api.validation.job_policies import validate_pod_failure_policy, validate_success_policy
from k8snb.api.validation.metadata import (
    IMMUTABLE,
    name_is_dns_subdomain,
    validate_immutable,
    validate_nonnegative,
    validate_object_meta,
    validate_object_meta_update,
)
from k8snb.api.validation.pod_template import SELECTOR_MISMATCH, validate_pod_template_spec
from k8snb.api.validation.rolling import is_readable
from k8snb.api.validation.selectors import (
    has_invalid_label_value,
    LabelSelectorOptions,
    STRICT,
    validate_label_selector,
)

UID_LABEL, NAME_LABEL = "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name"
OLD_UID_LABEL, OLD_NAME_LABEL = "controller-uid", "job-name"
MODES = ("NonIndexed", "Indexed")
POLICIES = ("Allow", "Forbid", "Replace")
MOST_PARALLEL = MOST_FAILED = MANY_COMPLETIONS = 100_000
MOST_WITH_MANY = 10_000
LONGEST_MANAGER = 63
LONGEST_CRON_NAME = 52
_INDEXED_ONLY = "requires indexed completion mode"
_ZONE_PART = re.compile(r"[A-Za-z._\-0-9+]{1,14}")


def validate_job(job: Job, options: LabelSelectorOptions = STRICT, *, prefixed_labels: bool = True) -> list[FieldError]:
    """The faults of a job whose selector was generated, or is its own."""
    errors = validate_object_meta(job.metadata, name_is_dns_subdomain, True)
    errors += _generated_selector(job, prefixed_labels)
    errors += _job_spec_and_selector(job.spec, options)
    completions = job.spec.completions or 0
    if job.spec.completion_mode == "Indexed" and completions > 0:
        host = f"{job.metadata.name}-{completions - 1}"
        if is_dns1123_label(host):
            detail = f"will not able to create pod with invalid DNS label: {host}"
            errors.append(invalid("metadata.name", job.metadata.name, detail))
    return errors


def _generated_selector(job: Job, prefixed_labels: bool) -> list[FieldError]:
    """The labels that only this job's pods have must be on its template, and be selected."""
    meta, spec = job.metadata, job.spec
    if spec.manual_selector or spec.selector is None:
        return []
    expected = {OLD_UID_LABEL: meta.uid, OLD_NAME_LABEL: meta.name}
    if prefixed_labels:
        expected |= {UID_LABEL: meta.uid, NAME_LABEL: meta.name}
    errors = [] if meta.uid else [required("metadata.uid")]
    for key, value in expected.items():
        errors += _has_label(spec.template, key, value)
    if is_readable(spec.selector) and not matches(spec.selector, expected):
        errors.append(invalid("spec.selector", spec.selector, "`selector` not auto-generated"))
    return errors


def _has_label(template: PodTemplateSpec, key: str, value: str) -> list[FieldError]:
    labels, path = template.metadata.labels, f"spec.template.metadata.labels[{key}]"
    if key not in labels:
        return [required(path, f"must be '{value}'")]
    return [] if labels[key] == value else [invalid(path, typed(labels), f"must be '{value}'")]


def _job_spec_and_selector(spec: JobSpec, options: LabelSelectorOptions) -> list[FieldError]:
    errors = _job_spec(spec, "spec")
    if spec.selector is None:
        errors.append(required("spec.selector"))
    else:
        errors += validate_label_selector(spec.selector, options, "spec.selector")
    labels = spec.template.metadata.labels
    if is_readable(spec.selector) and not matches(spec.selector, labels):
        errors.append(invalid("spec.template.metadata.labels", typed(labels), SELECTOR_MISMATCH))
    return errors


def _job_spec(spec: JobSpec, path: str) -> list[FieldError]:
    """The faults of a job's spec apart from its selector."""
    counts = (
        ("parallelism", spec.parallelism),
        ("completions", spec.completions),
        ("activeDeadlineSeconds", spec.active_deadline_seconds),
        ("backoffLimit", spec.backoff_limit),
        ("ttlSecondsAfterFinished", spec.ttl_seconds_after_finished),
        ("backoffLimitPerIndex", spec.backoff_limit_per_index),
        ("maxFailedIndexes", spec.max_failed_indexes),
    )
    errors = [e for name, count in counts for e in validate_nonnegative(count or 0, f"{path}.{name}")]
    if spec.max_failed_indexes is not None and spec.backoff_limit_per_index is None:
        errors.append(required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    if spec.managed_by is not None:
        errors += _managed_by(spec.managed_by, f"{path}.managedBy")
    errors += _completion_mode(spec, path)
    if spec.pod_failure_policy is not None:
        errors += validate_pod_failure_policy(spec, f"{path}.podFailurePolicy")
    if spec.success_policy is not None:
        if spec.completion_mode == "Indexed":
            errors += validate_success_policy(spec, f"{path}.successPolicy")
        else:
            errors.append(invalid(f"{path}.successPolicy", internal_value(spec.success_policy), _INDEXED_ONLY))
    errors += _replacement(spec, f"{path}.podReplacementPolicy")
    errors += validate_pod_template_spec(spec.template, f"{path}.template")
    return errors + _restart_policy(spec, f"{path}.template.spec.restartPolicy")


def _managed_by(manager: str, path: str) -> list[FieldError]:
    host, slash, rest = manager.partition("/")
    if not manager:
        return [required(path)]
    errors = []
    if not (slash and host and rest):
        errors.append(invalid(path, manager, 'must be a domain-prefixed path (such as "acme.io/foo")'))
    else:
        errors += [invalid(path, host, c) for c in is_dns1123_subdomain(host)]
        errors += [invalid(path, rest, c) for c in is_valid_http_path(rest)]
    return errors + ([too_long(path, LONGEST_MANAGER)] if size(manager) > LONGEST_MANAGER else [])


def _completion_mode(spec: JobSpec, path: str) -> list[FieldError]:
    mode, errors = spec.completion_mode, []
    if mode is not None and mode not in MODES:
        errors.append(not_supported(f"{path}.completionMode", typed(mode), MODES))
    if mode == "Indexed":
        errors += _indexed(spec, path)
    if mode in (None, "NonIndexed"):
        given = (("backoffLimitPerIndex", spec.backoff_limit_per_index), ("maxFailedIndexes", spec.max_failed_indexes))
        errors += [invalid(f"{path}.{name}", v, _INDEXED_ONLY) for name, v in given if v is not None]
    return errors


def _indexed(spec: JobSpec, path: str) -> list[FieldError]:
    completions, parallelism, failed = spec.completions, spec.parallelism, spec.max_failed_indexes
    errors = []
    if completions is None:
        errors.append(required(f"{path}.completions", "when completion mode is Indexed"))
    if parallelism is not None and parallelism > MOST_PARALLEL:
        detail = f"must be less than or equal to {MOST_PARALLEL} when completion mode is Indexed"
        errors.append(invalid(f"{path}.parallelism", parallelism, detail))
    if failed is not None and completions is not None and failed > completions:
        errors.append(invalid(f"{path}.maxFailedIndexes", failed, "must be less than or equal to completions"))
    if failed is not None and failed > MOST_FAILED:
        errors.append(invalid(f"{path}.maxFailedIndexes", failed, f"must be less than or equal to {MOST_FAILED}"))
    if (completions or 0) > MANY_COMPLETIONS and spec.backoff_limit_per_index is not None:
        errors += _many_completions(spec, path)
    return errors


def _many_completions(spec: JobSpec, path: str) -> list[FieldError]:
    errors = []
    if spec.max_failed_indexes is None:
        detail = f"must be specified when completions is above {MANY_COMPLETIONS}"
        errors.append(required(f"{path}.maxFailedIndexes", detail))
    detail = (
        f"must be less than or equal to {MOST_WITH_MANY} when completions are above {MANY_COMPLETIONS} "
        "and used with backoff limit per index"
    )
    given = (("parallelism", spec.parallelism), ("maxFailedIndexes", spec.max_failed_indexes))
    return errors + [invalid(f"{path}.{name}", v, detail) for name, v in given if v is not None and v > MOST_WITH_MANY]


def _replacement(spec: JobSpec, path: str) -> list[FieldError]:
    policy = spec.pod_replacement_policy
    allowed = ("Failed",) if spec.pod_failure_policy is not None else ("Failed", "TerminatingOrFailed")
    return [] if policy is None or policy in allowed else [not_supported(path, typed(policy), allowed)]


def _restart_policy(spec: JobSpec, path: str) -> list[FieldError]:
    policy = spec.template.spec.restart_policy
    if policy in ("", "Always"):
        return [required(path, 'valid values: "OnFailure", "Never"')]
    if policy not in ("OnFailure", "Never"):
        return [not_supported(path, typed(policy), ("OnFailure", "Never"))]
    if spec.pod_failure_policy is not None and policy != "Never":
        return [invalid(path, typed(policy), 'only "Never" is supported when podFailurePolicy is specified')]
    return []


def validate_job_update(new: Job, old: Job) -> list[FieldError]:
    """The faults of a job's next version; of its template nothing may change but where a suspended job's pods go."""
    options = LabelSelectorOptions(allow_invalid_label_value=has_invalid_label_value(old.spec.selector))
    labels = old.spec.template.metadata.labels
    spec, before = new.spec, old.spec
    return [
        *validate_job(new, options, prefixed_labels=NAME_LABEL in labels and UID_LABEL in labels),
        *validate_object_meta_update(new.metadata, old.metadata),
        *_completions(spec, before),
        *_fixed("selector", spec.selector, before.selector),
        *_template(new, old),
        *_fixed("completionMode", spec.completion_mode, before.completion_mode),
        *_fixed("podFailurePolicy", spec.pod_failure_policy, before.pod_failure_policy),
        *_fixed("backoffLimitPerIndex", spec.backoff_limit_per_index, before.backoff_limit_per_index),
        *_fixed("managedBy", spec.managed_by, before.managed_by),
        *_fixed("successPolicy", spec.success_policy, before.success_policy),
    ]


def _fixed(name: str, new: object, old: object) -> list[FieldError]:
    shown = new if isinstance(new, LabelSelector) else internal_value(new)
    return validate_immutable(new, old, f"spec.{name}", shown)


def _completions(new: JobSpec, old: JobSpec) -> list[FieldError]:
    if new.completion_mode != "Indexed":
        return _fixed("completions", new.completions, old.completions)
    if new.completions in (None, old.completions) or new.completions == new.parallelism:
        return []
    detail = "can only be modified in tandem with spec.parallelism"
    return [invalid("spec.completions", new.completions, detail)]


def _template(new: Job, old: Job) -> list[FieldError]:
    """The faults of a changed template. A suspended job that runs nothing may move and resize its pods."""
    after, before = new.spec.template, old.spec.template
    suspended = bool(old.spec.suspend)
    stopped = any(c.type == "Suspended" and c.status == "True" for c in old.status.conditions)
    idle = (old.status.start_time is None or stopped) and not old.status.active
    if suspended and idle:
        before = _moved(after, before)
        before = _resized(after, before)
        if after.spec == before.spec:
            return []
        return [invalid("spec.template.spec", internal_value(after.spec), IMMUTABLE)]
    return [] if after == before else [invalid("spec.template", internal_value(after), IMMUTABLE)]


def _moved(new: PodTemplateSpec, old: PodTemplateSpec) -> PodTemplateSpec:
    """The old template with the new one's scheduling directives."""
    node = new.spec.affinity.node_affinity if new.spec.affinity else None
    affinity = old.spec.affinity or Affinity()
    affinity = replace(affinity, node_affinity=node)
    keep = None if new.spec.affinity is None and affinity == Affinity() else affinity
    if new.spec.affinity is None and old.spec.affinity is None:
        keep = None
    spec = replace(
        old.spec,
        affinity=keep,
        node_selector=new.spec.node_selector,
        tolerations=new.spec.tolerations,
        scheduling_gates=new.spec.scheduling_gates,
    )
    meta = replace(old.metadata, labels=new.metadata.labels, annotations=new.metadata.annotations)
    return replace(old, metadata=meta, spec=spec)


def _resized(new: PodTemplateSpec, old: PodTemplateSpec) -> PodTemplateSpec:
    """The old template with the new one's resources."""
    changes = {}
    for name in ("containers", "init_containers"):
        before, after = getattr(old.spec, name), getattr(new.spec, name)
        if len(before) == len(after):
            changes[name] = tuple(
                replace(b, resources=a.resources) if a.name == b.name else b for a, b in zip(after, before, strict=True)
            )
    return replace(old, spec=replace(old.spec, **changes))


def validate_cron_job(cron_job: CronJob) -> list[FieldError]:
    """The faults of a cron job; its name must leave room for those of its jobs."""
    meta = cron_job.metadata
    errors = validate_object_meta(meta, name_is_dns_subdomain, True) + _cron_spec(cron_job.spec, None)
    if size(meta.name) > LONGEST_CRON_NAME:
        errors.append(invalid("metadata.name", meta.name, f"must be no more than {LONGEST_CRON_NAME} characters"))
    return errors


def validate_cron_job_update(new: CronJob, old: CronJob) -> list[FieldError]:
    """The faults of a cron job's next version."""
    return validate_object_meta_update(new.metadata, old.metadata) + _cron_spec(new.spec, old.spec)


def _cron_spec(spec: CronJobSpec, old: CronJobSpec | None) -> list[FieldError]:
    if not spec.schedule:
        errors = [required("spec.schedule")]
    else:
        errors = _schedule(spec, old is not None and "TZ" in old.schedule)
    errors += validate_nonnegative(spec.starting_deadline_seconds or 0, "spec.startingDeadlineSeconds")
    if old is None or old.time_zone != spec.time_zone:
        errors += _time_zone(spec.time_zone, "spec.timeZone")
    policy, path = spec.concurrency_policy, "spec.concurrencyPolicy"
    if not policy:
        errors.append(required(path))
    elif policy not in POLICIES:
        errors.append(not_supported(path, typed(policy), POLICIES))
    errors += _job_template(spec.job_template, "spec.jobTemplate.spec")
    errors += validate_nonnegative(spec.successful_jobs_history_limit or 0, "spec.successfulJobsHistoryLimit")
    return errors + validate_nonnegative(spec.failed_jobs_history_limit or 0, "spec.failedJobsHistoryLimit")


def _schedule(spec: CronJobSpec, zone_allowed: bool) -> list[FieldError]:
    path, text, errors = "spec.schedule", spec.schedule, []
    try:
        parse_schedule(text)
    except CronError as error:
        errors.append(invalid(path, text, str(error)))
    if "TZ" in text and not zone_allowed:
        detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        errors.append(invalid(path, text, detail))
    elif "TZ" in text and spec.time_zone is not None:
        errors.append(invalid(path, text, "cannot use both timeZone field and TZ or CRON_TZ in schedule"))
    return errors


def _time_zone(zone: str | None, path: str) -> list[FieldError]:
    if zone is None:
        return []
    if not zone:
        return [invalid(path, zone, "timeZone must be nil or non-empty string")]
    for part in zone.split("/"):
        if part in (".", "..") or part.startswith("-") or not _ZONE_PART.fullmatch(part):
            return [invalid(path, zone, f"unknown time zone {zone}")]
    errors = []
    if zone.lower() == "local":
        detail = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        errors.append(invalid(path, zone, detail))
    if complaint := location_complaint(zone):
        errors.append(invalid(path, zone, complaint))
    return errors


def _job_template(template: JobTemplateSpec, path: str) -> list[FieldError]:
    spec = template.spec
    errors = _job_spec(spec, path)
    if spec.selector is not None:
        errors.append(invalid(f"{path}.selector", spec.selector, "`selector` will be auto-generated"))
    if spec.manual_selector:
        errors.append(not_supported(f"{path}.manualSelector", True, ("nil", "false")))
    return errors
