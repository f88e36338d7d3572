"""The identity view: a card for every ordinal of a stateful set, with its pod, its claims and their volumes.

A card stays as long as anything of it does: a pod that is gone leaves its place, and its claim keeps the volume.
"""

from __future__ import annotations

from typing import NamedTuple

from k8snb.api.types.apps import StatefulSet
from k8snb.api.types.claims import PersistentVolumeClaim
from k8snb.api.types.persistent_volume import PersistentVolume
from k8snb.controllers.statefulset.identity import claim_name, parent_and_ordinal, pod_name, start_ordinal
from k8snb.picture.boxes import Cell, draw_pods, ROOMY, summary_of
from k8snb.picture.chronicle import Chronicle, PodTrack
from k8snb.picture.sheet import Area, fit, GAP, Item, LETTER, listed, PAD, Picture, Sheet, WIDE_LETTER
from k8snb.picture.workloads import Workload, workloads_at

PILL_H = 28
CARD_W = 212
HEADER_H = 32
POD_W = ROOMY.pod + 2 * PAD
CLAIM_H, CLAIM_GAP = 24, 6


class Holding(NamedTuple):
    """A claim of an ordinal, and the volume that it is bound to, if they are there."""

    name: str
    key: str
    claim: PersistentVolumeClaim | None
    volume: PersistentVolume | None


class Card(NamedTuple):
    """An ordinal, its pod and its claims."""

    name: str
    ordinal: int
    wanted: bool
    pod: PodTrack | None
    holdings: list[Holding]


def draw_identity(chronicle: Chronicle, time_ms: int, width: float) -> Picture:
    """The identity view at a moment, as wide as `width`."""
    sheet, top, words = Sheet(), 0.0, []
    pods = chronicle.pods_at(time_ms)
    for workload in workloads_at(chronicle, time_ms):
        if isinstance(workload.obj, StatefulSet):
            cards = cards_at(chronicle, workload.obj, time_ms, pods)
            top = _draw_set(sheet, workload, cards, time_ms, top, width) + GAP
            kept = sum(h.claim is not None for card in cards for h in card.holdings)
            words.append(f"{workload.title}: {kept} claim{'' if kept == 1 else 's'}")
    if not words:
        sheet.text("none", PAD, 20, "There is no stateful set: only its pods have an identity of their own.", "small")
        top = 40
    return sheet.done(width, top, f"{'; '.join(words) or 'no stateful set'}; {summary_of(pods, time_ms)}")


def cards_at(chronicle: Chronicle, owner: StatefulSet, time_ms: int, pods: list[PodTrack]) -> list[Card]:
    """A card for every ordinal that is wanted, has a pod, or still has a claim."""
    namespace, name = owner.metadata.namespace, owner.metadata.name
    templates = [t.metadata.name for t in owner.spec.volume_claim_templates]
    claims = chronicle.objects_at("PersistentVolumeClaim", time_ms)
    members = {parent_and_ordinal(p.name)[1]: p for p in pods if p.key == f"{namespace}/{p.name}" and _is_of(p, name)}
    start = start_ordinal(owner)
    wanted = range(start, start + (1 if owner.spec.replicas is None else owner.spec.replicas))
    left = [n for key in claims for n in _ordinals_of(key, namespace, name, templates)]
    volumes = chronicle.objects_at("PersistentVolume", time_ms)

    def holding(template: str, ordinal: int) -> Holding:
        claim_key = f"{namespace}/{claim_name(owner, template, ordinal)}"
        claim = claims.get(claim_key)
        assert claim is None or isinstance(claim, PersistentVolumeClaim)
        volume = volumes.get(claim.spec.volume_name) if claim is not None else None
        assert volume is None or isinstance(volume, PersistentVolume)
        return Holding(claim_name(owner, template, ordinal), claim_key, claim, volume)

    return [
        Card(pod_name(owner, n), n, n in wanted, members.get(n), [holding(template, n) for template in templates])
        for n in sorted({*wanted, *members, *left})
    ]


def _is_of(pod: PodTrack, owner: str) -> bool:
    return parent_and_ordinal(pod.name)[0] == owner


def _ordinals_of(key: str, namespace: str, owner: str, templates: list[str]) -> list[int]:
    """The ordinal that a claim's name speaks of, if it is one of the set's."""
    parent, ordinal = parent_and_ordinal(key.rpartition("/")[2])
    known = any(key == f"{namespace}/{template}-{owner}-{ordinal}" for template in templates)
    return [ordinal] if parent and known else []


def _draw_set(sheet: Sheet, workload: Workload, cards: list[Card], time_ms: int, top: float, width: float) -> float:
    """Draw a stateful set over its cards; returns the lower edge."""
    label = listed((workload.title, workload.words))
    room = min(len(label) * LETTER + 40, width)
    sheet.add(Item(workload.ref, "pill", room / 2, top + PILL_H / 2, room, PILL_H, label, ("owner",), workload.ref))
    columns = max(int((width + GAP) // (CARD_W + GAP)), 1)
    card_w = (width - (columns - 1) * GAP) / columns
    most = max([len(card.holdings) for card in cards], default=0)
    card_h = HEADER_H + max(ROOMY.h - 12, most * 2 * (CLAIM_H + CLAIM_GAP)) + PAD - CLAIM_GAP
    first = top + PILL_H + GAP
    for number, card in enumerate(cards):
        row, column = divmod(number, columns)
        box = Area(column * (card_w + GAP), first + row * (card_h + GAP), card_w, card_h)
        _draw_card(sheet, workload, card, box, time_ms)
    return first + -(-len(cards) // columns) * (card_h + GAP) - GAP


def _draw_card(sheet: Sheet, workload: Workload, card: Card, box: Area, time_ms: int) -> None:
    key = f"card {workload.key} {card.ordinal}"
    sheet.area(key, "box", box, *(() if card.wanted else ("waiting",)))
    sheet.text(f"{key} name", box.left + PAD, box.top + 17, fit(card.name, box.w * 0.55, WIDE_LETTER), "title")
    place = card.pod.places.at(time_ms) if card.pod is not None else None
    words = place.box if place is not None else "" if card.wanted else "scaled away"
    sheet.text(f"{key} node", box.left + box.w - PAD, box.top + 17, fit(words, box.w * 0.4), "small", "right")
    inside = Area(box.left, box.top + HEADER_H, POD_W, 0)
    if card.pod is not None:
        draw_pods(sheet, inside, [Cell(card.pod, 0)], time_ms, ROOMY)
    else:
        hole = Area(inside.left + PAD, inside.top, ROOMY.pod, ROOMY.pod)
        sheet.area(f"{key} hole", "box", hole, "waiting", hint=f"{card.name}: no pod")
    top = inside.top
    for holding in card.holdings:
        top = _draw_holding(sheet, holding, Area(box.left + POD_W, top, box.w - POD_W - PAD, CLAIM_H))


def _draw_holding(sheet: Sheet, holding: Holding, area: Area) -> float:
    """Draw a claim over its volume; returns where the next one begins."""
    claim, volume = holding.claim, holding.volume
    below = area._replace(top=area.bottom + CLAIM_GAP)
    if claim is None:
        sheet.area(f"claim {holding.key}", "box", area, "waiting", hint=f"{holding.name}: no claim")
        sheet.text(f"claim {holding.key}", area.left + 8, area.top + area.h / 2, "no claim", "small")
    else:
        going = claim.metadata.deletion_timestamp is not None
        phase = "Terminating" if going else claim.status.phase or "Pending"
        _pill(sheet, f"persistentvolumeclaim/{holding.key}", area, claim.metadata.name, f"claim, {phase}")
    if volume is not None:
        size = volume.spec.capacity.get("storage", "")
        words = f"volume {volume.metadata.name}, {listed((size, volume.status.phase))}"
        _pill(sheet, f"persistentvolume/{volume.metadata.name}", below, volume.metadata.name, words)
    return below.bottom + CLAIM_GAP


def _pill(sheet: Sheet, ref: str, area: Area, name: str, hint: str) -> None:
    label = fit(name, area.w - 12, LETTER)
    x, y = area.left + area.w / 2, area.top + area.h / 2
    sheet.add(Item(ref, "pill", x, y, area.w, area.h, label, (), ref, listed((name, hint))))
