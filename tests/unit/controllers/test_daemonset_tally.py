"""A tally that hears of single changes finds what a look at everything finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodCondition, PodStatus
from k8snb.controllers.daemonset.daemons import by_node, Daemons
from k8snb.controllers.daemonset.placement import Verdict
from k8snb.controllers.daemonset.status import calculate_status
from k8snb.controllers.daemonset.tally import Tally

NODES = ("a", "b", "c")


def pod(name, node, hash_, phase, ready_since, deleted):
    ready = PodCondition(type="Ready", status=str(ready_since is not None), last_transition_time=ready_since)
    return Pod(
        metadata=ObjectMeta(
            name=name, labels={"controller-revision-hash": hash_}, deletion_timestamp=1 if deleted else None
        ),
        spec=PodSpec(node_name=node),
        status=PodStatus(phase=phase, conditions=(ready,)),
    )


PODS = st.builds(
    pod,
    st.sampled_from(["p", "q", "r", "s"]),
    st.sampled_from([*NODES, "elsewhere"]),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["Running", "Running", "Failed"]),
    st.sampled_from([None, 0, 2_000, 4_000]),
    st.booleans(),
)
STEPS = st.one_of(
    PODS,
    st.sampled_from(["p", "q", "r", "s"]).map(lambda name: ("gone", name)),
    st.tuples(st.sampled_from(["node", "no node", "unfit"]), st.sampled_from(NODES)),
    st.tuples(st.just("revision"), st.sampled_from(["1", "2"])),
    st.tuples(st.just("min ready"), st.sampled_from([0, 3])),
    st.tuples(st.just("look"), st.integers(1, 3)),
)


def judge(_daemon_set, node):
    runs = "unfit" not in node.metadata.labels
    return Verdict(runs, runs)


@given(st.lists(STEPS, max_size=30))
def test_changes_come_to_what_a_look_at_everything_finds(steps):
    daemon_set, hash_, now = from_dict(DaemonSet, {}), "1", 0
    nodes, pods = {}, {}
    tally = Tally((), judge)
    for step in [*steps, ("look", 1), ("look", 9)]:
        if isinstance(step, Pod):
            tally.on_pod(pods.get(step.metadata.name), step)
            pods[step.metadata.name] = step
            continue
        what, value = step
        if what == "gone" and value in pods:
            tally.on_pod(pods.pop(value), None)
        elif what == "no node" and value in nodes:
            del nodes[value]
            tally.on_node(value, gone=True)
        elif what in ("node", "unfit"):
            nodes[value] = Node(metadata=ObjectMeta(name=value, labels={what: ""}))
            tally.on_node(value, gone=False)
        elif what == "revision":
            hash_ = value
        elif what == "min ready":
            daemon_set = replace(daemon_set, spec=replace(daemon_set.spec, min_ready_seconds=value))
        elif what == "look":
            now += value * 1000
            found = tally.look(daemon_set, nodes, hash_, None, now)
            verdicts = {name: judge(daemon_set, node) for name, node in nodes.items()}
            whole = Daemons(daemon_set, verdicts, by_node(pods.values()), hash_, None, now).grouped()
            concerned = {state: set(names) for state, names in found.groups.items()}
            assert concerned == {state: set(names) for state, names in whole.groups.items()}
            assert {node: {p.metadata.name for p in there} for node, there in found.pods.items()} == {
                node: {p.metadata.name for p in there} for node, there in whole.pods.items()
            }
            assert calculate_status(found, observed=True) == calculate_status(whole, observed=True)
            assert sorted(found.nodes_where(lambda state: True)) == sorted(whole.order)
