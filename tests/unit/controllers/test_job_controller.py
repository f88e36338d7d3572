"""The job controller at work: creating, counting, failing, suspending and letting go of pods."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from k8snb.api.types.batch import Job
from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.controllers.job import JobController
from k8snb.controllers.ttlafterfinished import TTLAfterFinishedController

INDEX = "batch.kubernetes.io/job-completion-index"
TRACKING = "batch.kubernetes.io/job-tracking"


@pytest.fixture
def cluster(world):
    return world(JobController, TTLAfterFinishedController)


def job(cluster: Any, template: dict[str, Any] | None = None, **spec: Any) -> Job:
    pod = {"containers": [{"name": "work", "image": "busybox"}], "restartPolicy": "Never"}
    full = {**spec, "template": {"spec": {**pod, **(template or {})}}}
    created = cluster.create({"kind": "Job", "metadata": {"name": "batch"}, "spec": full})
    cluster.run()
    return created


def pods(cluster: Any, phase: str = "Pending") -> list[Pod]:
    return [p for p in cluster.all(Pod) if p.status.phase == phase and p.metadata.deletion_timestamp is None]


def conditions(cluster: Any, job: Job) -> dict[str, str]:
    return {c.type: f"{c.status} {c.reason}" for c in cluster.current(job).status.conditions}


def about_to_complete(cluster: Any) -> Job:
    """A job of one pod that has said how it will end, a moment before it does."""
    batch = job(cluster, parallelism=1, completions=1)
    cluster.run(2)
    cluster.set_phase(pods(cluster)[0], "Succeeded")
    cluster.run(1.001)
    return batch


def test_changes_of_pods_are_looked_at_together(cluster):
    batch = job(cluster, parallelism=2, completions=4)
    first, second = pods(cluster)
    assert first.metadata.finalizers == (TRACKING,)
    cluster.run(2)
    cluster.set_phase(first, "Succeeded")
    cluster.run(0.9)
    cluster.set_phase(second, "Succeeded")
    assert cluster.current(batch).status.succeeded == 0
    cluster.run(0.2)
    status = cluster.current(batch).status
    assert (status.succeeded, status.active, status.uncounted_terminated_pods.succeeded) == (2, 2, ())
    assert cluster.current(first).metadata.finalizers == ()


def test_completes(cluster):
    batch = job(cluster, parallelism=1, completions=1)
    cluster.set_phase(pods(cluster)[0], "Succeeded")
    cluster.run(3)
    status = cluster.current(batch).status
    assert conditions(cluster, batch) == {
        "SuccessCriteriaMet": "True CompletionsReached",
        "Complete": "True CompletionsReached",
    }
    assert status.completion_time is not None and status.active == 0
    assert ("batch", "Completed") in cluster.events()


def test_says_that_it_will_be_complete_a_moment_before_it_is(cluster):
    batch = about_to_complete(cluster)
    assert conditions(cluster, batch) == {"SuccessCriteriaMet": "True CompletionsReached"}
    assert cluster.all(Pod)[0].metadata.finalizers == ()
    assert ("batch", "Completed") not in cluster.events()
    cluster.run(0.002)
    assert conditions(cluster, batch)["Complete"] == "True CompletionsReached"
    assert cluster.current(batch).status.succeeded == 1


def test_a_job_that_changes_in_that_moment_completes_later(cluster):
    batch = about_to_complete(cluster)
    cluster.change_meta(batch, labels={"a": "b"})
    cluster.run(0.9)
    assert list(conditions(cluster, batch)) == ["SuccessCriteriaMet"]
    cluster.run(0.2)
    assert list(conditions(cluster, batch)) == ["SuccessCriteriaMet", "Complete"]
    assert cluster.current(batch).status.succeeded == 1


def test_a_suspended_job_cannot_end_for_it_has_no_start(cluster):
    batch = job(cluster, parallelism=1, completions=1)
    cluster.run(2)
    cluster.set_phase(pods(cluster)[0], "Failed")
    cluster.run(1.5)
    cluster.change(batch, spec=replace(cluster.current(batch).spec, suspend=True))
    cluster.run(0.5)
    cluster.change(batch, spec=replace(cluster.current(batch).spec, backoff_limit=0))
    cluster.run(20)
    assert list(conditions(cluster, batch)) == ["Suspended", "FailureTarget"]
    assert cluster.current(batch).status.start_time is None


def test_waits_longer_after_each_failure_then_fails(cluster):
    batch = job(cluster, parallelism=1, completions=1, backoffLimit=1)
    cluster.run(2)
    cluster.set_phase(pods(cluster)[0], "Failed")  # at 2.1 s; its Ready condition says second 2
    cluster.run(9.8)
    assert pods(cluster) == []
    cluster.run(0.2)
    assert len(pods(cluster)) == 1
    cluster.set_phase(pods(cluster)[0], "Failed")
    cluster.run(3)
    assert conditions(cluster, batch) == {
        "FailureTarget": "True BackoffLimitExceeded",
        "Failed": "True BackoffLimitExceeded",
    }
    assert cluster.current(batch).status.failed == 2


def test_failed_job_ends_when_its_pods_are_gone(cluster):
    batch = job(cluster, parallelism=2, completions=2, activeDeadlineSeconds=5)
    for pod in pods(cluster):
        cluster.server.bind(pod, "node-1")
    cluster.run(5)
    assert conditions(cluster, batch) == {"FailureTarget": "True DeadlineExceeded"}
    assert cluster.current(batch).status.terminating == 2
    for pod in cluster.all(Pod):
        cluster.delete(pod, 0)
    cluster.run(2)
    assert conditions(cluster, batch)["Failed"] == "True DeadlineExceeded"
    assert cluster.all(Pod) == []


def test_suspended_job_has_no_pods(cluster):
    batch = job(cluster, parallelism=2, completions=2, suspend=True)
    assert pods(cluster) == []
    assert cluster.current(batch).status.start_time is None
    stored = cluster.current(batch)
    cluster.change(batch, spec=replace(stored.spec, suspend=False))
    cluster.run()
    assert len(pods(cluster)) == 2
    assert conditions(cluster, batch) == {"Suspended": "False JobResumed"}
    stored = cluster.current(batch)
    cluster.change(batch, spec=replace(stored.spec, suspend=True))
    cluster.run()
    assert cluster.all(Pod) == []
    assert cluster.current(batch).status.failed == 0
    assert {e.reason: e.count for e in cluster.all(Event) if e.reason in ("Suspended", "Resumed")} == {
        "Suspended": 2,
        "Resumed": 1,
    }


def test_indexes_fail_apart(cluster):
    batch = job(cluster, parallelism=2, completions=2, completionMode="Indexed", backoffLimitPerIndex=0)
    by_index = {p.metadata.annotations[INDEX]: p for p in pods(cluster)}
    cluster.set_phase(by_index["0"], "Failed")
    cluster.run(2)
    cluster.set_phase(by_index["1"], "Succeeded")
    cluster.run(2)
    status = cluster.current(batch).status
    assert (status.failed_indexes, status.completed_indexes) == ("0", "1")
    assert conditions(cluster, batch)["Failed"] == "True FailedIndexes"
    assert cluster.all(Pod)[0].spec.containers[0].env[0].name == "JOB_COMPLETION_INDEX"


def test_success_policy_ends_the_job_early(cluster):
    policy = {"rules": [{"succeededIndexes": "1"}]}
    batch = job(cluster, parallelism=3, completions=3, completionMode="Indexed", successPolicy=policy)
    cluster.set_phase(next(p for p in pods(cluster) if p.metadata.annotations[INDEX] == "1"), "Succeeded")
    cluster.run(3)
    assert conditions(cluster, batch)["Complete"] == "True SuccessPolicy"
    status = cluster.current(batch).status
    assert (status.succeeded, status.failed) == (1, 0)


def test_replaces_only_failed_pods_if_told_so(cluster):
    batch = job(cluster, parallelism=1, completions=1, podReplacementPolicy="Failed")
    pod = pods(cluster)[0]
    cluster.server.bind(pod, "node-1")
    cluster.delete(pod)
    cluster.run(30)
    assert (len(cluster.all(Pod)), cluster.current(batch).status.terminating) == (1, 1)
    cluster.set_phase(pod, "Failed")
    cluster.run(12)
    assert len(pods(cluster)) == 1


def test_ready_pods_of_a_waiting_job_are_refused_for_a_while(cluster):
    batch = job(cluster, parallelism=2, completions=4, backoffLimit=6)
    failing, other = pods(cluster)
    cluster.set_phase(failing, "Failed")
    cluster.run(2)
    assert cluster.current(batch).status.active == 0  # as upstream reports it while the job waits
    cluster.set_ready(other, True)
    cluster.run(2)
    assert cluster.current(batch).status.ready == 0
    cluster.run(10)
    status = cluster.current(batch).status
    assert (status.active, status.ready) == (2, 1)


def test_pods_of_a_deleted_job_are_let_go(cluster):
    batch = job(cluster, parallelism=2, completions=2)
    cluster.delete(batch)
    cluster.run()
    assert [p.metadata.finalizers for p in cluster.all(Pod)] == [(), ()]


def test_adopts_with_the_finalizer(cluster):
    labels = {"mine": "yes"}
    orphan = cluster.pod("orphan", labels)
    spec = {"manualSelector": True, "selector": {"matchLabels": labels}, "parallelism": 1, "completions": 1}
    pod = {"containers": [{"name": "work", "image": "busybox"}], "restartPolicy": "Never"}
    template = {"metadata": {"labels": labels}, "spec": pod}
    body = {"kind": "Job", "metadata": {"name": "batch"}, "spec": {**spec, "template": template}}
    cluster.create(body)
    cluster.run()
    adopted = cluster.current(orphan)
    assert (len(cluster.all(Pod)), adopted.metadata.finalizers) == (1, (TRACKING,))
    assert adopted.metadata.owner_references[0].name == "batch"


def test_refused_pods_are_tried_again_after_a_second(cluster):
    quota = cluster.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}})
    cluster.change(quota, status=replace(quota.status, hard={"pods": "0"}, used={"pods": "0"}))
    job(cluster, parallelism=1, completions=1)
    failures = lambda: sum(e.count for e in cluster.all(Event) if e.reason == "FailedCreate")  # noqa: E731
    assert failures() == 1
    cluster.run(1)
    assert failures() == 2
    cluster.run(1)
    assert failures() == 2


def test_finished_job_is_deleted_after_its_time(cluster):
    batch = job(cluster, parallelism=1, completions=1, ttlSecondsAfterFinished=5)
    cluster.set_phase(pods(cluster)[0], "Succeeded")
    cluster.run(4)
    assert cluster.current(batch).metadata.deletion_timestamp is None
    cluster.run(3)
    assert cluster.current(batch).metadata.finalizers == ("foregroundDeletion",)
