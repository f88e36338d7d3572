// The player: play, pause and step through simulated time, drag into the past, branch there, come back.

import { clock, h, keepKeys } from "./dom.js";

const ICONS = {
  start: "M2 2h2v12H2zM14 2v12L5 8z",
  previous: "M12 2v12L3 8z",
  play: "M3 2l11 6-11 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  next: "M4 2l9 6-9 6z",
  step: "M2 2l7 6-7 6zM11 2h3v12h-3z",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-player");
  keepKeys(el);
  const send = (what, extra = {}) => model.send({ do: what, ...extra });
  const key = (name, label, act) => h("button", { type: "button", title: label, "aria-label": label, onclick: act }, icon(name));
  const play = key("play", "Play", () => send(model.get("playing") ? "pause" : "play"));
  const keys = h("div", { class: "k8snb-keys" },
    key("start", "Back to the start", () => send("start")),
    key("previous", "Previous change", () => send("previous")),
    play,
    key("next", "Next change", () => send("next")),
    key("step", "Step: one event", () => send("step")));
  const speed = h("select", { "aria-label": "Speed", onchange: () => {
    model.set("speed", Number(speed.value));
    model.save_changes();
  } }, ...model.get("speeds").map((s) => h("option", { value: s }, `${s}×`)));
  const time = h("span", { class: "k8snb-clock", "aria-live": "off" });
  const slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "Moment shown" });
  const flags = h("div", { class: "k8snb-flags", "aria-hidden": "true" });
  const scrub = h("div", { class: "k8snb-scrub" }, flags, slider);
  const branch = h("button", { type: "button", class: "k8snb-pill", onclick: () => send("branch") }, "branch here");
  const back = h("button", { type: "button", class: "k8snb-pill", onclick: () => send("now") }, "back to now");
  const leave = h("button", { type: "button", class: "k8snb-pill", onclick: () => send("leave") }, "leave branch");
  const status = h("div", { class: "k8snb-status", role: "status" });
  el.append(keys, speed, time, scrub, h("div", { class: "k8snb-row k8snb-below" }, status, branch, back, leave));

  let held = false, wanted = null;
  const seek = () => {
    send("seek", { ms: wanted });
    wanted = null;
  };
  slider.addEventListener("pointerdown", () => { held = true; });
  slider.addEventListener("pointerup", () => { held = false; });
  slider.addEventListener("input", () => {
    if (Number(slider.value) > model.get("now_ms")) slider.value = model.get("now_ms");
    if (wanted === null) setTimeout(seek, 60);
    wanted = Number(slider.value);
    time.textContent = clock(wanted);
  });
  slider.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1000, ArrowDown: -1000, ArrowRight: 1000, ArrowUp: 1000 }[event.key];
    if (!way) return;
    event.preventDefault();
    slider.value = Number(slider.value) + way;
    slider.dispatchEvent(new Event("input"));
  });

  const marks = () => {
    const end = model.get("horizon_ms"), width = flags.clientWidth || 400;
    const all = model.get("marks");
    flags.replaceChildren(...all.map(([ms, kind, label], index) => {
      const flag = h("i", { class: kind, style: `left:${(ms / end) * 100}%` });
      const next = index + 1 < all.length ? all[index + 1][0] : end;
      const letters = Math.floor((((next - ms) / end) * width - 16) / 6.4);
      if (kind !== "fault" && letters > 4) {
        flag.textContent = label.length > letters ? `${label.slice(0, letters - 1)}…` : label;
      }
      return flag;
    }));
  };
  const show = () => {
    const past = model.get("past_ms"), now = model.get("now_ms"), playing = model.get("playing");
    play.replaceChildren(icon(playing ? "pause" : "play"));
    play.title = playing ? "Pause" : "Play";
    play.setAttribute("aria-label", play.title);
    slider.max = model.get("horizon_ms");
    if (!held && wanted === null) slider.value = past ?? now;
    slider.setAttribute("aria-valuetext", `${clock(past ?? now)} of ${clock(now)}`);
    if (!held && wanted === null) time.textContent = clock(past ?? now);
    speed.value = String(model.get("speed"));
    branch.hidden = back.hidden = past === null;
    leave.hidden = model.get("branches") === 0;
    status.replaceChildren();
    if (past !== null) status.append(h("span", { class: "k8snb-past" }, "in the past: look, don't touch"), " ");
    const resting = playing ? `playing: ${model.get("speed")} simulated seconds a second` : "paused";
    status.append(model.get("status") || (past === null ? resting : ""));
  };
  const names = ["playing", "speed", "now_ms", "past_ms", "horizon_ms", "status", "branches"];
  for (const name of names) model.on(`change:${name}`, show);
  model.on("change:marks", marks);
  model.on("change:horizon_ms", marks);
  const sizes = new ResizeObserver(marks);
  sizes.observe(flags);
  show();
  marks();
  return () => {
    sizes.disconnect();
    for (const name of names) model.off(`change:${name}`, show);
    model.off("change:marks", marks);
    model.off("change:horizon_ms", marks);
  };
}

export default { render };
