// The rollout timeline: curves and marks above, a lane a pod below, one playhead through all.

import { colors, hueOf, onTheme } from "./theme.js";
import { clock, h, keepKeys } from "./dom.js";
import { applyRows, Store } from "./store.js";
import {
  AXIS_H, BAND_H, BARE_H, GROUP_GAP, LANE_H, LEFT, markGroups, paintAxis, paintBand, paintCurves, paintDivider, paintFuture, paintGrid, paintLabel,
  paintLane, paintMarks, paintNumbers, paintPlayhead, Scale, sized, STATES, TOP_H,
} from "./timeline_paint.js";
import { kept, paintContainer, paintRequests, RowButtons, segmentAt, STRIP_H, SUB_H, subRows } from "./timeline_rows.js";

function applyTimeline(data, message) {
  applyRows(data.lanes, message.lanes);
  applyRows(data.containers, message.containers);
  if (message.traffic) data.traffic = [...data.traffic.slice(0, message.traffic[0]), ...message.traffic[1]];
  for (const [name, [from, tail]] of Object.entries(message.curves ?? {})) {
    data.curves[name] = [...(data.curves[name] ?? []).slice(0, from), ...tail];
  }
  if (message.marks) data.marks = [...data.marks.slice(0, message.marks[0]), ...message.marks[1]];
  Object.assign(data, message.head);
}

const SEEK_PAUSE = 60; // a drag is told not more often than the pictures follow
const WINDOWS = { "all time": 0, "5 min": 300e3, "1 min": 60e3, "20 s": 20e3 };

class Plot {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.end = -1; // of the time that is shown
    this.dragging = null;
    this.store = new Store(model, "picture", applyTimeline, () => this.schedule());
    this.build();
    this.schedule();
  }

  build() {
    this.title = h("h3");
    this.select = h("select", { "aria-label": "Time shown", onchange: () => this.show() },
      ...Object.keys(WINDOWS).map((name) => h("option", {}, name)));
    this.legend = h("span", { class: "k8snb-revisions" });
    this.hint = h("span", { class: "k8snb-soft k8snb-grow", style: "font-size:12px" });
    const head = h("div", { class: "k8snb-row k8snb-head" }, this.title, this.legend, this.hint, this.select);
    this.top = h("canvas");
    this.lanes = h("canvas");
    this.axis = h("canvas");
    this.strip = h("canvas"); // on the page only when there are requests to draw
    this.rows = h("div", { class: "k8snb-rows" }, this.lanes); // as high as all of them; the canvas shows a part
    this.scroller = h("div", { class: "k8snb-lanes" }, this.rows);
    this.buttons = new RowButtons(this.rows, (row) => this.toggle(row));
    this.plot = keepKeys(h("div", {
      class: "k8snb-plot", tabindex: 0, role: "slider", "aria-label": "Moment shown", "aria-valuemin": 0,
    }, this.top, this.scroller, this.axis));
    this.el.append(head, this.plot);
    for (const [name, act] of Object.entries({ down: "press", move: "move", up: "release" })) {
      this.plot.addEventListener(`pointer${name}`, (e) => this[act](e));
    }
    this.plot.addEventListener("pointerleave", () => this.hint.replaceChildren());
    this.plot.addEventListener("keydown", (e) => this.key(e));
    const soon = this.onSelected = () => this.schedule();
    this.sizes = new ResizeObserver(soon);
    this.sizes.observe(this.plot);
    this.scroller.addEventListener("scroll", soon);
    this.stopTheme = onTheme(soon);
    this.model.on("change:selected change:opened", this.onSelected);
  }

  close() {
    this.store.close();
    this.sizes.disconnect();
    this.stopTheme();
    this.model.off("change:selected change:opened", this.onSelected);
    cancelAnimationFrame(this.frame);
  }

  show() {
    this.end = -1;
    this.schedule();
  }

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  get playhead() {
    return this.dragging ?? this.store.data.playhead ?? this.store.data.now;
  }

  // -- drawing

  // The window ends a little after the present; in the past it stays as long as it holds the playhead.
  scale(width) {
    const { now, horizon, playhead } = this.store.data, span = WINDOWS[this.select.value];
    if (!span || span > horizon) return new Scale(0, horizon, width);
    const live = Math.max(Math.min(now + span * 0.08, horizon), span);
    if (playhead === null) this.end = live;
    else if (this.dragging === null && !(playhead <= this.end && playhead >= this.end - span)) {
      this.end = Math.min(Math.max(playhead + span / 2, span), live);
    }
    return new Scale(this.end - span, this.end, width);
  }

  draw() {
    const width = this.scroller.clientWidth;
    if (!width) return;
    const { data } = this.store, theme = colors(), scale = this.scale(width), at = this.playhead;
    this.drawn = scale;
    this.title.textContent = data.title;
    this.showLegend(theme);
    this.top.style.width = this.axis.style.width = `${width}px`;
    const height = Object.keys(data.curves).length ? TOP_H : BARE_H, top = sized(this.top, width, height);
    paintGrid(top, scale, theme, height);
    const y = paintCurves(top, scale, theme, data, height);
    if (at < data.now) paintFuture(top, scale, theme, at, height);
    paintNumbers(top, scale, theme, data.curves, at, y);
    paintPlayhead(top, scale, theme, at, height, true);
    paintMarks(top, scale, theme, data.marks, height);
    this.drawLanes(width, scale, theme, at);
    this.drawRequests(width, scale, theme, at);
    const axis = JSON.stringify([scale, theme]);
    if (axis !== this.drawnAxis) paintAxis(sized(this.axis, width, AXIS_H), scale, theme);
    this.drawnAxis = axis;
    const seconds = (ms) => Math.round(ms / 1000);
    Object.assign(this.plot, { ariaValueMax: seconds(data.now), ariaValueNow: seconds(at), ariaValueText: `${clock(at)} of ${clock(data.now)}` });
  }

  drawRequests(width, scale, theme, at) {
    const { traffic, now } = this.store.data;
    if (!traffic.length) return this.strip.remove();
    if (!this.strip.isConnected) this.scroller.after(this.strip);
    this.strip.style.width = `${width}px`;
    const g = sized(this.strip, width, STRIP_H);
    paintGrid(g, scale, theme, STRIP_H);
    paintRequests(g, scale, theme, traffic, at);
    if (at < now) paintFuture(g, scale, theme, at, STRIP_H);
    paintPlayhead(g, scale, theme, at, STRIP_H, false);
  }

  drawLanes(width, scale, theme, at) {
    const { scroller } = this, { data } = this.store, layout = this.layout(scale), height = Math.max(layout.height, 24);
    const atEnd = scroller.scrollTop + scroller.clientHeight >= this.rows.clientHeight - 2;
    this.rows.style.height = `${height}px`;
    if (data.newest && atEnd) scroller.scrollTop = height;
    const from = scroller.scrollTop, seen = Math.min(height, scroller.clientHeight), g = sized(this.lanes, width, seen);
    g.translate(0, -from);
    paintGrid(g, scale, theme, height);
    const selected = this.model.get("selected");
    const full = Math.max(1, ...data.bands.flatMap((band) => band[2].map((c) => c.reduce((a, b) => a + b, 0))));
    for (const { group, top, rows, band } of layout.groups) {
      const hue = hueOf(data.hues, group[3], theme.dark), color = group[3] ? hue.text : theme.ink;
      paintLabel(g, theme, group[1], 8, top + 9, { bold: true, color, room: 74 });
      if (band) paintBand(g, scale, theme, hue, band, data.now, top, full);
      for (const row of rows) {
        if (row.end > from && row.y < from + seen + LANE_H) this.drawRow(g, scale, theme, row, at, selected);
      }
    }
    if (layout.divider !== null) paintDivider(g, scale, theme, layout.divider, data.divider[2]);
    if (!layout.groups.length) paintLabel(g, theme, "no pods yet", LEFT, 12);
    if (at < data.now) paintFuture(g, scale, theme, at, height);
    paintPlayhead(g, scale, theme, at, height, false);
    this.buttons.show(layout.groups.flatMap(({ rows }) => rows.map((row) => (
      { key: row.key, y: row.y, open: row.open, label: this.named(row.lanes, at)[2].split("/").at(-1) }
    ))));
  }

  // The revisions and their hues, where the groups do not say them.
  showLegend(theme) {
    const signature = JSON.stringify([this.store.data.legend, theme.dark]);
    if (signature === this.legendShown) return;
    this.legendShown = signature;
    this.legend.replaceChildren(...this.store.data.legend.map(([, label, images, hue]) => {
      const { fill, text } = hueOf(this.store.data.hues, hue, theme.dark);
      return h("span", { style: `color:${text}`, title: images }, h("i", { style: `background:${fill}` }), `${label} · ${images}`);
    }));
  }

  // Of the lanes on one line, the one at the playhead.
  named(lanes, at) {
    return lanes.filter((lane) => lane[3][0][0] <= at).at(-1) ?? lanes[0];
  }

  // All lanes that stand on one line, with the name of the one at the playhead, and its containers when it is open.
  drawRow(g, scale, theme, { lanes, y, subs }, at, selected) {
    const { data } = this.store, chosen = lanes.some((lane) => lane[2] === selected);
    if (chosen) {
      g.fillStyle = theme.track;
      g.fillRect(LEFT - 62, y - 7, scale.width, 15);
    }
    const label = this.named(lanes, at)[1], hue = (lane) => hueOf(data.hues, lane[6], theme.dark);
    paintLabel(g, theme, label, LEFT - 8, y, { align: "right", mono: true, room: 46, color: chosen && theme.ink });
    for (const lane of lanes) paintLane(g, scale, theme, hue(lane), lane, data.now, y);
    subs.forEach((row, n) => paintContainer(g, scale, theme, hue, row, data.now, at, y + LANE_H / 2 + (n + 0.5) * SUB_H));
  }

  // Which lanes are shown, and where: those that live within the window.
  layout(scale) {
    const { data } = this.store, byGroup = new Map(), opened = this.model.get("opened");
    for (const [id, row] of Object.entries(data.lanes)) {
      const lane = [...row.slice(0, 8), id];
      const begin = lane[3][0][0], end = lane[4] ?? data.now;
      if (begin > scale.to || end < scale.from) continue;
      kept(kept(byGroup, lane[0], new Map()), lane[5], []).push(lane);
    }
    const groups = [];
    let top = 6, divider = null;
    for (const group of data.groups) {
      const sorted = [...(byGroup.get(group[0]) ?? [])].sort(([a], [b]) => a - b);
      const band = data.bands.find((b) => b[0] === group[0]);
      if (!sorted.length && !band) continue;
      let bottom = top;
      const rows = sorted.map(([number, lanes]) => {
        lanes.sort((a, b) => a[3][0][0] - b[3][0][0]);
        const key = `${group[0]} ${number}`, open = opened.includes(key), subs = open ? subRows(lanes, data.containers) : [];
        const y = bottom + LANE_H / 2;
        bottom += LANE_H + subs.length * SUB_H;
        return { number, y, end: bottom, lanes, key, open, subs };
      });
      if (band) bottom = top + BAND_H;
      if (data.divider?.[0] === group[0]) {
        const below = rows.find((row) => row.number >= data.divider[1]);
        divider = below ? below.y - LANE_H / 2 : bottom;
      }
      groups.push({ group, top, band, rows });
      top = bottom + GROUP_GAP;
    }
    this.placed = groups;
    return { groups, divider, height: top };
  }

  // -- hands

  toggle(key) {
    const opened = this.model.get("opened");
    const row = this.placed.flatMap(({ rows }) => rows).find((r) => r.key === key);
    this.model.set("opened", opened.includes(key) ? opened.filter((other) => other !== key) : [...opened, key]);
    if (row) this.model.set("selected", this.named(row.lanes, this.playhead)[2]);
    this.model.save_changes();
  }

  rowAt(event) {
    if (event.target !== this.lanes) return null;
    const y = event.offsetY + this.scroller.scrollTop, under = (row) => y >= row.y - LANE_H / 2 && y <= row.end;
    return (this.placed ?? []).flatMap(({ rows }) => rows).find(under) ?? null;
  }

  laneAt(event) {
    const row = this.rowAt(event);
    return row && this.named(row.lanes, this.msAt(event));
  }

  // What the container under the pointer did at that time.
  containerWords(event, ms) {
    const row = this.rowAt(event);
    const sub = row?.subs[Math.floor((event.offsetY + this.scroller.scrollTop - row.y - LANE_H / 2) / SUB_H)];
    const piece = sub?.pieces.filter(({ segments }) => segments.length && segments[0][0] <= ms).at(-1);
    if (!piece) return "";
    const [, , words, restarts] = segmentAt(piece.segments, ms);
    return ` · ${sub.label}: ${words}${restarts ? ` · restarted ${restarts}×` : ""}`;
  }

  msAt(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left;
    return Math.round(Math.min(Math.max(this.drawn.ms(x), 0), this.store.data.now));
  }

  press(event) {
    if (!this.drawn || event.button || event.target.closest("button")) return;
    this.pressed = { x: event.clientX, lane: this.laneAt(event) };
    this.plot.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.drawn) return;
    if (!this.pressed) return this.explain(event);
    if (this.dragging === null && Math.abs(event.clientX - this.pressed.x) < 4) return;
    this.dragging = this.msAt(event);
    this.hint.textContent = clock(this.dragging);
    this.seekSoon();
    this.schedule();
  }

  release(event) {
    if (!this.pressed) return;
    const { lane } = this.pressed, dragged = this.dragging !== null;
    this.pressed = null;
    if (lane && !dragged) {
      this.model.set("selected", lane[2]);
      this.model.save_changes();
    } else {
      this.seek(this.msAt(event));
    }
    this.dragging = null;
    this.schedule();
  }

  seekSoon() {
    if (this.waiting) return;
    const told = this.dragging;
    this.seek(told);
    this.waiting = setTimeout(() => {
      this.waiting = null;
      if (this.dragging !== null && this.dragging !== told) this.seekSoon();
    }, SEEK_PAUSE);
  }

  seek(ms) {
    if (ms >= this.store.data.now) ms = null;
    this.store.data.playhead = ms;
    this.model.send({ do: "seek", ms });
  }

  key(event) {
    const { now } = this.store.data, at = this.playhead;
    const to = { ArrowRight: at + 1000, ArrowLeft: at - 1000, PageUp: at + 10000, PageDown: at - 10000, Home: 0, End: now };
    if (!(event.key in to)) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(Math.min(Math.max(to[event.key], 0), now));
    this.schedule();
  }

  explain(event) {
    const lane = this.laneAt(event), ms = this.msAt(event);
    let words = clock(ms);
    if (lane) {
      const segment = segmentAt(lane[3], ms);
      const ended = lane[4] !== null && ms > lane[4];
      if (ended && lane[7]) words += ` · ${lane[2].split("/").at(-1)} ${lane[7]} at ${clock(lane[4])}`;
      if (segment && !ended) words += ` · ${lane[1]} ${STATES[segment[1]]}${segment[2] ? ` (${segment[2]})` : ""}`;
      if (!ended) words += this.containerWords(event, ms);
    } else if (event.target === this.top) {
      words = this.markWords(this.drawn.x(ms)) || words;
    }
    this.hint.textContent = words;
  }

  // What happened at the marks near a place: in full one or two, else in short.
  markWords(x) {
    const { marks } = this.store.data, near = ([t]) => Math.abs(this.drawn.x(t) - x) < 5;
    const group = markGroups(this.drawn, marks).find((found) => found.some(near)) ?? [];
    const found = group.length > 2 ? group : marks.filter(near);
    const told = found.slice(0, 6).map(([t, , label, full]) => `${clock(t)} ${found.length > 2 ? label : full}`);
    if (found.length > 6) told.push(`and ${found.length - 6} more`);
    return told.join("  ·  ");
  }
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-timeline");
  const plot = new Plot(model, el);
  return () => plot.close();
}

export default { render };
