"""Go templates to trees of nodes.

References
----------
``text/template/parse/parse.go, node.go``
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NoReturn

from k8snb.api.field_errors import go_quote
from k8snb.kubectl.go_format import unquote
from k8snb.kubectl.go_template_lexer import LexError, Token, tokens

_LONGEST_INTEGER = 70  # 64 binary digits, their prefix and a sign
_DEEPEST = 50  # actions within actions, and parentheses within parentheses


class ParseError(ValueError):
    """A template that cannot be read; the message is Go's."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in a command.

    ``kind`` is ``literal``, ``nil``, ``dot``, ``field``, ``variable``, ``function``, or ``pipeline`` (in parentheses).
    ``value`` is the literal, the name or the pipeline; ``fields`` follow it; ``text`` is how an error shows it.
    """

    kind: str
    value: Any
    fields: tuple[str, ...]
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands whose results are handed on; and the variables that the last is assigned to."""

    commands: tuple[tuple[Operand, ...], ...]
    variables: tuple[str, ...] = ()
    declares: bool = True

    def __str__(self) -> str:
        names = f"{', '.join(self.variables)} {':=' if self.declares else '='} " if self.variables else ""
        return names + " | ".join(" ".join(operand.text for operand in command) for command in self.commands)


@dataclass(slots=True)
class Block:
    """Nodes one after the other."""

    nodes: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Branch:
    """``if``, ``with`` or ``range``."""

    keyword: str
    pipeline: Pipeline
    body: Block
    otherwise: Block
    at: int


@dataclass(frozen=True, slots=True)
class Jump:
    """``break`` or ``continue``."""

    keyword: str


@dataclass(frozen=True, slots=True)
class Call:
    """``template "name" pipeline``."""

    name: str
    pipeline: Pipeline | None
    at: int


@dataclass(slots=True)
class Parsed:
    """A template and those that it defines."""

    root: Block
    defined: dict[str, Block]


def parse(source: str, functions: Collection[str]) -> Parsed:
    """The tree of a template.

    Parameters
    ----------
    source
        The template.
    functions
        The names that can be called.

    Raises
    ------
    ParseError
        When it cannot be read.
    """
    parser = _Parser(source, functions)
    try:
        parser.read()
        root, end = parser.block(("eof",))
        if end != "eof":
            parser.fail(f"unexpected {{{{{end}}}}}")
    except LexError as error:
        parser.at = error.at
        parser.fail(str(error))
    return Parsed(root, parser.defined)


class _Parser:
    def __init__(self, source: str, functions: Collection[str]) -> None:
        self.source = source
        self.functions = functions
        self.stream = tokens(source)
        self.defined: dict[str, Block] = {}
        self.at = 0
        self.ahead: list[Token] = []
        self.variables = ["$"]
        self.loops = 0
        self.depth = 0

    def read(self) -> None:
        """Read every token at once, so that an error of the first line is found first."""
        self.ahead = list(self.stream)

    def fail(self, message: str) -> NoReturn:
        line = 1 + self.source.count("\n", 0, self.at)
        raise ParseError(f"template: output:{line}: {message}")

    def next(self) -> Token:
        token = self.ahead.pop(0)
        self.at = token.at
        return token

    def peek(self) -> Token:
        """The next token that is no blank."""
        while self.ahead[0].kind == "space":
            self.ahead.pop(0)
        return self.ahead[0]

    def block(self, ends: Collection[str]) -> tuple[Block, str]:
        """Nodes up to one of the words that end them: ``end``, ``else`` or ``eof``."""
        block = Block()
        while True:
            token = self.next()
            if token.kind == "eof":
                if "eof" not in ends:
                    self.fail("unexpected EOF")
                return block, "eof"
            if token.kind == "text":
                block.nodes.append(token.text)
                continue
            word = self.peek()
            if word.kind == "keyword" and word.text in ("end", "else"):
                self.peek()
                self.next()
                return block, word.text
            self.action(block)

    def action(self, block: Block) -> None:
        """One action; the braces before it are read."""
        word = self.peek()
        if word.kind != "keyword":
            block.nodes.append(self.pipeline("command", "right"))
            return
        self.next()
        if word.text in ("if", "with", "range"):
            block.nodes.append(self.branch(word.text, word.at))
        elif word.text in ("break", "continue"):
            if not self.loops:
                self.fail(f"{{{{{word.text}}}}} outside {{{{range}}}}")
            self.close(word.text)
            block.nodes.append(Jump(word.text))
        else:
            self.named(block, word)

    def close(self, context: str) -> None:
        self.peek()
        token = self.next()
        if token.kind != "right":
            self.fail(f"unexpected {token} in {context}")

    def descend(self) -> None:
        """Go into an action or a pair of parentheses; whoever comes out again counts down."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"max expression depth exceeded ({_DEEPEST})")

    def branch(self, keyword: str, at: int) -> Branch:
        self.descend()
        scope = len(self.variables)
        pipeline = self.pipeline(keyword, "right")
        self.loops += keyword == "range"
        body, end = self.block(("end", "else"))
        self.loops -= keyword == "range"
        otherwise = Block()
        if end == "else":
            otherwise = self.otherwise(keyword)
        else:
            self.close("end")
        del self.variables[scope:]
        self.depth -= 1
        return Branch(keyword, pipeline, body, otherwise, at)

    def otherwise(self, keyword: str) -> Block:
        """What follows ``else``: another condition, or nodes up to the end."""
        word = self.peek()
        if word.kind == "keyword" and word.text == keyword and keyword != "range":
            self.next()
            return Block([self.branch(keyword, word.at)])
        self.close("else")
        block, end = self.block(("end", "else"))
        if end == "else":
            self.fail("expected end; found {{else}}")
        self.close("end")
        return block

    def named(self, block: Block, word: Token) -> None:
        """``define``, ``block`` and ``template``."""
        self.peek()
        token = self.next()
        if token.kind not in ("string", "raw"):
            self.fail(f"unexpected {token} in {word.text} clause")
        name = str(_constant(token, self))
        pipeline = None
        if word.text != "define" and self.peek().kind != "right":
            pipeline = self.pipeline(f"{word.text} clause", "right")
        else:
            self.close(f"{word.text} clause")
        if word.text != "template":
            self.descend()
            self.defined[name], end = self.block(("end",))
            self.depth -= 1
            if end != "end":
                self.fail("expected end; found {{else}}")
            self.close("end")
        if word.text != "define":
            block.nodes.append(Call(name, pipeline, word.at))

    def pipeline(self, context: str, end: str) -> Pipeline:
        variables, declares = self.declaration(context)
        commands: list[tuple[Operand, ...]] = []
        while True:
            token = self.peek()
            if token.kind == end:
                self.next()
                break
            if token.kind == "right" or token.kind == ")":
                self.fail(f"unexpected {token} in {context}")
            commands.append(self.command(context))
        if not commands:
            self.fail(f"missing value for {context}")
        for command in commands[1:]:
            if command[0].kind in ("literal", "nil", "dot"):
                self.fail(f"non executable command in pipeline stage {commands.index(command) + 1}")
        if declares:
            self.variables.extend(variables)
        return Pipeline(tuple(commands), variables, declares)

    def declaration(self, context: str) -> tuple[tuple[str, ...], bool]:
        """The variables before ``:=`` or ``=``; a range can have two."""
        kinds = [t for t in self.ahead[:8] if t.kind != "space"]
        names = [kinds[0].text] if kinds[0].kind == "variable" else []
        rest = kinds[1:]
        if names and context == "range" and [t.kind for t in rest[:2]] == [",", "variable"]:
            names.append(rest[1].text)
            rest = rest[2:]
        if not names or not rest or rest[0].kind not in (":=", "="):
            return (), True
        sign = rest[0]
        while self.next() is not sign:
            pass
        if sign.kind == "=":
            for name in names:
                self.known(name)
        return tuple(names), sign.kind == ":="

    def known(self, name: str) -> None:
        if name not in self.variables:
            self.fail(f'undefined variable "{name}"')

    def command(self, context: str) -> tuple[Operand, ...]:
        """Operands up to a bar or the end of the pipeline."""
        found: list[Operand] = []
        while True:
            token = self.peek()
            if token.kind in ("right", ")"):
                break
            if token.kind == "|":
                self.next()
                if not found or self.peek().kind in ("right", ")", "|"):
                    self.fail("missing value for command" if found else f"unexpected {token} in {context}")
                break
            found.append(self.operand(context))
            if self.ahead[0].kind not in ("space", "right", ")", "|"):
                self.fail(f"unexpected {self.ahead[0]} in operand")
        return tuple(found)

    def operand(self, context: str) -> Operand:
        token = self.next()
        kind, value, text = self.term(token, context)
        fields: list[str] = []
        at = token.at
        while self.ahead[0].kind == "field":
            if not fields:
                at = self.ahead[0].at
            fields.append(self.next().text)
        if fields and kind in ("literal", "nil"):
            self.fail(f"unexpected . after term {go_quote(text)}")
        names = tuple(name[1:] for name in fields)
        if kind == "field":
            names = (value, *names)
        shown = text if not fields else f"{text}{''.join(fields)}"
        return Operand(kind, value, names, shown, at)

    def term(self, token: Token, context: str) -> tuple[str, Any, str]:
        """The kind, the value and the text of an operand's first part."""
        if token.kind == "identifier":
            if token.text not in self.functions:
                self.fail(f'function "{token.text}" not defined')
            return "function", token.text, token.text
        if token.kind == "field":
            return "field", token.text[1:], token.text
        if token.kind == "variable":
            self.known(token.text)
            return "variable", token.text, token.text
        if token.kind == "(":
            self.descend()
            inner = self.pipeline("parenthesized pipeline", ")")
            self.depth -= 1
            return "pipeline", inner, f"({inner})"
        if token.kind in ("dot", "nil"):
            return token.kind, None, token.text
        if token.kind in ("bool", "number", "string", "raw", "char"):
            return "literal", _constant(token, self), token.text
        return self.fail(f"unexpected {token} in {context}")


def _constant(token: Token, parser: _Parser) -> Any:
    text = token.text
    try:
        if token.kind == "bool":
            return text == "true"
        if token.kind == "raw":
            return text[1:-1]
        if token.kind in ("string", "char"):
            value = unquote(text)
            return value if token.kind == "string" else ord(value)
        plain = text.replace("_", "")
        if any(sign in plain for sign in ".eE") and not plain.lower().startswith("0x"):
            return _finite(float(plain))
        octal = len(plain) > 1 and plain.isdigit() and plain[0] == "0"
        number = int(plain, 8 if octal else 0) if len(plain) <= _LONGEST_INTEGER else 2**64
    except (ValueError, TypeError):
        parser.fail(f"illegal number syntax: {go_quote(text)}" if token.kind == "number" else "invalid syntax")
    return number if -(2**63) <= number < 2**64 else parser.fail(f"integer overflow: {go_quote(text)}")


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("no number of this size")
    return number
