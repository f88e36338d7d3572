"""The daemon set's lab: bounds of which one is 0, and nodes that come, go and are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from k8snb.widgets.labs import DaemonSetLab


@pytest.fixture
def lab() -> Iterator[DaemonSetLab]:
    lab = DaemonSetLab()
    yield lab
    lab.close()


def homes(lab: DaemonSetLab) -> list[str]:
    pods = lab.session.chronicle.pods_at(lab.session.now_ms)
    return sorted(place.box for pod in pods if (place := pod.places.last) is not None)


def menu(lab: DaemonSetLab, name: str) -> list[Any]:
    return next([choice for choice, _ in row["choices"]] for row in lab.controls.buttons if row["name"] == name)


def test_the_example_leaves_out_a_tainted_and_an_unlabelled_node(lab: DaemonSetLab) -> None:
    assert homes(lab) == ["node-1", "node-3", "node-4"]
    assert lab.controls.state == "3/3 ready · 3 updated · complete"


def test_a_node_is_chosen_in_the_controls_or_in_the_graph(lab: DaemonSetLab, press: Any) -> None:
    press(lab.controls, do="set", name="node", value="node-5")
    assert lab.session.selected == "node/node-5"
    lab.graph.bridge.set_state({"selected": "node/node-2"})
    assert lab.controls.node == "node-2"
    assert lab.controls.label("label") == "Unlabel monitored=true"
    assert lab.controls.answer["line"] == ""


def test_a_label_brings_a_pod_and_takes_it_away(lab: DaemonSetLab, press: Any) -> None:
    lab.controls.node = "node-5"
    press(lab.controls, do="press", name="label")
    assert lab.controls.answer["line"] == "kubectl label node node-5 monitored=true --overwrite"
    lab.run(10)
    assert "node-5" in homes(lab)
    press(lab.controls, do="press", name="label")
    assert lab.controls.answer["line"] == "kubectl label node node-5 monitored-"
    lab.run(10)
    assert "node-5" not in homes(lab)


def test_taints_keep_pods_away_or_drive_them_out(lab: DaemonSetLab, press: Any) -> None:
    lab.controls.node = "node-2"
    assert menu(lab, "taint") == ["dedicated=db:NoSchedule-", "maintenance:NoSchedule", "maintenance:NoExecute"]
    press(lab.controls, do="press", name="taint", choice="dedicated=db:NoSchedule-")
    lab.run(10)
    assert "node-2" in homes(lab)
    press(lab.controls, do="press", name="taint", choice="maintenance:NoSchedule")
    lab.run(10)
    assert "node-2" in homes(lab)  # who is there stays, though it would not be let in
    press(lab.controls, do="press", name="taint", choice="maintenance:NoExecute")
    lab.run(10)
    assert "node-2" not in homes(lab)
    press(lab.controls, do="press", name="taint", choice="!")
    assert lab.controls.answer["exit"] == 1
    press(lab.controls, do="press", name="taint")
    offered = "maintenance:NoExecute-, maintenance:NoSchedule-"
    assert (lab.controls.answer["line"], lab.controls.answer["exit"]) == ("", 1)
    assert lab.controls.answer["err"] == f"taint: choose one of {offered}"


def test_daemons_ignore_a_cordon(lab: DaemonSetLab, press: Any) -> None:
    lab.controls.node = "node-5"
    press(lab.controls, do="press", name="cordon")
    assert lab.controls.answer["line"] == "kubectl cordon node-5"
    press(lab.controls, do="press", name="label")
    lab.run(10)
    assert "node-5" in homes(lab)
    assert lab.controls.label("cordon") == "Uncordon"
    press(lab.controls, do="press", name="cordon")
    assert lab.controls.answer["line"] == "kubectl uncordon node-5"


def test_nodes_join_and_leave(lab: DaemonSetLab, press: Any) -> None:
    press(lab.controls, do="press", name="add_node")
    assert lab.controls.answer["line"] == (
        'cluster.fault(node="node-6", state="add", spec={"labels": {"monitored": "true"}, "zone": "c"})'
    )
    lab.run(10)
    assert "node-6" in homes(lab)
    lab.controls.node = "node-1"
    press(lab.controls, do="press", name="remove_node")
    assert lab.controls.answer["line"] == "kubectl delete node node-1"
    lab.run(60)
    assert "node-1" not in homes(lab)
    press(lab.controls, do="press", name="add_node")
    lab.run(10)
    assert "node-1" in homes(lab)


def test_one_bound_is_zero_and_the_other_is_not(lab: DaemonSetLab, press: Any) -> None:
    lab.controls.max_surge = "1"
    assert "may not be set when maxUnavailable is non-zero" in lab.controls.answer["err"]
    assert lab.controls.max_surge == "0"
    assert lab.controls.answer["offer"] == "Set maxUnavailable to 0 as well"
    press(lab.controls, do="accept")
    assert (lab.controls.max_surge, lab.controls.max_unavailable) == ("1", "0")
    lab.controls.max_surge = "0"
    assert lab.controls.answer["offer"] == "Set maxUnavailable to 1 as well"
    press(lab.controls, do="accept")
    assert (lab.controls.max_surge, lab.controls.max_unavailable) == ("0", "1")


def test_a_new_image_rolls_node_by_node_and_can_be_undone(lab: DaemonSetLab, press: Any) -> None:
    lab.controls.image = "agent:1.5"
    lab.run(30)
    assert lab.controls.state == "3/3 ready · 3 updated · complete"
    assert menu(lab, "undo") == [1]
    press(lab.controls, do="press", name="undo", choice=1)
    lab.run(30)
    assert lab.controls.image == "agent:1.4"
    lab.controls.image = "agent:broken"
    lab.run(20)
    assert lab.controls.state == "2/3 ready · 1 updated · blocked"


def test_on_delete(lab: DaemonSetLab) -> None:
    lab.controls.update_strategy = "OnDelete"
    lab.controls.image = "agent:1.5"
    lab.run(20)
    assert lab.controls.state == "3/3 ready · 0 updated · waits for pods to be deleted"


def test_the_graph_says_what_is_special_about_a_node(lab: DaemonSetLab) -> None:
    items = lab.graph.bridge.drawing.items
    assert items["text node/node-2 note"].label == "taint dedicated=db"
    assert items["node/node-2"].hint == "node-2 · monitored=true · taints: dedicated=db"
    assert items["node/node-5"].hint == "node-5"


def test_without_nodes_the_buttons_say_so(press: Any) -> None:
    lab = DaemonSetLab()
    for _ in range(5):
        press(lab.controls, do="press", name="remove_node")
    assert lab.session.chronicle.objects_at("Node", lab.session.now_ms) == {}
    for name in ("label", "taint", "cordon", "remove_node", "node"):
        press(lab.controls, do="press", name=name, choice="x:NoSchedule")
        assert "there is no node" in lab.controls.answer["err"]
    press(lab.controls, do="press", name="add_node")
    lab.run(90)  # the pods of nodes that are gone go later
    assert homes(lab) == ["node-1"]
    lab.close()
