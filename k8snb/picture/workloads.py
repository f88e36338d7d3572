"""Workloads at a moment and their revisions, for the ownership view and the timeline."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8snb.api.types.batch import CronJob, Job
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.revisions import controller_of, Revision, REVISION_ANNOTATION

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicaSet")


class Workload(NamedTuple):
    """An object that owns revisions, as it is at a moment."""

    kind: str
    key: str
    obj: KubernetesObject

    @property
    def ref(self) -> str:
        """What a click selects: ``deployment/default/web``."""
        return f"{self.kind.lower()}/{self.key}"

    @property
    def title(self) -> str:
        """The workload as kubectl names it: ``deployment/web``."""
        return f"{self.kind.lower()}/{self.obj.metadata.name}"

    @property
    def words(self) -> str:
        """How many of its pods are ready; of a job, how many are through; of a cron job, how many jobs run."""
        if isinstance(self.obj, Job):
            wanted = self.obj.spec.completions
            return f"{self.obj.status.succeeded} of {wanted if wanted is not None else 1} complete"
        if isinstance(self.obj, CronJob):
            return "suspended" if self.obj.spec.suspend else f"{len(self.obj.status.active)} active"
        ready, desired = ready_of(self.obj), desired_of(self.obj)
        return f"{ready} of {desired} ready" if desired is not None else ""


def is_among(kind: str, wanted: str) -> bool:
    """Whether workloads of a kind are wanted: "" wants all kinds, and who wants jobs wants what makes them too."""
    return wanted in ("", kind) or (wanted, kind) == ("Job", "CronJob")


def desired_of(obj: KubernetesObject) -> int | None:
    """How many pods a workload is to have; None where that is no number of its own."""
    if isinstance(obj, Deployment | ReplicaSet | StatefulSet):
        return 1 if obj.spec.replicas is None else obj.spec.replicas
    if isinstance(obj, DaemonSet):
        return obj.status.desired_number_scheduled
    return None


def ready_of(obj: KubernetesObject) -> int:
    """How many pods of a workload are ready, by its own status."""
    if isinstance(obj, DaemonSet):
        return obj.status.number_ready
    return obj.status.ready_replicas if isinstance(obj, Deployment | ReplicaSet | StatefulSet) else 0


def workloads_at(chronicle: Chronicle, time_ms: int) -> list[Workload]:
    """The workloads at a moment that no other one of these kinds owns."""
    found = []
    for kind in WORKLOADS:
        for key, obj in chronicle.objects_at(kind, time_ms).items():
            owner = controller_of(obj.metadata)
            if owner is None or owner.kind not in WORKLOADS:
                found.append(Workload(kind, key, obj))
    return found


def replica_set_at(chronicle: Chronicle, revision: Revision, time_ms: int) -> ReplicaSet | None:
    """The replica set of a revision at a moment, if it has one then."""
    if not revision.object_key:
        return None
    found = chronicle.track_of("ReplicaSet", revision.object_key).at(time_ms)
    return found if isinstance(found, ReplicaSet) and found.metadata.uid == revision.key else None


def run_at(chronicle: Chronicle, revision: Revision, time_ms: int) -> Job | None:
    """The job at a moment that a revision of a cron job is, if it is there then."""
    found = chronicle.track_of("Job", revision.object_key).at(time_ms)
    return found if isinstance(found, Job) and found.metadata.uid == revision.key else None


def revision_number(chronicle: Chronicle, revision: Revision, time_ms: int) -> str:
    """The revision's number in the rollout history at a moment; a rollback gives an old one a new number."""
    if revision.record_key:
        record = chronicle.track_of("ControllerRevision", revision.record_key).at(time_ms)
        return str(record.revision) if isinstance(record, ControllerRevision) else ""
    replica_set = replica_set_at(chronicle, revision, time_ms)
    return replica_set.metadata.annotations.get(REVISION_ANNOTATION, "") if replica_set is not None else ""


def revision_label(chronicle: Chronicle, revision: Revision, time_ms: int) -> str:
    """The revision as the rollout history has it: ``revision 3``."""
    return f"revision {revision_number(chronicle, revision, time_ms) or revision.index + 1}"
