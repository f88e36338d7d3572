"""How jobs end beside the straight way: on silent nodes, deleted or suspended while they run, or waiting in vain."""

from __future__ import annotations

import pytest

from k8snb import Cluster

JOB = """
apiVersion: batch/v1
kind: Job
metadata: {{name: batch}}
spec:
  {spec}
  template:
    metadata:
      labels: {{app: batch}}
      annotations: {{k8snb.dev/run: "{run}", k8snb.dev/exit: "{codes}", k8snb.dev/stop: "3"}}
    spec:
      restartPolicy: Never
      containers: [{{name: work, image: busybox}}]
"""


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(nodes=3, seed=1)


def start(cluster: Cluster, spec: str, run: str = "600", codes: str = "0") -> None:
    """Apply the job."""
    done = cluster.apply(JOB.format(spec=spec, run=run, codes=codes))
    assert done.exit == 0, done.stderr


def status(cluster: Cluster, *fields: str) -> list[str]:
    """Fields of the job's status as text; empty where absent."""
    return [cluster.kubectl(f"get job batch -o jsonpath={{.status.{field}}}").stdout for field in fields]


def test_a_pod_evicted_from_a_silent_node_failed_when_it_fell_silent(cluster: Cluster) -> None:
    start(cluster, "parallelism: 3\n  completions: 3")
    cluster.run(seconds=6)
    cluster.fault(node="node-1", state="down")
    cluster.run(seconds=349)
    assert status(cluster, "active", "failed") == ["3", ""]
    # The pod has not been ready for five minutes, so that nothing is left of the ten seconds that its successor waits.
    cluster.run(seconds=6)
    assert status(cluster, "active", "failed", "terminating") == ["3", "1", "1"]


def test_pods_of_a_job_that_is_deleted_in_the_foreground_go_uncounted(cluster: Cluster) -> None:
    start(cluster, "parallelism: 2")
    cluster.run(seconds=6)
    cluster.kubectl("delete job batch --cascade=foreground --wait=false")
    cluster.run(seconds=2)
    assert status(cluster, "active", "failed", "terminating") == ["", "", "2"]
    cluster.run(seconds=3)
    assert cluster.kubectl("get pods,jobs").stdout == ""


def test_an_index_that_waits_lets_the_job_say_that_none_is_active(cluster: Cluster) -> None:
    spec = "parallelism: 2\n  completions: 3\n  completionMode: Indexed\n  backoffLimitPerIndex: 1"
    start(cluster, spec, run="6", codes="1:1,0;*:0")
    cluster.run(seconds=11.9)  # at 8 s one index succeeded and one failed; the third began at 9 s
    assert status(cluster, "active", "ready", "completedIndexes") == ["", "0", "0"]
    cluster.run(seconds=4)  # it became ready, which cannot be said while none is active
    assert status(cluster, "active", "ready") == ["", "0"]
    cluster.run(seconds=12)
    assert status(cluster, "succeeded", "failed", "failedIndexes") == ["3", "1", ""]


def test_a_suspended_job_counts_no_pod_and_its_deadline_begins_anew(cluster: Cluster) -> None:
    start(cluster, "parallelism: 2\n  activeDeadlineSeconds: 10")
    cluster.run(seconds=6)
    cluster.kubectl("""patch job batch --type=merge -p '{"spec": {"suspend": true}}'""")
    cluster.run(seconds=30)
    assert status(cluster, "active", "failed", "startTime") == ["", "", ""]
    cluster.kubectl("""patch job batch --type=merge -p '{"spec": {"suspend": false}}'""")
    cluster.run(seconds=9)
    assert status(cluster, "active", "failed") == ["2", ""]
    cluster.run(seconds=6)
    assert status(cluster, "active", "failed") == ["", "2"]
    assert "DeadlineExceeded" in cluster.kubectl("describe job batch").stdout
