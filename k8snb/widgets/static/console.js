// A console for kubectl: a line to type with history and completion, and what was answered.

import { h, keepKeys } from "./dom.js";

function render({ model, el }) {
  el.classList.add("k8snb", "k8snb-console");
  keepKeys(el);
  const out = h("div", { class: "k8snb-out", role: "log", tabindex: 0, "aria-label": "Answers" });
  const input = h("input", { type: "text", "aria-label": "kubectl command line", autocomplete: "off", spellcheck: "false" });
  const choices = h("div", { class: "k8snb-choices", "aria-live": "polite" });
  const prompt = h("form", { class: "k8snb-prompt" }, h("label", {}, "$ kubectl"), input);
  el.append(h("div", { class: "k8snb-terminal" }, out, prompt, choices));

  let back = 0, draft = "";
  const lines = () => model.get("entries").map((e) => e.line).filter((l, i, all) => l && l !== all[i - 1]);
  const recall = (step) => {
    const past = lines();
    if (!back) draft = input.value;
    back = Math.min(Math.max(back + step, 0), past.length);
    input.value = back ? past[past.length - back] : draft;
  };
  prompt.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) model.send({ do: "run", line: input.value });
    input.value = "";
    choices.textContent = "";
    back = 0;
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      recall(event.key === "ArrowUp" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Tab" && !event.shiftKey && input.value.trim()) {
      model.send({ do: "complete", line: input.value.slice(0, input.selectionStart) });
      event.preventDefault();
    } else if (event.key === "Escape") {
      input.blur();
    }
  });
  const complete = (message) => {
    if (message.kind !== "completions" || !input.value.startsWith(message.line)) return;
    const { line, choices: found } = message;
    const word = line.slice(line.search(/\S*$/));
    let common = found[0] ?? "";
    for (const choice of found) while (!choice.startsWith(common)) common = common.slice(0, -1);
    if (common.length > word.length || found.length === 1) {
      input.value = line.slice(0, line.length - word.length) + common + (found.length === 1 ? " " : "") + input.value.slice(line.length);
    }
    choices.textContent = found.length > 1 ? found.join("  ") : "";
  };
  const show = () => {
    out.replaceChildren(...model.get("entries").map((entry) => h("div", {},
      h("pre", {}, `$ kubectl ${entry.line}`),
      entry.out ? h("pre", { class: "k8snb-answer" }, entry.out) : "",
      entry.err ? h("pre", { class: entry.exit ? "k8snb-refused" : "k8snb-answer" }, entry.err) : "")));
    out.scrollTop = out.scrollHeight;
    const resting = model.get("resting");
    input.disabled = resting;
    input.placeholder = resting ? "in the past only commands that read would do: go back to now" : "get pods";
  };
  model.on("msg:custom", complete);
  model.on("change:entries", show);
  model.on("change:resting", show);
  show();
  return () => {
    model.off("msg:custom", complete);
    model.off("change:entries", show);
    model.off("change:resting", show);
  };
}

export default { render };
