"""What a cluster shows as tables, now."""

from __future__ import annotations

from importlib import import_module
from typing import Any, TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from k8snb.machinery.log import Log
    from k8snb.machinery.server import ApiServer


class ClusterTables:
    """A cluster's tables as DataFrames; pandas is imported when one is asked for."""

    if TYPE_CHECKING:

        @property
        def server(self) -> ApiServer:
            """The API server."""

        @property
        def log(self) -> Log:
            """Every input and every write, in order."""

    @property
    def pods(self) -> pd.DataFrame:
        """The pods, a row each."""
        table: pd.DataFrame = _tables().pods(self.server)
        return table

    @property
    def deployments(self) -> pd.DataFrame:
        """The deployments, a row each."""
        table: pd.DataFrame = _tables().deployments(self.server)
        return table

    @property
    def replicasets(self) -> pd.DataFrame:
        """The ReplicaSets, a row each."""
        table: pd.DataFrame = _tables().replicasets(self.server)
        return table

    @property
    def services(self) -> pd.DataFrame:
        """The services, a row each, with their endpoints by condition."""
        table: pd.DataFrame = _tables().services(self.server)
        return table

    @property
    def nodes(self) -> pd.DataFrame:
        """The nodes, a row each."""
        table: pd.DataFrame = _tables().nodes(self.server)
        return table

    @property
    def events(self) -> pd.DataFrame:
        """The events, a row each, in order of their last occurrence."""
        table: pd.DataFrame = _tables().events(self.server)
        return table

    @property
    def changes(self) -> pd.DataFrame:
        """Every write so far, a row each: time, actor, verb, object and the entry that led to it."""
        table: pd.DataFrame = _tables().changes(self.log)
        return table


def _tables() -> Any:
    """The tables, which need kubectl's printers and pandas, are imported when one is asked for."""
    return import_module("k8snb.tables")
