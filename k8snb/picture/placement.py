"""The placement view: zones, nodes in them, pods on them, and the services under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from k8snb.api.quantity import milli_value
from k8snb.api.topology import ZONE
from k8snb.api.types.node import Node
from k8snb.picture.boxes import Cell, COUNTS_H, pod_item_id, room_for, Scene, summary_of
from k8snb.picture.chronicle import Chronicle, PodTrack, UNSCHEDULED
from k8snb.picture.sheet import Area, fit, GAP, Item, LETTER, listed, PAD, Picture, Sheet, WIDE_LETTER
from k8snb.picture.traffic import Served, services_at

OF_KUBERNETES = "node.kubernetes.io/"
BOX_W = 138
CROWD_BOX_W = 130
HEADER_H = 62
CROWD_HEADER_H = 32
CURVES_H = 54
PILL_H = 28
ZONE_TITLE_H = 24
LEAST_ROWS = 2
NOTE_SHARE, LEAST_NOTE = 0.45, 26  # of a node's width for what troubles it; the room that is too little for a note


class NodeFacts(NamedTuple):
    """A node at a moment and the pods on it; ``at_work`` are those that have not run to their end."""

    name: str
    zone: str
    node: Node
    pods: list[PodTrack]
    silent: bool
    at_work: list[PodTrack]

    @property
    def words(self) -> str:
        """What holds the node back, if anything does; a failed node counts as Ready until the cluster notices."""
        ready = all(c.status == "True" for c in self.node.status.conditions if c.type == "Ready")
        down = ("down" if ready else "down, NotReady") if self.silent else "" if ready else "NotReady"
        return listed((down, "cordoned" if self.node.spec.unschedulable else ""))

    @property
    def taints(self) -> str:
        """The taints that somebody put on the node, without their effects."""
        own = [t for t in self.node.spec.taints if not t.key.startswith(OF_KUBERNETES)]
        return ", ".join(f"{t.key}={t.value}" if t.value else t.key for t in own)

    @property
    def labels(self) -> str:
        """The labels that somebody gave the node."""
        known = ("kubernetes.io/", "topology.kubernetes.io/", "beta.kubernetes.io/", OF_KUBERNETES)
        return ", ".join(f"{k}={v}" for k, v in self.node.metadata.labels.items() if not k.startswith(known))

    @property
    def hint(self) -> str:
        """Everything about the node in one line."""
        taints = f"taints: {self.taints}" if self.taints else ""
        return listed((self.name, self.words, self.labels, taints))

    @property
    def cpu_share(self) -> float:
        """The part of the node's CPU that its pods asked for."""
        room = milli_value(self.node.status.allocatable.get("cpu", "0"))
        return sum(p.cpu_milli for p in self.at_work) / room if room else 0.0

    @property
    def pod_room(self) -> str:
        """How many pods the node takes."""
        return self.node.status.allocatable.get("pods", "?")


def natural(name: str) -> list[str | int]:
    """A sort key that puts node-2 before node-10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def nodes_at(chronicle: Chronicle, time_ms: int, pods: Sequence[PodTrack]) -> list[NodeFacts]:
    """The nodes at a moment by zone and name, each with its pods."""
    on_node: dict[str, list[PodTrack]] = {}
    for pod in pods:
        place = pod.places.at(time_ms)
        on_node.setdefault(place.box if place is not None else UNSCHEDULED, []).append(pod)
    facts = []
    for name, node in chronicle.objects_at("Node", time_ms).items():
        assert isinstance(node, Node)
        zone = node.metadata.labels.get(ZONE, "")
        here = on_node.get(name, [])
        at_work = [pod for pod in here if not pod.is_over(time_ms)]
        facts.append(NodeFacts(name, zone, node, here, chronicle.is_silent(name, time_ms), at_work))
    return sorted(facts, key=lambda f: (natural(f.zone), natural(f.name)))


def draw_placement(chronicle: Chronicle, time_ms: int, width: float) -> Picture:
    """The placement view at a moment, as wide as `width`."""
    sheet = Sheet()
    plan = Scene.at(chronicle, time_ms)
    pods = plan.pods
    nodes = nodes_at(chronicle, time_ms, pods)
    bottom = _draw_zones(sheet, plan, nodes, width)
    served = services_at(chronicle, time_ms)
    if served:
        bottom = draw_services(sheet, served, bottom + CURVES_H, width)
        if plan.many:
            _draw_trunks(sheet, plan, served, nodes)
        else:
            _draw_lines(sheet, plan, served)
    waiting = [p for p in pods if (p.places.at(time_ms) or (UNSCHEDULED,))[0] == UNSCHEDULED]
    if waiting or chronicle.has_waited:
        bottom = _draw_waiting(sheet, plan, waiting, bottom + GAP, width)
    count = len(nodes)
    summary = f"{count} node{'' if count == 1 else 's'}, {summary_of(pods, time_ms)}"
    return sheet.done(width, bottom + GAP, summary)


def _box_width(plan: Scene) -> int:
    return CROWD_BOX_W if plan.crowd else BOX_W


def _draw_zones(sheet: Sheet, plan: Scene, nodes: Sequence[NodeFacts], width: float) -> float:
    """Draw all nodes, in frames of their zones if they have any; returns the lower edge."""
    zones: dict[str, list[NodeFacts]] = {}
    for node in nodes:
        zones.setdefault(node.zone, []).append(node)
    if list(zones) in ([], [""]):
        return _draw_grid(sheet, plan, nodes, Area(0, 0, width, 0))
    across = 1 if plan.crowd else min(len(zones), max(int((width + GAP) // (_box_width(plan) + 2 * PAD + GAP)), 1))
    frame_w = (width - (across - 1) * GAP) / across
    top = bottom = 0.0
    for number, (zone, members) in enumerate(zones.items()):
        if number and number % across == 0:
            top = bottom + GAP
        area = Area(number % across * (frame_w + GAP), top, frame_w, 0)
        bottom = max(bottom, _draw_zone(sheet, plan, zone, members, area))
    return bottom


def _draw_zone(sheet: Sheet, plan: Scene, zone: str, nodes: Sequence[NodeFacts], area: Area) -> float:
    inner = Area(area.left + PAD, area.top + ZONE_TITLE_H, area.w - 2 * PAD, 0)
    frame_id = f"zone {zone}"
    sheet.items[frame_id] = Item(frame_id, "frame", 0, 0)  # a frame stands behind its nodes: it comes first
    bottom = _draw_grid(sheet, plan, nodes, inner) + PAD
    sheet.area(frame_id, "frame", Area(area.left, area.top, area.w, bottom - area.top))
    label = f"zone {zone}" if zone else "no zone"
    sheet.text(frame_id, area.left + PAD, area.top + ZONE_TITLE_H / 2 + 1, label, "small")
    return bottom


def _draw_grid(sheet: Sheet, plan: Scene, nodes: Sequence[NodeFacts], area: Area) -> float:
    """Draw nodes in rows below `area.top`; returns the lower edge."""
    columns = max(min(int((area.w + GAP) // (_box_width(plan) + GAP)), len(nodes)), 1)
    box_w = (area.w - (columns - 1) * GAP) / columns
    box_h = CROWD_HEADER_H + COUNTS_H if plan.crowd else HEADER_H + _pods_room(plan, nodes, box_w)
    for number, node in enumerate(nodes):
        row, column = divmod(number, columns)
        box = Area(area.left + column * (box_w + GAP), area.top + row * (box_h + GAP), box_w, box_h)
        _draw_node(sheet, plan, node, box)
    rows = -(-len(nodes) // columns)
    return area.top + rows * (box_h + GAP) - (GAP if rows else 0)


def _pods_room(plan: Scene, nodes: Sequence[NodeFacts], box_w: float) -> float:
    """The height that the fullest of the nodes needs for its pods."""
    slots = max([room_for(_cells(plan, n), plan.chronicle.node_slots.room(n.name)) for n in nodes], default=0)
    return max(plan.room(slots, box_w), LEAST_ROWS * plan.room(1, box_w))


def _draw_node(sheet: Sheet, plan: Scene, facts: NodeFacts, box: Area) -> None:
    ref, trouble = f"node/{facts.name}", facts.words
    sheet.area(ref, "box", box, *(("trouble",) if trouble else ()), ref=ref, hint=facts.hint)
    left, room = box.left + PAD, box.w - 2 * PAD
    note = trouble or (f"taint {facts.taints}" if facts.taints else facts.labels)
    kept = min(len(note) * LETTER, room * NOTE_SHARE) + 6 if trouble else 0  # a long name leaves trouble its room
    name = fit(facts.name, room - kept, WIDE_LETTER)
    sheet.text(f"{ref} name", left, box.top + 17, name, "title", ref=ref)
    spare = room - len(name) * WIDE_LETTER - 6
    if note and spare >= LEAST_NOTE:
        looks = ("small", "fault", "right") if trouble else ("small", "right")
        sheet.text(f"{ref} note", box.left + box.w - PAD, box.top + 17, fit(note, spare), *looks)
    inside = Area(box.left, box.top + (CROWD_HEADER_H if plan.crowd else HEADER_H), box.w, 0)
    if not plan.crowd:
        _draw_load(sheet, facts, box)
    full = max(plan.chronicle.node_slots.room(facts.name), len(facts.pods))
    plan.draw(sheet, ref, inside, _cells(plan, facts), full=full)


def _draw_load(sheet: Sheet, facts: NodeFacts, box: Area) -> None:
    """How full a node is, as a bar and in words."""
    ref, left, room = f"node/{facts.name}", box.left + PAD, box.w - 2 * PAD
    sheet.area(f"{ref} meter", "meter", Area(left, box.top + 29, room, 6), "back")
    used = max(room * min(facts.cpu_share, 1.0), 1)
    sheet.area(f"{ref} used", "meter", Area(left, box.top + 29, used, 6), "used")
    words = f"cpu {facts.cpu_share:.0%} · pods {len(facts.at_work)}/{facts.pod_room}"
    sheet.text(f"{ref} load", left, box.top + 46, words, "small")


def _cells(plan: Scene, facts: NodeFacts) -> list[Cell]:
    return [Cell(pod, place.slot) for pod in facts.pods if (place := pod.places.at(plan.time_ms)) is not None]


def draw_services(sheet: Sheet, served: Sequence[Served], top: float, width: float) -> float:
    """Draw services as pills side by side from `top` on; returns the lower edge."""
    widths = [min(len(s.words) * LETTER + 40, width) for s in served]
    rows: list[list[int]] = [[]]
    for number in range(len(served)):
        if rows[-1] and sum(widths[n] + GAP for n in (*rows[-1], number)) > width + GAP:
            rows.append([])
        rows[-1].append(number)
    for number, row in enumerate(rows):
        left = (width - sum(widths[n] + GAP for n in row) + GAP) / 2
        y = top + number * (PILL_H + GAP) + PILL_H / 2
        for n in row:
            ref = f"service/{served[n].key}"
            item = Item(ref, "pill", left + widths[n] / 2, y, widths[n], PILL_H, served[n].words, (), ref)
            sheet.add(item)
            left += widths[n] + GAP
    return top + len(rows) * (PILL_H + GAP) - GAP


def _draw_lines(sheet: Sheet, plan: Scene, served: Sequence[Served]) -> None:
    """Lines to the services from the pods that get their requests."""
    for service in served:
        for key in service.ready:
            pod = plan.chronicle.pod_named(key, plan.time_ms)
            sheet.link(pod_item_id(pod) if pod is not None else "", f"service/{service.key}", "request")


def _draw_trunks(sheet: Sheet, plan: Scene, served: Sequence[Served], nodes: Sequence[NodeFacts]) -> None:
    """With many pods: a line from every node where requests go, and a mark on the pods that get them."""
    homes = {pod.key: facts.name for facts in nodes for pod in facts.pods}
    for service in served:
        for key in service.ready:
            if not plan.crowd:
                sheet.link(f"node/{homes.get(key, '')}", f"service/{service.key}", "trunk")
            pod = plan.chronicle.pod_named(key, plan.time_ms)
            if pod is not None:
                plan.mark_served(sheet, pod)


def _draw_waiting(sheet: Sheet, plan: Scene, pods: Sequence[PodTrack], top: float, width: float) -> float:
    """The strip of pods that have no node; returns its lower edge."""
    key = "waiting"
    room = plan.room(len(pods), width)
    box = Area(0, top, width, room + 30)
    sheet.area(key, "box", box, "waiting")
    sheet.text(key, box.left + PAD, box.top + 14, f"waiting for a node: {len(pods) or 'none'}", "small")
    inside = Area(box.left, box.top + 28, box.w, 0)
    plan.draw(sheet, key, inside, [Cell(pod, slot) for slot, pod in enumerate(pods)], full=len(pods))
    return box.bottom
