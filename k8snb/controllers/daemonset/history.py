"""The revisions of a DaemonSet: finding the one of its present template, making it, and letting old ones go.

References
----------
``pkg/controller/daemon/update.go constructHistory, snapshot, dedupCurHistories, cleanupHistory @ v1.36``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from k8snb.api.hashes import compute_hash
from k8snb.api.pods import controller_reference
from k8snb.api.types.apps import ControllerRevision, DaemonSet, DaemonSetSpec
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import Pod, PodTemplateSpec
from k8snb.controllers.daemonset.placement import HASH_LABEL
from k8snb.errors import AlreadyExists, Conflict
from k8snb.machinery.controller_revisions import find_equal, RevisionHistory, template_patch
from k8snb.machinery.informer import Informers
from k8snb.machinery.ownership import claim
from k8snb.machinery.server import ApiServer


class Revisions(NamedTuple):
    """The revision of the present template, and the others."""

    current: ControllerRevision
    old: Sequence[ControllerRevision]

    @property
    def hash(self) -> str:
        """The label that pods of the present revision carry."""
        return self.current.metadata.labels.get(HASH_LABEL, "")


class History:
    """Keeps the ControllerRevisions of DaemonSets."""

    def __init__(self, server: ApiServer, informers: Informers) -> None:
        self._server = server
        self._shared = RevisionHistory(server, informers)
        self._patches: dict[str, tuple[PodTemplateSpec, Mapping[str, Any]]] = {}
        self._constructed: dict[str, tuple[DaemonSetSpec, int, Revisions]] = {}

    @property
    def generation(self) -> int:
        """While it stays the same, so do all revisions."""
        return self._shared.generation

    def forget(self, uid: str) -> None:
        """A DaemonSet is gone."""
        self._patches.pop(uid, None)
        self._constructed.pop(uid, None)

    def construct(self, daemon_set: DaemonSet, pods: Iterable[Pod]) -> Revisions:
        """The revisions, after making, renumbering or merging the present one where that is due.

        Raises
        ------
        AlreadyExists
            When another template has the hash; the collision is counted in the status.
        """
        uid, spec, generation = daemon_set.metadata.uid, daemon_set.spec, self._shared.generation
        known = self._constructed.get(uid)
        if known is not None and known[0] is spec and known[1] == generation:
            return known[2]
        before = self._server.store.revision
        revisions = self._construct(daemon_set, pods)
        if self._server.store.revision == before and self._shared.has(daemon_set, revisions.current):
            # Nothing was due, and nothing will be while all stays the same.
            self._constructed[uid] = spec, generation, revisions
        return revisions

    def keeps(self, daemon_set: DaemonSet, revisions: Revisions) -> bool:
        """Whether these are found again, and nothing is tried in vain, while all stays the same."""
        known = self._constructed.get(daemon_set.metadata.uid)
        return known is not None and known[2] is revisions

    def _construct(self, daemon_set: DaemonSet, pods: Iterable[Pod]) -> Revisions:
        owned = claim(self._server, daemon_set, daemon_set.spec.selector, self._shared.candidates(daemon_set))
        owned = [self._labeled(revision) for revision in owned]
        data = self._data(daemon_set)
        current = find_equal(owned, data)
        old = [revision for revision in owned if revision not in current]
        number = max((revision.revision for revision in old), default=0) + 1
        if not current:
            return Revisions(self._snapshot(daemon_set, data, number), old)
        kept = self._merged(current, pods)
        if kept.revision < number:
            self._shared.renumber(kept, number)
        return Revisions(kept, old)

    def _data(self, daemon_set: DaemonSet) -> Mapping[str, Any]:
        """The patch of the present template; made once for each."""
        template = daemon_set.spec.template
        known = self._patches.get(daemon_set.metadata.uid)
        if known is None or known[0] is not template:
            known = self._patches[daemon_set.metadata.uid] = (template, template_patch(template))
        return known[1]

    def _labeled(self, revision: ControllerRevision) -> ControllerRevision:
        """A revision without a hash goes by its name."""
        meta = revision.metadata
        if HASH_LABEL in meta.labels:
            return revision
        labels = {**meta.labels, HASH_LABEL: meta.name}
        return self._server.update_object(replace(revision, metadata=replace(meta, labels=labels)))

    def _snapshot(self, daemon_set: DaemonSet, data: Mapping[str, Any], number: int) -> ControllerRevision:
        meta = daemon_set.metadata
        hash_ = compute_hash(daemon_set.spec.template, daemon_set.status.collision_count)
        revision = ControllerRevision(
            metadata=ObjectMeta(
                name=f"{meta.name}-{hash_}",
                namespace=meta.namespace,
                labels={**daemon_set.spec.template.metadata.labels, HASH_LABEL: hash_},
                annotations=meta.annotations,
                owner_references=(controller_reference(daemon_set),),
            ),
            data=data,
            revision=number,
        )
        try:
            return self._server.create_object(revision)
        except AlreadyExists:
            existing = self._server.find(ControllerRevision, meta.namespace, revision.metadata.name)
            if existing is not None and existing.data == data:
                return existing
            self._count_collision(daemon_set)
            raise

    def _count_collision(self, daemon_set: DaemonSet) -> None:
        meta = daemon_set.metadata
        fresh = self._server.find(DaemonSet, meta.namespace, meta.name)
        if fresh is None or fresh.status.collision_count != daemon_set.status.collision_count:
            raise Conflict(f'found a stale collision count of DaemonSet "{meta.name}"; will retry until it is updated')
        count = (fresh.status.collision_count or 0) + 1
        self._server.update_status(replace(fresh, status=replace(fresh.status, collision_count=count)))

    def _merged(self, revisions: Sequence[ControllerRevision], pods: Iterable[Pod]) -> ControllerRevision:
        """The newest of several revisions of one template; its pods get its label, and the others go."""
        kept = max(revisions, key=lambda revision: revision.revision)
        if len(revisions) == 1:
            return kept
        hash_ = kept.metadata.labels[HASH_LABEL]
        for pod in pods:
            if pod.metadata.labels.get(HASH_LABEL) != hash_:
                labels = {**pod.metadata.labels, HASH_LABEL: hash_}
                self._server.patch_object(replace(pod, metadata=replace(pod.metadata, labels=labels)))
        self._shared.delete(revision for revision in revisions if revision is not kept)
        return kept

    def clean_up(self, daemon_set: DaemonSet, revisions: Revisions, pods: Iterable[Pod]) -> None:
        """Delete the oldest revisions beyond the history limit that no pod is of."""
        limit = daemon_set.spec.revision_history_limit
        surplus = len(revisions.old) - (limit or 0)
        if limit is None or surplus <= 0:
            return
        live = dict.fromkeys(pod.metadata.labels.get(HASH_LABEL, "") for pod in pods)
        ordered = sorted(revisions.old, key=lambda revision: (revision.revision, revision.metadata.name))
        unused = [revision for revision in ordered if revision.metadata.labels.get(HASH_LABEL) not in live]
        self._shared.delete(unused[:surplus])
