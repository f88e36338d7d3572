"""Defaults of Job and CronJob.

References
----------
``pkg/apis/batch/v1/defaults.go @ v1.36``
"""

from __future__ import annotations

from k8snb.api.defaults.apps import otherwise
from k8snb.api.defaults.pod_spec import default_template
from k8snb.api.defaults.sharing import each, given, revised
from k8snb.api.types.batch import (
    CronJob,
    Job,
    JobSpec,
    PodFailurePolicy,
    PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
)

NO_BACKOFF_LIMIT = 2**31 - 1


def default_job(job: Job) -> Job:
    """A job with its defaults; without labels it takes its template's."""
    spec, meta = job.spec, job.metadata
    once = spec.completions is None and spec.parallelism is None
    backoff = 6 if spec.backoff_limit_per_index is None else NO_BACKOFF_LIMIT
    replacement = "TerminatingOrFailed" if spec.pod_failure_policy is None else "Failed"
    labels = spec.template.metadata.labels
    spec = revised(
        _default_job_template(spec),
        completions=1 if once else spec.completions,
        parallelism=otherwise(spec.parallelism, 1),
        backoff_limit=otherwise(spec.backoff_limit, backoff),
        completion_mode=otherwise(spec.completion_mode, "NonIndexed"),
        suspend=otherwise(spec.suspend, False),
        pod_replacement_policy=otherwise(spec.pod_replacement_policy, replacement),
        manual_selector=otherwise(spec.manual_selector, False),
    )
    return revised(job, metadata=revised(meta, labels=meta.labels if meta.labels else labels), spec=spec)


def _default_job_template(spec: JobSpec) -> JobSpec:
    """What a job's spec gets in a cron job's template too."""
    return revised(
        spec,
        pod_failure_policy=given(spec.pod_failure_policy, _default_failure_policy),
        template=default_template(spec.template),
    )


def _default_failure_policy(policy: PodFailurePolicy) -> PodFailurePolicy:
    return revised(policy, rules=each(policy.rules, _default_rule))


def _default_rule(rule: PodFailurePolicyRule) -> PodFailurePolicyRule:
    return revised(rule, on_pod_conditions=each(rule.on_pod_conditions, _default_pattern))


def _default_pattern(pattern: PodFailurePolicyOnPodConditionsPattern) -> PodFailurePolicyOnPodConditionsPattern:
    return revised(pattern, status=pattern.status or "True")


def default_cron_job(cron_job: CronJob) -> CronJob:
    """A cron job with its defaults; most of a job's are left to the jobs it makes."""
    spec = cron_job.spec
    template = spec.job_template
    spec = revised(
        spec,
        concurrency_policy=spec.concurrency_policy or "Allow",
        suspend=otherwise(spec.suspend, False),
        successful_jobs_history_limit=otherwise(spec.successful_jobs_history_limit, 3),
        failed_jobs_history_limit=otherwise(spec.failed_jobs_history_limit, 1),
        job_template=revised(template, spec=_default_job_template(template.spec)),
    )
    return revised(cron_job, spec=spec)
