// The player: play, pause and step through simulated time, drag into the past, branch there, come back.

import { clock, gather, h, keepKeys } from "./dom.js";

const ICONS = {
  start: "M2 2h2v12H2zM14 2v12L5 8z",
  previous: "M12 2v12L3 8z",
  play: "M3 2l11 6-11 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  next: "M4 2l9 6-9 6z",
  step: "M2 2l7 6-7 6zM11 2h3v12h-3z",
};

const SHOWN = ["playing", "speed", "now_ms", "past_ms", "horizon_ms", "status", "branches", "next_run"];
const SEEK_PAUSE = 60;
const MARKED = ["marks", "horizon_ms"];

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// A label for marks that stand together: what fits of the first one's words, and how many more there are.
function shortened(wide, label, count, room) {
  const more = count > 1 ? ` +${count - 1}` : "";
  let letters = label.length;
  const words = () => `${letters < label.length ? `${label.slice(0, letters)}…` : label}${more}`;
  while (letters && wide(words()) > room) letters -= 1;
  return words();
}

class View {
  constructor(model, el) {
    this.model = model;
    this.held = false; // the slider is under a pointer
    this.wanted = null; // the moment that was chosen and not yet sent
    this.sent = null; // the pause after one that was
    el.append(this.keys(), this.speed(), this.clock(), this.scrubber(), this.below());
    this.onChange = () => this.show();
    this.onMarks = () => this.showMarks();
    for (const name of SHOWN) model.on(`change:${name}`, this.onChange);
    for (const name of MARKED) model.on(`change:${name}`, this.onMarks);
    this.sizes = new ResizeObserver(this.onMarks);
    this.sizes.observe(this.flags);
    this.show();
    this.showMarks();
  }

  close() {
    this.sizes.disconnect();
    for (const name of SHOWN) this.model.off(`change:${name}`, this.onChange);
    for (const name of MARKED) this.model.off(`change:${name}`, this.onMarks);
  }

  send(what, extra = {}) {
    this.model.send({ do: what, ...extra });
  }

  // -- parts

  keys() {
    const key = (name, label, act) => h("button", { type: "button", title: label, "aria-label": label, onclick: act }, icon(name));
    this.play = key("play", "Play", () => this.send(this.model.get("playing") ? "pause" : "play"));
    return h("div", { class: "k8snb-keys" },
      key("start", "Back to the start", () => this.send("start")),
      key("previous", "Previous change", () => this.send("previous")),
      this.play,
      key("next", "Next change", () => this.send("next")),
      key("step", "Step: one event", () => this.send("step")));
  }

  speed() {
    const choose = () => {
      this.model.set("speed", Number(this.speeds.value));
      this.model.save_changes();
    };
    this.speeds = h("select", { "aria-label": "Speed", onchange: choose },
      ...this.model.get("speeds").map((s) => h("option", { value: s }, `${s}×`)));
    return this.speeds;
  }

  clock() {
    this.time = h("span", { class: "k8snb-clock", "aria-live": "off" });
    return this.time;
  }

  scrubber() {
    this.slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "Moment shown" });
    this.flags = h("div", { class: "k8snb-flags", "aria-hidden": "true" });
    this.slider.addEventListener("pointerdown", () => { this.held = true; });
    this.slider.addEventListener("pointerup", () => { this.held = false; });
    this.slider.addEventListener("input", () => this.scrub());
    this.slider.addEventListener("keydown", (event) => this.nudge(event));
    return h("div", { class: "k8snb-scrub" }, this.flags, this.slider);
  }

  below() {
    const pill = (words, what) => h("button", { type: "button", class: "k8snb-pill", onclick: () => this.send(what) }, words);
    this.status = h("div", { class: "k8snb-status", role: "status" });
    this.branch = pill("branch here", "branch");
    this.back = pill("back to now", "now");
    this.leave = pill("leave branch", "leave");
    this.run = pill("", "run");
    this.run.title = "Let time pass until the cron job is due";
    return h("div", { class: "k8snb-row k8snb-below" }, this.status, this.run, this.branch, this.back, this.leave);
  }

  // -- hands

  scrub() {
    const now = this.model.get("now_ms");
    if (Number(this.slider.value) > now) this.slider.value = now;
    this.wanted = Number(this.slider.value);
    this.time.textContent = clock(this.wanted);
    if (!this.sent) this.seek();
  }

  // The first move is told at once, further ones not more often than the pictures follow.
  seek() {
    this.send("seek", { ms: this.wanted });
    this.wanted = null;
    this.sent = setTimeout(() => {
      this.sent = null;
      if (this.wanted === null) this.show();
      else this.seek();
    }, SEEK_PAUSE);
  }

  // A key moves by a second, not by the slider's millisecond.
  nudge(event) {
    const way = { ArrowLeft: -1000, ArrowDown: -1000, ArrowRight: 1000, ArrowUp: 1000 }[event.key];
    if (!way) return;
    event.preventDefault();
    this.slider.value = Number(this.slider.value) + way;
    this.scrub();
  }

  // -- showing

  // A flag for marks that stand together, with the first one's words, how many more there are, and a dot for faults.
  showMarks() {
    const end = this.model.get("horizon_ms"), width = this.flags.clientWidth || 400, x = (ms) => (ms / end) * width;
    const groups = gather(this.model.get("marks"), x);
    const ruler = this.ruler ??= document.createElement("canvas").getContext("2d");
    ruler.font = `11px ${getComputedStyle(this.flags).fontFamily}`;
    const wide = (words) => ruler.measureText(words).width;
    this.flags.replaceChildren(...groups.map((group, index) => {
      const [ms, kind, label] = group[0], input = kind === "input", dot = input && group.some(([, k]) => k === "fault");
      const room = x((groups[index + 1] ?? [[end]])[0][0]) - x(ms) - (dot ? 30 : 18);
      const words = shortened(wide, input ? label : "", group.length, room);
      return h("i", { class: kind, style: `left:${(ms / end) * 100}%` }, words, dot ? h("b", {}, " ●") : "");
    }));
  }

  show() {
    const { model, slider } = this;
    const past = model.get("past_ms"), now = model.get("now_ms"), at = past ?? now, playing = model.get("playing");
    if (playing !== this.shownPlaying) {
      this.shownPlaying = playing;
      this.play.replaceChildren(icon(playing ? "pause" : "play"));
      this.play.title = playing ? "Pause" : "Play";
      this.play.setAttribute("aria-label", this.play.title);
    }
    slider.max = model.get("horizon_ms");
    slider.setAttribute("aria-valuetext", `${clock(at)} of ${clock(now)}`);
    if (!this.held && this.wanted === null && !this.sent) {
      slider.value = at;
      this.time.textContent = clock(at);
    }
    this.speeds.value = String(model.get("speed"));
    this.branch.hidden = this.back.hidden = past === null;
    this.leave.hidden = model.get("branches") === 0;
    this.run.hidden = !model.get("next_run");
    this.run.textContent = model.get("next_run");
    this.say(past !== null, playing);
  }

  say(inPast, playing) {
    const speed = this.model.get("speed"), resting = playing ? `playing: ${speed} simulated second${speed === 1 ? "" : "s"} a second` : "paused";
    const words = this.model.get("status") || (inPast ? "" : resting), told = `${inPast} ${words}`;
    if (told === this.told) return; // it is read aloud when it changes
    this.told = told;
    this.status.replaceChildren(...(inPast ? [h("span", { class: "k8snb-past" }, "in the past: look, don't touch"), " "] : []), words);
  }
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-player");
  const view = new View(model, keepKeys(el));
  return () => view.close();
}

export default { render };
