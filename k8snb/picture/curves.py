"""What a workload wanted and had through time, and the bounds that its rollouts keep to."""

from __future__ import annotations

from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8snb.controllers.deployment.sizes import max_surge, max_unavailable
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.track import Track
from k8snb.picture.workloads import desired_of, ready_of

NAMES = ("desired", "ready", "updated", "available", "floor", "ceiling")
RECREATE = "Recreate"


def numbers_of(obj: KubernetesObject | None) -> dict[str, int | None]:
    """A workload's numbers at one moment; None where there is no such number."""
    numbers: dict[str, int | None] = dict.fromkeys(NAMES)
    if obj is None:
        return numbers
    desired = desired_of(obj)
    numbers.update(desired=desired, ready=ready_of(obj))
    if isinstance(obj, Deployment):
        numbers.update(updated=obj.status.updated_replicas, available=obj.status.available_replicas)
        if desired is not None and obj.spec.strategy.type != RECREATE:
            numbers.update(floor=desired - max_unavailable(obj), ceiling=desired + max_surge(obj))
    elif isinstance(obj, StatefulSet):
        numbers.update(updated=obj.status.updated_replicas, available=obj.status.available_replicas)
    elif isinstance(obj, DaemonSet):
        numbers.update(updated=obj.status.updated_number_scheduled, available=obj.status.number_available)
    elif isinstance(obj, ReplicaSet):
        numbers.update(available=obj.status.available_replicas)
    return numbers


class Curves:
    """The numbers of one workload through time; `follow` takes in what is new."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.key = key
        self.tracks: dict[str, Track[int | None]] = {name: Track() for name in NAMES}
        self._seen = 0

    def follow(self, chronicle: Chronicle) -> None:
        """Read the new versions of the workload; the last one read may have been followed by another at its time."""
        versions = chronicle.track_of(self.kind, self.key)
        for index in range(max(self._seen - 1, 0), len(versions)):
            for name, value in numbers_of(versions.values[index]).items():
                self.tracks[name].put(versions.times[index], value)
        self._seen = len(versions)
