"""Boxes of pods: the common parts of the three views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from k8snb.picture.chronicle import PodTrack
from k8snb.picture.palette import hue_class
from k8snb.picture.pod_state import READY, STATES
from k8snb.picture.sheet import Area, CELL_H, CELL_W, fit, Item, LETTER, listed, PAD, POD, Sheet

CROWD = 300  # above so many pods, boxes show counts
COUNT_BAR_H = 16
COUNTS_H = 46


class Cell(NamedTuple):
    """A pod and its place in a box."""

    pod: PodTrack
    slot: int


def is_crowd(pods: Sequence[PodTrack]) -> bool:
    """Whether there are too many pods to draw one by one."""
    return len(pods) > CROWD


def pod_columns(width: float) -> int:
    """How many pods stand side by side in a box."""
    return max(int((width - 2 * PAD + CELL_W - POD) // CELL_W), 1)


def pods_height(slots: int, width: float) -> float:
    """The room that so many places need in a box of a width."""
    return -(-max(slots, 1) // pod_columns(width)) * CELL_H


def owner_cells(pods: Sequence[PodTrack]) -> list[Cell]:
    """Pods in their places among the pods of their revision."""
    return [Cell(pod, pod.owner_slot) for pod in pods]


def room_for(cells: Sequence[Cell], open_slots: int) -> int:
    """How many places a box needs: those that it keeps open, and those in use at the moment that is drawn."""
    return max([open_slots, *(cell.slot + 1 for cell in cells)])


def pod_item_id(pod: PodTrack) -> str:
    """A pod's name on the sheet; a pod of the same name that comes later has another."""
    return f"pod {pod.key} {pod.seq}"


def pod_ref(pod: PodTrack) -> str:
    """What a click on a pod selects."""
    return f"pod/{pod.key}"


def draw_pods(sheet: Sheet, area: Area, cells: Sequence[Cell], time_ms: int) -> None:
    """Draw pods in their places, row by row."""
    columns = pod_columns(area.w)
    for pod, slot in cells:
        row, column = divmod(slot, columns)
        x = area.left + PAD + POD / 2 + column * CELL_W
        y = area.top + POD / 2 + row * CELL_H
        sheet.add(_pod_item(pod, x, y, time_ms))


def _pod_item(pod: PodTrack, x: float, y: float, time_ms: int) -> Item:
    state = pod.state(time_ms)
    index = pod.revision.index if pod.revision is not None else -1
    label = fit(pod.short_name, CELL_W)
    hint = listed((pod.name, str(state), revision_words(pod)))
    return Item(pod_item_id(pod), "pod", x, y, POD, POD, label, (state.word, hue_class(index)), pod_ref(pod), hint)


def revision_words(pod: PodTrack) -> str:
    """The template that made a pod, by its images."""
    return ", ".join(pod.revision.images) if pod.revision is not None else "nothing owns it"


def count_states(pods: Sequence[PodTrack], time_ms: int) -> Mapping[tuple[int, str], int]:
    """How many pods there are of each revision (by index) and state, in the order they are drawn."""
    counts: Counter[tuple[int, str]] = Counter()
    for pod in pods:
        index = pod.revision.index if pod.revision is not None else -1
        counts[index, pod.state(time_ms).word] += 1
    return {key: counts[key] for key in sorted(counts, key=lambda k: (k[0], STATES.index(k[1])))}


def draw_counts(sheet: Sheet, key: str, area: Area, pods: Sequence[PodTrack], time_ms: int, *, full: int) -> None:
    """Draw pods as one bar of counts by revision and state; `full` pods fill the bar."""
    counts = count_states(pods, time_ms)
    left, room = area.left + PAD, area.w - 2 * PAD
    for (index, state), count in counts.items():
        width = room * count / max(full, 1)
        bar = Area(left, area.top, width, COUNT_BAR_H)
        hint = f"{count} {state}"
        sheet.area(f"count {key} {index} {state}", "meter", bar, "count", state, hue_class(index), hint=hint)
        left += width
    ready = sum(count for (_, state), count in counts.items() if state == READY)
    words = f"{ready} of {len(pods)} ready"
    sheet.text(f"{key} counts", area.left + PAD, area.top + COUNT_BAR_H + 13, fit(words, room, LETTER - 0.6), "small")


def summary_of(pods: Sequence[PodTrack], time_ms: int) -> str:
    """All pods in words: ``6 pods: 5 ready, 1 failing``."""
    counts = Counter(pod.state(time_ms).word for pod in pods)
    words = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    return f"{len(pods)} pod{'' if len(pods) == 1 else 's'}" + (f": {words}" if words else "")
