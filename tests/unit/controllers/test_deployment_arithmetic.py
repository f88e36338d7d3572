"""The arithmetic of rollouts: fences, proportions, hashes, histories."""

import pytest

from k8snb.api.intstr import scaled_value
from k8snb.api.types.apps import (
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    ReplicaSet,
    ReplicaSetSpec,
    RollingUpdateDeployment,
)
from k8snb.api.types.containers import Container
from k8snb.api.types.meta import ObjectMeta
from k8snb.api.types.pod import PodSpec, PodTemplateSpec
from k8snb.controllers.deployment import revisions, sizes


def rolling(replicas: int, surge: int | str, unavailable: int | str) -> Deployment:
    update = RollingUpdateDeployment(max_surge=surge, max_unavailable=unavailable)
    strategy = DeploymentStrategy(type="RollingUpdate", rolling_update=update)
    return Deployment(metadata=ObjectMeta(name="web"), spec=DeploymentSpec(replicas=replicas, strategy=strategy))


def replica_set(size: int, **annotations: str) -> ReplicaSet:
    return ReplicaSet(
        metadata=ObjectMeta(name=f"rs-{size}", annotations=annotations), spec=ReplicaSetSpec(replicas=size)
    )


@pytest.mark.parametrize(
    ("replicas", "surge", "unavailable", "ceiling", "floor"),
    [
        (10, "25%", "25%", 13, 8),
        (4, "25%", "25%", 5, 3),
        (1, "25%", "25%", 2, 1),
        (3, 0, "10%", 3, 2),  # both come to 0: one may be unavailable
        (5, 0, 9, 5, 0),  # no more than all can be unavailable
        (0, "25%", "25%", 0, 0),
        (7, "50%", 0, 11, 7),
    ],
)
def test_floor_and_ceiling(replicas: int, surge: int | str, unavailable: int | str, ceiling: int, floor: int) -> None:
    deployment = rolling(replicas, surge, unavailable)
    assert replicas + sizes.max_surge(deployment) == ceiling
    assert replicas - sizes.max_unavailable(deployment) == floor


def test_percentages_round_up_or_down() -> None:
    assert [scaled_value("10%", n, round_up=True) for n in (1, 5, 10, 11)] == [1, 1, 1, 2]
    assert [scaled_value("10%", n, round_up=False) for n in (1, 5, 10, 11)] == [0, 0, 1, 1]


def test_the_new_replica_set_grows_as_far_as_surge_allows() -> None:
    deployment = rolling(4, 1, 0)
    assert sizes.new_replica_set_size(deployment, [replica_set(4)], 0) == 1
    assert sizes.new_replica_set_size(deployment, [replica_set(4), replica_set(1)], 1) == 1
    assert sizes.new_replica_set_size(deployment, [replica_set(2), replica_set(1)], 1) == 3


def test_a_share_of_new_pods_is_in_proportion_to_size() -> None:
    deployment = rolling(20, 0, 5)
    three = replica_set(3, **{revisions.MAX_REPLICAS: "10"})
    assert sizes.proportion(three, deployment, 10, 0) == 3
    assert sizes.proportion(three, deployment, 10, 9) == 1
    assert sizes.proportion(three, deployment, 0, 0) == 0
    assert sizes.proportion(replica_set(0), deployment, 10, 0) == 0


def test_scaling_to_nothing_takes_all_away() -> None:
    assert sizes.proportion(replica_set(3, **{revisions.MAX_REPLICAS: "10"}), rolling(0, 1, 1), -5, 0) == -3


def template(image: str, **labels: str) -> PodTemplateSpec:
    return PodTemplateSpec(
        metadata=ObjectMeta(labels=labels), spec=PodSpec(containers=(Container(name="c", image=image),))
    )


def test_templates_are_compared_without_the_hash_label() -> None:
    rs = ReplicaSet(spec=ReplicaSetSpec(template=template("nginx:1", app="web", **{"pod-template-hash": "x"})))
    same = Deployment(spec=DeploymentSpec(template=template("nginx:1", app="web")))
    other = Deployment(spec=DeploymentSpec(template=template("nginx:2", app="web")))
    assert revisions.same_template(rs, same)
    assert not revisions.same_template(rs, other)


def test_a_revision_that_comes_again_is_remembered() -> None:
    deployment = Deployment(metadata=ObjectMeta(name="web", annotations={"note": "n", revisions.REVISION: "2"}))
    first = revisions.replica_set_annotations(deployment, {}, 1)
    assert first == {"note": "n", revisions.REVISION: "1"}
    again = revisions.replica_set_annotations(deployment, first, 3)
    assert (again[revisions.REVISION], again[revisions.REVISION_HISTORY]) == ("3", "1")
    assert revisions.replica_set_annotations(deployment, again, 5)[revisions.REVISION_HISTORY] == "1,3"


def test_a_long_history_forgets_its_beginning() -> None:
    history = ",".join(str(n) for n in range(100000, 100285))
    present = {revisions.REVISION: "100285", revisions.REVISION_HISTORY: history}
    result = revisions.replica_set_annotations(Deployment(), present, 200000)[revisions.REVISION_HISTORY]
    assert len(result) <= revisions.MAX_HISTORY_LENGTH
    assert result.endswith(",100285")
    assert not result.startswith("100000")
