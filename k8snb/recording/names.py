"""Stable names for what has random ones: `web#1` for a deployment's first ReplicaSet, `web#1-<pod>` for its pods."""

from __future__ import annotations

import re

from k8snb.api.pods import controller_of
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import ControllerRevision, ReplicaSet
from k8snb.api.types.batch import Job
from k8snb.api.types.pod import Pod
from k8snb.api.types.service import EndpointSlice
from k8snb.machinery.log import Log

POD_TEMPLATE_HASH, REVISION_HASH = "pod-template-hash", "controller-revision-hash"
_MINUTE = re.compile(r"-\d{7,}$")


class Names:
    """Learns from the log what exists, and gives it its stable name.

    ``revisions`` are numbered by their owner's name in order of creation. One that is deleted and comes back is the
    same again: its name is its template's hash.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._read = 0
        self._counts: dict[str, int] = {}
        self._revisions: dict[str, str] = {}  # the name of a replica set or controller revision: its stable name
        self.hashes: dict[str, str] = {}  # a template hash: the stable name of its revision
        self.generated: dict[str, str] = {}  # any other random name: its stable name

    def catch_up(self) -> None:
        """Learn what was created since the last time."""
        start, self._read = self._read, len(self._log)
        for change in self._log.changes(start):
            if change.old is None and change.new is not None:
                self._learn(change.new)

    def of_revision(self, name: str) -> str:
        """The stable name of a ReplicaSet or ControllerRevision."""
        return self._revisions.get(name, name)

    @property
    def revisions(self) -> dict[str, str]:
        """Stable names by the real names of ReplicaSets and ControllerRevisions."""
        return self._revisions

    def _learn(self, obj: KubernetesObject) -> None:
        if isinstance(obj, ReplicaSet | ControllerRevision):
            self._learn_revision(obj)
        elif isinstance(obj, Pod) and obj.metadata.generate_name and not _has_identity(obj):
            base = obj.metadata.generate_name.rstrip("-")
            self.generated[obj.metadata.name] = f"{self._base(base)}-<pod>"
        elif isinstance(obj, Job) and is_cron_job(obj):
            self.generated[obj.metadata.name] = stable_job_name(obj.metadata.name)
        elif isinstance(obj, EndpointSlice):
            self.generated[obj.metadata.name] = f"{obj.metadata.generate_name}<slice>"

    def _base(self, name: str) -> str:
        return self._revisions.get(name) or stable_job_name(name)

    def _learn_revision(self, obj: ReplicaSet | ControllerRevision) -> None:
        owner = controller_of(obj)
        if owner is None or obj.metadata.name in self._revisions:
            return
        whose = f"{obj.kind} {owner.name}"
        number = self._counts[whose] = self._counts.get(whose, 0) + 1
        stable = self._revisions[obj.metadata.name] = f"{owner.name}#{number}"
        label = POD_TEMPLATE_HASH if isinstance(obj, ReplicaSet) else REVISION_HASH
        hash_ = obj.metadata.labels.get(label) or obj.metadata.labels.get("controller.kubernetes.io/hash", "")
        if hash_:
            self.hashes[hash_] = stable


def _has_identity(pod: Pod) -> bool:
    """The pod's name is an ordinal's, the same in every run."""
    owner = controller_of(pod)
    return owner is not None and owner.kind == "StatefulSet"


def stable_job_name(name: str) -> str:
    """A CronJob's job ends in the minute that it was due at."""
    return _MINUTE.sub("-<minute>", name)


def is_cron_job(job: Job) -> bool:
    """The job was made by a CronJob."""
    owner = controller_of(job)
    return owner is not None and owner.kind == "CronJob"
