"""Manifests of API versions that are gone: converted to today's, with what their version used to fill in.

Clusters of today refuse these versions; here they are accepted with a warning, so that older manifests still play.

References
----------
``pkg/apis/{extensions/v1beta1,apps/v1beta1,apps/v1beta2,policy/v1beta1}/{defaults,conversion}.go`` and
``staging/src/k8s.io/api/*/zz_generated.prerelease-lifecycle.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from k8snb.api.topology import HOSTNAME, ZONE

Body = dict[str, Any]

NO_LIMIT = 2**31 - 1  # said "never" where the field was left out
_MATCH_NONE = {
    "matchExpressions": [{"key": "pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match", "operator": "Exists"}]
}


class Converted(NamedTuple):
    """A document in today's version; ``warning`` says what it was converted to, and is empty when nothing was."""

    body: Body
    warning: str = ""


class _Life(NamedTuple):
    """Since when a version was deprecated and gone, and what takes its place."""

    deprecated: str
    removed: str
    version: str
    fill_in: Callable[[Body], Body]


def modernize(body: Mapping[str, Any]) -> Converted:
    """Convert a document of an old API version.

    Parameters
    ----------
    body
        A document; one of a version that exists today is returned as it is.

    Examples
    --------
    >>> old = {"apiVersion": "extensions/v1beta1", "kind": "ReplicaSet",
    ...        "spec": {"template": {"metadata": {"labels": {"app": "web"}}}}}
    >>> new, warning = modernize(old)
    >>> new["apiVersion"], new["spec"]["selector"]
    ('apps/v1', {'matchLabels': {'app': 'web'}})
    >>> warning
    'extensions/v1beta1 ReplicaSet is deprecated in v1.8+, unavailable in v1.16+; converted to apps/v1 ReplicaSet'
    """
    version, kind = body.get("apiVersion"), body.get("kind")
    life = _LIVES.get((version, kind)) if isinstance(version, str) and isinstance(kind, str) else None
    if life is None:
        return Converted(dict(body))
    new = life.fill_in({**body, "apiVersion": life.version})
    return Converted(
        new,
        f"{version} {kind} is deprecated in v{life.deprecated}+, unavailable in v{life.removed}+; "
        f"converted to {life.version} {kind}",
    )


def is_legacy(api_version: str, kind: str) -> bool:
    """Whether documents of this version are converted."""
    return (api_version, kind) in _LIVES


def _unchanged(body: Body) -> Body:
    return body


def _mapping(value: Any) -> Body:
    return dict(value) if isinstance(value, Mapping) else {}


def _with_spec(body: Body, **defaults: Any) -> Body:
    """The document with those fields of its spec filled in that it leaves out."""
    if not isinstance(body.get("spec"), Mapping):
        return body
    spec = dict(body["spec"])
    for name, value in defaults.items():
        if spec.get(name) is None:
            spec[name] = value
    return {**body, "spec": spec}


def _selector_from_template(body: Body) -> Body:
    """A workload without a selector selected by its template's labels, and one without labels bore those too."""
    template = _mapping(_mapping(body.get("spec")).get("template"))
    labels = _mapping(template.get("metadata")).get("labels")
    if not isinstance(labels, Mapping):
        return body
    body = _with_spec(body, selector={"matchLabels": dict(labels)})
    metadata = _mapping(body.get("metadata"))
    return body if metadata.get("labels") else {**body, "metadata": {**metadata, "labels": dict(labels)}}


def _without(body: Body, field: str) -> Body:
    """The document without a field of its spec that today's version does not know."""
    spec = body.get("spec")
    if not isinstance(spec, Mapping) or field not in spec:
        return body
    return {**body, "spec": {name: value for name, value in spec.items() if name != field}}


def _rolling_update_by_one(body: Body) -> Body:
    """``extensions/v1beta1`` replaced pods one by one, where today it is a quarter of them."""
    strategy = _mapping(_mapping(body.get("spec")).get("strategy"))
    if strategy.get("type", "RollingUpdate") != "RollingUpdate":
        return body
    rolling = {"maxUnavailable": 1, "maxSurge": 1}
    rolling.update({k: v for k, v in _mapping(strategy.get("rollingUpdate")).items() if v is not None})
    strategy = {**strategy, "type": "RollingUpdate", "rollingUpdate": rolling}
    return {**body, "spec": {**body["spec"], "strategy": strategy}} if isinstance(body.get("spec"), Mapping) else body


def _extensions_deployment(body: Body) -> Body:
    body = _rolling_update_by_one(_without(_selector_from_template(body), "rollbackTo"))
    return _with_spec(body, progressDeadlineSeconds=NO_LIMIT, revisionHistoryLimit=NO_LIMIT)


def _extensions_daemon_set(body: Body) -> Body:
    body = _without(_selector_from_template(body), "templateGeneration")
    return _update_strategy_on_delete(body)


def _apps_beta1_deployment(body: Body) -> Body:
    return _with_spec(_without(_selector_from_template(body), "rollbackTo"), revisionHistoryLimit=2)


def _apps_beta1_stateful_set(body: Body) -> Body:
    return _update_strategy_on_delete(_selector_from_template(body))


def _extensions_job(body: Body) -> Body:
    """Its ``autoSelector`` had to be asked for, where today one's own selector has: ``manualSelector``."""
    automatic = _mapping(body.get("spec")).get("autoSelector") is True
    body = _without(body, "autoSelector")
    return body if automatic else _with_spec(_selector_from_template(body), manualSelector=True)


def _update_strategy_on_delete(body: Body) -> Body:
    """The old versions waited for the user to delete the pods of the old template."""
    strategy = _mapping(_mapping(body.get("spec")).get("updateStrategy"))
    if strategy.get("type"):
        return body
    return _with_spec(_without(body, "updateStrategy"), updateStrategy={**strategy, "type": "OnDelete"})


def _budget(body: Body) -> Body:
    """An empty selector selected no pods; today it selects all."""
    if _mapping(body.get("spec")).get("selector") == {}:
        return {**body, "spec": {**body["spec"], "selector": _MATCH_NONE}}
    return body


def _endpoint_slice(body: Body) -> Body:
    """Node and zone stood in a map named topology."""
    endpoints = body.get("endpoints")
    if not isinstance(endpoints, list):
        return body
    return {**body, "endpoints": [_endpoint(e) if isinstance(e, Mapping) else e for e in endpoints]}


def _endpoint(endpoint: Mapping[str, Any]) -> Body:
    topology = dict(_mapping(endpoint.get("topology")))
    new = {name: value for name, value in endpoint.items() if name != "topology"}
    node, zone = topology.pop(HOSTNAME, None), topology.pop(ZONE, None)
    if node is not None:
        new.setdefault("nodeName", node)
    if zone is not None:
        new.setdefault("zone", zone)
    if topology:
        new["deprecatedTopology"] = topology
    return new


_LIVES: Mapping[tuple[str, str], _Life] = {
    ("extensions/v1beta1", "Deployment"): _Life("1.8", "1.16", "apps/v1", _extensions_deployment),
    ("extensions/v1beta1", "DaemonSet"): _Life("1.8", "1.16", "apps/v1", _extensions_daemon_set),
    ("extensions/v1beta1", "ReplicaSet"): _Life("1.8", "1.16", "apps/v1", _selector_from_template),
    ("extensions/v1beta1", "Job"): _Life("1.5", "1.6", "batch/v1", _extensions_job),
    ("apps/v1beta1", "Deployment"): _Life("1.8", "1.16", "apps/v1", _apps_beta1_deployment),
    ("apps/v1beta1", "StatefulSet"): _Life("1.8", "1.16", "apps/v1", _apps_beta1_stateful_set),
    ("apps/v1beta1", "ControllerRevision"): _Life("1.8", "1.16", "apps/v1", _unchanged),
    **{
        ("apps/v1beta2", kind): _Life("1.9", "1.16", "apps/v1", _unchanged)
        for kind in ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ControllerRevision")
    },
    ("batch/v2alpha1", "CronJob"): _Life("1.8", "1.21", "batch/v1", _unchanged),
    ("batch/v1beta1", "CronJob"): _Life("1.21", "1.25", "batch/v1", _unchanged),
    ("policy/v1beta1", "PodDisruptionBudget"): _Life("1.21", "1.25", "policy/v1", _budget),
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): _Life("1.21", "1.25", "discovery.k8s.io/v1", _endpoint_slice),
    ("scheduling.k8s.io/v1beta1", "PriorityClass"): _Life("1.14", "1.22", "scheduling.k8s.io/v1", _unchanged),
    ("storage.k8s.io/v1beta1", "StorageClass"): _Life("1.19", "1.22", "storage.k8s.io/v1", _unchanged),
    ("coordination.k8s.io/v1beta1", "Lease"): _Life("1.19", "1.22", "coordination.k8s.io/v1", _unchanged),
}
