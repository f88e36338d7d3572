"""The table of scales.

References
----------
``pkg/printers/internalversion/printers.go printScale @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.scales import Scale
from k8snb.api.schema import KubernetesObject
from k8snb.kubectl.ages import since
from k8snb.kubectl.printers.table import Cell, kind_table, KindTable


def _scale(obj: Scale, now_ms: int) -> tuple[Cell, ...]:
    age = since(obj.metadata.creation_timestamp, now_ms)
    return obj.metadata.name, obj.spec.replicas, obj.status.replicas, age


TABLES: Mapping[type[KubernetesObject], KindTable] = {Scale: kind_table("Name|Desired|Available|Age", _scale)}
