"""Which pods go first: upstream's criteria one by one, and the quick way against the plain one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from k8snb.api.pods import sidecar_restarts
from k8snb.api.types.containers import Container
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodSpec
from k8snb.api.types.pod_status import ContainerStatus, PodCondition, PodStatus
from k8snb.controllers.replicaset.deletion_order import deletion_cost, pods_to_delete
from k8snb.machinery.owned_pods import DELETION_COST, OwnedPods

NOW = 1_000_000_000_000


def pod(
    name: str,
    node: str = "n1",
    phase: str = "Running",
    ready: bool = True,
    age: int = 100,
    restarts: int = 0,
    cost: int | None = None,
) -> Pod:
    annotations = {} if cost is None else {DELETION_COST: str(cost)}
    created = NOW - age * 1000
    condition = PodCondition(type="Ready", status="True" if ready else "False", last_transition_time=created)
    status = PodStatus(
        phase=phase, conditions=(condition,), container_statuses=(ContainerStatus(name="c", restart_count=restarts),)
    )
    meta = ObjectMeta(name=name, namespace="default", uid=name, annotations=annotations, creation_timestamp=created)
    return Pod(metadata=meta, spec=PodSpec(node_name=node), status=status)


def chosen(*pods: Pod, count: int = 1, neighbours: dict[str, int] | None = None) -> list[str]:
    owned = OwnedPods({f"default/{p.metadata.name}": p for p in pods})
    crowd = owned.active_by_node() if neighbours is None else neighbours
    return [p.metadata.name for p in pods_to_delete(owned, crowd, count, NOW)]


def test_each_criterion_in_turn() -> None:
    settled = pod("z", node="n9")
    assert chosen(settled, pod("a", node="")) == ["a"]
    assert chosen(settled, pod("a", phase="Pending")) == ["a"]
    assert chosen(settled, pod("a", ready=False)) == ["a"]
    assert chosen(settled, pod("a", cost=-1)) == ["a"]
    assert chosen(settled, pod("a", cost=5), pod("b", node="n2", cost=3)) == ["z"]
    assert chosen(settled, pod("a"), pod("b")) == ["a"]  # two on one node
    assert chosen(settled, pod("a", age=1)) == ["a"]  # ready for less long
    assert chosen(settled, pod("a", restarts=2)) == ["a"]


def test_ages_of_one_magnitude_are_equal_and_the_uid_decides() -> None:
    assert chosen(pod("b", node="n1", age=1000), pod("a", node="n2", age=1010)) == ["a"]


def test_pods_of_sibling_replica_sets_crowd_a_node() -> None:
    assert chosen(pod("a", node="n1"), pod("b", node="n2"), neighbours={"n1": 1, "n2": 3}) == ["b"]


@pytest.mark.parametrize("text", ["cheap", "--5", "\u0665", "1e3", "2147483648", ""])
def test_a_cost_that_is_no_number_is_none(text: str) -> None:
    assert deletion_cost(replace(pod("a"), metadata=ObjectMeta(annotations={DELETION_COST: text}))) == 0


def test_restarts_of_sidecars_count_where_those_of_the_others_are_equal() -> None:
    plain, watched = pod("a", node="n1", restarts=1), pod("b", node="n2", restarts=1)
    sidecar = Container(name="s", image="i", restart_policy="Always")
    setup = Container(name="setup", image="i")
    counts = (ContainerStatus(name="s", restart_count=2), ContainerStatus(name="setup", restart_count=9))
    watched = replace(
        watched,
        spec=replace(watched.spec, init_containers=(sidecar, setup)),
        status=replace(watched.status, init_container_statuses=counts),
    )
    assert sidecar_restarts(watched) == 2
    assert chosen(plain, watched) == ["b"]
    assert chosen(pod("a", node="n1", restarts=2), watched) == ["a"]


PODS = st.lists(
    st.builds(
        pod,
        name=st.uuids().map(str),
        node=st.sampled_from(["", "n1", "n2", "n3"]),
        phase=st.sampled_from(["Running", "Running", "Pending"]),
        ready=st.booleans(),
        age=st.integers(0, 5000),
        restarts=st.integers(0, 2),
        cost=st.sampled_from([None, None, None, 1]),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda p: p.metadata.name,
)


@given(PODS, st.integers(1, 30), st.dictionaries(st.sampled_from(["n1", "n2", "n3"]), st.integers(0, 5)))
def test_the_quick_choice_is_that_of_ranking_all(pods: list[Pod], count: int, neighbours: dict[str, int]) -> None:
    owned = OwnedPods({p.metadata.name: p for p in pods})
    quick = pods_to_delete(owned, neighbours, count, NOW)
    owned.with_cost += 1  # makes the choice rank every pod
    plain = pods_to_delete(owned, neighbours, count, NOW)
    assert sorted(p.metadata.name for p in quick) == sorted(p.metadata.name for p in plain)
