"""What the probes of a pod came to, by kind of probe and container.

References
----------
``pkg/kubelet/prober/results/results_manager.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable

LIVENESS, READINESS, STARTUP = "Liveness", "Readiness", "Startup"
SUCCESS, FAILURE, UNKNOWN = "success", "failure", "unknown"

INITIAL = {LIVENESS: SUCCESS, READINESS: FAILURE, STARTUP: UNKNOWN}


class ProbeResults:
    """The latest results; whoever needs to know is told when one changes.

    Parameters
    ----------
    changed
        Called with the kind of probe, the container's ID and the result.
    """

    def __init__(self, changed: Callable[[str, str, str], None]) -> None:
        self._changed = changed
        self._results: dict[tuple[str, str], str] = {}

    def get(self, kind: str, container_id: str) -> str | None:
        """The result of a container's probe, if there is one."""
        return self._results.get((kind, container_id))

    def set(self, kind: str, container_id: str, result: str) -> None:
        """A probe came to a result."""
        if self._results.get((kind, container_id)) != result:
            self._results[kind, container_id] = result
            self._changed(kind, container_id, result)

    def remove(self, kind: str, container_id: str) -> None:
        """The container is no longer probed."""
        self._results.pop((kind, container_id), None)
