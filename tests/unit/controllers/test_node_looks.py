"""Looks at nodes that are left out would have changed nothing: with a look every few seconds, all goes the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb.api.taints import changed_taints
from k8snb.api.types.node import Node
from k8snb.api.types.placement import Taint
from k8snb.controllers.nodelifecycle import NodeLifecycleController
from k8snb.controllers.nodelifecycle.monitor import NodeMonitor
from k8snb.kubelet import Kubelets

NAMES = ("n0", "n1", "n2", "n3")
KEYS = tuple(f"node.kubernetes.io/{name}" for name in ("unreachable", "not-ready", "unschedulable"))
EFFECTS = ("NoExecute", "NoSchedule")
LABELS: tuple[dict[str, str], ...] = (
    {},
    {"node.kubernetes.io/exclude-disruption": ""},
    {"topology.kubernetes.io/zone": "a"},
    {"topology.kubernetes.io/zone": "b", "node.kubernetes.io/exclude-disruption": ""},
)
Operation = tuple[str, str, Any]
OPERATIONS = st.one_of(
    st.tuples(st.sampled_from(("down", "down", "up", "delete", "create")), st.sampled_from(NAMES), st.none()),
    st.tuples(
        st.sampled_from(("taint", "untaint")),
        st.sampled_from(NAMES),
        st.tuples(st.sampled_from(KEYS), st.sampled_from(EFFECTS)),
    ),
    st.tuples(st.just("label"), st.sampled_from(NAMES), st.sampled_from(LABELS)),
    st.tuples(st.just("report"), st.sampled_from(NAMES), st.sampled_from(("True", "False", "Unknown"))),
    st.tuples(st.just("report anew"), st.sampled_from(NAMES), st.sampled_from(("True", "False"))),
)
STORIES = st.lists(st.tuples(OPERATIONS, st.sampled_from((0, 1, 4, 12, 30, 60))), min_size=2, max_size=14)
Story = Sequence[tuple[Operation, int]]
# A node waits in a zone for a long time when another comes to wait in a zone of its own.
OF_TWO_ZONES: Story = [
    (("label", "n3", LABELS[2]), 0),
    (("down", "n0", None), 0),
    (("down", "n1", None), 12),
    (("down", "n3", None), 60),
]


def do(world: Any, kubelets: Kubelets, operation: Operation) -> None:
    """Do something to a node; nothing, where it cannot be done."""
    verb, name, what = operation
    node = world.server.find(Node, "", name)
    if node is None:
        if verb == "create":
            world.node(name)
    elif verb == "create":
        return
    elif verb == "delete":
        world.delete(node)
    elif verb == "down":
        kubelets.node_down(name)
    elif verb == "up":
        kubelets.node_up(name)
    elif verb == "label":
        world.change_meta(node, labels=what)
    elif verb in ("taint", "untaint"):
        taint = [Taint(key=what[0], effect=what[1])]
        taints = changed_taints(node.spec.taints, *((taint, []) if verb == "taint" else ([], taint)))
        world.change(node, spec=replace(node.spec, taints=taints))
    else:
        changes = {"status": what, **({"last_heartbeat_time": world.server.time} if verb == "report anew" else {})}
        conditions = tuple(replace(c, **changes) if c.type == "Ready" else c for c in node.status.conditions)
        world.server.update_status(replace(node, status=replace(node.status, conditions=conditions)))


def play(world_class: Any, story: Story) -> tuple[Any, list[object]]:
    """What is written in a story, and the world at its end."""
    world = world_class(NodeLifecycleController)
    kubelets = Kubelets(world.environment, "annotated", (), {})
    for name in NAMES:
        world.node(name)
    world.pod("p", node="n0")
    world.run(1)
    for operation, seconds in story:
        do(world, kubelets, operation)
        world.run(seconds)
    world.run(50)
    return world, [(c.time_ms, c.actor, c.key, c.new) for c in world.server.store.log.changes(0)]


@example(OF_TWO_ZONES)
@given(STORIES)
def test_a_look_that_is_left_out_would_have_changed_nothing(world_class: Any, story: Story) -> None:
    _, written = play(world_class, story)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NodeMonitor, "has_work", lambda _monitor, _node: True)
        _, in_full = play(world_class, story)
    assert written == in_full


@given(STORIES)
def test_nodes_come_to_rest_as_their_reports_ask(world_class: Any, story: Story) -> None:
    world, _ = play(world_class, story)
    world.run(600)
    assert [t.name for t in world.loop.pending()] == []
    for node in world.all(Node):
        status = next(c.status for c in node.status.conditions if c.type == "Ready")
        own = {t.key.partition("/")[2] for t in node.spec.taints if t.effect == "NoExecute" and t.key in KEYS[:2]}
        assert own <= {"True": set(), "False": {"not-ready"}, "Unknown": {"unreachable"}}[status]
