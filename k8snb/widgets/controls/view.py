"""What the controls of a workload look at: the workload at the moment shown, its pods, and what is selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from k8snb.api.types.node import Node
from k8snb.machinery.server import Reader
from k8snb.picture.chronicle import Chronicle, PodTrack
from k8snb.picture.pod_state import FAILING, READY, TERMINATING
from k8snb.picture.revisions import images_of
from k8snb.widgets.controls.steps import Refused
from k8snb.widgets.references import Reference
from k8snb.widgets.session import Session


class View(NamedTuple):
    """A workload as it is shown: ``obj`` is None when there is none.

    ``drafts`` are values that a person set for the next time that the workload is made.
    """

    session: Session
    obj: Any
    drafts: Mapping[str, Any] = {}

    @property
    def chronicle(self) -> Chronicle:
        """The cluster's past."""
        return self.session.chronicle

    @property
    def time_ms(self) -> int:
        """The moment shown."""
        return self.session.moment_ms

    @property
    def reader(self) -> Reader:
        """Who answers questions about the moment shown."""
        return self.session.reader

    # -- pods

    def pods(self) -> list[PodTrack]:
        """The workload's pods that have not ended and are not about to."""
        uid = self.obj.metadata.uid if self.obj is not None else ""
        now, revisions = self.time_ms, self.chronicle.revisions.of_owner(uid)
        return [
            pod
            for pod in self.chronicle.pods_at(now)
            if pod.revision in revisions
            if not pod.is_over(now) and pod.state(now).word != TERMINATING
        ]

    def is_selected(self, pod: PodTrack) -> bool:
        """Whether a person selected the pod."""
        return self.session.selected == f"pod/{pod.key}"

    def find_pod(self) -> PodTrack | None:
        """The selected pod; else the oldest ready one, else the oldest one."""
        pods = self.pods()
        chosen = [pod for pod in pods if self.is_selected(pod)]
        ready = [pod for pod in pods if pod.state(self.time_ms).word == READY]
        return next(iter((*chosen, *ready, *pods)), None)

    def pod(self, purpose: str) -> PodTrack:
        """The pod that a button is about; raises Refused when there is none."""
        pod = self.find_pod()
        if pod is None:
            raise Refused(f"there is no pod to {purpose}")
        return pod

    def _faults(self, subject: str) -> list[list[str]]:
        """The faults of pods or of the registry, in words, the newest first."""
        faults = [m.text.split() for m in self.chronicle.marks if m.kind == "fault" and m.time_ms <= self.time_ms]
        return [words for words in reversed(faults) if words[0] == subject]

    def _faults_of(self, pod: PodTrack) -> list[list[str]]:
        return [words[2:] for words in self._faults("pod") if words[1] in (pod.name, pod.key)]

    def made_unready(self, pod: PodTrack) -> bool:
        """Whether a fault made the pod unready, and none ready again."""
        return next((w for w in self._faults_of(pod) if w[0] in ("unready", "ready")), []) == ["unready"]

    def made_failing(self, pod: PodTrack, probe: str) -> bool:
        """Whether a fault lets the pod's probes of a kind fail."""
        return next((w for w in self._faults_of(pod) if w[1:] == [probe]), [])[:1] == ["failing"]

    @property
    def registry_state(self) -> str:
        """What the last fault of the whole registry made of it."""
        return next((words[2] for words in self._faults("registry") if words[1] == "*"), "up")

    def failing(self) -> list[PodTrack]:
        """The workload's pods that fail."""
        return [pod for pod in self.pods() if pod.state(self.time_ms).word == FAILING]

    def newest_fails(self) -> bool:
        """Whether a pod of the template that is wanted fails."""
        wanted = images_of(self.obj.spec.template)
        return any(pod.revision is not None and pod.revision.images == wanted for pod in self.failing())

    # -- nodes

    def nodes(self) -> dict[str, Node]:
        """The nodes by name."""
        return self.chronicle.objects_at("Node", self.time_ms)  # type: ignore[return-value]

    @property
    def selected_node(self) -> str:
        """The name of the selected node; empty when none is."""
        reference = Reference.read(self.session.selected) if self.session.selected else None
        return reference.name if reference is not None and reference.kind == "node" else ""

    def is_down(self, node: str) -> bool:
        """Whether a fault took a node down."""
        return self.chronicle.is_silent(node, self.time_ms)

    def node(self) -> str:
        """The selected node; else one that is down, else the first one; empty when there is none."""
        names = list(self.nodes())
        down = [name for name in names if self.is_down(name)]
        return next((name for name in (self.selected_node, *down, *names) if name), "")
