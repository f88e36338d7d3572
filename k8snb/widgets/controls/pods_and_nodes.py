"""The buttons that all kinds have: kill a pod, make it unready, fail a node."""

from __future__ import annotations

from k8snb.widgets.controls.fields import Button
from k8snb.widgets.controls.steps import fault, flags, kubectl, Refused, Steps
from k8snb.widgets.controls.view import View


def _kill_label(view: View) -> str:
    pod = view.find_pod()
    return f"Kill {pod.short_name}" if pod is not None and view.is_selected(pod) else "Kill a pod"


def _kill(view: View) -> Steps:
    pod = view.pod("kill")
    return kubectl(f"delete pod {pod.name} --wait=false{flags(pod.key.partition('/')[0])}")


def _unready_label(view: View) -> str:
    pod = view.find_pod()
    return "Make ready" if pod is not None and view.made_unready(pod) else "Make unready"


def _unready(view: View) -> Steps:
    pod = view.pod("make unready")
    name = pod.name if pod.key.startswith("default/") else pod.key
    return fault(pod=name, state="ready" if view.made_unready(pod) else "unready")


def _node_label(view: View) -> str:
    node = view.node()
    return f"Bring {node} back" if view.is_down(node) else f"Fail {view.selected_node or 'a node'}"


def _node(view: View) -> Steps:
    node = view.node()
    if not node:
        raise Refused("there is no node to fail")
    return fault(node=node, state="up" if view.is_down(node) else "down")


KILL = Button(name="kill", label=_kill_label, steps=_kill, hint="Delete the selected pod, or the oldest one")
UNREADY = Button(
    name="unready",
    label=_unready_label,
    steps=_unready,
    hint="The selected pod, or the oldest ready one, fails its readiness",
)
FAIL_NODE = Button(
    name="node", label=_node_label, steps=_node, hint="The selected node, or the first one, goes down", alone=True
)
