"""Judges the lives of pods by their recording, as a real kubelet looks at its containers once a second.

The values of every track must be the same in the same order, at the same times within two seconds (a tenth of the time
past twenty); what lasts for less than a second and a half may be missing, and so may what changes in the last four
seconds. Events must be the same, by number where a pod is quiet at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

BRIEF_SECONDS = 1.5
TOLERANCE_SECONDS, TOLERANCE_SHARE = 2.0, 0.1
END_SECONDS = 4.0

Track = Sequence[Sequence[Any]]
Tracks = Mapping[str, Track]


def compare_lives(recorded: Mapping[str, Any], played: Mapping[str, Any]) -> list[str]:
    """What differs, pod by pod, then in events and in commands."""
    late_from = recorded["until"] - END_SECONDS
    busy: dict[str, None] = {}
    differences: list[str] = []
    for name in sorted({*recorded["pods"], *played["pods"]}):
        wanted, found = recorded["pods"].get(name), played["pods"].get(name)
        if wanted is None or found is None:
            differences.append(f"{name}: {'not recorded' if wanted is None else 'no such pod'}")
            continue
        if _is_busy(wanted, late_from) or _is_busy(found, late_from):
            busy[name] = None
        differences.extend(_compare_tracks(name, wanted, found, late_from))
    differences.extend(_compare_events(recorded["events"], played["events"], busy))
    for step, mine in zip(recorded["kubectl"], played["kubectl"], strict=False):
        if bool(step["exit"]) != bool(mine["exit"]):
            differences.append(f"kubectl at {step['at']}: exit {mine['exit']}, recorded {step['exit']}")
    return differences


def messages_said(recorded: Mapping[str, Any], played: Mapping[str, Any]) -> tuple[int, int]:
    """How many of the recorded messages were said word for word, and how many there are."""
    said = played.get("messages", ())
    return sum(message in said for message in dict.fromkeys(recorded["messages"])), len(recorded["messages"])


def lasting(track: Track) -> list[tuple[float, Any]]:
    """The track without what lasted but a moment; its last value always lasts.

    Examples
    --------
    >>> lasting([[0.1, "Pending"], [0.2, "Running"], [9.0, "Failed"]])
    [(0.2, 'Running'), (9.0, 'Failed')]
    """
    kept: list[tuple[float, Any]] = []
    for index, (time, value) in enumerate(track):
        brief = index + 1 < len(track) and track[index + 1][0] - time < BRIEF_SECONDS
        if not brief and (not kept or kept[-1][1] != value):
            kept.append((time, value))
    return kept


def _is_busy(tracks: Tracks, late_from: float) -> bool:
    """Something still changes at the end."""
    return any(time > late_from for track in tracks.values() for time, _ in lasting(track))


def _compare_tracks(name: str, wanted: Tracks, found: Tracks, late_from: float) -> Iterator[str]:
    for key in sorted({*wanted, *found}):
        theirs, mine = lasting(wanted.get(key, ())), lasting(found.get(key, ()))
        common = min(len(theirs), len(mine))
        rest = theirs[common:] + mine[common:] if common else theirs + mine
        if all(time > late_from for time, _ in rest):
            theirs, mine = theirs[:common], mine[:common]
        if [value for _, value in theirs] != [value for _, value in mine]:
            yield f"{name} {key}: {mine}, recorded {theirs}"
            continue
        for (time, value), (at, _) in zip(theirs, mine, strict=True):
            if abs(at - time) > max(TOLERANCE_SECONDS, TOLERANCE_SHARE * time):
                yield f"{name} {key}: {value} at {at}, recorded at {time}"
                break


def _compare_events(wanted: Mapping[str, Any], found: Mapping[str, Any], busy: Mapping[str, None]) -> Iterator[str]:
    for key in sorted({*wanted, *found}):
        if wanted.get(key) != found.get(key) and key.split()[0] not in busy:
            yield f"event {key}: {found.get(key, 0)}, recorded {wanted.get(key, 0)}"
