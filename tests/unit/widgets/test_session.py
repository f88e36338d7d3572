"""The shared state of a lab's parts."""

from __future__ import annotations

import threading

import pytest

from k8snb.cluster import Cluster
from k8snb.widgets.references import Reference
from k8snb.widgets.session import Session


def test_all_parts_of_a_cluster_share_one_session(cluster: Cluster) -> None:
    assert Session.of(cluster) is Session.of(cluster)
    assert Session.of(Session.of(cluster)) is Session.of(cluster)
    assert Session.of(Cluster()) is not Session.of(cluster)


def test_the_past_reads_and_refuses_to_be_changed(cluster: Cluster) -> None:
    session = Session.of(cluster)
    session.seek(500)
    before = cluster.log.digest()
    assert "0/1" in session.kubectl("get pods").stdout
    for line in (
        "scale deployment/web --replicas=1",
        "delete pod --all",
        "create deployment x --image=y",
        "apply -f -",
    ):
        result = session.kubectl(line)
        assert result.exit == 1
        assert result.stderr.startswith(("error", "Error"))
    assert "branch here" in session.kubectl("scale deployment/web --replicas=1").stderr
    assert cluster.log.digest() == before
    session.seek(cluster.now_ms + 5000)
    assert not session.in_past
    assert session.kubectl("scale deployment/web --replicas=1").exit == 0


def test_a_branch_goes_its_own_way(cluster: Cluster) -> None:
    session = Session.of(cluster)
    session.seek(4000)
    session.branch()
    branch = session.cluster
    assert branch is not cluster
    assert branch.now_ms == 4000
    assert Session.of(branch) is session
    session.kubectl("scale deployment/web --replicas=1")
    session.run(10)
    assert len(session.chronicle.pods_at(session.now_ms)) == 1
    session.leave_branch()
    assert session.cluster is cluster
    assert len(session.chronicle.pods_at(session.now_ms)) == 4
    session.leave_branch()
    assert session.cluster is cluster


def test_changes_can_be_walked_through_both_ways(cluster: Cluster) -> None:
    session = Session.of(cluster)
    times = [t for t in session.chronicle.change_times if t < session.now_ms]
    session.previous_change()
    assert session.moment_ms == times[-1]
    session.previous_change()
    assert session.moment_ms == times[-2]
    session.next_change()
    assert session.moment_ms == times[-1]
    session.seek(0)
    session.previous_change()
    assert session.moment_ms == 0


def test_next_change_in_the_present_lets_time_pass(cluster: Cluster) -> None:
    session = Session.of(cluster)
    cluster.run_until_settled()
    session.next_change()
    assert "settled" in session.status
    session.kubectl("scale deployment/web --replicas=5")
    seen = []
    while "settled" not in session.status:
        session.next_change()
        seen.append(session.status)
    assert any("pod/web-" in words and "created" in words for words in seen)
    assert not any("lease" in words for words in seen)


def test_a_step_says_what_it_was(cluster: Cluster) -> None:
    session = Session.of(cluster)
    session.kubectl("scale deployment/web --replicas=5")
    session.step()
    assert session.status


def test_listeners_hear_of_every_change_until_they_are_forgotten(cluster: Cluster) -> None:
    session, heard = Session.of(cluster), []

    def listener() -> None:
        heard.append(session.moment_ms)

    session.listen(listener)
    session.run(1)
    session.seek(100)
    session.select("node/node-1")
    session.select("node/node-1")
    assert len(heard) == 3
    session.forget(listener)
    session.run(1)
    assert len(heard) == 3


def test_faults_are_answered_in_words(cluster: Cluster) -> None:
    session = Session.of(cluster)
    assert session.fault(node="node-9", state="down").stderr == 'nodes "node-9" not found\n'
    assert session.fault(node="node-1", state="down").exit == 0
    assert [a.result.exit for a in session.answers] == [1, 0]


def test_the_workload_stays_chosen_while_others_come(cluster: Cluster) -> None:
    session = Session.of(cluster)
    cluster.kubectl("create deployment a-first --image=nginx")
    session.refresh()
    assert session.subject is not None
    assert session.subject.title == "deployment/web"
    session.follow("Deployment", "default/a-first")
    assert session.subject.title == "deployment/a-first"


def test_threads_do_not_disturb_each_other(cluster: Cluster) -> None:
    session = Session.of(cluster)
    errors: list[BaseException] = []

    def act(number: int) -> None:
        try:
            for step in range(15):
                session.kubectl(f"scale deployment/web --replicas={(number + step) % 5}")
                session.run(0.3)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=act, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(30):
        cluster.run(0.1)
    for thread in threads:
        thread.join()
    assert not errors
    cluster.run_until_settled()
    session.refresh()
    deployment = cluster.get("deployment", "web")
    assert len(session.chronicle.pods_at(session.now_ms)) == deployment.spec.replicas


@pytest.mark.parametrize(
    ("selection", "shown", "why"),
    [
        ("pod/default/web-x", "pod/web-x", "pod/web-x"),
        ("pod/shop/web-x", "pod/web-x in shop", "shop:pod/web-x"),
        ("node/node-1", "node/node-1", "node/node-1"),
    ],
)
def test_references(selection: str, shown: str, why: str) -> None:
    reference = Reference.read(selection)
    assert reference is not None
    assert (str(reference), reference.for_why, reference.selection) == (shown, why, selection)


@pytest.mark.parametrize("selection", ["", "pod", "pod/", "nonsense/x"])
def test_references_to_nothing(selection: str) -> None:
    assert Reference.read(selection) is None
