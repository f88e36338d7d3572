// Rows that open: a button at each lane's label, below an open one a thin lane for each container; and the strip of requests.

import { h } from "./dom.js";
import { LEFT, LANE_H, paintLabel, paintSegment, RIGHT, STATES } from "./timeline_paint.js";

export const SUB_H = 15, STRIP_H = 48;

// What a map has under a key; `fresh` is put there first when it has nothing.
export function kept(map, key, fresh) {
  return map.get(key) ?? map.set(key, fresh).get(key);
}

// The containers below a row: those of the same name of all its pods stand on one line.
export function subRows(lanes, containers) {
  const rows = new Map();
  for (const lane of lanes) {
    for (const [label, name, segments] of containers[lane[8]] ?? []) {
      kept(rows, label, { label, name, pieces: [] }).pieces.push({ lane, segments });
    }
  }
  return [...rows.values()];
}

export function segmentAt(segments, ms) {
  return segments.filter(([start]) => start <= ms).at(-1);
}

function words(g, theme, text, left, width, y, fault) {
  if (g.measureText(text).width + 8 > width) return;
  g.textAlign = "left";
  g.fillStyle = fault ? theme.fault : theme.ink;
  g.fillText(text, left + 4, y + 0.5);
}

export function paintContainer(g, scale, theme, hueOfLane, row, now, at, y) {
  paintLabel(g, theme, row.label, LEFT - 8, y, { align: "right", mono: true, room: 134 });
  for (const { lane, segments } of row.pieces) {
    const stop = lane[4] ?? now, hue = hueOfLane(lane);
    g.font = `11px ${theme.sans}`;
    segments.forEach(([start, state, text, restarts], index) => {
      const end = index + 1 < segments.length ? segments[index + 1][0] : stop;
      if (end < scale.from || start > scale.to || start > stop) return;
      const [left, width] = scale.span(start, end), name = STATES[state];
      paintSegment(g, theme, hue, name, left, y - 6, Math.max(width, 1.5), 12, false);
      if (name !== "ready") words(g, theme, text, left, width, y, name === "failing");
      if (restarts > (segments[index - 1]?.[3] ?? 0) && start >= scale.from) {
        g.fillStyle = theme.ink; // a restart
        g.fillRect(left - 1, y - 7, 2, 14);
      }
    });
  }
  const last = row.pieces.filter(({ segments }) => segments.length && segments[0][0] <= at).at(-1);
  const restarts = last ? segmentAt(last.segments, at)[3] : 0;
  if (restarts) paintLabel(g, theme, `↻ ${restarts}`, scale.width - RIGHT + 8, y, { room: RIGHT - 12 });
}

// One button a row, at its label; one of them can be reached by the Tab key, arrows go on from there.
export class RowButtons {
  constructor(parent, toggle) {
    this.toggle = toggle;
    this.box = h("div", { class: "k8snb-folds", role: "group", "aria-label": "Pods: open one to see its containers" });
    this.box.addEventListener("keydown", (event) => this.key(event));
    parent.append(this.box);
  }

  show(rows) {
    const signature = JSON.stringify(rows.map((row) => [row.key, row.y, row.open, row.label]));
    if (signature === this.shown) return;
    this.shown = signature;
    const focused = this.box.contains(document.activeElement) ? document.activeElement.dataset.row : null;
    this.box.replaceChildren(...rows.map((row, index) => h("button", {
      type: "button",
      "data-row": row.key,
      "aria-expanded": String(row.open),
      "aria-label": `Containers of ${row.label}`,
      title: `${row.label}: ${row.open ? "hide" : "show"} its containers`,
      tabindex: index ? -1 : 0,
      style: `top:${row.y - LANE_H / 2}px;left:${LEFT - 67}px;width:63px;height:${LANE_H}px`,
      onclick: () => this.toggle(row.key),
    }, row.open ? "▾" : "▸")));
    if (focused !== null) this.focus([...this.box.children].find((el) => el.dataset.row === focused));
  }

  focus(button) {
    if (!button) return;
    for (const el of this.box.children) el.tabIndex = el === button ? 0 : -1;
    button.focus();
  }

  key(event) {
    const buttons = [...this.box.children], index = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: buttons.length - 1 }[event.key];
    const open = { ArrowRight: "false", ArrowLeft: "true" }[event.key];
    if (to === undefined && open === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to !== undefined) this.focus(buttons[to]);
    else if (buttons[index]?.getAttribute("aria-expanded") === open) buttons[index].click();
  }
}

// A bar a second: what was served stands on the line, what was dropped on top of it.
export function paintRequests(g, scale, theme, rows, at) {
  const base = STRIP_H - 4, shown = rows.filter(([second]) => second * 1000 <= at);
  const full = Math.max(1, ...rows.map(([, served, dropped]) => served + dropped)), unit = (base - 4) / full;
  paintLabel(g, theme, "requests a second", LEFT - 8, STRIP_H / 2, { align: "right", room: 130 });
  g.fillStyle = theme.track;
  g.fillRect(LEFT, base, scale.width - LEFT - RIGHT, 1);
  for (const [second, served, dropped] of rows) {
    if ((second + 1) * 1000 < scale.from || second * 1000 > scale.to) continue;
    const [left, width] = scale.span(second * 1000, (second + 1) * 1000);
    g.globalAlpha = 0.55;
    g.fillStyle = theme.served;
    g.fillRect(left, base - served * unit, width + 0.3, served * unit);
    g.globalAlpha = 1;
    g.fillStyle = theme.fault;
    g.fillRect(left, base - (served + dropped) * unit, width + 0.3, dropped * unit);
  }
  const sum = (index) => shown.reduce((total, row) => total + row[index], 0), x = scale.width - RIGHT + 8;
  paintLabel(g, theme, `served ${sum(1)}`, x, STRIP_H / 2 - 7, { color: theme.servedText });
  paintLabel(g, theme, `dropped ${sum(2)}`, x, STRIP_H / 2 + 7, { color: theme.fault });
}
