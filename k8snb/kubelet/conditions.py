"""The conditions that a kubelet writes into a pod's status.

References
----------
``pkg/kubelet/status/generate.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus, PodCondition
from k8snb.kubelet.phase import FAILED, SUCCEEDED
from k8snb.kubelet.restart_policy import could_restart_all, is_sidecar

SANDBOX, INITIALIZED, READY, CONTAINERS_READY = "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"
SCHEDULED, RESTARTING = "PodScheduled", "AllContainersRestarting"
OWNED = (SANDBOX, INITIALIZED, READY, CONTAINERS_READY, SCHEDULED, RESTARTING)

_TERMINAL_REASON = {SUCCEEDED: "PodCompleted", FAILED: "PodFailed"}

Verdict = tuple[str, str, str]  # a condition's status, reason and message
TRUE: Verdict = ("True", "", "")


def pod_conditions(
    pod: Pod,
    old: Sequence[PodCondition],
    statuses: Mapping[str, ContainerStatus],
    phase: str,
    sandbox_ready: bool,
    restarting: bool,
    now: int,
) -> tuple[PodCondition, ...]:
    """All conditions of a pod: those that others wrote, then the kubelet's own.

    Parameters
    ----------
    old
        The conditions so far; one whose status stays keeps the time of its last transition.
    restarting
        All containers are being restarted.
    now
        The present, in milliseconds since the epoch, in whole seconds.
    """
    foreign = [c for c in pod.status.conditions if c.type not in OWNED]
    generation, before = pod.metadata.generation, {c.type: c for c in old}
    containers_ready = containers_ready_verdict(pod, statuses, phase)
    verdicts = {
        SANDBOX: TRUE if sandbox_ready else ("False", "", ""),
        INITIALIZED: initialized_verdict(pod, statuses, phase, before),
        READY: ready_verdict(pod, containers_ready, foreign),
        CONTAINERS_READY: containers_ready,
        SCHEDULED: TRUE,
    }
    if could_restart_all(pod.spec):
        verdicts[RESTARTING] = restarting_verdict(phase, restarting)
    own = [_condition(type_, verdict, before.get(type_), generation, now) for type_, verdict in verdicts.items()]
    return (*foreign, *own)


def with_readiness(
    pod: Pod, old: Sequence[PodCondition], statuses: Mapping[str, ContainerStatus], phase: str, now: int
) -> tuple[PodCondition, ...]:
    """The conditions after a container's readiness changed, and nothing else."""
    verdict = containers_ready_verdict(pod, statuses, phase)
    foreign = [c for c in old if c.type not in OWNED]
    changed = {CONTAINERS_READY: verdict, READY: ready_verdict(pod, verdict, foreign)}
    generation = pod.metadata.generation
    return tuple(_condition(c.type, changed[c.type], c, generation, now) if c.type in changed else c for c in old)


def _condition(type_: str, verdict: Verdict, old: PodCondition | None, generation: int, now: int) -> PodCondition:
    since = now if old is None or old.status != verdict[0] else old.last_transition_time
    return shared_condition(type_, *verdict, generation, since)


@lru_cache(4096)
def shared_condition(
    type_: str, status: str, reason: str, message: str, generation: int, since: int | None
) -> PodCondition:
    """Pods that change in the same second share their conditions."""
    return PodCondition(
        type=type_,
        observed_generation=generation,
        status=status,
        last_transition_time=since,
        reason=reason,
        message=message,
    )


def containers_ready_verdict(pod: Pod, statuses: Mapping[str, ContainerStatus], phase: str) -> Verdict:
    """Whether all containers, sidecars among them, are ready."""
    wanted = [c.name for c in pod.spec.init_containers if is_sidecar(c)] + [c.name for c in pod.spec.containers]
    unknown = [name for name in wanted if name not in statuses]
    unready = [name for name in wanted if name in statuses and not statuses[name].ready]
    if phase == FAILED or (phase == SUCCEEDED and not unknown):
        return "False", _TERMINAL_REASON[phase], ""
    message = _complaint((("unknown", unknown), ("unready", unready)))
    return ("False", "ContainersNotReady", message) if message else TRUE


def _complaint(parts: Sequence[tuple[str, Sequence[str]]]) -> str:
    return ", ".join(f"containers with {word} status: [{' '.join(names)}]" for word, names in parts if names)


def ready_verdict(pod: Pod, containers_ready: Verdict, conditions: Sequence[PodCondition]) -> Verdict:
    """Whether the pod is ready: its containers are, and so are its readiness gates."""
    if containers_ready[0] != "True":
        return containers_ready
    present = {c.type: c for c in conditions}
    complaints = []
    for gate in pod.spec.readiness_gates:
        condition = present.get(gate.condition_type)
        if condition is None:
            missing = f'corresponding condition of pod readiness gate "{gate.condition_type}" does not exist.'
            complaints.append(missing)
        elif condition.status != "True":
            complaints.append(
                f'the status of pod readiness gate "{gate.condition_type}" is not "True", but {condition.status}'
            )
    return ("False", "ReadinessGatesNotReady", ", ".join(complaints)) if complaints else TRUE


def initialized_verdict(
    pod: Pod, statuses: Mapping[str, ContainerStatus], phase: str, old: Mapping[str, PodCondition]
) -> Verdict:
    """Whether all init containers are done, or started if they are sidecars."""
    unknown = [c.name for c in pod.spec.init_containers if c.name not in statuses]
    if phase == SUCCEEDED and not unknown:
        return "True", "PodCompleted", ""
    if any(_has_started(statuses.get(c.name)) for c in pod.spec.containers):
        return TRUE
    incomplete = [
        c.name for c in pod.spec.init_containers if c.name in statuses and not _is_initialized(c, statuses[c.name])
    ]
    message = _complaint((("unknown", unknown), ("incomplete", incomplete)))
    before = old.get(INITIALIZED)
    if not message or (before is not None and before.status == "True"):
        return TRUE
    return "False", "ContainersNotInitialized", message


def _is_initialized(container: Container, status: ContainerStatus) -> bool:
    return bool(status.started) if is_sidecar(container) else status.ready


def _has_started(status: ContainerStatus | None) -> bool:
    return status is not None and (status.state.running is not None or status.state.terminated is not None)


def restarting_verdict(phase: str, restarting: bool) -> Verdict:
    """Whether all containers are being restarted because one of them exited as a rule of its own says."""
    if phase in _TERMINAL_REASON:
        return "False", _TERMINAL_REASON[phase], ""
    if restarting:
        return "True", "RestartAllContainersStarted", "container exited with restart policy rule"
    return "False", "", ""
