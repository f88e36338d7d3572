// The inspector: why an object is as it is, its description, its events and its probes, at the moment shown.

import { clock, h, keepKeys } from "./dom.js";
import { tabs } from "./tabs.js";

function chain(model, links) {
  if (!links.length) return h("p", { class: "k8snb-soft" }, "Nothing to explain.");
  return h("ol", {}, ...links.map(([sentence, ms, ref], depth) => {
    const act = () => model.send({ do: "follow", ref, ms });
    const link = h("button", { type: "button", class: "k8snb-link", onclick: act }, `${depth ? "↳ " : ""}${sentence} `);
    if (ms !== null) link.append(h("time", {}, clock(ms)));
    return h("li", { style: `--depth:${Math.min(depth, 8)}` }, link);
  }));
}

// A line an event; those that warn are marked.
function events(text) {
  return h("pre", { class: "k8snb-events" }, ...text.split("\n").map((line) =>
    h("span", { class: /^\S+( \(.*?\))? Warning /.test(line) ? "k8snb-fault" : null }, line)));
}

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-inspector");
  const names = { why: "Why", describe: "Describe", events: "Events", probes: "Probes" };
  const row = keepKeys(tabs(names, "About the selected object", (name) => {
    model.set("tab", name);
    model.save_changes();
  }));
  const subject = h("div", { class: "k8snb-subject" });
  const body = keepKeys(h("div", { class: "k8snb-body", role: "tabpanel", tabindex: 0, "aria-live": "polite" }));
  el.append(row, subject, body);
  const show = () => {
    const tab = model.get("tab");
    row.show(tab);
    subject.textContent = model.get("named");
    const top = body.scrollTop;
    body.replaceChildren(tab === "why" ? chain(model, model.get("links"))
      : tab === "events" ? events(model.get("text")) : h("pre", { class: `k8snb-${tab}` }, model.get("text")));
    body.scrollTop = top;
  };
  const watched = ["tab", "named", "links", "text"];
  for (const name of watched) model.on(`change:${name}`, show);
  show();
  return () => { for (const name of watched) model.off(`change:${name}`, show); };
}

export default { render };
