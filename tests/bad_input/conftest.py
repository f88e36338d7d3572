"""A small cluster in which something runs already."""

from __future__ import annotations

import pytest
from refusals import WEB

from k8snb import Cluster


@pytest.fixture
def cluster() -> Cluster:
    """Two nodes with a deployment of two pods, a pod and a service, ten seconds old."""
    cluster = Cluster(2)
    assert cluster.apply(WEB).exit == 0
    assert cluster.kubectl("run solo --image=nginx").exit == 0
    assert cluster.kubectl("expose deployment web --port=80").exit == 0
    cluster.run(10)
    return cluster
