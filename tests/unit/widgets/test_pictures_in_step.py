"""Messages of differences bring a page to exactly what a page that opens now gets."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.picture.graph import VIEWS
from k8snb.picture.lanes import row_key
from k8snb.widgets.labs import DeploymentLab


def story(lab: DeploymentLab) -> Any:
    """Things that happen, one after the other."""
    yield lab.run(3)
    yield setattr(lab.controls, "replicas", 7)
    for _ in range(8):
        yield lab.run(0.5)
    yield setattr(lab.controls, "image", "nginx:broken")
    for _ in range(8):
        yield lab.run(0.7)
    yield lab.session.seek(5000)
    yield lab.session.seek(9000)
    yield lab.session.select(f"pod/{lab.session.chronicle.pods[0].key}")
    yield lab.player.branch()
    yield lab.run(5)
    yield lab.controls.undo()
    yield lab.run(5)
    yield lab.player.leave_branch()
    lab.cluster.run(4)
    yield lab.session.refresh()


@pytest.mark.parametrize("view", VIEWS)
def test_graph(lab: DeploymentLab, page_of: Any, view: str) -> None:
    page = page_of(lab.graph.bridge)
    lab.graph.view = view
    for _ in story(lab):
        assert page.is_in_step()
    assert len(page.messages) > 6


def test_timeline(lab: DeploymentLab, page_of: Any) -> None:
    page = page_of(lab.timeline)
    for _ in story(lab):
        assert page.is_in_step()
    assert len(page.messages) > 6


def test_timeline_with_opened_rows_and_requests(lab: DeploymentLab, page_of: Any, press: Any) -> None:
    page = page_of(lab.timeline)
    lanes = list(lab.timeline.timeline.lanes.values())
    traffic: dict[int, tuple[int, int]] = {}
    lab.timeline.traffic = traffic
    lab.timeline.unfold(lanes[0].ref.rpartition("/")[2])
    lab.timeline.set_state({"opened": [*lab.timeline.opened, row_key(lanes[1])]})
    assert set(page.data["containers"]) == {lanes[0].id, lanes[1].id}
    for second, _ in enumerate(story(lab)):
        traffic[second] = (second, 1)
        traffic[max(second - 1, 0)] = (second, 2)
        lab.timeline.update()
        assert page.is_in_step()
    assert len(page.data["traffic"]) == len(traffic)
    lab.timeline.fold()
    assert page.data["containers"] == {}
    with pytest.raises(K8snbError, match="no lane"):
        lab.timeline.unfold("nobody")


def test_closed_rows_send_no_containers(lab: DeploymentLab, page_of: Any) -> None:
    page = page_of(lab.timeline)
    for _ in story(lab):
        pass
    assert not [m for m in page.messages if m.get("containers") or m.get("data", {}).get("containers")]


def test_what_did_not_change_is_not_sent(lab: DeploymentLab, page_of: Any) -> None:
    pages = page_of(lab.graph.bridge), page_of(lab.timeline)
    lab.session.refresh()
    lab.session.refresh()
    assert not [page.messages for page in pages if page.messages]


def test_a_page_that_missed_something_gets_the_whole(lab: DeploymentLab, page_of: Any, press: Any) -> None:
    for part in (lab.graph.bridge, lab.timeline):
        page = page_of(part)
        press(part, do="resync")
        assert [m["kind"] for m in page.messages] == ["whole"]
        assert page.is_in_step()


def test_a_changed_width_draws_anew(lab: DeploymentLab, page_of: Any, press: Any) -> None:
    page = page_of(lab.graph.bridge)
    press(lab.graph.bridge, do="width", width=523)
    assert page.data["width"] == 500
    assert page.is_in_step()
    count = len(page.messages)
    press(lab.graph.bridge, do="width", width=520)
    press(lab.graph.bridge, do="width", width="wide")
    assert len(page.messages) == count


def test_a_crowd_keeps_in_step(page_of: Any) -> None:
    cluster = Cluster(nodes=8)
    cluster.kubectl("create deployment web --image=nginx:1.25 --replicas=290")
    cluster.run(5)
    lab = DeploymentLab(cluster)
    pages = page_of(lab.graph.bridge), page_of(lab.timeline)
    for replicas in (320, 20):
        lab.controls.replicas = replicas
        lab.run(5)
        assert all(page.is_in_step() for page in pages)
    lab.close()


def test_messages_stay_small(page_of: Any) -> None:
    cluster = Cluster(nodes=6)
    cluster.kubectl("create deployment web --image=nginx:1.25 --replicas=100")
    cluster.run(8)
    lab = DeploymentLab(cluster)
    page = page_of(lab.graph.bridge)
    lab.controls.replicas = 101
    lab.run(0.2)
    assert sum(len(str(message)) for message in page.messages) < 4000
    lab.close()
