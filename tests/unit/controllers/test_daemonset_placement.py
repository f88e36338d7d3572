"""Where a daemon belongs, and the template that gets it there."""

from __future__ import annotations

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.placement import (
    daemon_template,
    daemon_tolerations,
    node_should_run,
    target_node,
    template_for_node,
)
from k8snb.nodes import node_from

RUNS, STAYS, GOES = (True, True), (False, True), (False, False)


def daemon_set(generation="1", **spec):
    template = {
        "metadata": {"labels": {"app": "agent"}},
        "spec": {"containers": [{"name": "c", "image": "i"}], **spec},
    }
    meta = {"name": "agent", "annotations": {"deprecated.daemonset.template.generation": generation}}
    return from_dict(DaemonSet, {"metadata": meta, "spec": {"template": template}})


def verdict(node, **spec):
    ds = daemon_set(**spec)
    return node_should_run(ds, daemon_tolerations(ds.spec.template.spec), node_from({"name": "n", **node}, 0))


TERM = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}
AFFINITY = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [TERM]}}}


@pytest.mark.parametrize(
    ("node", "spec", "expected"),
    [
        ({}, {}, RUNS),
        ({}, {"nodeName": "n"}, RUNS),
        ({}, {"nodeName": "other"}, GOES),
        ({}, {"nodeSelector": {"disk": "ssd"}}, GOES),
        ({"labels": {"disk": "ssd"}}, {"nodeSelector": {"disk": "ssd"}}, RUNS),
        ({}, {"affinity": AFFINITY}, GOES),
        ({"labels": {"zone": "a"}}, {"affinity": AFFINITY}, RUNS),
        ({"taints": ["gpu:NoSchedule"]}, {}, STAYS),
        ({"taints": ["gpu:NoExecute"]}, {}, GOES),
        ({"taints": ["gpu:PreferNoSchedule"]}, {}, RUNS),
        ({"taints": ["gpu:NoSchedule"]}, {"tolerations": [{"key": "gpu", "operator": "Exists"}]}, RUNS),
        ({"taints": ["node.kubernetes.io/unschedulable:NoSchedule"]}, {}, RUNS),
        ({"taints": ["node.kubernetes.io/not-ready:NoExecute"]}, {}, RUNS),
        ({"taints": ["node.kubernetes.io/not-ready:NoSchedule"]}, {}, STAYS),
        ({"taints": ["node.kubernetes.io/network-unavailable:NoSchedule"]}, {}, STAYS),
        ({"taints": ["node.kubernetes.io/network-unavailable:NoSchedule"]}, {"hostNetwork": True}, RUNS),
    ],
)
def test_what_a_node_means(node, spec, expected):
    assert verdict(node, **spec) == expected


def test_own_tolerations_stay_and_the_default_ones_have_no_end():
    unreachable = {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute"}
    own = [{"key": "gpu", "operator": "Exists"}, {**unreachable, "tolerationSeconds": 5}]
    found = daemon_tolerations(daemon_set(tolerations=own).spec.template.spec)
    assert [(t.key.rpartition("/")[2], t.effect, t.toleration_seconds) for t in found] == [
        ("gpu", "", None),
        ("unreachable", "NoExecute", None),
        ("not-ready", "NoExecute", None),
        ("disk-pressure", "NoSchedule", None),
        ("memory-pressure", "NoSchedule", None),
        ("pid-pressure", "NoSchedule", None),
        ("unschedulable", "NoSchedule", None),
    ]


def test_the_template_names_revision_and_node():
    template = template_for_node(daemon_template(daemon_set("3", affinity=AFFINITY), "abc"), "node-7")
    assert template.metadata.labels == {
        "app": "agent",
        "pod-template-generation": "3",
        "controller-revision-hash": "abc",
    }
    required = template.spec.affinity.node_affinity.required_during_scheduling_ignored_during_execution
    assert [term.match_expressions for term in required.node_selector_terms] == [()]  # the template's own are replaced
    assert target_node(Pod(spec=template.spec)) == "node-7"


def test_a_generation_that_is_no_number_is_left_out():
    assert "pod-template-generation" not in daemon_template(daemon_set("x"), "abc").metadata.labels


def test_a_pod_without_a_target():
    assert target_node(Pod()) is None
    assert target_node(Pod(spec=daemon_set(affinity=AFFINITY).spec.template.spec)) is None
