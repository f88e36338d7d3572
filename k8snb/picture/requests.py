"""The traffic view: each service, and the pods that it selects by revision; a line goes where requests go.

The service stands between its pods: revisions take turns above and below it, so that a rollout's lines do not cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8snb.picture.boxes import owner_cells, pod_item_id, room_for, Scene, summary_of
from k8snb.picture.chronicle import BARE, Chronicle, PodTrack
from k8snb.picture.palette import hue_class
from k8snb.picture.revisions import Revision
from k8snb.picture.sheet import Area, fit, GAP, Item, LETTER, PAD, Picture, Sheet
from k8snb.picture.traffic import Served, services_at
from k8snb.picture.workloads import replica_set_at, revision_label

PILL_H = 28
CURVES_H = 58
HEADER_H = 30


class _Plan(NamedTuple):
    """What the drawing of all services shares."""

    scene: Scene
    width: float


class _Group(NamedTuple):
    """One revision's pods behind a service."""

    id: str
    revision: Revision | None
    pods: list[PodTrack]

    @property
    def number(self) -> int:
        return self.revision.index if self.revision is not None else -1


def draw_requests(chronicle: Chronicle, time_ms: int, width: float) -> Picture:
    """The traffic view at a moment, as wide as `width`."""
    sheet = Sheet()
    plan = _Plan(Scene.at(chronicle, time_ms), width)
    services = services_at(chronicle, time_ms)
    top = 0.0
    for served in services:
        top = _draw_service(sheet, plan, served, top) + 2 * GAP
    if not services:
        sheet.text("none", width / 2 - 90, 20, "No service selects pods here.", "small")
        top = 40
    words = "; ".join(s.words for s in services) or "no service"
    return sheet.done(width, top, f"{words}; {summary_of(plan.scene.pods, time_ms)}")


def _groups(plan: _Plan, served: Served) -> list[_Group]:
    """The service's pods by revision, oldest first; the last revisions of their workload also without pods."""
    groups: dict[str, _Group] = {}
    for pod in plan.scene.pods:
        newest = pod.objects.at(plan.scene.time_ms)
        if newest is None or not served.selects(newest):
            continue
        key = pod.revision.key if pod.revision is not None else BARE
        if key not in groups:
            groups[key] = _Group(f"group {served.key} {key}", pod.revision, [])
        groups[key].pods.append(pod)
    for owner in {g.revision.owner: None for g in groups.values() if g.revision is not None}:
        chronicle, time_ms = plan.scene.chronicle, plan.scene.time_ms
        revisions = chronicle.revisions.of_owner(owner)
        standing = [r for r in revisions if replica_set_at(chronicle, r, time_ms) is not None]
        for revision in standing[-2:]:
            groups.setdefault(revision.key, _Group(f"group {served.key} {revision.key}", revision, []))
    return sorted(groups.values(), key=lambda g: g.number)


def _draw_service(sheet: Sheet, plan: _Plan, served: Served, top: float) -> float:
    """Draw a service with its pods above and below; returns the lower edge."""
    groups = _groups(plan, served)
    above = [g for g in groups if g.number % 2 == 0][-1:]
    below = [g for g in groups if g not in above]
    for group in above:
        top = _draw_group(sheet, plan, served, group, top, header_first=True) + CURVES_H
    ref = f"service/{served.key}"
    room = min(len(served.words) * LETTER + 40, plan.width)
    sheet.add(Item(ref, "pill", plan.width / 2, top + PILL_H / 2, room, PILL_H, served.words, (), ref))
    bottom = top + PILL_H
    for number, group in enumerate(below):
        bottom = _draw_group(sheet, plan, served, group, bottom + (GAP if number else CURVES_H), header_first=False)
    _draw_lines(sheet, plan, served, groups)
    return bottom


def _draw_lines(sheet: Sheet, plan: _Plan, served: Served, groups: Sequence[_Group]) -> None:
    ready = frozenset(served.ready)
    for group in groups:
        targets = [p for p in group.pods if p.key in ready]
        if plan.scene.many and targets:
            sheet.link(f"service/{served.key}", group.id, "trunk")
        for pod in targets:
            if plan.scene.many:
                plan.scene.mark_served(sheet, pod)
            else:
                sheet.link(f"service/{served.key}", pod_item_id(pod), "request")


def _draw_group(sheet: Sheet, plan: _Plan, served: Served, group: _Group, top: float, *, header_first: bool) -> float:
    """The box of one revision's pods with its share of the requests; returns its lower edge."""
    cells = owner_cells(group.pods)
    slots = room_for(
        cells, plan.scene.chronicle.owner_slots.room(group.revision.key if group.revision is not None else BARE)
    )
    room = plan.scene.room(slots, plan.width)
    box = Area(0, top, plan.width, HEADER_H + PAD + room)
    hue = hue_class(group.number)
    sheet.area(group.id, "box", box, "band", hue)
    _draw_header(sheet, plan, served, group, box, box.top + 16 if header_first else box.bottom - 16)
    inside = Area(0, top + (HEADER_H if header_first else PAD), plan.width, 0)
    plan.scene.draw(sheet, group.id, inside, cells, full=slots)
    return box.bottom


def _draw_header(sheet: Sheet, plan: _Plan, served: Served, group: _Group, box: Area, middle: float) -> None:
    if group.revision is None:
        name = "no owner"
    else:
        label = revision_label(plan.scene.chronicle, group.revision, plan.scene.time_ms)
        name = f"{label} · {', '.join(group.revision.images)}"
    got = len({p.key for p in group.pods} & set(served.ready))
    words = f"{got / len(served.ready):.0%} of requests" if served.ready else "no requests"
    title = fit(name, box.w - 3 * PAD - len(words) * LETTER)
    sheet.text(f"{group.id} title", PAD, middle, title, "small", "strong", hue_class(group.number))
    sheet.text(f"{group.id} words", box.w - PAD, middle, words, "small", "right")
