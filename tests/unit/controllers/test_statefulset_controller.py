"""What a StatefulSet's controller does with its pods, one step after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from k8snb.api.types.apps import ControllerRevision
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.controllers.garbagecollector import GarbageCollector
from k8snb.controllers.statefulset import StatefulSetController
from k8snb.machinery.controller_revisions import new_revision, template_patch

CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}
WorldClass = Callable[..., Any]


def manifest(image: str = "i:1", **spec: Any) -> Mapping[str, Any]:
    labels = {"app": "db"}
    return {
        "kind": "StatefulSet",
        "metadata": {"name": "db"},
        "spec": {
            "replicas": 3,
            "serviceName": "db",
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": image}]}},
            **spec,
        },
    }


class Sets:
    """A world with the controller and the set ``db``."""

    def __init__(self, world: WorldClass, **spec: Any) -> None:
        self.world = world(StatefulSetController)
        self.set = self.world.create(manifest(**spec))
        self.world.run()

    @property
    def pods(self) -> dict[str, Pod]:
        return {pod.metadata.name: pod for pod in self.world.all(Pod)}

    @property
    def images(self) -> list[str]:
        return [pod.spec.containers[0].image for pod in self.world.all(Pod)]

    @property
    def status(self) -> Any:
        return self.world.current(self.set).status

    def ready(self, *names: str) -> None:
        for name in names:
            self.world.set_phase(self.pods[name], "Running")
            self.world.set_ready(self.pods[name], True)
        self.world.run()

    def all_ready(self) -> None:
        for _ in range(10):
            self.ready(*self.pods)

    def gone(self, name: str) -> None:
        self.world.delete(self.pods[name], grace=0)
        self.world.run()

    def change(self, **spec: Any) -> None:
        stored = self.world.current(self.set)
        self.world.change(self.set, spec=replace(stored.spec, **spec))
        self.world.run()

    def set_image(self, image: str) -> None:
        template = self.world.current(self.set).spec.template
        container = replace(template.spec.containers[0], image=image)
        self.change(template=replace(template, spec=replace(template.spec, containers=(container,))))

    def partition(self, partition: int) -> None:
        strategy = self.world.current(self.set).spec.update_strategy
        rolling = replace(strategy.rolling_update, partition=partition)
        self.change(update_strategy=replace(strategy, rolling_update=rolling))


def test_creates_in_order_each_after_the_one_before_is_ready(world: WorldClass) -> None:
    sets = Sets(world)
    assert list(sets.pods) == ["db-0"]
    sets.ready("db-0")
    assert list(sets.pods) == ["db-0", "db-1"]
    sets.ready("db-1")
    sets.ready("db-2")
    assert list(sets.pods) == ["db-0", "db-1", "db-2"]
    assert (sets.status.replicas, sets.status.ready_replicas, sets.status.available_replicas) == (3, 3, 3)
    assert sets.status.collision_count == 0


def test_a_revision_is_there_before_its_first_pod(world: WorldClass) -> None:
    cluster = world(StatefulSetController)
    set_ = cluster.create(manifest())
    cluster.run(0.001)
    assert [len(cluster.all(kind)) for kind in (ControllerRevision, Pod)] == [1, 0]
    cluster.run(0.001)
    assert len(cluster.all(Pod)) == 1
    cluster.run(0.002)
    assert cluster.current(set_).status.update_revision == cluster.all(ControllerRevision)[0].metadata.name


def test_a_name_that_is_taken_counts_a_collision(world: WorldClass) -> None:
    cluster = world(StatefulSetController)
    set_ = cluster.create(manifest())
    proposed = new_revision(set_, template_patch(set_.spec.template), 1, 0)
    taken = replace(proposed, metadata=replace(proposed.metadata, labels={}, owner_references=()), data={"other": 1})
    cluster.server.create_object(taken)
    cluster.run()
    second = new_revision(set_, proposed.data, 1, 1).metadata.name
    assert sorted(r.metadata.name for r in cluster.all(ControllerRevision)) == sorted([taken.metadata.name, second])
    status = cluster.current(set_).status
    assert (status.collision_count, status.update_revision, status.current_revision) == (1, second, second)
    (pod,) = cluster.all(Pod)
    assert pod.metadata.labels["controller-revision-hash"] == second


def test_a_revision_of_the_same_template_under_the_same_name_is_no_collision(world: WorldClass) -> None:
    cluster = world(StatefulSetController)
    set_ = cluster.create(manifest())
    own = new_revision(set_, template_patch(set_.spec.template), 1, 0)
    cluster.server.create_object(replace(own, metadata=replace(own.metadata, labels={}, owner_references=())))
    cluster.run()
    assert [r.metadata.name for r in cluster.all(ControllerRevision)] == [own.metadata.name]
    status = cluster.current(set_).status
    assert (status.collision_count, status.update_revision) == (0, own.metadata.name)


def test_parallel_creates_all_at_once(world: WorldClass) -> None:
    sets = Sets(world, podManagementPolicy="Parallel", ordinals={"start": 5})
    assert list(sets.pods) == ["db-5", "db-6", "db-7"]


def test_scales_down_from_the_top_one_at_a_time(world: WorldClass) -> None:
    sets = Sets(world)
    sets.all_ready()
    held = sets.pods["db-2"]
    sets.world.change_meta(held, finalizers=("example.com/held",))
    sets.change(replicas=1)
    assert list(sets.pods) == ["db-0", "db-1", "db-2"]
    assert sets.pods["db-1"].metadata.deletion_timestamp is None
    sets.world.change_meta(held, finalizers=())
    sets.world.run()
    assert list(sets.pods) == ["db-0"]


def test_events_name_the_pod(world: WorldClass) -> None:
    sets = Sets(world, volumeClaimTemplates=[CLAIM])
    assert [event.message for event in sets.world.all(Event)] == [
        "Create Claim data-db-0 Pod db-0 in StatefulSet db success",
        "Create Pod db-0 in StatefulSet db successful",
    ]
    assert [claim.metadata.name for claim in sets.world.all(PersistentVolumeClaim)] == ["data-db-0"]


def test_failed_pod_is_replaced(world: WorldClass) -> None:
    sets = Sets(world)
    sets.all_ready()
    before = sets.pods["db-1"].metadata.uid
    sets.world.set_phase(sets.pods["db-1"], "Failed")
    sets.world.run()
    assert sets.pods["db-1"].metadata.uid != before
    assert ("db", "SuccessfulDelete") in sets.world.events()


def test_rolling_update_goes_down_and_completes(world: WorldClass) -> None:
    sets = Sets(world)
    sets.all_ready()
    first = sets.status.current_revision
    sets.set_image("i:2")
    assert sets.images == ["i:1", "i:1", "i:2"]
    assert sets.status.current_revision == first != sets.status.update_revision
    assert (sets.status.current_replicas, sets.status.updated_replicas) == (2, 1)
    sets.ready("db-2")
    assert sets.images == ["i:1", "i:2", "i:2"]
    sets.all_ready()
    assert sets.images == ["i:2"] * 3
    assert sets.status.current_revision == sets.status.update_revision != first
    assert sets.status.current_replicas == 3


def test_broken_update_stays_until_its_pod_is_deleted(world: WorldClass) -> None:
    sets = Sets(world)
    sets.all_ready()
    sets.set_image("broken")
    sets.set_image("i:1")
    assert sets.images == ["i:1", "i:1", "broken"]
    assert sets.status.update_revision == sets.status.current_revision
    sets.gone("db-2")
    assert sets.images == ["i:1"] * 3


def test_partition_keeps_pods_below_it_even_when_they_are_deleted(world: WorldClass) -> None:
    sets = Sets(world)
    sets.all_ready()
    sets.partition(2)
    sets.set_image("i:2")
    sets.all_ready()
    assert sets.images == ["i:1", "i:1", "i:2"]
    sets.gone("db-0")
    sets.all_ready()
    assert sets.images == ["i:1", "i:1", "i:2"]
    sets.partition(0)
    sets.all_ready()
    assert sets.images == ["i:2"] * 3


def test_on_delete_waits_for_the_user(world: WorldClass) -> None:
    sets = Sets(world, updateStrategy={"type": "OnDelete"})
    sets.all_ready()
    sets.set_image("i:2")
    assert sets.images == ["i:1"] * 3
    sets.gone("db-1")
    assert sets.images == ["i:1", "i:2", "i:1"]


def test_returning_to_a_template_reuses_its_revision(world: WorldClass) -> None:
    sets = Sets(world, replicas=0)
    for image in ("i:2", "i:1", "i:1"):
        sets.set_image(image)
    revisions = {r.metadata.name: r.revision for r in sets.world.all(ControllerRevision)}
    assert sorted(revisions.values()) == [2, 3]
    assert revisions[sets.status.update_revision] == 3


def test_history_is_truncated(world: WorldClass) -> None:
    sets = Sets(world, replicas=0, revisionHistoryLimit=1)
    for number in range(2, 7):
        sets.set_image(f"i:{number}")
    assert sorted(r.revision for r in sets.world.all(ControllerRevision)) == [5, 6]


def test_min_ready_seconds_delays_the_next_pod(world: WorldClass) -> None:
    sets = Sets(world, minReadySeconds=5)
    sets.ready("db-0")
    assert (sets.status.ready_replicas, sets.status.available_replicas) == (1, 0)
    sets.world.run(4)
    assert list(sets.pods) == ["db-0"]
    sets.world.run(1.5)
    assert list(sets.pods) == ["db-0", "db-1"]
    assert sets.status.available_replicas == 1


def test_claims_go_with_pods_that_are_scaled_away(world: WorldClass) -> None:
    policy = {"whenScaled": "Delete"}
    sets = Sets(
        lambda *controllers: world(*controllers, GarbageCollector),
        volumeClaimTemplates=[CLAIM],
        persistentVolumeClaimRetentionPolicy=policy,
        replicas=2,
    )
    sets.all_ready()
    sets.change(replicas=1)
    sets.world.run()
    claims = {c.metadata.name: c.metadata.deletion_timestamp for c in sets.world.all(PersistentVolumeClaim)}
    assert claims["data-db-0"] is None and claims["data-db-1"] is not None


def test_pod_waits_while_its_claim_is_being_deleted(world: WorldClass) -> None:
    sets = Sets(world, volumeClaimTemplates=[CLAIM], replicas=1)
    (claim,) = sets.world.all(PersistentVolumeClaim)
    sets.world.delete(claim)
    sets.gone("db-0")
    sets.world.run(1)
    assert not sets.pods
    messages = [event.message for event in sets.world.all(Event) if event.reason == "FailedCreate"]
    assert messages == ["Create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted"]


def test_a_new_template_does_not_make_the_set_forget_that_its_pods_are_refused(world: WorldClass) -> None:
    created = world(StatefulSetController)
    hard = {"hard": {"pods": "0"}}
    created.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": hard, "status": hard})
    sets = Sets(world=lambda _: created, podManagementPolicy="Parallel")
    created.run(3)
    queue = created.controllers[0].queue
    failures = queue.failures("default/db")
    assert failures >= 9
    sets.set_image("i:2")
    assert len(created.all(ControllerRevision)) == 2
    assert queue.failures("default/db") > failures


def test_adopts_matching_orphans_of_its_name(world: WorldClass) -> None:
    created = world(StatefulSetController)
    mine = created.pod("db-0", {"app": "db"}, node="")
    other = created.pod("other-0", {"app": "db"}, node="")
    created.create(manifest(replicas=1))
    created.run()
    assert [r.kind for r in created.current(mine).metadata.owner_references] == ["StatefulSet"]
    assert not created.current(other).metadata.owner_references
    labels = created.current(mine).metadata.labels
    assert "statefulset.kubernetes.io/pod-name" not in labels, "it is mended once it is available"


def test_a_deleted_set_only_reports(world: WorldClass) -> None:
    sets = Sets(world)
    sets.world.delete(sets.set, policy="Foreground")
    sets.world.run()
    sets.gone("db-0")
    assert not sets.pods
    assert sets.world.current(sets.set).status.replicas == 0
