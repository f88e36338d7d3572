"""Walks over the containers of a pod.

References
----------
``pkg/apis/core/pods/helpers.go VisitContainersWithPath @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterator

from k8snb.api.types.containers import Container, EphemeralContainer
from k8snb.api.types.pod import PodSpec

AnyContainer = Container | EphemeralContainer


def containers_with_path(spec: PodSpec, path: str) -> Iterator[tuple[AnyContainer, str]]:
    """Every container with its place: those that initialize the pod, its own, then the ephemeral ones."""
    for index, init in enumerate(spec.init_containers):
        yield init, f"{path}.initContainers[{index}]"
    for index, container in enumerate(spec.containers):
        yield container, f"{path}.containers[{index}]"
    for index, ephemeral in enumerate(spec.ephemeral_containers):
        yield ephemeral, f"{path}.ephemeralContainers[{index}]"
