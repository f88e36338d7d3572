"""A rollout to draw: three nodes in zones, a service, a deployment that grew and then got a broken image."""

from __future__ import annotations

import pytest

from k8snb.cluster import Cluster
from k8snb.picture.chronicle import Chronicle
from k8snb.widgets.manifests import THREE_ZONES, WEB


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(nodes=THREE_ZONES)
    assert cluster.apply(WEB).exit == 0
    cluster.run(8)
    return cluster


@pytest.fixture
def blocked(cluster: Cluster) -> Cluster:
    cluster.kubectl("scale deployment/web --replicas=6")
    cluster.run(8)
    cluster.kubectl("set image deployment/web nginx=nginx:broken")
    cluster.run(10)
    return cluster


@pytest.fixture
def chronicle(blocked: Cluster) -> Chronicle:
    chronicle = Chronicle(blocked.log)
    chronicle.read()
    return chronicle
