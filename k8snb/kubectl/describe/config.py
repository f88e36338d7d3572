"""Namespaces, configuration, accounts, quotas and priorities.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go describeNamespace, describeQuota, describeLimitRange,
describeSecret, ConfigMapDescriber, describeServiceAccount, describePriorityClass @ v1.36``
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from k8snb.api import quantity
from k8snb.api.types.config import ConfigMap, Namespace, PriorityClass, Secret, ServiceAccount
from k8snb.api.types.quota import LimitRange, LimitRangeSpec, ResourceQuota
from k8snb.kubectl.ages import rfc1123z
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import describe_events
from k8snb.kubectl.describe.metadata import go_bool, labels_and_annotations, name_and_namespace
from k8snb.kubectl.describe.writer import Writer
from k8snb.kubectl.printers.table import format_labels

_SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. "
    "These pods have a limited lifespan on a node before being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. "
    "These pods usually include long running pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. "
    "These pods have a best effort quality of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. "
    "These pods have a burstable or guaranteed quality of service.",
}
_LIMIT_COLUMNS = "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"
_LIMIT_RULE = "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"


def describe_namespace(w: Writer, context: Context, obj: Namespace) -> None:
    """Write everything about a namespace, with its quotas and limits."""
    w.field(0, "Name", obj.metadata.name)
    labels_and_annotations(w, obj.metadata)
    w.field(0, "Status", obj.status.phase)
    if obj.status.conditions:
        w.write(0, "Conditions:\n")
        w.write(1, "Type\tStatus\tLastTransitionTime\tReason\tMessage\n")
        w.write(1, "----\t------\t------------------\t------\t-------\n")
    for c in obj.status.conditions:
        w.write(1, f"{c.type}\t{c.status}\t{rfc1123z(c.last_transition_time)}\t{c.reason}\t{c.message}\n")
    w.write(0, "\n")
    _quotas(w, context.list(ResourceQuota, obj.metadata.name))
    w.write(0, "\n")
    _limit_ranges(w, context.list(LimitRange, obj.metadata.name))


def _quotas(w: Writer, quotas: Sequence[ResourceQuota]) -> None:
    w.write(0, "Resource Quotas\n" if quotas else "No resource quota.\n")
    for quota in sorted(quotas, key=lambda q: q.metadata.name):
        w.field(1, "Name", quota.metadata.name)
        _scopes(w, quota, 1, "* ")
        w.write(1, "Resource\tUsed\tHard\n")
        w.write(1, "--------\t---\t---\n")
        for name in sorted(quota.status.hard):
            w.write(1, f"{name}\t{quota.status.used.get(name, '0')}\t{quota.status.hard[name]}\n")


def _scopes(w: Writer, quota: ResourceQuota, level: int, bullet: str) -> None:
    scopes = sorted(quota.spec.scopes)
    if scopes:
        w.field(level, "Scopes", ", ".join(scopes))
    for scope in scopes:
        if scope in _SCOPES:
            w.write(level, f"{bullet}{_SCOPES[scope]}\n")


def _limit_ranges(w: Writer, limit_ranges: Sequence[LimitRange]) -> None:
    if not limit_ranges:
        w.write(0, "No LimitRange resource.\n")
        return
    w.write(0, f"Resource Limits\n {_LIMIT_COLUMNS}\n")
    w.write(0, f" {_LIMIT_RULE}\n")
    for limit_range in limit_ranges:
        _limits(w, limit_range.spec, " ")


def _limits(w: Writer, spec: LimitRangeSpec, prefix: str) -> None:
    for item in spec.limits:
        columns = (item.min, item.max, item.default_request, item.default, item.max_limit_request_ratio)
        for name in sorted({name for column in columns for name in column}):
            values = "\t".join(column.get(name, "-") for column in columns)
            w.write(0, f"{prefix}{item.type}\t{name}\t{values}\n")


def describe_limit_range(w: Writer, _context: Context, obj: LimitRange) -> None:
    """Write everything about a limit range."""
    name_and_namespace(w, obj.metadata)
    w.write(0, f"{_LIMIT_COLUMNS}\n{_LIMIT_RULE}\n")
    _limits(w, obj.spec, "")


def describe_quota(w: Writer, _context: Context, obj: ResourceQuota) -> None:
    """Write everything about a quota."""
    name_and_namespace(w, obj.metadata)
    _scopes(w, obj, 0, " * ")
    w.write(0, "Resource\tUsed\tHard\n")
    w.write(0, "--------\t----\t----\n")
    for name in sorted(obj.status.hard):
        hard = obj.status.hard[name]
        w.write(0, f"{name}\t{_in_style(obj.status.used, name, hard)}\t{hard}\n")


def _in_style(used: Mapping[str, str], name: str, hard: str) -> str:
    """What is used, with the kind of suffix that the limit has."""
    amount = used.get(name, "0")
    if _binary(amount) == _binary(hard):
        return amount
    return quantity.with_style(quantity.number_of(str(quantity.value(amount))), hard)


def _binary(text: str) -> bool:
    return text.endswith("i")


def describe_secret(w: Writer, _context: Context, obj: Secret) -> None:
    """Write everything about a secret but its values."""
    name_and_namespace(w, obj.metadata)
    labels_and_annotations(w, obj.metadata)
    w.write(0, f"\nType:\t{obj.type}\n")
    w.write(0, "\nData\n====\n")
    for key in sorted(obj.data):
        value = decode_base64(obj.data[key])
        if key == "token" and obj.type == "kubernetes.io/service-account-token":
            w.field(0, key, value.decode(errors="replace"))
        else:
            w.field(0, key, f"{len(value)} bytes")


def decode_base64(text: str) -> bytes:
    """The bytes that a stored value stands for."""
    return base64.b64decode(text)


def describe_config_map(w: Writer, context: Context, obj: ConfigMap) -> None:
    """Write everything about a config map."""
    name_and_namespace(w, obj.metadata)
    labels_and_annotations(w, obj.metadata)
    w.write(0, "\nData\n====\n")
    for key in sorted(obj.data):
        w.write(0, f"{key}:\n----\n")
        w.write(0, f"{obj.data[key]}\n")
        w.write(0, "\n")
    w.write(0, "\nBinaryData\n====\n")
    for key in sorted(obj.binary_data):
        w.write(0, f"{key}: {len(decode_base64(obj.binary_data[key]))} bytes\n")
    w.write(0, "\n")
    describe_events(w, context, "ConfigMap", obj.metadata)


def describe_service_account(w: Writer, context: Context, obj: ServiceAccount) -> None:
    """Write everything about a service account."""
    name_and_namespace(w, obj.metadata)
    labels_and_annotations(w, obj.metadata)
    title = "Image pull secrets:"
    for i, secret in enumerate(obj.image_pull_secrets):
        w.write(0, f"{' ' * len(title) if i else title}\t{secret.name}\n")
    if not obj.image_pull_secrets:
        w.write(0, f"{title}\t<none>\n")
    describe_events(w, context, "ServiceAccount", obj.metadata)


def describe_priority_class(w: Writer, context: Context, obj: PriorityClass) -> None:
    """Write everything about a priority class."""
    w.field(0, "Name", obj.metadata.name)
    w.field(0, "Value", obj.value)
    w.field(0, "GlobalDefault", go_bool(obj.global_default))
    w.field(0, "PreemptionPolicy", obj.preemption_policy or "")
    w.field(0, "Description", obj.description)
    w.field(0, "Annotations", format_labels(obj.metadata.annotations))
    describe_events(w, context, "PriorityClass", obj.metadata)
