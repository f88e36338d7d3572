"""JSONPath templates to trees of nodes.

References
----------
``staging/src/k8s.io/client-go/util/jsonpath/parser.go @ v1.36``
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn

from k8snb.kubectl.go_format import unquote

_DICT_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?\d*)(:-?\d*)?(:-?\d*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+?)")
_TERMINATORS = frozenset(" \t\r\n.,[]$@{}")
_END = ""
_DEEPEST = 25  # expressions within expressions


class JSONPathError(ValueError):
    """A template that cannot be read or applied; the message is that of client-go."""


@dataclass(eq=False, slots=True)
class Node:
    """A piece of a template. Nodes are told apart by identity."""


@dataclass(eq=False, slots=True)
class ListNode(Node):
    """Nodes that are applied one after the other."""

    nodes: list[Node] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Text(Node):
    """Text that is printed as it is."""

    text: str


@dataclass(eq=False, slots=True)
class Literal(Node):
    """A number or a truth value, in a filter."""

    value: int | float | bool


@dataclass(eq=False, slots=True)
class FieldNode(Node):
    """``.name``."""

    name: str


@dataclass(eq=False, slots=True)
class Identifier(Node):
    """``range`` or ``end``."""

    name: str


@dataclass(eq=False, slots=True)
class Wildcard(Node):
    """``.*``."""


@dataclass(eq=False, slots=True)
class Recursive(Node):
    """``..``."""


@dataclass(eq=False, slots=True)
class ArrayNode(Node):
    """``[start:end:step]``; None where nothing is given. `derived`: the end follows from a single index."""

    start: int | None
    end: int | None
    step: int | None
    derived: bool


@dataclass(eq=False, slots=True)
class Filter(Node):
    """``[?(left operator right)]``; the operator is ``exists`` where there is only a left side."""

    left: ListNode
    right: ListNode
    operator: str


@dataclass(eq=False, slots=True)
class Union(Node):
    """``[a,b]``."""

    nodes: list[ListNode]


def parse(text: str, depth: int = 0) -> ListNode:
    """The tree of a template; `depth` says in how many filters and unions it stands.

    Raises
    ------
    JSONPathError
        When it cannot be read.
    """
    if depth > _DEEPEST:
        raise JSONPathError(f"expressions are nested deeper than {_DEEPEST}")
    parser = _Parser(text, depth)
    parser.text_part()
    return parser.root


def _action(text: str, depth: int) -> ListNode:
    """The tree of an expression, as if it stood in braces."""
    node = parse("{" + text + "}", depth).nodes[0]
    return node if isinstance(node, ListNode) else ListNode([node])


class _Parser:
    """Reads a template from left to right; `start` is where the text not yet used begins."""

    def __init__(self, text: str, depth: int) -> None:
        self.input = text
        self.inner = depth + 1
        self.root = ListNode()
        self.at = 0
        self.start = 0

    def next(self) -> str:
        char = self.input[self.at : self.at + 1]
        self.at += len(char)
        return char

    def peek(self) -> str:
        return self.input[self.at : self.at + 1]

    def consume(self) -> str:
        value, self.start = self.input[self.start : self.at], self.at
        return value

    def text_part(self) -> None:
        """Everything: text and actions in turn."""
        while True:
            brace = self.input.find("{", self.at)
            self.at = len(self.input) if brace < 0 else brace
            if self.at > self.start:
                self.root.nodes.append(Text(self.consume()))
            if brace < 0:
                return
            self.at += 1
            self.consume()
            action = ListNode()
            self.root.nodes.append(action)
            self.inside(action)

    def inside(self, action: ListNode) -> None:
        """One action, up to its closing brace."""
        while not self.input.startswith("}", self.at):
            self.step(action)
        self.at += 1
        self.consume()

    def step(self, action: ListNode) -> None:
        if self.input.startswith("[?(", self.at):
            return self.filter(action)
        if self.input.startswith("..", self.at):
            return self.recursive(action)
        char = self.next()
        if char in (_END, "\r", "\n"):
            raise JSONPathError("unclosed action")
        if char in " @$":
            self.consume()
        elif char == "[":
            self.array(action)
        elif char in "\"'":
            self.quote(action, char)
        elif char == ".":
            self.field(action)
        elif char in "+-" or char.isdigit():
            self.at -= 1
            self.number(action)
        elif char == "_" or char.isalpha():
            self.at -= 1
            self.identifier(action)
        else:
            _unrecognized(char)
        return None

    def identifier(self, action: ListNode) -> None:
        while self.peek() != _END and self.peek() not in _TERMINATORS:
            self.at += 1
        value = self.consume()
        action.nodes.append(Literal(value == "true") if value in ("true", "false") else Identifier(value))

    def recursive(self, action: ListNode) -> None:
        if action.nodes and isinstance(action.nodes[-1], Recursive):
            raise JSONPathError("invalid multiple recursive descent")
        self.at += 2
        self.consume()
        action.nodes.append(Recursive())
        if self.peek() == "_" or self.peek().isalnum():
            self.field(action)

    def number(self, action: ListNode) -> None:
        if self.peek() in ("+", "-"):
            self.at += 1
        while self.peek() == "." or self.peek().isdigit():
            self.at += 1
        value = self.consume()
        try:
            action.nodes.append(Literal(int(value) if "." not in value else float(value)))
        except ValueError:
            raise JSONPathError(f"cannot parse number {value}") from None

    def array(self, action: ListNode) -> None:
        char = self.next()
        while char != "]":
            if char in (_END, "\n"):
                raise JSONPathError("unterminated array")
            char = self.next()
        text = self.consume()[1:-1]
        text = ":" if text == "*" else text
        parts = text.split(",")
        if len(parts) > 1:
            action.nodes.append(Union([_action(f"[{part.strip(' ')}]", self.inner) for part in parts]))
        elif key := _DICT_KEY.fullmatch(text):
            action.nodes.extend(_action(f".{key[1]}", self.inner).nodes)
        else:
            action.nodes.append(_slice(text))

    def filter(self, action: ListNode) -> None:
        self.at += len("[?(")
        self.consume()
        self.filter_end()
        if self.next() != "]":
            raise JSONPathError("unclosed array expect ]")
        text = self.consume()[:-2]
        if comparison := _COMPARISON.fullmatch(text):
            left, operator, right = comparison.groups()
            action.nodes.append(Filter(_action(left, self.inner), _action(right, self.inner), operator))
        else:
            action.nodes.append(Filter(_action(text, self.inner), ListNode(), "exists"))

    def filter_end(self) -> None:
        """Go past the closing parenthesis that is not in quotes."""
        begun = ended = False
        pair = ""
        while True:
            char = self.next()
            if char in (_END, "\n"):
                raise JSONPathError("unterminated filter")
            if char in "\"'":
                if not begun:
                    begun, pair = True, char
                elif self.input[self.at - 2] != "\\" and char == pair:
                    ended = True
            elif char == ")" and begun == ended:
                return

    def quote(self, action: ListNode, end: str) -> None:
        char = self.next()
        while char != end or self.input[self.at - 2] == "\\":
            if char in (_END, "\n"):
                raise JSONPathError("unterminated quoted string")
            char = self.next()
        value = self.consume()
        try:
            action.nodes.append(Text(unquote(value)))
        except ValueError as error:
            raise JSONPathError(f"unquote string {value} error {error}") from None

    def field(self, action: ListNode) -> None:
        self.consume()
        while self.peek() != _END and self.peek() not in _TERMINATORS:
            self.at += 2 if self.peek() == "\\" else 1
        self.at = min(self.at, len(self.input))
        value = self.consume()
        action.nodes.append(Wildcard() if value == "*" else FieldNode(value.replace("\\", "")))


def _unrecognized(char: str) -> NoReturn:
    shown = f" '{char}'" if char.isprintable() else ""
    raise JSONPathError(f"unrecognized character in action: U+{ord(char):04X}{shown}")


def _slice(text: str) -> ArrayNode:
    match = _SLICE.fullmatch(text)
    if not match:
        raise JSONPathError(f"invalid array index {text}")
    first, second, third = match.groups()
    start = _index(first)
    if not second:
        return ArrayNode(start, (start or 0) + 1, _index((third or "")[1:]), derived=True)
    return ArrayNode(start, _index(second[1:]), _index((third or "")[1:]), derived=False)


def _index(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise JSONPathError(f"array index {text} is not a number") from None
