"""Disruption budgets: what their status says, and what evictions make of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from k8snb.api.pods import condition_of
from k8snb.api.types.event import Event
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget, PodDisruptionBudgetSpec
from k8snb.controllers.disruption import DisruptionController
from k8snb.controllers.disruption.counts import expected_counts, needs_scale
from k8snb.controllers.disruption.messages import go_selector
from k8snb.errors import Forbidden, NotFound, TooManyRequests, Unclassified
from k8snb.machinery.budgets import disruption_allowed

WEB = {"app": "web"}


@pytest.fixture
def cluster(world):
    built = world(DisruptionController)
    built.node("node-1")
    return built


def budget(cluster, name="web", **spec):
    body = {"selector": {"matchLabels": WEB}, **spec}
    return cluster.create({"kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": body})


def replica_set(cluster, replicas, name="web"):
    template = {"metadata": {"labels": WEB}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": WEB}, "template": template}
    return cluster.create({"kind": "ReplicaSet", "metadata": {"name": name}, "spec": spec})


def pods(cluster, count, owner=None, ready=True):
    return [cluster.pod(f"web-{i}", WEB, owner=owner, ready=ready) for i in range(count)]


def status(cluster, name="web"):
    cluster.run()
    found = cluster.server.find(PodDisruptionBudget, "default", name).status
    return found.expected_pods, found.current_healthy, found.desired_healthy, found.disruptions_allowed


def reason(cluster, name="web"):
    return disruption_allowed(cluster.server.find(PodDisruptionBudget, "default", name).status).reason


@pytest.mark.parametrize(
    ("spec", "total", "expected"),
    [
        ({"min_available": 2}, 3, (3, 2)),
        ({"min_available": "50%"}, 5, (5, 3)),
        ({"max_unavailable": 1}, 5, (5, 4)),
        ({"max_unavailable": "30%"}, 5, (5, 3)),
        ({"max_unavailable": 7}, 5, (5, 0)),
        ({}, 5, (0, 0)),
    ],
)
def test_what_a_budget_asks_for(spec, total, expected):
    assert expected_counts(PodDisruptionBudgetSpec(**spec), total) == expected


def test_only_shares_need_the_size_of_the_controllers():
    assert not needs_scale(PodDisruptionBudgetSpec(min_available=1))
    assert needs_scale(PodDisruptionBudgetSpec(min_available="1%"))
    assert needs_scale(PodDisruptionBudgetSpec(max_unavailable=1))


def test_a_number_counts_the_pods_that_there_are(cluster):
    budget(cluster, minAvailable=1)
    pods(cluster, 3)
    assert status(cluster) == (3, 3, 1, 2)
    assert reason(cluster) == "SufficientPods"


def test_a_share_counts_the_replicas_that_are_asked_for(cluster):
    budget(cluster, minAvailable="50%")
    pods(cluster, 3, replica_set(cluster, 10))
    assert status(cluster) == (10, 3, 5, 0)
    assert reason(cluster) == "InsufficientPods"


def test_the_replica_sets_of_a_deployment_count_once(cluster):
    template = {"metadata": {"labels": WEB}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"replicas": 4, "selector": {"matchLabels": WEB}, "template": template}
    deployment = cluster.create({"kind": "Deployment", "metadata": {"name": "web"}, "spec": spec})
    for name, replicas in (("web-1", 3), ("web-2", 2)):
        rs = replica_set(cluster, replicas, name)
        owners = (cluster.owner_of(deployment, controller=True),)
        rs = cluster.change_meta(rs, owner_references=owners)
        cluster.pod(f"{name}-a", WEB, owner=rs)
    budget(cluster, maxUnavailable=1)
    assert status(cluster) == (4, 2, 3, 0)


def test_pods_that_are_not_ready_or_go_are_not_healthy(cluster):
    budget(cluster, minAvailable=1)
    first, second, _ = pods(cluster, 3)
    cluster.set_ready(first, False)
    cluster.delete(second)
    assert status(cluster) == (3, 1, 1, 0)


def test_a_budget_without_pods_allows_nothing(cluster):
    budget(cluster, maxUnavailable=1)
    assert status(cluster) == (0, 0, 0, 0)
    assert ("web", "NoPods") in cluster.events()


def test_pods_without_a_controller_are_complained_of(cluster):
    pods(cluster, 1)
    budget(cluster, maxUnavailable=1)
    assert status(cluster) == (0, 1, 0, 0)
    (event,) = [e for e in cluster.all(Event) if e.reason == "UnmanagedPods"]
    assert "(selector: &LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:" in event.message
    assert go_selector(None) == "nil"


def test_a_controller_without_replicas_closes_the_budget(cluster):
    template = {"metadata": {"labels": WEB}, "spec": {"containers": [{"name": "c", "image": "i"}]}}
    spec = {"selector": {"matchLabels": WEB}, "template": template}
    daemons = cluster.create({"kind": "DaemonSet", "metadata": {"name": "web"}, "spec": spec})
    pods(cluster, 2, daemons)
    made = budget(cluster, maxUnavailable=1)
    assert status(cluster)[3] == 0
    condition = disruption_allowed(cluster.current(made).status)
    assert (condition.reason, condition.message) == (
        "SyncFailed",
        "daemonsets.apps does not implement the scale subresource",
    )
    with pytest.raises(TooManyRequests) as refusal:
        cluster.server.evict("default", "web-0")
    assert "still being processed" in refusal.value.causes[0].message


def test_a_controller_that_is_gone_closes_the_budget(cluster):
    rs = replica_set(cluster, 1)
    pods(cluster, 1, rs)
    cluster.delete(rs)
    cluster.run()
    made = budget(cluster, maxUnavailable=1)
    cluster.run()
    assert disruption_allowed(cluster.current(made).status).message == 'found no controllers for pod "web-0"'


def test_an_eviction_takes_from_the_budget_at_once(cluster):
    made = budget(cluster, minAvailable=2)
    first, second, _ = pods(cluster, 3)
    assert status(cluster) == (3, 3, 2, 1)
    cluster.server.evict("default", "web-0")
    noted = cluster.current(made).status
    assert (noted.disruptions_allowed, list(noted.disrupted_pods)) == (0, ["web-0"])
    assert reason(cluster) == "InsufficientPods"
    condition = condition_of(cluster.current(first), "DisruptionTarget")
    assert (condition.reason, condition.message) == ("EvictionByEvictionAPI", "Eviction API: evicting")
    with pytest.raises(TooManyRequests, match=r"^Cannot evict pod as it would violate the pod's disruption budget\.$"):
        cluster.server.evict("default", "web-1")
    assert status(cluster) == (3, 2, 2, 0)
    with pytest.raises(TooManyRequests) as refusal:
        cluster.server.evict("default", "web-1")
    (cause,) = refusal.value.causes
    assert tuple(cause) == (
        "DisruptionBudget",
        "The disruption budget web needs 2 healthy pods and has 2 currently",
        "",
    )
    assert cluster.current(made).status.disrupted_pods == {}  # its deletion was seen
    assert cluster.current(second).metadata.deletion_timestamp is None


def test_a_dry_run_takes_nothing(cluster):
    made = budget(cluster, minAvailable=2)
    pods(cluster, 3)
    before = status(cluster)
    cluster.server.evict("default", "web-0", dry_run=True)
    assert status(cluster) == before
    assert cluster.current(made).status.disrupted_pods == {}


def test_a_new_budget_has_to_be_looked_at_first(cluster):
    pods(cluster, 3)
    cluster.run()
    budget(cluster, minAvailable=1)
    with pytest.raises(TooManyRequests) as refusal:
        cluster.server.evict("default", "web-0")
    assert refusal.value.details == {"retryAfterSeconds": 10}


@pytest.mark.parametrize(("policy", "healthy", "goes"), [
    ({}, 2, True), ({}, 1, False), ({"unhealthyPodEvictionPolicy": "IfHealthyBudget"}, 1, False),
    ({"unhealthyPodEvictionPolicy": "AlwaysAllow"}, 1, True),
])  # fmt: skip
def test_pods_that_are_not_ready(cluster, policy, healthy, goes):
    budget(cluster, minAvailable=2, **policy)
    found = pods(cluster, 3, ready=False)
    for pod in found[:healthy]:
        cluster.set_ready(pod, True)
    before = status(cluster)
    if goes:
        cluster.server.evict("default", "web-2")
        assert status(cluster)[3] == before[3]
    else:
        with pytest.raises(TooManyRequests):
            cluster.server.evict("default", "web-2")


def test_pods_that_do_not_run_need_no_budget(cluster):
    budget(cluster, minAvailable=5)
    running, ended = pods(cluster, 2)
    pending = cluster.pod("pending", WEB, node="")
    cluster.set_phase(ended, "Failed")
    cluster.run()
    for pod in (pending, ended):
        cluster.server.evict("default", pod.metadata.name)
        assert cluster.current(pod) is None
    with pytest.raises(TooManyRequests):
        cluster.server.evict("default", running.metadata.name)


def test_evictions_that_cannot_be(cluster):
    with pytest.raises(NotFound, match='pods "ghost" not found'):
        cluster.server.evict("default", "ghost")
    pods(cluster, 1)
    budget(cluster, minAvailable=0)
    budget(cluster, "second", minAvailable=0)
    cluster.run()
    with pytest.raises(Unclassified, match="more than one PodDisruptionBudget"):
        cluster.server.evict("default", "web-0")
    namespace = cluster.namespace("doomed")
    cluster.pod("p", namespace="doomed")
    cluster.delete(namespace)
    with pytest.raises(Forbidden, match=r'^pods "p" is forbidden: unable to create new content'):
        cluster.server.evict("doomed", "p")


def test_a_pod_of_two_budgets_is_complained_of(cluster):
    budget(cluster, minAvailable=0)
    budget(cluster, "second", minAvailable=0)
    cluster.run()
    pods(cluster, 1)
    cluster.run()
    (message,) = {e.message for e in cluster.all(Event) if e.reason == "MultiplePodDisruptionBudgets"}
    assert message.startswith('Pod "default"/"web-0" matches multiple PodDisruptionBudgets.  Chose "')


def test_an_eviction_that_came_to_nothing_is_forgotten_after_two_minutes(cluster):
    made = budget(cluster, minAvailable=1)
    first, _ = pods(cluster, 2)
    cluster.run()
    stored = cluster.current(made)
    noted = replace(stored.status, disrupted_pods={"web-0": cluster.server.time})
    cluster.server.update_status(replace(stored, status=noted))
    assert status(cluster) == (2, 1, 1, 0)
    assert cluster.loop.idle
    cluster.run(121)
    assert status(cluster) == (2, 2, 1, 1)
    assert ("web-0", "NotDeleted") in cluster.events()
    assert cluster.current(first).metadata.deletion_timestamp is None


def test_a_condition_of_a_disruption_that_did_not_come_is_taken_back(cluster):
    (pod,) = pods(cluster, 1)
    stored = cluster.current(pod)
    ready = stored.status.conditions
    target = replace(ready[0], type="DisruptionTarget", status="True", reason="PreemptionByScheduler")
    cluster.server.set_pod_status(stored, replace(stored.status, conditions=(*ready, target)))
    cluster.run(119)
    assert condition_of(cluster.current(pod), "DisruptionTarget").status == "True"
    cluster.run(2)
    assert condition_of(cluster.current(pod), "DisruptionTarget").status == "False"


def test_controllers_of_unknown_kinds(cluster):
    (pod,) = pods(cluster, 1)
    reference = OwnerReference(api_version="example.com/v1", kind="Robot", name="r", uid="u", controller=True)
    cluster.change_meta(pod, owner_references=(reference,))
    made = budget(cluster, maxUnavailable=1)
    cluster.run()
    message = disruption_allowed(cluster.current(made).status).message
    assert message == 'no matches for kind "Robot" in version "example.com/v1"'
    assert [p.metadata.name for p in cluster.all(Pod)] == ["web-0"]
