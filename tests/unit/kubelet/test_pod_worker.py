"""When a pod's worker syncs: by listings, one sync for all news that it has not taken up yet."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from one_pod import container, pod, probe

from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.cluster import Cluster


def times(cluster: Cluster, reason: str, container: str) -> list[float]:
    """At which seconds, to a tenth, an event about a container was written."""
    return [
        round(change.time_ms / 1000, 1)
        for change in cluster.log.changes(0)
        if isinstance(change.new, Event) and change.new.reason == reason
        if change.new.involved_object.field_path.endswith(f"{{{container}}}")
    ]


def test_what_a_sync_has_started_is_listed_at_once_but_after_earlier_news_was_taken_up() -> None:
    """Every sync asks a probe that fails once more, so that its complaints tell of the syncs.

    The first sidecar's restart is told of by its own probe, so that the worker already waits for a listing when the
    second one's end is listed: that is one sync, the listing of what it has started another, and what this one shows is
    news for the next listing.
    """
    first = container("i1", "run=3,9", restartPolicy="Always", readinessProbe=probe("false", periodSeconds=30))
    second = container("i0", "run=4,9", restartPolicy="Always")
    unready = container("a", readinessProbe=probe("false", periodSeconds=30))
    cluster = pod(unready, initContainers=[second, first])
    cluster.run(9)
    assert [at for at in times(cluster, "Unhealthy", "a") if at > 3] == [4.0, 4.0, 5.0, 5.0, 6.0]


def test_a_deletion_waits_for_the_sync_that_was_taken_up_before() -> None:
    """And for a listing after it, as every sync does."""
    ready = probe("true", periodSeconds=30, initialDelaySeconds=2)
    first = container("i1", "run=3,9", restartPolicy="Always", readinessProbe=ready)
    second = container("i0", "run=4,9", restartPolicy="Always")
    cluster = pod(container("a", readinessProbe=probe("false", periodSeconds=30)), initContainers=[second, first])
    cluster.run(6.3)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(3)
    assert times(cluster, "Killing", "a") == [8.0]


def test_a_deletion_that_finds_its_worker_idle_is_taken_up_at_once() -> None:
    cluster = pod(container("a"))
    cluster.run(3.5)
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(3)
    assert times(cluster, "Killing", "a") == [3.5]


SCRIPTS = ("run=2", "run=3 exit=1", "run=1,4 exit=1,0", "run=2,ever exit=1 term=2", "term=never")
COMMANDS = ("true", "true", "ok-after 3", "fail-between 4 9")


@st.composite
def containers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    kinds = draw(
        st.lists(st.sampled_from(["startupProbe", "readinessProbe", "livenessProbe"]), min_size=1, unique=True)
    )
    found = {
        kind: probe(draw(st.sampled_from(COMMANDS)), periodSeconds=draw(st.integers(1, 2)), failureThreshold=2)
        for kind in kinds
    }
    return container(name, draw(st.sampled_from(SCRIPTS)), **found)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_two_syncs_go_by_the_same_listing(data: st.DataObject) -> None:
    """A container that has to wait is complained of by every sync: never twice at one time."""
    sidecars = [{**data.draw(containers(name)), "restartPolicy": "Always"} for name in ("s", "t")]
    policy = data.draw(st.sampled_from(["OnFailure", "Never"]))
    cluster = pod(*(data.draw(containers(name)) for name in ("a", "b")), initContainers=sidecars, restartPolicy=policy)
    cluster.run(data.draw(st.integers(8, 25)))
    cluster.kubectl("delete pod p --wait=false")
    cluster.run(100)
    assert cluster.server.find(Pod, "default", "p") is None
    for name in ("a", "b", "s", "t"):
        seen = [
            change.time_ms
            for change in cluster.log.changes(0)
            if isinstance(change.new, Event) and change.new.reason == "BackOff"
            if change.new.involved_object.field_path.endswith(f"{{{name}}}")
        ]
        assert seen == sorted(set(seen))
