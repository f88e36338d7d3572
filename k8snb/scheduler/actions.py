"""What the scheduler has done: it decides, and knows neither the API server nor time."""

from __future__ import annotations

from typing import Protocol

from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.api.types.pod import Pod


class Actions(Protocol):
    """How decisions are carried out, by writes to the API server. An `ApiError` from `bind` fails the attempt."""

    def bind(self, pod: Pod, node_name: str) -> None:
        """Bind a pod to its node: ``spec.nodeName``, the condition ``PodScheduled``, the event ``Scheduled``."""

    def report_unschedulable(self, pod: Pod, message: str, nominated_node: str | None) -> None:
        """Say why a pod waits: condition ``PodScheduled``, ``False Unschedulable``, and event ``FailedScheduling``.

        ``status.nominatedNodeName`` becomes `nominated_node`, unless that is None.
        """

    def report_skipped(self, pod: Pod, message: str) -> None:
        """Say, by an event ``FailedScheduling`` only, that a pod is not tried because it is being deleted."""

    def delete_victim(self, victim: Pod, preemptor: Pod, node_name: str) -> None:
        """Delete a pod that makes room: its condition ``DisruptionTarget``, the event ``Preempted``."""

    def clear_nomination(self, pod: Pod) -> None:
        """Empty ``status.nominatedNodeName`` of a pod whose place a more important one takes."""

    def report_failed(self, pod: Pod, message: str) -> None:
        """Say why a pod could not be bound: condition ``PodScheduled``, ``False SchedulerError``, and an event.

        The pod no longer counts on a node. One that is gone gets the event ``FailedScheduling`` only.
        """

    def nominate(self, pod: Pod, node_name: str) -> None:
        """Say where a pod is going to be bound (``status.nominatedNodeName``)."""

    def report_preempted_in_memory(self, victim: Pod, preemptor: Pod, node_name: str) -> None:
        """Say, by an event ``Preempted``, that a pod which was not bound yet has lost its place to another."""

    def update_volume(self, volume: PersistentVolume) -> PersistentVolume:
        """Write a volume that names the claim which it was chosen for; an `ApiError` fails the attempt."""

    def update_claim(self, claim: PersistentVolumeClaim) -> PersistentVolumeClaim:
        """Write a claim that is to be provisioned where its pod goes; an `ApiError` fails the attempt."""
