// How a timeline is painted: pure drawing on canvases, given the picture, the theme and the scale.

import { clock, gather } from "./dom.js";

export const LEFT = 150, RIGHT = 96, LANE_H = 16, GROUP_GAP = 10, BAND_H = 60;
export const TOP_H = 118, BARE_H = 46, MARKS_H = 24, AXIS_H = 20;
const TICK_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
export const STATES = ["ready", "running", "starting", "terminating", "failing", "succeeded"];

// Where times lie: a window [from, to] in ms on a width in px.
export class Scale {
  constructor(from, to, width) {
    Object.assign(this, { from, to, width });
    this.perMs = Math.max(width - LEFT - RIGHT, 10) / (to - from);
  }
  x(ms) { return LEFT + (ms - this.from) * this.perMs; }
  ms(x) { return this.from + (x - LEFT) / this.perMs; }
  clamp(ms) { return Math.min(Math.max(ms, this.from), this.to); }
  span(start, end) {
    const left = this.x(this.clamp(start));
    return [left, Math.max(this.x(this.clamp(end)) - left, 0)];
  }
  ticks() {
    const most = Math.max(Math.floor((this.width - LEFT - RIGHT) / 64), 2);
    const step = 1000 * (TICK_SECONDS.find((s) => (this.to - this.from) / (s * 1000) <= most) ?? 86400);
    const found = [];
    for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) found.push(t);
    return found;
  }
}

export function sized(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    Object.assign(canvas, { width: w, height: h });
    canvas.style.height = `${height}px`;
  }
  const g = canvas.getContext("2d");
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, width, height);
  g.textBaseline = "middle";
  return g;
}

function vertical(g, x, top, bottom) {
  g.beginPath();
  g.moveTo(Math.round(x) + 0.5, top);
  g.lineTo(Math.round(x) + 0.5, bottom);
  g.stroke();
}

export function paintGrid(g, scale, theme, height) {
  g.strokeStyle = theme.track;
  g.lineWidth = 1;
  for (const t of scale.ticks()) vertical(g, scale.x(t), 0, height);
}

export function paintPlayhead(g, scale, theme, ms, height, withHead) {
  const x = scale.x(ms);
  if (ms < scale.from || ms > scale.to) return;
  g.fillStyle = g.strokeStyle = theme.brand;
  g.lineWidth = 2;
  vertical(g, x - 0.5, withHead ? 4 : 0, height);
  if (!withHead) return;
  g.beginPath();
  g.moveTo(x - 6, 0);
  g.lineTo(x + 6, 0);
  g.lineTo(x, 9);
  g.fill();
}

// What lies after the playhead has not happened yet: it pales.
export function paintFuture(g, scale, theme, ms, height) {
  const x = Math.max(scale.x(ms), LEFT);
  g.globalAlpha = 0.68;
  g.fillStyle = theme.page;
  g.fillRect(x, 0, scale.width - x, height);
  g.globalAlpha = 1;
}

export function paintAxis(g, scale, theme) {
  g.fillStyle = theme.soft;
  g.font = `11px ${theme.sans}`;
  g.textAlign = "center";
  for (const t of scale.ticks()) g.fillText(clock(t), scale.x(t), AXIS_H / 2);
}

function fitted(g, text, room) {
  if (g.measureText(text).width <= room) return text;
  let cut = text;
  while (cut.length > 1 && g.measureText(`${cut}…`).width > room) cut = cut.slice(0, -1);
  return `${cut}…`;
}

// The inputs in the window, those together that share a label.
export function markGroups(scale, marks) {
  const inputs = marks.filter(([t, kind]) => kind === "input" && t >= scale.from && t <= scale.to);
  return gather(inputs, (t) => scale.x(t));
}

// Labels, on a halo of the page's colour: the playhead may stand behind them.
function paintMarkLabels(g, scale, theme, marks) {
  const groups = markGroups(scale, marks);
  g.font = `11px ${theme.sans}`;
  g.textAlign = "left";
  g.lineJoin = "round";
  groups.forEach((group, index) => {
    const [t, , label] = group[0], x = scale.x(t), more = group.length > 1 ? ` +${group.length - 1}` : "";
    const end = index + 1 < groups.length ? scale.x(groups[index + 1][0][0]) : scale.width;
    const room = Math.min(end - x - 12, 220) - (more ? g.measureText(more).width : 0);
    const words = `${fitted(g, label, room)}${more}`;
    g.strokeStyle = theme.page;
    g.lineWidth = 4;
    g.strokeText(words, x + 5, 16);
    g.fillStyle = theme.ink;
    g.fillText(words, x + 5, 16);
  });
}

export function paintMarks(g, scale, theme, marks, height) {
  const shown = marks.filter(([t]) => t >= scale.from && t <= scale.to);
  g.strokeStyle = theme.soft;
  g.lineWidth = 1;
  g.globalAlpha = 0.6;
  for (const [t, kind] of shown) if (kind === "input") vertical(g, scale.x(t), 10, height);
  g.globalAlpha = 1;
  for (const [t, kind] of shown) {
    if (kind === "fault") {
      g.lineWidth = 1;
      g.strokeStyle = g.fillStyle = theme.fault;
      vertical(g, scale.x(t), 10, height);
      g.beginPath();
      g.arc(scale.x(t), 7, 4, 0, 7);
      g.fill();
    } else if (kind === "warning") {
      const x = scale.x(t);
      g.strokeStyle = theme.fault;
      g.lineWidth = 1.25;
      g.beginPath();
      g.moveTo(x - 3.5, height - 1);
      g.lineTo(x, height - 7);
      g.lineTo(x + 3.5, height - 1);
      g.closePath();
      g.stroke();
    }
  }
  paintMarkLabels(g, scale, theme, marks);
}

// Calls `piece(left, width, value)` for each stretch of a curve that has a value.
function stretches(scale, curve, now, piece) {
  curve.forEach(([start, value], index) => {
    const end = index + 1 < curve.length ? curve[index + 1][0] : now;
    if (value === null || end < scale.from || start > scale.to) return;
    piece(...scale.span(start, end), value);
  });
}

function strokeCurve(g, scale, curve, now, y) {
  let at = null;
  g.beginPath();
  stretches(scale, curve, now, (left, width, value) => {
    if (at === null || Math.abs(at - left) > 0.01) g.moveTo(left, y(value));
    else g.lineTo(left, y(value));
    g.lineTo(left + width, y(value));
    at = left + width;
  });
  g.stroke();
}

function valueAt(curve, ms) {
  return curve.filter(([start]) => start <= ms).at(-1)?.[1] ?? null;
}

// How each curve is drawn: colour, width, dashes; the area under `ready` and `succeeded` is filled.
const PENS = {
  ceiling: ["soft", 1, [5, 4]],
  floor: ["soft", 1, [5, 4]],
  updated: ["brand", 1.25, [1.5, 2.5]],
  available: ["served", 1.25, [6, 2]],
  restarts: ["soft", 1.25, [1.5, 2.5]],
  active: ["brand", 1.5, [6, 2]],
  failed: ["fault", 1.75, []],
  ready: ["served", 2, []],
  succeeded: ["served", 2, []],
  completions: ["ink", 1.5, []],
  desired: ["ink", 1.5, []],
};
const AREAS = ["ready", "succeeded"], FENCES = ["ceiling", "floor"];
const WORDS = { served: "servedText" }; // words want more contrast than lines

export function paintCurves(g, scale, theme, data, height) {
  const { curves, now } = data;
  if (!Object.values(curves).some((curve) => curve.length)) return null;
  const most = Math.max(1, ...Object.values(curves).flatMap((curve) => curve.map(([, v]) => v ?? 0)));
  const base = height - 10, y = (value) => base - ((base - MARKS_H - 8) * value) / most;
  g.fillStyle = theme.served;
  g.globalAlpha = 0.2;
  for (const name of AREAS) {
    stretches(scale, curves[name] ?? [], now, (left, width, value) => g.fillRect(left, y(value), width, base - y(value)));
  }
  g.globalAlpha = 1;
  for (const [name, [color, width, dash]] of Object.entries(PENS)) {
    if (!curves[name]?.length) continue;
    g.strokeStyle = theme[color];
    g.lineWidth = width;
    g.setLineDash(dash);
    strokeCurve(g, scale, curves[name], now, y);
    g.setLineDash([]);
  }
  return y;
}

// The curves' numbers at the playhead; `y` is what painting the curves gave.
export function paintNumbers(g, scale, theme, curves, playhead, y) {
  if (!y) return;
  g.font = `11px ${theme.sans}`;
  const put = (names, x, align) => {
    const rows = names.map((n) => ({ n, v: valueAt(curves[n] ?? [], playhead) })).filter((r) => r.v !== null);
    rows.sort((a, b) => y(a.v) - y(b.v));
    let free = Math.min(MARKS_H - 4, y(0) + 6 - 13 * rows.length);
    g.textAlign = align;
    rows.forEach((row, index) => {
      const lowest = y(0) + 6 - 13 * (rows.length - 1 - index);
      const at = Math.max(Math.min(y(row.v), lowest), free);
      free = at + 13;
      const [color] = PENS[row.n];
      g.fillStyle = theme[WORDS[color] ?? color];
      g.fillText(`${row.n} ${row.v}`, x, at);
    });
  };
  put(FENCES, LEFT - 10, "right");
  put(Object.keys(PENS).filter((n) => !FENCES.includes(n)).reverse(), scale.width - RIGHT + 8, "left");
}

// A line between rows: which ordinals stay above it, and which take the new revision below.
export function paintDivider(g, scale, theme, y, label) {
  g.strokeStyle = theme.brand;
  g.lineWidth = 1.5;
  g.setLineDash([6, 3]);
  g.beginPath();
  g.moveTo(LEFT - 62, Math.round(y) + 0.5);
  g.lineTo(scale.width, Math.round(y) + 0.5);
  g.stroke();
  g.setLineDash([]);
  g.font = `11px ${theme.sans}`;
  g.textAlign = "left";
  g.fillStyle = theme.brand;
  g.fillText(label, scale.width - RIGHT + 8, y - 8);
}

// -- lanes

export function paintLane(g, scale, theme, hue, lane, now, middle) {
  const segments = lane[3], stop = lane[4] ?? now;
  segments.forEach(([start, state], index) => {
    const end = index + 1 < segments.length ? segments[index + 1][0] : stop;
    if (end < scale.from || start > scale.to || start > stop) return;
    const [left, width] = scale.span(start, end);
    paintSegment(g, theme, hue, STATES[state], left, middle - 5, Math.max(width, 1.5));
  });
  if (lane[7] && stop >= scale.from && stop <= scale.to) paintOutcome(g, theme, lane[7], scale.x(stop), middle);
}

// How a pod that ran to its end ended: a tick, or a cross.
function paintOutcome(g, theme, outcome, x, y) {
  const good = outcome === "succeeded";
  g.strokeStyle = good ? theme.servedText : theme.fault;
  g.fillStyle = theme.page;
  g.lineWidth = 1.75;
  g.beginPath();
  g.arc(x - 5, y, 5, 0, 7);
  g.fill();
  if (!good) return cross(g, x - 5, y);
  g.beginPath();
  g.moveTo(x - 8, y);
  g.lineTo(x - 6, y + 2.5);
  g.lineTo(x - 2, y - 3);
  g.stroke();
}

export function paintSegment(g, theme, hue, state, left, top, width, tall = 10, signs = true) {
  const box = () => {
    g.beginPath();
    g.roundRect(left + 0.5, top + 0.5, Math.max(width - 1, 0.5), tall - 1, 2);
  };
  g.lineWidth = 1;
  g.strokeStyle = state === "failing" ? theme.fault : hue.line;
  g.fillStyle = hue.fill;
  g.globalAlpha = { ready: 1, running: 0.32, terminating: 0.15 }[state] ?? 0;
  box();
  g.fill();
  g.globalAlpha = 1;
  g.setLineDash(state === "starting" ? [3, 2] : []);
  if (state === "failing") g.lineWidth = 1.75;
  g.stroke();
  g.setLineDash([]);
  if (!signs) return;
  if (state === "terminating" && width > 6) strike(g, left, top, width);
  if (state === "failing" && width > 12) cross(g, left + 7, top + 5);
}

function strike(g, left, top, width) {
  g.beginPath();
  for (let x = left + 3; x < left + width - 3; x += 7) {
    g.moveTo(x, top + 8);
    g.lineTo(Math.min(x + 5, left + width - 2), top + 2);
  }
  g.stroke();
}

function cross(g, x, y) {
  g.beginPath();
  g.moveTo(x - 2.5, y - 2.5);
  g.lineTo(x + 2.5, y + 2.5);
  g.moveTo(x + 2.5, y - 2.5);
  g.lineTo(x - 2.5, y + 2.5);
  g.stroke();
}

const BAND_ALPHA = [1, 0.5, 0.22, 0.12, 0.9, 0.12];

export function paintBand(g, scale, theme, hue, band, now, top, full) {
  const [, times, counts] = band;
  const scaleY = (BAND_H - 6) / Math.max(full, 1);
  times.forEach((start, index) => {
    const end = index + 1 < times.length ? times[index + 1] : now;
    if (end < scale.from || start > scale.to) return;
    const [left, width] = scale.span(start, end);
    let y = top + BAND_H;
    counts[index].forEach((count, state) => {
      if (!count) return;
      y -= count * scaleY;
      g.globalAlpha = BAND_ALPHA[state];
      g.fillStyle = STATES[state] === "failing" ? theme.fault : hue.fill;
      g.fillRect(left, y, width + 0.3, count * scaleY);
    });
  });
  g.globalAlpha = 1;
}

export function paintLabel(g, theme, text, x, y, options = {}) {
  g.font = `${options.bold ? "600 12px" : "11px"} ${options.mono ? theme.mono : theme.sans}`;
  g.textAlign = options.align ?? "left";
  g.fillStyle = options.color || theme.soft;
  g.fillText(fitted(g, text, options.room ?? 90), x, y);
}

