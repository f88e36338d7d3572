"""Watches ReplicaSets and their pods, and creates or deletes pods until the number is right.

ReplicationControllers are the same thing with an older form, so that the same code serves both.

References
----------
``pkg/controller/replicaset/replica_set.go`` and ``pkg/controller/replication/replication_controller.go @ v1.36``
"""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from k8snb.api.pods import available_at, controller_of, is_active, is_ready, is_terminating
from k8snb.api.selectors import matches
from k8snb.api.types.apps import ReplicaSet, ReplicationController
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.pod import Pod
from k8snb.controllers.replicaset.deletion_order import pods_to_delete
from k8snb.controllers.replicaset.status import with_status
from k8snb.errors import ApiError, NotFound
from k8snb.machinery.at_rest import AtRest
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.expectations import Expectations
from k8snb.machinery.informer import Informer, WATCH_LATENCY_MS
from k8snb.machinery.owned_pods import OwnedPods
from k8snb.machinery.owners import Owners
from k8snb.machinery.ownership import claim
from k8snb.machinery.pod_control import PodControl
from k8snb.machinery.server import EPOCH_MS
from k8snb.machinery.slow_start import slow_start

BURST_REPLICAS = 500  # at most so many pods are created or deleted in one sync


Replicated = TypeVar("Replicated", ReplicaSet, ReplicationController)


class ReplicaController(Controller, Generic[Replicated]):
    """Keeps the number of an object's pods at ``spec.replicas``; in names, a ReplicationController is an ``rs`` too."""

    def __init__(self, environment: Environment, cls: type[Replicated]) -> None:
        super().__init__(environment)
        self.cls: type[Replicated] = cls
        self.replica_sets: Informer[Replicated] = self.informers.of(cls)
        self.owners: Owners[Replicated] = Owners(self.replica_sets, self.enqueue, _selector)
        self.pods = self.informers.of(Pod)
        self.expectations = Expectations()
        self.at_rest = AtRest()
        self._refused_ms: dict[str, int] = {}  # when a status was written that tells of pods that were refused
        self.pod_control = PodControl(self.server, self.recorder)
        self.replica_sets.add_index("controller", _by_controller)
        self.replica_sets.add_handler(self._on_replica_set)
        self.ownership.watch(cls.__name__, self._on_pod)

    # -- watching

    def _on_replica_set(self, old: Replicated | None, new: Replicated | None) -> None:
        rs = new or old
        assert rs is not None
        if new is None:
            self.expectations.forget(key_of(rs))
            self._refused_ms.pop(key_of(rs), None)
        elif old is not None and old.metadata.generation != new.metadata.generation:
            self._note_stale(key_of(rs))
        self.enqueue(rs)

    def _note_stale(self, key: str) -> None:
        """What happens right after pods were refused brings the key back before the status that tells so is seen.

        The sync that comes too early fails, and there is the more delay after the next refusal.

        References
        ----------
        ``pkg/controller/replicaset/replica_set.go syncReplicaSet`` and
        ``pkg/controller/util/consistency/consistency.go EnsureReady @ v1.36``
        """
        if self._refused_ms:
            refused_ms = self._refused_ms.get(key)
            if refused_ms is not None and 0 < self.now_ms - refused_ms <= 2 * WATCH_LATENCY_MS:
                self._refused_ms[key] = -1
                self.queue.note_failure(key)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        if new is None or (new.metadata.deletion_timestamp is not None):
            self._on_pod_deleted(new or old)
            return
        rs = self.owners.enqueue_others(old, new)
        if rs is None:
            return
        key = key_of(rs)
        if old is None:
            self.expectations.creation_observed(key)
        self._note_stale(key)
        self.queue.add(key)
        if rs.spec.min_ready_seconds and old is not None and is_ready(new) and not is_ready(old):
            self.queue.add_after(key, rs.spec.min_ready_seconds * 1000)  # whatever comes of the syncs until then

    def _on_pod_deleted(self, pod: Pod | None) -> None:
        assert pod is not None
        rs = self.owners.of(pod)
        if rs is not None:
            key = key_of(rs)
            self.expectations.deletion_observed(key, key_of(pod))
            self._note_stale(key)
            self.queue.add(key)

    # -- syncing

    def sync(self, key: str) -> None:
        """Bring one ReplicaSet's pods to the number that it asks for, and report them in its status."""
        rs = self.replica_sets.get(key)
        if rs is None:
            self.expectations.forget(key)
            self.at_rest.forget(key)
            return
        needs_sync = self.expectations.satisfied(key, self.now_ms)
        owned, before = self.ownership.of(rs.metadata.uid), self.server.store.revision
        # With time pods become available; an orphan may be one to adopt.
        depends_on_more = rs.spec.min_ready_seconds or self.ownership.orphans(rs.metadata.namespace)
        if needs_sync and not depends_on_more and self.at_rest.holds(key, rs, owned, owned.version):
            return
        claimed, version = self._claim_pods(rs), owned.version
        failure = None
        if needs_sync and rs.metadata.deletion_timestamp is None:
            failure = self._manage_replicas(rs, claimed)
        quiet = self.server.store.revision == before
        now = EPOCH_MS + self.now_ms
        new = with_status(rs, claimed, failure, now)
        left = rs if new.status == rs.status else self.write_status(new)
        if failure is not None:
            if left is not rs:
                self._refused_ms[key] = self.now_ms
            raise failure
        if self._refused_ms and needs_sync:
            self._refused_ms.pop(key, None)
        if rs.spec.min_ready_seconds and new.status.ready_replicas != new.status.available_replicas:
            self._check_availability_later(rs, claimed, now)
        if needs_sync and quiet and left is not None and claimed is owned:
            self.at_rest.note(key, left, owned, version)

    def _claim_pods(self, rs: Replicated) -> OwnedPods:
        """The ReplicaSet's pods, after adopting matching orphans and releasing those that match no more."""
        selector = _selector(rs)
        owned: OwnedPods = self.ownership.of(rs.metadata.uid)
        orphans: list[Pod] = [
            p for p in self.ownership.orphans(rs.metadata.namespace) if matches(selector, p.metadata.labels)
        ]
        if not orphans and owned.are_selected_by(selector):
            return owned
        candidates = (p for p in (*owned.active.values(), *orphans) if is_active(p))
        claimed: list[Pod] = claim(self.server, rs, selector, candidates)
        # What is on its way out is neither adopted nor released, but counts as long as it matches.
        going = [p for p in owned.pods.values() if is_terminating(p) and matches(selector, p.metadata.labels)]
        return OwnedPods({key_of(p): p for p in claimed + going})

    def _manage_replicas(self, rs: Replicated, claimed: OwnedPods) -> ApiError | None:
        """Create what is missing or delete what is too much; returns what went wrong."""
        missing = (rs.spec.replicas or 0) - claimed.active_count
        if missing > 0:
            return self._create_pods(rs, min(missing, BURST_REPLICAS))
        if missing < 0:
            return self._delete_pods(rs, claimed, min(-missing, BURST_REPLICAS))
        return None

    def _create_pods(self, rs: Replicated, count: int) -> ApiError | None:
        """Create pods, up to the first batch in which one fails; returns what went wrong."""
        key, template = key_of(rs), rs.spec.template
        assert template is not None
        self.expectations.expect_creations(key, count, self.now_ms)
        succeeded, failures = slow_start(range(count), lambda _: self.pod_control.create_pod(rs, template))
        if not failures:
            return None
        self.expectations.creation_observed(key, count - succeeded)
        return failures[0]

    def _delete_pods(self, rs: Replicated, claimed: OwnedPods, count: int) -> ApiError | None:
        chosen = pods_to_delete(claimed, self._neighbours(rs), count, EPOCH_MS + self.now_ms)
        key, failure = key_of(rs), None
        self.expectations.expect_deletions(key, [key_of(pod) for pod in chosen], self.now_ms)
        for pod in chosen:
            try:
                self.pod_control.delete_pod(rs, pod)
            except ApiError as error:
                self.expectations.deletion_observed(key, key_of(pod))
                failure = failure if isinstance(error, NotFound) else error
        return failure

    def _neighbours(self, rs: Replicated) -> dict[str, int]:
        """How many active pods each node has of all ReplicaSets that have the same controller; none without one."""
        reference = controller_of(rs)
        counts: dict[str, int] = {}
        if reference is None:
            return counts
        for sibling in self.replica_sets.by_index("controller", reference.uid).values():
            for node, count in self.ownership.of(sibling.metadata.uid).active_by_node().items():
                counts[node] = counts.get(node, 0) + count
        return counts

    def _check_availability_later(self, rs: Replicated, claimed: OwnedPods, now: int) -> None:
        """Look again when the next ready pod has been ready for long enough."""
        moments = (available_at(pod, rs.spec.min_ready_seconds) for pod in claimed.active.values())
        due = min((m for m in moments if m is not None and m > now), default=now + rs.spec.min_ready_seconds * 1000)
        self.queue.check_after(key_of(rs), due - now)


class ReplicaSetController(ReplicaController[ReplicaSet]):
    """The controller of ReplicaSets."""

    name: ClassVar[str] = "replicaset-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment, ReplicaSet)


class ReplicationManager(ReplicaController[ReplicationController]):
    """The controller of ReplicationControllers."""

    name: ClassVar[str] = "replication-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment, ReplicationController)


def _selector(rs: ReplicaSet | ReplicationController) -> LabelSelector | None:
    if isinstance(rs, ReplicaSet):
        return rs.spec.selector
    return LabelSelector(match_labels=rs.spec.selector)


def _by_controller(rs: ReplicaSet | ReplicationController) -> tuple[str, ...]:
    reference = controller_of(rs)
    return (reference.uid,) if reference else ()
