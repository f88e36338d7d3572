"""The buttons that all kinds have: kill a pod, crash it, let its probes fail, fail a node, break the registry."""

from __future__ import annotations

from typing import Any

from k8snb.kubelet.annotated_timing import is_annotated
from k8snb.kubelet.probe_kinds import has_probe, probed_containers
from k8snb.picture.chronicle import PodTrack
from k8snb.scenario_file import PROBES
from k8snb.widgets.controls.fields import Button, Choices, Menu
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
    return fault(pod=_name(pod), state="ready" if view.made_unready(pod) else "unready")


def _name(pod: PodTrack) -> str:
    """A pod as faults name it."""
    return pod.name if pod.key.startswith("default/") else pod.key


def _crash_label(view: View) -> str:
    pod = view.find_pod()
    return f"Crash {pod.short_name}" if pod is not None and view.is_selected(pod) else "Crash a pod"


def _crash(view: View) -> Steps:
    return fault(pod=_name(view.pod("crash")), state="exit", code=1)


def _containers(view: View) -> Choices:
    """The containers of the selected pod, or of the oldest ready one, if each can be crashed alone."""
    pod = view.find_pod()
    if pod is None or is_annotated(pod.objects.values[-1]):
        return []
    names = [c.name for c in probed_containers(pod.objects.values[-1])]
    return [(name, f"crash {name} alone") for name in names] if len(names) > 1 else []


def _crash_one(view: View, choice: Any) -> Steps:
    return fault(pod=_name(view.pod("crash")), state="exit", container=str(choice), code=1)


def _probes(view: View) -> Choices:
    """What can be done to the probes of the selected pod, or of the oldest ready one."""
    pod = view.find_pod()
    if pod is None:
        return []
    found = [probe for probe in PROBES if has_probe(pod.objects.values[-1], probe)]
    return [
        (f"{probe} passing", f"let {probe} pass again")
        if view.made_failing(pod, probe)
        else (f"{probe} failing", f"let {probe} fail")
        for probe in found
    ]


def _probe(view: View, choice: Any) -> Steps:
    probe, _, state = str(choice).partition(" ")
    pod = view.pod("probe")
    if probe not in PROBES or not has_probe(pod.objects.values[-1], probe):
        raise Refused(f"{pod.name} has no {probe} probe")
    return fault(pod=_name(pod), state=state, probe=probe)


def _registry_choices(view: View) -> Choices:
    states = [("down", "down: pulls fail"), ("slow", f"slow: {SLOW_SECONDS} s a pull"), ("up", "well again")]
    return [(state, words) for state, words in states if state != view.registry_state]


def _registry(view: View, choice: Any) -> Steps:  # noqa: ARG001
    if choice == "slow":
        return fault(registry="*", state="slow", seconds=SLOW_SECONDS)
    return fault(registry="*", state=str(choice))


def _node_label(view: View) -> str:
    node = view.node()
    return f"Restart {node}" if view.is_down(node) else f"Fail {view.selected_node or 'a node'}"


def _node(view: View) -> Steps:
    node = view.node()
    if not node:
        raise Refused("there is no node to fail")
    return fault(node=node, state="up" if view.is_down(node) else "down")


SLOW_SECONDS = 30

KILL = Button(name="kill", label=_kill_label, steps=_kill, hint="Delete the selected pod, or the oldest one")
UNREADY = Button(
    name="unready",
    label=_unready_label,
    steps=_unready,
    hint="The selected pod, or the oldest ready one, fails its readiness",
)
CRASH = Button(
    name="crash",
    label=_crash_label,
    steps=_crash,
    hint="The containers of the selected pod, or of the oldest ready one, exit with code 1",
)
CRASH_ONE = Menu(
    name="container",
    label="Crash one…",
    choices=_containers,
    steps=_crash_one,
    hint="One container of the selected pod, or of the oldest ready one, exits with code 1",
    hides=True,
)
PROBE = Menu(
    name="probe",
    label="Probe…",
    choices=_probes,
    steps=_probe,
    hint="Let a probe of the selected pod, or of the oldest ready one, fail or pass; only probes that it has",
)
REGISTRY = Menu(
    name="registry",
    label="Registry…",
    choices=_registry_choices,
    steps=_registry,
    hint="Pulls of images that no node has yet fail, or take long",
)
FAIL_NODE = Button(
    name="node", label=_node_label, steps=_node, hint="The selected node, or the first one, goes down", alone=True
)
