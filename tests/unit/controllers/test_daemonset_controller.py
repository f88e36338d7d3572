"""The DaemonSet controller on a cluster by hand: pods for nodes, revisions, adoption, failures."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from k8snb.api.hashes import compute_hash
from k8snb.api.resources import BY_CLASS
from k8snb.api.types.apps import ControllerRevision, DaemonSet
from k8snb.api.types.event import Event
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset import DaemonSetController
from k8snb.controllers.daemonset.placement import target_node

HASH = "controller-revision-hash"


def manifest(image="i:1", **spec):
    template = {"metadata": {"labels": {"app": "agent"}}, "spec": {"containers": [{"name": "c", "image": image}]}}
    body = {"selector": {"matchLabels": {"app": "agent"}}, "template": template, **spec}
    return {"kind": "DaemonSet", "metadata": {"name": "agent"}, "spec": body}


@pytest.fixture
def cluster(world):
    built = world(DaemonSetController)
    built.node("node-1")
    built.node("node-2")
    return built


@pytest.fixture
def agent(cluster):
    created = cluster.create(manifest())
    cluster.run()
    return created


def targets(cluster):
    return sorted(target_node(p) for p in cluster.all(Pod) if p.metadata.deletion_timestamp is None)


def start_all(cluster):
    """Bind every pod to its node, and let it be ready."""
    for pod in cluster.all(Pod):
        if not pod.spec.node_name:
            bound = cluster.server.bind(pod, target_node(pod))
            pod = cluster.server.set_pod_status(bound, replace(bound.status, phase="Running"))
            cluster.set_ready(pod, True)
    cluster.run()


def set_image(cluster, image):
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}}
    cluster.server.patch(BY_CLASS[DaemonSet], "default", "agent", "strategic", patch)
    cluster.run()


def revisions(cluster):
    return [(r.revision, r.data["spec"]["template"]["spec"]["containers"][0]["image"])
            for r in sorted(cluster.all(ControllerRevision), key=lambda r: r.revision)]  # fmt: skip


def test_a_revision_is_there_before_its_first_pod(cluster):
    cluster.create(manifest())
    cluster.run(0.001)
    assert [len(cluster.all(kind)) for kind in (ControllerRevision, Pod)] == [1, 0]
    cluster.run(0.001)
    assert len(cluster.all(Pod)) == 2


def test_reports_when_it_sees_the_pods_that_it_created(cluster, agent):
    written = [c.new.status for c in cluster.server.store.log.changes() if c.resource == "DaemonSet" and c.old]
    assert [(s.current_number_scheduled, s.updated_number_scheduled) for s in written] == [(2, 2)]


def test_every_node_gets_a_pod_of_the_present_revision(cluster, agent):
    assert targets(cluster) == ["node-1", "node-2"]
    (revision,) = cluster.all(ControllerRevision)
    assert [p.metadata.labels[HASH] for p in cluster.all(Pod)] == [revision.metadata.labels[HASH]] * 2
    status = cluster.current(agent).status
    assert (status.desired_number_scheduled, status.current_number_scheduled) == (2, 2)
    assert (status.updated_number_scheduled, status.number_unavailable, status.observed_generation) == (2, 2, 1)


def test_nodes_that_come_and_change(cluster, agent):
    cluster.node("node-3")
    cluster.run()
    assert targets(cluster) == ["node-1", "node-2", "node-3"]
    start_all(cluster)
    node = cluster.node("node-4", taints=["x:NoExecute"])
    cluster.run()
    assert len(targets(cluster)) == 3
    cluster.change(node, spec=replace(node.spec, taints=()))
    cluster.run()
    assert len(targets(cluster)) == 4


def test_pods_for_nodes_that_are_gone_before_they_were_scheduled(cluster, agent):
    node = cluster.server.find(Node, "", "node-2")
    cluster.delete(node)
    cluster.run()
    assert targets(cluster) == ["node-1", "node-2"]  # nothing asked for a look yet
    cluster.delete(next(p for p in cluster.all(Pod) if target_node(p) == "node-1"))
    cluster.run()
    assert targets(cluster) == ["node-1"]


def test_a_new_template_is_a_new_revision_and_an_old_one_comes_back_as_the_newest(cluster, agent):
    start_all(cluster)
    set_image(cluster, "i:2")
    assert revisions(cluster) == [(1, "i:1"), (2, "i:2")]
    assert cluster.current(agent).metadata.annotations["deprecated.daemonset.template.generation"] == "2"
    set_image(cluster, "i:1")
    assert revisions(cluster) == [(2, "i:2"), (3, "i:1")]


def test_one_pod_at_a_time_is_replaced(cluster, agent):
    start_all(cluster)
    set_image(cluster, "i:2")
    going = [p for p in cluster.all(Pod) if p.metadata.deletion_timestamp is not None]
    assert len(going) == 1
    cluster.delete(going[0], grace=0)
    cluster.run()
    images = sorted(p.spec.containers[0].image for p in cluster.all(Pod))
    assert images == ["i:1", "i:2"]
    start_all(cluster)
    assert sum(p.metadata.deletion_timestamp is not None for p in cluster.all(Pod)) == 1


def test_revisions_beyond_the_limit_go_but_not_those_in_use(world):
    cluster = world(DaemonSetController)
    cluster.node("node-1")
    cluster.create(manifest(revisionHistoryLimit=1, updateStrategy={"type": "OnDelete"}))
    cluster.run()
    for number in (2, 3, 4):
        set_image(cluster, f"i:{number}")
    assert revisions(cluster) == [(1, "i:1"), (4, "i:4")]  # the pod is of the first one


def test_a_name_that_is_taken_counts_a_collision(world):
    cluster = world(DaemonSetController)
    agent = cluster.create(manifest())
    taken = f"agent-{compute_hash(agent.spec.template, None)}"
    cluster.server.create_object(ControllerRevision(metadata=replace(agent.metadata, name=taken), data={"other": 1}))
    cluster.run(1)
    assert cluster.current(agent).status.collision_count == 1
    assert len(cluster.all(ControllerRevision)) == 2


def test_matching_orphans_are_adopted_and_strangers_released(cluster, agent):
    start_all(cluster)
    first = next(p for p in cluster.all(Pod) if p.spec.node_name == "node-1")
    cluster.change_meta(first, labels={"app": "other"})
    cluster.run()
    assert cluster.current(first).metadata.owner_references == ()
    assert targets(cluster) == ["node-1", "node-1", "node-2"]
    orphan = cluster.pod("orphan", {"app": "agent"}, node="node-2")
    cluster.run()
    adopted = cluster.current(orphan)
    assert adopted.metadata.owner_references[0].uid == agent.metadata.uid
    assert adopted.metadata.deletion_timestamp is not None  # there was an older one


def test_failed_pods_are_replaced_slower_each_time(cluster, agent):
    def fail():
        (pod,) = [p for p in cluster.all(Pod) if target_node(p) == "node-1"]
        if not pod.spec.node_name:
            pod = cluster.server.bind(pod, "node-1")
        cluster.set_phase(pod, "Failed")
        cluster.run()
        return pod

    first = fail()
    assert cluster.current(first) is None
    assert ("agent", "FailedDaemonPod") in cluster.events()
    second = fail()
    assert cluster.current(second) is not None
    cluster.run(1)
    assert cluster.current(second) is None
    third = fail()
    cluster.run(1)
    assert cluster.current(third) is not None
    cluster.run(1)
    assert cluster.current(third) is None


def test_availability_comes_with_time(world):
    cluster = world(DaemonSetController)
    cluster.node("node-1")
    agent = cluster.create(manifest(minReadySeconds=5))
    cluster.run()
    start_all(cluster)
    assert (cluster.current(agent).status.number_ready, cluster.current(agent).status.number_available) == (1, 0)
    cluster.run(5)
    assert cluster.current(agent).status.number_available == 1


def test_a_refused_pod_is_tried_again(world):
    cluster = world(DaemonSetController)
    cluster.node("node-1")
    hard = {"pods": "0"}
    quota = cluster.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": hard}})
    agent = cluster.create(manifest())
    cluster.run(1)
    assert targets(cluster) == []
    assert ("agent", "FailedCreate") in cluster.events()
    assert cluster.current(agent).status.desired_number_scheduled == 1
    cluster.delete(quota)
    cluster.run(10)
    assert targets(cluster) == ["node-1"]


def test_deletion_leaves_the_pods_to_the_garbage_collector(cluster, agent):
    cluster.delete(agent, policy="Foreground")
    cluster.run()
    cluster.node("node-3")
    cluster.run()
    assert targets(cluster) == ["node-1", "node-2"]
    assert [e.reason for e in cluster.all(Event)].count("SuccessfulDelete") == 0


def test_refused_pods_are_tried_again_as_for_one_failure_after_another(cluster):
    cluster.create({"kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": {"pods": "0"}}})
    cluster.run()
    cluster.create(manifest())
    cluster.run()
    moments = [c.time_ms for c in cluster.server.store.log.changes()
               if isinstance(c.new, Event) and c.new.reason == "FailedCreate"]  # fmt: skip
    assert [later - earlier for earlier, later in itertools.pairwise(moments)][:4] == [1, 4, 20, 40]
