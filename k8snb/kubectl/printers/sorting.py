"""``--sort-by``: objects in order of one of their fields.

References
----------
``staging/src/k8s.io/kubectl/pkg/cmd/get/sorter.go SortObjects, NewTableSorter, isLess @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from k8snb.api.go_sort import go_sort
from k8snb.api.quantity import number_of, QuantityError
from k8snb.kubectl.errors import KubectlError
from k8snb.kubectl.go_format import go_type
from k8snb.kubectl.jsonpath import JSONPath, JSONPathError

T = TypeVar("T")

_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")


def relaxed_json_path(path: str) -> str:
    """A path with or without its braces and leading dot, as a JSONPath template.

    Raises
    ------
    KubectlError
        When it is no path.

    Examples
    --------
    >>> relaxed_json_path("metadata.name"), relaxed_json_path("{.spec.replicas}")
    ('{.metadata.name}', '{.spec.replicas}')
    """
    if not path:
        return path
    match = _RELAXED.fullmatch(path)
    if not match:
        raise KubectlError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{match[1] or match[2]}}}"


def sort_by(items: Sequence[T], path: str, body_of: Callable[[T], dict[str, Any]]) -> list[T]:
    """Items by a field of their objects; those that do not have it come first.

    Parameters
    ----------
    items
        What to sort.
    path
        The value of ``--sort-by``.
    body_of
        The JSON form of an item's object.

    Raises
    ------
    KubectlError
        When the path cannot be read, or no object has the field.
    """
    if not items:
        return []
    field = relaxed_json_path(path)
    try:
        template = JSONPath(field)
        found = [template.find(body_of(item)) for item in items]
    except JSONPathError as error:
        raise KubectlError(str(error)) from None
    if not any(results and results[0] for results in found):
        raise KubectlError(f'couldn\'t find any field with path "{field}" in the list of objects')
    keys = [results[0][0] if results and results[0] else _Missing for results in found]
    order = go_sort(range(len(items)), lambda i, j: _less(keys[i], keys[j], field))
    return [items[i] for i in order]


class UnsortableError(KubectlError):
    """Values that have no order: kubectl gives up in the middle of it."""


class _Missing:
    """The key of an object that does not have the field."""


def _less(one: Any, other: Any, field: str) -> bool:
    if one is _Missing:
        return True
    if other is _Missing or other is None:
        return False
    if one is None:
        return True
    if isinstance(one, bool | dict | list):
        raise UnsortableError(f"Field {field} is an unsortable type: interface, err: unsortable type: {go_type(one)}")
    if type(one) is not type(other):
        raise UnsortableError(f"Field {field} is an unsortable type: interface, err: unsortable interface: interface")
    if isinstance(one, str):
        try:
            return number_of(one) < number_of(other)
        except QuantityError:
            return one < str(other)
    return bool(one < other)
