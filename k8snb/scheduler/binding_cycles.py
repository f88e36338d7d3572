"""Pods whose node is chosen and whose volumes are still to be bound: each is looked at once a second until they are.

Other pods are placed meanwhile; they reckon with these as if they were on their nodes.

References
----------
``pkg/scheduler/schedule_one.go bindingCycle`` and
``pkg/scheduler/framework/plugins/volumebinding/binder.go BindPodVolumes @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.pod import Pod
from k8snb.errors import ApiError
from k8snb.scheduler.actions import Actions
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.plugins.volume_binding import (
    assume,
    Binding,
    binding_problem,
    PodVolumes,
    revert,
    VolumeBinding,
    Waiting,
)
from k8snb.scheduler.queue import QueuedPod
from k8snb.scheduler.snapshot import Snapshot

POLL_PERIOD_MS = 1_000
BIND_TIMEOUT_MS = 600_000

_TIMED_OUT = "context deadline exceeded"


class BindingCycle:
    """One pod on its way to its node.

    ``pod`` is its latest version. ``gone`` says that it was deleted, ``replaced`` that there is another of its name.
    """

    __slots__ = ("deadline_ms", "gone", "next_poll_ms", "node_name", "pod", "queued", "replaced", "volumes")

    def __init__(self, queued: QueuedPod, volumes: PodVolumes, now_ms: int) -> None:
        self.queued = queued
        self.pod = queued.info.pod
        self.node_name = queued.info.node_name
        self.volumes = volumes
        self.next_poll_ms = now_ms + POLL_PERIOD_MS
        self.deadline_ms = now_ms + BIND_TIMEOUT_MS
        self.gone = False
        self.replaced = False


class BindingCycles:
    """All pods whose volumes are being bound.

    Parameters
    ----------
    actions
        Writes volumes and claims.
    snapshot, listers
        What the scheduler has heard of.
    now
        Gives the time in milliseconds.
    """

    def __init__(self, actions: Actions, snapshot: Snapshot, listers: Listers, now: Callable[[], int]) -> None:
        self._actions = actions
        self._snapshot = snapshot
        self._listers = listers
        self._now = now
        self._plugin = VolumeBinding()
        self._cycles: dict[str, BindingCycle] = {}

    def __len__(self) -> int:
        return len(self._cycles)

    def get(self, key: str) -> BindingCycle | None:
        """The binding of a pod."""
        return self._cycles.get(key)

    def note_added(self, pod: Pod) -> None:
        """There is a new pod; it may have the name of one that is gone."""
        for cycle in self._of_name(pod):
            cycle.replaced = cycle.gone

    def note_deleted(self, pod: Pod) -> None:
        """A pod is gone."""
        for cycle in self._of_name(pod):
            cycle.replaced = False
            cycle.gone |= cycle.pod.metadata.uid == pod.metadata.uid

    def _of_name(self, pod: Pod) -> Iterator[BindingCycle]:
        name = (pod.metadata.namespace, pod.metadata.name)
        for cycle in self._cycles.values():
            if (cycle.pod.metadata.namespace, cycle.pod.metadata.name) == name:
                yield cycle

    def reserve(self, queued: QueuedPod) -> BindingCycle | None:
        """Reserve the volumes that have to be bound before a pod that has a node; None when there are none."""
        info = queued.info
        node = self._snapshot.get(info.node_name)
        assert node is not None, f"{info.node_name} is not known"
        volumes = self._plugin.volumes_to_bind(Cycle(info, self._snapshot, self._listers), node)
        if volumes is None:
            return None
        return BindingCycle(queued, assume(volumes, info.node_name, self._listers), self._now())

    def start(self, cycle: BindingCycle) -> str:
        """Write what was reserved, and look at it once a second from now on.

        Returns
        -------
        str
            Why the API server refused it; empty when it did not.
        """
        bindings, provisions = cycle.volumes
        written, sent = list[Binding](), list[PersistentVolumeClaim]()
        problem = ""
        try:
            for volume, claim in bindings:
                written.append(Binding(self._actions.update_volume(volume), claim))
            for claim in provisions:
                sent.append(self._actions.update_claim(claim))
        except ApiError as error:
            revert(PodVolumes(bindings[len(written) :], provisions[len(sent) :]), self._listers)
            problem = error.message
        else:
            self._cycles[cycle.queued.info.key] = cycle
        cycle.volumes = PodVolumes(tuple(written), tuple(sent))
        return problem

    def revert(self, cycle: BindingCycle) -> None:
        """Give a binding up: what is assumed of volumes and claims no longer counts."""
        self._cycles.pop(cycle.queued.info.key, None)
        revert(cycle.volumes, self._listers)

    @property
    def next_poll_ms(self) -> int | None:
        """When the next binding is looked at."""
        return min((cycle.next_poll_ms for cycle in self._cycles.values()), default=None)

    @property
    def any_is_decided(self) -> bool:
        """Whether one of the bindings is complete or has failed, which its next look will find."""
        return any(self._problem_of(cycle) is not Waiting.WAITING for cycle in self._cycles.values())

    def poll(self) -> list[tuple[BindingCycle, str]]:
        """Look at the bindings that are due, and end those that are complete (an empty text) or failed (why)."""
        now_ms, decided = self._now(), []
        for cycle in [cycle for cycle in self._cycles.values() if cycle.next_poll_ms <= now_ms]:
            cycle.next_poll_ms = now_ms + POLL_PERIOD_MS
            problem = self._problem_of(cycle) if now_ms < cycle.deadline_ms else _TIMED_OUT
            if isinstance(problem, str):
                del self._cycles[cycle.queued.info.key]
                decided.append((cycle, f"binding volumes: {problem}" if problem else ""))
        return decided

    def _problem_of(self, cycle: BindingCycle) -> str | Waiting:
        if cycle.gone and not cycle.replaced:
            return f'pod does not exist any more: pod "{cycle.pod.metadata.name}" not found'
        node = self._snapshot.get(cycle.node_name)
        return binding_problem(cycle.volumes, node.node if node is not None else None, cycle.node_name, self._listers)
