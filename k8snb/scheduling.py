"""The scheduler in its cluster: informers feed it, and its decisions become writes and events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec.structs import replace

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.node import Node
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodCondition
from k8snb.errors import NotFound
from k8snb.machinery.controller import Environment, key_of
from k8snb.machinery.event_series import SeriesRecorder
from k8snb.scheduler.listers import LISTED
from k8snb.scheduler.runner import Scheduler
from k8snb.sim.loop import CONTROL, NODE, Timer


class SchedulerComponent:
    """Wires the scheduler to informers, time and the API server.

    Of equally good nodes the one that became known first is chosen; upstream draws one at random.
    """

    name: ClassVar[str] = "default-scheduler"

    def __init__(self, environment: Environment) -> None:
        self.server = environment.server
        self.loop = self.server.loop
        self.recorder = SeriesRecorder(self.server, self.name)
        self.scheduler = Scheduler(_Actions(self), _first_known, lambda: self.loop.now_ms)
        self._causes: dict[str, int] = {}
        self._latest_cause = self.server.store.cause
        self._due = False
        self._wakeup: Timer | None = None
        informers = environment.informers
        informers.of(Node).add_handler(self._on_node)
        for cls in LISTED:
            informers.of(cls).add_handler(self._on_other)
        informers.of(Pod).add_handler(self._on_pod)

    def cause_of(self, pod: Pod) -> int:
        """What led to the attempt to place a pod: its creation, or what gave it another chance."""
        return self._causes.pop(key_of(pod), self._latest_cause)

    def keep_cause(self, pod: Pod) -> None:
        """What follows for a pod has the cause of what is done now."""
        self._causes[key_of(pod)] = self.server.store.cause

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if new is None:
            assert old is not None
            self._causes.pop(key_of(old), None)
            self.scheduler.on_pod_deleted(old)
            self.recorder.forget(old.metadata.uid)
        elif old is None:
            self._causes[key_of(new)] = self.server.store.cause
            self.scheduler.on_pod_added(new)
        elif not self.scheduler.on_pod_updated(old, new):
            return
        self._look_soon()

    def _on_node(self, old: Node | None, new: Node | None) -> None:
        if new is None:
            assert old is not None
            self.scheduler.on_node_deleted(old)
        elif old is None:
            self.scheduler.on_node_added(new)
        else:
            self.scheduler.on_node_updated(old, new)
        self._look_soon()

    def _on_other(self, old: KubernetesObject | None, new: KubernetesObject | None) -> None:
        if new is None:
            assert old is not None
            self.scheduler.on_deleted(old)
        elif old is None:
            self.scheduler.on_added(new)
        else:
            self.scheduler.on_updated(old, new)
        self._look_soon()

    def _look_soon(self) -> None:
        """See to the queue once all events of this moment are heard, and before controllers look at them.

        A pod is bound within a few milliseconds of its creation; a controller that made it first writes its own
        status, and waits until it has seen that, before it thinks of deleting the pod again.
        """
        self._latest_cause = self.server.store.cause
        if not self._due and self.scheduler.has_work:
            self._due = True
            self.loop.call_after(0, self._schedule_pending, priority=NODE)

    def _schedule_pending(self) -> None:
        self._due = False
        self.server.store.actor = self.name
        self.scheduler.schedule_pending()
        self._set_wakeup()

    def _set_wakeup(self) -> None:
        """Look again when a pod's back-off ends, and at volumes that are being bound once a second.

        Pods that nothing can help are looked at now and then, as are volumes that nobody makes.
        """
        if self._wakeup is not None:
            self._wakeup.cancel()
            self._wakeup = None
        due = self.scheduler.next_wakeup_ms
        if due is not None:
            background = not self.scheduler.is_about_to_act
            self._wakeup = self.loop.call_at(due, self._wake, priority=CONTROL, background=background)

    def _wake(self) -> None:
        self._wakeup = None
        self._schedule_pending()


def _first_known(names: Sequence[str]) -> str:
    return names[0]


class _Actions:
    """Carries the scheduler's decisions out."""

    def __init__(self, component: SchedulerComponent) -> None:
        self._component = component
        self._server = component.server
        self._recorder = component.recorder

    def _act_for(self, pod: Pod) -> None:
        self._server.store.actor = self._component.name
        self._server.store.cause = self._component.cause_of(pod)

    def bind(self, pod: Pod, node_name: str) -> None:
        self._act_for(pod)
        bound = self._server.bind(pod, node_name)
        meta = pod.metadata
        message = f"Successfully assigned {meta.namespace}/{meta.name} to {node_name}"
        self._recorder.event(bound, "Normal", "Scheduled", message, action="Binding")

    def report_unschedulable(self, pod: Pod, message: str, nominated_node: str | None) -> None:
        self._act_for(pod)
        self._report(pod, "Unschedulable", message, nominated_node)

    def report_failed(self, pod: Pod, message: str) -> None:
        self._act_for(pod)
        self._report(pod, "SchedulerError", message, "")
        if self._server.find(Pod, pod.metadata.namespace, pod.metadata.name) is None:
            self._recorder.forget(pod.metadata.uid)

    def _report(self, pod: Pod, reason: str, message: str, nominated_node: str | None) -> None:
        self._recorder.event(pod, "Warning", "FailedScheduling", message, action="Scheduling")
        condition = PodCondition(
            type="PodScheduled",
            status="False",
            observed_generation=pod.metadata.generation,
            reason=reason,
            message=message,
            last_transition_time=self._server.time,
        )
        self._set_condition(pod, condition, nominated_node)

    def report_skipped(self, pod: Pod, message: str) -> None:
        self._recorder.event(pod, "Warning", "FailedScheduling", message, action="Scheduling")

    def delete_victim(self, victim: Pod, preemptor: Pod, node_name: str) -> None:
        message = f"{self._component.name}: preempting to accommodate a higher priority pod"
        condition = PodCondition(
            type="DisruptionTarget",
            status="True",
            observed_generation=victim.metadata.generation,
            reason="PreemptionByScheduler",
            message=message,
            last_transition_time=self._server.time,
        )
        self._set_condition(victim, condition, None)
        try:
            self._server.delete_object(victim)
        except NotFound:
            return
        said = f"Preempted by pod {preemptor.metadata.uid} on node {node_name}"
        self._recorder.event(victim, "Normal", "Preempted", said, action="Preempting")

    def clear_nomination(self, pod: Pod) -> None:
        stored = self._server.find(Pod, pod.metadata.namespace, pod.metadata.name)
        if stored is not None:
            self._server.set_pod_status(stored, replace(stored.status, nominated_node_name=""))

    def report_preempted_in_memory(self, victim: Pod, preemptor: Pod, node_name: str) -> None:
        said = f"Preempted by pod {preemptor.metadata.uid} on node {node_name} (in kube-scheduler memory)."
        self._recorder.event(victim, "Normal", "Preempted", said, action="Preempting")

    def nominate(self, pod: Pod, node_name: str) -> None:
        self._act_for(pod)
        self._component.keep_cause(pod)
        if pod.status.nominated_node_name != node_name:
            self._server.set_pod_status(pod, replace(pod.status, nominated_node_name=node_name))

    def update_volume(self, volume: PersistentVolume) -> PersistentVolume:
        return self._server.update_object(volume)

    def update_claim(self, claim: PersistentVolumeClaim) -> PersistentVolumeClaim:
        return self._server.update_object(claim)

    def _set_condition(self, pod: Pod, condition: PodCondition, nominated_node: str | None) -> None:
        """Write a condition, unless the pod has it already; its time stays while its status does."""
        stored = self._server.find(Pod, pod.metadata.namespace, pod.metadata.name)
        if stored is None:
            return
        current = next((c for c in stored.status.conditions if c.type == condition.type), None)
        if current is not None and current.status == condition.status:
            condition = replace(condition, last_transition_time=current.last_transition_time)
        changes: dict[str, Any] = {}
        if condition != current:
            changes["conditions"] = (*(c for c in stored.status.conditions if c.type != condition.type), condition)
        if nominated_node is not None and nominated_node != stored.status.nominated_node_name:
            changes["nominated_node_name"] = nominated_node
        if changes:
            self._server.set_pod_status(stored, replace(stored.status, **changes))
