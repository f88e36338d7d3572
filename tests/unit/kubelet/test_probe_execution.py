"""What a probe finds, and after how long."""

from __future__ import annotations

import pytest

from k8snb.api.types.containers import ExecAction, HTTPGetAction, Probe
from k8snb.kubelet.probe_execution import execute_probe
from k8snb.kubelet.program import Program
from k8snb.kubelet.runtime import PodRuntime, RunningContainer
from k8snb.kubelet.service_times import ServiceTimes
from k8snb.sim.loop import Loop


def container(serve: str = "true") -> RunningContainer:
    """A container that has been running for 5 s."""
    loop = Loop()
    running = PodRuntime(loop, "uid", ServiceTimes(), lambda: None).start("c", "app:1", 0, Program(serve=serve))
    loop.run_until(5_000)
    return running


@pytest.mark.parametrize(
    ("command", "ok", "takes_ms", "late"),
    [
        ("true", True, 0, False),
        ("false", False, 0, False),
        ("ok-after 5", True, 0, False),
        ("ok-after 6", False, 0, False),
        ("fail-between 4 5", True, 0, False),
        ("fail-between 5 6", False, 0, False),
        ("sleep 2", True, 2_000, False),
        ("sleep 3", False, 2_000, True),
    ],
)
def test_a_command_is_executed_for_no_longer_than_the_timeout(
    command: str, ok: bool, takes_ms: int, late: bool
) -> None:
    probe = Probe(exec=ExecAction(command=tuple(command.split())), timeout_seconds=2)
    answer = execute_probe(probe, container(), breaks=False)
    assert (answer.ok, answer.takes_ms, answer.late) == (ok, takes_ms, late)


def test_other_probes_find_what_the_program_serves() -> None:
    probe = Probe(http_get=HTTPGetAction(port=80), timeout_seconds=1)
    assert execute_probe(probe, container("ok-after 4"), breaks=False).ok
    assert not execute_probe(probe, container("ok-after 9"), breaks=False).ok


def test_a_broken_probe_fails_whatever_the_container_does() -> None:
    probe = Probe(exec=ExecAction(command=("sleep", "3")), timeout_seconds=1)
    answer = execute_probe(probe, container(), breaks=True)
    assert (answer.ok, answer.takes_ms, answer.late) == (False, 0, False)
