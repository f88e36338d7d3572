"""The lab of a whole cluster: the controls are those of the workload that is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError, NotFound
from k8snb.widgets.labs import ClusterLab, DaemonSetLab, DeploymentLab, JobLab, StatefulSetLab
from k8snb.widgets.manifests import AGENT, DATABASE, WEB, WORK

LABS = (ClusterLab, DaemonSetLab, DeploymentLab, JobLab, StatefulSetLab)
REPLICA_SET = """\
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: bare}
spec:
  replicas: 2
  selector: {matchLabels: {app: bare}}
  template:
    metadata: {labels: {app: bare}}
    spec: {containers: [{name: c, image: 'c:1'}]}
"""


@pytest.fixture
def lab() -> Any:
    lab = ClusterLab("---\n".join((WEB, DATABASE, AGENT, WORK, REPLICA_SET)))
    yield lab
    lab.close()


def test_the_controls_follow_the_chosen_workload(lab: ClusterLab, press: Any) -> None:
    titles = [title for _, _, title in lab.controls.choices]
    assert titles == ["deployment/web", "statefulset/db", "daemonset/agent", "job/work", "replicaset/bare"]
    own = {"Deployment": "paused", "StatefulSet": "partition", "DaemonSet": "node", "Job": "suspend", "ReplicaSet": ""}
    for kind, key, title in list(lab.controls.choices):
        press(lab.controls, do="choose", kind=kind, key=key)
        assert lab.controls.named == title
        assert repr(lab) == f"ClusterLab({title})"
        assert lab.timeline.get_state()["picture"]["title"] == title
        assert lab.inspector.named == title
        names = [row["name"] for row in lab.controls.fields]
        assert own[kind] in [*names, ""]
        assert lab.controls.state
        assert lab.timeline.timeline.lanes or kind == "DaemonSet"  # the default nodes lack its label


def test_a_value_of_another_kind_is_none_of_this_one(lab: ClusterLab) -> None:
    lab.follow("ReplicaSet", "bare")
    lab.controls.replicas = 3
    assert lab.controls.answer["line"] == "kubectl scale replicaset/bare --replicas=3"
    with pytest.raises(AttributeError):
        _ = lab.controls.partition
    lab.follow("Job", "work")
    assert lab.controls.parallelism == 2


def test_nonsense_from_the_browser_is_no_choice(lab: ClusterLab, press: Any) -> None:
    press(lab.controls, do="choose", kind="Deployment")
    press(lab.controls, do="choose", kind=3, key="x")
    press(lab.controls, do="choose", kind="Gadget", key="default/x")
    assert lab.controls.named == "deployment/web"
    with pytest.raises(K8snbError, match="'Gadget' is none of Deployment"):
        lab.follow("Gadget", "x")
    with pytest.raises(NotFound, match=r'statefulsets\.apps "nobody" not found'):
        lab.follow("StatefulSet", "nobody")
    with pytest.raises(NotFound, match=r'deployments\.apps "web" not found'):
        lab.follow("Deployment", "web", namespace="shop")
    assert lab.controls.named == "deployment/web"


def test_what_was_made_beside_the_lab_and_what_is_gone_can_be_followed(lab: ClusterLab) -> None:
    lab.cluster.kubectl("create deployment late --image=nginx:1")
    lab.follow("Deployment", "late")
    assert lab.controls.named == "deployment/late"
    lab.session.kubectl("delete deployment late")
    lab.run(5)
    lab.follow("Deployment", "late")
    assert lab.controls.named == ""
    assert lab.controls.press("kill").exit == 1


def test_what_comes_later_can_be_chosen(press: Any) -> None:
    lab = ClusterLab(Cluster())
    assert repr(lab) == "ClusterLab(empty cluster)"
    assert lab.controls.fields == []
    assert lab.controls.press("kill").exit == 1
    press(lab.console, do="run", line="create deployment late --image=nginx")
    assert lab.controls.named == "deployment/late"
    lab.close()


def test_a_cron_job_is_a_workload_and_its_jobs_can_be_followed() -> None:
    lab = ClusterLab(Cluster())
    lab.cluster.kubectl("create cronjob tick --image=busybox --schedule='* * * * *'")
    lab.run(130)
    assert lab.controls.choices == [["CronJob", "default/tick", "cronjob/tick"]]
    assert len(lab.timeline.timeline.lanes) == 2
    lab.follow("Job", "tick-29453761")
    assert lab.controls.named == "job/tick-29453761"
    assert len(lab.timeline.timeline.lanes) == len(lab.controls.view().pods()) == 1
    lab.close()


@pytest.mark.parametrize("kind", LABS)
def test_every_lab_draws_closes_and_can_be_empty(kind: Any) -> None:
    for source in (None, Cluster(), Cluster(nodes=0)):
        lab = kind(source)
        assert lab.svg().startswith("<svg")
        assert "image/svg+xml" in lab._repr_mimebundle_()
        assert len(repr(lab)) < 80
        lab.session.seek(0)
        lab.run(1)
        lab.close()
        assert not lab.session._listeners


@pytest.mark.parametrize("kind", LABS)
def test_controls_rest_in_the_past(kind: Any, press: Any) -> None:
    lab = kind()
    lab.run(5)
    digest = lab.cluster.log.digest()
    lab.session.seek(2000)
    for row in lab.controls.fields:
        press(lab.controls, do="set", name=row["name"], value=row["value"])
    for row in lab.controls.buttons:
        press(lab.controls, do="press", name=row["name"], choice=1)
    press(lab.controls, do="accept")
    assert "the past cannot be changed" in lab.controls.answer["err"]
    assert lab.cluster.log.digest() == digest
    lab.close()


@pytest.mark.parametrize("kind", LABS)
def test_a_page_keeps_in_step_with_every_control(kind: Any, press: Any, page_of: Any) -> None:
    lab = kind()
    pages = page_of(lab.graph.bridge), page_of(lab.timeline)
    for row in list(lab.controls.buttons):
        press(lab.controls, do="press", name=row["name"], choice=(row.get("choices") or [[1]])[0][0])
        lab.run(4)
        assert all(page.is_in_step() for page in pages)
    lab.session.seek(3000)
    assert all(page.is_in_step() for page in pages)
    lab.close()


def test_a_refused_manifest_says_why() -> None:
    with pytest.raises(K8snbError, match="unknown"):
        JobLab({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}, "spec": {"nonsense": 1}})


def test_the_timeline_warns_of_its_own_workload_only(lab: ClusterLab, press: Any) -> None:
    warned = lambda: {m.about for m in lab.timeline.timeline.marks() if m.kind == "warning"}  # noqa: E731
    assert warned() == set()  # that claims are not bound yet is of the stateful set
    lab.follow("StatefulSet", "db")
    assert ("Pod", "default/db-0") in warned()
    assert {kind for kind, _ in warned()} <= {"Pod", "StatefulSet", "PersistentVolumeClaim"}
    lab.follow("Deployment", "web")
    lab.cluster.kubectl("set image deployment/web nginx=nginx:broken")
    lab.run(5)
    failing = {pod.key for pod in lab.session.chronicle.pods if "web-" in pod.key and pod.revision.index == 1}
    assert failing
    assert warned() == {("Pod", key) for key in failing}


def test_what_hinders_a_replica_set_is_warned_of_before_it_has_pods() -> None:
    cluster = Cluster()
    cluster.kubectl("create quota none --hard=pods=0")
    cluster.apply("---\n".join((WEB, REPLICA_SET)))
    cluster.run(5)
    lab = ClusterLab(cluster)
    warned = [m.about for m in lab.timeline.timeline.marks() if m.kind == "warning"]
    owned = {(kind, key.partition("-")[0]) for kind, key in warned}
    assert owned == {("ReplicaSet", "default/web")}
    lab.follow("ReplicaSet", "bare")
    warned = [m.about for m in lab.timeline.timeline.marks() if m.kind == "warning"]
    assert set(warned) == {("ReplicaSet", "default/bare")}
    lab.close()


def test_workloads_of_one_name_are_told_apart_by_their_namespaces(press: Any) -> None:
    cluster = Cluster()
    cluster.kubectl("create namespace shop")
    for flags in ("", " -n shop"):
        cluster.kubectl(f"create deployment web --image=nginx:1.25{flags}")
    lab = ClusterLab(cluster)
    assert lab.controls.choices == [
        ["Deployment", "default/web", "deployment/web"],
        ["Deployment", "shop/web", "deployment/web -n shop"],
    ]
    assert lab.controls.chosen == "Deployment default/web"
    press(lab.controls, do="choose", kind="Deployment", key="shop/web")
    assert (lab.controls.chosen, lab.controls.named) == ("Deployment shop/web", "deployment/web -n shop")
    lab.controls.replicas = 2
    assert lab.controls.answer["line"] == "kubectl scale deployment/web -n shop --replicas=2"
    lab.close()
