"""Annotations that no kubelet can read: what they say counts as not said, and the cluster runs on."""

import pytest

from k8snb import Cluster

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: batch, annotations: {k8snb.dev/run: "2", k8snb.dev/%s: "%s"}}
spec:
  restartPolicy: Never
  containers: [{name: main, image: busybox}]
"""


@pytest.mark.parametrize("text", ["x", "", "a:b;c", "1:2:3", "9" * 5000, "*:", ";", ","])
def test_an_unreadable_exit_code_is_zero(text: str) -> None:
    cluster = Cluster(1)
    assert cluster.apply(POD % ("exit", text)).exit == 0
    cluster.run(20)
    assert cluster.get("pod", "batch").status.phase == "Succeeded"


def test_the_readable_codes_beside_an_unreadable_one_count() -> None:
    cluster = Cluster(1)
    assert cluster.apply((POD % ("exit", "5, x")).replace("Never", "OnFailure")).exit == 0
    cluster.run(60)
    status = cluster.get("pod", "batch").status
    assert (status.phase, status.container_statuses[0].restart_count) == ("Succeeded", 1)


@pytest.mark.parametrize("text", ["x", "-3", "9" * 5000, "1.5"])
def test_an_unreadable_start_takes_the_default(text: str) -> None:
    cluster = Cluster(1)
    assert cluster.apply(POD % ("start", text)).exit == 0
    cluster.run(20)
    assert cluster.get("pod", "batch").status.phase == "Succeeded"
