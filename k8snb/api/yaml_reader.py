"""YAML text to JSON values, as Kubernetes' clients read it: YAML 1.1 scalars without its base-60 numbers and dates.

The parser's events are put together here, without recursion, so that deep or self-referring documents are refused
with a message and a text of ten megabytes takes seconds.

References
----------
``sigs.k8s.io/yaml`` (``YAMLToJSONStrict``) and its ``go-yaml`` resolver: booleans, numbers, nulls, merge keys,
duplicate keys.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, NamedTuple

import yaml

from k8snb.api.json_reader import MAX_DEPTH, whole
from k8snb.errors import K8snbError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_ALIASED_SIZE = 10_000_000  # characters; what aliases may make of a text that is not so long itself
_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"  # its own limit, of 1,000
_VALUE_COST = 10  # a value counts as so many characters more than it has

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_INTEGER = re.compile(r"[-+]?(?:0[bB][01]+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_INTEGER = 70  # 64 binary digits, their prefix and a sign
_GO_NOT_FINITE = {".nan": "NaN", "-.inf": "-Inf"}
_MERGE = "<<"
_SURROGATE = re.compile("[\ud800-\udfff]")


class YamlError(K8snbError):
    """A text that is no YAML; the message is the parser's, with the line, and the column where it is known."""


class _Mark(NamedTuple):
    line: int
    column: int


def parse_yaml(text: str, first_line: int = 1) -> Any:
    r"""The JSON value of one YAML document.

    Parameters
    ----------
    text
        The document, without the ``---`` before it.
    first_line
        The number of its first line in the file, for messages.

    Raises
    ------
    YamlError
        When it cannot be read, or names a key twice.

    Examples
    --------
    >>> parse_yaml("a: {b: [1, 0x10, 1e3, yes, 1:30, ~]}")
    {'a': {'b': [1, 16, 1000, True, '1:30', None]}}
    >>> parse_yaml("a: 1\nb: c: d")
    Traceback (most recent call last):
    k8snb.api.yaml_reader.YamlError: yaml: line 2: mapping values are not allowed in this context (column 5)
    """
    if half := _SURROGATE.search(text):
        line, column = text.count("\n", 0, half.start()), half.start() - text.rfind("\n", 0, half.start())
        raise YamlError(f"yaml: line {line + first_line}: invalid Unicode character (column {column})")
    builder = _Builder(first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _at(error, first_line) from None
    except yaml.YAMLError as error:
        raise YamlError(f"yaml: {_reader_problem(error)}") from None
    if builder.aliases:
        _refuse_excess(builder.root, MAX_ALIASED_SIZE + len(text))
    return builder.root


def _at(error: yaml.MarkedYAMLError, first_line: int) -> YamlError:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or "unknown problem parsing YAML content"
    if mark is None:
        return YamlError(f"yaml: {problem}")
    if problem == _LIBYAML_TOO_DEEP:
        return YamlError(f"yaml: line {mark.line + first_line}: exceeded max depth of {MAX_DEPTH}")
    return YamlError(f"yaml: line {mark.line + first_line}: {problem} (column {mark.column + 1})")


def _reader_problem(error: yaml.YAMLError) -> str:
    reason = getattr(error, "reason", None)
    return str(reason) if reason else str(error).splitlines()[0]


class _Node:
    """A list or mapping that is being filled. ``keys`` says where each key of a mapping stood."""

    __slots__ = ("anchor", "has_key", "key", "keys", "merges", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.has_key = False
        self.key: Any = None
        self.keys: dict[str, int] = {}
        self.merges: list[Any] = []


class _Builder:
    """Puts a document together from the parser's events."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line
        self.root: Any = None
        self.open: list[_Node] = []
        self.anchors: dict[str, Any] = {}
        self.aliases = False
        self.merged = 0
        self._takers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: lambda event: self._start({}, event),
            yaml.SequenceStartEvent: lambda event: self._start([], event),
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }

    def take(self, event: Any) -> None:
        taker = self._takers.get(type(event))
        if taker is not None:
            taker(event)

    def _scalar(self, event: Any) -> None:
        plain = event.implicit[0]
        value = _resolve(event.value) if plain else _tagged(event.tag, event.value)
        if event.anchor:
            self.anchors[event.anchor] = value
        self._add(value, event, merge=plain and event.value == _MERGE)

    def _start(self, value: Any, event: Any) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise YamlError(f"yaml: line {self._line(event)}: exceeded max depth of {MAX_DEPTH}")
        if self.open and isinstance(self.open[-1].value, dict) and not self.open[-1].has_key:
            raise YamlError(f"yaml: line {self._line(event)}: invalid map key: a list or a mapping")
        self.open.append(_Node(value, event.anchor))
        if event.anchor:
            self.anchors.pop(event.anchor, None)

    def _end(self, event: Any) -> None:
        node = self.open.pop()
        for other in node.merges:
            self._merge(node, other, event)
        if node.anchor:
            self.anchors[node.anchor] = node.value
        self._add(node.value, event)

    def _alias(self, event: Any) -> None:
        self.aliases = True
        if event.anchor not in self.anchors:
            if any(node.anchor == event.anchor for node in self.open):
                raise YamlError(f"yaml: line {self._line(event)}: anchor '{event.anchor}' value contains itself")
            raise YamlError(f"yaml: line {self._line(event)}: unknown anchor '{event.anchor}' referenced")
        self._add(self.anchors[event.anchor], event)

    def _add(self, value: Any, event: Any, *, merge: bool = False) -> None:
        """Give a finished value to the list or mapping around it."""
        if not self.open:
            self.root = value
            return
        around = self.open[-1]
        if isinstance(around.value, list):
            around.value.append(value)
        elif not around.has_key:
            around.has_key = True
            around.key = _MERGE_KEY if merge else self._key(around, value, event)
        else:
            around.has_key = False
            if around.key is _MERGE_KEY:
                around.merges.append(value)
            else:
                around.value[around.key] = value

    def _key(self, around: _Node, value: Any, event: Any) -> str:
        key = key_text(value)
        if key is None:
            what = "null" if value is None else "a list or a mapping"
            raise YamlError(f"yaml: line {self._line(event)}: invalid map key: {what}")
        if key in around.keys:
            problem = f'line {self._line(event)}: key "{key}" already set in map'
            raise YamlError(f"yaml: unmarshal errors:\n  {problem} (column {event.start_mark.column + 1})")
        around.keys[key] = event.start_mark.line
        return key

    def _merge(self, node: _Node, other: Any, event: Any) -> None:
        sources = other if isinstance(other, list) else [other]
        for source in sources:
            if not isinstance(source, dict):
                raise YamlError(
                    f"yaml: line {self._line(event)}: map merge requires map or sequence of maps as the value"
                )
            self.merged += len(source)
            if self.merged * _VALUE_COST > MAX_ALIASED_SIZE:
                raise YamlError(_ALIASING)
            for key, value in source.items():
                node.value.setdefault(key, value)

    def _line(self, event: Any) -> int:
        return int(event.start_mark.line) + self.first_line


_MERGE_KEY = object()
_ALIASING = "yaml: document contains excessive aliasing"


@lru_cache(4096)
def _resolve(text: str) -> Any:
    """What an unquoted scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise YamlError(f"json: unsupported value: {_GO_NOT_FINITE.get(text.lower(), '+Inf')}")
    plain = text.replace("_", "")
    if text[0] != "." and _INTEGER.fullmatch(plain) and -(2**63) <= (number := _integer(plain)) < 2**64:
        return number
    if _FLOAT.fullmatch(plain) and math.isfinite(float(plain)):
        return whole(float(plain))
    return text


def _integer(plain: str) -> int:
    """An integer in any notation; one that is too long for 64 bits in each of them is no number any more."""
    if len(plain) > _LONGEST_INTEGER:
        return 2**64
    sign = -1 if plain[0] == "-" else 1
    digits = plain.lstrip("+-").lower()
    if digits.startswith("0") and digits.isdigit() and len(digits) > 1:
        return sign * int(digits, 8)
    return sign * int(digits, 0)


def _tagged(tag: str | None, text: str) -> Any:
    """A quoted scalar, or one with an explicit tag."""
    name = (tag or "").rpartition(":")[2]
    if name in ("int", "float", "bool", "null") and (tag or "").startswith("tag:yaml.org"):
        value = _resolve(text)
        wanted = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}[name]
        if not isinstance(value, wanted):  # type: ignore[arg-type]
            raise YamlError(f"yaml: cannot decode !!str `{text}` as a !!{name}")
        return value
    if name == "binary":
        try:
            return base64.b64decode(text.replace("\n", ""), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise YamlError("yaml: !!binary value contains invalid base64 data") from None
    return text


def key_text(value: Any) -> str | None:
    """A key as JSON has it. Null, lists and mappings cannot be keys."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def _refuse_excess(root: Any, allowed: int) -> None:
    """Aliases of aliases can make a short text a huge object, or one without a bottom."""
    sizes: dict[int, int] = {}
    heights: dict[int, int] = {}
    pending: list[tuple[Any, bool]] = [(root, False)]
    while pending:
        value, done = pending.pop()
        if not isinstance(value, dict | list) or (id(value) in sizes and not done):
            continue
        items: Collection[Any] = value.values() if isinstance(value, dict) else value
        if not done:
            pending.append((value, True))
            pending.extend((item, False) for item in items)
            continue
        sizes[id(value)] = _VALUE_COST + sum(sizes.get(id(item)) or _cost(item) for item in items)
        if isinstance(value, dict):
            sizes[id(value)] += sum(map(len, value))
        heights[id(value)] = 1 + max((heights.get(id(item), 0) for item in items), default=0)
        if sizes[id(value)] > allowed:
            raise YamlError(_ALIASING)
        if heights[id(value)] > MAX_DEPTH:
            raise YamlError(f"yaml: exceeded max depth of {MAX_DEPTH}")


def _cost(scalar: Any) -> int:
    return _VALUE_COST + (len(scalar) if isinstance(scalar, str) else 0)
