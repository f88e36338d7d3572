// The page's colours: JupyterLab's variables where there are any, plain ones elsewhere.

const LIGHT = {
  page: "#ffffff", panel: "#f6f8fa", ink: "#1f2933", soft: "#52606d", edge: "#b8c2cc",
  track: "#dfe5ea", brand: "#0072b2", fault: "#c1121f", served: "#009e73", servedText: "#00704f",
};
const DARK = {
  page: "#111111", panel: "#1c2126", ink: "#e6edf3", soft: "#a9b4bf", edge: "#5b6672",
  track: "#343c44", brand: "#4aa3df", fault: "#ff6b6b", served: "#20b98d", servedText: "#3ccfa3",
};

export function isDark() {
  const attribute = document.body.getAttribute("data-jp-theme-light");
  if (attribute !== null) return attribute === "false";
  return window.matchMedia?.("(prefers-color-scheme: dark)").matches && document.body.dataset.theme === "dark";
}

export function colors() {
  const dark = isDark();
  const all = { ...(dark ? DARK : LIGHT), dark };
  const style = getComputedStyle(document.body);
  const page = style.getPropertyValue("--jp-layout-color1").trim();
  const ink = style.getPropertyValue("--jp-content-font-color1").trim();
  if (page) all.page = page;
  if (ink && /^#|^rgb\(/.test(ink)) all.ink = ink;
  all.sans = style.getPropertyValue("--jp-ui-font-family").trim() || "system-ui, sans-serif";
  all.mono = style.getPropertyValue("--jp-code-font-family").trim() || "ui-monospace, monospace";
  return all;
}

// Calls `act` when the page's theme changes; returns how to stop.
export function onTheme(act) {
  const observer = new MutationObserver(() => requestAnimationFrame(act));
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  return () => observer.disconnect();
}

// A revision's colours for this page: an entry of `hues` is [fill, line, text, dark line, dark text].
export function hueOf(hues, name, dark) {
  const [fill, line, text, darkLine, darkText] = hues[name] ?? hues.rx;
  return { fill, line: dark ? darkLine : line, text: dark ? darkText : text };
}
