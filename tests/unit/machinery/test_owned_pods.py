"""The counts of a controller's pods always are what counting them anew gives."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from k8snb.api.pods import is_active, is_ready, is_terminating
from k8snb.api.selectors import matches
from k8snb.api.types.meta import LabelSelector, ObjectMeta
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import PodCondition, PodStatus
from k8snb.machinery.owned_pods import DELETION_COST, OwnedPods

LABELS = ({"app": "web"}, {"app": "web", "x": "y"})
SELECTORS = (*(LabelSelector(match_labels=labels) for labels in LABELS), None)


@st.composite
def pods(draw: st.DrawFn) -> Pod:
    meta = ObjectMeta(
        labels=draw(st.sampled_from(LABELS)),
        annotations=draw(st.sampled_from([{}, {DELETION_COST: "1"}])),
        deletion_timestamp=draw(st.sampled_from([None, 1000])),
    )
    ready = PodCondition(type="Ready", status=draw(st.sampled_from(["True", "False"])))
    status = PodStatus(phase=draw(st.sampled_from(["Pending", "Running", "Succeeded", "Failed"])), conditions=(ready,))
    return Pod(metadata=meta, spec=PodSpec(node_name=draw(st.sampled_from(["", "n1", "n2"]))), status=status)


def _facts(present: Mapping[str, Pod]) -> dict[str, tuple[object, ...]]:
    """What stays the same while the version does."""
    return {
        key: (p.metadata.labels, p.spec.node_name, p.status.phase, is_ready(p), _is_deleted(p))
        for key, p in present.items()
    }


def _is_deleted(pod: Pod) -> bool:
    return pod.metadata.deletion_timestamp is not None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.one_of(st.none(), pods())), max_size=40))
def test_counts(events: list[tuple[str, Pod | None]]) -> None:
    owned, present = OwnedPods(), {}
    for key, pod in events:
        before = owned.version, _facts(present)
        if key in present and pod is not None:
            owned.update(key, present[key], pod)
        elif key in present:
            owned.remove(key, present.pop(key))
        elif pod is not None:
            owned.add(key, pod)
        if pod is not None:
            present[key] = pod
        assert owned.version != before[0] or _facts(present) == before[1]
        for selector in SELECTORS:
            assert owned.are_selected_by(selector) == all(
                matches(selector, p.metadata.labels) for p in present.values()
            )
    active = {k: p for k, p in present.items() if is_active(p)}
    assert owned.pods == present
    assert owned.active == active
    assert owned.ready == sum(is_ready(p) for p in active.values())
    assert owned.terminating == sum(is_terminating(p) for p in present.values())
    assert owned.with_cost == sum(DELETION_COST in p.metadata.annotations for p in active.values())
    by_node: dict[str, int] = {}
    for pod in active.values():
        by_node[pod.spec.node_name] = by_node.get(pod.spec.node_name, 0) + 1
    assert owned.active_by_node() == by_node
    assert sum(group.active for group in owned.groups.values()) == len(active)
