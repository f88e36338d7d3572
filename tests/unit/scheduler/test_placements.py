"""Placement questions in the form of the conformance recordings."""

from __future__ import annotations

from typing import Any

from k8snb.recording.placements import answer


def _node(name: str, cpu: str) -> dict[str, Any]:
    meta = {"name": name, "labels": {"kubernetes.io/hostname": name}}
    status = {"allocatable": {"cpu": cpu, "memory": "4Gi", "pods": "10"}}
    return {"apiVersion": "v1", "kind": "Node", "metadata": meta, "status": status}


def _pod(name: str, cpu: str, **spec: str) -> dict[str, Any]:
    containers = [{"name": "c", "image": "app", "resources": {"requests": {"cpu": cpu}}}]
    spec_body = {"containers": containers, **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": "a"}}, "spec": spec_body}


def test_the_best_nodes_and_their_scores() -> None:
    nodes = [_node("n1", "4"), _node("n2", "4"), _node("n3", "2")]
    told = answer({"nodes": nodes, "pods": [], "manifest": _pod("want", "1")})
    assert told["nodes"] == ["n1", "n2"]
    plugins = {"TaintToleration": 300, "NodeResourcesFit": 85, "NodeResourcesBalancedAllocation": 68}
    assert told["plugins"]["n1"] == plugins
    assert told["scores"] == {"n1": 453, "n2": 453, "n3": 434}


def test_a_refusal_with_victims() -> None:
    case = {
        "nodes": [_node("n1", "2")],
        "pods": [_pod("old", "2", nodeName="n1", priorityClassName="low")],
        "manifest": _pod("want", "2", priorityClassName="high"),
        "priorities": {"low": 1, "high": 10},
    }
    message = "0/1 nodes are available: 1 Insufficient cpu."
    assert answer(case) == {"message": message, "nominated": "n1", "victims": ["old"]}


def test_label_keys_and_the_labels_of_a_namespace_count() -> None:
    """Pods are asked about as the API server stores them, in a namespace that is labelled with its name."""
    term: dict[str, Any] = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "a"}}}
    old = _pod("old", "1", nodeName="n1")
    old["metadata"]["labels"]["rev"] = "1"
    for extra, revision, nodes in (
        ({"matchLabelKeys": ["rev"]}, "1", ["n1"]),
        ({"matchLabelKeys": ["rev"]}, "2", ["n2"]),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}}}, "2", ["n1"]),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}, "2", ["n2"]),
    ):
        want = _pod("want", "1")
        want["metadata"]["labels"]["rev"] = revision
        preferred = [{"weight": 100, "podAffinityTerm": {**term, **extra}}]
        want["spec"]["affinity"] = {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
        assert (
            answer({"nodes": [_node("n1", "4"), _node("n2", "4")], "pods": [old], "manifest": want})["nodes"] == nodes
        )
