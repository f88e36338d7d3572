"""What pods ask for, as filters, accounting and scores count it."""

from __future__ import annotations

import pytest
from scheduler_builders import pod

from k8snb.scheduler.resources import Amounts, amounts_of, demand_of, is_scalar_resource

GIB = 1024**3
MIB = 1024**2


def _container(cpu: str, memory: str = "", **more: object) -> dict[str, object]:
    requests = {k: v for k, v in (("cpu", cpu), ("memory", memory)) if v}
    return {"name": "x", "image": "app", "resources": {"requests": requests}, **more}


def test_containers_add_up_and_init_containers_raise_the_floor() -> None:
    spec = pod(
        "p",
        containers=[_container("500m", "1Gi"), _container("0.5")],
        initContainers=[_container("2"), _container("1", "3Gi")],
        overhead={"cpu": "100m"},
    ).spec
    assert demand_of(spec).requests == Amounts(milli_cpu=2100, memory=3 * GIB)


def test_a_sidecar_counts_beside_the_containers_and_the_init_containers_after_it() -> None:
    sidecar = _container("300m", restartPolicy="Always")
    spec = pod("p", containers=[_container("1")], initContainers=[sidecar, _container("2")]).spec
    assert demand_of(spec).requests.milli_cpu == 2300


def test_what_is_not_requested_counts_a_little_for_scores_only() -> None:
    demand = demand_of(pod("p", containers=[_container("250m"), _container("", "1Gi")]).spec)
    assert demand.requests == Amounts(milli_cpu=250, memory=GIB)
    assert (demand.non_zero_cpu, demand.non_zero_memory) == (350, GIB + 200 * MIB)
    assert (demand.scored_cpu, demand.scored_memory) == (350, GIB + 200 * MIB)


def test_requests_of_the_pod_take_the_place_of_its_containers() -> None:
    spec = pod("p", containers=[_container("250m")], resources={"requests": {"cpu": "2", "memory": "1Gi"}}).spec
    demand = demand_of(spec)
    assert demand.requests == Amounts(milli_cpu=2000, memory=GIB)
    assert (demand.non_zero_cpu, demand.non_zero_memory) == (2000, GIB)
    assert demand.scored_cpu == 250  # LeastAllocated looks at the containers alone


def test_amounts_round_up_and_keep_extended_resources_apart() -> None:
    amounts = amounts_of({"cpu": "1.0005", "memory": "1.5", "pods": "10", "example.com/gpu": "2", "foo": "1"})
    assert amounts == Amounts(1001, 2, 0, (("example.com/gpu", 2),), 10)


@pytest.mark.parametrize(
    ("name", "scalar"),
    [
        ("example.com/gpu", True),
        ("hugepages-2Mi", True),
        ("attachable-volumes-csi-x", True),
        ("kubernetes.io/batch", True),
        ("requests.example.com/gpu", False),
        ("storage", False),
    ],
)
def test_scalar_resources(name: str, scalar: bool) -> None:
    assert is_scalar_resource(name) is scalar
