"""What a probe has found lately, for people to read."""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.types.containers import Probe

PROBED, DELAYED, BEFORE_STARTUP, NOT_RUNNING, ON_HOLD, STOPPED = (
    "probed",
    "delayed",  # the initial delay is not over
    "before startup",  # the startup probe has not passed yet
    "not running",
    "on hold",  # it has its result until the container is started anew
    "stopped",
)


class ProbeReport(NamedTuple):
    """One probe of one container.

    Parameters
    ----------
    kind
        ``Liveness``, ``Readiness`` or ``Startup``.
    state
        Whether it is executed now, or what it waits for.
    last, run, last_ms
        What it found last (``success``, ``failure`` or nothing yet), how often in a row, and when.
    next_ms
        When it is executed next; None: not before something else happens.
    result
        What the kubelet goes by, which changes only with so many finds in a row.
    """

    container: str
    kind: str
    probe: Probe
    state: str
    last: str
    run: int
    last_ms: int | None
    next_ms: int | None
    result: str | None
