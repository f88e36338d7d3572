"""Watches StatefulSets and their pods, and brings the pods to what the sets ask for, one after the other.

References
----------
``pkg/controller/statefulset/stateful_set.go, stateful_set_control.go @ v1.36``
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

from msgspec.structs import replace

from k8snb.api.pods import available_at, is_ready
from k8snb.api.types.apps import ControllerRevision, StatefulSet, StatefulSetStatus
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.controllers.statefulset.identity import is_member
from k8snb.controllers.statefulset.members import Member, Members
from k8snb.controllers.statefulset.pod_control import StatefulPodControl
from k8snb.controllers.statefulset.status import complete_rolling_update, count_pods, is_inconsistent
from k8snb.controllers.statefulset.update import Revisions, SetUpdate
from k8snb.errors import ApiError
from k8snb.machinery.at_rest import AtRest
from k8snb.machinery.consistency import CaughtUp, Deferred
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.controller_revisions import (
    find_equal,
    new_revision,
    next_number,
    RevisionHistory,
    template_of,
    template_patch,
    to_truncate,
)
from k8snb.machinery.informer import WATCH_LATENCY_MS
from k8snb.machinery.owners import Owners
from k8snb.machinery.ownership import claim
from k8snb.machinery.server import EPOCH_MS


class StatefulSetController(Controller):
    """Keeps a StatefulSet's pods, each with its identity and its claims."""

    name: ClassVar[str] = "statefulset-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.sets = self.informers.of(StatefulSet)
        self.owners = Owners(self.sets, self.enqueue)
        self.pods = self.informers.of(Pod)
        self.history = RevisionHistory(self.server, self.informers)
        claims = self.informers.of(PersistentVolumeClaim)
        self.members = Members()
        self.pod_control = StatefulPodControl(self.server, self.recorder, claims)
        self.caught_up = CaughtUp()
        self.at_rest = AtRest()
        self._patches: dict[str, tuple[PodTemplateSpec, dict[str, Any]]] = {}
        self._restored: dict[str, tuple[ControllerRevision, PodTemplateSpec]] = {}
        self.sets.add_handler(self._on_set)
        self.ownership.watch("StatefulSet", self._on_pod)

    # -- watching

    def _on_set(self, old: StatefulSet | None, new: StatefulSet | None) -> None:
        set_ = new or old
        assert set_ is not None
        if new is None:
            self.members.forget(set_.metadata.uid)
        self.enqueue(set_)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if new is None:
            assert old is not None
            self.owners.enqueue_of(old)
            return
        set_ = self.owners.enqueue_others(old, new)
        if set_ is None:
            return
        self.enqueue(set_)
        seconds = set_.spec.min_ready_seconds
        if seconds and old is not None and is_ready(new) and not is_ready(old):
            self.queue.add_after(key_of(set_), seconds * 1000)

    # -- syncing

    def sync(self, key: str) -> None:
        """Bring one set's pods a step closer to what it asks for, and report them in its status.

        A set whose last writes the caches do not show yet waits for them.
        """
        set_ = self.sets.get(key)
        if set_ is None:
            self.caught_up.forget(key)
            for memory in (self._patches, self._restored):
                memory.pop(key, None)
            self.at_rest.forget(key)
            return
        self.caught_up.ensure_ready(key, self.now_ms)
        before = self.server.store.revision
        try:
            self._sync_set(key, set_)
        finally:
            if self.server.store.revision != before:
                self.caught_up.wrote_at(key, self.now_ms)

    def _sync_set(self, key: str, set_: StatefulSet) -> None:
        before, owned = self.server.store.revision, self.ownership.of(set_.metadata.uid)
        seen = owned, owned.version, self.history.generation
        if self.at_rest.holds(key, set_, *seen) and not self.ownership.orphans(set_.metadata.namespace):
            return
        self.history.adopt_orphans(set_)
        members, now = self._claim_pods(set_), EPOCH_MS + self.now_ms
        listed, written = self.history.of(set_), self.server.store.revision
        revisions = self._sync_revisions(key, set_, listed)
        if self.server.store.revision != written and revisions.collision_count == (set_.status.collision_count or 0):
            raise Deferred(WATCH_LATENCY_MS)  # the answer takes as long as anybody else needs to act
        status, failure = self._update_pods(set_, revisions, members, now)
        quiet = self.server.store.revision == before
        left = self._update_status(set_, status)
        written = self.server.store.revision
        self._truncate_history(set_, listed, revisions, members)
        if failure is not None:
            raise failure
        if set_.spec.min_ready_seconds and status.ready_replicas != status.available_replicas:
            self._check_availability_later(set_, members, now)
        quiet = quiet and self.server.store.revision == written and self.history.has(set_, revisions.update)
        if quiet and left is not None and _rests(set_, left):
            self.at_rest.note(key, left, *seen)

    def _claim_pods(self, set_: StatefulSet) -> list[Member]:
        """The set's pods, after adopting matching orphans and releasing those that match no more."""
        meta = set_.metadata
        owned = self.ownership.of(meta.uid).pods.values()
        orphans = [pod for pod in self.ownership.orphans(meta.namespace) if is_member(set_, pod)]
        members = self.members.of(set_, owned)
        if orphans or not all(member.is_selected for member in members):
            members = self.members.of(set_, claim(self.server, set_, set_.spec.selector, (*owned, *orphans)))
        return [member for member in members if member.is_named]

    def _update_pods(
        self, set_: StatefulSet, revisions: Revisions, members: Sequence[Member], now: int
    ) -> tuple[StatefulSetStatus, ApiError | None]:
        """Change the pods, unless the set is being deleted; returns its new status, and what went wrong."""
        status = StatefulSetStatus(
            observed_generation=set_.metadata.generation,
            current_revision=revisions.current.metadata.name,
            update_revision=revisions.update.metadata.name,
            collision_count=revisions.collision_count,
        )
        min_ready = set_.spec.min_ready_seconds
        if set_.metadata.deletion_timestamp is not None:
            return count_pods(status, members, min_ready, now), None
        update = SetUpdate(self.pod_control, set_, revisions, members, now)
        failure, deleted = None, 0
        try:
            deleted = update.run()
        except ApiError as error:
            failure = error
        status = count_pods(status, (*update.replicas, *update.condemned), min_ready, now)
        return replace(status, current_replicas=status.current_replicas - deleted), failure

    def _update_status(self, set_: StatefulSet, status: StatefulSetStatus) -> StatefulSet | None:
        """Write the status if it says something new; returns what `write_status` does, or the set as it is."""
        status = complete_rolling_update(set_, status)
        return self.write_status(replace(set_, status=status)) if is_inconsistent(set_, status) else set_

    def _check_availability_later(self, set_: StatefulSet, members: Sequence[Member], now: int) -> None:
        """Look again when the next ready pod has been ready for long enough."""
        moments = (available_at(member.pod, set_.spec.min_ready_seconds) for member in members)
        due = min((m for m in moments if m is not None and m > now), default=now + set_.spec.min_ready_seconds * 1000)
        self.queue.check_after(key_of(set_), due - now)

    # -- revisions

    def _sync_revisions(self, key: str, set_: StatefulSet, revisions: Sequence[ControllerRevision]) -> Revisions:
        """Find or make the revision of the set's present template, and the one that it comes from."""
        data, collision_count = self._patch_of(key, set_), set_.status.collision_count or 0
        equal = find_equal(revisions, data)
        if equal and equal[-1] is revisions[-1]:
            update = revisions[-1]
        elif equal:
            update = self.history.renumber(equal[-1], next_number(revisions))
        else:
            proposed = new_revision(set_, data, next_number(revisions), collision_count)
            update, collision_count = self.history.create(set_, proposed, collision_count)
        current = next((r for r in revisions if r.metadata.name == set_.status.current_revision), update)
        if current.metadata.name == update.metadata.name:
            template = set_.spec.template
        else:
            template = self._template_of(key, current)
        return Revisions(current, update, template, collision_count)

    def _patch_of(self, key: str, set_: StatefulSet) -> dict[str, Any]:
        """The data of the set's present revision, made once for a template."""
        known = self._patches.get(key)
        if known is None or known[0] is not set_.spec.template:
            known = self._patches[key] = (set_.spec.template, template_patch(set_.spec.template))
        return known[1]

    def _template_of(self, key: str, revision: ControllerRevision) -> PodTemplateSpec:
        """The template of a set's current revision, read once."""
        known = self._restored.get(key)
        if known is None or known[0] is not revision:
            known = self._restored[key] = (revision, template_of(revision))
        return known[1]

    def _truncate_history(
        self, set_: StatefulSet, listed: Sequence[ControllerRevision], revisions: Revisions, members: Sequence[Member]
    ) -> None:
        in_use = [revisions.current.metadata.name, revisions.update.metadata.name]
        live = itertools.chain(in_use, (member.revision for member in members))
        self.history.delete(to_truncate(listed, live, set_.spec.revision_history_limit))


def _rests(set_: StatefulSet, left: StatefulSet) -> bool:
    """Whether neither time nor claims can bring up more to do for a set, nor the status that it was left with."""
    if set_.spec.min_ready_seconds or set_.spec.volume_claim_templates:
        return False
    # Another current revision may let older ones go.
    return left.status.current_revision == set_.status.current_revision
