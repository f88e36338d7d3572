// A console for kubectl: a line to type with history and completion, and what was answered.

import { h, keepKeys } from "./dom.js";
import { prompted } from "./prompt.js";

const EMPTY = "What the controls run stands here, and what you type below.\nTab completes, the up arrow brings back.";

class View {
  constructor(model, el) {
    this.model = model;
    this.back = 0; // how far back in the lines that ran
    this.draft = "";
    this.build(el);
    this.onEntries = () => this.show();
    this.onMessage = (message) => this.complete(message);
    model.on("msg:custom", this.onMessage);
    model.on("change:entries", this.onEntries);
    this.show();
    this.sizes = new ResizeObserver(() => this.toEnd()); // it has no size until it is on the page
    this.sizes.observe(this.out);
  }

  toEnd() {
    this.out.scrollTop = this.out.scrollHeight;
  }

  close() {
    this.model.off("msg:custom", this.onMessage);
    this.model.off("change:entries", this.onEntries);
    this.sizes.disconnect();
  }

  build(el) {
    this.out = h("div", { class: "k8snb-out", role: "log", tabindex: 0, "aria-label": "Answers" });
    this.input = h("input", {
      type: "text", "aria-label": "kubectl command line", autocomplete: "off", spellcheck: "false", placeholder: "get pods",
    });
    this.choices = h("div", { class: "k8snb-choices", "aria-live": "polite" });
    const prompt = h("form", { class: "k8snb-prompt" }, h("label", {}, "$ kubectl"), this.input);
    prompt.addEventListener("submit", (event) => this.submit(event));
    this.input.addEventListener("keydown", (event) => this.key(event));
    el.append(h("div", { class: "k8snb-terminal" }, this.out, prompt, this.choices));
  }

  submit(event) {
    event.preventDefault();
    if (this.input.value.trim()) this.model.send({ do: "run", line: this.input.value });
    this.input.value = this.choices.textContent = "";
    this.back = 0;
  }

  key(event) {
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      this.recall(event.key === "ArrowUp" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Tab" && !event.shiftKey && this.input.value.trim()) {
      this.model.send({ do: "complete", line: this.input.value.slice(0, this.input.selectionStart) });
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.input.blur();
    }
  }

  recall(step) {
    const past = this.model.get("entries").filter((e) => e.typed).map((e) => e.line).filter((l, i, all) => l && l !== all[i - 1]);
    if (!this.back) this.draft = this.input.value;
    this.back = Math.min(Math.max(this.back + step, 0), past.length);
    this.input.value = this.back ? past[past.length - this.back] : this.draft;
  }

  // Take what all choices have in common; show them when there are several.
  complete({ kind, line, choices }) {
    if (kind !== "completions" || !this.input.value.startsWith(line)) return;
    const word = line.slice(line.search(/\S*$/));
    let common = choices[0] ?? "";
    for (const choice of choices) while (!choice.startsWith(common)) common = common.slice(0, -1);
    if (common.length > word.length || choices.length === 1) {
      const rest = this.input.value.slice(line.length);
      this.input.value = line.slice(0, line.length - word.length) + common + (choices.length === 1 ? " " : "") + rest;
    }
    this.choices.textContent = choices.length > 1 ? choices.join("  ") : "";
  }

  show() {
    const entries = this.model.get("entries");
    this.out.replaceChildren(entries.length ? "" : h("pre", { class: "k8snb-note" }, EMPTY), ...entries.map(({ line, typed, out, err, exit }) => h("div", {},
      h("pre", {}, prompted(typed ? `kubectl ${line}` : line)),
      out ? h("pre", { class: "k8snb-answer" }, out) : "",
      err ? h("pre", { class: exit ? "k8snb-refused" : "k8snb-note" }, err) : "")));
    this.toEnd();
  }
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-console");
  const view = new View(model, keepKeys(el));
  return () => view.close();
}

export default { render };
