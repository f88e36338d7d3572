"""The status that a kubelet makes of a pod, from what the runtime lists and what the probes say.

References
----------
``pkg/kubelet/kubelet_pods.go generateAPIPodStatus`` and ``prober/prober_manager.go UpdatePodStatus @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from k8snb.api.pods import TERMINAL_PHASES
from k8snb.api.qos import pod_qos
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus, HostIP, PodIP, PodStatus
from k8snb.kubelet.conditions import pod_conditions, RESTARTING
from k8snb.kubelet.container_statuses import container_statuses, Sources
from k8snb.kubelet.images import StartError
from k8snb.kubelet.phase import FAILED, phase_of
from k8snb.kubelet.probe_results import ProbeResults, READINESS, STARTUP, SUCCESS
from k8snb.kubelet.prober import Prober
from k8snb.kubelet.restart_policy import could_restart_all, exits_restart_all, is_sidecar
from k8snb.kubelet.runtime import PodView
from k8snb.kubelet.sender import Sender
from k8snb.machinery.server import ApiServer, EPOCH_MS

DEADLINE_MESSAGE = "Pod was active on the node longer than the specified deadline"


class Facts(NamedTuple):
    """What a status is made of, beside the pod and what the runtime lists.

    ``unready`` is a fault's: no container counts as ready. ``could_run`` says whether containers may still be running,
    ``say`` writes an event about the pod, ``enter`` says on whose behalf writes are made.
    """

    server: ApiServer
    sender: Sender
    host_ip: str
    reasons: Mapping[str, StartError]
    results: ProbeResults
    unready: Callable[[], bool]
    could_run: Callable[[], bool]
    asleep: Callable[[], bool]
    say: Callable[[str, str, str], None]
    enter: Callable[[], None]


class StatusMaker:
    """Makes the statuses of one pod; ``status`` is the one that the kubelet last made."""

    def __init__(self, pod: Pod, facts: Facts) -> None:
        self.status = pod.status
        self.prober: Prober | None = None
        self.facts = facts

    def generate(self, pod: Pod, view: PodView, terminal: bool) -> PodStatus:
        """The status of a pod, from what the runtime lists; `terminal`: nothing will run any more."""
        old, facts = self.status, self.facts
        restarting = could_restart_all(pod.spec) and self._restarts_all(pod, view)
        sources = Sources(pod, view, facts.reasons, restarting, EPOCH_MS)
        main = container_statuses(sources, pod.spec.containers, old.container_statuses, init=False)
        init = container_statuses(sources, pod.spec.init_containers, old.init_container_statuses, init=True)
        # The phase goes by what "started" was before the probes are asked anew.
        started = view.sandbox_ready is True and any(view.newest(c.name) is not None for c in pod.spec.containers)
        phase = phase_of(pod.spec, {s.name: s for s in (*main, *init)}, terminal, started)
        phase, reason, message = self._with_reason(pod, phase)
        main = tuple(self._probed(pod.spec.containers, s, sidecar=True) for s in main)
        init = tuple(self._probed(pod.spec.init_containers, s, sidecar=False) for s in init)
        by_name = {s.name: s for s in (*main, *init)}
        conditions = pod_conditions(
            pod, old.conditions, by_name, phase, view.sandbox_ready is True, self._is_restarting(pod, view), self.now
        )
        ip = facts.host_ip if pod.spec.host_network else view.ip or old.pod_ip
        return PodStatus(
            observed_generation=pod.metadata.generation,
            phase=phase,
            conditions=conditions,
            reason=reason,
            message=message,
            host_ip=facts.host_ip,
            host_ips=(HostIP(ip=facts.host_ip),),
            init_container_statuses=init,
            container_statuses=main,
            qos_class=pod.status.qos_class or pod_qos(pod.spec),
            pod_ip=ip,
            pod_ips=(PodIP(ip=ip),) if ip else (),
        )

    @property
    def now(self) -> int:
        """The present, as objects record it."""
        return self.facts.server.time

    def _restarts_all(self, pod: Pod, view: PodView) -> bool:
        return exits_restart_all(pod, view) or any(
            c.type == RESTARTING and c.status == "True" for c in self.status.conditions
        )

    def _is_restarting(self, pod: Pod, view: PodView) -> bool:
        return could_restart_all(pod.spec) and bool(view.containers) and self._restarts_all(pod, view)

    def _with_reason(self, pod: Pod, phase: str) -> tuple[str, str, str]:
        """The phase, which never leaves a terminal one, with the reason and message that go with it."""
        old = self.status
        for before in (old.phase, pod.status.phase):
            if phase not in TERMINAL_PHASES and before in TERMINAL_PHASES:
                phase = before
        if pod.status.phase in TERMINAL_PHASES:
            phase = pod.status.phase
        reason, message = "", ""
        if phase == old.phase:
            reason, message = old.reason or pod.status.reason, old.message or pod.status.message
        if self.past_deadline(pod):
            self.facts.say("Normal", "DeadlineExceeded", DEADLINE_MESSAGE)
            return (
                pod.status.phase if pod.status.phase in TERMINAL_PHASES else FAILED,
                "DeadlineExceeded",
                DEADLINE_MESSAGE,
            )
        return phase, reason, message

    def deadline_ms(self, pod: Pod) -> int | None:
        """When the pod has been active for too long, in milliseconds since the epoch."""
        seconds = pod.spec.active_deadline_seconds
        if seconds is None or self.status.start_time is None:
            return None
        return self.status.start_time + seconds * 1000

    def past_deadline(self, pod: Pod) -> bool:
        """The pod has been active for longer than it may be."""
        deadline_ms = self.deadline_ms(pod)
        return deadline_ms is not None and EPOCH_MS + self.facts.server.now_ms >= deadline_ms

    def _probed(self, containers: Sequence[Container], status: ContainerStatus, sidecar: bool) -> ContainerStatus:
        """The status with what the probes say of the container: whether it has started, and is ready."""
        started = self._is_started(status)
        container = next(c for c in containers if c.name == status.name)
        if not sidecar and not is_sidecar(container):
            ended = status.state.terminated
            done = ended is not None and ended.exit_code == 0
            return replace(status, started=started, ready=done)
        return replace(status, started=started, ready=started and self._is_ready(status))

    def _is_started(self, status: ContainerStatus) -> bool:
        if status.state.running is None:
            return False
        result = self.facts.results.get(STARTUP, status.container_id)
        if result is not None:
            return result == SUCCESS
        return bool(status.started) or self.prober is None or self.prober.find(status.name, STARTUP) is None

    def _is_ready(self, status: ContainerStatus) -> bool:
        if status.state.running is None or self.facts.unready():
            return False
        if self.facts.results.get(READINESS, status.container_id) == SUCCESS:
            return True
        worker = None if self.prober is None else self.prober.find(status.name, READINESS)
        if worker is None:
            return True
        worker.trigger()
        return False
