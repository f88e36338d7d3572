"""The three views of the cluster graph."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree

import pytest

from k8snb.cluster import Cluster
from k8snb.picture.boxes import CROWD
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.graph import draw_graph, VIEWS, views_of
from k8snb.picture.sheet import Item, LETTER, Picture, WIDE_LETTER
from k8snb.picture.svg_graph import graph_svg

POD_VIEWS = ("placement", "ownership", "traffic")  # those that show pods of every kind


def read(cluster: Cluster) -> Chronicle:
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    return chronicle


def pods(picture: Picture) -> dict[str, Item]:
    return {item.id: item for item in picture.items.values() if item.kind == "pod"}


def overlap(a: Item, b: Item) -> bool:
    return abs(a.x - b.x) * 2 < a.w + b.w - 0.1 and abs(a.y - b.y) * 2 < a.h + b.h - 0.1


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("width", [320, 744, 1180])
def test_nothing_overlaps_and_all_is_inside(chronicle: Chronicle, blocked: Cluster, view: str, width: int) -> None:
    picture = draw_graph(chronicle, blocked.now_ms, view, width)
    boxes = [i for i in picture.items.values() if i.kind in ("box", "pill")]
    for group in (boxes, list(pods(picture).values())):
        assert not [(a.id, b.id) for a, b in itertools.combinations(group, 2) if overlap(a, b)]
    for item in picture.items.values():
        assert item.x - item.w / 2 >= -0.5
        assert item.x + item.w / 2 <= width + 0.5
        assert item.y + item.h / 2 <= picture.height + 0.5


@pytest.mark.parametrize("view", POD_VIEWS)
def test_pods_that_stay_do_not_move(cluster: Cluster, view: str) -> None:
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    before = pods(draw_graph(chronicle, cluster.now_ms, view))
    assert len(before) == 4
    cluster.kubectl("set image deployment/web nginx=nginx:1.26")
    for _ in range(30):
        cluster.run(0.4)
        chronicle.read()
        now = pods(draw_graph(chronicle, cluster.now_ms, view))
        for key in before.keys() & now.keys():
            assert (before[key].x, before[key].y) == (now[key].x, now[key].y)


def test_placement_shows_pods_in_the_box_of_their_node(chronicle: Chronicle, blocked: Cluster) -> None:
    picture = draw_graph(chronicle, blocked.now_ms, "placement")
    for pod in chronicle.pods_at(blocked.now_ms):
        item = picture.items[f"pod {pod.key} {pod.seq}"]
        place = pod.places.last
        assert place is not None
        box = picture.items[f"node/{place.box}"]
        assert abs(item.x - box.x) < box.w / 2
        assert abs(item.y - box.y) < box.h / 2
    assert picture.summary.startswith("3 nodes, 8 pods: 5 ready, 3 failing")
    assert {i.classes for i in pods(picture).values()} == {("ready", "r0"), ("failing", "r1")}


def test_a_line_goes_where_requests_go(chronicle: Chronicle, blocked: Cluster) -> None:
    for view in ("placement", "traffic"):
        picture = draw_graph(chronicle, blocked.now_ms, view)
        lines = [link for link in picture.links.values() if link.kind == "request"]
        ends = {i for link in lines for i in (link.source, link.target)}
        ready = {key for key, item in pods(picture).items() if "ready" in item.classes}
        assert ends - {"service/default/web"} == ready
        assert len(lines) == 5


def test_a_line_goes_the_moment_readiness_does(cluster: Cluster) -> None:
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    name = chronicle.pods[0].name
    cluster.fault(pod=name, state="unready")
    cluster.run(1)
    chronicle.read()
    picture = draw_graph(chronicle, cluster.now_ms, "placement")
    assert len(picture.links) == 3
    assert not [link for link in picture.links.values() if name in link.source]
    assert "running" in pods(picture)[f"pod default/{name} {chronicle.pods[0].seq}"].classes


def test_ownership_leads_from_the_deployment_to_its_revisions(chronicle: Chronicle, blocked: Cluster) -> None:
    picture = draw_graph(chronicle, blocked.now_ms, "ownership")
    assert {link.source for link in picture.links.values()} == {"deployment/default/web"}
    assert len(picture.links) == 2
    texts = [i.label for i in picture.items.values() if "strong" in i.classes]
    assert [t.partition(" · ")[0] for t in texts] == ["revision 1", "revision 2"]


def test_an_undo_gives_the_old_revision_its_new_number(blocked: Cluster) -> None:
    blocked.kubectl("rollout undo deployment/web")
    blocked.run(5)
    chronicle = Chronicle(blocked.log)
    chronicle.read()
    picture = draw_graph(chronicle, blocked.now_ms, "ownership")
    texts = [i.label for i in picture.items.values() if "strong" in i.classes]
    assert [t.partition(" · ")[0] for t in texts] == ["revision 3", "revision 2"]


def test_the_past_is_drawn_as_it_was(cluster: Cluster) -> None:
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    moment = cluster.now_ms
    before = draw_graph(chronicle, moment)
    cluster.kubectl("delete deployment web --wait=false")
    cluster.run(20)
    chronicle.read()
    assert not pods(draw_graph(chronicle, cluster.now_ms))
    assert draw_graph(chronicle, moment) == before


def test_pods_that_find_no_node_wait_in_a_strip(cluster: Cluster) -> None:
    cluster.kubectl("set resources deployment/web --requests=cpu=500")
    cluster.run(3)
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    picture = draw_graph(chronicle, cluster.now_ms)
    strip = picture.items["waiting"]
    waiting = [i for i in pods(picture).values() if "Unschedulable" in i.hint]
    assert waiting
    assert all(abs(i.y - strip.y) < strip.h / 2 for i in waiting)


def test_a_node_that_is_down_says_so(cluster: Cluster) -> None:
    cluster.fault(node="node-2", state="down")
    cluster.run(1)
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    assert "trouble" in draw_graph(chronicle, cluster.now_ms).items["node/node-2"].classes
    assert draw_graph(chronicle, cluster.now_ms).items["node/node-2"].hint == "node-2 · down"


@pytest.mark.parametrize("view", POD_VIEWS)
def test_a_crowd_is_drawn_as_counts(view: str) -> None:
    cluster = Cluster(nodes=12)
    cluster.kubectl(f"create deployment web --image=nginx:1.25 --replicas={CROWD + 20}")
    cluster.kubectl("expose deployment web --port=80")
    cluster.run(6)
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    picture = draw_graph(chronicle, cluster.now_ms, view)
    assert not pods(picture)
    assert [i for i in picture.items.values() if "count" in i.classes]
    assert len(picture.items) < 200
    ElementTree.fromstring(graph_svg(picture))


@pytest.mark.parametrize("view", POD_VIEWS)
def test_svg_is_well_formed_and_holds_every_pod(chronicle: Chronicle, blocked: Cluster, view: str) -> None:
    picture = draw_graph(chronicle, blocked.now_ms, view)
    root = ElementTree.fromstring(graph_svg(picture))
    text = "".join(root.itertext())
    for pod in chronicle.pods_at(blocked.now_ms):
        assert pod.short_name in text


def test_an_empty_cluster_can_be_drawn() -> None:
    chronicle = Chronicle(Cluster(nodes=0).log)
    chronicle.read()
    for view in VIEWS:
        ElementTree.fromstring(graph_svg(draw_graph(chronicle, 0, view)))


@pytest.mark.parametrize("state", ["up", "down"])
def test_a_long_node_name_and_its_note_share_the_room(state: str) -> None:
    name = "ip-10-0-0-17.eu-central-1.compute.internal"
    cluster = Cluster(nodes=[{"name": name, "labels": {"monitored": "true"}}])
    if state == "down":
        cluster.fault(node=name, state="down")
    items = draw_graph(read(cluster), cluster.now_ms, "placement", 300).items
    note = items.get(f"text node/{name} note")
    assert (note.label if note else "") == ("down" if state == "down" else "")
    words = items[f"text node/{name} name"].label
    assert words.endswith("…")
    assert len(words) * WIDE_LETTER + (len(note.label) * LETTER if note else 0) <= items[f"node/{name}"].w


@pytest.mark.parametrize(("replicas", "kind"), [(24, "request"), (25, "trunk")])
def test_lines_to_many_pods_are_gathered(replicas: int, kind: str) -> None:
    cluster = Cluster()
    cluster.kubectl(f"create deployment web --image=nginx --replicas={replicas}")
    cluster.kubectl("expose deployment web --port=80")
    cluster.run_until_settled()
    for view in ("placement", "traffic"):
        kinds = {link.kind for link in draw_graph(read(cluster), cluster.now_ms, view, 700).links.values()}
        assert kinds == {kind}


def test_traffic_is_offered_once_a_service_selects_pods() -> None:
    cluster = Cluster()
    cluster.kubectl("create deployment web --image=nginx")
    assert "traffic" not in views_of(read(cluster))
    cluster.kubectl("expose deployment web --port=80")
    assert "traffic" in views_of(read(cluster))
    cluster.run(1)
    cluster.kubectl("delete service web")
    assert "traffic" in views_of(read(cluster))  # the past can be shown
