"""Pods are counted right as they come and go, whoever begins or ends to ask for their number, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scheduler_builders import node, pod

from k8snb.api.selectors import Selector
from k8snb.scheduler.labels import selector_of_set, selects
from k8snb.scheduler.pod_counts import PodCount
from k8snb.scheduler.signature import PodInfo, Signatures
from k8snb.scheduler.snapshot import Snapshot

NODES = ("n0", "n1", "n2")
SELECTORS = [selector_of_set(wanted) for wanted in ({"app": "a"}, {"app": "b"}, {"app": "a", "tier": "x"}, {})]
LABELS = [{"app": "a"}, {"app": "b"}, {"app": "a", "tier": "x"}]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(0, len(LABELS) - 1), st.sampled_from(NODES)),
        st.tuples(st.sampled_from(("go", "terminate")), st.integers(0, 9), st.just("")),
        st.tuples(st.sampled_from(("use", "give back")), st.integers(0, len(SELECTORS) - 1), st.just("")),
    ),
    max_size=40,
)


def _counted(snapshot: Snapshot, selector: Selector) -> dict[str, int]:
    """How many pods on each node a selector selects, looked at one by one; an empty selector selects none."""
    counts = {}
    for info in snapshot.nodes:
        alive = [p for p in info.pods.values() if not p.terminating]
        counts[info.name] = sum(bool(selector.requirements) and selects(selector, p.signature.labels) for p in alive)
    return counts


@given(steps=STEPS)
def test_a_count_is_what_a_look_at_every_pod_finds(steps: list[tuple[str, int, str]]) -> None:
    snapshot, signatures = Snapshot(), Signatures()
    for name in NODES:
        snapshot.set_node(node(name))
    pods: list[PodInfo] = []
    used: dict[int, PodCount] = {}
    for number, (step, at, name) in enumerate(steps):
        if step == "come":
            pods.append(signatures.pod_info(pod(f"p{number}", labels=LABELS[at], nodeName=name)))
            snapshot.add_pod(pods[-1])
        elif step == "go" and pods:
            snapshot.remove_pod(pods.pop(at % len(pods)))
        elif step == "terminate" and pods:
            snapshot.set_terminating(pods[at % len(pods)])
        elif step == "use" and at not in used:
            used[at] = snapshot.pod_counts.use(SELECTORS[at], "default", snapshot.by_name.values())
        elif step == "give back" and at in used:
            snapshot.pod_counts.give_back(used.pop(at))
        for which, count in used.items():
            assert {info.name: count.on(info) for info in snapshot.nodes} == _counted(snapshot, SELECTORS[which])


def test_a_count_tells_where_its_pods_changed() -> None:
    snapshot, signatures = Snapshot(), Signatures()
    for name in NODES:
        snapshot.set_node(node(name))
    count = snapshot.pod_counts.use(SELECTORS[0], "default", snapshot.by_name.values())
    before = count.changes.generation
    snapshot.add_pod(signatures.pod_info(pod("p", labels={"app": "b"}, nodeName="n0")))
    assert list(count.changes.since(before)) == []
    snapshot.add_pod(signatures.pod_info(pod("q", labels={"app": "a"}, nodeName="n1")))
    assert [info.name for info in count.changes.since(before)] == ["n1"]


def test_who_asks_for_the_same_shares_a_count() -> None:
    snapshot = Snapshot()
    one, other, elsewhere = (
        snapshot.pod_counts.use(SELECTORS[0], namespace, ()) for namespace in ("default", "default", "prod")
    )
    assert one is other is not elsewhere
    snapshot.pod_counts.give_back(one)
    assert snapshot.pod_counts.use(SELECTORS[0], "default", ()) is other
