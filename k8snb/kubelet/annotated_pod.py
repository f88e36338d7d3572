"""The life of one pod that goes by annotations, as the kubelets of all nodes know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k8snb.api.types.pod import Pod

if TYPE_CHECKING:
    from k8snb.kubelet.annotated import AnnotatedKubelet


class AnnotatedPod:
    """The life of one pod that goes by annotations."""

    __slots__ = ("_kubelet", "finished", "pod")

    def __init__(self, kubelet: AnnotatedKubelet, pod: Pod) -> None:
        self.pod = pod
        self.finished = False
        self._kubelet = kubelet

    def update(self, pod: Pod) -> None:
        """The API server has another version of the pod."""
        self.pod = pod
        self._kubelet.see(pod)

    def remove(self) -> None:
        """The API server has the pod no more."""
        self.finished = True
        self._kubelet.remove(self.pod)
