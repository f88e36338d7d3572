"""Index intervals, back-off, policies and removal order of jobs: pure functions."""

from __future__ import annotations

import pytest

from k8snb.api.types.batch import (
    Job,
    JobSpec,
    PodFailurePolicy,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
    SuccessPolicy,
    SuccessPolicyRule,
)
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import (
    ContainerState,
    ContainerStateTerminated,
    ContainerStatus,
    PodCondition,
    PodStatus,
)
from k8snb.controllers.job.backoff import BackoffRecord, finished_time, remaining_ms_of_index
from k8snb.controllers.job.intervals import Intervals
from k8snb.controllers.job.pod_failure_policy import judge
from k8snb.controllers.job.removal import pods_to_remove
from k8snb.controllers.job.success_policy import matched_rule
from k8snb.controllers.job.templates import generate_name_of_index, template_of_index, tracked_template
from k8snb.controllers.job.traits import INDEX_FAILURE_COUNT, INDEX_IGNORED_FAILURE_COUNT

INDEX = "batch.kubernetes.io/job-completion-index"


def ended(at: int, code: int = 1, **annotations: str) -> Pod:
    """A pod whose container ended at a second."""
    state = ContainerState(terminated=ContainerStateTerminated(exit_code=code, finished_at=at * 1000))
    status = PodStatus(
        phase="Failed" if code else "Succeeded", container_statuses=(ContainerStatus(name="work", state=state),)
    )
    names = {"failures": INDEX_FAILURE_COUNT, "ignored": INDEX_IGNORED_FAILURE_COUNT}
    meta = ObjectMeta(
        name=f"pod-{at}", namespace="default", annotations={names[key]: text for key, text in annotations.items()}
    )
    return Pod(metadata=meta, status=status)


# -- intervals


@pytest.mark.parametrize(
    ("text", "more", "shown", "total"),
    [
        ("", [], "", 0),
        ("", [3], "3", 1),
        ("0,2", [1], "0-2", 3),
        ("0,1", [], "0,1", 2),
        ("0-2,5", [7, 6], "0-2,5-7", 6),
        ("1,3-5", [0, 9], "0,1,3-5,9", 6),
        ("3-50", [], "3-9", 7),  # only ten completions
        ("3,20", [], "3", 1),
        ("x,4", [], "4", 1),
    ],
)
def test_intervals(text, more, shown, total):
    result = Intervals.parse(text, 10).with_indexes(sorted(more))
    assert (str(result), result.total()) == (shown, total)


def test_missing_and_common():
    some = Intervals.parse("1,4-6", 10)
    assert list(some.missing(9)) == [0, 2, 3, 7, 8]
    assert list(some.missing(3)) == [0, 2]
    assert [i for i in range(8) if some.has(i)] == [1, 4, 5, 6]
    assert some.common(Intervals.parse("0-4,6-9", 10)) == 3


# -- back-off


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 10), (2, 20), (3, 40), (6, 320), (7, 600), (40, 600)])
def test_back_off_doubles(failures, seconds):
    assert BackoffRecord(failures, 5000).remaining_ms(5000) == seconds * 1000
    assert BackoffRecord(failures, 5000).remaining_ms(5000 + seconds * 1000) == 0


def test_record_counts_failures_since_the_last_success():
    record = BackoffRecord().after([], [ended(5), ended(3)])
    assert record == BackoffRecord(2, 5000)
    assert record.after([], []) == record
    assert record.after([], [ended(9)]) == BackoffRecord(3, 9000)
    assert record.after([ended(8, 0)], [ended(7), ended(8), ended(9)]) == BackoffRecord(1, 9000)
    assert record.after([ended(8, 0)], []) == BackoffRecord()


def test_each_index_has_its_own_back_off():
    assert remaining_ms_of_index(None, 0) == 0
    assert remaining_ms_of_index(ended(5, failures="1", ignored="1"), 6000) == 39_000


def test_finished_time_of_a_pod_without_containers():
    ready = PodCondition(type="Ready", status="False", last_transition_time=7000)
    assert finished_time(Pod(status=PodStatus(conditions=(ready,)))) == 7000
    deleted = ObjectMeta(deletion_timestamp=40_000, deletion_grace_period_seconds=30, creation_timestamp=1000)
    assert finished_time(Pod(metadata=deleted)) == 10_000
    assert finished_time(Pod(metadata=ObjectMeta(creation_timestamp=1000))) == 1000


# -- policies


def job_with(*rules: PodFailurePolicyRule) -> Job:
    return Job(metadata=ObjectMeta(name="batch"), spec=JobSpec(pod_failure_policy=PodFailurePolicy(rules=rules)))


def on_exit(action: str, operator: str, *values: int, container: str | None = None) -> PodFailurePolicyRule:
    requirement = PodFailurePolicyOnExitCodesRequirement(container_name=container, operator=operator, values=values)
    return PodFailurePolicyRule(action=action, on_exit_codes=requirement)


def test_first_matching_rule_decides():
    job = job_with(
        on_exit("Ignore", "In", 7, container="other"), on_exit("FailIndex", "In", 3), on_exit("FailJob", "NotIn", 1, 2)
    )
    assert judge(job, ended(1, 1)) == (None, True, None)
    assert judge(job, ended(1, 3)) == (None, True, "FailIndex")
    message = "Container work for pod default/pod-1 failed with exit code 7 matching FailJob rule at index 2"
    assert judge(job, ended(1, 7)) == (message, True, "FailJob")
    assert judge(Job(), ended(1, 7)) == (None, True, None)


def test_rule_on_conditions():
    pattern = PodFailurePolicyOnPodConditionsPattern(type="DisruptionTarget", status="True")
    job = job_with(PodFailurePolicyRule(action="Ignore", on_pod_conditions=(pattern,)))
    condition = PodCondition(type="DisruptionTarget", status="True")
    assert judge(job, Pod(status=PodStatus(phase="Failed", conditions=(condition,)))) == (None, False, "Ignore")
    assert judge(job, ended(1)).counts


@pytest.mark.parametrize(
    ("succeeded", "message"),
    [("", None), ("0,5", None), ("1,3", "Matched rules at index 0"), ("0,4-6", "Matched rules at index 1")],
)
def test_success_policy(succeeded, message):
    rules = (SuccessPolicyRule(succeeded_indexes="1-3", succeeded_count=2), SuccessPolicyRule(succeeded_count=4))
    job = Job(spec=JobSpec(completions=8, success_policy=SuccessPolicy(rules=rules)))
    assert matched_rule(job, Intervals.parse(succeeded, 8)) == message


# -- templates and removal


def test_template_of_an_index_takes_over_the_failures():
    job = Job(metadata=ObjectMeta(name="batch"), spec=JobSpec(backoff_limit_per_index=3, completion_mode="Indexed"))
    template = template_of_index(job, tracked_template(job), 4, ended(5, failures="1"))
    assert template.metadata.finalizers == ("batch.kubernetes.io/job-tracking",)
    assert template.metadata.annotations == {INDEX: "4", INDEX_FAILURE_COUNT: "2"}
    assert template.metadata.labels == {INDEX: "4"}
    assert template.spec.hostname == "batch-4"
    assert generate_name_of_index("batch", 4) == "batch-4-"
    assert generate_name_of_index("b" * 60, 12) == "b" * 54 + "-12-"


def active(name: str, index: int, phase: str = "Running", node: str = "n") -> Pod:
    return Pod(
        metadata=ObjectMeta(name=name, annotations={INDEX: str(index)}),
        spec=PodSpec(node_name=node),
        status=PodStatus(phase=phase),
    )


def test_pods_that_got_least_far_go_first():
    pods = [active("runs", 0), active("waits", 1, "Pending", ""), active("starts", 2, "Pending")]
    assert [p.metadata.name for p in pods_to_remove(Job(), pods, 2)] == ["waits", "starts"]


def test_pods_without_an_index_of_their_own_go():
    job = Job(spec=JobSpec(completion_mode="Indexed", completions=2))
    pods = [active("a", 0, "Pending"), active("b", 0), active("c", 1), active("d", 2)]
    assert [p.metadata.name for p in pods_to_remove(job, pods, 0)] == ["d", "a"]
