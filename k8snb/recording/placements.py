"""Answers placement questions: where the scheduler puts a pod, with which scores, or why it does not.

A question is a line of ``requests/scheduling.jsonl`` of the conformance recordings: a cluster's ``nodes``, the ``pods``
that are bound already, its ``services`` and ``priorities``, and the pod that is then created.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.registry import prepare_create
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.config import Namespace
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import Service
from k8snb.scheduler.core import Core, Decision
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.nominator import Nominator
from k8snb.scheduler.plugins import default_plugins
from k8snb.scheduler.signature import Signatures
from k8snb.scheduler.snapshot import Snapshot

T = TypeVar("T", bound=KubernetesObject)

NAMESPACE = "default"


def answer(case: Mapping[str, Any]) -> dict[str, Any]:
    """What the scheduler says to one question.

    Parameters
    ----------
    case
        The question.

    Returns
    -------
    dict
        ``nodes`` (all nodes with the best score), and where several nodes fitted also ``scores`` and ``plugins``; or
        the ``message`` of the refusal, and with priorities in the question also ``nominated`` and ``victims``.
    """
    snapshot, listers, signatures = Snapshot(), Listers(), Signatures()
    priorities: Mapping[str, int] = case.get("priorities") or {}
    listers.set(with_defaults(Namespace(metadata=ObjectMeta(name=NAMESPACE))))
    for body in case["nodes"]:
        snapshot.set_node(_read(Node, body))
    for body in case["pods"]:
        snapshot.add_pod(signatures.pod_info(_read_pod(body, priorities)))
    for body in case.get("services") or ():
        listers.set(_in_namespace(_read(Service, body)))
    pod = signatures.pod_info(_read_pod(case["manifest"], priorities))
    core = Core(default_plugins(), Nominator(), _first)
    return _told(core.schedule(Cycle(pod, snapshot, listers)), with_preemption="priorities" in case)


def _told(decision: Decision, *, with_preemption: bool) -> dict[str, Any]:
    if decision.node:
        return _placed(decision)
    told: dict[str, Any] = {"message": decision.message}
    if with_preemption:
        victims = sorted(victim.pod.metadata.name for victim in decision.victims)
        told.update(nominated=decision.nominated or "", victims=victims)
    return told


def _placed(decision: Decision) -> dict[str, Any]:
    told: dict[str, Any] = {"nodes": sorted(decision.best)}
    if decision.scores:
        told["scores"] = {name: row.total for name, row in decision.scores.items()}
        told["plugins"] = {
            name: {plugin: score for plugin, score in row.by_plugin.items() if score}
            for name, row in decision.scores.items()
        }
    return told


def _read(cls: type[T], body: Mapping[str, Any]) -> T:
    return with_defaults(from_dict(cls, body))


def _in_namespace(obj: T) -> T:
    return replace(obj, metadata=replace(obj.metadata, namespace=obj.metadata.namespace or NAMESPACE))


def _read_pod(body: Mapping[str, Any], priorities: Mapping[str, int]) -> Pod:
    """A pod as it is stored: its label keys are part of its selectors, and it has the number of its priority class."""
    pod = prepare_create(_in_namespace(_read(Pod, body)))
    return replace(pod, spec=replace(pod.spec, priority=priorities.get(pod.spec.priority_class_name, 0)))


def _first(names: Sequence[str]) -> str:
    return names[0]
