// The controls of one deployment: each runs a kubectl line, shows it, and shows the answer under it.

import { h, keepKeys } from "./dom.js";

// What a number or percentage of `desired` comes to: a surge is rounded up, an unavailability down.
function comesTo(value, desired, up) {
  if (!value.endsWith("%")) return Number(value);
  const exact = (parseInt(value, 10) * desired) / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

// A slider for numbers: it says what it comes to while it moves, and acts when it is let go.
function number(model, name, label, most, words) {
  const range = h("input", { type: "range", min: 0, step: 1, "aria-label": label });
  const output = h("output");
  const say = () => { output.textContent = words ? words(Number(range.value)) : range.value; };
  range.addEventListener("input", say);
  range.addEventListener("change", () => {
    model.set(name, Number(range.value));
    model.save_changes();
  });
  const show = () => {
    const value = model.get(name);
    range.max = Math.max(most(), value);
    range.value = value;
    say();
  };
  return { cells: [h("label", {}, label), range, output], inputs: [range], show };
}

// A slider for a number or a percentage.
function bound(model, name, label, up) {
  const range = h("input", { type: "range", min: 0, "aria-label": label });
  const unit = h("select", { class: "k8snb-unit", "aria-label": `unit of ${label}` },
    h("option", { value: "%" }, "%"), h("option", { value: "" }, "pods"));
  const output = h("output");
  const desired = () => Math.max(model.get("replicas"), 0);
  const text = () => `${range.value}${unit.value}`;
  const limits = () => {
    range.max = unit.value ? 100 : Math.max(desired(), 4, parseInt(model.get(name), 10) || 0);
    range.step = unit.value ? 5 : 1;
  };
  const say = () => {
    output.textContent = unit.value ? `${text()} → ${comesTo(text(), desired(), up)}` : range.value;
  };
  const set = () => {
    model.set(name, text());
    model.save_changes();
  };
  range.addEventListener("input", say);
  range.addEventListener("change", set);
  unit.addEventListener("change", () => {
    const count = comesTo(model.get(name), desired(), up);
    const value = unit.value ? Math.round((count * 20) / Math.max(desired(), 1)) * 5 : count;
    limits();
    range.value = value;
    say();
    set();
  });
  const show = () => {
    const value = model.get(name);
    unit.value = value.endsWith("%") ? "%" : "";
    limits();
    range.step = 1;
    range.value = parseInt(value, 10) || 0;
    say();
    limits();
  };
  const both = h("span", { class: "k8snb-row", style: "flex-wrap:nowrap" }, range, unit);
  return { cells: [h("label", {}, label), both, output], inputs: [range, unit], show };
}

function image(model) {
  const select = h("select", { "aria-label": "image" });
  select.style.width = "100%";
  select.addEventListener("change", () => {
    model.set("image", select.value);
    model.save_changes();
  });
  const show = () => {
    const now = model.get("image");
    const all = [...new Set([now, ...model.get("images")])].filter(Boolean).sort();
    select.replaceChildren(...all.map((name) => h("option", { value: name }, name)));
    select.value = now;
  };
  return { cells: [h("label", {}, "image"), h("span", { class: "k8snb-wide" }, select)], inputs: [select], show };
}

function buttons(model) {
  const send = (what, extra = {}) => model.send({ do: what, ...extra });
  const button = (label, act, hint) => h("button", { type: "button", onclick: act, title: hint ?? label }, label);
  const pause = button("Pause", () => send(model.get("paused") ? "resume" : "pause"));
  const undo = h("select", { "aria-label": "Undo: choose a revision" });
  undo.addEventListener("change", () => {
    if (undo.value) send("undo", { revision: Number(undo.value) });
    undo.value = "";
  });
  const kill = button("Kill a pod", () => send("kill"), "Delete the selected pod, or the oldest one");
  const unready = button("Make unready", () => send("unready"), "The selected pod, or the oldest ready one, fails its readiness");
  const node = button("Fail a node", () => send("node"), "The selected node, or the first one, goes down");
  const show = () => {
    pause.textContent = model.get("paused") ? "Resume" : "Pause";
    undo.replaceChildren(h("option", { value: "" }, "Undo…"),
      ...model.get("revisions").map(([n, words]) => h("option", { value: n }, `to ${n}: ${words}`)));
    undo.value = "";
    unready.textContent = model.get("unready_label");
    node.textContent = model.get("node_label");
    kill.textContent = model.get("kill_label");
  };
  return { row: h("div", { class: "k8snb-row k8snb-buttons" }, pause, undo, kill, unready, node), inputs: [pause, undo, kill, unready, node], show };
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-controls");
  keepKeys(el);
  const name = h("b"), state = h("span", { role: "status" });
  const replicas = number(model, "replicas", "replicas", () => Math.max(10, Math.ceil(model.get("replicas") * 1.5)));
  const parts = [
    replicas,
    bound(model, "max_surge", "maxSurge", true),
    bound(model, "max_unavailable", "maxUnavailable", false),
    number(model, "min_ready_seconds", "minReadySeconds", () => 30, (n) => `${n} s`),
    image(model),
  ];
  const row = buttons(model);
  const resting = h("div", { class: "k8snb-resting" });
  const echo = h("div", { class: "k8snb-terminal k8snb-echo", role: "log", "aria-live": "polite" });
  el.append(h("div", { class: "k8snb-title" }, name, state),
    h("div", { class: "k8snb-fields" }, ...parts.flatMap((p) => p.cells)), row.row, resting, echo);

  const show = () => {
    name.textContent = model.get("subject") || "no deployment";
    state.textContent = model.get("state");
    state.className = model.get("troubled") ? "k8snb-fault" : "k8snb-soft";
    const rest = model.get("resting") || !model.get("subject");
    for (const part of [...parts, row]) {
      part.show();
      for (const input of part.inputs) input.disabled = rest;
    }
    resting.textContent = model.get("resting") ? "The past rests: branch here, or go back to now." : "";
  };
  const say = () => {
    const { line, out, err, exit } = model.get("answer");
    echo.replaceChildren(h("pre", {}, line ? `$ ${line}` : "$ kubectl …"),
      h("pre", { class: exit ? "k8snb-refused" : "k8snb-answer" }, [out, err].filter(Boolean).join("\n")));
  };
  const names = ["subject", "state", "troubled", "resting", "replicas", "max_surge", "max_unavailable", "min_ready_seconds",
    "image", "images", "paused", "revisions", "kill_label", "unready_label", "node_label"];
  let frame = null;
  const soon = () => { frame ??= requestAnimationFrame(() => { frame = null; show(); }); };
  for (const field of names) model.on(`change:${field}`, soon);
  model.on("change:answer", say);
  show();
  say();
  return () => {
    for (const field of names) model.off(`change:${field}`, soon);
    model.off("change:answer", say);
  };
}

export default { render };
