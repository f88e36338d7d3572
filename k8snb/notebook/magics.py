"""``%kubectl`` and ``%%apply``."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import line_cell_magic, line_magic, Magics, magics_class

from k8snb.cluster import Cluster
from k8snb.completion import complete_line
from k8snb.kubectl import Result

DEFAULT_NAME = "cluster"


@magics_class
class KubectlMagics(Magics):
    """Magics that talk to the notebook's cluster.

    That is the one chosen by ``%use_cluster``; else the variable ``cluster``; else the cluster (or the lab's cluster)
    that was assigned to a variable last; else a new one of three nodes, which becomes the variable ``cluster``.
    """

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._variables: dict[str, Any] = shell.user_ns
        self._chosen = ""

    def cluster(self) -> Cluster:
        """The cluster that the magics talk to."""
        variables = self._variables
        for name in (self._chosen, DEFAULT_NAME):
            found = _cluster_in(variables.get(name))
            if found is not None:
                return found
        known = [c for name, v in variables.items() if name[:1] != "_" and (c := _cluster_in(v)) is not None]
        if not known:
            variables[DEFAULT_NAME] = Cluster()
            return self.cluster()
        return known[-1]

    @line_magic
    def use_cluster(self, line: str) -> None:
        """Choose the variable whose cluster ``%kubectl`` and ``%%apply`` talk to: ``%use_cluster other``."""
        name = line.strip()
        if _cluster_in(self._variables.get(name)) is None:
            raise UsageError(f"%use_cluster: {name or 'nothing'} is no variable with a cluster")
        self._chosen = name

    @line_cell_magic
    def kubectl(self, line: str, cell: str | None = None) -> Result:
        """Run a kubectl line: ``%kubectl get pods``; a cell's body is what ``-f -`` reads."""
        return self.cluster().kubectl(line, stdin=cell or "")

    @line_cell_magic
    def apply(self, line: str, cell: str | None = None) -> Result:
        """Apply the manifest in the cell's body, ``%%apply``; or a file, ``%apply web.yaml``."""
        if cell is None:
            return self.cluster().kubectl(f"apply -f {line.strip() or '-'}")
        return self.cluster().kubectl(f"apply -f - {line.strip()}".strip(), stdin=cell)

    def complete(self, _shell: Any, event: Any) -> list[str]:
        """Complete a ``%kubectl`` line."""
        line = event.text_until_cursor.lstrip().removeprefix("%kubectl").lstrip()
        found = complete_line(line, self.cluster().server)
        word = line.rpartition(" ")[2]
        kept = word.rpartition("=")[0]  # IPython completes from the last = on
        return [choice[len(kept) + 1 :] for choice in found] if kept else found


def _cluster_in(value: Any) -> Cluster | None:
    """A cluster, or the cluster of a lab."""
    if isinstance(value, Cluster):
        return value
    inner = getattr(value, "cluster", None) if type(value).__module__.startswith("k8snb.") else None
    return inner if isinstance(inner, Cluster) else None
