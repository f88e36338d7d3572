"""The status of a pod as its kubelet knows it, and its way to the API server.

References
----------
``pkg/kubelet/status/status_manager.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from k8snb.api.pods import TERMINAL_PHASES
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import (
    ContainerState,
    ContainerStateTerminated,
    ContainerStatus,
    PodCondition,
    PodStatus,
)
from k8snb.kubelet.conditions import CONTAINERS_READY, OWNED, pod_conditions, READY, SANDBOX, with_readiness
from k8snb.kubelet.phase import FAILED, SUCCEEDED
from k8snb.kubelet.restart_policy import is_sidecar
from k8snb.kubelet.status import Facts, StatusMaker
from k8snb.machinery.deletion import DeleteOptions

LOST = "The container could not be located when the pod was terminated"


class StatusManager(StatusMaker):
    """One pod's status, and what the API server is told of it."""

    def __init__(self, pod: Pod, facts: Facts) -> None:
        super().__init__(pod, facts)
        self._pod = pod
        self._finished = False
        self._sending = False

    def take_over(self, status: PodStatus) -> None:
        """Go on from a status that another has made, and perhaps not sent."""
        self.status = status
        self.send_soon()

    def set(self, pod: Pod, status: PodStatus) -> None:
        """The kubelet has a status; of a pod that is being deleted it is sent even if nothing changed."""
        self._update(pod, status, force=pod.metadata.deletion_timestamp is not None)

    def set_readiness(self, pod: Pod, container_id: str, ready: bool) -> None:
        """A container's readiness changed; everything else stays."""
        ready = ready and not self.facts.unready()
        status = self._replaced(container_id, lambda c: replace(c, ready=ready))
        if status is not self.status:
            by_name = {s.name: s for s in (*status.init_container_statuses, *status.container_statuses)}
            conditions = with_readiness(pod, status.conditions, by_name, status.phase, self.now)
            self._update(pod, replace(status, conditions=conditions))

    def set_startup(self, pod: Pod, container_id: str, started: bool) -> None:
        """A container has started, or has not; everything else stays."""
        status = self._replaced(container_id, lambda c: replace(c, started=started))
        if status is not self.status:
            self._update(pod, status)

    def set_sandbox_ready(self, pod: Pod) -> None:
        """The sandbox is there, and containers may be started."""
        old = self.status
        own = pod_conditions(pod, old.conditions, {}, old.phase, True, False, self.now)
        ready = next(c for c in own if c.type == SANDBOX)
        others = [c for c in old.conditions if c.type != SANDBOX]
        self.set(pod, replace(old, conditions=(*others, ready)))

    def _replaced(self, container_id: str, change: Callable[[ContainerStatus], ContainerStatus]) -> PodStatus:
        """The status with one container's changed; the very same if that says nothing new."""
        for field in ("container_statuses", "init_container_statuses"):
            before: tuple[ContainerStatus, ...] = getattr(self.status, field)
            after = tuple(change(c) if c.container_id == container_id else c for c in before)
            if after != before:
                return replace(self.status, **{field: after})
        return self.status

    def terminate(self, pod: Pod) -> None:
        """Everything has stopped and will not be looked at again: no container stays without an end."""
        status = self.status
        if _has_initialized(pod, pod.status):
            status = replace(status, container_statuses=tuple(map(_lost, status.container_statuses)))
        begun = _initialized_containers(status.init_container_statuses)
        init = tuple(_lost(s) if i < begun else s for i, s in enumerate(status.init_container_statuses))
        phase = status.phase if status.phase in TERMINAL_PHASES else FAILED
        self._finished = True
        self._update(pod, replace(status, init_container_statuses=init, phase=phase), force=True)

    def _update(self, pod: Pod, status: PodStatus, force: bool = False) -> None:
        old = self.status
        if status.start_time is None:
            status = replace(status, start_time=old.start_time or self.now)
        self._pod = pod
        if status != old:
            self.status = status
            if self.prober is not None:
                self.prober.status_changed()
        elif not force:
            return
        self.send_soon()

    def send_soon(self) -> None:
        """Send the status to the API server."""
        if not self._sending:
            self._sending = True
            self.facts.sender.soon(self._send)

    def _send(self) -> None:
        self._sending = False
        server, pod = self.facts.server, self._pod
        stored = server.find(Pod, pod.metadata.namespace, pod.metadata.name)
        if stored is None or stored.metadata.uid != pod.metadata.uid or self.facts.asleep():
            return
        self.facts.enter()
        merged = self._merged(stored)
        if merged != stored.status:
            stored = server.set_pod_status(stored, merged)
        if self._finished and stored.metadata.deletion_timestamp is not None and merged.phase in TERMINAL_PHASES:
            server.delete_object(stored, DeleteOptions(grace_period_seconds=0))

    def _merged(self, stored: Pod) -> PodStatus:
        """The kubelet's status over the stored one: conditions of others stay, an end waits for the last container."""
        status, old = self.status, stored.status
        foreign = [c for c in old.conditions if c.type not in OWNED]
        own = [c for c in status.conditions if c.type in OWNED]
        phase, reason, message = status.phase, status.reason, status.message
        if phase in TERMINAL_PHASES and old.phase not in TERMINAL_PHASES and self.facts.could_run():
            phase, reason, message = old.phase, old.reason, old.message
        if phase in TERMINAL_PHASES:
            own = [_ended_readiness(c, phase) for c in own]
        return replace(
            status,
            phase=phase,
            reason=reason,
            message=message,
            conditions=(*foreign, *own),
            nominated_node_name=old.nominated_node_name,
            resource_claim_statuses=old.resource_claim_statuses,
        )


def _ended_readiness(condition: PodCondition, phase: str) -> PodCondition:
    """A pod that has ended is not ready."""
    if condition.type not in (READY, CONTAINERS_READY) or condition.status != "True":
        return condition
    return replace(condition, status="False", reason="PodCompleted" if phase == SUCCEEDED else "PodFailed")


def _lost(status: ContainerStatus) -> ContainerStatus:
    """A container of which no end is known counts as killed."""
    if status.state.terminated is not None:
        return status
    ended = ContainerStateTerminated(reason="ContainerStatusUnknown", message=LOST, exit_code=137)
    return replace(status, state=ContainerState(terminated=ended))


def _has_initialized(pod: Pod, status: PodStatus) -> bool:
    """The containers proper have been, or were about to be, started."""
    if not pod.spec.init_containers:
        return True
    if any(s.last_state.terminated is not None or s.state.waiting is None for s in status.container_statuses):
        return True
    if not status.init_container_statuses:
        return False
    last = status.init_container_statuses[-1]
    if is_sidecar(pod.spec.init_containers[-1]):
        return last.state.running is not None and bool(last.started)
    return any(s.terminated is not None and s.terminated.exit_code == 0 for s in (last.state, last.last_state))


def _initialized_containers(statuses: Sequence[ContainerStatus]) -> int:
    """How many of the init containers have begun, at least the first."""
    for index in range(len(statuses) - 1, -1, -1):
        if statuses[index].state.waiting is None or statuses[index].last_state.terminated is not None:
            return index + 1
    return min(1, len(statuses))
