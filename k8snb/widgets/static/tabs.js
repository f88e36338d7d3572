import { h } from "./dom.js";

// A row of tabs; `choose` is called with the name of the chosen one. Arrow keys move between them.
export function tabs(names, label, choose) {
  const buttons = Object.entries(names).map(([name, text]) =>
    h("button", { type: "button", role: "tab", "data-tab": name, onclick: () => choose(name) }, text));
  const row = h("div", { class: "k8snb-tabs", role: "tablist", "aria-label": label }, ...buttons);
  row.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const shown = buttons.filter((b) => !b.hidden);
    const next = shown[(shown.indexOf(document.activeElement) + step + shown.length) % shown.length];
    next.focus();
    next.click();
    event.preventDefault();
    event.stopPropagation();
  });
  row.show = (current, offered = Object.keys(names)) => buttons.forEach((b) => {
    b.hidden = !offered.includes(b.dataset.tab);
    b.setAttribute("aria-selected", String(b.dataset.tab === current));
    b.tabIndex = b.dataset.tab === current ? 0 : -1;
  });
  return row;
}
