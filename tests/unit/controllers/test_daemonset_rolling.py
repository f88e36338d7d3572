"""The arithmetic of a DaemonSet's update: whose turn it is, within the limits."""

from __future__ import annotations

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodCondition, PodStatus
from k8snb.controllers.daemonset.backoff import FailedPodsBackoff
from k8snb.controllers.daemonset.daemons import Daemons
from k8snb.controllers.daemonset.manage import manage
from k8snb.controllers.daemonset.placement import Verdict
from k8snb.controllers.daemonset.rolling import rolling_update
from k8snb.controllers.daemonset.sizes import allows_surge, limits
from k8snb.controllers.daemonset.status import calculate_status
from k8snb.errors import NotFound

NOW = 1_000_000
RUNS, STAYS, GOES = Verdict(True, True), Verdict(False, True), Verdict(False, False)
SURGE = {"maxSurge": 1, "maxUnavailable": 0}


def daemon_set(min_ready=0, **rolling):
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling} if rolling else {"type": "OnDelete"}
    return from_dict(DaemonSet, {"spec": {"updateStrategy": strategy, "minReadySeconds": min_ready}})


def pod(name, word):
    """A pod by what it is: ``new`` or ``old``, then ``ready``, ``unready`` or ``gone``; a phase may follow."""
    age, state, *phase = word.split()
    ready = (PodCondition(type="Ready", status=str(state == "ready"), last_transition_time=0),)
    labels = {"controller-revision-hash": "new" if age == "new" else "old"}
    return Pod(
        metadata=ObjectMeta(
            name=name, labels=labels, creation_timestamp=2000 if age == "new" else 1000,
            deletion_timestamp=1 if state == "gone" else None,
        ),
        spec=PodSpec(node_name="n"),
        status=PodStatus(phase=phase[0] if phase else "Running", conditions=ready),
    )  # fmt: skip


def daemons(ds, pods, nodes=None):
    """Pods by node, each node's as words between commas; every node runs one unless `nodes` says otherwise."""
    built = {
        node: [pod(f"{node}-{i}", word) for i, word in enumerate(words.split(", "))]
        for node, words in pods.items()
        if words
    }
    return Daemons(ds, nodes or dict.fromkeys(pods, RUNS), built, "new", None, NOW).grouped()


def names(pods):
    return [p.metadata.name for p in pods]


def rolled(limits, pods, nodes=None):
    work = rolling_update(daemons(daemon_set(**limits), pods, nodes))
    return names(work.delete), work.create


@pytest.mark.parametrize(
    ("strategy", "desired", "expected"),
    [
        ({"maxUnavailable": 2}, 10, (0, 2)),
        ({"maxUnavailable": "15%"}, 10, (0, 2)),
        ({"maxUnavailable": "1%"}, 0, (0, 0)),
        ({"maxSurge": "10%", "maxUnavailable": 0}, 4, (1, 0)),
        ({"maxSurge": 0, "maxUnavailable": 0}, 4, (0, 1)),
    ],
)
def test_limits(strategy, desired, expected):
    assert limits(daemon_set(**strategy), desired) == expected


def test_what_surges():
    assert allows_surge(daemon_set(maxSurge="1%", maxUnavailable=0))
    assert not allows_surge(daemon_set(maxUnavailable=1))
    assert not allows_surge(daemon_set())


@pytest.mark.parametrize(
    ("limit", "pods", "deleted"),
    [
        (1, {"a": "old ready", "b": "old ready", "c": "old ready"}, ["a-0"]),
        ("50%", {"a": "old ready", "b": "old ready", "c": "old ready"}, ["a-0", "b-0"]),
        (1, {"a": "new unready", "b": "old ready"}, []),
        (1, {"a": "new ready", "b": "old ready"}, ["b-0"]),
        (1, {"a": "old unready", "b": "old unready", "c": "old ready"}, ["a-0", "b-0"]),
        (1, {"a": "old gone", "b": "old ready"}, []),
        (2, {"a": "old gone", "b": "old ready"}, ["b-0"]),
        (1, {"a": "", "b": "old ready"}, []),
        (1, {"a": "old ready, old ready", "b": "old ready"}, []),
        (1, {"a": "old ready, new unready", "b": "old ready"}, []),
    ],
)
def test_old_pods_give_way(limit, pods, deleted):
    assert rolled({"maxUnavailable": limit}, pods) == (deleted, [])


@pytest.mark.parametrize(
    ("surge", "pods", "deleted", "created"),
    [
        (1, {"a": "old ready", "b": "old ready"}, [], ["a"]),
        (2, {"a": "old ready", "b": "old ready"}, [], ["a", "b"]),
        (1, {"a": "old ready, new unready", "b": "old ready"}, [], []),
        (1, {"a": "old ready, new ready", "b": "old ready"}, ["a-0"], ["b"]),
        (1, {"a": "old unready", "b": "old unready", "c": "old ready"}, [], ["a", "b", "c"]),
        (1, {"a": "old ready, old ready", "b": "old ready"}, [], []),
        (1, {"a": "new ready", "b": "new unready"}, [], []),
    ],
)
def test_new_pods_come_beside_old_ones(surge, pods, deleted, created):
    assert rolled({"maxSurge": surge, "maxUnavailable": 0}, pods) == (deleted, created)


def test_a_misplaced_pod_stands_in_until_there_are_enough():
    nodes = {"a": STAYS, "b": RUNS}
    assert rolled(SURGE, {"a": "old ready", "b": "new unready"}, nodes) == ([], [])
    assert rolled(SURGE, {"a": "old ready", "b": "new ready"}, nodes) == (["a-0"], [])
    assert rolled(SURGE, {"a": "old unready", "b": "new unready"}, nodes) == (["a-0"], [])


def test_a_surge_needs_to_know_the_nodes():
    with pytest.raises(NotFound, match='nodes "b" not found'):
        rolled(SURGE, {"a": "old ready", "b": "old ready"}, {"a": RUNS})


def managed(ds, pods, nodes=None, replaces=lambda pod, node: True):
    work = manage(daemons(ds, pods, nodes), replaces)
    return names(work.delete), work.create


def test_each_node_gets_one_and_the_oldest_stays():
    assert managed(daemon_set(), {"a": "", "b": "old ready", "c": "new ready, old ready"}) == (["c-0"], ["a"])


def test_pods_leave_nodes_that_they_do_not_fit():
    assert managed(daemon_set(), {"a": "old ready", "b": "old ready"}, {"a": STAYS, "b": GOES}) == (["b-0"], [])


def test_a_terminating_pod_keeps_its_node_unless_a_surge_is_allowed():
    assert managed(daemon_set(), {"a": "old gone"}) == ([], [])
    assert managed(daemon_set(**SURGE), {"a": "old gone"}) == ([], ["a"])


def test_pods_that_ended_are_replaced_when_it_is_time():
    pods = {"a": "old unready Failed", "b": "old unready Succeeded"}
    assert managed(daemon_set(), pods) == (["a-0", "b-0"], [])
    assert managed(daemon_set(), pods, replaces=lambda pod, node: node == "b") == (["b-0"], [])


@pytest.mark.parametrize(
    ("words", "deleted"),
    [
        ("old ready, new unready", []),
        ("old unready, new unready", ["a-0"]),
        ("old ready, new ready", ["a-0"]),
        ("old ready, old ready, new unready, new unready", ["a-1", "a-3"]),
    ],
)
def test_two_pods_may_share_a_node_during_a_surge(words, deleted):
    found, created = managed(daemon_set(**SURGE), {"a": words})
    assert (sorted(found), created) == (deleted, [])


def test_status_counts():
    pods = {"a": "new ready", "b": "old ready", "c": "new unready", "d": "", "e": "old ready"}
    nodes = {**dict.fromkeys("abcd", RUNS), "e": STAYS, "f": GOES}
    status = calculate_status(daemons(daemon_set(), pods, nodes), observed=True)
    assert status.desired_number_scheduled == 4
    assert status.current_number_scheduled == 3
    assert status.number_misscheduled == 1
    assert (status.number_ready, status.number_available, status.number_unavailable) == (2, 2, 2)
    assert status.updated_number_scheduled == 2


def test_ready_is_not_yet_available():
    status = calculate_status(daemons(daemon_set(min_ready=NOW), {"a": "new ready"}), observed=False)
    assert (status.number_ready, status.number_available) == (1, 0)


def test_failures_are_answered_ever_slower():
    backoff = FailedPodsBackoff()
    assert not backoff.is_waiting("k", 0)
    delays = []
    now = 0
    for _ in range(12):
        backoff.next("k", now)
        delays.append(backoff.delay_ms("k"))
        assert backoff.is_waiting("k", now + delays[-1] - 1)
        now += delays[-1]
        assert not backoff.is_waiting("k", now)
    assert delays == [1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 512000, 900000, 900000]
    backoff.next("k", now + 1_800_001)
    assert backoff.delay_ms("k") == 1000
