"""Documents of API versions that are gone, converted to today's."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.legacy import is_legacy, modernize, NO_LIMIT
from k8snb.api.resources import BY_KIND
from k8snb.cluster import Cluster

LABELS = {"app": "web"}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
OLD = [
    ("extensions/v1beta1", "Deployment", "apps/v1"),
    ("extensions/v1beta1", "DaemonSet", "apps/v1"),
    ("extensions/v1beta1", "ReplicaSet", "apps/v1"),
    ("extensions/v1beta1", "Job", "batch/v1"),
    ("apps/v1beta1", "Deployment", "apps/v1"),
    ("apps/v1beta1", "StatefulSet", "apps/v1"),
    ("apps/v1beta2", "Deployment", "apps/v1"),
    ("apps/v1beta2", "DaemonSet", "apps/v1"),
    ("apps/v1beta2", "ReplicaSet", "apps/v1"),
    ("apps/v1beta2", "StatefulSet", "apps/v1"),
    ("batch/v1beta1", "CronJob", "batch/v1"),
    ("batch/v2alpha1", "CronJob", "batch/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", "policy/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"),
]


def document(version: str, kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": spec}


@pytest.mark.parametrize(("version", "kind", "today"), OLD)
def test_every_old_version_becomes_todays(version: str, kind: str, today: str) -> None:
    assert is_legacy(version, kind)
    new, warning = modernize({"apiVersion": version, "kind": kind, "metadata": {"name": "web"}})
    assert (new["apiVersion"], new["kind"], BY_KIND[kind].api_version) == (today, kind, today)
    assert warning.startswith(f"{version} {kind} is deprecated in v1.")
    assert warning.endswith(f"; converted to {today} {kind}")


@pytest.mark.parametrize(
    "body",
    [
        document("apps/v1", "Deployment", template=TEMPLATE),
        document("v1", "Pod"),
        document("extensions/v1beta1", "Gadget"),
        {"apiVersion": 5, "kind": ["Deployment"]},
        {},
    ],
)
def test_everything_else_stays_as_it_is(body: dict[str, Any]) -> None:
    assert modernize(body) == (body, "")


@pytest.mark.parametrize(
    ("version", "kind"), [(v, k) for v, k, _ in OLD if v in ("extensions/v1beta1", "apps/v1beta1")]
)
def test_a_missing_selector_comes_from_the_template(version: str, kind: str) -> None:
    old = document(version, kind, template=TEMPLATE)
    before = copy.deepcopy(old)
    new = modernize(old).body
    assert new["spec"]["selector"] == {"matchLabels": LABELS}
    assert new["metadata"]["labels"] == LABELS
    assert old == before
    from_dict(BY_KIND[kind].cls, new)
    own = modernize(document(version, kind, template=TEMPLATE, selector={"matchLabels": {"a": "b"}})).body
    assert own["spec"]["selector"] == {"matchLabels": {"a": "b"}}


def test_an_old_job_selects_its_pods_itself_unless_it_asks_for_a_selector() -> None:
    own = {"matchLabels": {"a": "b"}}
    manual = modernize(document("extensions/v1beta1", "Job", template=TEMPLATE, selector=own)).body["spec"]
    assert (manual["manualSelector"], manual["selector"]) == (True, own)
    missing = modernize(document("extensions/v1beta1", "Job", template=TEMPLATE)).body["spec"]
    assert (missing["manualSelector"], missing["selector"]) == (True, {"matchLabels": LABELS})
    automatic = modernize(document("extensions/v1beta1", "Job", template=TEMPLATE, autoSelector=True)).body["spec"]
    assert automatic == {"template": TEMPLATE}


def test_apps_v1beta2_asks_for_a_selector_as_today() -> None:
    assert "selector" not in modernize(document("apps/v1beta2", "Deployment", template=TEMPLATE)).body["spec"]


def test_old_defaults_of_a_deployment() -> None:
    spec = modernize(document("extensions/v1beta1", "Deployment", template=TEMPLATE, rollbackTo={"revision": 1})).body[
        "spec"
    ]
    assert spec["progressDeadlineSeconds"] == spec["revisionHistoryLimit"] == NO_LIMIT
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}}
    assert "rollbackTo" not in spec
    spec = modernize(document("apps/v1beta1", "Deployment", template=TEMPLATE)).body["spec"]
    assert (spec["revisionHistoryLimit"], "strategy" in spec) == (2, False)


def test_values_of_the_document_win_over_old_defaults() -> None:
    strategy = {"rollingUpdate": {"maxSurge": 3}}
    old = document("extensions/v1beta1", "Deployment", template=TEMPLATE, strategy=strategy, revisionHistoryLimit=5)
    spec = modernize(old).body["spec"]
    assert spec["revisionHistoryLimit"] == 5
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 1, "maxSurge": 3}
    recreate = document("extensions/v1beta1", "Deployment", template=TEMPLATE, strategy={"type": "Recreate"})
    assert modernize(recreate).body["spec"]["strategy"] == {"type": "Recreate"}


@pytest.mark.parametrize(("version", "kind"), [("extensions/v1beta1", "DaemonSet"), ("apps/v1beta1", "StatefulSet")])
def test_sets_waited_for_the_user_to_delete_old_pods(version: str, kind: str) -> None:
    assert modernize(document(version, kind, template=TEMPLATE)).body["spec"]["updateStrategy"] == {"type": "OnDelete"}
    rolling = document(version, kind, template=TEMPLATE, updateStrategy={"type": "RollingUpdate"})
    assert modernize(rolling).body["spec"]["updateStrategy"] == {"type": "RollingUpdate"}


def test_an_empty_selector_of_a_budget_selected_nothing() -> None:
    selector = modernize(document("policy/v1beta1", "PodDisruptionBudget", selector={})).body["spec"]["selector"]
    assert [e["operator"] for e in selector["matchExpressions"]] == ["Exists"]
    kept = document("policy/v1beta1", "PodDisruptionBudget", selector={"matchLabels": LABELS})
    assert modernize(kept).body["spec"] == kept["spec"]


def test_topology_of_an_endpoint() -> None:
    topology = {"kubernetes.io/hostname": "node-1", "topology.kubernetes.io/zone": "a", "other": "x"}
    old = {"apiVersion": "discovery.k8s.io/v1beta1", "kind": "EndpointSlice", "endpoints": [{"topology": topology}]}
    assert modernize(old).body["endpoints"] == [
        {"nodeName": "node-1", "zone": "a", "deprecatedTopology": {"other": "x"}}
    ]


@pytest.mark.parametrize("odd", [None, 5, "text", [], {"template": 5}, {"template": {"metadata": {"labels": [1]}}}])
def test_documents_of_a_wrong_shape_are_left_to_the_server(odd: Any) -> None:
    for version, kind, today in OLD:
        body = {"apiVersion": version, "kind": kind, "metadata": odd, "spec": odd, "endpoints": odd}
        assert modernize(body).body["apiVersion"] == today


def test_kubectl_warns_or_refuses_as_told() -> None:
    old = "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n"
    old += "    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, image: nginx}]}\n"
    result = Cluster(nodes=1).kubectl("apply -f -", old)
    assert (result.exit, result.stdout) == (0, "deployment.apps/web created\n")
    assert result.stderr == (
        "Warning: extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; "
        "converted to apps/v1 Deployment\n"
    )
    refused = Cluster(nodes=1, legacy_versions=False).kubectl("apply -f -", old)
    assert refused.exit == 1
    assert 'no matches for kind "Deployment" in version "extensions/v1beta1"' in refused.stderr
