"""How cytoscape paints the cluster graph: rules by class, with colours that the browser fills in for its theme.

A value ``$name`` is a colour of the theme, ``@name`` one of the rule's hue, ``$glyph STATE HUE`` a pod's picture.
"""

from __future__ import annotations

from typing import Any

from k8snb.picture.glyphs import GLYPHS, SIZE
from k8snb.picture.palette import HUES, NO_REVISION
from k8snb.picture.pod_state import FAILING, READY, RUNNING, STARTING, STATES, TERMINATING
from k8snb.picture.sheet import Item

HUE_NAMES = (*(f"r{n}" for n in range(len(HUES))), "rx")
BAR_OPACITY = {READY: 1, RUNNING: 0.45, STARTING: 0, TERMINATING: 0.15, FAILING: 0}


def hues() -> dict[str, tuple[str, ...]]:
    """The revisions' colours: fill, line, text, dark line, dark text."""
    return dict(zip(HUE_NAMES, (tuple(h) for h in (*HUES, NO_REVISION)), strict=True))


def look() -> dict[str, Any]:
    """Everything that the browser needs to paint."""
    return {"style": rules(), "hues": hues(), "glyphs": dict(GLYPHS), "glyph_size": SIZE}


def classes_of(item: Item) -> str:
    """An item's classes for the rules, which take one class each: a selector of several is not understood."""
    hue = next((name for name in item.classes if name in HUE_NAMES), "")
    joined = [f"{name}-{hue}" for name in ("count", "strong") if name in item.classes and hue]
    joined += [f"count-{name}" for name in item.classes if "count" in item.classes and name in STATES]
    if item.kind == "pod":
        joined.append(f"pod-{item.classes[0]}-{hue}")
    return " ".join((item.kind, *item.classes, *joined))


def _rule(selector: str, hue: str = "", **css: Any) -> dict[str, Any]:
    return {"selector": selector, "hue": hue, "css": {name.replace("_", "-"): value for name, value in css.items()}}


def rules() -> list[dict[str, Any]]:
    """The style sheet."""
    return [*_areas(), *_words(), *_bars(), *_pods(), *_lines(), *_chosen()]


def _areas() -> list[dict[str, Any]]:
    return [
        _rule(
            "node",
            width="data(w)",
            height="data(h)",
            shape="round-rectangle",
            border_width=0,
            overlay_opacity=0,
            z_index_compare="manual",
            z_index=1,
        ),
        _rule(
            ".frame", background_opacity=0, border_width=1, border_style="dotted", border_color="$edge", events="no",
            z_index=0,
        ),
        _rule(".box", background_color="$panel", border_width=1, border_color="$edge"),
        _rule(".trouble", border_color="$fault", border_width=1.5, border_style="dashed"),
        _rule(".waiting", border_style="dashed", background_opacity=0),
        _rule(".meter", shape="rectangle", z_index=2),
        _rule(".back", background_color="$track", events="no"),
        _rule(".used", background_color="$served", events="no", z_index=3),
        _rule(
            ".pill", background_color="$page", border_width=1.2, border_color="$ink", label="data(label)", color="$ink",
            font_family="$sans", font_size=12, text_valign="center", text_halign="center", z_index=4,
        ),
    ]  # fmt: skip


def _words() -> list[dict[str, Any]]:
    words = [
        _rule(
            ".text", background_opacity=0, width=1, height=1, label="data(label)", color="$ink", font_family="$sans",
            font_size=11, text_halign="right", text_valign="center", events="no", z_index=5,
        ),
        _rule(".small", color="$soft"),
        _rule(".title", font_size=13, font_weight="bold"),
        _rule(".right", text_halign="left"),
        _rule(".fault", color="$fault"),
    ]  # fmt: skip
    return words + [_rule(f".strong-{hue}", hue, color="@text", font_weight="bold") for hue in HUE_NAMES]


def _bars() -> list[dict[str, Any]]:
    bars = [
        _rule(f".count-{hue}", hue, background_color="@fill", border_width=1, border_color="@line") for hue in HUE_NAMES
    ]
    bars.extend(_rule(f".count-{state}", background_opacity=opacity) for state, opacity in BAR_OPACITY.items())
    return [*bars, _rule(f".count-{FAILING}", border_color="$fault", border_width=2)]


def _pods() -> list[dict[str, Any]]:
    base = _rule(
        ".pod", background_opacity=0, background_fit="cover", background_clip="none", label="data(label)",
        color="$soft", font_family="$mono", font_size=11, text_valign="bottom", text_margin_y=3, z_index=6,
    )  # fmt: skip
    served = _rule(".served", underlay_color="$served", underlay_opacity=0.4, underlay_padding=1)
    glyphs = [
        _rule(f".pod-{state}-{hue}", background_image=f"$glyph {state} {hue}") for state in STATES for hue in HUE_NAMES
    ]
    return [base, served, *glyphs]


def _lines() -> list[dict[str, Any]]:
    return [
        _rule(
            "edge", events="no", z_index_compare="manual", z_index=2, overlay_opacity=0, edge_distances="node-position"
        ),
        _rule(".request", curve_style="unbundled-bezier", width=1.6, line_color="$served", line_opacity=0.8),
        _rule(".trunk", curve_style="unbundled-bezier", width=3, line_color="$served", line_opacity=0.5, z_index=0),
        _rule(".owns", curve_style="segments", width=1, line_color="$edge"),
    ]


def _chosen() -> list[dict[str, Any]]:
    return [
        _rule(
            ".pod-selected", underlay_color="$ink", underlay_opacity=0.35, underlay_padding=5, color="$ink",
            font_weight="bold",
        ),
        _rule(".selected", border_width=2.5, border_color="$brand"),
    ]  # fmt: skip
