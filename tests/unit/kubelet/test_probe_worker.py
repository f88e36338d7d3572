"""Probes that take their time: when a worker looks again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from k8snb.api.types.event import Event
from k8snb.cluster import Cluster


def failed_ms(command: str, **fields: Any) -> list[int]:
    """When a liveness probe was said to have failed, in milliseconds since its first look."""
    cluster = Cluster(nodes=1, exact=True)
    probe = {"exec": {"command": command.split()}, "periodSeconds": 1, **fields}
    container = {"name": "c", "image": "app:1", "livenessProbe": probe}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [container]}}
    assert cluster.apply(json.dumps(manifest) + "\n").exit == 0
    cluster.run(15)
    events = [(c.time_ms, c.new) for c in cluster.log.changes(0) if isinstance(c.new, Event)]
    times = [time_ms for time_ms, event in events if event.reason == "Unhealthy"]
    return [time_ms - times[0] for time_ms in times]


@pytest.mark.parametrize(
    ("period", "timeout", "expected"),
    [
        (1, 1, [0, 1_000, 2_000, 3_000]),
        (3, 1, [0, 3_000, 6_000, 9_000]),
        (1, 2, [0, 2_000, 4_000, 6_000]),  # of the ticks that came meanwhile only one counts
        (2, 3, [0, 3_000, 6_000, 9_000]),
    ],
)
def test_a_tick_that_comes_while_an_answer_is_awaited_is_made_up_for(
    period: int, timeout: int, expected: list[int]
) -> None:
    fields = {"periodSeconds": period, "timeoutSeconds": timeout, "failureThreshold": 4}
    assert failed_ms("sleep 30", **fields)[:4] == expected
