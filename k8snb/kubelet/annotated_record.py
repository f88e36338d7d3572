"""What a kubelet remembers of a pod that lives by annotations."""

from __future__ import annotations

from k8snb.api.types.pod import Pod
from k8snb.kubelet.annotated_timing import is_ready_at_once
from k8snb.sim.loop import Timer


class PodRecord:
    """What the kubelet knows of a pod beside its status.

    ``exit_code`` is what the containers have exited with, until that is written.
    """

    __slots__ = ("bound_ms", "deleted_ms", "exit_code", "order", "restart_ms", "started_ms", "timers", "unready")

    def __init__(self, order: int, now_ms: int) -> None:
        self.order: int = order
        self.bound_ms: int = now_ms
        self.started_ms: int = now_ms
        self.deleted_ms: int = now_ms
        self.restart_ms: int = now_ms
        self.exit_code: int | None = None
        self.unready = False
        self.timers: dict[str, Timer] = {}

    def ready_at_once(self, pod: Pod) -> bool:
        """Whether the pod's containers are ready in the moment that they start."""
        return is_ready_at_once(pod) and not self.unready
