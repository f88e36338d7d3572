"""Scores worked out by hand from upstream's formulas, plugin by plugin; weights are in the numbers."""

from __future__ import annotations

from typing import Any

from k8snb.recording.placements import answer

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"


def node(name: str, zone: str = "a", cpu: str = "4", memory: str = "4Gi", **spec: Any) -> dict[str, Any]:
    meta = {"name": name, "labels": {HOST: name, ZONE: zone}}
    return {"metadata": meta, "spec": spec, "status": {"allocatable": {"cpu": cpu, "memory": memory, "pods": "110"}}}


def pod(name: str, requests: dict[str, str] | None = None, app: str = "a", **spec: Any) -> dict[str, Any]:
    container = {"name": "c", "image": "app", "resources": {"requests": requests or {}}}
    return {"metadata": {"name": name, "labels": {"app": app}}, "spec": {"containers": [container], **spec}}


def scores(plugin: str, nodes: list[Any], pods: list[Any], wanted: Any, **more: Any) -> dict[str, int]:
    told = answer({"nodes": nodes, "pods": pods, "manifest": wanted, **more})
    return {name: row.get(plugin, 0) for name, row in told["plugins"].items()}


def test_what_is_left_counts_containers_without_requests_as_a_little() -> None:
    pods = [pod("x", {"cpu": "1"}, nodeName="n1"), pod("y", nodeName="n1")]
    # n1: cpu 1000m + 100m + 500m of 4000m: 2400 * 100 / 4000 = 60; memory 3 * 200Mi of 4096Mi: 3496 * 100 / 4096 = 85
    # n2: cpu 500m: 87; memory 200Mi: 95
    found = scores("NodeResourcesFit", [node("n1"), node("n2")], pods, pod("w", {"cpu": "500m"}))
    assert found == {"n1": (60 + 85) // 2, "n2": (87 + 95) // 2}


def test_balance_counts_real_requests_before_and_after() -> None:
    pods = [pod("x", {"cpu": "2"}, nodeName="n1"), pod("y", nodeName="n1")]
    wanted = pod("w", {"memory": "2Gi"})
    # n1: before, cpu 1/2 and memory 0 lie 1/2 apart: 100 * (1 - 1/4) = 75; after, both are 1/2: 100.
    #     50 + (50 + 100 - 75) / 2 = 87
    # n2: before 100; after, 0 and 1/2: 75. 50 + (50 + 75 - 100) / 2 = 62
    assert scores("NodeResourcesBalancedAllocation", [node("n1"), node("n2")], pods, wanted) == {"n1": 87, "n2": 62}
    nothing = scores("NodeResourcesBalancedAllocation", [node("n1"), node("n2")], pods, pod("w"))
    assert nothing == {"n1": 0, "n2": 0}  # a pod that requests neither is not scored


def test_soft_taints_count_backwards() -> None:
    soft = [{"key": key, "effect": "PreferNoSchedule"} for key in ("a", "b", "c")]
    nodes = [node("n1", taints=soft), node("n2", taints=soft[:1]), node("n3")]
    # 3, 1 and 0 taints: 100 - 100 * n / 3, three times
    assert scores("TaintToleration", nodes, [], pod("w")) == {"n1": 0, "n2": 3 * 67, "n3": 300}
    tolerant = pod("w", tolerations=[{"key": "a", "operator": "Exists"}, {"key": "b", "effect": "NoSchedule"}])
    assert scores("TaintToleration", nodes, [], tolerant) == {"n1": 0, "n2": 300, "n3": 300}


def test_default_spreading_over_hosts_and_zones() -> None:
    nodes = [node("n1", "a"), node("n2", "a"), node("n3", "b")]
    pods = [pod("x", nodeName="n1"), pod("y", nodeName="n1"), pod("z", nodeName="n3")]
    service = {"metadata": {"name": "s"}, "spec": {"selector": {"app": "a"}, "ports": [{"port": 80}]}}
    # Hosts: 3 of them, ln 5 = 1.609, maxSkew 3; zones: 2, ln 4 = 1.386, maxSkew 5; each adds pods * ln + maxSkew - 1.
    # n1: 2 * 1.609 + 2 + 2 * 1.386 + 4 = 11.99 -> 12; n2: 0 + 2 + 2 * 1.386 + 4 = 8.77 -> 9
    # n3: 1.609 + 2 + 1.386 + 4 = 8.996 -> 9. Then 100 * (12 + 9 - score) / 12, twice.
    found = scores("PodTopologySpread", nodes, pods, pod("w"), services=[service])
    assert found == {"n1": 2 * 75, "n2": 2 * 100, "n3": 2 * 100}


def test_soft_spreading_leaves_out_nodes_without_the_label() -> None:
    nodes = [node("n1", "a"), node("n2", "b"), node("n3", "c")]
    del nodes[2]["metadata"]["labels"][ZONE]
    pods = [pod("x", nodeName="n1"), pod("y", nodeName="n1"), pod("z", nodeName="n2")]
    soft = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "ScheduleAnyway"}
    wanted = pod("w", topologySpreadConstraints=[{**soft, "labelSelector": {"matchLabels": {"app": "a"}}}])
    # Zones: 2, ln 4 = 1.386. n1: 2.77 -> 3; n2: 1.386 -> 1. 100 * (3 + 1 - score) / 3: 33 and 100, twice.
    assert scores("PodTopologySpread", nodes, pods, wanted) == {"n1": 66, "n2": 200, "n3": 0}


def test_affinity_of_both_sides_is_spread_between_worst_and_best() -> None:
    def term(app: str) -> dict[str, Any]:
        return {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": HOST}

    away = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 10, "podAffinityTerm": term("w")}]}
    near = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 20, "podAffinityTerm": term("b")}]}
    pods = [pod("x", nodeName="n1", affinity={"podAntiAffinity": away}), pod("y", app="b", nodeName="n2")]
    # n1: -10, for x would rather be alone; n2: 20, for w wants to be near b; n3: 0. 100 * (score + 10) / 30, twice.
    wanted = pod("w", app="w", affinity={"podAffinity": near})
    assert scores("InterPodAffinity", [node("n1"), node("n2"), node("n3")], pods, wanted) == {
        "n1": 0,
        "n2": 200,
        "n3": 66,
    }
