"""The history of StatefulSets and DaemonSets: ControllerRevisions, each a patch that brings one template back.

References
----------
``pkg/controller/history/controller_history.go @ v1.36``
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from k8snb.api.decode import from_dict
from k8snb.api.encode import to_dict
from k8snb.api.hashes import hash_revision
from k8snb.api.pods import controller_of, controller_reference
from k8snb.api.resources import BY_CLASS
from k8snb.api.selectors import matches
from k8snb.api.types.apps import ControllerRevision, DaemonSet, StatefulSet
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import PodTemplateSpec
from k8snb.errors import AlreadyExists, Conflict, NotFound
from k8snb.machinery.informer import Informers
from k8snb.machinery.server import ApiServer

Owner = DaemonSet | StatefulSet

HASH_LABEL = "controller.kubernetes.io/hash"
LONGEST_PREFIX = 223  # of a revision's name, before its hash

_INDEX = "controller"
_NOT_IN_HTML = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def template_patch(template: PodTemplateSpec) -> dict[str, Any]:
    """The strategic merge patch that sets a workload's template to this one: the data of its revision."""
    return {"spec": {"template": {**to_dict(template), "$patch": "replace"}}}


def template_of(revision: ControllerRevision) -> PodTemplateSpec:
    """The template that a revision remembers."""
    template = {key: value for key, value in revision.data["spec"]["template"].items() if key != "$patch"}
    return from_dict(PodTemplateSpec, template)


def raw_json(data: Mapping[str, Any]) -> str:
    """The data of a revision as Go writes it: keys in order, and nothing that HTML would read as markup."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_NOT_IN_HTML)


def revision_name(prefix: str, hash_: str) -> str:
    """The name of a revision."""
    return f"{prefix[:LONGEST_PREFIX]}-{hash_}"


def new_revision(owner: Owner, data: Mapping[str, Any], number: int, collision_count: int | None) -> ControllerRevision:
    """A revision of `owner`, not stored yet, with the labels of its template and its own annotations.

    Parameters
    ----------
    data
        What `template_patch` makes of the template.
    number
        The position in the history; the highest is the newest.
    """
    hash_ = hash_revision(raw_json(data), collision_count)
    return ControllerRevision(
        metadata=ObjectMeta(
            name=revision_name(owner.metadata.name, hash_),
            namespace=owner.metadata.namespace,
            labels={**owner.spec.template.metadata.labels, HASH_LABEL: hash_},
            annotations=dict(owner.metadata.annotations),
            owner_references=(controller_reference(owner),),
        ),
        data=data,
        revision=number,
    )


def next_number(revisions: Sequence[ControllerRevision]) -> int:
    """The number after the highest of revisions in order."""
    return revisions[-1].revision + 1 if revisions else 1


def find_equal(revisions: Iterable[ControllerRevision], data: Mapping[str, Any]) -> list[ControllerRevision]:
    """The revisions that bring the same template back, in their order."""
    return [revision for revision in revisions if revision.data is data or revision.data == data]


def to_truncate(
    revisions: Sequence[ControllerRevision], live: Iterable[str], limit: int | None
) -> list[ControllerRevision]:
    """The oldest revisions beyond the history limit that nothing uses.

    Parameters
    ----------
    revisions
        In order of their numbers.
    live
        Names of revisions that are in use.
    """
    if limit is None or limit < 0 or len(revisions) <= limit:
        return []
    used = dict.fromkeys(live)
    history = [revision for revision in revisions if revision.metadata.name not in used]
    return history[: max(len(history) - limit, 0)]


class RevisionHistory:
    """Lists, makes, renumbers and adopts the ControllerRevisions of workloads."""

    def __init__(self, server: ApiServer, informers: Informers) -> None:
        self._server = server
        self._revisions = informers.of(ControllerRevision)
        self._revisions.add_index(_INDEX, _by_controller)

    @property
    def generation(self) -> int:
        """While it stays the same, so do all revisions."""
        return self._revisions.generation

    def has(self, owner: Owner, revision: ControllerRevision) -> bool:
        """Whether this version of a revision is known as one of the owner's; any other is made in vain every time."""
        meta, controller = revision.metadata, controller_of(revision)
        if controller is None or controller.uid != owner.metadata.uid:
            return False
        known = self._revisions.get(f"{meta.namespace}/{meta.name}") is revision
        return known and matches(owner.spec.selector, meta.labels)

    def of(self, owner: Owner) -> list[ControllerRevision]:
        """The owner's revisions and matching ones without a controller, in order of their numbers."""
        selector = owner.spec.selector
        found = [revision for revision in self.candidates(owner) if matches(selector, revision.metadata.labels)]
        return sorted(found, key=_order)

    def candidates(self, owner: Owner) -> list[ControllerRevision]:
        """The revisions that the owner controls, and those of its namespace that nobody does."""
        meta = owner.metadata
        found = [self._revisions.by_index(_INDEX, value).values() for value in (meta.uid, meta.namespace)]
        return [revision for revisions in found for revision in revisions]

    def create(
        self, owner: Owner, revision: ControllerRevision, collision_count: int
    ) -> tuple[ControllerRevision, int]:
        """Store a new revision; a name that another template has is avoided by counting the collision.

        Returns
        -------
        tuple
            The stored revision, and how many collisions there have been.
        """
        raw = raw_json(revision.data)
        while True:
            hash_ = hash_revision(raw, collision_count)
            name = revision_name(owner.metadata.name, hash_)
            named = replace(revision, metadata=replace(revision.metadata, name=name))
            try:
                return self._server.create_object(named), collision_count
            except AlreadyExists:
                existing = self._server.find(ControllerRevision, owner.metadata.namespace, name)
                assert existing is not None
                if existing.data == revision.data:
                    return existing, collision_count
                collision_count += 1

    def renumber(self, revision: ControllerRevision, number: int) -> ControllerRevision:
        """Give a revision another number, that of the newest when a workload returns to it."""
        if revision.revision == number:
            return revision
        try:
            return self._server.update_object(replace(revision, revision=number))
        except Conflict:
            meta = revision.metadata
            fresh = self._server.get(BY_CLASS[ControllerRevision], meta.namespace, meta.name)
            assert isinstance(fresh, ControllerRevision)
            return self._server.update_object(replace(fresh, revision=number))

    def delete(self, revisions: Iterable[ControllerRevision]) -> None:
        """Delete revisions that are not needed any more."""
        for revision in revisions:
            self._server.delete_object(revision)

    def adopt_orphans(self, owner: Owner) -> None:
        """Become the controller of matching revisions that have none.

        Raises
        ------
        NotFound
            When the owner is being deleted, or is gone.
        """
        orphans = [revision for revision in self.of(owner) if controller_of(revision) is None]
        if orphans:
            self._check_stays(owner)
        for orphan in orphans:
            meta = orphan.metadata
            references = (*meta.owner_references, controller_reference(owner))
            self._server.patch_object(replace(orphan, metadata=replace(meta, owner_references=references)))

    def _check_stays(self, owner: Owner) -> None:
        meta = owner.metadata
        fresh = self._server.find(type(owner), meta.namespace, meta.name)
        if fresh is None or fresh.metadata.uid != meta.uid or fresh.metadata.deletion_timestamp is not None:
            raise NotFound(f"can't adopt ControllerRevisions: {meta.namespace}/{meta.name} has just been deleted")


def _by_controller(revision: ControllerRevision) -> tuple[str, ...]:
    """The UID of the controller; the namespace of a revision that has none."""
    reference = controller_of(revision)
    return (reference.uid,) if reference else (revision.metadata.namespace,)


def _order(revision: ControllerRevision) -> tuple[int, int, str]:
    return revision.revision, revision.metadata.creation_timestamp or 0, revision.metadata.name
