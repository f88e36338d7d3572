"""The stateful set's lab: every control is a kubectl line, and what cannot be changed can be made anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from k8snb.picture.pod_state import FAILING
from k8snb.widgets.labs import DeploymentLab, StatefulSetLab


@pytest.fixture
def lab() -> Iterator[StatefulSetLab]:
    lab = StatefulSetLab()
    yield lab
    lab.close()


def images(lab: StatefulSetLab) -> dict[str, str]:
    found = (pod.objects.last for pod in lab.session.chronicle.pods_at(lab.session.now_ms))
    return {pod.metadata.name: pod.spec.containers[0].image for pod in found if pod is not None}


ROLLING = """kubectl patch statefulset/db -p '{"spec":{"updateStrategy":{"rollingUpdate":{"%s":%s}}}}'"""


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("replicas", 6, "kubectl scale statefulset/db --replicas=6"),
        ("partition", 3, ROLLING % ("partition", 3)),
        ("min_ready_seconds", 4, """kubectl patch statefulset/db -p '{"spec":{"minReadySeconds":4}}'"""),
        ("image", "postgres:17", "kubectl set image statefulset/db postgres=postgres:17"),
        (
            "update_strategy",
            "OnDelete",
            "kubectl patch statefulset/db -p "
            """'{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}'""",
        ),
        (
            "when_scaled",
            "Delete",
            "kubectl patch statefulset/db -p "
            """'{"spec":{"persistentVolumeClaimRetentionPolicy":{"whenScaled":"Delete"}}}'""",
        ),
    ],
)
def test_a_value_runs_its_line(lab: StatefulSetLab, name: str, value: Any, line: str) -> None:
    setattr(lab.controls, name, value)
    assert lab.controls.answer["line"] == line
    assert lab.controls.answer["exit"] == 0
    assert getattr(lab.controls, name) == value


def test_what_starts_has_a_partition_slider_along_its_ordinals(lab: StatefulSetLab) -> None:
    (row,) = [row for row in lab.controls.fields if row["form"] == "partition"]
    assert [(number, name) for number, name, _ in row["ordinals"]] == [(str(n), f"db-{n}") for n in range(4)]
    assert (row["least"], row["most"], row["value"]) == (0, 4, 0)


def test_a_partition_keeps_the_lower_ordinals_old(lab: StatefulSetLab) -> None:
    lab.controls.partition = 2
    lab.controls.image = "postgres:17"
    lab.run(20)
    old, new = "postgres:16.1", "postgres:17"
    assert images(lab) == {"db-0": old, "db-1": old, "db-2": new, "db-3": new}
    assert lab.controls.state == "4/4 ready · 2 updated · partitioned"
    (row,) = [row for row in lab.controls.fields if row["form"] == "partition"]
    assert len({color for _, _, color in row["ordinals"]}) == 2
    lab.controls.partition = 0
    lab.run(20)
    assert set(images(lab).values()) == {new}
    assert lab.controls.state.endswith("complete")


def test_the_policy_cannot_be_changed_but_the_set_can_be_made_anew(lab: StatefulSetLab, press: Any) -> None:
    pods = {p.name: p.uid for p in lab.session.chronicle.pods_at(lab.session.now_ms)}
    press(lab.controls, do="set", name="pod_management_policy", value="Parallel")
    assert "updates to statefulset spec for fields other than" in lab.controls.answer["err"]
    assert lab.controls.pod_management_policy == "OrderedReady"
    assert lab.controls.answer["offer"] == "Make it anew as Parallel: its pods stay"
    press(lab.controls, do="accept")
    assert lab.controls.answer["exit"] == 0, lab.controls.answer["err"]
    first, second = lab.controls.answer["line"].splitlines()
    assert first == "kubectl delete statefulset/db --cascade=orphan"
    assert second.startswith("kubectl apply -f -")
    lab.run(10)
    assert lab.controls.pod_management_policy == "Parallel"
    assert {p.name: p.uid for p in lab.session.chronicle.pods_at(lab.session.now_ms)} == pods
    assert lab.controls.state == "4/4 ready · 4 updated · complete"
    press(lab.controls, do="accept")  # it was offered once
    assert lab.controls.answer["line"] == f"{first}\n{second}"


def test_a_set_made_anew_has_the_pods_and_revisions_of_the_one_before(lab: StatefulSetLab, press: Any) -> None:
    press(lab.controls, do="set", name="pod_management_policy", value="Parallel")
    press(lab.controls, do="accept")
    lab.run(10)
    lab.cluster.kubectl("delete pod db-2")
    lab.run(20)
    (row,) = [row for row in lab.controls.fields if row["form"] == "partition"]
    assert len({color for _, _, color in row["ordinals"]}) == 1
    moment = lab.session.now_ms
    assert len(lab.session.timeline_of("StatefulSet").legend(moment)) == 1
    assert len({pod.revision for pod in lab.session.chronicle.pods_at(moment)}) == 1
    lab.graph.view = "ownership"
    assert {i.ref for i in lab.graph.bridge.drawing.items.values() if i.kind == "pod"} == {
        f"pod/default/db-{n}" for n in range(4)
    }


def test_the_same_policy_needs_no_offer(lab: StatefulSetLab) -> None:
    lab.controls.pod_management_policy = "OrderedReady"
    assert (lab.controls.answer["exit"], lab.controls.answer["offer"]) == (0, "")


def test_an_offer_is_gone_after_another_action(lab: StatefulSetLab, press: Any) -> None:
    lab.controls.pod_management_policy = "Parallel"
    lab.controls.replicas = 3
    press(lab.controls, do="accept")
    lab.run(10)
    assert lab.controls.pod_management_policy == "OrderedReady"


def test_max_unavailable_is_dropped_as_its_gate_is_off_and_has_no_control(lab: StatefulSetLab) -> None:
    lab.controls.run((ROLLING % ("maxUnavailable", 2)).removeprefix("kubectl "))
    assert lab.controls.answer["out"] == "statefulset.apps/db patched (no change)\n"
    assert "max_unavailable" not in dir(lab.controls)


def test_a_killed_pod_comes_back_with_its_name_and_claim(lab: StatefulSetLab, press: Any) -> None:
    lab.session.select("pod/default/db-2")
    assert lab.controls.label("kill") == "Kill db-2"
    claim = lab.cluster.get("pvc", "data-db-2").metadata.uid
    press(lab.controls, do="press", name="kill")
    lab.run(10)
    assert sorted(images(lab)) == [f"db-{n}" for n in range(4)]
    assert len([p for p in lab.session.chronicle.pods if p.name == "db-2"]) == 2
    assert lab.cluster.get("pvc", "data-db-2").metadata.uid == claim


def test_a_broken_image_blocks_and_an_undo_needs_a_hand(lab: StatefulSetLab, press: Any) -> None:
    lab.controls.image = "postgres:broken"
    lab.run(20)
    assert lab.controls.state == "3/4 ready · 1 updated · blocked"
    assert lab.controls.troubled
    (menu,) = [row for row in lab.controls.buttons if row["name"] == "undo"]
    assert menu["choices"] == [[1, "to 1: postgres:16.1"]]
    press(lab.controls, do="press", name="undo", choice=1)
    lab.run(20)
    stuck = lab.session.chronicle.pod_named("default/db-3", lab.session.now_ms)
    assert stuck is not None
    assert stuck.state(lab.session.now_ms).word == FAILING
    lab.session.select("pod/default/db-3")
    press(lab.controls, do="press", name="kill")
    lab.run(20)
    assert lab.controls.state == "4/4 ready · 4 updated · complete"


def test_on_delete_waits_for_a_person(lab: StatefulSetLab, press: Any) -> None:
    lab.controls.update_strategy = "OnDelete"
    lab.controls.image = "postgres:17"
    lab.run(20)
    assert lab.controls.state.endswith("waits for pods to be deleted")
    lab.session.select("pod/default/db-0")
    press(lab.controls, do="press", name="kill")
    lab.run(20)
    assert images(lab)["db-0"] == "postgres:17"
    assert images(lab)["db-1"] == "postgres:16.1"


def test_two_labs_of_one_cluster_keep_to_their_kinds(lab: StatefulSetLab) -> None:
    lab.cluster.kubectl("create deployment web --image=nginx:1.25")
    other = DeploymentLab(lab.cluster)
    assert (repr(lab), repr(other)) == ("StatefulSetLab(statefulset/db)", "DeploymentLab(deployment/web)")
    other.controls.replicas = 2
    lab.controls.replicas = 5
    assert (other.controls.replicas, lab.controls.replicas) == (2, 5)
    other.close()


def test_the_lab_opens_with_identities(lab: StatefulSetLab) -> None:
    assert lab.graph.view == "identity"
    assert "identity" in lab.graph.bridge.views
    assert lab.svg().startswith("<svg")


def test_a_set_that_waits_for_a_failing_pod_of_another_template_is_blocked(lab: StatefulSetLab) -> None:
    lab.controls.image = "postgres:broken"
    lab.run(20)
    assert lab.controls.state.endswith("blocked")
    lab.controls.image = "postgres:16.1"
    lab.run(60)
    assert lab.controls.state == "3/4 ready · 3 updated · blocked"
    assert lab.controls.troubled
    lab.cluster.kubectl("delete pod db-3 --wait=false")
    lab.run(30)
    assert lab.controls.state == "4/4 ready · 4 updated · complete"
