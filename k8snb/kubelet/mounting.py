"""What comes before a pod's sandbox: its directories, and volumes whose ConfigMaps and Secrets have to be there.

References
----------
``pkg/kubelet/volumemanager/volume_manager.go WaitForAttachAndMount @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from k8snb.api.types.pod import Pod
from k8snb.kubelet.configuration import missing_volumes
from k8snb.kubelet.durations import Durations
from k8snb.machinery.server import ApiServer
from k8snb.sim.loop import Loop, NODE
from k8snb.sim.process import Signal, Steps, Timeout

RETRY_MS, RETRY_MAX_MS = 500, 122_000


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
        due_ms = self.loop.now_ms + self.durations.mount_ms(self.loop.now_ms)
        while self.loop.now_ms < due_ms and not self.stopping():
            yield Timeout(self.news(), due_ms - self.loop.now_ms)
        return not self.stopping()

    def mount(self, pod: Pod) -> Steps[bool]:
        """Wait until all volumes can be mounted; False when the pod is to be stopped meanwhile."""
        delay_ms = RETRY_MS
        while missing := missing_volumes(self.server, pod) if pod.spec.volumes else ():
            for volume, problem in missing:
                self.say("Warning", "FailedMount", f'MountVolume.SetUp failed for volume "{volume}" : {problem}')
            retry = self.news()
            self.loop.call_after(delay_ms, retry.fire, priority=NODE, background=True)
            yield retry
            if self.stopping():
                return False
            delay_ms = min(delay_ms * 2, RETRY_MAX_MS)
        return True
