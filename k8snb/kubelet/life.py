"""What all ways in which a pod can live have in common."""

from __future__ import annotations

from typing import Protocol

from k8snb.api.types.pod import Pod


class Life(Protocol):
    """What a kubelet makes of one pod; a life that is finished only waits for its pod to go."""

    pod: Pod
    finished: bool

    def update(self, pod: Pod) -> None:
        """The API server has another version of the pod."""

    def remove(self) -> None:
        """The API server has the pod no more."""
