// The controls of one workload: each runs a kubectl line, shows it, and shows the answer under it.
// Which there are, and in what form, is declared in the kernel: `fields` and `buttons` are rows to draw.

import { h, keepKeys } from "./dom.js";
import { makeButton, makeField, setOptions } from "./fields.js";
import { prompted } from "./prompt.js";

const SHOWN = ["named", "choices", "chosen", "state", "troubled", "resting", "fields", "buttons"];

// What has been warned of stands below what came of it: the room is small.
function verdictFirst(err) {
  const lines = err.split("\n"), warns = (line) => line.startsWith("Warning: ");
  return [...lines.filter((line) => !warns(line)), ...lines.filter(warns)].join("\n").trim();
}

class View {
  constructor(model, el) {
    this.model = model;
    this.made = "";
    this.parts = [];
    this.frame = null;
    this.build(el);
    this.soon = () => { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.show(); }); };
    this.onAnswer = () => { this.say(); this.soon(); };
    for (const name of SHOWN) model.on(`change:${name}`, this.soon);
    model.on("change:answer", this.onAnswer);
    this.show();
    this.say();
  }

  close() {
    for (const name of SHOWN) this.model.off(`change:${name}`, this.soon);
    this.model.off("change:answer", this.onAnswer);
    cancelAnimationFrame(this.frame);
  }

  build(el) {
    this.name = h("b");
    this.subject = h("select", { "aria-label": "Workload", onchange: () => this.choose() });
    this.state = h("span", { role: "status" });
    this.fields = h("div", { class: "k8snb-fields" });
    this.row = h("div", { class: "k8snb-row k8snb-buttons" });
    this.resting = h("div", { class: "k8snb-resting" });
    this.echo = h("div", { class: "k8snb-terminal k8snb-echo", role: "log", "aria-live": "polite" });
    el.append(h("div", { class: "k8snb-title" }, h("span", {}, this.name, this.subject), this.state),
      this.fields, this.row, this.resting, this.echo);
  }

  choose() {
    const [kind, key] = this.model.get("choices")[this.subject.selectedIndex] ?? [];
    if (kind) this.model.send({ do: "choose", kind, key });
  }

  // Make the elements anew when others are declared.
  make(fields, buttons) {
    const signature = JSON.stringify([fields.map((f) => [f.name, f.form]), buttons.map((b) => b.name)]);
    if (signature === this.made) return;
    this.made = signature;
    const act = (name, value) => this.model.send({ do: "set", name, value });
    const press = (name, chosen) => this.model.send({ do: "press", name, choice: chosen });
    this.parts = [...fields.map((row) => makeField(row, act)), ...buttons.map((row) => makeButton(row, press))];
    this.fields.replaceChildren(...this.parts.flatMap((part) => part.cells ?? []));
    this.row.replaceChildren(...this.parts.flatMap((part) => part.button ?? []));
  }

  show() {
    const { model } = this, fields = model.get("fields"), buttons = model.get("buttons");
    const named = model.get("named"), resting = model.get("resting"), choices = model.get("choices");
    this.make(fields, buttons);
    [...fields, ...buttons].forEach((row, index) => {
      const part = this.parts[index];
      part.show(row);
      for (const input of part.inputs) input.disabled = resting || (!named && !row.alone) || row.choices?.length === 0;
    });
    this.name.textContent = named || "nothing to control";
    this.name.hidden = choices.length > 1;
    this.subject.hidden = choices.length < 2;
    setOptions(this.subject, choices.map(([kind, key, title]) => [{ value: `${kind} ${key}` }, title]));
    this.subject.value = model.get("chosen");
    this.state.textContent = model.get("state");
    this.state.className = model.get("troubled") ? "k8snb-fault" : "k8snb-soft";
    const { offer } = model.get("answer");
    const accept = () => model.send({ do: "accept" });
    const offered = offer ? [h("button", { type: "button", class: "k8snb-offer", onclick: accept }, offer)] : [];
    this.resting.replaceChildren(...(resting ? ["The past rests: branch here, or go back to now."] : offered));
  }

  say() {
    const { line, out, err, exit } = this.model.get("answer");
    const asked = line ? line.split("\n").map(prompted).join("\n") : "$ kubectl …";
    this.echo.replaceChildren(h("pre", {}, asked),
      h("pre", { class: exit ? "k8snb-refused" : "k8snb-answer" }, [out, verdictFirst(err)].filter(Boolean).join("\n")));
    this.echo.scrollTop = 0;
  }
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-controls");
  const view = new View(model, keepKeys(el));
  return () => view.close();
}

export default { render };
