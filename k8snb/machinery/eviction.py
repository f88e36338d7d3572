"""Evictions: deletions that ask the pod's disruption budget first.

References
----------
``pkg/registry/core/pod/storage/eviction.go @ v1.36``
"""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from k8snb.api.pods import is_ready, is_terminal
from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import PodStatus
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.errors import Cause, Forbidden, TooManyRequests, Unclassified
from k8snb.machinery.admission.lifecycle import check_create
from k8snb.machinery.budgets import budgets_for, disruption_allowed, SYNC_FAILED, with_disruption_allowed
from k8snb.machinery.deletion import DeleteOptions
from k8snb.machinery.disruption import disrupted
from k8snb.machinery.requests import check_preconditions
from k8snb.machinery.store import Store

T = TypeVar("T", bound=KubernetesObject)

MAX_DISRUPTED_PODS = 2000
REASON, MESSAGE = "EvictionByEvictionAPI", "Eviction API: evicting"

_REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."


class Server(Protocol):
    """What evictions need of the API server."""

    store: Store

    @property
    def time(self) -> int:
        """The present as objects record it."""

    def update_status(self, obj: T) -> T:
        """Store an object's status."""

    def set_pod_status(self, pod: Pod, status: PodStatus) -> Pod:
        """Store a pod's status."""

    def delete_object(self, obj: KubernetesObject, options: DeleteOptions = ...) -> None:
        """Delete an object."""


def evict(server: Server, pod: Pod, options: DeleteOptions, dry_run: bool = False) -> None:
    """Delete a stored pod, unless its budget forbids that.

    Raises
    ------
    TooManyRequests
        When the budget allows no disruption now; asking again later may help.
    Unclassified
        When several budgets select the pod.
    Forbidden
        When its namespace is being deleted.
    Conflict
        When a precondition does not hold.
    """
    check_create(server.store, pod)
    if not _ignores_budget(pod):
        _check_budget(server, pod, dry_run)
    check_preconditions(BY_CLASS[Pod], pod, options)
    if dry_run:
        return
    stored = server.set_pod_status(pod, disrupted(pod, REASON, MESSAGE, server.time, observed=False))
    if options.resource_version is not None:
        options = options._replace(resource_version=stored.metadata.resource_version)
    server.delete_object(stored, options)


def _ignores_budget(pod: Pod) -> bool:
    """A pod that does not run yet, or no more, or goes already, can be deleted without disrupting anything."""
    return is_terminal(pod) or pod.status.phase == "Pending" or pod.metadata.deletion_timestamp is not None


def _check_budget(server: Server, pod: Pod, dry_run: bool) -> None:
    table = server.store.tables["PodDisruptionBudget"]
    budgets = budgets_for(pod, (b for _, b in sorted(table.items()) if isinstance(b, PodDisruptionBudget)))
    if len(budgets) > 1:
        raise Unclassified(_SEVERAL)
    if budgets and not _is_spare(pod, budgets[0]):
        _check_and_decrement(server, pod, budgets[0], dry_run)


def _is_spare(pod: Pod, budget: PodDisruptionBudget) -> bool:
    """The pod is not ready, so that it does not count, and the budget lets such pods go."""
    if is_ready(pod):
        return False
    if budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow":
        return True
    return budget.status.current_healthy >= budget.status.desired_healthy > 0


def _check_and_decrement(server: Server, pod: Pod, budget: PodDisruptionBudget, dry_run: bool) -> None:
    """Take one disruption from the budget, and note the pod, so that it counts as gone before it is."""
    status, name = budget.status, budget.metadata.name
    if status.observed_generation < budget.metadata.generation:
        raise _refusal(f"The disruption budget {name} is still being processed by the server.", 10)
    for faulty, why in (
        (status.disruptions_allowed < 0, "pdb disruptions allowed is negative"),
        (
            len(status.disrupted_pods) > MAX_DISRUPTED_PODS,
            "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
        ),
    ):
        if faulty:
            raise Forbidden(f'poddisruptionbudget.policy "{name}" is forbidden: {why}', details={"name": name})
    if status.disruptions_allowed == 0:
        raise _refusal(_reason(budget))
    left = status.disruptions_allowed - 1
    status = replace(status, disruptions_allowed=left)
    if left == 0:
        status = with_disruption_allowed(status, server.time)
    if not dry_run:
        noted = {**status.disrupted_pods, pod.metadata.name: server.time}
        server.update_status(replace(budget, status=replace(status, disrupted_pods=noted)))


def _reason(budget: PodDisruptionBudget) -> str:
    """Why no disruption is allowed, in the words of the refusal's cause."""
    name, status = budget.metadata.name, budget.status
    condition = disruption_allowed(status)
    said = condition is not None and condition.status == "False" and condition.message
    if condition is not None and said and condition.reason == SYNC_FAILED:
        return (
            f"The disruption budget {name} does not allow evicting pods currently because it failed sync: "
            f"{condition.message}"
        )
    if status.current_healthy <= status.desired_healthy:
        return (
            f"The disruption budget {name} needs {status.desired_healthy} healthy pods "
            f"and has {status.current_healthy} currently"
        )
    if condition is not None and said:
        return (
            f"The disruption budget {name} does not allow evicting pods currently "
            f"({condition.reason}): {condition.message}"
        )
    return f"The disruption budget {name} does not allow evicting pods currently"


def _refusal(why: str, retry_after_seconds: int = 0) -> TooManyRequests:
    details: dict[str, Any] = {"retryAfterSeconds": retry_after_seconds} if retry_after_seconds else {}
    return TooManyRequests(_REFUSED, [Cause("DisruptionBudget", why, "")], details)
