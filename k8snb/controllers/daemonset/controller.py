"""Watches DaemonSets, their revisions and pods, and nodes; creates and deletes pods until each node has its daemon.

References
----------
``pkg/controller/daemon/daemon_controller.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from msgspec.structs import replace

from k8snb.api.pods import controller_of, is_ready
from k8snb.api.selectors import matches
from k8snb.api.types.apps import ControllerRevision, DaemonSet, DaemonSetStatus
from k8snb.api.types.meta import LabelSelector
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod
from k8snb.controllers.daemonset.backoff import FailedPodsBackoff
from k8snb.controllers.daemonset.daemons import by_node, Daemons
from k8snb.controllers.daemonset.history import History, Revisions
from k8snb.controllers.daemonset.manage import manage, Work
from k8snb.controllers.daemonset.placement import template_generation
from k8snb.controllers.daemonset.rolling import rolling_update
from k8snb.controllers.daemonset.sizes import ROLLING_UPDATE
from k8snb.controllers.daemonset.status import calculate_status
from k8snb.controllers.daemonset.tally import Tally
from k8snb.controllers.daemonset.templates import Templates
from k8snb.errors import ApiError, Conflict, NotFound
from k8snb.machinery.at_rest import AtRest
from k8snb.machinery.consistency import CaughtUp, ConsistencyStore, Deferred
from k8snb.machinery.controller import Controller, Environment, key_of
from k8snb.machinery.expectations import Expectations
from k8snb.machinery.informer import WATCH_LATENCY_MS
from k8snb.machinery.owners import Owners
from k8snb.machinery.ownership import claim
from k8snb.machinery.pod_control import PodControl
from k8snb.machinery.server import EPOCH_MS
from k8snb.machinery.slow_start import slow_start

BURST_REPLICAS = 250  # at most so many pods are created or deleted in one sync


class DaemonSetController(Controller):
    """Keeps one pod of a DaemonSet on every node that it fits."""

    name: ClassVar[str] = "daemonset-controller"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.daemon_sets = self.informers.of(DaemonSet)
        self.owners = Owners(self.daemon_sets, self.enqueue)
        self.nodes = self.informers.of(Node)
        self.pods = self.informers.of(Pod)
        self.expectations = Expectations()
        self.consistency = ConsistencyStore()
        self.pod_control = PodControl(self.server, self.recorder)
        self.history = History(self.server, self.informers)
        self._pods_written = 0
        self.caught_up = CaughtUp()  # with the revisions that were written
        self.templates = Templates()
        self.backoff = FailedPodsBackoff()
        self._tallies: dict[str, Tally] = {}
        self.at_rest = AtRest()
        self.node_queue = self.queue_for(self._sync_node)
        self.daemon_sets.add_handler(self._on_daemon_set)
        self.informers.of(ControllerRevision).add_handler(self._on_revision)
        self.ownership.watch("DaemonSet", self._on_pod)
        self.nodes.add_handler(self._on_node)

    # -- watching

    def _on_daemon_set(self, old: DaemonSet | None, new: DaemonSet | None) -> None:
        daemon_set = new or old
        assert daemon_set is not None
        if new is None:
            self.expectations.forget(key_of(daemon_set))
            self.history.forget(daemon_set.metadata.uid)
            self.templates.forget(daemon_set.metadata.uid)
            self._tallies.pop(daemon_set.metadata.uid, None)
            self.at_rest.forget(key_of(daemon_set))
        self.enqueue(daemon_set)

    def _on_revision(self, old: ControllerRevision | None, new: ControllerRevision | None) -> None:
        if new is None:
            assert old is not None
            self.owners.enqueue_of(old)
            return
        daemon_set = self.owners.enqueue_others(old, new)
        if daemon_set is not None and old is not None:
            self.enqueue(daemon_set)

    def _on_pod(self, old: Pod | None, new: Pod | None) -> None:
        self._count(old, new)
        if new is None or new.metadata.deletion_timestamp is not None:
            self._on_pod_deleted(new or old)
            return
        daemon_set = self.owners.enqueue_others(old, new)
        if daemon_set is None:
            return
        key = key_of(daemon_set)
        if old is None:
            self.expectations.creation_observed(key)
        self.queue.add(key)
        seconds = daemon_set.spec.min_ready_seconds
        if seconds and old is not None and is_ready(new) and not is_ready(old):
            self.queue.add_after(key, (seconds + 1) * 1000)

    def _count(self, old: Pod | None, new: Pod | None) -> None:
        """Tell the tallies of the DaemonSets that the pod's versions belong to."""
        before = self._tally_of(old)
        after = before if old is not None and new is not None and _same_owners(old, new) else self._tally_of(new)
        if before is after:
            if after is not None:
                after.on_pod(old, new)
            return
        if before is not None:
            before.on_pod(old, None)
        if after is not None:
            after.on_pod(None, new)

    def _tally_of(self, pod: Pod | None) -> Tally | None:
        reference = None if pod is None else controller_of(pod)
        return None if reference is None else self._tallies.get(reference.uid)

    def _on_pod_deleted(self, pod: Pod | None) -> None:
        assert pod is not None
        daemon_set = self.owners.of(pod)
        if daemon_set is not None:
            key = key_of(daemon_set)
            self.expectations.deletion_observed(key, key_of(pod))
            self.queue.add(key)

    def _on_node(self, old: Node | None, new: Node | None) -> None:
        node = new or old
        assert node is not None
        for tally in self._tallies.values():
            tally.on_node(node.metadata.name, gone=new is None)
        if new is None:
            return
        if old is None or (old.metadata.labels, old.spec.taints) != (new.metadata.labels, new.spec.taints):
            self.node_queue.add(new.metadata.name)

    def _sync_node(self, name: str) -> None:
        """Look at every DaemonSet for which a node's labels or taints make a difference."""
        node = self.nodes.get(name)
        if node is None:
            return
        for daemon_set in self.daemon_sets.cache.values():
            verdict = self.templates.verdict(daemon_set, node)
            owned = self.ownership.of(daemon_set.metadata.uid).pods.values()
            scheduled = any(pod.spec.node_name == name for pod in owned)
            if scheduled:
                changes = not verdict.should_continue or daemon_set.status.number_misscheduled > 0
            else:
                changes = verdict.should_run
            if changes:
                self.enqueue(daemon_set)

    # -- syncing

    def sync(self, key: str) -> None:
        """Give every node its daemon, replace those of older revisions, and report.

        Notes
        -----
        While creations and deletions are still to be seen, the status is brought up to date, and nothing else is done.
        """
        self.consistency.ensure_ready(key, self.now_ms)
        daemon_set = self.daemon_sets.get(key)
        if daemon_set is None:
            self.expectations.forget(key)
            self.caught_up.forget(key)
            return
        self.caught_up.ensure_ready(key, self.now_ms)
        if daemon_set.spec.selector == LabelSelector():
            message = "This daemon set is selecting all pods. A non-empty selector is required."
            self.recorder.event(daemon_set, "Warning", "SelectingAll", message)
            return
        if daemon_set.metadata.deletion_timestamp is not None:
            return
        seen = self._seen(daemon_set)
        if seen is not None and self.at_rest.holds(key, daemon_set, *seen):
            return
        pods, written = self._claim_pods(daemon_set), self.server.store.revision
        revisions = self.history.construct(daemon_set, pods)
        if self.server.store.revision != written:
            self.caught_up.wrote_at(key, self.now_ms)  # others act meanwhile
            # A real sync goes on at once; the next comes before its last write is seen and fails: see ConsistencyStore.
            self.queue.add_after(key, WATCH_LATENCY_MS)
            raise Deferred(WATCH_LATENCY_MS)
        daemons = self._look(daemon_set, pods, revisions.hash)
        if not self.expectations.satisfied(key, self.now_ms):
            self._update_status(daemons, observed=False)
            return
        writes_before, pods_before = self.server.store.revision, self._pods_written
        try:
            self._update_pods(key, daemons, revisions, pods)
        finally:
            wrote = self.server.store.revision > writes_before
            # New pods are in the cache by the time that their creation is answered: the sync that sees them reports.
            waits = self.expectations.creating(key)
            left = None if waits else self._update_status(daemons, observed=True)
            if not waits and left is not daemon_set and self._pods_written != pods_before:
                self.consistency.wrote_at(key, self.now_ms)
        if seen is not None and left is not None and not wrote and self._waits_for_changes(daemons, revisions):
            self.at_rest.note(key, left, *seen)

    def _seen(self, daemon_set: DaemonSet) -> tuple[object, ...] | None:
        """What a sync goes by besides the DaemonSet; None while something is still to be seen, or to be adopted."""
        owned = self.ownership.of(daemon_set.metadata.uid)
        if not self.expectations.satisfied(key_of(daemon_set), self.now_ms):
            return None
        if self.ownership.orphans(daemon_set.metadata.namespace):
            return None
        return owned, owned.version, self.nodes.generation, self.history.generation

    def _waits_for_changes(self, daemons: Daemons, revisions: Revisions) -> bool:
        """Whether neither time nor old revisions can bring up more to do for a DaemonSet."""
        limit = daemons.daemon_set.spec.revision_history_limit
        if daemons.daemon_set.spec.min_ready_seconds or (limit is not None and len(revisions.old) > limit):
            return False
        return self.history.keeps(daemons.daemon_set, revisions) and not daemons.count(lambda state: state.managed)

    def _claim_pods(self, daemon_set: DaemonSet) -> Collection[Pod]:
        """The DaemonSet's pods, after adopting matching orphans and releasing those that match no more."""
        owned, selector = self.ownership.of(daemon_set.metadata.uid), daemon_set.spec.selector
        orphans = [
            pod
            for pod in self.ownership.orphans(daemon_set.metadata.namespace)
            if matches(selector, pod.metadata.labels)
        ]
        if not orphans and owned.are_selected_by(selector):
            return owned.pods.values()
        return claim(self.server, daemon_set, selector, [*owned.pods.values(), *orphans])

    def _look(self, daemon_set: DaemonSet, pods: Collection[Pod], hash_: str) -> Daemons:
        """The DaemonSet as it is now, from its tally; anew where other pods are its own than it hears of."""
        uid, generation, now = daemon_set.metadata.uid, template_generation(daemon_set), EPOCH_MS + self.now_ms
        if isinstance(pods, list):
            verdicts = self.templates.verdicts(daemon_set, self.nodes.cache)
            return Daemons(daemon_set, verdicts, by_node(pods), hash_, generation, now).grouped()
        tally = self._tallies.get(uid)
        if tally is None:
            tally = self._tallies[uid] = Tally(pods, self.templates.verdict)
        return tally.look(daemon_set, self.nodes.cache, hash_, generation, now)

    def _update_pods(self, key: str, daemons: Daemons, revisions: Revisions, pods: Collection[Pod]) -> None:
        self._sync_nodes(daemons, manage(daemons, lambda pod, node: self._replaces(daemons, pod, node)))
        rolls = daemons.daemon_set.spec.update_strategy.type == ROLLING_UPDATE
        if rolls and self.expectations.satisfied(key, self.now_ms):
            self._sync_nodes(daemons, rolling_update(daemons))
        self.history.clean_up(daemons.daemon_set, revisions, pods)

    def _replaces(self, daemons: Daemons, pod: Pod, node: str) -> bool:
        """Whether a pod that has ended is deleted now; failed ones are, but slower each time."""
        daemon_set, meta = daemons.daemon_set, pod.metadata
        where = f"daemon pod {meta.namespace}/{meta.name} on node {node}"
        if pod.status.phase == "Succeeded":
            message = f"Found succeeded {where}, will try to delete it"
            self.recorder.event(daemon_set, "Normal", "SucceededDaemonPod", message)
            return True
        backoff_key = f"{daemon_set.metadata.uid}/{daemon_set.status.observed_generation}/{node}"
        if self.backoff.is_waiting(backoff_key, self.now_ms):
            self.queue.add_after(key_of(daemon_set), self.backoff.delay_ms(backoff_key))
            return False
        self.backoff.next(backoff_key, self.now_ms)
        self.recorder.event(daemon_set, "Warning", "FailedDaemonPod", f"Found failed {where}, will try to kill it")
        return True

    def _sync_nodes(self, daemons: Daemons, work: Work) -> None:
        """Create and delete pods; raises the first refusal after all was tried."""
        delete, create = work.delete[:BURST_REPLICAS], work.create[:BURST_REPLICAS]
        if not delete and not create:
            return
        key = key_of(daemons.daemon_set)
        self.expectations.expect(key, len(create), [key_of(pod) for pod in delete], self.now_ms)
        failures = [*self._create_pods(daemons, create), *self._delete_pods(daemons, delete)]
        if failures:
            raise failures[0]

    def _create_pods(self, daemons: Daemons, nodes: Sequence[str]) -> list[ApiError]:
        """Create pods, up to the first batch in which one fails; returns what went wrong."""
        daemon_set = daemons.daemon_set

        def create(node: str) -> None:
            template = self.templates.of_node(daemon_set, daemons.hash, node)
            self._pods_written += self.pod_control.create_pod(daemon_set, template) is not None

        succeeded, failures = slow_start(nodes, create)
        if failures:
            self.expectations.creation_observed(key_of(daemon_set), len(nodes) - succeeded)
        return failures

    def _delete_pods(self, daemons: Daemons, pods: Sequence[Pod]) -> list[ApiError]:
        failures: list[ApiError] = []
        for pod in pods:
            try:
                self.pod_control.delete_pod(daemons.daemon_set, pod)
                self._pods_written += 1
            except ApiError as error:
                self.expectations.deletion_observed(key_of(daemons.daemon_set), key_of(pod))
                if not isinstance(error, NotFound):
                    failures.append(error)
        return failures

    def _update_status(self, daemons: Daemons, observed: bool) -> DaemonSet | None:
        """Write the status if it changed; once more on the newest version, if that one is newer than the cache.

        Returns
        -------
        DaemonSet or None
            What is stored now; None when that is more than what the cache has.
        """
        daemon_set, status = daemons.daemon_set, calculate_status(daemons, observed)
        left = daemon_set if status == daemon_set.status else self._write_status(daemon_set, status)
        seconds = daemon_set.spec.min_ready_seconds
        if seconds and status.number_ready != status.number_available:
            self.queue.add_after(key_of(daemon_set), seconds * 1000)
        return left

    def _write_status(self, daemon_set: DaemonSet, status: DaemonSetStatus) -> DaemonSet | None:
        try:
            return self.server.update_status(replace(daemon_set, status=status))
        except Conflict:
            fresh = self.server.find(DaemonSet, daemon_set.metadata.namespace, daemon_set.metadata.name)
            if fresh is None or fresh.metadata.uid != daemon_set.metadata.uid:
                raise
            status = replace(status, collision_count=fresh.status.collision_count)
            self.server.update_status(replace(fresh, status=status))
            return None


def _same_owners(old: Pod, new: Pod) -> bool:
    return old.metadata.owner_references is new.metadata.owner_references
