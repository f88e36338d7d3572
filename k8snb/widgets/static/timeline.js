// The rollout timeline: curves and marks above, a lane a pod below, one playhead through all.

import { colors, hueOf, onTheme } from "./theme.js";
import { clock, h, keepKeys } from "./dom.js";
import { applyRows, Store } from "./store.js";
import {
  AXIS_H, BAND_H, GROUP_GAP, LANE_H, LEFT, paintAxis, paintBand, paintCurves, paintDivider, paintFuture, paintGrid, paintLabel,
  paintLane, paintMarks, paintNumbers, paintPlayhead, Scale, sized, STATES, TOP_H,
} from "./timeline_paint.js";

function applyTimeline(data, message) {
  applyRows(data.lanes, message.lanes);
  for (const [name, [from, tail]] of Object.entries(message.curves ?? {})) {
    data.curves[name] = [...(data.curves[name] ?? []).slice(0, from), ...tail];
  }
  if (message.marks) data.marks = [...data.marks.slice(0, message.marks[0]), ...message.marks[1]];
  Object.assign(data, message.head);
}

const WINDOWS = { all: 0, "5 min": 300e3, "1 min": 60e3, "20 s": 20e3 };

class Plot {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.window = 0;
    this.dragging = null;
    this.store = new Store(model, "picture", applyTimeline, () => this.schedule());
    this.build();
    this.schedule();
  }

  build() {
    this.title = h("h3");
    this.select = h("select", { "aria-label": "Time shown", onchange: () => this.setWindow(WINDOWS[this.select.value]) },
      ...Object.keys(WINDOWS).map((name) => h("option", { value: name }, name === "all" ? "all time" : `last ${name}`)));
    this.legend = h("span", { class: "k8snb-revisions" });
    this.hint = h("span", { class: "k8snb-soft k8snb-grow", style: "font-size:12px" });
    const head = h("div", { class: "k8snb-row k8snb-head" }, this.title, this.legend, this.hint, this.select);
    this.top = h("canvas");
    this.lanes = h("canvas");
    this.axis = h("canvas");
    this.scroller = h("div", { class: "k8snb-lanes" }, this.lanes);
    this.plot = keepKeys(h("div", {
      class: "k8snb-plot", tabindex: 0, role: "slider", "aria-label": "Moment shown", "aria-valuemin": 0,
    }, this.top, this.scroller, this.axis));
    this.el.append(head, this.plot);
    this.plot.addEventListener("pointerdown", (e) => this.press(e));
    this.plot.addEventListener("pointermove", (e) => this.move(e));
    this.plot.addEventListener("pointerup", (e) => this.release(e));
    this.plot.addEventListener("pointerleave", () => { this.hint.textContent = ""; });
    this.plot.addEventListener("keydown", (e) => this.key(e));
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(this.plot);
    this.stopTheme = onTheme(() => this.schedule());
    this.onSelected = () => this.schedule();
    this.model.on("change:selected", this.onSelected);
  }

  close() {
    this.store.close();
    this.sizes.disconnect();
    this.stopTheme();
    this.model.off("change:selected", this.onSelected);
    cancelAnimationFrame(this.frame);
  }

  setWindow(ms) {
    this.window = ms;
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

  scale(width) {
    const { now, horizon } = this.store.data;
    if (!this.window || this.window > horizon) return new Scale(0, horizon, width);
    const end = Math.max(Math.min(now + this.window * 0.08, horizon), this.window);
    return new Scale(end - this.window, end, width);
  }

  draw() {
    const width = this.scroller.clientWidth;
    if (!width) return;
    const { data } = this.store, theme = colors(), scale = this.scale(width), at = this.playhead;
    this.drawn = scale;
    this.title.textContent = data.title;
    this.showLegend(theme);
    this.top.style.width = this.axis.style.width = `${width}px`;
    const top = sized(this.top, width, TOP_H);
    paintGrid(top, scale, theme, TOP_H);
    const y = paintCurves(top, scale, theme, data, TOP_H);
    if (data.playhead !== null || this.dragging !== null) paintFuture(top, scale, theme, at, TOP_H);
    paintNumbers(top, scale, theme, data.curves, at, y);
    paintMarks(top, scale, theme, data.marks, TOP_H);
    paintPlayhead(top, scale, theme, at, TOP_H, true);
    this.drawLanes(width, scale, theme, at);
    paintAxis(sized(this.axis, width, AXIS_H), scale, theme);
    this.plot.setAttribute("aria-valuemax", Math.round(data.now / 1000));
    this.plot.setAttribute("aria-valuenow", Math.round(at / 1000));
    this.plot.setAttribute("aria-valuetext", `${clock(at)} of ${clock(data.now)}`);
  }

  drawLanes(width, scale, theme, at) {
    const { data } = this.store, layout = this.layout(scale);
    const height = Math.max(layout.height, 24);
    const g = sized(this.lanes, width, height);
    paintGrid(g, scale, theme, height);
    const selected = this.model.get("selected");
    const full = Math.max(1, ...data.bands.flatMap((band) => band[2].map((c) => c.reduce((a, b) => a + b, 0))));
    for (const { group, top, rows, band } of layout.groups) {
      const color = group[3] ? hueOf(data.hues, group[3], theme.dark).text : theme.ink;
      paintLabel(g, theme, group[1], 8, top + 9, { bold: true, color, room: 84 });
      if (band) paintBand(g, scale, theme, hueOf(data.hues, group[3], theme.dark), band, data.now, top, full);
      for (const { lanes, y } of rows) this.drawRow(g, scale, theme, lanes, y, at, selected, width);
    }
    if (layout.divider !== null) paintDivider(g, scale, theme, layout.divider, data.divider[2]);
    if (!layout.groups.length) paintLabel(g, theme, "no pods yet", LEFT, 12);
    if (data.playhead !== null || this.dragging !== null) paintFuture(g, scale, theme, at, height);
    paintPlayhead(g, scale, theme, at, height, false);
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

  // All lanes that stand on one line, and the name of the one at the playhead.
  drawRow(g, scale, theme, lanes, y, at, selected, width) {
    const { data } = this.store, chosen = lanes.some((lane) => lane[2] === selected);
    if (chosen) {
      g.fillStyle = theme.track;
      g.fillRect(LEFT - 62, y - 7, width - LEFT + 62, 15);
    }
    const named = lanes.filter((lane) => lane[3][0][0] <= at).at(-1) ?? lanes[0];
    paintLabel(g, theme, named[1], LEFT - 8, y, { align: "right", mono: true, room: 52, color: chosen ? theme.ink : theme.soft });
    for (const lane of lanes) paintLane(g, scale, theme, hueOf(data.hues, lane[6], theme.dark), lane, data.now, y);
  }

  // Which lanes are shown, and where: those that live within the window.
  layout(scale) {
    const { data } = this.store, byGroup = new Map();
    for (const lane of Object.values(data.lanes)) {
      const begin = lane[3][0][0], end = lane[4] ?? data.now;
      if (begin > scale.to || end < scale.from) continue;
      if (!byGroup.has(lane[0])) byGroup.set(lane[0], new Map());
      const rows = byGroup.get(lane[0]);
      if (!rows.has(lane[5])) rows.set(lane[5], []);
      rows.get(lane[5]).push(lane);
    }
    const groups = [];
    let top = 6, divider = null;
    for (const group of data.groups) {
      const sorted = [...(byGroup.get(group[0]) ?? [])].sort(([a], [b]) => a - b);
      const band = data.bands.find((b) => b[0] === group[0]);
      if (!sorted.length && !band) continue;
      const rows = sorted.map(([number, lanes], n) => ({
        number, y: top + n * LANE_H + LANE_H / 2, lanes: lanes.sort((a, b) => a[3][0][0] - b[3][0][0]),
      }));
      const bottom = top + (band ? BAND_H : rows.length * LANE_H);
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

  laneAt(event) {
    if (event.target !== this.lanes) return null;
    const y = event.offsetY, ms = this.msAt(event);
    for (const { rows } of this.placed ?? []) {
      const row = rows.find((r) => Math.abs(r.y - y) <= LANE_H / 2);
      if (row) return row.lanes.filter((lane) => lane[3][0][0] <= ms).at(-1) ?? row.lanes[0];
    }
    return null;
  }

  msAt(event) {
    const x = event.clientX - this.plot.getBoundingClientRect().left;
    return Math.round(Math.min(Math.max(this.drawn.ms(x), 0), this.store.data.now));
  }

  press(event) {
    if (!this.drawn || event.button) return;
    this.pressed = { x: event.clientX, lane: this.laneAt(event) };
    this.plot.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.drawn) return;
    if (!this.pressed) return this.explain(event);
    if (this.dragging === null && Math.abs(event.clientX - this.pressed.x) < 4) return;
    this.dragging = this.msAt(event);
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
    this.waiting = setTimeout(() => {
      this.waiting = null;
      if (this.dragging !== null) this.seek(this.dragging);
    }, 60);
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
      const segment = lane[3].filter(([start]) => start <= ms).at(-1);
      const ended = lane[4] !== null && ms > lane[4];
      if (ended && lane[7]) words += ` · ${lane[2].split("/").at(-1)} ${lane[7]} at ${clock(lane[4])}`;
      if (segment && !ended) words += ` · ${lane[1]} ${STATES[segment[1]]}${segment[2] ? ` (${segment[2]})` : ""}`;
    } else if (event.target === this.top) {
      const near = this.store.data.marks.filter(([t]) => Math.abs(this.drawn.x(t) - this.drawn.x(ms)) < 5);
      if (near.length) words = near.map(([t, , , full]) => `${clock(t)} ${full}`).slice(-2).join("  ·  ");
    }
    this.hint.textContent = words;
  }
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-timeline");
  const plot = new Plot(model, el);
  return () => plot.close();
}

export default { render };
