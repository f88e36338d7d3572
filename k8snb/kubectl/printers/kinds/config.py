"""The tables of namespaces, configuration, accounts, quotas and priorities.

References
----------
``pkg/printers/internalversion/printers.go printNamespace, printConfigMap, printSecret, printServiceAccount,
printResourceQuota, printPriorityClass @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.schema import KubernetesObject
from k8snb.api.timestamps import format_time
from k8snb.api.types.config import ConfigMap, Namespace, PriorityClass, Secret, ServiceAccount
from k8snb.api.types.quota import LimitRange, ResourceQuota
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, kind_table, KindTable


def _namespace(obj: Namespace, now_ms: int) -> tuple[Cell, ...]:
    return obj.metadata.name, obj.status.phase, since(obj.metadata.creation_timestamp, now_ms)


def _config_map(obj: ConfigMap, now_ms: int) -> tuple[Cell, ...]:
    return obj.metadata.name, len(obj.data) + len(obj.binary_data), since(obj.metadata.creation_timestamp, now_ms)


def _secret(obj: Secret, now_ms: int) -> tuple[Cell, ...]:
    return obj.metadata.name, obj.type, len(obj.data), since(obj.metadata.creation_timestamp, now_ms)


def _service_account(obj: ServiceAccount, now_ms: int) -> tuple[Cell, ...]:
    return obj.metadata.name, since(obj.metadata.creation_timestamp, now_ms)


def _resource_quota(obj: ResourceQuota, now_ms: int) -> tuple[Cell, ...]:
    requests: list[str] = []
    limits: list[str] = []
    for name in sorted(obj.status.hard):
        used = f"{name}: {obj.status.used.get(name, '0')}/{obj.status.hard[name]}"
        (limits if name.startswith("limits.") else requests).append(used)
    return obj.metadata.name, ", ".join(requests), ", ".join(limits), since(obj.metadata.creation_timestamp, now_ms)


def _limit_range(obj: LimitRange, _now_ms: int) -> tuple[Cell, ...]:
    """The server has no table for these but the one of any kind."""
    created = obj.metadata.creation_timestamp
    return obj.metadata.name, format_time(created) if created is not None else ""


def _priority_class(obj: PriorityClass, now_ms: int) -> tuple[Cell, ...]:
    age = since(obj.metadata.creation_timestamp, now_ms)
    return obj.metadata.name, obj.value, obj.global_default, age, obj.preemption_policy or ""


TABLES: Mapping[type[KubernetesObject], KindTable] = {
    Namespace: kind_table("Name|Status|Age", _namespace),
    ConfigMap: kind_table("Name|Data|Age", _config_map),
    Secret: kind_table("Name|Type|Data|Age", _secret),
    ServiceAccount: kind_table("Name|Age", _service_account),
    LimitRange: kind_table("Name|Created At", _limit_range),
    ResourceQuota: kind_table("Name|Request|Limit|Age", _resource_quota),
    PriorityClass: kind_table("Name|Value|Global-Default|Age|PreemptionPolicy", _priority_class),
}
