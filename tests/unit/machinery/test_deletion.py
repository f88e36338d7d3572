"""What a delete request makes of an object."""

import pytest

from k8snb.api.types.apps import Deployment
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodStatus
from k8snb.machinery.deletion import DeleteOptions, marked_for_deletion

NOW = 1_000_000


def pod(node: str = "node-1", phase: str = "Running", **meta: object) -> Pod:
    spec = PodSpec(node_name=node, termination_grace_period_seconds=30)
    return Pod(metadata=ObjectMeta(name="p", generation=1, **meta), spec=spec, status=PodStatus(phase=phase))


def test_a_running_pod_is_given_its_grace_period() -> None:
    marked = marked_for_deletion(pod(), DeleteOptions(), NOW)
    assert marked is not None
    meta = marked.metadata
    assert (meta.deletion_timestamp, meta.deletion_grace_period_seconds, meta.generation) == (NOW + 30_000, 30, 2)


@pytest.mark.parametrize("gone", [pod(node=""), pod(phase="Succeeded"), pod(phase="Failed")])
def test_a_pod_that_runs_nowhere_goes_at_once(gone: Pod) -> None:
    assert marked_for_deletion(gone, DeleteOptions(), NOW) is None


def test_force_ends_a_grace_period_and_a_longer_one_changes_nothing() -> None:
    first = marked_for_deletion(pod(), DeleteOptions(), NOW)
    assert first is not None
    assert marked_for_deletion(first, DeleteOptions(grace_period_seconds=0), NOW + 5) is None
    assert marked_for_deletion(first, DeleteOptions(grace_period_seconds=60), NOW + 5) is first
    shorter = marked_for_deletion(first, DeleteOptions(grace_period_seconds=5), NOW + 1000)
    assert shorter is not None
    assert shorter.metadata.deletion_timestamp == NOW + 5_000


def test_negative_grace_is_one_second() -> None:
    marked = marked_for_deletion(pod(), DeleteOptions(grace_period_seconds=-1), NOW)
    assert marked is not None
    assert marked.metadata.deletion_grace_period_seconds == 1


@pytest.mark.parametrize(("policy", "finalizer"), [("Foreground", "foregroundDeletion"), ("Orphan", "orphan")])
def test_a_propagation_policy_holds_the_object_by_a_finalizer(policy: str, finalizer: str) -> None:
    deployment = Deployment(metadata=ObjectMeta(name="web", generation=1))
    marked = marked_for_deletion(deployment, DeleteOptions(propagation_policy=policy), NOW)
    assert marked is not None
    assert marked.metadata.finalizers == (finalizer,)
    assert marked.metadata.deletion_timestamp == NOW


def test_background_deletion_takes_the_object_at_once() -> None:
    deployment = Deployment(metadata=ObjectMeta(name="web", generation=1))
    assert marked_for_deletion(deployment, DeleteOptions(propagation_policy="Background"), NOW) is None


def test_an_own_finalizer_holds_the_object() -> None:
    held = Deployment(metadata=ObjectMeta(name="web", generation=1, finalizers=("example.com/hold",)))
    marked = marked_for_deletion(held, DeleteOptions(), NOW)
    assert marked is not None
    assert marked.metadata.deletion_timestamp == NOW
    assert marked_for_deletion(marked, DeleteOptions(), NOW + 1000) is marked
