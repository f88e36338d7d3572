"""Rules for the status of a job. What contradicts a spec that was just changed may stay until it is next written.

References
----------
``pkg/apis/batch/validation/validation.go validateJobStatus, ValidateJobStatusUpdate`` and
``pkg/registry/batch/job/strategy.go getStatusValidationOptions @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator

from k8snb.api.field_errors import duplicate, FieldError, invalid, OMITTED, required, time_value, typed
from k8snb.api.jobs import COMPLETE, FAILED, FAILURE_TARGET, is_finished, SUCCESS_CRITERIA_MET, SUSPENDED
from k8snb.api.types.batch import Job, UncountedTerminatedPods
from k8snb.api.validation.job_indexes import count_indexes, first_common_index, IndexesError
from k8snb.api.validation.metadata import IMMUTABLE, validate_nonnegative

CONDITIONS = "status.conditions"


def validate_job_status_update(new: Job, old: Job) -> list[FieldError]:
    """The faults of a job's next status."""
    return [
        *_numbers(new),
        *_conditions(new, old),
        *_times(new, old),
        *_finished(new, old),
        *_indexes(new, old),
        *_changes(new, old),
    ]


def _holds(job: Job, type_: str, status: str = "True") -> bool:
    return any(c.type == type_ and c.status == status for c in job.status.conditions)


def _changed(new: Job, old: Job, *types: str) -> bool:
    return any(_holds(new, type_) != _holds(old, type_) for type_ in types)


def _numbers(new: Job) -> Iterator[FieldError]:
    status = new.status
    for field in ("active", "succeeded", "failed", "ready", "terminating"):
        yield from validate_nonnegative(getattr(status, field) or 0, f"status.{field}")
    noted = status.uncounted_terminated_pods or UncountedTerminatedPods()
    seen: dict[str, None] = {}
    for field, uids in (("succeeded", noted.succeeded), ("failed", noted.failed)):
        for index, uid in enumerate(uids):
            path = f"status.uncountedTerminatedPods.{field}[{index}]"
            if not uid:
                yield invalid(path, typed(uid), "must not be empty")
            elif uid in seen:
                yield duplicate(path, typed(uid))
            seen[uid] = None


def _conditions(new: Job, old: Job) -> Iterator[FieldError]:
    complete, failed = _holds(new, COMPLETE), _holds(new, FAILED)
    target, met = _holds(new, FAILURE_TARGET), _holds(new, SUCCESS_CRITERIA_MET)
    complete_changed, failed_changed = _changed(new, old, COMPLETE), _changed(new, old, FAILED)
    failed_indexes_changed = new.status.failed_indexes != old.status.failed_indexes
    rules = (
        (complete and failed and (complete_changed or failed_changed), "cannot set Complete=True and Failed=true"),
        (
            complete and target and (complete_changed or _changed(new, old, FAILURE_TARGET)),
            "cannot set Complete=True and FailureTarget=true",
        ),
        (met and failed, "cannot set SuccessCriteriaMet=True and Failed=true"),
        (met and target, "cannot set SuccessCriteriaMet=True and FailureTarget=true"),
    )
    for broken, detail in rules:
        if broken:
            yield invalid(CONDITIONS, OMITTED, f"{detail} conditions")
    if failed and not target and (failed_changed or failed_indexes_changed):
        detail = "cannot set Failed=True condition without the FailureTarget=true condition"
        yield invalid(CONDITIONS, OMITTED, detail)
    if complete and not met and _changed(new, old, COMPLETE, SUCCESS_CRITERIA_MET):
        detail = "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"
        yield invalid(CONDITIONS, OMITTED, detail)
    if new.spec.success_policy is not None and complete and not met:
        detail = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"
        yield invalid(CONDITIONS, OMITTED, detail)


def _times(new: Job, old: Job) -> Iterator[FieldError]:
    complete, started, completed = _holds(new, COMPLETE), new.status.start_time, new.status.completion_time
    start_changed, completion_changed = started != old.status.start_time, completed != old.status.completion_time
    path = "status.completionTime"
    if _changed(new, old, COMPLETE) or completion_changed:
        if completed is not None and not complete:
            detail = "cannot set completionTime when there is no Complete=True condition"
            yield invalid(path, time_value(completed), detail)
        if completed is None and complete:
            yield required(path, "completionTime is required for Complete jobs")
    if (start_changed or completion_changed) and started is not None and completed is not None and completed < started:
        yield invalid(path, time_value(completed), "must be equal to or after `startTime`")
    if completed is not None and old.status.completion_time is not None and completion_changed:
        yield invalid(path, time_value(completed), IMMUTABLE)
    resuming = _holds(old, SUSPENDED) and _holds(new, SUSPENDED, "False")
    if start_changed and old.status.start_time is not None and not new.spec.suspend and not resuming:
        yield invalid("status.startTime", time_value(started), "field is immutable for unsuspended job once set")


def _finished(new: Job, old: Job) -> Iterator[FieldError]:
    """What a finished job must not have, or must; and the pods that are ready are among the active ones."""
    status, before, finished = new.status, old.status, is_finished(new)
    changed = finished != is_finished(old)
    empty = bool(new.spec.suspend) and new.spec.completions == 0
    noted = status.uncounted_terminated_pods
    if finished and status.active > 0 and (changed or status.active != before.active):
        yield invalid("status.active", status.active, "active>0 is invalid for finished job")
    if finished and status.start_time is None and not empty and (changed or before.start_time is not None):
        yield required("status.startTime", "startTime is required for finished job")
    noted_changed = changed or noted != before.uncounted_terminated_pods
    if finished and noted and (noted.succeeded or noted.failed) and noted_changed:
        yield invalid("status.uncountedTerminatedPods", noted, "must be empty for finished job")
    if finished and status.terminating and (changed or status.terminating != before.terminating):
        yield invalid("status.terminating", status.terminating, "terminating>0 is invalid for finished job")
    if (status.ready or 0) > status.active and (status.ready, status.active) != (before.ready, before.active):
        yield invalid("status.ready", status.ready, "cannot set more ready pods than active")


def _indexes(new: Job, old: Job) -> Iterator[FieldError]:
    completed, failed, completions = new.status.completed_indexes, new.status.failed_indexes, new.spec.completions
    completed_changed, failed_changed = (
        completed != old.status.completed_indexes,
        failed != old.status.failed_indexes,
    )
    if completed_changed:
        if completions is not None:
            yield from _format("completedIndexes", completed, completions)
        if completed and new.spec.completion_mode != "Indexed":
            detail = "cannot set non-empty completedIndexes when non-indexed completion mode"
            yield invalid("status.completedIndexes", completed, detail)
    if failed_changed and failed is not None:
        if new.spec.backoff_limit_per_index is None:
            detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
            yield invalid("status.failedIndexes", failed, detail)
        elif completions is not None:
            yield from _format("failedIndexes", failed, completions)
    if (completed_changed or failed_changed) and completions is not None and failed is not None:
        common = first_common_index(completed, failed, completions)
        if common is not None:
            detail = f"failedIndexes and completedIndexes overlap at index: {common}"
            yield invalid("status.failedIndexes", failed, detail)


def _format(field: str, text: str, completions: int) -> Iterator[FieldError]:
    try:
        count_indexes(text, completions)
    except IndexesError as error:
        yield invalid(f"status.{field}", text, f"error parsing {field}: {error}")


def _changes(new: Job, old: Job) -> Iterator[FieldError]:
    """What can only grow, or once said is said."""
    for type_ in (FAILED, COMPLETE, FAILURE_TARGET):
        if _holds(old, type_) and not _holds(new, type_):
            yield invalid(CONDITIONS, OMITTED, f"cannot disable the terminal {type_}=True condition")
    if new.status.failed < old.status.failed:
        yield invalid("status.failed", new.status.failed, "cannot decrease the failed counter")
    elastic = new.spec.completion_mode == "Indexed" and new.spec.completions == new.spec.parallelism
    if new.status.succeeded < old.status.succeeded and not elastic:
        yield invalid("status.succeeded", new.status.succeeded, "cannot decrease the succeeded counter")
    if _holds(old, SUCCESS_CRITERIA_MET) and not _holds(new, SUCCESS_CRITERIA_MET):
        yield invalid(CONDITIONS, OMITTED, "cannot disable the SuccessCriteriaMet=True condition")
    if _holds(old, COMPLETE) and _changed(new, old, SUCCESS_CRITERIA_MET) and _holds(new, SUCCESS_CRITERIA_MET):
        detail = "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions"
        yield invalid(CONDITIONS, OMITTED, detail)
