"""What a fleet must have come to once all is mended and at rest: what was asked for, and a status that adds up."""

from __future__ import annotations

from typing import TypeVar

from k8snb import Cluster
from k8snb.api.pods import controller_of, is_active, is_ready
from k8snb.api.resources import BY_CLASS
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.apps import ReplicaSet
from k8snb.api.types.batch import Job
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.node import Node
from k8snb.api.types.pod import Pod

T = TypeVar("T", bound=KubernetesObject)

COMPLETIONS = 5
BY_LABEL = ("web", "db", "agent", "bare", "old")  # whose pods have their name as label
HASH = "controller-revision-hash"


def check_fleet(cluster: Cluster) -> None:
    """All that must hold of a fleet at rest."""
    check_orphans(cluster)
    for check in (check_deployment, check_replicas, check_stateful_set, check_daemon_set, check_job, check_cron_job):
        check(cluster)


def in_default(cluster: Cluster, cls: type[T]) -> list[T]:
    """All objects of a kind in the default namespace."""
    return [obj for obj in cluster.server.list(BY_CLASS[cls], "default") if isinstance(obj, cls)]


def controlled_by(cluster: Cluster, owner: KubernetesObject) -> list[Pod]:
    """The active pods that an object controls."""
    return [pod for pod in owned_by(cluster, owner, Pod) if is_active(pod)]


def owned_by(cluster: Cluster, owner: KubernetesObject, cls: type[T]) -> list[T]:
    """The objects of a kind that an object controls."""
    uid = owner.metadata.uid
    return [obj for obj in in_default(cluster, cls) if (r := controller_of(obj)) is not None and r.uid == uid]


def check_orphans(cluster: Cluster) -> None:
    """Nobody is left that an owner would adopt."""
    for pod in in_default(cluster, Pod):
        app = pod.metadata.labels["app"]
        assert not is_active(pod) or controller_of(pod) is not None or app not in BY_LABEL, pod.metadata.name


def check_deployment(cluster: Cluster) -> None:
    web = cluster.get("deployment", "web")
    sets = owned_by(cluster, web, ReplicaSet)
    counts = [len(controlled_by(cluster, rs)) for rs in sets]
    desired, status = web.spec.replicas, web.status
    ready = [pod for rs in sets for pod in controlled_by(cluster, rs) if is_ready(pod)]
    assert sum(counts) == max(counts) == len(ready) == desired
    assert (status.replicas, status.ready_replicas, status.available_replicas, status.updated_replicas) == (
        (desired,) * 4
    )
    assert (status.unavailable_replicas, status.observed_generation) == (0, web.metadata.generation)


def check_replicas(cluster: Cluster) -> None:
    """The bare ReplicaSet and the ReplicationController."""
    for kind, name in (("rs", "bare"), ("rc", "old")):
        owner = cluster.get(kind, name)
        pods, status = controlled_by(cluster, owner), owner.status
        assert len(pods) == sum(map(is_ready, pods)) == owner.spec.replicas
        numbers = (status.replicas, status.ready_replicas, status.available_replicas, status.fully_labeled_replicas)
        assert numbers == (owner.spec.replicas,) * 4
        assert status.observed_generation == owner.metadata.generation


def check_stateful_set(cluster: Cluster) -> None:
    db = cluster.get("sts", "db")
    pods = controlled_by(cluster, db)
    desired, status, start = db.spec.replicas, db.status, db.spec.ordinals.start if db.spec.ordinals else 0
    assert [pod.metadata.name for pod in pods] == [f"db-{number}" for number in range(start, start + desired)]
    assert all(map(is_ready, pods))
    assert (status.replicas, status.ready_replicas, status.available_replicas) == ((desired,) * 3)
    hashes = [pod.metadata.labels[HASH] for pod in pods]
    if db.spec.update_strategy.type == "RollingUpdate":
        rolling = db.spec.update_strategy.rolling_update
        first = (rolling.partition or 0) if rolling is not None else 0
        assert hashes[first:] == [status.update_revision] * max(desired - first, 0)
    assert status.updated_replicas == hashes.count(status.update_revision)
    assert status.observed_generation == db.metadata.generation
    claims = [claim.metadata.name for claim in in_default(cluster, PersistentVolumeClaim)]
    assert all(f"data-{pod.metadata.name}" in claims for pod in pods)


def check_daemon_set(cluster: Cluster) -> None:
    agent = cluster.get("ds", "agent")
    pods = controlled_by(cluster, agent)
    nodes = sorted(node.metadata.name for node in cluster.server.list(BY_CLASS[Node]))
    assert sorted(pod.spec.node_name for pod in pods) == nodes
    status, count = agent.status, len(nodes)
    numbers = (
        status.desired_number_scheduled, status.current_number_scheduled, status.number_ready,
        status.number_available,
    )  # fmt: skip
    assert numbers == (count,) * 4
    assert (status.number_misscheduled, status.number_unavailable) == (0, 0)
    # Orphans of a set that was made again may have the number of another template: they count as up to date.
    generation = agent.metadata.annotations["deprecated.daemonset.template.generation"]
    updated = [
        pod.spec.containers[0].image == "app:9" or pod.metadata.labels["pod-template-generation"] == generation
        for pod in pods
    ]
    assert status.updated_number_scheduled == sum(updated)
    assert all(updated) or agent.spec.update_strategy.type == "OnDelete"


def check_job(cluster: Cluster) -> None:
    task = cluster.get("job", "task")
    pods, finished = controlled_by(cluster, task), ends_of(task)
    assert len(finished) <= 1
    assert task.status.active == len(pods)
    if finished:
        assert not pods
        assert (task.status.succeeded == COMPLETIONS) == (finished == ["Complete"])
    else:
        assert len(pods) == min(task.spec.parallelism, COMPLETIONS - task.status.succeeded)


def check_cron_job(cluster: Cluster) -> None:
    """All runs have ended, and the history holds no more of them than it may."""
    tick = cluster.get("cronjob", "tick")
    ends = [ends_of(job) for job in owned_by(cluster, tick, Job)]
    assert all(len(end) == 1 for end in ends), ends
    assert ends.count(["Complete"]) <= tick.spec.successful_jobs_history_limit
    assert ends.count(["Failed"]) <= tick.spec.failed_jobs_history_limit
    assert tick.status.active == ()


def ends_of(job: Job) -> list[str]:
    """How a job has ended: one condition, or none."""
    return [c.type for c in job.status.conditions if c.type in ("Complete", "Failed") and c.status == "True"]
