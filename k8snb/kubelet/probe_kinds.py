"""Which probes the containers of a pod have."""

from __future__ import annotations

from collections.abc import Iterator

from k8snb.api.types.containers import Container, Probe
from k8snb.api.types.pod import Pod
from k8snb.kubelet.probe_results import LIVENESS, READINESS, STARTUP
from k8snb.kubelet.restart_policy import is_sidecar


def probed_containers(pod: Pod) -> tuple[Container, ...]:
    """The containers whose probes are executed: those proper, then the sidecars."""
    return (*pod.spec.containers, *(c for c in pod.spec.init_containers if is_sidecar(c)))


def has_probe(pod: Pod, kind: str) -> bool:
    """Whether a container of the pod has a probe of a kind: ``liveness``, ``readiness`` or ``startup``."""
    return any(kind == k.lower() for c in probed_containers(pod) for k, _ in probes_of(c))


def probes_of(container: Container) -> Iterator[tuple[str, Probe]]:
    """A container's probes with their kinds, in the order in which they matter."""
    rows = (
        (STARTUP, container.startup_probe),
        (READINESS, container.readiness_probe),
        (LIVENESS, container.liveness_probe),
    )
    for kind, probe in rows:
        if probe is not None:
            yield kind, probe
