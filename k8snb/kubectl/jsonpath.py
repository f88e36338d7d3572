"""JSONPath templates applied to JSON values: ``{.items[*].metadata.name}``.

References
----------
``staging/src/k8s.io/client-go/util/jsonpath/jsonpath.go @ v1.36``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from k8snb.kubectl.go_compare import ComparisonError, FILTERS
from k8snb.kubectl.go_format import go_type, marshal, sprint
from k8snb.kubectl.jsonpath_parser import (
    ArrayNode,
    FieldNode,
    Filter,
    Identifier,
    JSONPathError,
    ListNode,
    Literal,
    Node,
    parse,
    Recursive,
    Text,
    Union,
    Wildcard,
)

__all__ = ["JSONPath", "JSONPathError"]

_DEEPEST = 50  # ranges within ranges
_MOST_VALUES = 200_000  # that an expression may find, and rounds that ranges may take


class JSONPath:
    """A template, ready to be applied.

    Parameters
    ----------
    text
        The template.
    allow_missing_keys
        A field that no value has is an empty result; else an error.

    Raises
    ------
    JSONPathError
        When the template cannot be read.

    Examples
    --------
    >>> value = {"items": [{"name": "a", "n": 1}, {"name": "b", "n": 3}]}
    >>> JSONPath("{.items[*].name}").text(value)
    'a b'
    >>> JSONPath('{range .items[?(@.n>2)]}{.name}={.n}{"\\\\n"}{end}').text(value)
    'b=3\\n'
    """

    def __init__(self, text: str, *, allow_missing_keys: bool = True) -> None:
        self._root = parse(text)
        self._allow_missing_keys = allow_missing_keys

    def find(self, value: Any) -> list[list[Any]]:
        """What each part of the template finds in a value."""
        return _Run(self._root, self._allow_missing_keys).find(value)

    def text(self, value: Any) -> str:
        """The filled-in template."""
        return "".join(" ".join(map(_shown, results)) for results in self.find(value))

    def json(self, value: Any) -> str:
        """What each part of the template finds, as JSON arrays."""
        return "".join(f"{marshal(results, 4)}\n" for results in self.find(value))


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return marshal(value)
    return "null" if value is None else sprint(value)


class _Run:
    """One application of a template. ``range`` and ``end`` are counted as they are met."""

    def __init__(self, root: ListNode, allow_missing_keys: bool) -> None:
        self.nodes: Sequence[Node] = root.nodes
        self.allow_missing_keys = allow_missing_keys
        self.begin_range = 0
        self.in_range = 0
        self.end_range = 0
        self.last_end: Node | None = None
        self.rounds = 0

    def find(self, value: Any) -> list[list[Any]]:
        """Apply the nodes, up to the end of the current range."""
        nodes = self.nodes
        found: list[list[Any]] = []
        at = 0
        while at < len(nodes):
            results = self.walk([value], nodes[at])
            if 0 < self.end_range <= self.in_range:
                self.end_range -= 1
                self.last_end = nodes[at]
                break
            if self.begin_range > 0:
                self.begin_range -= 1
                self.in_range += 1
                found.extend(self.loop(nodes[at + 1 :], results))
                self.in_range -= 1
                at = next((k for k in range(at + 1, len(nodes)) if nodes[k] is self.last_end), at)
            else:
                found.append(results)
            at += 1
        return found

    def loop(self, nodes: Sequence[Node], values: Sequence[Any]) -> list[list[Any]]:
        """Apply the nodes of a range to each value; to nothing where there is none, to learn where the range ends."""
        if self.in_range > _DEEPEST:
            raise JSONPathError(f"ranges are nested deeper than {_DEEPEST}")
        found = []
        for value in values:
            self.rounds += 1
            _refuse_excess(self.rounds)
            self.nodes = nodes
            found.extend(self.find(value))
        if not values:
            self.nodes = nodes
            self.find(None)
        return found

    def walk(self, values: list[Any], node: Node) -> list[Any]:
        """What a node finds in each of some values."""
        _refuse_excess(len(values))
        if isinstance(node, ListNode):
            for inner in node.nodes:
                values = self.walk(values, inner)
            return values
        if isinstance(node, Text):
            return [node.text]
        if isinstance(node, Literal):
            return [node.value for _ in values]
        if isinstance(node, FieldNode):
            return self.field(values, node.name)
        if isinstance(node, ArrayNode):
            return [item for value in values if value is not None for item in _elements(value, node)]
        if isinstance(node, Filter):
            return [item for value in values for item in self.filtered(value, node)]
        if isinstance(node, Wildcard):
            return [item for value in values for item in _children(value)]
        if isinstance(node, Recursive):
            return [item for value in values for item in _descendants(value)]
        if isinstance(node, Union):
            return [item for inner in node.nodes for item in self.walk(values, inner)]
        return self.identifier(values, node)

    def identifier(self, values: list[Any], node: Node) -> list[Any]:
        name = node.name if isinstance(node, Identifier) else ""
        if name == "range":
            self.begin_range += 1
            return values
        if name != "end":
            raise JSONPathError(f"unrecognized identifier {name}")
        if self.in_range == 0:
            raise JSONPathError("not in range, nothing to end")
        self.end_range += 1
        return []

    def field(self, values: list[Any], name: str) -> list[Any]:
        found = [value[name] for value in values if isinstance(value, dict) and name in value]
        if values and not found and not self.allow_missing_keys:
            raise JSONPathError(f"{name} is not found")
        return found

    def filtered(self, value: Any, node: Filter) -> list[Any]:
        if not isinstance(value, list):
            raise JSONPathError(f"{sprint(value)} is not array or slice and cannot be filtered")
        return [item for item in value if self.passes(item, node)]

    def passes(self, item: Any, node: Filter) -> bool:
        if node.operator == "exists":
            return self.exists(item, node.left)
        left = self.walk([item], node.left)
        if not left:
            return False
        right = self.walk([item], node.right) if len(left) == 1 else left
        if not right:
            return False
        if len(left) > 1 or len(right) > 1:
            raise JSONPathError("can only compare one element at a time")
        if node.operator not in FILTERS:
            raise JSONPathError(f"unrecognized filter operator {node.operator}")
        try:
            return FILTERS[node.operator](left[0], right[0])
        except ComparisonError as error:
            raise JSONPathError(str(error)) from None

    def exists(self, item: Any, left: ListNode) -> bool:
        try:
            return bool(self.walk([item], left))
        except JSONPathError:
            return False


def _refuse_excess(count: int) -> None:
    if count > _MOST_VALUES:
        raise JSONPathError(f"the expression finds more than {_MOST_VALUES} values")


def _children(value: Any) -> list[Any]:
    """The elements of a list, the values of a map (by their keys), the bytes of a text."""
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, str):
        return list(value.encode())
    return value if isinstance(value, list) else []


def _descendants(value: Any) -> list[Any]:
    children = _children(value)
    return [value, *(item for child in children for item in _descendants(child))] if children else []


def _elements(value: Any, node: ArrayNode) -> list[Any]:
    """The elements that an index or a slice names."""
    if not isinstance(value, list):
        raise JSONPathError(f"{go_type(value)} is not array or slice")
    size = len(value)
    start = node.start or 0
    start += size if start < 0 else 0
    end = size if node.end is None else node.end
    end += size if end < 0 or (end == 0 and node.derived) else 0
    if start == end:
        return []
    if not 0 <= start < size:
        _out_of_bounds(start, size)
    if not 0 <= end <= size:
        _out_of_bounds(end - 1, size)
    if start > end:
        raise JSONPathError(f"starting index {start} is greater than ending index {end}")
    if node.step is not None and node.step <= 0:
        raise JSONPathError("step must be > 0")
    return value[start : end : node.step or 1]


def _out_of_bounds(index: int, size: int) -> NoReturn:
    raise JSONPathError(f"array index out of bounds: index {index}, length {size}")
