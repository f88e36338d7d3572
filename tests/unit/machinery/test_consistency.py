"""A controller that has not seen its own last write waits for it."""

from __future__ import annotations

import pytest

from k8snb import Cluster
from k8snb.machinery.consistency import ConsistencyError, ConsistencyStore

AGENT = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  minReadySeconds: 2
  selector: {matchLabels: {app: agent}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 100%, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: agent}, annotations: {k8snb.dev/start: '2'}}
    spec: {containers: [{name: main, image: "agent:1"}]}
"""


def test_a_write_is_seen_a_moment_later() -> None:
    store = ConsistencyStore()
    store.ensure_ready("default/a", 5)
    store.wrote_at("default/a", 10)
    store.ensure_ready("default/b", 10)
    with pytest.raises(ConsistencyError):
        store.ensure_ready("default/a", 11)
    store.ensure_ready("default/a", 11)
    store.wrote_at("default/a", 20)
    store.ensure_ready("default/a", 25)


def test_pods_made_meanwhile_put_off_the_look_at_what_became_available() -> None:
    """Ready at 3.27 s, the pods would be seen to be available at 5.27 s; what an update makes at 4.5 s delays that."""
    cluster = Cluster(nodes=2)
    cluster.apply(AGENT)

    def available(seconds: float) -> int:
        cluster.run_until(seconds)
        return int(cluster.get("daemonset", "agent").status.number_available)

    assert available(4.5) == 0
    undisturbed = cluster.fork()
    undisturbed.run_until(5.4)
    assert undisturbed.get("daemonset", "agent").status.number_available == 2
    assert cluster.kubectl("set image daemonset/agent main=agent:2").exit == 0
    assert (available(5.9), available(6.6)) == (0, 2)
