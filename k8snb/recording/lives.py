"""Lives of pods: every change of what a watch shows of a pod, with its time, in the form of the recordings.

A track is a list of ``[second, value]``: the phase, whether the pod is there, three conditions, and of each container
its state, restarts, readiness, whether it has started, and how it ended last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from k8snb.api.types.event import Event
from k8snb.api.types.pod import Pod
from k8snb.api.types.pod_status import ContainerStatus
from k8snb.cluster import Cluster
from k8snb.machinery.log import Change
from k8snb.recording.play import load_named, write_recording
from k8snb.scenario import Player, Scenario

COUNTED = ("Created", "Started", "Killing", "Pulled", "Pulling")
CONDITIONS = ("Initialized", "Ready", "ContainersReady")
BY_KUBELET = "kubelet"

_CONTAINER = re.compile(r"\{(.*)\}")
_TIME = re.compile(r"\b\d+(?:\.\d+)?(?:ms|s)\b")
_UID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def record_lives(scenario: Scenario) -> dict[str, Any]:
    """Play a scenario with a kubelet that takes no time of its own, and record the lives of its pods.

    Returns
    -------
    dict
        ``scenario``, ``until``, ``pods`` (tracks by name), ``events`` (numbers by pod, reason and container),
        ``messages`` and ``kubectl``, as the recordings have them.
    """
    spec = {**scenario.spec, "kubelet": "exact"}
    spec.setdefault("missingImages", ["*broken*"])
    player = Player(scenario._replace(spec=spec), step_ms=0)
    player.play()
    events = list(_events(player.cluster))
    rows = [{"at": step.at, "command": step.command, "exit": step.result.exit} for step in player.results]
    return {
        "scenario": scenario.name,
        "until": scenario.until,
        "kubectl": rows,
        "pods": tracks(player.cluster),
        "events": _counts(events),
        "messages": _messages(events),
    }


def record_lives_file(source: Path, folder: Path) -> Path:
    """Play the scenario of a file and write its recording into a folder."""
    return write_recording(record_lives(load_named(source)), folder)


# -- tracks


def tracks(cluster: Cluster) -> dict[str, dict[str, list[list[Any]]]]:
    """The tracks of all pods of a cluster so far, by name."""
    found: dict[str, dict[str, list[list[Any]]]] = {}
    for change in cluster.log.changes(0):
        if change.resource == "Pod":
            of_pod = found.setdefault(change.key.rpartition("/")[2], {})
            for track, value in _values(change):
                values = of_pod.setdefault(track, [])
                if not values or values[-1][1] != value:
                    values.append([round(change.time_ms / 1000, 1), value])
    return found


def _values(change: Change) -> Iterator[tuple[str, Any]]:
    """What a pod shows after a change, by track."""
    pod = change.new
    if pod is None:
        yield "life", "gone"
        return
    assert isinstance(pod, Pod)
    status = pod.status
    yield "phase", " ".join(filter(None, (status.phase, status.reason)))
    yield "life", "alive" if pod.metadata.deletion_timestamp is None else "terminating"
    conditions = {c.type: c for c in status.conditions}
    for type_ in CONDITIONS:
        condition = conditions.get(type_)
        yield type_, "-" if condition is None else " ".join(filter(None, (condition.status, condition.reason)))
    for container in (*status.init_container_statuses, *status.container_statuses):
        yield f"{container.name} state", _state(container)
        yield f"{container.name} restarts", container.restart_count
        yield f"{container.name} ready", container.ready
        yield f"{container.name} started", bool(container.started)
        last = container.last_state.terminated
        if last is not None:
            yield f"{container.name} last", f"{last.reason} {last.exit_code}"


def _state(status: ContainerStatus) -> str:
    state = status.state
    if state.terminated is not None:
        return f"terminated {state.terminated.reason} {state.terminated.exit_code}"
    if state.waiting is not None:
        return f"waiting {state.waiting.reason}"
    return "running"


# -- events


def _events(cluster: Cluster) -> Iterator[Event]:
    """The last version of every event that a kubelet wrote about a pod."""
    latest: dict[str, Event] = {}
    for change in cluster.log.changes(0):
        if change.resource == "Event" and isinstance(change.new, Event):
            latest[change.key] = change.new
    for event in latest.values():
        if event.involved_object.kind == "Pod" and event.source.component == BY_KUBELET:
            yield event


def _counts(events: list[Event]) -> dict[str, int | str]:
    counts: Counter[str] = Counter()
    for event in events:
        container = _CONTAINER.search(event.involved_object.field_path)
        words = (event.involved_object.name, event.reason, container[1] if container else "")
        counts[" ".join(filter(None, words))] += event.count
    return {key: count if key.split()[1] in COUNTED else "some" for key, count in sorted(counts.items())}


def _messages(events: list[Event]) -> list[str]:
    """The events' words, without the times and UIDs in them."""
    found = {f"{e.involved_object.name} {e.type} {e.reason}: {_normal(e.message)}" for e in events}
    return sorted(found)


def _normal(message: str) -> str:
    if message.startswith("Successfully pulled"):
        message = _TIME.sub("<time>", message)
    return _UID.sub("<uid>", message)
