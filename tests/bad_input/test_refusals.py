"""The mistakes people make, one by one: each refused in the words a control plane or kubectl uses, changing nothing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml
from refusals import check_words, refused_line, refused_manifest, WEB

from k8snb import Cluster
from k8snb.nodes import NodeDescriptionError

NEW: dict[str, Any] = {**yaml.safe_load(WEB), "metadata": {"name": "new"}}


def changed(path: str, value: Any, body: dict[str, Any] = NEW) -> dict[str, Any]:
    """The deployment with one value, at a path of keys, put in or replaced."""
    body = deepcopy(body)
    *way, last = path.split(".")
    inner: Any = body
    for key in way:
        inner = inner[int(key)] if key.isdigit() else inner.setdefault(key, {})
    inner[last] = value
    return body


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("kind: Deployment\n  metadata: [\n", "mapping values are not allowed"),
        ("a: b: c\n", "line 1"),
        ("{\n", "unexpected end of JSON input"),
        ("", "no objects passed to apply"),
        ("---\n---\n", "no objects passed to apply"),
        ("just a text\n", "invalid object to validate"),
        ("kind: Deployment\nmetadata: {name: a}\n", "apiVersion not set"),
        ("apiVersion: apps/v1\nmetadata: {name: a}\n", "kind not set"),
        ({**NEW, "kind": "Deploymint"}, 'no matches for kind "Deploymint" in version "apps/v1"'),
        ({**NEW, "apiVersion": "apps/v9"}, 'no matches for kind "Deployment" in version "apps/v9"'),
        (changed("spec.replica", 2), 'unknown field "spec.replica"'),
        (changed("spec.replicas", -1), "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (changed("spec.replicas", "two"), "cannot unmarshal string"),
        (changed("spec.replicas", 2**31), "cannot unmarshal number 2147483648"),
        (changed("spec.replicas", 1.5), "cannot unmarshal number 1.5"),
        (changed("spec.template", []), "cannot unmarshal array"),
        (changed("spec.selector.matchLabels.app", "other"), "`selector` does not match template `labels`"),
        (changed("spec.template.spec.containers", []), "spec.template.spec.containers: Required value"),
        (changed("spec.template.spec.containers.0.name", "No_Good"), "a lowercase RFC 1123 label must consist of"),
        (changed("metadata.name", "A"), "a lowercase RFC 1123 subdomain must consist of"),
        (changed("metadata.namespace", "nowhere"), 'namespaces "nowhere" not found'),
        (changed("spec.strategy", {"type": "Sideways"}), 'supported values: "Recreate", "RollingUpdate"'),
        (
            changed("spec.strategy.rollingUpdate", {"maxSurge": 0, "maxUnavailable": 0}),
            "may not be 0 when `maxSurge` is 0",
        ),
        (changed("spec.strategy.rollingUpdate.maxUnavailable", "150%"), "must not be greater than 100%"),
        (changed("spec.progressDeadlineSeconds", 0), "must be greater than minReadySeconds"),
        (changed("metadata.name", "web", changed("spec.selector.matchLabels.tier", "x")), "does not match template"),
    ],
)
def test_manifests(cluster: Cluster, manifest: Any, words: str) -> None:
    assert words in refused_manifest(cluster, manifest)


def test_a_selector_never_changes(cluster: Cluster) -> None:
    other = changed("metadata.name", "web", changed("spec.selector", {"matchLabels": {"app": "other"}}))
    other["spec"]["template"]["metadata"] = {"labels": {"app": "other"}}
    assert "field is immutable" in refused_manifest(cluster, other)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("frobnicate", 'unknown command "frobnicate" for "kubectl"'),
        ("get podz", 'the server doesn\'t have a resource type "podz"'),
        ("get pod missing", 'pods "missing" not found'),
        ("get pods --sideways", "unknown flag: --sideways"),
        ("get pods -o sideways", 'unable to match a printer suitable for the output format "sideways"'),
        ("get pods -n nowhere missing", 'namespaces "nowhere" not found'),
        ("get 'pods", "a quotation does not end"),
        ("scale deployment web", "required flag"),
        ("scale deployment web --replicas=two", 'invalid argument "two" for "--replicas" flag'),
        ("scale deployment web --replicas=-3", "The --replicas=COUNT flag is required"),
        ("scale deployment web --replicas=99999999999999999999", "value out of range"),
        ("scale deployment missing --replicas=1", 'deployments.apps "missing" not found'),
        ("rollout undo deployment/web --to-revision=99", "unable to find specified revision 99 in history"),
        ("rollout pause pod/solo", 'pods "solo" pausing is not supported'),
        ("set image deployment/web nope=nginx:2", 'unable to find container named "nope"'),
        ("delete deployment missing", 'deployments.apps "missing" not found'),
        ("delete", "You must provide one or more resources"),
        ("label pod solo", "at least one label update is required"),
        ("cordon nowhere", 'nodes "nowhere" not found'),
        ("patch deployment web -p '{'", "unexpected end of JSON input"),
    ],
)
def test_command_lines(cluster: Cluster, line: str, words: str) -> None:
    assert words in refused_line(cluster, line)


def test_a_manifest_of_ten_megabytes_is_refused(cluster: Cluster) -> None:
    huge = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "huge"}, "data": {"a": "x" * 10_000_000}}
    assert "Request entity too large: limit is 3145728" in refused_manifest(cluster, huge)


def test_objects_after_a_wrong_one_are_still_applied(cluster: Cluster) -> None:
    """As kubectl does: each object for itself, and the exit tells that one failed."""
    right = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "right"}}
    result = cluster.apply(yaml.safe_dump_all([changed("spec.replicas", -1), right]))
    check_words(result)
    assert (result.exit, result.stdout) == (1, "configmap/right created\n")
    assert cluster.kubectl("get deployments -o name").stdout == "deployment.apps/web\n"


@pytest.mark.parametrize("nodes", [-1, "three", 1.5])
def test_a_cluster_of_an_impossible_size(nodes: Any) -> None:
    with pytest.raises(NodeDescriptionError, match="nodes"):
        Cluster(nodes)
