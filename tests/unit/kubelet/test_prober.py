"""How probes let pods be synced, and what they hear of. Nothing takes time here but what says so."""

from __future__ import annotations

import pytest
from one_pod import container, pod, probe

from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerState
from k8snb.cluster import Cluster


def states(cluster: Cluster, name: str) -> list[tuple[float, str]]:
    """What a container did, with the seconds at which its pod's status said so."""
    found: list[tuple[float, str]] = []
    for change in cluster.log.changes(0):
        if isinstance(change.new, Pod):
            status = change.new.status
            for each in (*status.init_container_statuses, *status.container_statuses):
                word = state(each.state)
                if each.name == name and (not found or found[-1][1] != word):
                    found.append((change.time_ms / 1000, word))
    return found


def starts(cluster: Cluster, name: str) -> list[float]:
    """When a container was first said to run, at each of its starts."""
    found: dict[str, float] = {}
    for change in cluster.log.changes(0):
        if isinstance(change.new, Pod):
            for each in change.new.status.container_statuses:
                if each.name == name and each.state.running is not None:
                    found.setdefault(each.container_id, change.time_ms / 1000)
    return list(found.values())


def state(of: ContainerState) -> str:
    if of.waiting is not None:
        return of.waiting.reason
    return "running" if of.running is not None else "terminated"


def complaints(cluster: Cluster) -> dict[str, int]:
    """How often a probe of each container failed."""
    counts: dict[str, int] = {}
    for event in cluster.server.store.tables["Event"].values():
        if isinstance(event, Event) and event.reason == "Unhealthy":
            counts[event.involved_object.field_path] = event.count
    return counts


@pytest.mark.parametrize("kind", ["readinessProbe", "livenessProbe"])
def test_a_pod_whose_first_container_is_done_is_synced_with_every_listing(kind: str) -> None:
    """Its probe is begun again and again, and finds the same: so others restart as soon as their back-off is over."""
    crashing = container("b", "run=2 exit=1")
    plain = pod(container("a", "run=4"), crashing, restartPolicy="OnFailure")
    probed = pod(container("a", "run=4", **{kind: probe("true")}), crashing, restartPolicy="OnFailure")
    for cluster in (plain, probed):
        cluster.run(30)
    (_, second, third), (_, second_probed, third_probed) = starts(plain, "b")[:3], starts(probed, "b")[:3]
    assert third_probed - second_probed < 13 < third - second  # it ran for 2 s, and had to wait for 10 s


def test_a_probe_of_a_later_container_is_not_begun_again_while_an_earlier_one_is_there() -> None:
    crashing = container("b", "run=2 exit=1", readinessProbe=probe("true"))
    cluster = pod(crashing, container("c", "run=4", readinessProbe=probe("true")), restartPolicy="OnFailure")
    cluster.run(30)
    _, second, third = starts(cluster, "b")[:3]
    assert third - second > 13


def test_nothing_keeps_a_cluster_from_being_at_rest_when_a_probed_container_is_done() -> None:
    done, unready = container("a", "run=2", readinessProbe=probe("true")), container("b", readinessProbe=probe("false"))
    cluster = pod(done, unready, restartPolicy="Never")
    cluster.run(60)
    assert cluster.settled


def test_the_probes_of_a_sidecar_never_hear_of_the_deletion() -> None:
    sidecar = container("s", restartPolicy="Always", livenessProbe=probe("fail-between 8 99", failureThreshold=1))
    cluster = pod(container("a", "term=8"), initContainers=[sidecar])
    cluster.run(6)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(5)
    assert complaints(cluster) == {"spec.initContainers{s}": 1}


def test_a_startup_probe_goes_on_until_the_deleted_pod_is_stopped() -> None:
    """The worker is still busy with another container, so that the pod is not being stopped yet."""
    failing = container("a", "term=8", livenessProbe=probe("fail-between 5 99", failureThreshold=1))
    slow = container("b", startupProbe=probe("ok-after 30", failureThreshold=99))
    cluster = pod(failing, slow, terminationGracePeriodSeconds=30)
    cluster.run(7)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(5)
    started = {s.name: s.started for s in cluster.get("pod", "p").status.container_statuses}
    assert started["b"] is False


def test_news_that_comes_while_a_worker_takes_up_earlier_news_is_worth_a_sync_of_its_own() -> None:
    """So a crash soon after a probe's first answer is told of twice: that it ended, and then that it has to wait."""
    cluster = pod(container("c", "run=2 exit=1", startupProbe=probe("true")))
    cluster.run(9)
    ended, waits = [at for at, word in states(cluster, "c") if word in ("terminated", "CrashLoopBackOff")][-2:]
    assert 0.9 < waits - ended < 1.2


def test_a_sync_that_probes_asked_for_comes_before_the_stop_of_a_deleted_pod() -> None:
    """It waits for a listing, and the stop for the one after: the sidecar's end is taken for a crash meanwhile."""
    done = container("b", "run=3", readinessProbe=probe("true"))
    sidecar = container("i", "run=6,3 exit=1", restartPolicy="Always")
    cluster = pod(container("a"), done, initContainers=[sidecar], restartPolicy="Never")
    cluster.run(9)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(5)
    events = [e for e in cluster.server.store.tables["Event"].values() if isinstance(e, Event)]
    found = [(e.reason, e.involved_object.field_path) for e in events if e.reason in ("BackOff", "Killing")]
    assert found == [("BackOff", "spec.initContainers{i}"), ("Killing", "spec.containers{a}")]


def test_a_probe_that_will_fail_later_still_notices_the_end_of_its_container_at_its_next_tick() -> None:
    """That is news, so that the pod's status soon says that the container has to wait."""
    late = probe("fail-between 20 30", periodSeconds=3)
    cluster = pod(container("c", "run=4 exit=1", livenessProbe=late), container("d"))
    cluster.run(14)
    ended, waits = [at for at, word in states(cluster, "c") if word in ("terminated", "CrashLoopBackOff")][-2:]
    assert 0.9 < waits - ended < 4.2


def test_a_pod_whose_probed_container_is_done_is_synced_once_with_every_listing() -> None:
    """However much it hears of in between: what was not taken up yet is one piece of news."""
    slow = container("a", "run=4", livenessProbe=probe("fail-between 5 14"))
    done = container("b", "run=4", startupProbe=probe("ok-after 7", initialDelaySeconds=2))
    crashing = container("s", "run=2,3,6 exit=0,1", restartPolicy="Always")
    sidecars = [container("r", restartPolicy="Always"), crashing]
    cluster = pod({**slow, "image": "app:slow-3"}, done, initContainers=sidecars, restartPolicy="OnFailure")
    cluster.run(15)
    times = [
        change.time_ms // 1000
        for change in cluster.log.changes(0)
        if isinstance(change.new, Event) and change.new.reason == "BackOff"
    ]
    assert times == [6, 7, 8, 9, 10, 11, 12, 13, 14]
