"""The table of pods, with the STATUS word that sums up a pod's containers.

References
----------
``pkg/printers/internalversion/printers.go printPod @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStateTerminated, ContainerStatus
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, kind_table, KindTable

_TERMINAL = ("Succeeded", "Failed")


@dataclass(slots=True)
class _Summary:
    """What the containers add up to; `restarted` is when the last of the restarted ones had ended."""

    reason: str
    ready: int = 0
    restarts: int = 0
    restarted: int | None = None

    def count_restarts(self, status: ContainerStatus) -> None:
        """Add a container's restarts."""
        self.restarts += status.restart_count
        ended = status.last_state.terminated
        if ended and ended.finished_at is not None:
            self.restarted = max(ended.finished_at, self.restarted or 0)


def pod_cells(pod: Pod, now_ms: int) -> tuple[Cell, ...]:
    """The row of a pod."""
    summary = _summarize(pod)
    restarts = str(summary.restarts)
    if summary.restarts and summary.restarted is not None:
        restarts = f"{summary.restarts} ({since(summary.restarted, now_ms)} ago)"
    total = len(pod.spec.containers) + sum(map(_restartable, pod.spec.init_containers))
    return (
        pod.metadata.name,
        f"{summary.ready}/{total}",
        summary.reason,
        restarts,
        since(pod.metadata.creation_timestamp, now_ms),
        (pod.status.pod_ips[0].ip if pod.status.pod_ips else "") or "<none>",
        pod.spec.node_name or "<none>",
        pod.status.nominated_node_name or "<none>",
        _readiness_gates(pod),
    )


def status_word(pod: Pod) -> str:
    """The STATUS that kubectl shows for a pod: ``Running``, ``CrashLoopBackOff``, ``Init:0/2``, ``Terminating`` …"""
    return _summarize(pod).reason


def _restartable(container: Container) -> bool:
    return container.restart_policy == "Always"


def _summarize(pod: Pod) -> _Summary:
    summary = _Summary(pod.status.reason or pod.status.phase)
    for condition in pod.status.conditions:
        if condition.type == "PodScheduled" and condition.reason == "SchedulingGated":
            summary.reason = "SchedulingGated"
    sidecars = _Summary(summary.reason)
    initializing = _init_containers(pod, summary, sidecars)
    if not initializing or _has_condition(pod, "Initialized"):
        summary.restarts, summary.restarted = sidecars.restarts, sidecars.restarted
        _main_containers(pod, summary)
    if pod.metadata.deletion_timestamp is not None:
        if pod.status.reason == "NodeLost":
            summary.reason = "Unknown"
        elif pod.status.phase not in _TERMINAL:
            summary.reason = "Terminating"
    return summary


def _init_containers(pod: Pod, summary: _Summary, sidecars: _Summary) -> bool:
    """Count the init containers, up to the first that holds the pod back; whether there is one."""
    sidecar: Mapping[str, bool] = {c.name: _restartable(c) for c in pod.spec.init_containers}
    for i, status in enumerate(pod.status.init_container_statuses):
        summary.count_restarts(status)
        if sidecar.get(status.name, False):
            sidecars.count_restarts(status)
        ended, waiting = status.state.terminated, status.state.waiting
        if ended and ended.exit_code == 0:
            continue
        if sidecar.get(status.name, False) and status.started:
            summary.ready += status.ready
            continue
        if ended:
            summary.reason = f"Init:{_ended(ended)}"
        elif waiting and waiting.reason and waiting.reason != "PodInitializing":
            summary.reason = f"Init:{waiting.reason}"
        else:
            summary.reason = f"Init:{i}/{len(pod.spec.init_containers)}"
        return True
    return False


def _ended(state: ContainerStateTerminated) -> str:
    """Why a container ended: its reason, else its signal or exit code."""
    if state.reason:
        return state.reason
    return f"Signal:{state.signal}" if state.signal else f"ExitCode:{state.exit_code}"


def _main_containers(pod: Pod, summary: _Summary) -> None:
    """The containers proper; what the first of them says counts most, so they are taken from the last on."""
    running, failure = False, ""
    for status in reversed(pod.status.container_statuses):
        summary.count_restarts(status)
        ended, waiting = status.state.terminated, status.state.waiting
        if waiting and waiting.reason:
            summary.reason = waiting.reason
        elif ended:
            summary.reason = _ended(ended)
            if ended.exit_code != 0:
                failure = summary.reason
        elif status.ready and status.state.running:
            running = True
            summary.ready += 1
    if summary.reason == "Completed":
        if running and _has_condition(pod, "Ready"):
            summary.reason = "Running"
        elif failure or running:
            summary.reason = failure or "NotReady"


def _has_condition(pod: Pod, kind: str) -> bool:
    return any(c.type == kind and c.status == "True" for c in pod.status.conditions)


def _readiness_gates(pod: Pod) -> str:
    gates = [gate.condition_type for gate in pod.spec.readiness_gates]
    if not gates:
        return "<none>"
    return f"{sum(_has_condition(pod, gate) for gate in gates)}/{len(gates)}"


TABLES: Mapping[type[KubernetesObject], KindTable] = {
    Pod: kind_table("Name|Ready|Status|Restarts|Age", pod_cells, wide="IP|Node|Nominated Node|Readiness Gates"),
}
