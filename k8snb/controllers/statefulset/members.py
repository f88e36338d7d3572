"""The pods of StatefulSets as syncs look at them: what a version of a pod says is worked out once."""

from __future__ import annotations

from collections.abc import Iterable

from k8snb.api.pods import condition_of, is_terminal
from k8snb.api.selectors import matches
from k8snb.api.types.apps import StatefulSet
from k8snb.api.types.pod import Pod
from k8snb.controllers.statefulset.identity import (
    identity_matches,
    is_member,
    ordinal_of,
    revision_of,
    storage_matches,
)


class Member:
    """One version of a pod of a set.

    Notes
    -----
    Of the set, this depends on nothing that could ever change: its name, selector and claim templates.

    ``created``: the API server has the pod. ``is_named``, ``is_selected``: its name is one of the set's, its labels
    are those that the set selects. ``has_identity``: nothing of what its name entitles it to is missing. ``ended``: it
    is in a terminal phase. ``going``: it was deleted. ``is_well``: it runs and is ready.
    """

    __slots__ = (
        "_ready_since",
        "created",
        "ended",
        "going",
        "has_identity",
        "is_named",
        "is_pending",
        "is_ready",
        "is_selected",
        "is_well",
        "ordinal",
        "pod",
        "revision",
    )

    def __init__(self, set_: StatefulSet, pod: Pod) -> None:
        phase = pod.status.phase
        ready = condition_of(pod, "Ready")
        self.pod = pod
        self.ordinal = ordinal_of(pod)
        self.revision = revision_of(pod)
        self.is_named = is_member(set_, pod)
        self.is_selected = matches(set_.spec.selector, pod.metadata.labels)
        self.has_identity = identity_matches(set_, pod) and storage_matches(set_, pod)
        self.created = phase != ""
        self.is_pending = phase == "Pending"
        self.ended = is_terminal(pod)
        self.going = pod.metadata.deletion_timestamp is not None
        self.is_ready = ready is not None and ready.status == "True"
        self.is_well = self.is_ready and phase == "Running"
        self._ready_since = ready.last_transition_time if ready is not None else None

    def is_available(self, min_ready_seconds: int, now: int) -> bool:
        """The pod has been ready for so many seconds; `now` in milliseconds since the epoch."""
        if not self.is_ready or not min_ready_seconds:
            return self.is_ready
        return self._ready_since is not None and self._ready_since + min_ready_seconds * 1000 <= now

    def is_unavailable(self, min_ready_seconds: int, now: int) -> bool:
        """The pod has not been ready for long enough, or is going."""
        return self.going or not self.is_available(min_ready_seconds, now)


class Members:
    """The members of all sets, remembered while their pods stay the same."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Member]] = {}

    def of(self, set_: StatefulSet, pods: Iterable[Pod]) -> list[Member]:
        """The members that a set's pods are."""
        known = self._known.get(set_.metadata.uid, {})
        found: dict[str, Member] = {}
        for pod in pods:
            name = pod.metadata.name
            member = known.get(name)
            found[name] = member if member is not None and member.pod is pod else Member(set_, pod)
        self._known[set_.metadata.uid] = found
        return list(found.values())

    def forget(self, uid: str) -> None:
        """A set is gone."""
        self._known.pop(uid, None)
