"""Label selectors: those in objects, and those that a user writes after ``-l``.

References
----------
``staging/src/k8s.io/apimachinery/pkg/labels/selector.go Parse, Requirement.Matches @ v1.36``
``staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector @ v1.36``
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from k8snb.api.field_errors import FieldError, invalid
from k8snb.api.field_selectors import FieldSelector, parse_field_selector
from k8snb.api.integers import integer
from k8snb.api.types.meta import LabelSelector, LabelSelectorRequirement
from k8snb.api.validation import formats
from k8snb.errors import K8snbError

__all__ = [
    "FieldSelector",
    "Requirement",
    "Selector",
    "SelectorError",
    "as_selector",
    "format_label_selector",
    "matches",
    "matches_labels",
    "parse_field_selector",
    "parse_selector",
]

_SYMBOLS = ("==", "!=", "=", "!", "(", ")", ",", ">", "<")
_SPECIAL = "=!(),><"
_SPACE = " \t\r\n"
_KEYWORDS = ("in", "notin")
_BINARY = ("in", "notin", "=", "==", "!=", ">", "<")
_BINARY_SHOWN = "in, notin, =, ==, !=, gt, lt"
_END = ""
_INTEGER = re.compile("[+-]?[0-9]+")


class SelectorError(K8snbError):
    """A selector that cannot be read; the message is Kubernetes' own."""


class Requirement(NamedTuple):
    """One condition on a label.

    ``operator`` is one of ``=``, ``==``, ``!=``, ``in``, ``notin``, ``exists``, ``!``, ``>`` and ``<``.
    """

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a set of labels meets the condition."""
        value = labels.get(self.key)
        if self.operator in ("in", "=", "=="):
            return value is not None and value in self.values
        if self.operator in ("notin", "!="):
            return value is None or value not in self.values
        if self.operator == "exists":
            return value is not None
        if self.operator == "!":
            return value is None
        return self._compares(value)

    def _compares(self, value: str | None) -> bool:
        have, bound = _integer(value), _integer(self.values[0])
        if have is None or bound is None:
            return False
        return have > bound if self.operator == ">" else have < bound

    def __str__(self) -> str:
        if self.operator == "exists":
            return self.key
        if self.operator == "!":
            return f"!{self.key}"
        values = ",".join(sorted(self.values))
        if self.operator in _KEYWORDS:
            return f"{self.key} {self.operator} ({values})"
        return f"{self.key}{self.operator}{values}"


class Selector(NamedTuple):
    """Conditions that must all hold, in order of their keys."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether a set of labels meets every condition; no condition at all is always met."""
        return all(r.matches(labels) for r in self.requirements)

    @property
    def empty(self) -> bool:
        """Whether everything is selected."""
        return not self.requirements

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


def matches(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Whether an object's selector selects these labels; no selector selects nothing, an empty one everything."""
    if selector is None:
        return False
    for key, value in selector.match_labels.items():
        if labels.get(key) != value:
            return False
    expressions = selector.match_expressions
    return not expressions or all(_expression_holds(e, labels) for e in expressions)


def matches_labels(wanted: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether `labels` contain every pair of `wanted`, as a service or replication controller selects."""
    return all(labels.get(key) == value for key, value in wanted.items())


def _expression_holds(expression: LabelSelectorRequirement, labels: Mapping[str, str]) -> bool:
    value = labels.get(expression.key)
    if expression.operator == "In":
        return value is not None and value in expression.values
    if expression.operator == "NotIn":
        return value is None or value not in expression.values
    return (value is not None) if expression.operator == "Exists" else value is None


_OPERATORS = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


def as_selector(selector: LabelSelector) -> Selector:
    """An object's selector in the form that kubectl prints."""
    found = [Requirement(k, "=", (v,)) for k, v in selector.match_labels.items()]
    found += [Requirement(e.key, _OPERATORS[e.operator], e.values) for e in selector.match_expressions]
    return Selector(tuple(sorted(found, key=lambda r: r.key)))


def format_label_selector(selector: LabelSelector | None) -> str:
    """An object's selector as kubectl prints it: ``app=web,tier in (a,b)``; ``<none>`` when there is none.

    References
    ----------
    ``apimachinery/pkg/apis/meta/v1/helpers.go FormatLabelSelector @ v1.36``
    """
    return str(as_selector(selector)) or "<none>" if selector is not None else "<none>"


def parse_selector(text: str) -> Selector:
    """Read a selector as ``kubectl -l`` takes it.

    Parameters
    ----------
    text
        ``app=web,tier!=db,env in (a,b),!canary``.

    Raises
    ------
    SelectorError
        When it cannot be read.

    Examples
    --------
    >>> str(parse_selector("tier notin (b,a), app==web"))
    'app==web,tier notin (a,b)'
    >>> parse_selector("app=web").matches({"app": "web", "x": "y"})
    True
    """
    return Selector(tuple(sorted(_Parser(_tokens(text)).parse(), key=lambda r: r.key)))


def _integer(text: str | None) -> int | None:
    """A decimal integer as Go's ``strconv.ParseInt`` reads it, or nothing."""
    if text is None or not _INTEGER.fullmatch(text):
        return None
    return integer(text)


class _Token(NamedTuple):
    """A piece of a selector; ``kind`` is the symbol or keyword itself, ``name``, ``error`` or empty at the end."""

    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        if text[at] in _SPACE:
            at += 1
        elif text[at] in _SPECIAL:
            token, at = _symbol(text, at)
            found.append(token)
        else:
            end = next((i for i in range(at, len(text)) if text[i] in _SPECIAL or text[i] in _SPACE), len(text))
            word, at = text[at:end], end
            found.append(_Token(word if word in _KEYWORDS else "name", word))
    return [*found, _Token(_END, "")]


def _symbol(text: str, at: int) -> tuple[_Token, int]:
    """The longest symbol that starts here. Every special character is a symbol by itself."""
    symbol = next(s for s in _SYMBOLS if text.startswith(s, at))
    return _Token(symbol, symbol), at + len(symbol)


class _Parser:
    """Reads requirements from tokens. The words ``in`` and ``notin`` are names where a name is expected."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def peek(self) -> _Token:
        token = self.tokens[self.at]
        return _Token("name", token.text) if token.kind in _KEYWORDS else token

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def parse(self) -> list[Requirement]:
        found: list[Requirement] = []
        while True:
            token = self.peek()
            if token.kind == _END:
                return found
            if token.kind not in ("name", "!"):
                raise SelectorError(f"found '{token.text}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self.requirement())
            except SelectorError as error:
                raise SelectorError(f"unable to parse requirement: {error}") from None
            after = self.take()
            if after.kind == _END:
                return found
            if after.kind != ",":
                raise SelectorError(f"found '{after.text}', expected: ',' or 'end of string'")
            if self.peek().kind not in ("name", "!"):
                raise SelectorError(f"found '{self.peek().text}', expected: identifier after ','")

    def requirement(self) -> Requirement:
        token = self.take()
        negated = token.kind == "!"
        if negated:
            token = self.take()
        if token.kind != "name":
            raise SelectorError(f"found '{token.text}', expected: identifier")
        _check(_key_faults(token.text, "<nil>"))
        if negated or self.peek().kind in (_END, ","):
            return Requirement(token.text, "!" if negated else "exists")
        return self.comparison(token.text)

    def comparison(self, key: str) -> Requirement:
        operator = self.tokens[self.at]
        self.at += 1
        if operator.kind not in _BINARY:
            raise SelectorError(f"found '{operator.text}', expected: {_BINARY_SHOWN}")
        values = self.values() if operator.kind in _KEYWORDS else self.exact_value()
        requirement = Requirement(key, operator.kind, tuple(sorted(set(values))))
        _check(_requirement_faults(requirement))
        return requirement

    def values(self) -> list[str]:
        opening = self.take()
        if opening.kind != "(":
            raise SelectorError(f"found '{opening.text}' expected: '('")
        first = self.peek()
        if first.kind == ")":
            self.take()
            return [""]
        if first.kind not in ("name", ","):
            raise SelectorError(f"found '{first.text}', expected: ',', ')' or identifier")
        values = self.identifiers()
        if self.take().kind != ")":
            raise SelectorError(f"found '{first.text}', expected: ')'")
        return values

    def identifiers(self) -> list[str]:
        """Names between commas; nothing between two commas is an empty name."""
        values: list[str] = []
        while True:
            token = self.take()
            if token.kind == "name":
                values.append(token.text)
                if self.peek().kind == ")":
                    return values
                if self.peek().kind != ",":
                    raise SelectorError(f"found '{self.peek().text}', expected: ',' or ')'")
            elif token.kind == ",":
                if not values or self.peek().kind in (",", ")"):
                    values.append("")
                if self.peek().kind == ")":
                    return values
            else:
                raise SelectorError(f"found '{token.text}', expected: ',', or identifier")

    def exact_value(self) -> list[str]:
        if self.peek().kind in (_END, ","):
            return [""]
        token = self.take()
        if token.kind != "name":
            raise SelectorError(f"found '{token.text}', expected: identifier")
        return [token.text]


def _key_faults(key: str, path: str) -> list[FieldError]:
    faults = formats.is_qualified_name(key)
    return [invalid(path, key, "; ".join(faults))] if faults else []


def _requirement_faults(requirement: Requirement) -> list[FieldError]:
    found = _key_faults(requirement.key, "key")
    for index, value in enumerate(requirement.values):
        if requirement.operator in "<>" and _integer(value) is None:
            found.append(invalid(f"values[{index}]", value, "for 'Gt', 'Lt' operators, the value must be an integer"))
    for index, value in enumerate(requirement.values):
        if faults := formats.is_valid_label_value(value):
            found.append(invalid(f"values[{index}][{requirement.key}]", value, "; ".join(faults)))
    return found


def _check(faults: Sequence[FieldError]) -> None:
    if faults:
        text = ", ".join(map(str, faults))
        raise SelectorError(f"[{text}]" if len(faults) > 1 else text)
