"""What followed from an input, as text and as a picture."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree

import pytest

from k8snb.cluster import Cluster
from k8snb.errors import K8snbError
from k8snb.machinery.log import Input
from k8snb.picture.trace import Trace, trace_of
from k8snb.widgets.manifests import AGENT, DATABASE, FIVE_NODES, WORK


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster(nodes=2, seed=5)
    cluster.kubectl("create service clusterip web --tcp=80:80")
    cluster.run_until_settled()
    cluster.kubectl("create deployment web --image=nginx:1.25 --replicas=2")
    cluster.run_until_settled()
    return cluster


def assert_is_a_chain(cluster: Cluster, trace: Trace) -> None:
    """Every write leads back to the input."""
    for change in trace.writes:
        assert list(cluster.log.causes(change.seq))[-1] == trace.input
        assert change.resource not in ("Event", "Lease")


def test_a_chain_leads_from_the_command_to_the_kubelets(cluster: Cluster) -> None:
    trace = trace_of(cluster)
    assert trace.input.text == "create deployment web --image=nginx:1.25 --replicas=2"
    assert trace.actors == [
        "user",
        "deployment-controller",
        "replicaset-controller",
        "default-scheduler",
        "endpoint-slice-controller",
        "kubelet node-1",
        "kubelet node-2",
    ]
    assert_is_a_chain(cluster, trace)
    assert len(trace.by("kubelet")) == len(trace.by("kubelet node-1")) + len(trace.by("kubelet node-2"))
    assert [change.resource for change in trace.by("user")] == ["Deployment"]


def test_inputs_are_numbered_and_those_that_changed_nothing_do_not_count(cluster: Cluster) -> None:
    cluster.kubectl("get pods")
    cluster.kubectl("scale deployment/web --replicas=-1")
    assert trace_of(cluster) == trace_of(cluster, 1)
    assert trace_of(cluster, 0).input.text.startswith("create service")
    for number in (2, -3):
        with pytest.raises(K8snbError, match="2 inputs changed something"):
            trace_of(cluster, number)


def test_words_say_what_was_written(cluster: Cluster) -> None:
    text = str(trace_of(cluster))
    for words in ("create ReplicaSet", "bind Pod", "→ node-1", "Pod is ready", "2 of 2 ready"):
        assert words in text
    cluster.kubectl("scale deployment/web --replicas=1")
    cluster.run_until_settled()
    text = str(trace_of(cluster))
    for words in ("change Deployment replicas: 1", "change ReplicaSet replicas: 1", "delete Pod", "remove Pod"):
        assert words in text


def test_a_fault_has_a_trace(cluster: Cluster) -> None:
    cluster.fault(pod=cluster.pods["name"].iloc[0], state="unready")
    cluster.run(5)
    trace = trace_of(cluster)
    assert trace.deeds()[0].words == "fault"
    assert "Pod is not ready" in str(trace)


@pytest.mark.parametrize("manifest", [DATABASE, AGENT, WORK])
def test_every_kind_can_be_drawn(manifest: str) -> None:
    cluster = Cluster(nodes=FIVE_NODES)
    cluster.apply(manifest)
    cluster.run_until_settled()
    trace = trace_of(cluster)
    assert_is_a_chain(cluster, trace)
    text = "".join(ElementTree.fromstring(trace.svg()).itertext())
    assert "control plane" in text
    assert "workers" in text
    assert len(trace.deeds()) == len(trace.writes) + 1


def test_boxes_do_not_overlap(cluster: Cluster) -> None:
    trace = trace_of(cluster)
    root = ElementTree.fromstring(trace.svg())
    boxes = [r for r in root.iter("{http://www.w3.org/2000/svg}rect") if r.get("rx") == "6"]
    tops = [float(r.get("y", "0")) for r in boxes]
    assert len(boxes) == len(trace.deeds())
    assert all(later - earlier >= 36 for earlier, later in itertools.pairwise(tops))
    assert isinstance(trace.input, Input)


def test_without_an_input_nothing_followed() -> None:
    with pytest.raises(K8snbError, match="no input of this cluster has changed anything yet"):
        trace_of(Cluster(nodes=1))
