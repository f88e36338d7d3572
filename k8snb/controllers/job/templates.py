"""The templates of a job's pods: the job's own, with the finalizer, and for an index with its number in every place.

References
----------
``pkg/controller/job/indexed_job_utils.go addCompletionIndexEnvVariables, addCompletionIndexAnnotation,
addIndexFailureCountAnnotation, podGenerateNameWithIndex @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.jobs import COMPLETION_INDEX, TRACKING_FINALIZER
from k8snb.api.types.batch import Job
from k8snb.api.types.containers import Container, EnvVar, EnvVarSource, ObjectFieldSelector
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.controllers.job.pod_failure_policy import judge
from k8snb.controllers.job.traits import (
    has_backoff_limit_per_index,
    INDEX_FAILURE_COUNT,
    index_failure_count,
    INDEX_IGNORED_FAILURE_COUNT,
    index_ignored_failure_count,
)
from k8snb.machinery.identity import MAX_GENERATED_NAME_LENGTH

INDEX_ENV_NAME = "JOB_COMPLETION_INDEX"


def tracked_template(job: Job) -> PodTemplateSpec:
    """The job's template, with the finalizer that keeps a pod until it is counted."""
    template = job.spec.template
    finalizers = template.metadata.finalizers
    if TRACKING_FINALIZER in finalizers:
        return template
    return replace(template, metadata=replace(template.metadata, finalizers=(*finalizers, TRACKING_FINALIZER)))


def template_of_index(job: Job, template: PodTemplateSpec, index: int, replaced: Pod | None) -> PodTemplateSpec:
    """The template for one completion index; `replaced` is the failed pod whose count the new one takes over."""
    meta, spec, number = template.metadata, template.spec, str(index)
    annotations = {**meta.annotations, COMPLETION_INDEX: number}
    if has_backoff_limit_per_index(job):
        annotations |= _failure_counts(job, replaced)
    return replace(
        template,
        metadata=replace(meta, labels={**meta.labels, COMPLETION_INDEX: number}, annotations=annotations),
        spec=replace(
            spec,
            hostname=f"{job.metadata.name}-{index}",
            containers=tuple(map(_with_index_env, spec.containers)),
            init_containers=tuple(map(_with_index_env, spec.init_containers)),
        ),
    )


def generate_name_of_index(job_name: str, index: int) -> str:
    """What the names of an index's pods begin with; a long name of the job is cut."""
    suffix = f"-{index}-"
    return job_name[: MAX_GENERATED_NAME_LENGTH - len(suffix)] + suffix


def _with_index_env(container: Container) -> Container:
    if any(variable.name == INDEX_ENV_NAME for variable in container.env):
        return container
    field = ObjectFieldSelector(field_path=f"metadata.labels['{COMPLETION_INDEX}']")
    variable = EnvVar(name=INDEX_ENV_NAME, value_from=EnvVarSource(field_ref=field))
    return replace(container, env=(*container.env, variable))


def _failure_counts(job: Job, replaced: Pod | None) -> dict[str, str]:
    """The failures of the index so far, those that count apart from those that do not."""
    if replaced is None:
        return {INDEX_FAILURE_COUNT: "0"}
    counts = judge(job, replaced).counts
    failures = index_failure_count(replaced) + counts
    ignored = index_ignored_failure_count(replaced) + (not counts)
    annotations = {INDEX_FAILURE_COUNT: str(failures)}
    return {**annotations, INDEX_IGNORED_FAILURE_COUNT: str(ignored)} if ignored else annotations
