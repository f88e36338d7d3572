"""A deployment's controls: sliders, choices and buttons, each of which runs a kubectl line and shows the answer."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import Any

import traitlets

from k8snb.api.integers import integer
from k8snb.api.types.apps import Deployment
from k8snb.cluster import Cluster
from k8snb.kubectl import Result
from k8snb.picture.chronicle import PodTrack
from k8snb.picture.pod_state import READY, TERMINATING
from k8snb.widgets.assets import module, styles
from k8snb.widgets.choices import first_image, offered_images, revisions_to_undo, state_words
from k8snb.widgets.part import Part
from k8snb.widgets.references import Reference
from k8snb.widgets.session import Session

NUMBERS = ("replicas", "max_surge", "max_unavailable", "min_ready_seconds", "image")
NO_DEPLOYMENT = "there is no deployment to control"
PAST = "the past cannot be changed: branch here, or go back to now"


class Controls(Part):
    """The controls of the session's deployment.

    Setting ``replicas``, ``max_surge``, ``max_unavailable`` (``"25%"`` or ``"1"``), ``min_ready_seconds`` or ``image``
    runs the kubectl line for it; ``answer`` says what was said to it. What the API refuses changes nothing, and the
    value goes back.

    Parameters
    ----------
    source
        The cluster to control, or the session of other parts.

    Examples
    --------
    >>> cluster = Cluster()
    >>> _ = cluster.kubectl("create deployment web --image=nginx:1.25")
    >>> controls = Controls(cluster)
    >>> controls.replicas = 3
    >>> controls.answer["line"], controls.answer["out"]
    ('kubectl scale deployment/web --replicas=3', 'deployment.apps/web scaled\\n')
    >>> controls.replicas = -1
    >>> controls.replicas
    3
    """

    _esm = module("dom", "controls")
    _css = styles("controls")

    subject = traitlets.Unicode().tag(sync=True)
    state = traitlets.Unicode().tag(sync=True)
    troubled = traitlets.Bool().tag(sync=True)
    resting = traitlets.Bool().tag(sync=True)
    replicas = traitlets.Int().tag(sync=True)
    max_surge = traitlets.Unicode().tag(sync=True)
    max_unavailable = traitlets.Unicode().tag(sync=True)
    min_ready_seconds = traitlets.Int().tag(sync=True)
    image = traitlets.Unicode().tag(sync=True)
    images: traitlets.List[str] = traitlets.List().tag(sync=True)
    paused = traitlets.Bool().tag(sync=True)
    revisions: traitlets.List[Any] = traitlets.List().tag(sync=True)
    kill_label = traitlets.Unicode("Kill a pod").tag(sync=True)
    unready_label = traitlets.Unicode("Make unready").tag(sync=True)
    node_label = traitlets.Unicode("Fail a node").tag(sync=True)
    answer = traitlets.Dict({"line": "", "out": "", "err": "", "exit": 0}).tag(sync=True)

    def __init__(self, source: Cluster | Session) -> None:
        self._reading = True
        self.acted: Callable[[], None] | None = None  # called after a person's action in the browser
        super().__init__(source)
        self.update()

    # -- showing

    def deployment(self) -> Deployment | None:
        """The deployment at the moment shown."""
        subject = self.session.subject
        if subject is None or subject.kind != "Deployment":
            return None
        found = self.session.chronicle.track_of("Deployment", subject.key).at(self.session.moment_ms)
        return found if isinstance(found, Deployment) else None

    def update(self) -> None:
        """Show the deployment as it is at the moment shown."""
        deployment = self.deployment()
        self._reading = True
        try:
            with self.hold_sync():
                self.resting = self.session.in_past
                self.subject = f"deployment/{deployment.metadata.name}" if deployment is not None else ""
                if deployment is not None:
                    self._show(deployment)
                    self._label_buttons()
        finally:
            self._reading = False

    def _show(self, deployment: Deployment) -> None:
        session, spec = self.session, deployment.spec
        rolling = spec.strategy.rolling_update
        self.state, self.troubled = state_words(session.chronicle, deployment, session.moment_ms)
        self.replicas = spec.replicas if spec.replicas is not None else 1
        self.max_surge = str(rolling.max_surge) if rolling is not None and rolling.max_surge is not None else "0"
        unavailable = rolling.max_unavailable if rolling is not None else None
        self.max_unavailable = str(unavailable) if unavailable is not None else "0"
        self.min_ready_seconds = spec.min_ready_seconds
        self.image = first_image(deployment)
        self.images = offered_images(session.chronicle, deployment)
        self.paused = spec.paused
        self.revisions = [list(r) for r in revisions_to_undo(session.reader, deployment)]

    def _label_buttons(self) -> None:
        pod, node = self._pod(), self._node()
        chosen = f" {pod.short_name}" if pod is not None and self._is_selected(pod) else " a pod"
        self.kill_label = f"Kill{chosen}"
        self.unready_label = "Make ready" if pod is not None and self._made_unready(pod) else "Make unready"
        down = self.session.chronicle.is_silent(node, self.session.moment_ms)
        named = node if self.session.selected.startswith("node/") else "a node"
        self.node_label = f"Bring {node} back" if down else f"Fail {named}"

    # -- values

    @traitlets.observe(*NUMBERS)
    def _change(self, change: Any) -> None:
        if self._reading:
            return
        deployment = self.deployment()
        if deployment is None or self.session.in_past:
            self._refuse(PAST if self.session.in_past else NO_DEPLOYMENT)
            return
        name, value = change["name"], change["new"]
        self.run(_LINES[name](deployment, value))

    def run(self, line: str) -> Result:
        """Run a kubectl line, and show it with its answer."""
        return self._answered(f"kubectl {line}", self.session.kubectl(line))

    def _answered(self, line: str, result: Result) -> Result:
        self.answer = {"line": line, "out": result.stdout, "err": result.stderr, "exit": result.exit}
        self.update()
        if self._from_browser and self.acted is not None and not result.exit:
            self.acted()
        return result

    def _refuse(self, why: str) -> None:
        self._answered("", Result(1, "", why))

    # -- buttons

    def handle(self, message: dict[str, Any]) -> None:
        """Do what a button asks for."""
        what = message.get("do")
        if self.session.in_past:
            self._refuse(PAST)
        elif self.deployment() is None and what != "node":
            self._refuse(NO_DEPLOYMENT)
        elif what == "undo" and isinstance(message.get("revision"), int):
            self.undo(message["revision"])
        elif isinstance(what, str) and what in _BUTTONS:
            _BUTTONS[what](self)

    def _named(self) -> str:
        deployment = self.deployment()
        return _target(deployment) if deployment is not None else "deployment"

    def pause_rollout(self) -> None:
        """Pause the rollout."""
        self.run(f"rollout pause {self._named()}")

    def resume_rollout(self) -> None:
        """Resume the rollout."""
        self.run(f"rollout resume {self._named()}")

    def undo(self, revision: int = 0) -> None:
        """Go back to a revision, or to the one before."""
        self.run(f"rollout undo {self._named()}" + (f" --to-revision={revision}" if revision else ""))

    def kill_pod(self) -> None:
        """Delete the selected pod, or the oldest one."""
        pod = self._pod()
        if pod is None:
            self._refuse("there is no pod to kill")
            return
        namespace = pod.key.partition("/")[0]
        self.run(f"delete pod {pod.name} --wait=false{_flags(namespace)}")

    def toggle_ready(self) -> None:
        """Let the selected pod, or the oldest ready one, fail its readiness; or be ready again."""
        pod = self._pod()
        if pod is None:
            self._refuse("there is no pod to make unready")
            return
        namespace = pod.key.partition("/")[0]
        name = pod.name if namespace == "default" else pod.key
        state = "ready" if self._made_unready(pod) else "unready"
        self._answered(f'cluster.fault(pod="{name}", state="{state}")', self.session.fault(pod=name, state=state))

    def toggle_node(self) -> None:
        """Let the selected node, or the first one, go down; or come up again."""
        node = self._node()
        state = "up" if self.session.chronicle.is_silent(node, self.session.now_ms) else "down"
        self._answered(f'cluster.fault(node="{node}", state="{state}")', self.session.fault(node=node, state=state))

    # -- what the buttons are about

    def _pods(self) -> list[PodTrack]:
        deployment, now = self.deployment(), self.session.moment_ms
        uid = deployment.metadata.uid if deployment is not None else ""
        return [
            pod
            for pod in self.session.chronicle.pods_at(now)
            if pod.revision is not None and pod.revision.owner == uid and pod.state(now).word != TERMINATING
        ]

    def _is_selected(self, pod: PodTrack) -> bool:
        return self.session.selected == f"pod/{pod.key}"

    def _pod(self) -> PodTrack | None:
        """The selected pod; else one that was made unready, else the oldest ready one, else the oldest one."""
        pods, now = self._pods(), self.session.moment_ms
        chosen = [pod for pod in pods if self._is_selected(pod)]
        ready = [pod for pod in pods if pod.state(now).word == READY]
        return next(iter((*chosen, *ready, *pods)), None)

    def _made_unready(self, pod: PodTrack) -> bool:
        """Whether the last fault of the pod made it unready."""
        faults = [m.text.split() for m in self.session.chronicle.marks if m.kind == "fault"]
        last = next(
            (words for words in reversed(faults) if words[:1] == ["pod"] and words[1] in (pod.name, pod.key)), []
        )
        return last[2:3] == ["unready"]

    def _node(self) -> str:
        """The selected node; else one that is down, else the first one."""
        reference = Reference.read(self.session.selected) if self.session.selected else None
        if reference is not None and reference.kind == "node":
            return reference.name
        nodes = list(self.session.chronicle.objects_at("Node", self.session.moment_ms))
        down = [name for name in nodes if self.session.chronicle.is_silent(name, self.session.moment_ms)]
        return next(iter((*down, *nodes)), "")


def _flags(namespace: str) -> str:
    return f" -n {namespace}" if namespace != "default" else ""


def _target(deployment: Deployment) -> str:
    """The deployment as a kubectl line names it."""
    return f"deployment/{deployment.metadata.name}{_flags(deployment.metadata.namespace)}"


def _patch(deployment: Deployment, spec: dict[str, Any]) -> str:
    body = json.dumps({"spec": spec}, separators=(",", ":"))
    return f"patch {_target(deployment)} -p {shlex.quote(body)}"


def _rolling(name: str) -> Callable[[Deployment, str], str]:
    def line(deployment: Deployment, text: str) -> str:
        number = integer(text)
        return _patch(deployment, {"strategy": {"rollingUpdate": {name: text if number is None else number}}})

    return line


def _set_image(deployment: Deployment, image: str) -> str:
    container = next((c.name for c in deployment.spec.template.spec.containers), "*")
    return f"set image {_target(deployment)} {shlex.quote(f'{container}={image}')}"


_LINES: dict[str, Callable[[Deployment, Any], str]] = {
    "replicas": lambda deployment, value: f"scale {_target(deployment)} --replicas={value}",
    "max_surge": _rolling("maxSurge"),
    "max_unavailable": _rolling("maxUnavailable"),
    "min_ready_seconds": lambda deployment, value: _patch(deployment, {"minReadySeconds": value}),
    "image": _set_image,
}

_BUTTONS: dict[str, Callable[[Controls], None]] = {
    "pause": Controls.pause_rollout,
    "resume": Controls.resume_rollout,
    "kill": Controls.kill_pod,
    "unready": Controls.toggle_ready,
    "node": Controls.toggle_node,
}
