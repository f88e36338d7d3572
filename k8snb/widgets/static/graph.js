// The bridge between the kernel's picture and the ipycytoscape canvas beside it: one message, one batch.

import { colors, hueOf, onTheme } from "./theme.js";
import { h, keepKeys, stopPlainKey } from "./dom.js";
import { tabs } from "./tabs.js";
import { applyRows, Store } from "./store.js";

const ITEM = { kind: 0, x: 1, y: 2, w: 3, h: 4, label: 5, classes: 6, ref: 7, hint: 8 };
const MOST_HEIGHT = 900, MOST_ZOOM = 1.25, MOST_PAUSE = 250;

function applyGraph(data, message) {
  applyRows(data.items, message.items);
  applyRows(data.links, message.links);
  Object.assign(data, message.head);
}

// -- pictures to elements

function nodeOf(id, row) {
  return {
    group: "nodes",
    data: { id, w: row[ITEM.w] || 1, h: row[ITEM.h] || 1, label: row[ITEM.label], ref: row[ITEM.ref], hint: row[ITEM.hint] },
    position: { x: row[ITEM.x], y: row[ITEM.y] },
    classes: row[ITEM.classes],
  };
}

// A point beside a line, as cytoscape wants it: how far along the line, and how far off it.
function beside(p, q, x, y) {
  const dx = q[0] - p[0], dy = q[1] - p[1], length = Math.hypot(dx, dy) || 1;
  const weight = ((x - p[0]) * dx + (y - p[1]) * dy) / length ** 2;
  return [weight, ((y - p[1]) * dx - (x - p[0]) * dy) / length];
}

// `points` are a curve's or an angle's corners: begin, turns, end.
function edgeStyle(points, from, to) {
  const corners = [];
  for (let i = 0; i < points.length; i += 2) corners.push([points[i], points[i + 1]]);
  const p = corners[0], q = corners.at(-1);
  const centers = [[from[ITEM.x], from[ITEM.y]], [to[ITEM.x], to[ITEM.y]]];
  const turns = corners.slice(1, -1).map(([x, y]) => beside(...centers, x, y));
  const name = turns.length > 1 ? "control-point" : "segment";
  return {
    "source-endpoint": `${p[0] - from[ITEM.x]}px ${p[1] - from[ITEM.y]}px`,
    "target-endpoint": `${q[0] - to[ITEM.x]}px ${q[1] - to[ITEM.y]}px`,
    [`${name}-weights`]: turns.map((t) => t[0]).join(" "),
    [`${name}-distances`]: turns.map((t) => t[1]).join(" "),
  };
}

function stylesheet(look, theme) {
  const value = (text) => {
    if (typeof text !== "string" || text[0] !== "$") return text;
    if (!text.startsWith("$glyph ")) return theme[text.slice(1)];
    const [, state, hue] = text.split(" ");
    const paint = { ...hueOf(look.hues, hue, theme.dark), fault: theme.fault, page: theme.page };
    const body = look.glyphs[state].replace(/\{(\w+)\}/g, (_, key) => paint[key]);
    const size = look.glyph_size;
    return "data:image/svg+xml;utf8," + encodeURIComponent(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${size * 4}" height="${size * 4}" viewBox="0 0 ${size} ${size}">${body}</svg>`);
  };
  const hued = (text, hue) =>
    typeof text === "string" && text[0] === "@" ? hueOf(look.hues, hue, theme.dark)[text.slice(1)] : value(text);
  const rules = [];
  for (const { selector, css, hue } of look.style) {
    rules.push({ selector, style: Object.fromEntries(Object.entries(css).map(([k, v]) => [k, hued(v, hue)])) });
  }
  return rules;
}

// The pods' pictures by address, loaded before they are drawn: cytoscape may miss one that comes later.
const glyphs = new Map();

function loaded(url) {
  if (!glyphs.has(url)) {
    const image = new Image();
    glyphs.set(url, new Promise((done) => { image.onload = image.onerror = () => done(image); }));
    image.src = url;
  }
  return glyphs.get(url);
}

// The rules for the page's theme, once their pictures are there.
async function themedRules(look) {
  const rules = stylesheet(look, colors());
  await Promise.all(rules.flatMap(({ style }) => style["background-image"]?.startsWith("data:") ? [loaded(style["background-image"])] : []));
  return rules;
}

// -- one canvas

class Canvas {
  constructor(view, model, store, rules) {
    Object.assign(this, { view, model, store, cy: view.cytoscape_obj, el: view.el, drawnHeight: 0, manual: false });
    const { cy } = this;
    cy.userPanningEnabled(false);
    cy.userZoomingEnabled(false);
    cy.boxSelectionEnabled(false);
    cy.autoungrabify(true);
    cy.on("tap", (event) => {
      this.el.focus({ preventScroll: true }); // keys go on from here
      this.choose(event.target === cy ? "" : event.target.data("ref") || undefined);
    });
    cy.on("mouseover", "node", (event) => this.tip(event.target));
    cy.on("mouseout viewport", () => this.tip(null));
    this.el.classList.add("k8snb-canvas");
    this.tipEl = h("div", { class: "k8snb-tip", hidden: true, role: "tooltip" });
    this.el.append(this.tipEl);
    this.el.tabIndex = 0;
    this.el.setAttribute("role", "application");
    keepKeys(this.el);
    this.onKey = (event) => this.key(event);
    this.el.addEventListener("keydown", this.onKey);
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.el);
    this.paint(rules);
    this.draw();
  }

  // Paint in the theme that the page has by now.
  restyle() {
    const wanted = this.wanted = themedRules(this.model.get("look"));
    wanted.then((rules) => { if (wanted === this.wanted) this.paint(rules); });
  }

  paint(rules) {
    this.cy.style(rules);
    this.restyleEdges();
  }

  restyleEdges() {
    const { items, links } = this.store.data;
    this.cy.batch(() => {
      for (const [id, link] of Object.entries(links)) this.shapeEdge(id, link, items);
    });
  }

  shapeEdge(id, link, items) {
    const edge = this.cy.getElementById(id);
    if (edge.nonempty()) edge.style(edgeStyle(link[3], items[link[0]], items[link[1]]));
  }

  // Draw everything anew.
  draw() {
    const { items, links } = this.store.data;
    this.cy.batch(() => {
      this.cy.elements().remove();
      this.cy.add(Object.entries(items).map(([id, row]) => nodeOf(id, row)));
      this.addLinks(links, items);
      this.mark();
    });
    this.drawnHeight = 0;
    this.resize();
  }

  addLinks(links, items) {
    for (const [id, link] of Object.entries(links)) {
      if (!items[link[0]] || !items[link[1]]) continue;
      this.cy.add({ group: "edges", data: { id, source: link[0], target: link[1] }, classes: link[2] });
      this.shapeEdge(id, link, items);
    }
  }

  // Draw what a message changed.
  update(message) {
    if (message.kind === "whole") return this.draw();
    if (message.head) this.drawnHeight = message.head.width === this.drawnWidth ? this.drawnHeight : 0;
    const { items } = this.store.data;
    this.cy.batch(() => {
      for (const id of [...(message.links?.gone ?? []), ...(message.items?.gone ?? [])]) this.cy.getElementById(id).remove();
      for (const [id, row] of Object.entries(message.items?.set ?? {})) this.put(id, row);
      for (const [id, link] of Object.entries(message.links?.set ?? {})) {
        if (this.cy.getElementById(id).empty()) this.addLinks({ [id]: link }, items);
        else this.shapeEdge(id, link, items);
      }
      this.mark();
    });
    this.resize();
  }

  put(id, row) {
    const old = this.cy.getElementById(id), wanted = nodeOf(id, row);
    if (old.empty()) return this.cy.add(wanted);
    old.data(wanted.data);
    old.position(wanted.position);
    old.classes(wanted.classes);
  }

  mark() {
    const ref = this.model.get("selected");
    this.cy.$(".selected, .pod-selected").removeClass("selected pod-selected");
    if (!ref) return;
    this.cy.nodes(".pod").filter((n) => n.data("ref") === ref).addClass("pod-selected");
    this.cy.nodes(".pill, .box").filter((n) => n.data("ref") === ref).addClass("selected");
  }

  // -- size

  resize() {
    const { data } = this.store, width = this.el.clientWidth;
    if (!width) return;
    if (width !== this.width) {
      this.width = width;
      this.drawnHeight = 0;
      this.model.send({ do: "width", width });
    }
    this.drawnWidth = data.width;
    const zoom = Math.min(width / (data.width + 4), MOST_ZOOM), wanted = Math.min(data.height * zoom + 8, MOST_HEIGHT);
    // A view keeps the room of the one before, so that nothing jumps, unless it would be mostly empty.
    if (this.drawnView !== data.view && wanted < this.drawnHeight * 0.6) this.drawnHeight = 0;
    this.drawnView = data.view;
    this.drawnHeight = Math.max(this.drawnHeight, wanted);
    if (this.el.style.height !== `${this.drawnHeight}px`) this.el.style.height = `${this.drawnHeight}px`;
    this.cy.resize();
    this.overflows = data.height * zoom > MOST_HEIGHT;
    this.cy.userPanningEnabled(this.overflows || this.manual);
    if (this.manual) return;
    this.cy.viewport({ zoom, pan: { x: Math.max((width - data.width * zoom) / 2, 2), y: 4 } });
    this.el.setAttribute("aria-label", `Cluster graph: ${data.summary}. Arrow keys move between the pods.`);
  }

  zoom(factor) {
    this.manual = factor !== 0;
    if (!factor) return this.resize();
    this.cy.userPanningEnabled(true);
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: this.el.clientWidth / 2, y: 40 } });
  }

  // -- choosing

  // Nothing is selected when `ref` is empty; what has none selects nothing else.
  choose(ref) {
    if (ref === undefined) return;
    this.model.set("selected", ref);
    this.model.save_changes();
  }

  tip(node) {
    const words = node?.data("hint");
    this.tipEl.hidden = !words;
    if (!words) return;
    this.tipEl.textContent = words;
    const at = node.renderedPosition();
    const left = Math.min(Math.max(at.x - 20, 0), Math.max(this.el.clientWidth - 300, 0));
    const top = at.y + (node.renderedHeight() / 2) + 22;
    Object.assign(this.tipEl.style, { left: `${left}px`, top: `${Math.min(top, this.el.clientHeight - 30)}px` });
  }

  key(event) {
    if (event.key === "Escape") return this.choose("");
    const arrows = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    const way = arrows[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const stops = this.cy.nodes(".pod, .pill, .box").filter((n) => n.data("ref"));
    const now = stops.filter(".selected, .pod-selected").last();
    const next = now.empty() ? stops.filter(".pod").first() : nearest(now, stops, way);
    if (next?.nonempty()) {
      this.choose(next.data("ref"));
      this.tip(next);
    }
  }

  close() {
    this.wanted = null;
    this.sizes.disconnect();
    this.el.removeEventListener("keydown", this.onKey);
    this.el.removeEventListener("keydown", stopPlainKey);
    this.tipEl.remove();
  }
}

// The element that lies next in a direction.
function nearest(from, stops, [dx, dy]) {
  const a = from.position();
  let best = from, least = Infinity;
  stops.forEach((stop) => {
    const b = stop.position(), along = (b.x - a.x) * dx + (b.y - a.y) * dy;
    const aside = Math.abs((b.x - a.x) * dy) + Math.abs((b.y - a.y) * dx);
    if (along > 4 && along + 3 * aside < least) [best, least] = [stop, along + 3 * aside];
  });
  return best;
}

// -- the bridge's own view: the tabs over the canvas

const bridges = new Map(); // canvas model id → claimed view uids, so that each bridge view takes one canvas view

async function claimCanvas(model, signal) {
  const id = model.get("canvas_id");
  const canvas = await model.widget_manager.get_model(id);
  const claimed = bridges.get(id) ?? new Set();
  bridges.set(id, claimed);
  let pause = 25;
  while (!signal.aborted) { // the canvas has no room while its cell is off the page: it may come into view much later
    for (const uid of Object.keys(canvas.views ?? {})) {
      if (claimed.has(uid)) continue;
      const view = await canvas.views[uid];
      if (view.cytoscape_obj && view.el.isConnected && view.el.clientWidth) {
        claimed.add(uid);
        return view;
      }
    }
    await new Promise((done) => setTimeout(done, pause));
    pause = Math.min(pause * 1.1, MOST_PAUSE);
  }
  return null;
}

function render({ model, el }) {
  el.classList.add("k8snb");
  const abort = new AbortController();
  let canvas = null;
  const store = new Store(model, "picture", applyGraph, (message) => canvas?.update(message));
  const names = { placement: "Placement", ownership: "Ownership", traffic: "Traffic", identity: "Identity" };
  const views = tabs(names, "Views of the cluster graph", (name) => {
    model.set("view", name);
    model.save_changes();
  });
  const zoomButton = (text, label, factor) =>
    h("button", { type: "button", "aria-label": label, title: label, onclick: () => canvas?.zoom(factor) }, text);
  const zooms = h("span", { class: "k8snb-row k8snb-zoom" },
    zoomButton("−", "Zoom out", 0.8), zoomButton("+", "Zoom in", 1.25), zoomButton("fit", "Fit the picture", 0));
  el.append(keepKeys(h("div", { class: "k8snb-row k8snb-graph-bar" }, views, h("span", { class: "k8snb-grow" }), zooms)));
  const showView = () => views.show(model.get("view"), model.get("views"));
  const showSelected = () => canvas?.cy.batch(() => canvas.mark());
  model.on("change:view", showView);
  model.on("change:views", showView);
  model.on("change:selected", showSelected);
  showView();
  const stopTheme = onTheme(() => canvas?.restyle());
  claimCanvas(model, abort.signal).then(async (view) => {
    const rules = await themedRules(model.get("look"));
    if (!view || abort.signal.aborted) return;
    canvas = new Canvas(view, model, store, rules);
    canvas.restyle(); // the page may have changed its theme meanwhile
  });
  return () => {
    abort.abort();
    stopTheme();
    store.close();
    canvas?.close();
    model.off("change:view", showView);
    model.off("change:views", showView);
    model.off("change:selected", showSelected);
  };
}

export default { render };
