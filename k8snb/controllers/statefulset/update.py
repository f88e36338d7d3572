"""One sync of a StatefulSet: create what is missing, remove what is too much, replace what is old, each in its order.

References
----------
``pkg/controller/statefulset/stateful_set_control.go updateStatefulSet, processReplica, processCondemned @ v1.36``,
with MaxUnavailableStatefulSet off, as it is by default
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from k8snb.api.types.apps import ControllerRevision, StatefulSet
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.controllers.statefulset.identity import asked_for, new_pod, start_ordinal
from k8snb.controllers.statefulset.members import Member
from k8snb.controllers.statefulset.pod_control import StatefulPodControl
from k8snb.controllers.statefulset.status import ON_DELETE, ROLLING_UPDATE
from k8snb.machinery.slow_start import slow_start

PARALLEL = "Parallel"

T = TypeVar("T")


class Revisions(NamedTuple):
    """The revision that a set's pods come from, and the one that they are to come to."""

    current: ControllerRevision
    update: ControllerRevision
    current_template: PodTemplateSpec
    collision_count: int


class SetUpdate:
    """One pass over the pods of a set.

    Parameters
    ----------
    members
        The set's pods.
    now
        The present, in milliseconds since the epoch.

    Notes
    -----
    ``replicas`` are the pods that the set asks for, by ordinal, those that have yet to be created among them;
    ``condemned`` are the pods of other ordinals, highest first.
    """

    def __init__(
        self, control: StatefulPodControl, set_: StatefulSet, revisions: Revisions, members: Sequence[Member], now: int
    ) -> None:
        self._control = control
        self._set = set_
        self._revisions = revisions
        self._now = now
        self._monotonic = set_.spec.pod_management_policy != PARALLEL
        self._min_ready_seconds = set_.spec.min_ready_seconds
        wanted = asked_for(set_)
        self.replicas = list(self._replicas(wanted, {member.ordinal: member for member in members}))
        condemned = [member for member in members if member.ordinal >= 0 and member.ordinal not in wanted]
        self.condemned = sorted(condemned, key=lambda member: member.ordinal, reverse=True)
        self._first_unavailable = self._find_first_unavailable()

    def run(self) -> int:
        """Do what can be done now; the rest has to wait for what this brings about.

        Returns
        -------
        int
            How many pods of ``replicas`` it deleted to replace them by new ones.

        Raises
        ------
        ApiError
            When something failed; nothing after it was tried.
        """
        if (
            self._run_for_all(range(len(self.replicas)), self._process_replica)
            or self._run_for_all(self.condemned, self._fix_claims)
            or self._run_for_all(self.condemned, self._process_condemned)
            or self._set.spec.update_strategy.type == ON_DELETE
        ):
            return 0
        return self._delete_outdated()

    # -- what there is

    def _replicas(self, wanted: range, existing: Mapping[int, Member]) -> Iterator[Member]:
        """The pods by ordinal; in order, nothing is done beyond the first missing one, so that it is the only one."""
        missing = 0
        for ordinal in wanted:
            member = existing.get(ordinal)
            if member is not None:
                yield member
            elif not (self._monotonic and missing):
                missing += 1
                yield self._new_member(ordinal)

    def _new_member(self, ordinal: int) -> Member:
        """The missing pod of an ordinal: of the current revision below the partition, else of the update revision."""
        set_, revisions = self._set, self._revisions
        if ordinal < start_ordinal(set_) + self._pods_to_keep():
            pod = new_pod(set_, revisions.current_template, revisions.current.metadata.name, ordinal)
        else:
            pod = new_pod(set_, set_.spec.template, revisions.update.metadata.name, ordinal)
        return Member(set_, pod)

    def _pods_to_keep(self) -> int:
        """How many pods, from the first on, are not to be updated yet."""
        strategy = self._set.spec.update_strategy
        if strategy.rolling_update is not None:
            return strategy.rolling_update.partition or 0
        return self._set.status.current_replicas if strategy.type == ROLLING_UPDATE else 0

    def _find_first_unavailable(self) -> Member | None:
        for member in (*self.replicas, *reversed(self.condemned)):
            if member.is_unavailable(self._min_ready_seconds, self._now):
                return member
        return None

    # -- the steps: each tells whether, in order, nothing may follow it now

    def _run_for_all(self, items: Sequence[T], step: Callable[[T], bool]) -> bool:
        """Take a step for each item in order until one says stop, or for all at once, in batches that grow."""
        if self._monotonic:
            return any(step(item) for item in items)  # none is taken after the one that says stop
        failures = slow_start(items, step).failures
        if failures:
            raise failures[0]
        return False

    def _process_replica(self, index: int) -> bool:
        """Replace a pod that ended, create one that is missing, wait for one that is not available yet."""
        member, set_ = self.replicas[index], self._set
        if member.ended:
            if not member.going:
                self._control.delete_pod(set_, member.pod)
            return True
        if not member.created:
            if self._control.has_stale_claim(set_, member.pod):
                return True
            self._control.create_pod(set_, member.pod)
            if self._monotonic:
                return True
        if member.is_pending:
            self._control.create_missing_claims(set_, member.pod)
        if self._monotonic and (member.going or not self._is_healthy(member)):
            return True
        self._enforce_identity(member)
        return False

    def _is_healthy(self, member: Member) -> bool:
        return member.is_well and member.is_available(self._min_ready_seconds, self._now)

    def _enforce_identity(self, member: Member) -> None:
        set_, pod = self._set, member.pod
        has_claims = set_.spec.volume_claim_templates
        if not member.has_identity or (has_claims and not self._control.claims_match_retention_policy(set_, pod)):
            self._control.update_pod(set_, pod)

    def _fix_claims(self, member: Member) -> bool:
        """Claims of pods that are scaled away go with them, if the policy says so."""
        if not self._control.claims_match_retention_policy(self._set, member.pod):
            self._control.update_claims_for_retention_policy(self._set, member.pod)
        return False

    def _process_condemned(self, member: Member) -> bool:
        """Delete a pod that is too much, once those before it are gone and everything else is healthy."""
        if member.going:
            return self._monotonic
        if self._monotonic and not self._is_healthy(member) and member is not self._first_unavailable:
            return True
        self._control.delete_pod(self._set, member.pod)
        return True

    def _delete_outdated(self) -> int:
        """Delete the last pod that is not of the update revision, unless a later one is not available yet."""
        rolling = self._set.spec.update_strategy.rolling_update
        partition = (rolling.partition or 0) if rolling is not None else 0
        update = self._revisions.update.metadata.name
        for member in reversed(self.replicas[partition:]):
            if member.revision != update and not member.going:
                self._control.delete_pod(self._set, member.pod)
                return 1
            if member.is_unavailable(self._min_ready_seconds, self._now):
                return 0
        return 0
