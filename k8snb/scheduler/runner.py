"""The scheduler as a component: it hears of pods and nodes, tries waiting pods, and has its decisions carried out.

References
----------
``pkg/scheduler/schedule_one.go scheduleOnePod, assume, bindingCycle, handleBindingCycleError,
handleSchedulingFailure @ v1.36``
``pkg/scheduler/eventhandlers.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim, StorageClass
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.errors import ApiError
from k8snb.scheduler.actions import Actions
from k8snb.scheduler.binding_cycles import BindingCycle, BindingCycles
from k8snb.scheduler.core import Core, Decision
from k8snb.scheduler.equivalence import FastCore
from k8snb.scheduler.events import Action, is_irrelevant, node_events, NodeEvent, pod_events, PodEvent, StorageEvent
from k8snb.scheduler.framework import Cycle
from k8snb.scheduler.listers import Listers
from k8snb.scheduler.nominator import Nominator
from k8snb.scheduler.plugins import default_plugins
from k8snb.scheduler.plugins.volume_binding import VolumeBinding
from k8snb.scheduler.preemption.selection import Choose
from k8snb.scheduler.preemption.victims import PLUGIN as DEFAULT_PREEMPTION
from k8snb.scheduler.queue import QueuedPod, SchedulingQueue
from k8snb.scheduler.signature import pod_key, PodInfo, Signatures
from k8snb.scheduler.snapshot import Snapshot

DEFAULT_SCHEDULER = "default-scheduler"

_PRE_BIND = f'running PreBind plugin "{VolumeBinding.name}"'
_BIND = 'running Bind plugin "DefaultBinder"'


class Scheduler:
    """Places waiting pods.

    Parameters
    ----------
    actions
        Carries decisions out.
    choose
        Decides between equally good nodes, given their names in the order in which the nodes became known.
    now
        Gives the time in milliseconds.
    name
        The pods whose ``spec.schedulerName`` this is are placed.
    pop_from_backoff
        Whether pods that back off are tried as soon as there is nothing else to try, as upstream does by default.

    Notes
    -----
    All nodes are looked at for every pod; upstream looks at a part of them from 100 nodes on. The order of handlers and
    `schedule_pending` is the caller's; nothing here keeps time, see `next_wakeup_ms`.
    """

    def __init__(
        self,
        actions: Actions,
        choose: Choose,
        now: Callable[[], int],
        *,
        name: str = DEFAULT_SCHEDULER,
        pop_from_backoff: bool = True,
    ) -> None:
        self.actions = actions
        self.name = name
        self.snapshot = Snapshot()
        self.listers = Listers()
        self.nominator = Nominator()
        self.signatures = Signatures()
        self.queue = SchedulingQueue(now, pop_from_backoff=pop_from_backoff)
        self.core = Core(default_plugins(), self.nominator, choose)
        self._fast = FastCore(self.core)
        self._assigned: dict[str, PodInfo] = {}
        self._assumed: dict[str, None] = {}
        self.bindings = BindingCycles(actions, self.snapshot, self.listers, now)

    @property
    def has_work(self) -> bool:
        """Whether pods wait, to be placed or for their volumes."""
        return bool(len(self.queue) or len(self.bindings))

    @property
    def next_wakeup_ms(self) -> int | None:
        """When `schedule_pending` should be called even if nothing happens until then; None for never."""
        times = (self.queue.next_retry_ms, self.queue.next_flush_ms, self.bindings.next_poll_ms)
        return min((time for time in times if time is not None), default=None)

    @property
    def is_about_to_act(self) -> bool:
        """Whether something will come of the wakeups, though nothing else happens until then."""
        return self.queue.next_retry_ms is not None or self.bindings.any_is_decided

    def schedule_pending(self, limit: int | None = None) -> int:
        """Try waiting pods, the most important first, until none is left to try.

        Parameters
        ----------
        limit
            The most pods to try.

        Returns
        -------
        int
            How many pods were tried.
        """
        if self.bindings:
            self._see_to_bindings()
        self.queue.flush()
        tried = 0
        while limit is None or tried < limit:
            queued = self.queue.pop()
            if queued is None:
                break
            self._schedule_one(queued)
            tried += 1
        return tried

    # Pods

    def on_pod_added(self, pod: Pod) -> None:
        """Hear of a pod that was not known."""
        if _is_over(pod):
            return
        if self.bindings:
            self.bindings.note_added(pod)
        if pod.spec.node_name:
            self._assign(self.signatures.pod_info(pod))
        elif pod.spec.scheduler_name == self.name:
            info = self.signatures.pod_info(pod)
            self.nominator.nominate(info, pod.status.nominated_node_name)
            self.queue.add(info)

    def on_pod_updated(self, old: Pod, new: Pod) -> bool:
        """Hear of a pod's new version. A pod that is over no longer takes any place.

        Returns
        -------
        bool
            Whether it may matter to decisions; most versions of pods on nodes do not.
        """
        if _is_over(new):
            self._forget_pod(old)
            return True
        cycle = self.bindings.get(pod_key(new)) if self.bindings else None
        if cycle is not None:
            cycle.pod = new
        info = self._assigned.get(pod_key(new))
        if info is None:
            self._update_waiting(new)
        elif _looks_the_same(info.pod, new):
            info.pod = new
            return False
        elif new.spec.node_name:
            self._update_assigned(info, new)
        elif new.metadata.deletion_timestamp is not None:
            self._unassign(info)
        return True

    def on_pod_deleted(self, pod: Pod) -> None:
        """Hear that a pod is gone."""
        if self.bindings:
            self.bindings.note_deleted(pod)
        self._forget_pod(pod)

    def _forget_pod(self, pod: Pod) -> None:
        key = pod_key(pod)
        info = self._assigned.get(key)
        if info is not None:
            self._unassign(info)
        waiting = self.queue.delete(key)
        if waiting is not None and self.nominator.node_of(key):
            self._end_nomination(waiting)

    def _assign(self, info: PodInfo) -> None:
        self.snapshot.add_pod(info)
        self._assigned[info.key] = info
        self.queue.move(PodEvent(Action.ADD, info.key, True, None, info.signature))

    def _unassign(self, info: PodInfo) -> None:
        self.snapshot.remove_pod(info)
        del self._assigned[info.key]
        self._assumed.pop(info.key, None)
        self.queue.move(PodEvent(Action.DELETE, info.key, True, info.signature, None))

    def _update_assigned(self, info: PodInfo, new: Pod) -> None:
        old, info.pod = info.pod, new
        if info.key in self._assumed:
            self._confirm(info)
        looks_the_same = new.metadata.labels is old.metadata.labels and new.spec.containers is old.spec.containers
        if new.spec.node_name != info.node_name or not (looks_the_same or info.signature.covers(new)):
            self._replace_assigned(info, old, new)
        elif new.metadata.deletion_timestamp is not None and not info.terminating:
            self.snapshot.set_terminating(info)

    def _confirm(self, info: PodInfo) -> None:
        """The API server has the binding that was assumed."""
        del self._assumed[info.key]
        self.queue.move(PodEvent(Action.ADD, info.key, True, None, info.signature))

    def _replace_assigned(self, info: PodInfo, old: Pod, new: Pod) -> None:
        self.snapshot.remove_pod(info)
        changed = self.signatures.pod_info(new)
        self.snapshot.add_pod(changed)
        self._assigned[info.key] = changed
        before = PodInfo(old, info.signature)
        for event in pod_events(before, changed, assigned=True):
            self.queue.move(event)

    def _update_waiting(self, new: Pod) -> None:
        key = pod_key(new)
        queued = self.queue.get(key)
        if new.spec.node_name:
            self.queue.delete(key)
            self.nominator.remove(key)
            self._assign(self.signatures.pod_info(new))
        elif queued is None:
            self.on_pod_added(new)
        else:
            self._update_queued(queued, new)

    def _update_queued(self, queued: QueuedPod, new: Pod) -> None:
        old = queued.info
        info = self.signatures.pod_info(new)
        self.queue.update(queued, info, list(pod_events(old, info, assigned=False)))
        before, after = old.pod.status.nominated_node_name, new.status.nominated_node_name
        if before and before != after:
            self._end_nomination(old)
        # A nomination made here may not have reached the API server when this version was written.
        self.nominator.nominate(info, after if before or after else self.nominator.node_of(info.key))

    def _end_nomination(self, info: PodInfo) -> None:
        """The place that a waiting pod counted on is free for pods that are not more important."""
        self.nominator.remove(info.key)
        event = PodEvent(Action.DELETE, info.key, True, info.signature, None)
        self.queue.move(event, priority=info.signature.priority)

    # Nodes

    def on_node_added(self, node: Node) -> None:
        """Hear of a node that was not known."""
        self.snapshot.set_node(node)
        self.queue.move(NodeEvent(Action.ADD, None, node))

    def on_node_updated(self, old: Node, new: Node) -> None:
        """Hear of a node's new version."""
        if self.snapshot.get(new.metadata.name) is None:
            self.on_node_added(new)
        elif is_irrelevant(old, new):
            self.snapshot.refresh_node(new)
        else:
            self.snapshot.set_node(new)
            for event in node_events(old, new):
                self.queue.move(event)

    def on_node_deleted(self, node: Node) -> None:
        """Hear that a node is gone."""
        if self.snapshot.get(node.metadata.name) is not None:
            self.queue.move(NodeEvent(Action.DELETE, node, None))
            self.snapshot.remove_node(node.metadata.name)

    # Other objects

    def on_added(self, obj: KubernetesObject) -> None:
        """Hear of any other object: see `k8snb.scheduler.listers.LISTED`."""
        self._set(None, obj)

    def on_updated(self, old: KubernetesObject, new: KubernetesObject) -> None:
        """Hear of another object's new version."""
        self._set(old, new)

    def on_deleted(self, obj: KubernetesObject) -> None:
        """Hear that another object is gone."""
        self.listers.remove(obj)

    def _set(self, old: KubernetesObject | None, new: KubernetesObject) -> None:
        self.listers.set(new)
        if isinstance(new, PersistentVolumeClaim | PersistentVolume | StorageClass):
            action = Action.ADD if old is None else Action.UPDATE
            self.queue.move(StorageEvent(action, old, new))

    # Attempts

    def _schedule_one(self, queued: QueuedPod) -> None:
        info = queued.info
        if info.pod.metadata.deletion_timestamp is not None:
            self.queue.delete(info.key)
            message = f"skip schedule deleting pod: {info.pod.metadata.namespace}/{info.pod.metadata.name}"
            self.actions.report_skipped(info.pod, message)
            return
        decision = self._fast.schedule(Cycle(info, self.snapshot, self.listers))
        if decision.node:
            self._place(queued, decision.node)
        else:
            self._refuse(queued, decision)

    def _place(self, queued: QueuedPod, node_name: str) -> None:
        """Reckon with the pod on its node from now on, and have it bound."""
        info = queued.info
        info.node_name = node_name
        self.snapshot.add_pod(info)
        self._assigned[info.key] = info
        self._assumed[info.key] = None
        self.queue.done(queued)
        self.nominator.remove(info.key)
        cycle = None if info.signature.simple else self.bindings.reserve(queued)
        if cycle is not None:
            self._bind_volumes(cycle)
            return
        try:
            self.actions.bind(info.pod, node_name)
        except ApiError:
            if info.key in self._assumed:
                self._forget(queued)

    def _forget(self, queued: QueuedPod) -> None:
        """Take back an assumption: the API server refused the binding."""
        info = queued.info
        self._unassign(info)
        info.node_name = ""
        self.queue.failed(queued)

    # Binding volumes

    def _bind_volumes(self, cycle: BindingCycle) -> None:
        """Have the volumes bound; the pod comes after them."""
        self.actions.nominate(cycle.pod, cycle.node_name)
        problem = self.bindings.start(cycle)
        if problem:
            self._fail(cycle, f"{_PRE_BIND}: {problem}")

    def _see_to_bindings(self) -> None:
        """Bind the pods whose volumes are bound by now; those whose volumes cannot be are tried again."""
        for cycle, problem in self.bindings.poll():
            if problem:
                self._fail(cycle, f"{_PRE_BIND}: {problem}")
                continue
            try:
                self.actions.bind(cycle.pod, cycle.node_name)
            except ApiError as error:
                self._fail(cycle, f"{_BIND}: {error.message}")

    def _fail(self, cycle: BindingCycle, message: str) -> None:
        """Take back what was assumed, say why, and try the pod again later if it is still there."""
        queued = cycle.queued
        info = queued.info
        self.bindings.revert(cycle)
        if info.key in self._assigned:
            self._unassign(info)
        if cycle.replaced:
            return
        if not cycle.gone and self.queue.get(info.key) is None:
            queued.info = self.signatures.pod_info(cycle.pod)
            self.queue.failed(queued)
        self.actions.report_failed(cycle.pod, message)

    def _refuse(self, queued: QueuedPod, decision: Decision) -> None:
        info = queued.info
        self.queue.refused(queued, decision.rejectors)
        if decision.nominated is not None:
            self.nominator.nominate(info, decision.nominated)
        self.actions.report_unschedulable(info.pod, decision.message, decision.nominated)
        victims = [victim for victim in decision.victims if not victim.terminating]
        if victims and decision.nominated:
            self._make_room(info, decision.nominated, victims)

    def _make_room(self, info: PodInfo, node_name: str, victims: list[PodInfo]) -> None:
        """Delete the victims. Less important pods that count on the node had better look for another."""
        for other in self.nominator.on(node_name):
            if other.signature.priority < info.signature.priority:
                self.nominator.remove(other.key)
                self.actions.clear_nomination(other.pod)
        for victim in victims:
            cycle = self.bindings.get(victim.key)
            if cycle is None:
                self.actions.delete_victim(victim.pod, info.pod, node_name)
                continue
            self._fail(cycle, f"{_PRE_BIND}: preempted by {DEFAULT_PREEMPTION}")
            self.actions.report_preempted_in_memory(cycle.pod, info.pod, node_name)


def _looks_the_same(old: Pod, new: Pod) -> bool:
    """Whether a version of a pod differs in nothing but its status."""
    before, after = old.metadata, new.metadata
    same_labels, same_end = before.labels is after.labels, before.deletion_timestamp == after.deletion_timestamp
    return old.spec is new.spec and same_labels and same_end


def _is_over(pod: Pod) -> bool:
    return pod.status.phase in ("Succeeded", "Failed")
