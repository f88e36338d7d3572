"""Boxes of pods: the common parts of the three views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from k8snb.picture.chronicle import Chronicle, PodTrack
from k8snb.picture.palette import hue_class
from k8snb.picture.pod_state import READY, STATES
from k8snb.picture.sheet import Area, fit, Item, LETTER, listed, PAD, Sheet

THICKET = 24  # above so many pods, lines to each of them would hide more than they show
MANY = 60  # above so many pods, they are drawn small, without names
CROWD = 300  # above so many pods, boxes show counts
COUNT_BAR_H = 16
COUNTS_H = 46


class Cell(NamedTuple):
    """A pod and its place in a box."""

    pod: PodTrack
    slot: int


class Grid(NamedTuple):
    """How pods stand in a box: the size of a place and of a pod, and whether there is room for names."""

    w: float
    h: float
    pod: float
    named: bool

    def columns(self, width: float) -> int:
        """How many pods stand side by side in a box of a width."""
        return max(int((width - 2 * PAD + self.w - self.pod) // self.w), 1)


ROOMY = Grid(50, 58, 32, named=True)
DENSE = Grid(32, 32, 26, named=False)


class Scene(NamedTuple):
    """What all boxes of a drawing share: the moment, its pods, and how these are drawn."""

    chronicle: Chronicle
    time_ms: int
    pods: list[PodTrack]
    grid: Grid
    crowd: bool
    many: bool  # whether a line for each pod would be a thicket

    @classmethod
    def at(cls, chronicle: Chronicle, time_ms: int) -> Scene:
        """The scene at a moment. How pods are drawn follows the most there were lately, so that it seldom changes."""
        pods = chronicle.pods_at(time_ms)
        most = max(len(pods), chronicle.most_pods)
        return cls(chronicle, time_ms, pods, DENSE if most > MANY else ROOMY, most > CROWD, most > THICKET)

    def room(self, slots: int, width: float) -> float:
        """The height that the pods of a box need."""
        if self.crowd:
            return COUNTS_H
        return -(-max(slots, 1) // self.grid.columns(width)) * self.grid.h

    def draw(self, sheet: Sheet, key: str, area: Area, cells: Sequence[Cell], *, full: int) -> None:
        """Draw the pods of a box: one by one, or in a crowd as a bar that `full` pods fill."""
        if self.crowd:
            draw_counts(sheet, key, area, [cell.pod for cell in cells], self.time_ms, full=full)
        else:
            draw_pods(sheet, area, cells, self.time_ms, self.grid)

    def mark_served(self, sheet: Sheet, pod: PodTrack) -> None:
        """Mark a pod that gets requests, where there are no lines to say so."""
        item = sheet.items.get(pod_item_id(pod))
        if item is not None and "served" not in item.classes:
            hint = listed((item.hint, "gets requests"))
            sheet.add(item._replace(classes=(*item.classes, "served"), hint=hint))


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


def draw_pods(sheet: Sheet, area: Area, cells: Sequence[Cell], time_ms: int, grid: Grid) -> None:
    """Draw pods in their places, row by row."""
    columns = grid.columns(area.w)
    for pod, slot in cells:
        row, column = divmod(slot, columns)
        x = area.left + PAD + grid.pod / 2 + column * grid.w
        y = area.top + grid.pod / 2 + row * grid.h
        sheet.add(_pod_item(pod, x, y, time_ms, grid))


def _pod_item(pod: PodTrack, x: float, y: float, time_ms: int, grid: Grid) -> Item:
    state = pod.state(time_ms)
    index = pod.revision.index if pod.revision is not None else -1
    label = fit(pod.short_name, grid.w) if grid.named else ""
    hint = listed((pod.name, str(state), revision_words(pod)))
    classes = (state.word, hue_class(index))
    return Item(pod_item_id(pod), "pod", x, y, grid.pod, grid.pod, label, classes, pod_ref(pod), hint)


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
