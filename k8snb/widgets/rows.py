"""What changed between two pictures, row by row, so that one small message brings a browser up to date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Rows = Mapping[str, Any]


def difference(old: Rows, new: Rows) -> dict[str, Any]:
    """The rows to set and the keys that are gone; empty when nothing changed.

    Examples
    --------
    >>> difference({"a": 1, "b": 2}, {"a": 1, "c": 3})
    {'set': {'c': 3}, 'gone': ['b']}
    """
    found = {key: row for key, row in new.items() if key not in old or old[key] != row}
    gone = [key for key in old if key not in new]
    return ({"set": found} if found else {}) | ({"gone": gone} if gone else {})
