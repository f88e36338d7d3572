"""Where a service's requests are sent through time, as the nodes' proxies know it.

References
----------
``pkg/proxy/topology.go CategorizeEndpoints @ v1.36``
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from k8snb.api.services import SERVICE_NAME
from k8snb.api.types.service import Endpoint, EndpointSlice, Service
from k8snb.machinery.log import Change, Log


class Target(NamedTuple):
    """A pod that requests are sent to: ``namespace/name``, uid and node."""

    pod: str
    uid: str
    node: str


class Routes:
    """The targets of one service at any moment; `follow` reads what is new in the log.

    Parameters
    ----------
    log
        The run to read.
    key
        The service, ``namespace/name``.
    delay_ms
        How long after a change of the endpoint slices the proxies know of it.
    """

    def __init__(self, log: Log, key: str, delay_ms: int) -> None:
        self.log = log
        self.key = key
        self.delay_ms = delay_ms
        self.since_ms: int | None = None  # when the service came to be
        self._namespace, _, self._name = key.partition("/")
        self._slices: dict[str, EndpointSlice] = {}
        self._times: list[int] = []
        self._targets: list[tuple[Target, ...]] = []
        self._read = 0

    def follow(self) -> None:
        """Read what is new."""
        for change in self.log.changes(self._read):
            if change.resource == "EndpointSlice":
                self._take(change)
            elif change.resource == "Service" and change.key == self.key and isinstance(change.new, Service):
                self.since_ms = change.time_ms if self.since_ms is None else self.since_ms
        self._read = len(self.log)

    def at(self, time_ms: int) -> tuple[Target, ...]:
        """The pods that a request of this moment may be sent to, each as likely as the others."""
        known = bisect_right(self._times, time_ms - self.delay_ms) - 1
        return self._targets[known] if known >= 0 else ()

    def _take(self, change: Change) -> None:
        slice_ = change.new if change.new is not None else change.old
        assert isinstance(slice_, EndpointSlice)
        if slice_.metadata.namespace != self._namespace:
            return
        if slice_.metadata.labels.get(SERVICE_NAME) != self._name:
            return
        if change.new is None:
            self._slices.pop(change.key, None)
        else:
            self._slices[change.key] = slice_
        self._put(change.time_ms, targets_of(self._slices))

    def _put(self, time_ms: int, targets: tuple[Target, ...]) -> None:
        """The targets from a moment on; within one millisecond the last ones count."""
        if self._times and self._times[-1] == time_ms:
            self._targets[-1] = targets
        else:
            self._times.append(time_ms)
            self._targets.append(targets)


def targets_of(slices: Mapping[str, EndpointSlice]) -> tuple[Target, ...]:
    """The ready endpoints; where there are none, those that still serve while they terminate."""
    endpoints = [e for key in sorted(slices) for e in slices[key].endpoints]
    ready = _pods(e for e in endpoints if e.conditions.ready is not False)
    return ready or _pods(e for e in endpoints if e.conditions.serving and e.conditions.terminating)


def _pods(endpoints: Iterable[Endpoint]) -> tuple[Target, ...]:
    """The pods behind endpoints, each once even if it has addresses of two families."""
    found = (
        Target(f"{e.target_ref.namespace}/{e.target_ref.name}", e.target_ref.uid, e.node_name or "")
        for e in endpoints
        if e.target_ref is not None and e.target_ref.kind == "Pod"
    )
    return tuple(dict.fromkeys(found))
