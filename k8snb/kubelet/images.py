"""The images of a node: pulled one after the other, kept, and pulled again later when that failed.

References
----------
``pkg/kubelet/images/image_manager.go EnsureImageExists, applyDefaultImageTag, pullImage`` and
``puller.go serialImagePuller @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from k8snb.api.defaults.images import parse_image_name
from k8snb.api.field_errors import go_quote
from k8snb.api.go_duration import format_duration
from k8snb.api.types.containers import Container
from k8snb.api.types.pod import Pod
from k8snb.kubelet.backoff import Backoff
from k8snb.kubelet.durations import Durations
from k8snb.kubelet.registry import Registry
from k8snb.sim.loop import Loop
from k8snb.sim.process import Steps

SIZE = "1000000 bytes"

Say = Callable[[str, str, str], None]  # an event's type, reason and message


class StartError(NamedTuple):
    """Why a container was not started: the reason and message of its waiting state, and until when that holds."""

    reason: str
    message: str
    until_ms: int | None = None


@lru_cache(256)
def _present(image: str) -> str:
    """What is said so often that all events share it."""
    return f'Container image "{image}" already present on machine and can be accessed by the pod'


class Images:
    """The images of one node."""

    def __init__(self, loop: Loop, registry: Registry, durations: Durations) -> None:
        self._loop = loop
        self._registry = registry
        self._durations = durations
        self._present: dict[str, None] = {}
        self._coming: dict[str, None] = {}  # images that a pull that was asked for will bring
        self._backoff = Backoff()
        self._problems: dict[str, str] = {}
        self._free_ms = 0  # when the last pull that was asked for is over

    def has(self, image: str) -> bool:
        """The image is on the node."""
        return _tagged(image) in self._present

    def use_present(self, container: Container, say: Say) -> bool:
        """Whether the image is on the node, and its policy lets it be used as it is."""
        if container.image_pull_policy == "Always" or not self.has(container.image):
            return False
        say("Normal", "Pulled", _present(container.image))
        return True

    def ensure(self, pod: Pod, container: Container, say: Say) -> Steps[StartError | None]:
        """See to it that a container's image is on the node, pulling it if its policy asks for that."""
        if self.use_present(container, say):
            return None
        return (yield from self.ensure_missing(pod, container, say))

    def ensure_missing(self, pod: Pod, container: Container, say: Say) -> Steps[StartError | None]:
        """The same for an image that was looked for and cannot be used as it is."""
        image, policy = container.image, container.image_pull_policy
        if problem := parse_image_name(image).problem:
            shown = go_quote(image)
            message = f"Failed to apply default image tag {shown}: couldn't parse image name {shown}: {problem}"
            say("Warning", "InspectFailed", message)
            return StartError("InvalidImageName", message)
        if policy == "Never":
            message = f'Container image "{image}" is not present with pull policy of Never'
            say("Warning", "ErrImageNeverPull", message)
            return StartError("ErrImageNeverPull", message)
        return (yield from self._pull(pod, image, say))

    def _pull(self, pod: Pod, image: str, say: Say) -> Steps[StartError | None]:
        key = f"{pod.metadata.uid}_{image}"
        if self._backoff.in_back_off_since_update(key, self._loop.now_ms):
            message = f'Back-off pulling image "{image}"'
            say("Normal", "BackOff", message)
            problem = self._problems.get(key)
            return StartError("ImagePullBackOff", f"{message}: {problem}" if problem else message)
        self._problems.pop(key, None)
        say("Normal", "Pulling", f'Pulling image "{image}"')
        asked_ms = self._loop.now_ms
        begin_ms = max(asked_ms, self._free_ms)
        self._free_ms = begin_ms + self._pull_ms(image)
        self._coming[_tagged(image)] = None
        if self._free_ms > asked_ms:
            yield self._free_ms - asked_ms
        problem = self._registry.problem(image)
        if problem:
            self._coming.pop(_tagged(image), None)
            text = f"rpc error: {problem}"
            say("Warning", "Failed", f'Failed to pull image "{image}": {text}')
            self._backoff.next(key, self._loop.now_ms, self._loop.now_ms)
            self._problems[key] = f"ErrImagePull: {text}"
            return StartError("ErrImagePull", text)
        self._present[_tagged(image)] = None
        took, waited = format_duration(self._loop.now_ms - begin_ms), format_duration(self._loop.now_ms - asked_ms)
        size = f"Image size: {SIZE}."
        say("Normal", "Pulled", f'Successfully pulled image "{image}" in {took} ({waited} including waiting). {size}')
        return None

    def _pull_ms(self, image: str) -> int:
        seconds = self._registry.pull_seconds(image)
        return self._durations.pull_ms(_tagged(image) in self._coming) if seconds is None else seconds * 1000

    def forget(self, pod: Pod) -> None:
        """The pod is gone, and with it what failed for it."""
        prefix = f"{pod.metadata.uid}_"
        self._backoff.forget(prefix)
        for key in [k for k in self._problems if k.startswith(prefix)]:
            del self._problems[key]


@lru_cache(1024)
def _tagged(image: str) -> str:
    """The image with the tag that is meant when it has none."""
    name = image.rpartition("/")[2]
    return image if ":" in name or "@" in name else f"{image}:latest"
