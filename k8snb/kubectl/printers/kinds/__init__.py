"""The tables of all kinds.

References
----------
``pkg/printers/internalversion/printers.go AddHandlers @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping

from k8snb.api.schema import KubernetesObject
from k8snb.kubectl.printers.kinds import batch, config, events, nodes, pods, scales, services, storage, workloads
from k8snb.kubectl.printers.table import DEFAULT_TABLE, KindTable

TABLES: Mapping[type[KubernetesObject], KindTable] = {
    **pods.TABLES,
    **workloads.TABLES,
    **batch.TABLES,
    **services.TABLES,
    **nodes.TABLES,
    **config.TABLES,
    **storage.TABLES,
    **events.TABLES,
    **scales.TABLES,
}


def table_of(cls: type[KubernetesObject]) -> KindTable:
    """The table of a kind; name and age where it has none of its own."""
    return TABLES.get(cls, DEFAULT_TABLE)
