"""A run as a story: who did what, moment by moment."""

from __future__ import annotations

import pytest

from k8snb.cluster import Cluster
from k8snb.story import moments, tell_story


@pytest.fixture(scope="module")
def rollout() -> list[str]:
    cluster = Cluster(nodes=3, annotated=True)
    outputs = [
        str(cluster.kubectl("create deployment web --image=nginx:1 --replicas=4")),
        str(cluster.kubectl("expose deployment web --port=80")),
    ]
    cluster.run_until_settled()
    outputs.append(str(cluster.kubectl("set image deployment/web nginx=nginx:broken")))
    cluster.run(seconds=5)
    cluster.fault(node="node-2", state="down")
    outputs.append(str(cluster.kubectl("cordon node-1")))
    return list(tell_story(cluster.log, outputs))


@pytest.mark.parametrize(
    "words",
    [
        "you: kubectl create deployment web --image=nginx:1 --replicas=4",
        "| deployment.apps/web created",
        "user: creates deployment/web with 4 replicas",
        "replicaset-controller: creates 4 pods (web-",
        "default-scheduler: binds ",
        "Running and ready",
        "deployment-controller: deployment/web is Available=True: MinimumReplicasAvailable",
        "endpoint-slice-controller: endpoints of service/web: 4 ready",
        "user: changes the template of deployment/web (image nginx:broken)",
        "deployment-controller: scales replicaset/web-",
        "ErrImagePull",
        "you: node node-2 down",
    ],
)
def test_tells(words: str, rollout: list[str]) -> None:
    assert any(words in line for line in rollout)


def test_times_never_go_back(rollout: list[str]) -> None:
    times = [float(line[:8]) for line in rollout if line[:8].strip()]
    assert times == sorted(times)


def test_every_output_stands_under_its_command(rollout: list[str]) -> None:
    commands = [i for i, line in enumerate(rollout) if "you: kubectl" in line]
    assert ["|" in rollout[i + 1] for i in commands] == [True] * 4


def test_what_a_cluster_begins_with_is_no_story() -> None:
    (moment,) = moments(Cluster(nodes=2).log)
    assert [deed.subject for deed in moment.deeds] == ["node/node-1", "node/node-2"]
