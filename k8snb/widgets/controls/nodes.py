"""The controls of nodes: choose one, label it, taint it, cordon it, take it away, add another."""

from __future__ import annotations

import shlex
from typing import Any

from k8snb.api.topology import ZONE
from k8snb.api.types.node import Node
from k8snb.widgets.controls.fields import Button, Choice, Choices, Menu
from k8snb.widgets.controls.steps import fault, kubectl, Refused, Select, Steps
from k8snb.widgets.controls.view import View

SPARE_LABEL = ("group", "edge")  # what a node is labelled with where the workload asks for nothing
SPARE_TAINT = "maintenance"
OF_KUBERNETES = "node.kubernetes.io/"
EFFECTS = ("NoSchedule", "NoExecute")


def _words(view: View, name: str, node: Node) -> str:
    """A node in the choice: its name and what is special about it."""
    labels = [f"{key}={value}" for key, value in wanted_labels(view).items() if node.metadata.labels.get(key) == value]
    taints = [f"taint {taint}" for taint in own_taints(node)]
    cordoned = ["cordoned"] if node.spec.unschedulable else []
    down = ["down"] if view.is_down(name) else []
    return " · ".join([name, *labels, *taints, *cordoned, *down])


def own_taints(node: Node) -> list[str]:
    """The taints that a person put there, as kubectl writes them."""
    found = []
    for taint in node.spec.taints:
        if not taint.key.startswith(OF_KUBERNETES):
            value = f"={taint.value}" if taint.value else ""
            found.append(f"{taint.key}{value}:{taint.effect}")
    return found


def wanted_labels(view: View) -> dict[str, str]:
    """The labels that a node has to have for the workload's pods."""
    selector = dict(view.obj.spec.template.spec.node_selector) if view.obj is not None else {}
    return selector or dict([SPARE_LABEL])


def _node(view: View) -> tuple[str, Node]:
    """The node that is meant; raises Refused when there is none."""
    name = view.node()
    if name not in view.nodes():
        raise Refused(f"there is no node {name}".rstrip())
    return name, view.nodes()[name]


def _is_labelled(view: View) -> bool:
    node = view.nodes().get(view.node())
    return node is not None and all(node.metadata.labels.get(k) == v for k, v in wanted_labels(view).items())


def _label_words(view: View) -> str:
    pairs = " ".join(f"{key}={value}" for key, value in wanted_labels(view).items())
    return f"Unlabel {pairs}" if _is_labelled(view) else f"Label {pairs}"


def _label(view: View) -> Steps:
    name, _ = _node(view)
    pairs = wanted_labels(view)
    if _is_labelled(view):
        return kubectl(f"label node {name} {' '.join(shlex.quote(f'{key}-') for key in pairs)}")
    words = " ".join(shlex.quote(f"{key}={value}") for key, value in pairs.items())
    return kubectl(f"label node {name} {words} --overwrite")


def _taints(view: View) -> Choices:
    node = view.nodes().get(view.node())
    if node is None:
        return []
    there = own_taints(node)
    new = [f"{SPARE_TAINT}:{effect}" for effect in EFFECTS]
    remove = [(f"{taint}-", f"remove {taint}") for taint in there]
    return [*remove, *((taint, f"add {taint}") for taint in new if taint not in there)]


def _taint(view: View, choice: Any) -> Steps:
    name, _ = _node(view)
    return kubectl(f"taint node {name} {shlex.quote(str(choice))}")


def _cordon_words(view: View) -> str:
    node = view.nodes().get(view.node())
    return "Uncordon" if node is not None and node.spec.unschedulable else "Cordon"


def _cordon(view: View) -> Steps:
    name, node = _node(view)
    return kubectl(f"{'uncordon' if node.spec.unschedulable else 'cordon'} {name}")


def _remove(view: View) -> Steps:
    name, _ = _node(view)
    return kubectl(f"delete node {name}")


def _add(view: View) -> Steps:
    """A node like the others, with the labels that the workload asks for, in the zone that has the fewest."""
    names = view.nodes()
    number = next(n for n in range(1, len(names) + 2) if f"node-{n}" not in names)
    zones = [node.metadata.labels.get(ZONE, "") for node in names.values()]
    spec: dict[str, Any] = {"labels": wanted_labels(view)}
    if any(zones):
        spec["zone"] = min(sorted({zone for zone in zones if zone}), key=zones.count)
    return fault(node=f"node-{number}", state="add", spec=spec)


NODE = Choice(
    name="node",
    label="node",
    read=lambda view: view.node(),
    steps=lambda _view, name: (Select(f"node/{name}"),),
    choices=lambda view: [(name, _words(view, name, node)) for name, node in view.nodes().items()],
    hint="The node that the buttons below are about: choose it here, or click it",
)
LABEL = Button(name="label", label=_label_words, steps=_label, hint="Label the node, or take the label away", wide=True)
TAINT = Menu(name="taint", label="Taint…", choices=_taints, steps=_taint, hint="Taint the node, or take a taint away")
CORDON = Button(name="cordon", label=_cordon_words, steps=_cordon, hint="Let no more pods be scheduled to the node")
REMOVE_NODE = Button(name="remove_node", label=lambda _: "Remove", steps=_remove, hint="Delete the node", alone=True)
ADD_NODE = Button(name="add_node", label=lambda _: "Add a node", steps=_add, hint="One more node joins", alone=True)
