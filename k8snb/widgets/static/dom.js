// Small helpers to make elements.

export function h(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (value === true) el.setAttribute(name, "");
    else if (value !== false && value != null) el.setAttribute(name, value);
  }
  el.append(...children);
  return el;
}

export function clock(ms) {
  const seconds = Math.floor(ms / 1000), pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${pad(minutes)}:${pad(seconds % 60)}`;
}

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

// Keeps a notebook from taking keys that are meant for a part, but for those with Ctrl, such as saving.
export function keepKeys(el) {
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  el.addEventListener("keydown", stopPlainKey);
  return el;
}

export function stopPlainKey(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}
