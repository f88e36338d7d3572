"""The pods of each controller, counted as they come and go.

A controller of 10,000 pods that looked at all of them whenever one changes would never get done. So the counts that a
sync needs are kept up to date here, one pod at a time; pods of one template share their labels, so that a selector is
matched once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from k8snb.api.pods import controller_of, is_ready, TERMINAL_PHASES
from k8snb.api.selectors import matches
from k8snb.api.types.meta import LabelSelector, OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.machinery.informer import Informer

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"


class LabelGroup:
    """The pods that share one labels object: how many there are, active, ready among these, and terminating."""

    __slots__ = ("_selected_by", "_selector", "active", "labels", "pods", "ready", "terminating")

    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels
        self._selector: LabelSelector | None = None
        self._selected_by = False
        self.pods = self.active = self.ready = self.terminating = 0

    def is_selected_by(self, selector: LabelSelector | None) -> bool:
        """Whether a selector selects these pods; the same controller asks again and again."""
        if selector is not self._selector:
            self._selector, self._selected_by = selector, matches(selector, self.labels)
        return self._selected_by


PodHandler = Callable[[Pod | None, Pod | None], None]


class _Standing(NamedTuple):
    """How a pod counts, and what else its controller may go by: ``says_ready`` is so of a pod that is going, too."""

    active: bool
    ready: bool
    terminating: bool
    has_cost: bool
    settled: bool
    phase: str
    deleted: bool
    says_ready: bool


def _standing(pod: Pod) -> _Standing:
    phase, deleted = pod.status.phase, pod.metadata.deletion_timestamp is not None
    if deleted or phase in TERMINAL_PHASES:
        return _shared_standing(phase, deleted, is_ready(pod), False, False)
    has_cost = DELETION_COST in pod.metadata.annotations
    return _shared_standing(phase, False, is_ready(pod), has_cost, bool(pod.spec.node_name))


@lru_cache(256)
def _shared_standing(phase: str, deleted: bool, says_ready: bool, has_cost: bool, placed: bool) -> _Standing:
    ended = phase in TERMINAL_PHASES
    active = not (deleted or ended)
    ready = active and says_ready
    return _Standing(
        active=active,
        ready=ready,
        terminating=deleted and not ended,
        has_cost=has_cost,
        settled=ready and placed and phase == "Running" and not has_cost,
        phase=phase,
        deleted=deleted,
        says_ready=says_ready,
    )


class OwnedPods:
    """Some pods, with their counts.

    ``settled`` holds, by node, the active pods that run, are ready and have no deletion cost; ``unsettled`` the other
    active ones. ``with_cost`` counts the active pods with a deletion cost. While ``version`` stays the same, so do
    the counts and, of each pod, its labels, its node, its phase, its readiness, and whether it was deleted.
    """

    __slots__ = ("groups", "pods", "settled", "unsettled", "version", "with_cost")

    def __init__(self, pods: Mapping[str, Pod] | None = None) -> None:
        self.pods: dict[str, Pod] = {}
        self.groups: dict[int, LabelGroup] = {}
        self.settled: dict[str, dict[str, Pod]] = {}
        self.unsettled: dict[str, Pod] = {}
        self.version = 0
        self.with_cost = 0
        for key, pod in (pods or {}).items():
            self.add(key, pod)

    @property
    def active(self) -> dict[str, Pod]:
        """The active pods; made anew each time, see ``active_count``."""
        active = dict(self.unsettled)
        for pods in self.settled.values():
            active.update(pods)
        return active

    @property
    def active_count(self) -> int:
        """How many pods are active."""
        return sum([group.active for group in self.groups.values()])

    @property
    def ready(self) -> int:
        """How many active pods are ready."""
        return sum([group.ready for group in self.groups.values()])

    @property
    def terminating(self) -> int:
        """How many pods were deleted and have not ended."""
        return sum([group.terminating for group in self.groups.values()])

    def are_selected_by(self, selector: LabelSelector | None) -> bool:
        """Whether a selector selects all of them."""
        return all(group.is_selected_by(selector) for group in self.groups.values())

    def add(self, key: str, pod: Pod) -> None:
        """Count a pod in."""
        self.pods[key] = pod
        self._place(key, pod, _standing(pod), 1)

    def remove(self, key: str, pod: Pod) -> None:
        """Count a pod out; `pod` is the version that was counted in."""
        del self.pods[key]
        self._place(key, pod, _standing(pod), -1)

    def update(self, key: str, old: Pod, new: Pod) -> None:
        """Count the next version of a pod."""
        before, after = _standing(old), _standing(new)
        node, labels = new.spec.node_name, new.metadata.labels
        if labels is not old.metadata.labels or node != old.spec.node_name:
            self._place(key, old, before, -1)
            self.pods[key] = new
            self._place(key, new, after, 1)
            return
        self.pods[key] = new
        if before is not after:
            self._change_standing(key, self.groups[id(labels)], node, before, after)
        if after.active:
            self._put_in(key, new, after)

    def _change_standing(self, key: str, group: LabelGroup, node: str, before: _Standing, after: _Standing) -> None:
        """A pod counts otherwise than it did."""
        self.version += 1
        group.active += after.active - before.active
        group.ready += after.ready - before.ready
        group.terminating += after.terminating - before.terminating
        self.with_cost += after.has_cost - before.has_cost
        if before.active and (not after.active or before.settled != after.settled):
            self._take_out(key, node, before)

    def _put_in(self, key: str, pod: Pod, standing: _Standing) -> None:
        """An active pod, or its next version, where those of its standing are."""
        (self.settled.setdefault(pod.spec.node_name, {}) if standing.settled else self.unsettled)[key] = pod

    def _take_out(self, key: str, node: str, standing: _Standing) -> None:
        """An active pod is it no more, or settles, or does not stay settled."""
        if not standing.settled:
            del self.unsettled[key]
            return
        settled = self.settled[node]
        del settled[key]
        if not settled:
            del self.settled[node]

    def _place(self, key: str, pod: Pod, standing: _Standing, step: int) -> None:
        self.version += 1
        labels = pod.metadata.labels
        group = self.groups.get(id(labels))
        if group is None:
            group = self.groups[id(labels)] = LabelGroup(labels)
        group.pods += step
        if not group.pods:
            del self.groups[id(labels)]
        group.terminating += step * standing.terminating
        if not standing.active:
            return
        group.active += step
        group.ready += step * standing.ready
        self.with_cost += step * standing.has_cost
        if step > 0:
            self._put_in(key, pod, standing)
        else:
            self._take_out(key, pod.spec.node_name, standing)

    def active_by_node(self) -> dict[str, int]:
        """How many active pods each node has."""
        counts = {node: len(pods) for node, pods in self.settled.items()}
        for pod in self.unsettled.values():
            node = pod.spec.node_name
            counts[node] = counts.get(node, 0) + 1
        return counts


_NONE = OwnedPods()


class PodOwnership:
    """The pods of every controller by its UID, and the orphans by namespace; follows an informer.

    It also passes a pod's events on to the controllers that they concern: those of the kind that owns the pod, and all
    for a pod that nobody owns.
    """

    def __init__(self, informer: Informer[Pod]) -> None:
        self._owned: dict[str, OwnedPods] = {}
        self._orphans: dict[str, dict[str, Pod]] = {}
        self._watchers: dict[str, list[PodHandler]] = {}
        for pod in informer.cache.values():
            self._learn(pod, controller_of(pod))
        informer.add_handler(self._on_pod)

    def of(self, uid: str) -> OwnedPods:
        """The pods of the controller with a UID. Not to be changed, nor kept."""
        return self._owned.get(uid, _NONE)

    def orphans(self, namespace: str) -> Iterable[Pod]:
        """The pods of a namespace that no controller owns."""
        return self._orphans.get(namespace, {}).values()

    def watch(self, kind: str, handler: PodHandler) -> None:
        """Call `handler(old, new)` for pods whose controller is, or was, of a kind, and for those without one."""
        self._watchers.setdefault(kind, []).append(handler)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if old is not None and new is not None and _same_owners(old, new):
            self._update(old, new, controller_of(new))
            return
        before = after = None
        if old is not None:
            before = controller_of(old)
            self._forget(old, before)
        if new is not None:
            after = controller_of(new)
            self._learn(new, after)
        self._tell(before or after, after if new is not None else before, old, new)

    def _tell(
        self, before: OwnerReference | None, after: OwnerReference | None, old: Pod | None, new: Pod | None
    ) -> None:
        """Pass an event on; a pod that changes hands, or is nobody's, concerns everyone."""
        if before is not None and after is not None and before.kind == after.kind:
            for handler in self._watchers.get(after.kind, ()):
                handler(old, new)
            return
        for handlers in self._watchers.values():
            for handler in handlers:
                handler(old, new)

    def _update(self, old: Pod, new: Pod, reference: OwnerReference | None) -> None:
        """Take over, and pass on, a version of a pod that is in the same hands."""
        key = f"{new.metadata.namespace}/{new.metadata.name}"
        if reference is None:
            self._orphans[new.metadata.namespace][key] = new
            self._tell(None, None, old, new)
            return
        self._owned[reference.uid].update(key, old, new)
        for handler in self._watchers.get(reference.kind, ()):
            handler(old, new)

    def _learn(self, pod: Pod, reference: OwnerReference | None) -> None:
        meta = pod.metadata
        key = f"{meta.namespace}/{meta.name}"
        if reference is None:
            self._orphans.setdefault(meta.namespace, {})[key] = pod
            return
        owned = self._owned.get(reference.uid)
        if owned is None:
            owned = self._owned[reference.uid] = OwnedPods()
        owned.add(key, pod)

    def _forget(self, pod: Pod, reference: OwnerReference | None) -> None:
        meta = pod.metadata
        key = f"{meta.namespace}/{meta.name}"
        if reference is None:
            del self._orphans[meta.namespace][key]
            return
        owned = self._owned[reference.uid]
        owned.remove(key, pod)
        if not owned.pods:
            del self._owned[reference.uid]


def _same_owners(old: Pod, new: Pod) -> bool:
    before, after = old.metadata.owner_references, new.metadata.owner_references
    return before is after or before == after
