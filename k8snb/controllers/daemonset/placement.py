"""Which nodes a daemon belongs on, and the pod template that gets it there.

References
----------
``pkg/controller/daemon/daemon_controller.go NodeShouldRunDaemonPod`` and
``pkg/controller/daemon/util/daemonset_util.go @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api import taints
from k8snb.api.integers import integer
from k8snb.api.types.apps import DaemonSet
from k8snb.api.types.node import Node
from k8snb.api.types.placement import (
    Affinity,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    Toleration,
)
from k8snb.api.types.pod import Pod, PodSpec, PodTemplateSpec
from k8snb.scheduler.labels import any_node_term_matches, NODE_NAME_FIELD

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"  # the annotation of a DaemonSet
GENERATION_LABEL = "pod-template-generation"
HASH_LABEL = "controller-revision-hash"

_PRESSURES = ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")


class Verdict(NamedTuple):
    """Whether a node gets a daemon, and whether a daemon that is there already may stay."""

    should_run: bool
    should_continue: bool


_RUNS, _STAYS, _GOES = Verdict(True, True), Verdict(False, True), Verdict(False, False)


def node_should_run(daemon_set: DaemonSet, tolerations: tuple[Toleration, ...], node: Node) -> Verdict:
    """What a node means for a DaemonSet.

    Parameters
    ----------
    tolerations
        Those of its pods, see `daemon_tolerations`.
    """
    spec = daemon_set.spec.template.spec
    if spec.node_name not in ("", node.metadata.name) or not _fits_affinity(spec, node):
        return _GOES
    kept_off = [
        taint
        for taint in node.spec.taints
        if taint.effect in (taints.NO_SCHEDULE, taints.NO_EXECUTE)
        and not any(taints.tolerates(toleration, taint) for toleration in tolerations)
    ]
    if not kept_off:
        return _RUNS
    return _GOES if any(taint.effect == taints.NO_EXECUTE for taint in kept_off) else _STAYS


def _fits_affinity(spec: PodSpec, node: Node) -> bool:
    labels = node.metadata.labels
    if any(labels.get(key) != value for key, value in spec.node_selector.items()):
        return False
    affinity = spec.affinity.node_affinity if spec.affinity is not None else None
    required = affinity.required_during_scheduling_ignored_during_execution if affinity is not None else None
    return required is None or any_node_term_matches(required.node_selector_terms, node)


def daemon_tolerations(spec: PodSpec) -> tuple[Toleration, ...]:
    """The template's tolerations with those that keep daemons on nodes in trouble."""
    wanted = [_exists(key, taints.NO_EXECUTE) for key in (taints.NOT_READY, taints.UNREACHABLE)]
    wanted += [_exists(f"node.kubernetes.io/{name}", taints.NO_SCHEDULE) for name in _PRESSURES]
    if spec.host_network:
        wanted.append(_exists("node.kubernetes.io/network-unavailable", taints.NO_SCHEDULE))
    result = spec.tolerations
    for toleration in wanted:
        result = _with_toleration(result, toleration)
    return result


def _exists(key: str, effect: str) -> Toleration:
    return Toleration(key=key, operator="Exists", effect=effect)


def _with_toleration(present: tuple[Toleration, ...], toleration: Toleration) -> tuple[Toleration, ...]:
    """A toleration that differs in nothing but its seconds is replaced."""
    if toleration in present:
        return present
    if any(_matches(toleration, old) for old in present):
        return tuple(toleration if _matches(toleration, old) else old for old in present)
    return (*present, toleration)


def _matches(one: Toleration, other: Toleration) -> bool:
    return replace(one, toleration_seconds=None) == replace(other, toleration_seconds=None)


def template_generation(daemon_set: DaemonSet) -> str | None:
    """The generation of the template that the DaemonSet's annotation gives; None without a number."""
    text = daemon_set.metadata.annotations.get(TEMPLATE_GENERATION, "")
    number = integer(text)
    return None if number is None else str(number)


def daemon_template(daemon_set: DaemonSet, hash_: str) -> PodTemplateSpec:
    """The template of a revision's pods: with default tolerations, and labels that name the revision."""
    template = daemon_set.spec.template
    labels = dict(template.metadata.labels)
    generation = template_generation(daemon_set)
    if generation is not None:
        labels[GENERATION_LABEL] = generation
    if hash_:
        labels[HASH_LABEL] = hash_
    spec = replace(template.spec, tolerations=daemon_tolerations(template.spec))
    return replace(template, metadata=replace(template.metadata, labels=labels), spec=spec)


def template_for_node(template: PodTemplateSpec, node: str) -> PodTemplateSpec:
    """The template of the one pod that the scheduler can put nowhere but on a node."""
    field = NodeSelectorRequirement(key=NODE_NAME_FIELD, operator="In", values=(node,))
    required = NodeSelector(node_selector_terms=(NodeSelectorTerm(match_fields=(field,)),))
    affinity = template.spec.affinity or Affinity()
    of_nodes = affinity.node_affinity or NodeAffinity()
    of_nodes = replace(of_nodes, required_during_scheduling_ignored_during_execution=required)
    return replace(template, spec=replace(template.spec, affinity=replace(affinity, node_affinity=of_nodes)))


def target_node(pod: Pod) -> str | None:
    """The node that a daemon is on, or is meant for while it is not scheduled; None when its spec names none."""
    if pod.spec.node_name:
        return pod.spec.node_name
    affinity = pod.spec.affinity.node_affinity if pod.spec.affinity is not None else None
    required = affinity.required_during_scheduling_ignored_during_execution if affinity is not None else None
    for term in required.node_selector_terms if required is not None else ():
        for field in term.match_fields:
            if field.key == NODE_NAME_FIELD and field.operator == "In":
                return field.values[0] if len(field.values) == 1 else None
    return None
