"""The conditions by which a namespace says how its deletion goes.

References
----------
``pkg/controller/namespace/deletion/status_condition_utils.go @ v1.36``
"""

from __future__ import annotations

from msgspec.structs import replace

from k8snb.api.types.config import NamespaceCondition, NamespaceStatus
from k8snb.controllers.namespace.content import Content

_GOOD = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}


def with_conditions(status: NamespaceStatus, content: Content, now: int) -> NamespaceStatus:
    """The status that says what is left of a namespace's content."""
    bad = _faults(content)
    conditions = {c.type: c for c in status.conditions}
    for type_, (reason, message) in _GOOD.items():
        verdict = ("True", *bad[type_]) if type_ in bad else ("False", reason, message)
        old = conditions.get(type_)
        if old is None or (old.status, old.reason, old.message) != verdict:
            since = now if old is None or old.status != verdict[0] else old.last_transition_time
            conditions[type_] = NamespaceCondition(
                type=type_, status=verdict[0], last_transition_time=since, reason=verdict[1], message=verdict[2]
            )
    return replace(status, conditions=tuple(conditions.values()))


def _faults(content: Content) -> dict[str, tuple[str, str]]:
    """Reason and message of the conditions that do not hold. While pods are left, nothing else is looked at."""
    bad: dict[str, tuple[str, str]] = {}
    if content.faults:
        listed = ", ".join(sorted(content.faults))
        message = f"Failed to delete all resource types, {len(content.faults)} remaining: {listed}"
        bad["NamespaceDeletionContentFailure"] = ("ContentDeletionFailed", message)
    if content.pods_remain:
        return bad
    if content.remaining:
        rows = sorted(f"{r.plural}.{r.group} has {n} resource instances" for r, n in content.remaining.items())
        message = f"Some resources are remaining: {', '.join(rows)}"
        bad["NamespaceContentRemaining"] = ("SomeResourcesRemain", message)
    if content.finalizers:
        rows = sorted(f"{f} in {n} resource instances" for f, n in content.finalizers.items())
        message = f"Some content in the namespace has finalizers remaining: {', '.join(rows)}"
        bad["NamespaceFinalizersRemaining"] = ("SomeFinalizersRemain", message)
    return bad
