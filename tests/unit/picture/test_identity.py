"""Ordinals with their pods, claims and volumes."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from k8snb.cluster import Cluster
from k8snb.picture.chronicle import Chronicle
from k8snb.picture.graph import draw_graph, views_of
from k8snb.picture.sheet import Picture
from k8snb.picture.svg_graph import graph_svg
from k8snb.widgets.manifests import DATABASE, THREE_ZONES


@pytest.fixture
def database() -> Cluster:
    cluster = Cluster(nodes=THREE_ZONES)
    assert cluster.apply(DATABASE).exit == 0
    cluster.run_until_settled()
    return cluster


def identity(cluster: Cluster) -> Picture:
    chronicle = Chronicle(cluster.log)
    chronicle.read()
    return draw_graph(chronicle, cluster.now_ms, "identity")


def refs(picture: Picture, kind: str) -> list[str]:
    return [item.ref for item in picture.items.values() if item.ref.startswith(f"{kind}/")]


def test_each_ordinal_has_its_pod_claim_and_volume(database: Cluster) -> None:
    picture = identity(database)
    assert refs(picture, "pod") == [f"pod/default/db-{n}" for n in range(4)]
    assert refs(picture, "persistentvolumeclaim") == [f"persistentvolumeclaim/default/data-db-{n}" for n in range(4)]
    assert len(refs(picture, "persistentvolume")) == 4
    for n in range(4):
        card = picture.items[f"card default/db {n}"]
        for name in (f"persistentvolumeclaim/default/data-db-{n}",):
            item = picture.items[name]
            assert abs(item.x - card.x) + item.w / 2 <= card.w / 2
            assert abs(item.y - card.y) + item.h / 2 <= card.h / 2


def test_a_claim_outlives_its_pod_and_keeps_its_volume(database: Cluster) -> None:
    before = identity(database)
    database.kubectl("scale statefulset/db --replicas=2")
    database.run_until_settled()
    picture = identity(database)
    assert refs(picture, "pod") == ["pod/default/db-0", "pod/default/db-1"]
    assert refs(picture, "persistentvolume") == refs(before, "persistentvolume")
    assert picture.items["card default/db 3"].classes == ("waiting",)
    for name in ("card default/db 0", "card default/db 3", "persistentvolumeclaim/default/data-db-3"):
        assert picture.items[name][2:6] == before.items[name][2:6]


def test_a_card_goes_with_its_last_claim(database: Cluster) -> None:
    database.kubectl("scale statefulset/db --replicas=3")
    database.run_until_settled()
    assert "card default/db 3" in identity(database).items
    database.kubectl("delete pvc data-db-3")
    database.run_until_settled()
    assert "card default/db 3" not in identity(database).items


def test_a_set_without_claims_still_has_places() -> None:
    cluster = Cluster()
    head, _, _ = DATABASE.partition("        volumeMounts")
    assert cluster.apply(head).exit == 0
    cluster.run_until_settled()
    picture = identity(cluster)
    assert len(refs(picture, "pod")) == 4
    assert not refs(picture, "persistentvolumeclaim")
    ElementTree.fromstring(graph_svg(picture))


def test_the_view_is_offered_once_there_is_a_stateful_set(database: Cluster) -> None:
    for cluster, offered in ((database, True), (Cluster(), False)):
        chronicle = Chronicle(cluster.log)
        chronicle.read()
        assert ("identity" in views_of(chronicle)) is offered
