// The forms that controls take. Each makes its elements once; `show(row)` brings them to what the kernel says.
// A value acts when it is let go: `act(name, value)`.

import { h } from "./dom.js";

const optionsOf = new WeakMap(); // select → its options as they were made

// Gives a list its options, unless it has just these: a person may have it open.
export function setOptions(select, options) {
  const wanted = JSON.stringify(options);
  if (optionsOf.get(select) === wanted) return;
  optionsOf.set(select, wanted);
  select.replaceChildren(...options.map(([attributes, words]) => h("option", attributes, words)));
}

// What a number or percentage of `desired` comes to.
function comesTo(value, desired, up) {
  if (!value.endsWith("%")) return Number(value);
  const exact = (parseInt(value, 10) * desired) / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

function labelled(row) {
  return h("label", { title: row.hint || row.label }, row.label);
}

// Takes what the kernel says of a slider, but not out of the hand that holds it: time may be passing meanwhile.
function unheld(range, show) {
  let held = false, latest = null;
  const release = () => setTimeout(() => { // what the release has to say comes first
    if (held && latest) show(latest);
    held = false;
  });
  range.addEventListener("pointerdown", () => { held = true; latest = null; });
  range.addEventListener("change", () => { held = false; });
  for (const end of ["pointerup", "pointercancel"]) range.addEventListener(end, release);
  return (next) => {
    latest = next;
    if (!held) show(next);
  };
}

// A slider for numbers: it says what it comes to while it moves.
function number(row, act, onMove = () => {}) {
  const range = h("input", { type: "range", step: 1, "aria-label": row.label, title: row.hint || null });
  const output = h("output");
  let now = row;
  const say = () => {
    output.textContent = `${range.value}${now.unit}`;
    onMove(Number(range.value));
  };
  range.addEventListener("input", say);
  range.addEventListener("change", () => act(row.name, Number(range.value)));
  const show = (next) => {
    now = next;
    Object.assign(range, { min: next.least, max: Math.max(next.most, next.value), step: next.step });
    range.value = next.value;
    say();
  };
  return { cells: [labelled(row), range, output], inputs: [range], show: unheld(range, show) };
}

// A slider for a number or a percentage.
function bound(row, act) {
  const range = h("input", { type: "range", min: 0, "aria-label": row.label, title: row.hint || null });
  const unit = h("select", { class: "k8snb-unit", "aria-label": `unit of ${row.label}` },
    h("option", { value: "%" }, "%"), h("option", { value: "" }, "pods"));
  const output = h("output");
  let now = row;
  const text = () => `${range.value}${unit.value}`;
  const limits = () => {
    range.max = unit.value ? 100 : Math.max(now.of, 4, parseInt(now.value, 10) || 0);
    range.step = unit.value ? 5 : 1;
  };
  const say = () => {
    output.textContent = unit.value ? `${text()} → ${comesTo(text(), now.of, now.up)}` : range.value;
  };
  range.addEventListener("input", say);
  range.addEventListener("change", () => act(row.name, text()));
  unit.addEventListener("change", () => {
    const count = comesTo(now.value, now.of, now.up);
    const value = unit.value ? Math.round((count * 20) / Math.max(now.of, 1)) * 5 : count;
    limits();
    range.value = value;
    say();
    act(row.name, text());
  });
  const show = (next) => {
    now = next;
    unit.value = next.value.endsWith("%") ? "%" : "";
    limits();
    range.step = 1;
    range.value = parseInt(next.value, 10) || 0;
    say();
    limits();
  };
  const both = h("span", { class: "k8snb-row", style: "flex-wrap:nowrap" }, range, unit);
  return { cells: [labelled(row), both, output], inputs: [range, unit], show: unheld(range, show) };
}

// A slider along the ordinals: a chip a pod, and those below the partition stay as they are.
function partition(row, act) {
  const chips = h("div", { class: "k8snb-chips k8snb-wide" });
  const mark = (value) => [...chips.children].forEach((chip, ordinal) => {
    const stays = Number(chip.dataset.ordinal) < value;
    chip.classList.toggle("k8snb-stays", stays);
    chip.title = `${chip.dataset.name} ${stays ? "stays as it is" : "takes the new revision"}`;
    chip.textContent = `${chip.dataset.ordinal}${stays ? " stays" : ""}`;
  });
  const slider = number(row, act, mark);
  const show = (next) => {
    chips.replaceChildren(...next.ordinals.map(([ordinal, name, color]) => h("span", {
      class: "k8snb-chip", "data-ordinal": ordinal, "data-name": name, style: `--hue:${color}`,
    })));
    slider.show(next);
    mark(Number(slider.inputs[0].value)); // the chips are new, whether or not somebody holds the slider
  };
  return { cells: [...slider.cells, h("span"), chips], inputs: slider.inputs, show };
}

function choice(row, act) {
  const select = h("select", { "aria-label": row.label, title: row.hint || null, style: "width:100%" });
  select.addEventListener("change", () => act(row.name, select.value));
  const note = h("span", { class: "k8snb-soft" });
  const show = (next) => {
    const known = next.choices.some(([value]) => value === next.value);
    const all = known || !next.value ? next.choices : [[next.value, next.value], ...next.choices];
    setOptions(select, all.map(([value, words]) => [{ value }, words]));
    select.value = next.value;
  };
  return { cells: [labelled(row), h("span", { class: "k8snb-wide" }, select, note)], inputs: [select], show };
}

// On or off: a button among the others, which says what it does next.
function toggle(row, act) {
  let now = row;
  const button = h("button", { type: "button", title: row.hint || row.label, onclick: () => act(row.name, !now.value) });
  const show = (next) => {
    now = next;
    button.textContent = next.words;
    button.setAttribute("aria-pressed", String(next.value));
  };
  return { cells: [], button, inputs: [button], show };
}

const FORMS = { number, bound, partition, choice, toggle };

export function makeField(row, act) {
  const field = FORMS[row.form](row, act);
  const label = field.cells[0];
  const showValue = field.show;
  field.show = (next) => {
    showValue(next);
    if (label) label.classList.toggle("k8snb-draft", next.draft);
  };
  return { ...field, name: row.name };
}

// A button, or one that asks which.
export function makeButton(row, press) {
  if (!row.choices) {
    const looks = { class: row.wide ? "k8snb-two" : null, title: row.hint || row.label };
    const button = h("button", { type: "button", ...looks, onclick: () => press(row.name) });
    return { name: row.name, button, inputs: [button], show: (next) => {
      button.textContent = next.label;
      button.title = [next.label, next.hint].filter(Boolean).join(": "); // the words may be cut
    } };
  }
  const menu = h("select", { "aria-label": row.hint || row.label, title: row.hint || row.label });
  menu.addEventListener("change", () => {
    const chosen = menu.selectedOptions[0]?.dataset.value;
    if (chosen !== undefined) press(row.name, JSON.parse(chosen));
    menu.selectedIndex = 0;
  });
  const show = (next) => {
    setOptions(menu, [[{ value: "" }, next.label],
      ...next.choices.map(([value, words]) => [{ "data-value": JSON.stringify(value) }, words])]);
    menu.selectedIndex = 0;
    menu.hidden = next.hidden;
  };
  return { name: row.name, button: menu, inputs: [menu], show };
}
