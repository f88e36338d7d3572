"""What must hold in every moment of a cluster's life, read off its log, change by change.

The checker knows nothing of the controllers: it keeps tables of its own, and looks at each write when it comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from k8snb import Cluster
from k8snb.api.claims import claims_of, is_bound
from k8snb.api.jobs import is_finished
from k8snb.api.pods import controller_of, is_active, is_ready, is_terminal
from k8snb.api.selectors import matches
from k8snb.api.types.apps import DaemonSet, StatefulSet
from k8snb.api.types.batch import Job
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.meta import OwnerReference
from k8snb.api.types.pod import Pod
from k8snb.api.types.policy import PodDisruptionBudget
from k8snb.api.types.quota import ResourceQuota
from k8snb.controllers.daemonset.placement import target_node
from k8snb.controllers.daemonset.sizes import allows_surge
from k8snb.machinery.log import Change

INDEX = "batch.kubernetes.io/job-completion-index"
LAG_MS = 10  # so long a controller may not have heard of a change


class FleetChecker:
    """Reads a cluster's log; `check` looks at what is new, and fails at the first write that breaks a rule."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.seen = 0
        self.tables: dict[str, dict[str, Any]] = {}
        self.before: dict[str, list[tuple[int, Any]]] = {}  # by kind and key: the last other versions, until when
        self.claims: dict[str, str] = {}  # UIDs by key; a stateful set's claims stay
        self.volumes: dict[str, str] = {}
        self.succeeded: dict[str, dict[str, None]] = {}  # by a job's UID: its pods that did
        self.runs: dict[str, str] = {}  # by a cron job's UID: the latest run
        self.retention = ""  # what the stateful set says of its claims, whether it is there or not
        self.disturbed: dict[str, int] = {}  # by label app: when a pod stopped being healthy, other than by eviction
        self.unheard: dict[str, None] = {}  # labels app that a pod lost, of which nobody tells the budget's controller
        self.rules: list[Callable[[Change], None]] = [
            self.one_controller_an_object,
            self.an_identity_is_held_once,
            self.ordered_pods_wait_for_those_before,
            self.claims_are_kept_and_not_shared,
            self.volumes_are_bound_before_pods,
            self.one_daemon_a_node,
            self.a_job_keeps_to_its_parallelism,
            self.ends_are_counted_once,
            self.no_index_runs_twice,
            self.runs_keep_to_their_concurrency,
            self.the_quota_is_kept,
            self.the_limit_range_fills_in,
            self.evictions_keep_the_budget,
        ]

    def check(self) -> None:
        """Look at what was written since the last time."""
        for entry in self.cluster.log.entries[self.seen :]:
            self.seen += 1
            if isinstance(entry, Change):
                self._take(entry)

    def _take(self, change: Change) -> None:
        table = self.tables.setdefault(change.resource, {})
        if change.old is not None:
            before = self.before.setdefault(f"{change.resource} {change.key}", [])
            before[:] = [row for row in before if change.time_ms - row[0] < LAG_MS] + [(change.time_ms, change.old)]
        if change.new is None:
            table.pop(change.key, None)
        else:
            table[change.key] = change.new
        for rule in self.rules:
            rule(change)
        self._note_disturbance(change)

    def pods(self, owner: OwnerReference) -> list[Pod]:
        """The pods that an object controls."""
        found = self.tables.get("Pod", {}).values()
        return [pod for pod in found if (r := controller_of(pod)) is not None and r.uid == owner.uid]

    def versions(self, owner: OwnerReference, now_ms: int) -> list[Any]:
        """The versions of an object that a controller may go by, the newest first."""
        key = f"default/{owner.name}"
        current = self.tables.get(owner.kind, {}).get(key)
        before = [v for until, v in reversed(self.before.get(f"{owner.kind} {key}", [])) if now_ms - until < LAG_MS]
        found = before if current is None else [current, *before]
        return [version for version in found if version.metadata.uid == owner.uid]

    # -- the rules

    def one_controller_an_object(self, change: Change) -> None:
        if change.new is not None:
            assert sum(bool(r.controller) for r in change.new.metadata.owner_references) <= 1, change

    def an_identity_is_held_once(self, change: Change) -> None:
        """No two pods of a stateful set have the same ordinal, name and node."""
        owner = _owner_of_new(change, "StatefulSet")
        if owner is not None:
            ordinals = [pod.metadata.labels["apps.kubernetes.io/pod-index"] for pod in self.pods(owner)]
            assert len(ordinals) == len(set(ordinals)), ordinals

    def ordered_pods_wait_for_those_before(self, change: Change) -> None:
        """Of a set whose pods start in order, one is made only when all before it are ready."""
        new, owner = change.new, _owner_of_new(change, "StatefulSet")
        if owner is None or not isinstance(new, Pod):
            return
        set_ = self.versions(owner, change.time_ms)[0]
        start = set_.spec.ordinals.start if set_.spec.ordinals is not None else 0
        ordinal = int(new.metadata.labels["apps.kubernetes.io/pod-index"])
        disturbed = change.time_ms - self.disturbed.get(new.metadata.labels["app"], -LAG_MS) < LAG_MS
        if set_.spec.pod_management_policy == "OrderedReady" and not disturbed:
            before = [self.tables["Pod"].get(f"default/{owner.name}-{number}") for number in range(start, ordinal)]
            assert all(pod is not None and _is_healthy(pod) for pod in before), new.metadata.name

    def claims_are_kept_and_not_shared(self, change: Change) -> None:
        """A stateful set's claim lives on with its volume, unless the set says otherwise, for its one pod."""
        if isinstance(change.new, StatefulSet):
            self.retention = repr(change.new.spec.persistent_volume_claim_retention_policy)
        if isinstance(change.new, PersistentVolumeClaim):
            claim = change.new
            assert self.claims.setdefault(change.key, claim.metadata.uid) == claim.metadata.uid
            if claim.spec.volume_name:
                assert self.volumes.setdefault(change.key, claim.spec.volume_name) == claim.spec.volume_name
        old = change.old
        if isinstance(old, PersistentVolumeClaim) and old.metadata.deletion_timestamp is None:
            going = change.new is None or change.new.metadata.deletion_timestamp is not None
            assert not going or old.metadata.owner_references, f"{change.key} is lost"
        if change.resource == "PersistentVolumeClaim" and change.new is None:
            del self.claims[change.key]
            self.volumes.pop(change.key, None)
        if isinstance(change.new, PersistentVolumeClaim) and change.new.metadata.owner_references:
            assert "Delete" in self.retention, f"{change.key} is to be kept"
        if isinstance(change.new, Pod) and change.old is None:
            for volume in change.new.spec.volumes:
                if volume.persistent_volume_claim is not None:
                    assert volume.persistent_volume_claim.claim_name == f"data-{change.new.metadata.name}"

    def volumes_are_bound_before_pods(self, change: Change) -> None:
        """A pod gets its node when all its claims have their volumes, which can be reached from there."""
        old, new = change.old, change.new
        if not isinstance(old, Pod) or not isinstance(new, Pod) or old.spec.node_name == new.spec.node_name:
            return
        node = self.cluster.server.store.tables["Node"][new.spec.node_name]
        for key in claims_of(new):
            claim = self.tables["PersistentVolumeClaim"][key]
            assert is_bound(claim), f"{new.metadata.name} was bound before its claim"
            volume = self.tables["PersistentVolume"][claim.spec.volume_name]
            assert volume.spec.claim_ref.uid == claim.metadata.uid
            affinity = volume.spec.node_affinity
            for term in affinity.required.node_selector_terms if affinity is not None else ():
                assert all(node.metadata.labels.get(e.key) in e.values for e in term.match_expressions)

    def one_daemon_a_node(self, change: Change) -> None:
        """A daemon set makes no second pod for a node, but while it surges."""
        new, owner = change.new, _owner_of_new(change, "DaemonSet")
        if owner is None or not isinstance(new, Pod):
            return
        versions = self.versions(owner, change.time_ms)
        most = 1 + any(allows_surge(v) for v in versions if isinstance(v, DaemonSet))
        there = [p for p in self.pods(owner) if is_active(p) and target_node(p) == target_node(new)]
        assert len(there) <= most, [p.metadata.name for p in there]

    def a_job_keeps_to_its_parallelism(self, change: Change) -> None:
        """A job makes no pod more than may run at once, nor than completions are missing."""
        owner = _owner_of_new(change, "Job")
        if owner is None:
            return
        jobs = [v for v in self.versions(owner, change.time_ms) if isinstance(v, Job)]
        active = [p for p in self.pods(owner) if is_active(p)]
        assert len(active) <= max(job.spec.parallelism or 0 for job in jobs)
        assert len(active) + min(job.status.succeeded for job in jobs) <= (jobs[0].spec.completions or 0)

    def ends_are_counted_once(self, change: Change) -> None:
        """A job's counts never fall, nor get ahead of its pods' ends."""
        new, old = change.new, change.old
        if isinstance(new, Pod) and new.status.phase == "Succeeded" and (owner := controller_of(new)):
            self.succeeded.setdefault(owner.uid, {})[new.metadata.uid] = None
        if not isinstance(new, Job):
            return
        succeeded = len(self.succeeded.get(new.metadata.uid, ()))
        assert new.status.succeeded <= min(succeeded, new.spec.completions or 0)
        if isinstance(old, Job):
            assert new.status.succeeded >= old.status.succeeded
            assert new.status.failed >= old.status.failed

    def no_index_runs_twice(self, change: Change) -> None:
        """Of an Indexed job no two active pods have one index, and none is made for an index that is done.

        A pod that was asked to go may succeed all the same, but is not counted.
        """
        new, owner = change.new, _owner_of_new(change, "Job")
        if owner is None or not isinstance(new, Pod) or INDEX not in new.metadata.annotations:
            return
        index = new.metadata.annotations[INDEX]
        stays = [p for p in self.pods(owner) if p.metadata.deletion_timestamp is None and p.status.phase != "Failed"]
        same = [p.metadata.name for p in stays if p.metadata.annotations[INDEX] == index]
        assert same == [new.metadata.name], (index, same)

    def runs_keep_to_their_concurrency(self, change: Change) -> None:
        """A cron job starts each run once, in order, and two at a time only where that is allowed."""
        new, owner = change.new, _owner_of_new(change, "CronJob")
        if owner is None or not isinstance(new, Job):
            return
        moment = new.metadata.annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]
        assert self.runs.get(owner.uid, "") < moment, (self.runs, moment)
        self.runs[owner.uid] = moment
        tick = self.versions(owner, change.time_ms)[0]
        if tick.spec.concurrency_policy != "Allow":
            jobs = [j for j in self.tables["Job"].values() if (r := controller_of(j)) and r.uid == owner.uid]
            unfinished = [j for j in jobs if not is_finished(j) and j.metadata.deletion_timestamp is None]
            assert unfinished == [new], [j.metadata.name for j in unfinished]

    def the_quota_is_kept(self, change: Change) -> None:
        """No pod is made beyond the quota; what was there before it may stay."""
        if not isinstance(change.new, Pod) or change.old is not None:
            return
        for quota in self.tables.get("ResourceQuota", {}).values():
            assert isinstance(quota, ResourceQuota)
            counted = [pod for pod in self.tables["Pod"].values() if not is_terminal(pod)]
            assert len(counted) <= int(quota.spec.hard["pods"]), len(counted)

    def the_limit_range_fills_in(self, change: Change) -> None:
        """A pod that is made under a limit range asks for what it says."""
        if isinstance(change.new, Pod) and change.old is None:
            wanted = {"cpu": "50m"} if self.tables.get("LimitRange") else {}
            assert change.new.spec.containers[0].resources.requests == wanted

    def evictions_keep_the_budget(self, change: Change) -> None:
        """An eviction leaves as many healthy pods as the budget wants, as far as the API server can know."""
        new, old = change.new, change.old
        if not isinstance(new, Pod) or not isinstance(old, Pod) or not _is_evicted_now(old, new) or not is_ready(old):
            return
        app = new.metadata.labels.get("app", "")
        for budget in self.tables.get("PodDisruptionBudget", {}).values():
            assert isinstance(budget, PodDisruptionBudget)
            if not matches(budget.spec.selector, new.metadata.labels):
                continue
            assert budget.status.disruptions_allowed >= 0
            if app in self.unheard or change.time_ms - self.disturbed.get(app, -LAG_MS) < LAG_MS:
                continue
            healthy = [p for p in self.tables["Pod"].values() if _is_healthy(p) and p.metadata.labels.get("app") == app]
            assert len(healthy) >= budget.status.desired_healthy, (new.metadata.name, budget.status)

    def _note_disturbance(self, change: Change) -> None:
        old, new = change.old, change.new
        if isinstance(new, PodDisruptionBudget) and change.actor == "controllermanager":
            self.unheard.pop(new.metadata.name, None)
        if not isinstance(old, Pod) or not _is_healthy(old):
            return
        app = old.metadata.labels.get("app", "")
        loses_label = isinstance(new, Pod) and new.metadata.labels.get("app") != app
        if loses_label:
            self.unheard[app] = None
        if loses_label or not isinstance(new, Pod) or not (_is_healthy(new) or _is_evicted_now(old, new)):
            self.disturbed[app] = change.time_ms


def _owner_of_new(change: Change, kind: str) -> OwnerReference | None:
    """The owner, of a kind, of an object that its controller has just made."""
    if change.old is not None or change.new is None:
        return None
    owner = controller_of(change.new)
    return owner if owner is not None and owner.kind == kind else None


def _is_healthy(pod: Pod) -> bool:
    return is_ready(pod) and pod.metadata.deletion_timestamp is None


def _is_evicted_now(old: Pod, new: Pod) -> bool:
    reasons = [c.reason for c in new.status.conditions if c.type == "DisruptionTarget"]
    begins = old.metadata.deletion_timestamp is None and new.metadata.deletion_timestamp is not None
    return begins and reasons == ["EvictionByEvictionAPI"]
