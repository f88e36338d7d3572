"""Player, inspector, console and the lab as a whole."""

from __future__ import annotations

import asyncio
from typing import Any

import ipywidgets
import pytest
import traitlets

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.widgets import ClusterGraph, Controls, DeploymentLab, Inspector, KubectlConsole, Player, RolloutTimeline
from k8snb.widgets.assets import module, styles

PARTS = (ClusterGraph, Controls, Inspector, KubectlConsole, Player, RolloutTimeline)


# -- player


def test_buttons_of_the_player(lab: DeploymentLab, press: Any) -> None:
    player, session = lab.player, lab.session
    press(player, do="start")
    assert (player.past_ms, session.in_past) == (0, True)
    press(player, do="next")
    press(player, do="next")
    assert player.past_ms == session.chronicle.change_times[2]
    press(player, do="previous")
    press(player, do="seek", ms=3000.4)
    assert player.past_ms == 3000
    press(player, do="branch")
    assert (player.branches, player.past_ms, player.now_ms) == (1, None, 3000)
    press(player, do="leave")
    assert (player.branches, player.now_ms) == (0, 8000)
    press(player, do="seek", ms=10**9)
    assert player.past_ms is None
    press(player, do="step")
    assert player.status
    for message in ({}, {"do": "explode"}, {"do": ["step"]}, {"do": "seek", "ms": "soon"}):
        press(player, **message)


def test_marks_on_the_players_axis(lab: DeploymentLab) -> None:
    lab.controls.replicas = 2
    lab.session.fault(node="node-1", state="down")
    assert lab.player.marks == [
        [0, "input", "apply"],
        [8000, "input", "scale --replicas=2"],
        [8000, "fault", "node node-1 down"],
    ]


def test_a_ticks_time_passes_at_the_players_speed(lab: DeploymentLab) -> None:
    lab.player.speed = 20
    lab.player.playback.advance()
    assert lab.player.now_ms == 10_000
    with pytest.raises(traitlets.TraitError):
        lab.player.speed = 0


def test_playing_in_the_past_goes_along_it_up_to_the_present(lab: DeploymentLab) -> None:
    lab.player.speed = 20
    lab.session.seek(5000)
    lab.player.playback.advance()
    assert (lab.player.past_ms, lab.player.now_ms) == (7000, 8000)
    lab.player.playback.advance()
    assert (lab.player.past_ms, lab.player.now_ms) == (None, 8000)


def test_playing_on_a_loop_stops_when_all_is_settled(cluster: Cluster, press: Any) -> None:
    async def play() -> None:
        lab = DeploymentLab(cluster)
        cluster.run_until_settled()
        lab.player.speed = 100
        press(lab.controls, do="set", name="replicas", value=6)
        assert lab.player.playing
        for _ in range(40):
            await asyncio.sleep(0.05)
            if not lab.player.playing:
                break
        assert not lab.player.playing
        assert "settled" in lab.player.status
        assert lab.controls.state == "6/6 ready · 6 updated · complete"
        lab.close()

    asyncio.run(play())


def test_looking_back_pauses(cluster: Cluster, press: Any) -> None:
    async def play() -> None:
        lab = DeploymentLab(cluster)
        lab.player.play()
        press(lab.timeline, do="seek", ms=1000)
        assert not lab.player.playing
        await asyncio.sleep(0.25)
        assert lab.player.past_ms == 1000
        lab.close()

    asyncio.run(play())


def test_what_changes_nothing_is_not_played(cluster: Cluster, press: Any) -> None:
    async def act() -> None:
        lab = DeploymentLab(cluster)
        cluster.run_until_settled()
        press(lab.controls, do="set", name="image", value=lab.controls.image)
        assert not lab.player.playing
        press(lab.controls, do="press", name="kill")
        assert lab.player.playing
        lab.close()

    asyncio.run(act())


def test_without_a_loop_playing_does_nothing(lab: DeploymentLab) -> None:
    lab.player.play()
    assert not lab.player.playing


# -- inspector


def test_why_leads_back_to_the_input_and_its_links_can_be_followed(lab: DeploymentLab, press: Any) -> None:
    lab.controls.image = "nginx:broken"
    lab.run(10)
    pod = lab.session.chronicle.pods[-1]
    lab.session.select(f"pod/{pod.key}")
    sentences = [link[0] for link in lab.inspector.links]
    assert "broken" in sentences[0]
    assert sentences[-1].startswith("you: ")
    assert "set image" in sentences[-1]
    born = next(link for link in lab.inspector.links if link[1] is not None)
    press(lab.inspector, do="follow", ref="node/node-1", ms=born[1])
    assert lab.session.selected == "node/node-1"
    assert lab.session.past_ms == born[1]
    for message in ({"do": "follow"}, {"do": "follow", "ref": 3, "ms": "x"}, {}):
        press(lab.inspector, **message)


def test_describe_and_events_are_those_of_the_moment_shown(lab: DeploymentLab) -> None:
    lab.controls.replicas = 6
    lab.run(5)
    lab.inspector.tab = "describe"
    assert "6 desired" in lab.inspector.text
    lab.session.seek(7000)
    assert "4 desired" in lab.inspector.text
    lab.inspector.tab = "events"
    assert "from 0 to 4" in lab.inspector.text
    assert "from 4 to 6" not in lab.inspector.text
    assert all("ScalingReplicaSet: Scaled up replica set" in line for line in lab.inspector.text.splitlines())
    lab.session.select("node/node-1")
    assert lab.inspector.text == "No resources found in default namespace."


def test_an_object_that_is_not_there_is_told_so(lab: DeploymentLab) -> None:
    lab.session.select("pod/default/ghost")
    assert lab.inspector.links == [['pods "ghost" not found', None, ""]]
    lab.inspector.tab = "describe"
    assert 'pods "ghost" not found' in lab.inspector.text


# -- console


def test_console_runs_lines_and_keeps_what_was_answered(lab: DeploymentLab, press: Any) -> None:
    press(lab.console, do="run", line="kubectl get deployment web -o name")
    press(lab.console, do="run", line="get nonsense")
    press(lab.console, do="run", line='get pods "')
    first, second, third = lab.console.entries
    assert (first["line"], first["out"], first["exit"]) == ("get deployment web -o name", "deployment.apps/web\n", 0)
    assert 'the server doesn\'t have a resource type "nonsense"' in second["err"]
    assert third["exit"] != 0
    for message in ({"do": "run"}, {"do": "run", "line": 4}, {"do": "complete"}):
        press(lab.console, **message)


def test_console_shows_faults_as_they_are_typed_in_a_cell(lab: DeploymentLab, press: Any) -> None:
    press(lab.console, do="run", line="get nodes -o name")
    lab.session.fault(node="node-1", state="down")
    lab.session.fault(registry="*", state="slow", seconds=30)
    assert [(entry["typed"], entry["line"]) for entry in lab.console.entries] == [
        (True, "get nodes -o name"),
        (False, 'cluster.fault(node="node-1", state="down")'),
        (False, 'cluster.fault(registry="*", state="slow", seconds=30)'),
    ]


def test_console_completes(lab: DeploymentLab, press: Any) -> None:
    sent: list[Any] = []
    lab.console.send = lambda message, _buffers=None: sent.append(message)  # type: ignore[method-assign]
    press(lab.console, do="complete", line="get deployments w")
    assert sent == [{"kind": "completions", "line": "get deployments w", "choices": ["web"]}]


def test_only_lines_that_change_something_let_time_pass(lab: DeploymentLab, press: Any) -> None:
    played: list[bool] = []
    lab.console.acted = lambda: played.append(True)
    press(lab.console, do="run", line="get pods")
    press(lab.console, do="run", line="scale deployment/web --replicas=-1")
    assert not played
    press(lab.console, do="run", line="scale deployment/web --replicas=2")
    assert played


# -- the lab


def test_parts_stay_in_step(lab: DeploymentLab) -> None:
    lab.controls.replicas = 6
    lab.cluster.run(5)
    lab.session.refresh()
    assert lab.player.now_ms == 13_000
    assert "6 pods: 6 ready" in lab.graph.bridge.drawing.summary
    assert lab.timeline.get_state()["picture"]["now"] == 13_000
    lab.graph.bridge.set_state({"selected": "node/node-1"})
    assert lab.timeline.selected == lab.graph.bridge.selected == "node/node-1"
    assert lab.inspector.named == "node/node-1"


@pytest.mark.parametrize("part", PARTS)
def test_every_part_works_alone_and_closes(cluster: Cluster, part: type[Any]) -> None:
    widget = part(cluster)
    cluster.run(1)
    widget.session.refresh()
    assert len(repr(widget)) < 80
    assert repr(widget) == repr(part(widget.session))
    bundle = widget._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert " object at " not in bundle["text/plain"]
    widget.close()
    cluster.run(1)
    widget.session.refresh()


def test_closing_a_lab_leaves_no_widget_and_no_listener(cluster: Cluster) -> None:
    before = set(ipywidgets.widget._instances)
    lab = DeploymentLab(cluster)
    assert len(set(ipywidgets.widget._instances) - before) > 10
    lab.close()
    left = [ipywidgets.widget._instances[key] for key in set(ipywidgets.widget._instances) - before]
    assert not [w for w in left if not isinstance(w, ipywidgets.Layout | ipywidgets.Style)]
    assert not lab.session._listeners
    assert not lab.session.pauses


def test_static_pictures_go_with_the_widgets(lab: DeploymentLab) -> None:
    for widget in (lab, lab.graph, lab.timeline):
        bundle = widget._repr_mimebundle_()
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        assert bundle["image/svg+xml"].startswith("<svg")
    assert repr(lab) == "DeploymentLab(deployment/web)"


def test_a_lab_of_a_manifest_settles_first() -> None:
    manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop"},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"a": "b"}},
            "template": {
                "metadata": {"labels": {"a": "b"}},
                "spec": {"containers": [{"name": "c", "image": "shop:1"}]},
            },
        },
    }
    lab = DeploymentLab(manifest)
    assert repr(lab) == "DeploymentLab(deployment/shop)"
    assert lab.controls.state.startswith("2/2 ready")
    lab.close()
    with pytest.raises(K8snbError, match="unknown"):
        DeploymentLab({**manifest, "spec": {"nonsense": 1}})


# -- what is sent to the browser


def test_modules_stand_alone_and_fetch_nothing() -> None:
    names = (
        "theme",
        "dom",
        "tabs",
        "store",
        "timeline_paint",
        "timeline",
        "graph",
        "player",
        "inspector",
        "console",
        "fields",
        "controls",
    )
    text = module(*names)
    assert "import " not in "".join(line for line in text.splitlines(True) if not line.lstrip().startswith("//"))
    for source in (text, styles("graph", "timeline", "player", "inspector", "console", "controls", "lab")):
        assert "https://" not in source
        assert source.count("http://") == source.count("http://www.w3.org/2000/svg")


@pytest.mark.parametrize("part", [*PARTS[1:]])
def test_what_an_instance_sends_is_small(cluster: Cluster, part: type[Any]) -> None:
    widget = part(cluster)
    assert len(widget._esm) < 32_000
    assert widget._esm.count("export default") == 1
    widget.close()
