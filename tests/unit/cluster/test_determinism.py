"""Equal inputs and seeds give equal runs, in every process; a saved journal replays to the same run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from k8snb import Cluster, load_scenario, replay, scenario_of

STORY = """
from k8snb import Cluster
cluster = Cluster(3, seed={seed})
cluster.kubectl("create deployment web --image=nginx:1 --replicas=6")
cluster.kubectl("expose deployment web --port=80")
cluster.run(1.7)
cluster.kubectl("set image deployment/web nginx=nginx:2")
cluster.run(2)
cluster.fault(node="node-2", state="down")
cluster.kubectl("scale deployment/web --replicas=9")
cluster.run(20)
print(cluster.log.digest())
"""


def digest_of_process(seed: int, hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    run = subprocess.run(
        [sys.executable, "-c", STORY.format(seed=seed)], env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_two_processes_with_different_hash_seeds_agree() -> None:
    assert digest_of_process(7, "1") == digest_of_process(7, "4711")


def test_another_seed_is_another_run() -> None:
    assert digest_of_process(7, "1") != digest_of_process(8, "1")


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(3, seed=5)
    cluster.kubectl("create deployment web --image=nginx:1 --replicas=4")
    for _ in range(7):
        cluster.step()  # inputs also come between two events of one millisecond
    cluster.kubectl("set image deployment/web nginx=nginx:broken")
    cluster.run(3.21)
    cluster.kubectl("rollout undo deployment/web")
    cluster.run(9)
    cluster.kubectl("rollout status deployment/web --timeout=20s")
    cluster.fault(pod=cluster.pods["name"][0], state="exit", code=3)
    cluster.run(4)
    return cluster


def test_a_saved_journal_replays_to_the_same_digest(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "session.yaml"
    scenario_of(cluster).save(file)
    again = replay(load_scenario(file))
    assert (again.now, again.log.digest()) == (cluster.now, cluster.log.digest())


def test_a_fork_has_the_same_past_and_its_own_future(cluster: Cluster) -> None:
    branch = cluster.fork()
    assert branch.log.digest() == cluster.log.digest()
    branch.kubectl("scale deployment/web --replicas=1")
    branch.run(10)
    assert branch.get("deployment", "web").spec.replicas == 1
    assert cluster.get("deployment", "web").spec.replicas == 4


def test_a_fork_of_the_past_is_the_past(cluster: Cluster) -> None:
    moment = 2.5
    branch = cluster.fork(at=moment)
    assert branch.now == moment
    assert [e for e in branch.log.entries if e.time_ms <= 2500] == [e for e in cluster.log.entries if e.time_ms <= 2500]
