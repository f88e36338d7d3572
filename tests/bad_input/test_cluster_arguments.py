"""What is asked of a Cluster in Python: nodes, times, faults and names that cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from refusals import changes, tables

from k8snb import Cluster
from k8snb.errors import AlreadyExists, K8snbError, NotFound
from k8snb.nodes import NodeDescriptionError


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        (-1, "nodes: -1 is no number of nodes"),
        (True, "nodes: True is no number of nodes"),
        (2.5, "nodes: 2.5 is neither a number nor a list of descriptions"),
        ("three", "nodes: 'three' is neither a number nor a list of descriptions"),
        (None, "nodes: None is neither a number nor a list of descriptions"),
        ({"name": "a"}, "nodes: dict is neither a number nor a list of descriptions"),
        (10**9, "nodes: at most 100000 nodes can be asked for at once"),
        ([5], "nodes: 5 is no description of a node"),
        ([{"nope": 1}], "nodes: unknown field 'nope'; known are name, count, cpu"),
        ([{"name": 5}], "nodes: name: 5 is no text"),
        (
            [{"name": "A b"}],
            'nodes: metadata.name: Invalid value: "A b": a lowercase RFC 1123 subdomain',
        ),
        ([{"name": "\ud800"}], 'nodes: metadata.name: Invalid value: "\ufffd"'),
        ([{"count": "x"}], "nodes: count: 'x' is no number of nodes"),
        ([{"count": -1}], "nodes: count: -1 is no number of nodes"),
        ([{"count": 1.5}], "nodes: count: 1.5 is no number of nodes"),
        (
            [{"cpu": "lots"}],
            "nodes: cpu: 'lots': quantities must match the regular expression",
        ),
        (
            [{"cpu": -1}],
            'nodes: status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0',
        ),
        (
            [{"pods": 1.5}],
            'nodes: status.capacity.pods: Invalid value: "1500m": must be an integer',
        ),
        ([{"memory": float("nan")}], "nodes: memory: 'nan': quantities must match"),
        ([{"labels": 5}], "nodes: labels: 5 are no labels"),
        (
            [{"labels": {"a": 1}}],
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels",
        ),
        (
            [{"labels": {"a": "b c"}}],
            'nodes: metadata.labels: Invalid value: "b c": a valid label must be',
        ),
        ([{"zone": "a b"}], 'nodes: metadata.labels: Invalid value: "a b"'),
        (
            [{"taints": "a=b:NoSchedule"}],
            "nodes: taints: 'a=b:NoSchedule' is no list of taints",
        ),
        ([{"taints": ["a"]}], "nodes: taints: 'a' is not key=value:Effect"),
        (
            [{"taints": ["a=b:Nope"]}],
            'Unsupported value: "Nope": supported values: "NoSchedule"',
        ),
        ([{"taints": [{"key": "a"}]}], "metadata.taints[0].effect: Required value"),
        (
            [{"taints": [{"key": "a", "effect": "NoSchedule", "x": 1}]}],
            'unknown field "spec.taints[0].x"',
        ),
    ],
)
def test_nodes(nodes: Any, words: str) -> None:
    with pytest.raises(NodeDescriptionError) as error:
        Cluster(nodes)
    assert words in str(error.value)


def test_two_nodes_of_one_name() -> None:
    with pytest.raises(AlreadyExists, match='nodes "a" already exists'):
        Cluster([{"name": "a"}, {"name": "a"}])


@pytest.mark.parametrize("seed", ["x", None, 1.5, True])
def test_seeds(seed: Any) -> None:
    with pytest.raises(K8snbError, match="is no integer"):
        Cluster(1, seed=seed)


@pytest.mark.parametrize("patterns", ["nginx", None, [1], 5])
def test_missing_images(patterns: Any) -> None:
    with pytest.raises(K8snbError, match="is no list of patterns"):
        Cluster(1, missing_images=patterns)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "-1 is negative"),
        (float("nan"), "nan is no number of seconds"),
        (float("inf"), "the number is more than 100000000"),
        (10**400, "the number is more than 100000000"),
        (1e300, "is more than 100000000"),
        ("5", "'5' is no number of seconds"),
        (True, "True is no number of seconds"),
    ],
)
def test_times(cluster: Cluster, seconds: Any, words: str) -> None:
    before, now = len(cluster.log), cluster.now
    for ask in (
        cluster.run,
        cluster.run_until,
        cluster.run_until_settled,
        cluster.at,
        cluster.fork,
        lambda timeout: cluster.run_until(lambda: False, timeout),
        lambda at: cluster.why("deployment/web", at),
    ):
        with pytest.raises(K8snbError) as error:
            ask(seconds)
        assert words in str(error.value)
    assert (len(cluster.log), cluster.now) == (before, now)


def test_the_future_is_not_known(cluster: Cluster) -> None:
    for ask in (cluster.at, cluster.fork):
        with pytest.raises(K8snbError, match="11 s is not in the past: the cluster is at 10 s"):
            ask(11)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"state": "down"}, "a fault names one node, one pod or one registry"),
        (
            {"node": "node-1", "pod": "solo", "state": "down"},
            "a fault names one node, one pod or one registry",
        ),
        ({"node": "nope", "state": "down"}, 'nodes "nope" not found'),
        (
            {"node": "node-1", "state": "ready"},
            "state: 'ready' is none of down, up, add",
        ),
        ({"node": "node-1", "state": None}, "state: None is none of down, up, add"),
        ({"node": 5, "state": "down"}, "node: 5 is no name"),
        ({"node": "node-1", "state": "add"}, 'nodes "node-1" already exists'),
        ({"node": "A b", "state": "add"}, 'Invalid value: "A b"'),
        (
            {"node": "new", "state": "add", "spec": {"cpu": "lots"}},
            "nodes: cpu: 'lots'",
        ),
        (
            {"node": "new", "state": "add", "spec": {"nope": 1}},
            "nodes: unknown field 'nope'",
        ),
        (
            {"node": "new", "state": "add", "spec": {"count": 2}},
            "one node is added at a time",
        ),
        (
            {"node": "new", "state": "add", "spec": 5},
            "spec: describes a node that is added",
        ),
        (
            {"node": "node-1", "state": "down", "spec": {"cpu": 1}},
            "spec: describes a node that is added",
        ),
        ({"pod": "nope", "state": "ready"}, 'pods "nope" not found'),
        ({"pod": "nowhere/solo", "state": "ready"}, 'pods "solo" not found'),
        (
            {"pod": "solo", "state": "down"},
            "state: 'down' is none of unready, ready, failing, passing, exit",
        ),
        (
            {"pod": "solo", "state": "exit", "code": -1},
            "code: -1 is no exit code from 0 to 255",
        ),
        (
            {"pod": "solo", "state": "exit", "code": "1"},
            "code: '1' is no exit code from 0 to 255",
        ),
        (
            {"pod": "solo", "state": "exit", "code": 10**30},
            "is no exit code from 0 to 255",
        ),
        ({"pod": "solo", "state": "exit", "container": "nope"}, "container nope is not valid for pod solo"),
        ({"pod": "solo", "state": "exit", "container": 5}, "container: 5 is no name"),
        ({"pod": "solo", "state": "unready", "container": "c"}, "container: only an exit can be of one container"),
    ],
)
def test_faults(cluster: Cluster, fault: dict[str, Any], words: str) -> None:
    before, journal, stored = changes(cluster), len(cluster.journal), tables(cluster)
    with pytest.raises(K8snbError) as error:
        cluster.fault(**fault)
    assert words in str(error.value)
    assert (changes(cluster), len(cluster.journal)) == (before, journal)
    assert tables(cluster) == stored


def test_names_of_what_is_not_there(cluster: Cluster) -> None:
    with pytest.raises(K8snbError, match='doesn\'t have a resource type "nope"'):
        cluster.get("nope", "web")
    with pytest.raises(NotFound, match=r'deployments\.apps "nope" not found'):
        cluster.get("deployment", "nope")
    with pytest.raises(NotFound, match=r'deployments\.apps "web" not found'):
        cluster.get("deployment", "web", "nowhere")
    with pytest.raises(K8snbError, match="'web' names no object"):
        cluster.why("web")
    with pytest.raises(NotFound, match='pods "nope" not found'):
        cluster.why("pod/nope")
    assert "not found" in cluster.delete("pod/nope").stderr
    assert "a quotation does not end" in cluster.delete("pod/'").stderr


def test_a_step_limit(cluster: Cluster) -> None:
    assert cluster.kubectl("scale deployment web --replicas=50").exit == 0
    with pytest.raises(K8snbError, match="more than 3 steps"):
        cluster.run(10, max_steps=3)
