"""Prefers nodes that already have a pod's images, the more so the more nodes have them.

References
----------
``pkg/scheduler/framework/plugins/imagelocality/image_locality.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from k8snb.scheduler.framework import Cycle, MAX_NODE_SCORE, Plugin, Scorer
from k8snb.scheduler.node_info import ImageState, NodeInfo
from k8snb.scheduler.signature import Signature

MEGABYTE = 1024 * 1024
MIN_THRESHOLD = 23 * MEGABYTE
MAX_CONTAINER_THRESHOLD = 1000 * MEGABYTE


class ImageLocality(Plugin):
    """Weighs an image's size with the share of nodes that have it, lest one node gets all pods."""

    name: ClassVar[str] = "ImageLocality"
    weight: ClassVar[int] = 1

    def pre_score(self, cycle: Cycle, nodes: Sequence[NodeInfo]) -> Scorer:
        """A scorer for the pod's images."""
        del nodes
        return _ImageScorer(cycle.pod.signature, len(cycle.snapshot.nodes))


class _ImageScorer(Scorer):
    def __init__(self, signature: Signature, all_nodes: int) -> None:
        self.images = image_names(signature)
        self.containers = container_count(signature)
        self.all_nodes = all_nodes

    def score(self, node: NodeInfo) -> int:
        present = images_present(self.images, node)
        return image_score(present, self.containers, self.all_nodes) if present else 0


def image_names(signature: Signature) -> tuple[str, ...]:
    """The images of containers and image volumes; a name without a tag means ``latest``."""
    spec = signature.spec
    names = [container.image for container in (*spec.init_containers, *spec.containers)]
    names += [volume.image.reference for volume in spec.volumes if volume.image is not None]
    return tuple(name if name.rfind(":") > name.rfind("/") else f"{name}:latest" for name in names)


def container_count(signature: Signature) -> int:
    """The number of containers that images are needed for."""
    return len(signature.spec.init_containers) + len(signature.spec.containers)


def images_present(names: Sequence[str], node: NodeInfo) -> tuple[ImageState, ...]:
    """Those of the images that a node has."""
    images = node.images
    return tuple(images[name] for name in names if name in images) if images else ()


def image_score(present: Iterable[ImageState], containers: int, all_nodes: int) -> int:
    """0 below 23 MB of present images, 100 from 1000 MB a container on."""
    total = sum(int(state.size * (len(state.nodes) / all_nodes)) for state in present)
    top = MAX_CONTAINER_THRESHOLD * containers
    total = min(max(total, MIN_THRESHOLD), top)
    return MAX_NODE_SCORE * (total - MIN_THRESHOLD) // (top - MIN_THRESHOLD)
