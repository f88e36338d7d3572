"""Judges a run against a recording: whether the simulator went through the same states, second for second.

Both sides are recordings: what `k8snb.recording.play.record` gives, and what a real control plane did. What counts:

* the sequence of distinct states, each of them beginning within the tolerance of the recorded second;
* a service's endpoints, wherever they have been at rest for three seconds on both sides;
* how often each event occurred over the whole run, pods' own events left out;
* of every kubectl step whether it succeeded, and in a transcript what it printed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

State = Mapping[str, Mapping[str, Any]]

AT_REST_SECONDS = 3
SHOWN_OBJECTS = 3
NOTHING: tuple[Any, ...] = (None, 0, "", [], {})  # says the same as a field that is not there
# Which of these a rollout shows is a matter of milliseconds: every sync of a deployment may replace one by another.
UNDER_WAY = ("NewReplicaSetCreated", "FoundNewReplicaSet", "ReplicaSetUpdated")
_DAEMON_NODE = re.compile(r"^(daemonset/\S+) @\S+")


class Rules(NamedTuple):
    """How strictly a scenario is judged.

    Parameters
    ----------
    tolerance
        By how many seconds a state may begin earlier or later.
    any_node
        Which node a daemon of which revision runs on is arbitrary.
    only_transcript
        Nothing but kubectl's output and success counts.
    """

    tolerance: int = 1
    any_node: bool = False
    only_transcript: bool = False


DEFAULT_RULES = Rules()


class Judgement(NamedTuple):
    """What differs, in sentences (nothing: it matches), and in what share of the seconds both were in one state."""

    differences: tuple[str, ...]
    agreement: float


class Phase(NamedTuple):
    """A state and the second in which it began."""

    second: int
    state: dict[str, dict[str, Any]]


def rules_of(spec: Mapping[str, Any]) -> Rules:
    """The rules that a scenario's ``spec`` sets.

    Examples
    --------
    >>> rules_of({"tolerance": 7, "anyNode": True})
    Rules(tolerance=7, any_node=True, only_transcript=False)
    """
    return Rules(int(spec.get("tolerance", 1)), bool(spec.get("anyNode")), bool(spec.get("onlyTranscript")))


def judge(recorded: Mapping[str, Any], simulated: Mapping[str, Any], rules: Rules = DEFAULT_RULES) -> Judgement:
    """Compare a simulated recording with a real one.

    Parameters
    ----------
    recorded, simulated
        With ``frames`` and ``kubectl``, as the recordings have them.
    rules
        The scenario's own.
    """
    wanted, given = recorded["frames"], simulated["frames"]
    real, ours = phases(wanted, rules.any_node), phases(given, rules.any_node)
    until = max(frames[-1]["t"] if frames else 0 for frames in (wanted, given))
    found: list[str] = []
    if not rules.only_transcript:
        found.extend(_first(_phase_differences(real, ours, rules.tolerance)))
        found.extend(_first(_service_differences(wanted, given, until)))
        found.extend(_first(_event_differences(wanted, given)))
    found.extend(_first(_kubectl_differences(recorded["kubectl"], simulated["kubectl"])))
    return Judgement(tuple(found), _agreement(real, ours, until))


def _first(differences: Iterator[str]) -> list[str]:
    return [difference for difference, _ in zip(differences, range(1), strict=False)]


# -- states


def phases(frames: Sequence[Mapping[str, Any]], any_node: bool = False) -> list[Phase]:
    """The distinct states of a run, in order."""
    found: list[Phase] = []
    for frame in frames:
        state = _canonical(frame["state"], any_node)
        if not found or found[-1].state != state:
            found.append(Phase(frame["t"], state))
    return found


def _canonical(state: State, any_node: bool) -> dict[str, dict[str, Any]]:
    """A state without services, which are judged apart, and without what says nothing."""
    canonical = {}
    for name, fields in state.items():
        if name.startswith("service/"):
            continue
        if name == "pods" and any_node:
            fields = _without_daemon_nodes(fields)
        canonical[name] = _telling(fields)
        if name.startswith("deployment/"):
            _, _, reason = str(fields.get("condition.Progressing", "")).rpartition(" ")
            if reason in UNDER_WAY:
                canonical[name]["condition.Progressing"] = f"True {UNDER_WAY[-1]}"
    return canonical


def _telling(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in fields.items() if value not in NOTHING}


def _without_daemon_nodes(pods: Mapping[str, int]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for words, number in pods.items():
        counts[_DAEMON_NODE.sub(r"\1", words)] += number
    return counts


def _phase_differences(real: Sequence[Phase], ours: Sequence[Phase], tolerance: int) -> Iterator[str]:
    for number, (a, b) in enumerate(zip(real, ours, strict=False)):
        if a.state != b.state:
            moment = f"at {b.second} s" + (f" (recorded at {a.second} s)" if a.second != b.second else "")
            yield f"state {number} {moment}: {_objects_that_differ(a.state, b.state)}"
        elif abs(a.second - b.second) > tolerance:
            yield f"state {number} begins at {b.second} s, recorded at {a.second} s (tolerance {tolerance} s)"
    if len(real) != len(ours):
        surplus, who = (ours, "not recorded") if len(ours) > len(real) else (real, "recorded, and not reached")
        extra = surplus[min(len(real), len(ours))]
        yield f"{len(ours)} distinct states, recorded {len(real)}: that of {extra.second} s is {who}"


def _objects_that_differ(real: State, ours: State) -> str:
    names = [name for name in sorted({*real, *ours}) if real.get(name) != ours.get(name)]
    told = [_fields_that_differ(name, real.get(name), ours.get(name)) for name in names[:SHOWN_OBJECTS]]
    more = f"; {len(names) - SHOWN_OBJECTS} more" if len(names) > SHOWN_OBJECTS else ""
    return "; ".join(told) + more


def _fields_that_differ(name: str, real: Mapping[str, Any] | None, ours: Mapping[str, Any] | None) -> str:
    if ours is None:
        return f"{name} is missing"
    if real is None:
        return f"{name} is not recorded"
    fields = [field for field in sorted({*real, *ours}) if real.get(field) != ours.get(field)]
    told = (f"{field}: {ours.get(field, 'nothing')}, recorded {real.get(field, 'nothing')}" for field in fields)
    return f"{name} " + ", ".join(told)


def _agreement(real: Sequence[Phase], ours: Sequence[Phase], until: int) -> float:
    """The share of the seconds in which both are in the same state."""
    seconds = until + 1
    same = sum(a == b for a, b in zip(_by_second(real, seconds), _by_second(ours, seconds), strict=True))
    return same / seconds


def _by_second(run: Sequence[Phase], seconds: int) -> Iterator[Mapping[str, Any]]:
    state: Mapping[str, Any] = {}
    upcoming = list(reversed(run))
    for second in range(seconds):
        while upcoming and upcoming[-1].second <= second:
            state = upcoming.pop().state
        yield state


# -- services


def _service_differences(wanted: Sequence[Any], given: Sequence[Any], until: int) -> Iterator[str]:
    """Endpoints that stay different; a slice may follow its pods a second later, for the controller tries again."""
    real, ours = _endpoints(wanted, until), _endpoints(given, until)
    for name in sorted({*real, *ours}):
        absent: list[dict[str, Any]] = [{}] * (until + 1)
        resting = 0
        pairs = list(zip(real.get(name, absent), ours.get(name, absent), strict=True))
        for second, (a, b) in enumerate(pairs):
            resting = resting + 1 if second and pairs[second - 1] == (a, b) else 0
            if resting >= AT_REST_SECONDS and a != b:
                yield f"{name} at {second} s: {_endpoint_words(b)}, recorded {_endpoint_words(a)}"


def _endpoints(frames: Sequence[Mapping[str, Any]], until: int) -> dict[str, list[dict[str, Any]]]:
    """Of every service, its endpoint counts in each second."""
    names = sorted({name for frame in frames for name in frame["state"] if name.startswith("service/")})
    by_second = {frame["t"]: frame["state"] for frame in frames}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    state: State = {}
    for second in range(until + 1):
        state = by_second.get(second, state)
        for name in names:
            rows[name].append(_telling(state.get(name, {})))
    return rows


def _endpoint_words(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{number} {condition}" for condition, number in counts.items()) or "no endpoints"


# -- events and kubectl


def _event_differences(wanted: Sequence[Any], given: Sequence[Any]) -> Iterator[str]:
    real, ours = _events(wanted), _events(given)
    for name in sorted({*real, *ours}):
        if real[name] != ours[name]:
            yield f"event {name}: {ours[name]} times, recorded {real[name]}"


def _events(frames: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """Pods' events are left out: how often a taint's manager repeats itself is arbitrary."""
    counts: Counter[str] = Counter()
    for frame in frames:
        for name, number in frame.get("events", {}).items():
            if not name.startswith("pod/"):
                counts[name] += number
    return counts


def _kubectl_differences(wanted: Sequence[Any], given: Sequence[Any]) -> Iterator[str]:
    for real, ours in zip(wanted, given, strict=False):
        command = f"kubectl {real['command']}" if "command" in real else f"the kubectl step of {real['at']} s"
        if bool(real["exit"]) != bool(ours["exit"]):
            yield f"{command}: exit {ours['exit']}, recorded {real['exit']}"
        for stream in ("stdout", "stderr") if "stdout" in real else ():
            if printed(real[stream]) != printed(ours.get(stream, [])):
                yield f"{command}, {stream}: {_lines_that_differ(real[stream], ours.get(stream, []))}"
    if len(wanted) != len(given):
        yield f"{len(given)} kubectl steps, recorded {len(wanted)}"


def printed(lines: Sequence[str]) -> list[str]:
    """The words of every line; rows whose names are random have no order.

    Examples
    --------
    >>> printed(["web#1-<pod>   1/1", "", "api#1-<pod>  1/1"])
    ['api#1-<pod> 1/1', 'web#1-<pod> 1/1']
    """
    return sorted(" ".join(line.split()) for line in lines if line.strip())


def _lines_that_differ(real: Sequence[str], ours: Sequence[str]) -> str:
    missing = Counter(printed(real)) - Counter(printed(ours))
    surplus = Counter(printed(ours)) - Counter(printed(real))
    shown = next(iter(surplus), None)
    wanted = next(iter(missing), None)
    if shown is None:
        return f"{wanted!r} is missing"
    return f"{shown!r} is not recorded" if wanted is None else f"{shown!r}, recorded {wanted!r}"
