"""Watches budgets and pods, and keeps the status of every budget: what evictions ask.

References
----------
``pkg/controller/disruption/disruption.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.pods import condition_of, is_terminal
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodCondition
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.controllers.disruption.counts import (
    calculate_status,
    count_healthy,
    Disrupted,
    disrupted_pods,
    expected_counts,
    needs_scale,
)
from k8snb.controllers.disruption.guarded import GuardedPods
from k8snb.controllers.disruption.messages import go_selector
from k8snb.controllers.disruption.scales import ScaleError, Scales
from k8snb.machinery.budgets import condition_is_current, SYNC_FAILED, with_condition
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.disruption import DISRUPTION_TARGET, with_disruption_target
from k8snb.machinery.server import EPOCH_MS

STALE_DISRUPTION_MS = 120_000  # a pod that was to be disrupted and is still there by then was not

_UNMANAGED = (
    "Pods selected by this PodDisruptionBudget (selector: {}) were found to be unmanaged. As a result, the status of "
    "the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please "
    'set ".spec.minAvailable" field of the PDB to an integer value.'
)


class DisruptionController(Controller):
    """Counts the pods of every disruption budget."""

    name: ClassVar[str] = "controllermanager"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.budgets = self.informers.of(PodDisruptionBudget)
        self.pods = self.informers.of(Pod)
        self.guarded = GuardedPods()
        self.scales = Scales(self.informers)
        self.stale_queue = self.queue_for(self._sync_stale)
        self.budgets.add_handler(self._on_budget)
        self.pods.add_handler(self._on_pod)

    # -- watching

    def _on_budget(self, old: PodDisruptionBudget | None, new: PodDisruptionBudget | None) -> None:
        budget = new or old
        assert budget is not None
        self.guarded.on_budget(key_of(budget), new, self.pods.cache)
        self.enqueue(budget)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if self.budgets.cache:
            keys = self.guarded.on_pod(old, new)
            if keys:
                self._enqueue_first(keys, new or old)
        if new is not None and (old is None or old.status.conditions is not new.status.conditions):
            delay = self._stale_after(new)
            if delay is not None:
                self.stale_queue.add_after(key_of(new), max(delay, 1), background=True)

    def _enqueue_first(self, keys: Sequence[str], pod: Pod | None) -> None:
        """Look at the first of a pod's budgets; there should be no other."""
        assert pod is not None
        if len(keys) > 1:
            meta, chosen = pod.metadata, keys[0].rpartition("/")[2]
            message = (
                f'Pod "{meta.namespace}"/"{meta.name}" matches multiple PodDisruptionBudgets.  '
                f'Chose "{chosen}" arbitrarily.'
            )
            self.recorder.event(pod, "Warning", "MultiplePodDisruptionBudgets", message)
        self.queue.add(keys[0])

    # -- syncing

    def sync(self, key: str) -> None:
        """Count the pods of a budget, and write how many may be disrupted.

        Notes
        -----
        When that cannot be told, the budget allows no disruption, so that evictions fail rather than do harm.
        """
        budget = self.budgets.get(key)
        if budget is None:
            return
        try:
            self._sync_budget(budget)
        except ScaleError as error:
            message = f"Failed to calculate the number of expected pods: {error}"
            self.recorder.event(budget, "Warning", "CalculateExpectedPodCountFailed", message)
            status = replace(budget.status, disruptions_allowed=0)
            status = with_condition(status, "False", SYNC_FAILED, str(error), self.server.time)
            self.server.update_status(replace(budget, status=status))

    def _sync_budget(self, budget: PodDisruptionBudget) -> None:
        spec = budget.spec
        pods = self.guarded.of(key_of(budget))
        if not pods:
            self.recorder.event(budget, "Normal", "NoPods", "No matching pods found")
        total = len(pods)
        if needs_scale(spec):
            total, unmanaged = self.scales.total(pods)
            if unmanaged:
                message = _UNMANAGED.format(go_selector(spec.selector))
                self.recorder.event(budget, "Warning", "UnmanagedPods", message)
        now = EPOCH_MS + self.now_ms
        disrupted = disrupted_pods(budget, pods, now)
        self._complain_of_overdue(budget, disrupted)
        healthy = count_healthy(pods, disrupted)
        status = calculate_status(budget, expected_counts(spec, total), healthy, disrupted, self.server.time)
        if not condition_is_current(budget) or replace(status, conditions=budget.status.conditions) != budget.status:
            self.server.update_status(replace(budget, status=status))
        if disrupted.recheck is not None:
            # At the very moment it is not overdue yet.
            self.queue.add_after(key_of(budget), disrupted.recheck - now + 1, background=True)

    def _complain_of_overdue(self, budget: PodDisruptionBudget, disrupted: Disrupted) -> None:
        namespace = budget.metadata.namespace
        for pod in disrupted.overdue:
            message = f"Pod was expected by PDB {namespace}/{namespace} to be deleted but it wasn't"
            self.recorder.event(pod, "Warning", "NotDeleted", message)

    # -- pods that were to be disrupted and were not

    def _stale_after(self, pod: Pod) -> int | None:
        """In how many milliseconds the pod's condition that it is about to be ended says nothing; None without one."""
        if pod.metadata.deletion_timestamp is not None or is_terminal(pod):
            return None
        condition = condition_of(pod, DISRUPTION_TARGET)
        if condition is None or condition.status != "True" or condition.reason == "TerminationByKubelet":
            return None
        since = condition.last_transition_time or 0
        return max(since + STALE_DISRUPTION_MS - (EPOCH_MS + self.now_ms), 0)

    def _sync_stale(self, key: str) -> None:
        pod = self.pods.get(key)
        delay = None if pod is None else self._stale_after(pod)
        if pod is None or delay is None:
            return
        if delay > 0:
            self.stale_queue.add_after(key, delay, background=True)
            return
        condition = PodCondition(type=DISRUPTION_TARGET, status="False", last_transition_time=self.server.time)
        self.server.update_status(replace(pod, status=with_disruption_target(pod.status, condition)))
