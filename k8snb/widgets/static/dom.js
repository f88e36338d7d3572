// Small helpers to make elements.

export const MOST_LABEL = 64; // the pixels after which a label may be cut

// What takes keys has to say so itself: a notebook's shortcuts may ask for the focused element, whatever it stands in.
const OWN_KEYS = "data-lm-suppress-shortcuts";

export function h(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (value === true) el.setAttribute(name, "");
    else if (value !== false && value != null) el.setAttribute(name, value);
  }
  if (/^(button|input|select)$/.test(tag)) el.setAttribute(OWN_KEYS, "true");
  el.append(...children);
  return el;
}

export function clock(ms) {
  const seconds = Math.floor(ms / 1000), pad = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${pad(minutes)}:${pad(seconds % 60)}`;
}

// Marks that stand closer than the room for a label go together: one label for them, the first one's.
export function gather(marks, x) {
  const groups = [];
  for (const mark of marks) {
    const last = groups.at(-1);
    const room = last && Math.min(12 + 6.2 * (last[0][2].length + (last.length > 1 ? 3 : 0)), MOST_LABEL);
    if (last && x(mark[0]) - x(last[0][0]) < room) last.push(mark);
    else groups.push([mark]);
  }
  return groups;
}

// Keeps a notebook from taking keys that are meant for a part, but for those with Ctrl, such as saving.
export function keepKeys(el) {
  el.setAttribute(OWN_KEYS, "true");
  el.addEventListener("keydown", stopPlainKey);
  return el;
}

export function stopPlainKey(event) {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}
