"""Pulls: one after the other, again after a growing delay, and as a registry's faults let them."""

from __future__ import annotations

import pytest
from one_pod import container, pod

from k8snb.api.types.event import Event
from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.kubelet.program import Program, Start
from k8snb.scenario import replay, scenario_of


def reasons(cluster: Cluster) -> list[str]:
    """Why the pod's containers waited, in order."""
    found: list[str] = []
    for change in cluster.log.changes(0):
        if change.resource == "Pod" and change.new is not None:
            for status in change.new.status.container_statuses:  # type: ignore[attr-defined]
                waiting = status.state.waiting
                if waiting is not None and found[-1:] != [waiting.reason]:
                    found.append(waiting.reason)
    return found


def messages(cluster: Cluster, reason: str) -> list[str]:
    return [
        e.message for e in cluster.server.store.tables["Event"].values() if isinstance(e, Event) and e.reason == reason
    ]


def test_a_registry_that_is_down_fails_pulls_until_it_is_up() -> None:
    cluster = Cluster(nodes=1)
    cluster.fault(registry="*", state="down")
    cluster.kubectl("run web --image=app:1")
    cluster.run(40)
    assert reasons(cluster)[:3] == ["ContainerCreating", "ErrImagePull", "ImagePullBackOff"]
    assert any("connection refused" in message for message in messages(cluster, "Failed"))
    cluster.fault(registry="*", state="up")
    cluster.run(90)
    assert cluster.get("pod", "web").status.phase == "Running"


def test_a_slow_registry_takes_its_time() -> None:
    cluster = Cluster(nodes=1)
    cluster.fault(registry="app:*", state="slow", seconds=20)
    cluster.kubectl("run web --image=app:1")
    cluster.run(15)
    assert cluster.get("pod", "web").status.phase == "Pending"
    cluster.run(15)
    assert cluster.get("pod", "web").status.phase == "Running"
    assert messages(cluster, "Pulled")[0].startswith('Successfully pulled image "app:1" in 20s')


def test_faults_of_registries_are_replayed_and_branch() -> None:
    cluster = Cluster(nodes=1)
    cluster.fault(registry="*", state="down")
    cluster.kubectl("run web --image=app:1")
    cluster.run(20)
    again, branch = replay(scenario_of(cluster)), cluster.fork()
    assert again.log.digest() == branch.log.digest() == cluster.log.digest()
    branch.fault(registry="*", state="up")
    branch.run(60)
    assert branch.get("pod", "web").status.phase == "Running"
    assert cluster.get("pod", "web").status.phase == "Pending"


@pytest.mark.parametrize("seconds", [-1, 1.5, True, 10**9])
def test_pulls_take_whole_seconds(seconds: int) -> None:
    cluster = Cluster(nodes=1)
    with pytest.raises(K8snbError, match="seconds"):
        cluster.fault(registry="*", state="slow", seconds=seconds)
    assert cluster.journal == []


def test_an_image_that_is_never_pulled() -> None:
    cluster = Cluster(nodes=1)
    cluster.kubectl("run web --image=app:1 --image-pull-policy=Never")
    cluster.run(30)
    assert "ErrImageNeverPull" in reasons(cluster)
    assert messages(cluster, "ErrImageNeverPull") == [
        'Container image "app:1" is not present with pull policy of Never'
    ]


def test_an_image_whose_name_is_none() -> None:
    cluster = pod(container(image="Bad:IMAGE:x", imagePullPolicy="Never"))
    cluster.run(30)
    assert reasons(cluster) == ["ContainerCreating", "InvalidImageName"]
    assert messages(cluster, "Failed") == ["Error: InvalidImageName"]
    assert messages(cluster, "InspectFailed") == [
        'Failed to apply default image tag "Bad:IMAGE:x": couldn\'t parse image name "Bad:IMAGE:x": invalid reference '
        "format: repository name (library/Bad) must be lowercase"
    ]


def test_functions_say_what_images_do_and_branches_know_them() -> None:
    cluster = Cluster(nodes=1)

    def flaky(start: Start) -> Program | str:
        return "run=1 exit=1" if start.number < 2 else Program()

    cluster.images["app:1"] = flaky
    cluster.kubectl("run web --image=app:1")
    cluster.run(20)
    branch = cluster.fork()
    assert branch.log.digest() == cluster.log.digest()
    for each in (cluster, branch):
        each.run(60)
        status = each.get("pod", "web").status.container_statuses[0]
        assert (status.restart_count, status.state.running is not None) == (2, True)


@pytest.mark.parametrize("program", ["run=3 exit=7", Program(run=3, exit=7)])
def test_a_script_or_a_program_says_what_an_image_does(program: Program | str) -> None:
    cluster = Cluster(nodes=1)
    cluster.images["app:1"] = program
    cluster.kubectl("run web --image=app:1 --restart=Never")
    cluster.run(20)
    terminated = cluster.get("pod", "web").status.container_statuses[0].state.terminated
    assert (terminated.exit_code, cluster.get("pod", "web").status.phase) == (7, "Failed")


def test_what_says_nothing_is_refused_when_it_is_registered() -> None:
    images = Cluster(nodes=1).images
    with pytest.raises(K8snbError, match=r"^image 'app:1': 5 is neither a Program, nor a script, nor a function$"):
        images["app:1"] = 5  # type: ignore[assignment]
    with pytest.raises(K8snbError):
        images.update({"app:1": None})  # type: ignore[dict-item]
    assert not images
