"""ReplicaSets: whom they claim, whom they let go, and which pods they give up."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.controllers.replicaset import ReplicaSetController
from k8snb.errors import Unclassified
from k8snb.machinery.ownership import claim

TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}


def replica_set(cluster, name="web", replicas=3, owner=None):
    meta = {"name": name, "ownerReferences": [owner] if owner else []}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}
    created = cluster.create({"kind": "ReplicaSet", "metadata": meta, "spec": spec})
    cluster.run()
    return created


@pytest.fixture
def cluster(world):
    built = world(ReplicaSetController)
    for name in ("node-1", "node-2"):
        built.node(name)
    return built


def owners_of(cluster, pod):
    return [r.uid for r in cluster.current(pod).metadata.owner_references]


def test_a_pod_that_goes_is_not_released_but_counts_no_more(cluster):
    rs = replica_set(cluster, replicas=0)
    going, staying = (cluster.pod(name, {"app": "web"}, owner=rs) for name in ("a", "b"))
    cluster.server.update_object(_scaled(cluster.current(rs), 1))
    cluster.delete(going)
    cluster.run()
    assert cluster.current(rs).status.terminating_replicas == 1
    for pod in (going, staying):
        cluster.change_meta(pod, labels={"app": "other"})
    cluster.run()
    assert owners_of(cluster, going) == [rs.metadata.uid]
    assert owners_of(cluster, staying) == []
    assert cluster.current(rs).status.terminating_replicas == 0


def test_a_pod_becomes_available_in_time_although_others_are_refused(cluster):
    hard = {"hard": {"pods": "1"}}
    cluster.create({"kind": "ResourceQuota", "metadata": {"name": "one"}, "spec": hard, "status": hard})
    rs = replica_set(cluster)
    cluster.change(rs, spec=replace(cluster.current(rs).spec, min_ready_seconds=4))
    cluster.run(5.4)  # refused for the 11th time at 5.1 s, it is tried again at 10.2 s
    (pod,) = cluster.all(Pod)
    cluster.set_phase(pod, "Running")
    cluster.set_ready(pod, True)
    cluster.run(3.5)
    assert (cluster.current(rs).status.ready_replicas, cluster.current(rs).status.available_replicas) == (1, 0)
    cluster.run(0.6)
    assert cluster.current(rs).status.available_replicas == 1


def test_orphans_that_go_or_have_ended_are_not_adopted(cluster):
    going, ended = cluster.pod("going", {"app": "web"}), cluster.pod("ended", {"app": "web"})
    cluster.delete(going)
    cluster.set_phase(ended, "Failed")
    cluster.run()
    rs = replica_set(cluster, replicas=1)
    assert owners_of(cluster, going) == owners_of(cluster, ended) == []
    assert cluster.current(rs).status.replicas == 1


def test_without_an_owner_of_its_own_it_does_not_look_at_crowded_nodes(cluster):
    """Upstream counts the pods of ReplicaSets with the same controller: for a ReplicaSet without one, none."""
    rs = replica_set(cluster, replicas=0)
    pods = [cluster.pod(f"p{i}", {"app": "web"}, owner=rs, node=node) for i, node in enumerate(("node-1", "node-2"))]
    crowd = [cluster.pod(f"q{i}", {"app": "web"}, owner=rs, node="node-2") for i in range(2)]
    for pod in crowd:
        cluster.server.set_pod_status(pod, _with_restarts(cluster.current(pod), 0))
    cluster.server.set_pod_status(pods[0], _with_restarts(cluster.current(pods[0]), 3))
    cluster.server.update_object(_scaled(cluster.current(rs), 3))
    cluster.run()
    assert [p.metadata.name for p in cluster.all(Pod) if p.metadata.deletion_timestamp is not None] == ["p0"]


def test_who_is_deleted_by_now_adopts_nothing_and_tries_again(cluster):
    stale = replica_set(cluster, replicas=0)
    orphan = cluster.pod("orphan", {"app": "web"}, owner=None)
    cluster.delete(stale)
    with pytest.raises(Unclassified, match=r"^can't adopt Pod default/orphan \(.+\): ReplicaSet default/web has just"):
        claim(cluster.server, stale, stale.spec.selector, [orphan])
    assert owners_of(cluster, orphan) == []


def _scaled(rs, replicas):
    return replace(rs, spec=replace(rs.spec, replicas=replicas))


def _with_restarts(pod, count):
    return replace(pod.status, container_statuses=(ContainerStatus(name="c", restart_count=count),))


def refusals(cluster):
    return [c.time_ms for c in cluster.server.store.log.changes()
            if isinstance(c.new, Event) and c.new.reason == "FailedCreate"]  # fmt: skip


@pytest.mark.parametrize(
    ("room", "delays"),
    [
        # Only that status brings the key back; then, from the first failure on, there are 5, 20, 40 ms ...
        (0, [1, 4, 20, 40]),
        # The pod that was created does so too, a moment before that status is seen: that sync fails, which counts.
        (1, [0, 1, 1, 3, 80]),
    ],
)
def test_a_sync_that_comes_before_its_own_writes_counts_as_a_failure(cluster, room, delays):
    hard = {"pods": str(room)}
    cluster.create({"kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": hard}})
    cluster.run()
    replica_set(cluster)
    moments = refusals(cluster)
    assert [later - earlier for earlier, later in itertools.pairwise(moments)][: len(delays)] == delays
