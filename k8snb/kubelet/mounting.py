"""What comes before a pod's sandbox: its directories, and its volumes.

ConfigMaps and Secrets have to be there, claims to be bound. A sync waits for the former; the latter end it, and are
looked at again with the next one.

References
----------
``pkg/kubelet/volumemanager/volume_manager.go WaitForAttachAndMount @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from k8snb.api.types.pod import Pod
from k8snb.kubelet.claimed_volumes import claim_problems, used_volumes
from k8snb.kubelet.configuration import missing_volumes
from k8snb.kubelet.durations import Durations
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import Loop, NODE
from k8snb.sim.process import Signal, Steps, Timeout

FAILED_MOUNT = "FailedMount"
RETRY_MS, RETRY_MAX_MS = 500, 122_000
POPULATE_MS = 100  # in that time claims are looked at once
POLL_MS = 300  # after that it is asked what came of it


class Mounting(Enum):
    """What came of the attempt to mount a pod's volumes."""

    MOUNTED = "mounted"
    FAILED = "failed"
    STOPPED = "stopped"  # the pod is to be stopped meanwhile


class Mounter(NamedTuple):
    """What setting up a pod takes.

    ``say`` writes an event about the pod, ``stopping`` tells whether it is to be stopped meanwhile, ``news`` gives a
    signal that fires when something is heard of it.
    """

    loop: Loop
    server: ApiServer
    durations: Durations
    say: Callable[[str, str, str], None]
    stopping: Callable[[], bool]
    news: Callable[[], Signal]

    def set_up(self) -> Steps[bool]:
        """Make the pod's directories; False when it is to be stopped meanwhile."""
        return (yield from self._wait(self.durations.mount_ms(self.loop.now_ms)))

    def _wait(self, delay_ms: int) -> Steps[bool]:
        """Let time pass; False when the pod is to be stopped meanwhile."""
        due_ms = self.loop.now_ms + delay_ms
        while self.loop.now_ms < due_ms and not self.stopping():
            yield Timeout(self.news(), due_ms - self.loop.now_ms)
        return not self.stopping()

    def mount(self, pod: Pod) -> Steps[Mounting]:
        """Mount all volumes, or say why that is not possible."""
        if not used_volumes(pod):
            return Mounting.MOUNTED
        if claim_problems(self.server, pod):
            if not (yield from self._wait(POPULATE_MS)):
                return Mounting.STOPPED
            problems = claim_problems(self.server, pod)
            if not (yield from self._wait(POLL_MS - POPULATE_MS)):
                return Mounting.STOPPED
            if problems:
                self._say_what_is_missing(pod, problems)
                return Mounting.FAILED
        return (yield from self._wait_for_configuration(pod))

    def _say_what_is_missing(self, pod: Pod, problems: Mapping[str, str]) -> None:
        missing = missing_volumes(self.server, pod)
        self._say_missing(missing)
        unmounted = " ".join(sorted([*problems, *(name for name, _ in missing)]))
        volumes = f"unmounted volumes=[{unmounted}], unattached volumes=[]"
        why = "; ".join(sorted(dict.fromkeys(problems.values())))
        failed = f"failed to process volumes=[{' '.join(sorted(problems))}]: {why}"
        self.say("Warning", FAILED_MOUNT, f"Unable to attach or mount volumes: {volumes}, {failed}")

    def _say_missing(self, missing: Iterable[tuple[str, str]]) -> None:
        for volume, problem in missing:
            self.say("Warning", FAILED_MOUNT, f'MountVolume.SetUp failed for volume "{volume}" : {problem}')

    def _wait_for_configuration(self, pod: Pod) -> Steps[Mounting]:
        """Wait until the ConfigMaps and Secrets are there."""
        delay_ms = RETRY_MS
        while missing := missing_volumes(self.server, pod):
            self._say_missing(missing)
            retry = self.news()
            self.loop.call_after(delay_ms, retry.fire, priority=NODE, background=True)
            yield retry
            if self.stopping():
                return Mounting.STOPPED
            delay_ms = min(delay_ms * 2, RETRY_MAX_MS)
        return Mounting.MOUNTED
