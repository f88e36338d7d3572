"""Every control is a kubectl line; what the API refuses changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from traitlets import TraitError

from k8snb.cluster import Cluster
from k8snb.widgets.controls.rollout import next_version
from k8snb.widgets.labs import DeploymentLab


@pytest.mark.parametrize(
    ("trait", "value", "line"),
    [
        ("replicas", 6, "kubectl scale deployment/web --replicas=6"),
        (
            "max_surge",
            "50%",
            'kubectl patch deployment/web -p \'{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"50%"}}}}\'',
        ),
        (
            "max_unavailable",
            "2",
            'kubectl patch deployment/web -p \'{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":2}}}}\'',
        ),
        ("min_ready_seconds", 5, 'kubectl patch deployment/web -p \'{"spec":{"minReadySeconds":5}}\''),
        ("image", "nginx:1.26", "kubectl set image deployment/web nginx=nginx:1.26"),
    ],
)
def test_a_value_runs_its_line(lab: DeploymentLab, trait: str, value: Any, line: str) -> None:
    setattr(lab.controls, trait, value)
    assert lab.controls.answer["line"] == line
    assert lab.controls.answer["exit"] == 0
    assert getattr(lab.controls, trait) == value
    assert lab.session.answers[-1].line == line.removeprefix("kubectl ")


@pytest.mark.parametrize(
    ("trait", "value", "words"),
    [
        ("replicas", -1, "must be greater than or equal to 0"),
        ("replicas", 10**12, "cannot unmarshal number 1000000000000"),
        ("max_surge", "-5", "must be greater than or equal to 0"),
        ("max_surge", "many", "a valid percent string"),
        ("max_unavailable", "200%", "must not be greater than 100%"),
        ("max_unavailable", "", "maxUnavailable"),
        ("min_ready_seconds", -3, "must be greater than or equal to 0"),
        ("min_ready_seconds", 700, "progressDeadlineSeconds"),
        ("image", "", "image"),
    ],
)
def test_what_is_refused_says_why_and_goes_back(lab: DeploymentLab, trait: str, value: Any, words: str) -> None:
    before, spec = getattr(lab.controls, trait), lab.cluster.get("deployment", "web").spec
    setattr(lab.controls, trait, value)
    assert lab.controls.answer["exit"] != 0
    assert words in lab.controls.answer["err"]
    assert getattr(lab.controls, trait) == before
    assert lab.cluster.get("deployment", "web").spec == spec


@pytest.mark.parametrize("image", ["nginx:5 --all", "'; rm", 'a"b', "a' --replicas=0 '"])
def test_an_image_is_one_word_of_the_line_whatever_is_in_it(lab: DeploymentLab, image: str) -> None:
    lab.controls.image = image
    spec = lab.cluster.get("deployment", "web").spec
    assert lab.controls.answer["exit"] == 0
    assert [c.image for c in spec.template.spec.containers] == [image]


@pytest.mark.parametrize("value", ["²", "9" * 5000, "-" * 3 + "5", "a'b"])
def test_a_bound_that_is_no_number_is_refused(lab: DeploymentLab, value: str) -> None:
    before = lab.controls.max_surge
    lab.controls.max_surge = value
    assert "maxSurge" in lab.controls.answer["err"]
    assert lab.controls.max_surge == before


def test_both_bounds_cannot_be_zero(lab: DeploymentLab) -> None:
    lab.controls.max_surge = "0"
    lab.controls.max_unavailable = "0"
    assert "may not be 0 when `maxSurge` is 0" in lab.controls.answer["err"]
    assert (lab.controls.max_surge, lab.controls.max_unavailable) == ("0", "25%")


def test_a_value_from_the_browser_is_taken_and_sent_back_when_refused(lab: DeploymentLab, press: Any) -> None:
    played = []
    lab.controls.acted = lambda: played.append(True)
    press(lab.controls, do="set", name="replicas", value=5)
    assert lab.cluster.get("deployment", "web").spec.replicas == 5
    press(lab.controls, do="set", name="replicas", value=-4)
    assert lab.controls.replicas == 5
    assert played == [True]
    lab.controls.replicas = 3
    assert played == [True]


def revisions(controls: Any) -> Any:
    """What the undo menu offers."""
    return next(row["choices"] for row in controls.buttons if row["name"] == "undo")


def test_buttons(lab: DeploymentLab, press: Any) -> None:
    controls = lab.controls
    press(controls, do="set", name="paused", value=True)
    assert controls.paused
    assert controls.state.endswith("paused")
    press(controls, do="set", name="paused", value=False)
    assert not controls.paused
    controls.image = "nginx:1.26"
    lab.run(15)
    assert revisions(controls) == [[1, "to 1: nginx:1.25"]]
    press(controls, do="press", name="undo", choice=1)
    lab.run(15)
    assert controls.image == "nginx:1.25"
    assert revisions(controls) == [[2, "to 2: nginx:1.26"]]
    press(controls, do="press", name="undo", choice=99)
    assert "unable to find specified revision 99" in controls.answer["err"]
    for nonsense in ("x", "1; x", [], [1], 1.5, True):
        assert controls.press("undo", nonsense).exit == (0 if nonsense == [] else 1)
    assert 'invalid argument "True" for "--to-revision" flag' in controls.answer["err"]
    assert controls.press("registry").exit == 1
    assert controls.answer["err"] == "registry: choose one of down, slow"


def test_killing_a_pod_takes_the_selected_one(lab: DeploymentLab, press: Any) -> None:
    pods = lab.session.chronicle.pods_at(lab.session.now_ms)
    lab.session.select(f"pod/{pods[2].key}")
    assert lab.controls.label("kill") == f"Kill {pods[2].short_name}"
    press(lab.controls, do="press", name="kill")
    lab.run(10)
    alive = [p.key for p in lab.session.chronicle.pods_at(lab.session.now_ms)]
    assert pods[2].key not in alive
    assert len(alive) == 4


def test_a_pod_made_unready_can_be_made_ready(lab: DeploymentLab, press: Any) -> None:
    pod = lab.session.chronicle.pods[1]
    lab.session.select(f"pod/{pod.key}")
    press(lab.controls, do="press", name="unready")
    lab.run(2)
    assert lab.controls.answer["line"] == f'cluster.fault(pod="{pod.name}", state="unready")'
    assert pod.state(lab.session.now_ms).word == "running"
    assert lab.controls.label("unready") == "Make ready"
    press(lab.controls, do="press", name="unready")
    lab.run(2)
    assert pod.state(lab.session.now_ms).word == "ready"


def test_a_failed_node_can_be_brought_back(lab: DeploymentLab, press: Any) -> None:
    lab.session.select("node/node-2")
    press(lab.controls, do="press", name="node")
    assert lab.session.chronicle.is_silent("node-2", lab.session.now_ms)
    assert lab.controls.label("node") == "Restart node-2"
    press(lab.controls, do="press", name="node")
    assert not lab.session.chronicle.is_silent("node-2", lab.session.now_ms)


def test_controls_rest_in_the_past(lab: DeploymentLab, press: Any) -> None:
    lab.controls.replicas = 6
    lab.run(5)
    digest = lab.cluster.log.digest()
    lab.session.seek(2000)
    assert lab.controls.resting
    assert lab.controls.replicas == 4
    lab.controls.replicas = 2
    for what in ("kill", "unready", "node", "undo", "nonsense"):
        press(lab.controls, do="press", name=what, choice=1)
        press(lab.controls, do=what)
    press(lab.controls, do="set", name="paused", value=True)
    press(lab.controls, do="accept")
    assert lab.controls.replicas == 4
    assert "the past cannot be changed" in lab.controls.answer["err"]
    assert lab.cluster.log.digest() == digest
    lab.session.seek(None)
    assert not lab.controls.resting
    assert lab.controls.replicas == 6


def test_a_blocked_rollout_is_called_one(lab: DeploymentLab) -> None:
    assert lab.controls.state == "4/4 ready · 4 updated · complete"
    lab.controls.image = "nginx:broken"
    lab.run(1)
    assert lab.controls.state.endswith("rolling out")
    lab.run(8)
    assert lab.controls.state == "3/4 ready · 2 updated · rollout blocked"
    assert lab.controls.troubled


def test_without_a_deployment_there_is_nothing_to_control(press: Any) -> None:
    lab = DeploymentLab(Cluster())
    lab.controls.replicas = 3
    for what in ("kill", "unready", "undo"):
        press(lab.controls, do="press", name=what, choice=1)
        assert lab.controls.answer["exit"] == 1
        assert "no deployment to control" in lab.controls.answer["err"]
    assert lab.controls.named == ""
    press(lab.controls, do="press", name="node")
    assert lab.session.chronicle.is_silent("node-1", lab.session.now_ms)
    lab.close()


def test_images_to_ship_have_a_next_and_a_broken_one(lab: DeploymentLab) -> None:
    (row,) = [row for row in lab.controls.fields if row["name"] == "image"]
    assert [value for value, _ in row["choices"]] == ["nginx:1.25", "nginx:1.26", "nginx:broken"]
    assert next_version("registry:5000/app:1.2.3") == "registry:5000/app:1.3"


@pytest.mark.parametrize(
    ("name", "value"), [("replicas", "6"), ("replicas", True), ("max_surge", 3), ("image", None), ("paused", 1)]
)
def test_a_value_of_a_wrong_type_is_refused(lab: DeploymentLab, press: Any, name: str, value: Any) -> None:
    digest = lab.cluster.log.digest()
    with pytest.raises(TraitError):
        setattr(lab.controls, name, value)
    press(lab.controls, do="set", name=name, value=value)
    assert lab.controls.answer["exit"] == 1
    press(lab.controls, do="set", name=name)
    press(lab.controls, do="set", name="nonsense", value=1)
    press(lab.controls, do="set", name=["replicas"], value=1)
    assert lab.cluster.log.digest() == digest


def test_every_refusal_reaches_the_browser(lab: DeploymentLab, press: Any) -> None:
    numbers = []
    for _ in range(3):
        press(lab.controls, do="set", name="replicas", value=-1)
        numbers.append(lab.controls.answer["n"])
    assert len(set(numbers)) == 3


def test_what_can_be_set_is_listed(lab: DeploymentLab) -> None:
    names = {"replicas", "max_surge", "max_unavailable", "min_ready_seconds", "image", "paused"}
    assert names <= set(dir(lab.controls))
    with pytest.raises(AttributeError, match="partition"):
        _ = lab.controls.partition
