"""When a rollout that stands still is found to be late."""

from __future__ import annotations

import pytest

from k8snb.cluster import Cluster

MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  progressDeadlineSeconds: 6
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {k8snb.dev/start: "1", k8snb.dev/ready: "%d"}
    spec: {containers: [{name: nginx, image: "nginx:1"}]}
"""


def late_at_ms(ready_seconds: int) -> int:
    """When the deployment is timed out whose second new pod finds no node.

    The rollout begins at 8.5 s, and its first pod is ready `ready_seconds` after 9 s.
    """
    cluster = Cluster(nodes=2, annotated=True)
    cluster.run_until(0.5)
    cluster.apply(MANIFEST % ready_seconds)
    cluster.run_until(8.5)
    cluster.kubectl("set image deployment/web nginx=nginx:2")
    cluster.run_until(9.1)
    cluster.kubectl("cordon node-1 node-2")
    cluster.run_until(40)
    changes = (c for c in cluster.log.changes(0) if c.resource == "Deployment" and c.new is not None)
    return next(c.time_ms for c in changes if "ProgressDeadlineExceeded" in [x.reason for x in c.new.status.conditions])


@pytest.mark.parametrize(
    ("ready_seconds", "late_seconds"),
    [
        # Progress at 8 s makes the controller look at 15 s. Of progress at 10 s the deadline is 16 s: less than a
        # second away by then, so that it keeps looking.
        (1, 16),
        # Of progress at 11 s it is 17 s, far enough for a look at 18 s.
        (2, 18),
        (3, 19),
    ],
)
def test_the_look_that_an_earlier_step_asked_for_decides(ready_seconds: int, late_seconds: int) -> None:
    assert late_at_ms(ready_seconds) // 1000 == late_seconds


def test_a_deadline_that_does_not_matter_any_more_keeps_nobody_waiting() -> None:
    cluster = Cluster(nodes=2, annotated=True)
    cluster.apply(MANIFEST % 1)
    cluster.run_until_settled()
    assert cluster.now < 5
