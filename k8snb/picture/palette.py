"""Colours: the hue says the revision (Okabe-Ito, safe for colour-blind eyes), green says served, red says fault."""

from __future__ import annotations

from typing import NamedTuple


class Hue(NamedTuple):
    """One revision's colour.

    ``fill`` paints areas; ``line`` outlines (3:1 against a light page), ``text`` words (4.5:1); the ``dark_`` ones
    are for dark pages.
    """

    fill: str
    line: str
    text: str
    dark_line: str
    dark_text: str


HUES = (
    Hue("#0072B2", "#0072B2", "#0072B2", "#4AA3DF", "#6CB8E6"),
    Hue("#E69F00", "#B87A00", "#8F5F00", "#E69F00", "#F0B429"),
    Hue("#CC79A7", "#B0588B", "#9C4678", "#CC79A7", "#DE9BC1"),
    Hue("#56B4E9", "#2E86BF", "#1F6E9E", "#56B4E9", "#7CC8F2"),
    Hue("#F0E442", "#8C8400", "#6B6500", "#F0E442", "#F0E442"),
)
NO_REVISION = Hue("#8A94A0", "#6B7785", "#5A6673", "#9AA5B1", "#B4BDC7")  # pods that no workload's revision made

SERVED = "#009E73"
FAULT = "#C1121F"
DARK_FAULT = "#FF6B6B"


def hue(index: int) -> Hue:
    """The colour of the revision that was made as number `index` (from 0); -1 for none."""
    return HUES[index % len(HUES)] if index >= 0 else NO_REVISION


def hue_class(index: int) -> str:
    """The style class of a revision's colour: ``r0`` … ``r4``, ``rx`` for none.

    Examples
    --------
    >>> hue_class(0), hue_class(6), hue_class(-1)
    ('r0', 'r1', 'rx')
    """
    return f"r{index % len(HUES)}" if index >= 0 else "rx"
