"""What a workload wanted and had through time, and the bounds that its rollouts keep to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8snb.api.jobs import FAILED, finished_condition
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8snb.api.types.batch import Job
from k8snb.controllers.daemonset.sizes import limits, ROLLING_UPDATE
from k8snb.controllers.deployment.sizes import max_surge, max_unavailable
from k8snb.picture.chronicle import Chronicle, PodTrack
from k8snb.picture.revisions import controller_of
from k8snb.picture.track import Track
from k8snb.picture.workloads import desired_of, ready_of

RECREATE = "Recreate"
ROLLED = ("desired", "ready", "updated", "available", "floor", "ceiling")
OF_A_JOB = ("completions", "succeeded", "failed", "active", "restarts")
OF_A_CRON_JOB = ("succeeded", "failed", "active")
RUN_GRAIN_MS = 100  # a job more than is kept is there for an instant only


def names_of(kind: str) -> tuple[str, ...]:
    """The curves that a kind of workload has."""
    return {"Job": OF_A_JOB, "CronJob": OF_A_CRON_JOB}.get(kind, ROLLED)


def numbers_of(obj: KubernetesObject) -> dict[str, int | None]:
    """A workload's numbers at one moment, those that it has."""
    if isinstance(obj, Job):
        return _of_job(obj)
    numbers: dict[str, int | None] = {"desired": desired_of(obj), "ready": ready_of(obj)}
    if isinstance(obj, Deployment | StatefulSet):
        numbers |= {"updated": obj.status.updated_replicas, "available": obj.status.available_replicas}
    elif isinstance(obj, DaemonSet):
        numbers |= {"updated": obj.status.updated_number_scheduled, "available": obj.status.number_available}
    elif isinstance(obj, ReplicaSet):
        numbers |= {"available": obj.status.available_replicas}
    return numbers | _fences(obj)


def _fences(obj: KubernetesObject) -> dict[str, int | None]:
    """How few and how many pods a rollout lets there be."""
    desired = desired_of(obj)
    if desired is None:
        return {}
    if isinstance(obj, Deployment) and obj.spec.strategy.type != RECREATE:
        return {"floor": desired - max_unavailable(obj), "ceiling": desired + max_surge(obj)}
    if isinstance(obj, DaemonSet) and obj.spec.update_strategy.type == ROLLING_UPDATE:
        allowed = limits(obj, desired)
        return {"floor": desired - allowed.max_unavailable, "ceiling": desired + allowed.max_surge}
    if isinstance(obj, StatefulSet) and obj.spec.update_strategy.type == ROLLING_UPDATE:
        return {"floor": max(desired - 1, 0)}
    return {}


def _of_job(job: Job) -> dict[str, int | None]:
    status = job.status
    return {
        "completions": job.spec.completions,
        "succeeded": status.succeeded,
        "failed": status.failed,
        "active": status.active,
    }


class Curves:
    """The numbers of one workload through time; `follow` takes in what is new."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.key = key
        self.tracks: dict[str, Track[int | None]] = {name: Track() for name in names_of(kind)}
        self._seen = 0

    def follow(self, chronicle: Chronicle) -> None:
        """Read the new versions of the workload; the last one read may have been followed by another at its time."""
        if self.kind == "CronJob":
            self._count_runs(chronicle)
            return
        versions = chronicle.track_of(self.kind, self.key)
        for index in range(max(self._seen - 1, 0), len(versions)):
            version, time = versions.values[index], versions.times[index]
            numbers = numbers_of(version) if version is not None else {}
            for name, track in self.tracks.items():
                if name != "restarts":
                    track.put(time, numbers.get(name))
        self._seen = len(versions)

    def _count_runs(self, chronicle: Chronicle) -> None:
        """Count a cron job's jobs that are there, by what became of them: those at work, and those that are kept."""
        begun = [(time, "", 0) for time in chronicle.track_of(self.kind, self.key).times[:1]]
        counts = dict.fromkeys(OF_A_CRON_JOB, 0)
        for track in self.tracks.values():
            track.times.clear()
            track.values.clear()
        for time, name, step in sorted([*begun, *_changes_of_runs(chronicle, self.key)]):
            counts[name] = counts.get(name, 0) + step
            for other, track in self.tracks.items():
                track.put(time - time % RUN_GRAIN_MS, counts[other])

    def count_restarts(self, pods: Sequence[PodTrack]) -> None:
        """Count how often containers of the workload's pods were started again, where the kind has that curve."""
        if "restarts" not in self.tracks:
            return
        changes = sorted(change for pod in pods for change in _restarts(pod))
        total, track = 0, self.tracks["restarts"]
        track.times.clear()
        track.values.clear()
        for time, more in changes:
            total += more
            track.put(time, total)


def _restarts(pod: PodTrack) -> Iterator[tuple[int, int]]:
    """When a pod's containers were started again, and how often."""
    before = 0
    for time, version in pod.objects:
        count = sum(status.restart_count for status in version.status.container_statuses)
        if count > before or time == pod.born_ms:
            yield time, count - before
        before = count


def _changes_of_runs(chronicle: Chronicle, cron_key: str) -> Iterator[tuple[int, str, int]]:
    """When there is one job more or less of a cron job in a state."""
    for key in chronicle.keys_of("Job"):
        before = ""
        for time, job in chronicle.track_of("Job", key):
            after = _state_of_run(job, cron_key) if isinstance(job, Job) else ""
            if after != before:
                yield from ((time, name, step) for name, step in ((before, -1), (after, 1)) if name)
            before = after


def _state_of_run(job: Job, cron_key: str) -> str:
    """The curve that a job counts in; empty for jobs of others."""
    owner = controller_of(job.metadata)
    if owner is None or owner.kind != "CronJob" or f"{job.metadata.namespace}/{owner.name}" != cron_key:
        return ""
    over = finished_condition(job)
    return "active" if over is None else "failed" if over.type == FAILED else "succeeded"
