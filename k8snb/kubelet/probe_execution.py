"""Executing a probe: what the container answers, and how long that takes.

References
----------
``pkg/kubelet/prober/prober.go probe, runProbe @ v1.36``
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.types.containers import Probe
from k8snb.kubelet.commands import Command, command_of
from k8snb.kubelet.runtime import RunningContainer


class Answer(NamedTuple):
    """What a probe of a container finds: whether it passes, after how long, and whether that is its timeout."""

    container_id: str
    command: Command
    ok: bool
    takes_ms: int = 0
    late: bool = False


def execute_probe(probe: Probe, running: RunningContainer, breaks: bool) -> Answer:
    """Execute a probe in a container; `breaks`: it fails whatever the container does."""
    words = tuple(running.program.serve.split()) if probe.exec is None else probe.exec.command
    command = Command(0) if breaks else command_of(words)
    outcome, timeout_ms = command.execute(running.age_ms), max(probe.timeout_seconds, 1) * 1000
    if outcome.takes_ms > timeout_ms:
        return Answer(running.view.id, command, ok=False, takes_ms=timeout_ms, late=True)
    return Answer(running.view.id, command, outcome.ok, outcome.takes_ms)
