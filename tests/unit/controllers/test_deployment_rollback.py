"""Going back to a revision by the annotation that stands for ``spec.rollbackTo``."""

from __future__ import annotations

import pytest

from k8snb.cluster import Cluster
from k8snb.controllers.deployment.revisions import DEPRECATED_ROLLBACK


@pytest.fixture
def cluster() -> Cluster:
    """A deployment that was rolled from ``nginx:1`` over ``nginx:2`` to ``nginx:3``."""
    built = Cluster(nodes=2, annotated=True)
    built.kubectl("create deployment web --image=nginx:1 --replicas=2")
    for image in ("nginx:2", "nginx:3"):
        built.run_until_settled()
        built.kubectl(f"set image deployment/web nginx={image}")
    built.run_until_settled()
    return built


def ask(cluster: Cluster, revision: str) -> tuple[str, list[str]]:
    """Ask for a revision; returns the image afterwards, and what the deployment's events about it say."""
    cluster.kubectl(f"annotate deployment web {DEPRECATED_ROLLBACK}={revision}")
    cluster.run_until_settled()
    web = cluster.get("deployment", "web")
    events = cluster.server.store.tables["Event"].values()
    told = [f"{e.reason}: {e.message}" for e in events if e.reason.startswith("DeploymentRollback")]  # type: ignore[attr-defined]
    return web.spec.template.spec.containers[0].image, told


@pytest.mark.parametrize(
    ("revision", "image", "told"),
    [
        ("0", "nginx:2", 'DeploymentRollback: Rolled back deployment "web" to revision 2'),
        ("1", "nginx:1", 'DeploymentRollback: Rolled back deployment "web" to revision 1'),
        ("9", "nginx:3", "DeploymentRollbackRevisionNotFound: Unable to find the revision to rollback to."),
        (
            "3",
            "nginx:3",
            "DeploymentRollbackTemplateUnchanged: "
            'The rollback revision contains the same template as current deployment "web"',
        ),
    ],
)
def test_a_revision_is_asked_for_once(cluster: Cluster, revision: str, image: str, told: str) -> None:
    assert ask(cluster, revision) == (image, [told])
    web = cluster.get("deployment", "web")
    assert DEPRECATED_ROLLBACK not in web.metadata.annotations
    assert web.status.updated_replicas == web.status.available_replicas == 2


def test_the_first_revision_has_none_before_it() -> None:
    cluster = Cluster(nodes=1, annotated=True)
    cluster.kubectl("create deployment web --image=nginx:1")
    cluster.run_until_settled()
    assert ask(cluster, "0") == (
        "nginx:1",
        ["DeploymentRollbackRevisionNotFound: Unable to find last revision."],
    )


def test_what_is_no_number_is_no_revision(cluster: Cluster) -> None:
    assert ask(cluster, "two") == ("nginx:3", [])
    assert cluster.get("deployment", "web").metadata.annotations[DEPRECATED_ROLLBACK] == "two"


def test_the_annotations_of_the_revision_come_back(cluster: Cluster) -> None:
    cluster.kubectl("annotate deployment web note=third")
    cluster.run_until_settled()
    ask(cluster, "2")
    annotations = cluster.get("deployment", "web").metadata.annotations
    assert "note" not in annotations
    assert annotations["deployment.kubernetes.io/revision"] == "4"
    assert ask(cluster, "0")[0] == "nginx:3"
    assert cluster.get("deployment", "web").metadata.annotations["note"] == "third"


def test_a_paused_deployment_waits_with_it(cluster: Cluster) -> None:
    cluster.kubectl("rollout pause deployment/web")
    assert ask(cluster, "1") == ("nginx:3", [])
    cluster.kubectl("rollout resume deployment/web")
    cluster.run_until_settled()
    assert cluster.get("deployment", "web").spec.template.spec.containers[0].image == "nginx:1"
