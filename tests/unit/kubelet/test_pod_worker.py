"""When a pod's worker syncs: by listings, one sync for all news that it has not taken up yet."""

from __future__ import annotations

import json
from typing import Any

from k8snb.api.types.event import Event
from k8snb.cluster import Cluster


def container(name: str, script: str = "", **fields: Any) -> dict[str, Any]:
    env = [{"name": "SIM", "value": script}] if script else []
    return {"name": name, "image": "app:1", "env": env, **fields}


def probe(command: str, **fields: Any) -> dict[str, Any]:
    return {"exec": {"command": command.split()}, "periodSeconds": 1, **fields}


def pod(*containers: dict[str, Any], **spec: Any) -> Cluster:
    """A cluster with a pod ``p`` of these containers. Nothing takes time here but what says so."""
    cluster = Cluster(nodes=1, exact=True)
    body = {"containers": containers, **spec}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": body}
    assert cluster.apply(json.dumps(manifest) + "\n").exit == 0
    return cluster


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
