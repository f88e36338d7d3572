"""What a job's pod failure policy says of a failed pod.

References
----------
``pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.types.batch import Job, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus, PodCondition

IGNORE, FAIL_JOB, FAIL_INDEX, COUNT = "Ignore", "FailJob", "FailIndex", "Count"


class Verdict(NamedTuple):
    """What follows from a failed pod.

    ``message`` says why the whole job fails (None: it does not); ``counts`` whether the failure counts towards the
    back-off limit; ``action`` is that of the rule, None when no rule speaks of the pod.
    """

    message: str | None
    counts: bool
    action: str | None


_NO_RULE = Verdict(None, True, None)


def judge(job: Job, pod: Pod) -> Verdict:
    """The verdict of the first rule that speaks of the pod."""
    policy = job.spec.pod_failure_policy
    for index, rule in enumerate(policy.rules if policy is not None else ()):
        subject = _subject(rule, pod)
        if subject is None:
            continue
        if rule.action == FAIL_JOB:
            return Verdict(f"{subject} matching {rule.action} rule at index {index}", True, FAIL_JOB)
        if rule.action in (IGNORE, FAIL_INDEX, COUNT):
            return Verdict(None, rule.action != IGNORE, rule.action)
    return _NO_RULE


def _subject(rule: PodFailurePolicyRule, pod: Pod) -> str | None:
    """What about the pod the rule speaks of, in words; None when it does not speak of it."""
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    if rule.on_exit_codes is not None:
        container = _matching_container(pod, rule.on_exit_codes)
        if container is None or container.state.terminated is None:
            return None
        return f"Container {container.name} for pod {name} failed with exit code {container.state.terminated.exit_code}"
    condition = _matching_condition(pod, rule)
    return None if condition is None else f"Pod {name} has condition {condition.type}"


def _matching_container(pod: Pod, requirement: PodFailurePolicyOnExitCodesRequirement) -> ContainerStatus | None:
    for status in (*pod.status.container_statuses, *pod.status.init_container_statuses):
        ended = status.state.terminated
        named = requirement.container_name in (None, status.name)
        if ended is not None and named and ended.exit_code and _matches_code(ended.exit_code, requirement):
            return status
    return None


def _matches_code(code: int, requirement: PodFailurePolicyOnExitCodesRequirement) -> bool:
    if requirement.operator == "In":
        return code in requirement.values
    return requirement.operator == "NotIn" and code not in requirement.values


def _matching_condition(pod: Pod, rule: PodFailurePolicyRule) -> PodCondition | None:
    for condition in pod.status.conditions:
        if any((p.type, p.status) == (condition.type, condition.status) for p in rule.on_pod_conditions):
            return condition
    return None
