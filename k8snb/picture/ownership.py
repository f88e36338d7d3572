"""The ownership view: workloads, their revisions as bands, the pods of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8snb.picture.boxes import owner_cells, room_for, Scene, summary_of
from k8snb.picture.chronicle import BARE, Chronicle, PodTrack
from k8snb.picture.palette import hue_class
from k8snb.picture.revisions import Revision
from k8snb.picture.sheet import Area, fit, GAP, Item, LETTER, listed, PAD, Picture, Sheet
from k8snb.picture.workloads import (
    desired_of,
    ready_of,
    replica_set_at,
    revision_label,
    run_at,
    Workload,
    workloads_at,
)

PILL_H = 28
BAND_HEADER_H = 32
INDENT = 44


class _Plan(NamedTuple):
    """What the drawing of all bands shares."""

    scene: Scene
    members: dict[str, list[PodTrack]]


def draw_ownership(chronicle: Chronicle, time_ms: int, width: float) -> Picture:
    """The ownership view at a moment, as wide as `width`."""
    sheet = Sheet()
    scene = Scene.at(chronicle, time_ms)
    members: dict[str, list[PodTrack]] = {}
    for pod in scene.pods:
        members.setdefault(pod.revision.key if pod.revision is not None else BARE, []).append(pod)
    plan = _Plan(scene, members)
    workloads = workloads_at(chronicle, time_ms)
    top = 0.0
    for workload in workloads:
        top = _draw_workload(sheet, plan, workload, top, width) + GAP
    if BARE in members:
        slots = chronicle.owner_slots.room(BARE)
        top = _draw_band(sheet, plan, _Band("bare", "no owner", "", "rx", members[BARE], slots, ""), top, width) + GAP
    names = ", ".join(w.title for w in workloads) or "no workloads"
    return sheet.done(width, max(top, PILL_H), f"{names}; {summary_of(scene.pods, time_ms)}")


def _draw_workload(sheet: Sheet, plan: _Plan, workload: Workload, top: float, width: float) -> float:
    """Draw a workload and a band for each of its revisions; returns the lower edge."""
    label = listed((workload.title, workload.words))
    room = min(len(label) * LETTER + 40, width)
    sheet.add(Item(workload.ref, "pill", room / 2, top + PILL_H / 2, room, PILL_H, label, ("owner",), workload.ref))
    bottom = top + PILL_H
    for revision in plan.scene.chronicle.revisions.of_owner(workload.obj.metadata.uid):
        pods = plan.members.get(revision.key, [])
        where = plan.scene.chronicle, revision, plan.scene.time_ms
        if pods or replica_set_at(*where) is not None or run_at(*where) is not None:
            band = _band_of(plan, revision, pods, workload)
            bottom = _draw_band(sheet, plan, band, bottom + GAP, width)
            sheet.link(workload.ref, band.id, "owns")
    return bottom


class _Band(NamedTuple):
    """One revision's pods, ready to draw."""

    id: str
    title: str
    words: str
    hue: str
    pods: Sequence[PodTrack]
    slots: int
    ref: str


def _band_of(plan: _Plan, revision: Revision, pods: Sequence[PodTrack], workload: Workload) -> _Band:
    replica_set = replica_set_at(plan.scene.chronicle, revision, plan.scene.time_ms)
    run = run_at(plan.scene.chronicle, revision, plan.scene.time_ms)
    images = ", ".join(revision.images)
    if run is not None:
        title, words = listed((f"job/{revision.name}", images)), Workload(run.kind, revision.object_key, run).words
    elif replica_set is None or workload.kind == "ReplicaSet":
        label = revision_label(plan.scene.chronicle, revision, plan.scene.time_ms) if revision.record_key else ""
        title = listed((label, revision.name, images))
        words = f"{len(pods)} pod{'' if len(pods) == 1 else 's'}"
    else:
        title = listed(
            (revision_label(plan.scene.chronicle, revision, plan.scene.time_ms), f"replicaset/{revision.name}", images)
        )
        words = f"{ready_of(replica_set)} of {desired_of(replica_set)} ready"
    ref = revision.ref or workload.ref
    slots = plan.scene.chronicle.owner_slots.room(revision.key)
    return _Band(f"band {revision.key}", title, words, hue_class(revision.index), pods, slots, ref)


def _draw_band(sheet: Sheet, plan: _Plan, band: _Band, top: float, width: float) -> float:
    """Draw one band; returns its lower edge."""
    inner_w = width - INDENT
    cells = owner_cells(band.pods)
    room = plan.scene.room(room_for(cells, band.slots), inner_w)
    box = Area(INDENT, top, inner_w, BAND_HEADER_H + room)
    sheet.area(band.id, "box", box, "band", band.hue, ref=band.ref, hint=band.title)
    words_w = len(band.words) * LETTER
    title = fit(band.title, inner_w - 3 * PAD - words_w, LETTER)
    sheet.text(f"{band.id} title", box.left + PAD, top + 15, title, "small", "strong", band.hue, ref=band.ref)
    sheet.text(f"{band.id} words", box.left + box.w - PAD, top + 15, band.words, "small", "right")
    inside = Area(box.left, top + BAND_HEADER_H, box.w, 0)
    plan.scene.draw(sheet, band.id, inside, cells, full=band.slots)
    return box.bottom
