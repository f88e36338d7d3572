"""JSON merge patch (RFC 7386).

As in the library that the API server uses, the maps that a patch touches come out with their keys sorted, while all
others keep their order; a decoder that reports the first fault it meets finds the faults in that order.

References
----------
``gopkg.in/evanphx/json-patch.v4 MergePatch, CreateMergePatch`` as Kubernetes 1.36 vendors it
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def merge_patch(document: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A document after a JSON merge patch: maps merge, null deletes, anything else replaces.

    Examples
    --------
    >>> merge_patch({"a": {"b": 1, "c": [2]}}, {"a": {"b": None, "d": {"e": None}}})
    {'a': {'c': [2], 'd': {}}}
    """
    result = dict(document)
    for name, value in patch.items():
        current = result.get(name)
        if value is None:
            result.pop(name, None)
        elif not isinstance(current, dict):
            result[name] = _without_nulls(value)
        else:
            result[name] = merge_patch(current, value) if isinstance(value, dict) else value
    return {name: result[name] for name in sorted(result)}


def _without_nulls(value: Any) -> Any:
    """A value without the null entries of its maps, which are sorted; the nulls of lists stay."""
    if isinstance(value, dict):
        return {name: _without_nulls(value[name]) for name in sorted(value) if value[name] is not None}
    if isinstance(value, list):
        return [_without_nulls(v) for v in value]
    return value


def create_merge_patch(original: dict[str, Any], modified: dict[str, Any]) -> dict[str, Any]:
    """The JSON merge patch that turns one document into another."""
    patch: dict[str, Any] = {}
    for name, value in modified.items():
        current = original.get(name)
        if isinstance(current, dict) and isinstance(value, dict):
            inner = create_merge_patch(current, value)
            if inner:
                patch[name] = inner
        elif name not in original or type(current) is not type(value) or current != value:
            patch[name] = deepcopy(value)
    patch.update((name, None) for name in original if name not in modified)
    return patch
