"""What is read from the log once can be asked for any moment."""

from __future__ import annotations

from k8snb.api.resources import BY_KIND
from k8snb.cluster import Cluster
from k8snb.picture.chronicle import Chronicle, Mark


def test_reading_piecewise_gives_what_reading_at_once_gives(blocked: Cluster) -> None:
    whole, pieces = Chronicle(blocked.log), Chronicle(blocked.log)
    whole.read()
    assert pieces.read()
    assert not pieces.read()
    blocked.kubectl("rollout undo deployment/web")
    for _ in range(20):
        blocked.run(0.5)
        pieces.read()
    whole.read()
    for moment in range(0, blocked.now_ms, 1700):
        ours = [(p.key, p.state(moment), p.places.at(moment)) for p in whole.pods_at(moment)]
        assert ours == [(p.key, p.state(moment), p.places.at(moment)) for p in pieces.pods_at(moment)]
    assert whole.change_times == pieces.change_times


def test_pods_at_a_moment_are_those_of_the_cluster_then(blocked: Cluster, chronicle: Chronicle) -> None:
    for moment in range(0, blocked.now_ms + 1, 900):
        view = blocked.at(moment / 1000)
        assert sorted(p.key for p in chronicle.pods_at(moment)) == [
            f"default/{p.metadata.name}" for p in view.list(BY_KIND["Pod"])
        ]


def test_no_two_pods_stand_in_one_place(chronicle: Chronicle) -> None:
    for moment in chronicle.change_times:
        places = [p.places.at(moment) for p in chronicle.pods_at(moment)]
        assert len(set(places)) == len(places)


def test_a_pod_keeps_its_place_while_it_is_bound(chronicle: Chronicle) -> None:
    for pod in chronicle.pods:
        boxes = [place.box for _, place in pod.places]
        assert len(boxes) <= 2
        assert boxes[-1].startswith("node-")


def test_revisions_are_numbered_in_order_of_creation(chronicle: Chronicle) -> None:
    first, second = chronicle.revisions.all()
    assert (first.index, first.images, second.index, second.images) == (0, ("nginx:1.25",), 1, ("nginx:broken",))
    assert {p.revision.index for p in chronicle.pods if p.revision} == {0, 1}


def test_marks_are_the_inputs_with_short_labels(blocked: Cluster, chronicle: Chronicle) -> None:
    blocked.kubectl("get pods")
    blocked.kubectl("rollout history deployment/web")
    chronicle.read()
    labels = [m.label for m in chronicle.marks if m.kind == "input"]
    assert labels == ["apply", "scale --replicas=6", "set image nginx=nginx:broken"]
    patch = 'patch deployment/web -p \'{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"0%"}}}}\''
    assert Mark(0, "input", patch, 0).label == "patch maxSurge=0%"


def test_a_fault_makes_a_node_silent_until_it_is_up(cluster: Cluster) -> None:
    chronicle = Chronicle(cluster.log)
    cluster.fault(node="node-2", state="down")
    down = cluster.now_ms
    cluster.run(2)
    cluster.fault(node="node-2", state="up")
    chronicle.read()
    assert chronicle.is_silent("node-2", down + 500)
    assert not chronicle.is_silent("node-2", down - 500)
    assert not chronicle.is_silent("node-2", cluster.now_ms)
    assert [m.kind for m in chronicle.marks] == ["input", "fault", "fault"]
