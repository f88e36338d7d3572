"""The looks of a pod as SVG: the form says the state, the hue the revision.

One template a state; ``{fill}``, ``{line}`` are the revision's colours, ``{fault}`` the red of faults, ``{page}`` the
colour behind. The widget fills the same templates in the browser, for its theme.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from k8snb.picture.palette import FAULT, Hue
from k8snb.picture.pod_state import FAILING, READY, RUNNING, STARTING, SUCCEEDED, TERMINATING

SIZE = 32

_BOX = '<rect x="3" y="3" width="26" height="26" rx="6" '

GLYPHS: Mapping[str, str] = MappingProxyType(
    {
        READY: _BOX + 'fill="{fill}" stroke="{line}"/>',
        RUNNING: _BOX + 'fill="{fill}" fill-opacity=".25" stroke="{line}" stroke-width="2.5"/>',
        STARTING: _BOX + 'fill="none" stroke="{line}" stroke-width="2" stroke-dasharray="4 3"/>',
        TERMINATING: '<g opacity=".75">' + _BOX + 'fill="{fill}" fill-opacity=".15" stroke="{line}"/>'
        '<path d="M7 25L25 7" stroke="{line}" stroke-width="2.5"/></g>',
        FAILING: _BOX + 'fill="none" stroke="{fault}" stroke-width="2.5"/>'
        '<path d="M11 12l10 10M21 12l-10 10" stroke="{fault}" stroke-width="2.5" stroke-linecap="round"/>'
        '<circle cx="27" cy="5" r="5" fill="{fill}" stroke="{page}" stroke-width="1.5"/>',
        SUCCEEDED: _BOX + 'fill="none" stroke="{line}" stroke-width="1.5"/>'
        '<path d="M10 16l4 5 8-9" fill="none" stroke="{line}" stroke-width="2.5"/>',
    }
)


def glyph(state: str, hue: Hue, page: str = "#ffffff") -> str:
    """The SVG elements of one pod on a light page, in a square of `SIZE`."""
    return GLYPHS[state].format(fill=hue.fill, line=hue.line, fault=FAULT, page=page)
