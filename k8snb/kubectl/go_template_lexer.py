"""Go templates to tokens.

References
----------
``text/template/parse/lex.go``
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from k8snb.api.field_errors import go_quote

KEYWORDS = frozenset(("if", "else", "end", "range", "with", "break", "continue", "define", "template", "block"))
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)")
_SPACES = re.compile(r"[ \t\r\n]+")
_AFTER_WORD = frozenset(" \t\r\n.,|:=()")


class Token(NamedTuple):
    """A piece of a template.

    ``kind`` is ``text``, ``left``, ``right``, ``space``, ``field``, ``variable``, ``identifier``, ``keyword``,
    ``bool``, ``nil``, ``number``, ``string``, ``raw``, ``char``, ``dot``, ``eof`` or a sign itself;
    ``at`` is where it begins.
    """

    kind: str
    text: str
    at: int

    def __str__(self) -> str:
        if self.kind == "eof":
            return "EOF"
        if self.kind in ("keyword", "nil", "dot"):
            return f"<{self.text}>"
        return f"{go_quote(self.text[:10])}..." if len(self.text) > 10 else go_quote(self.text)


class LexError(ValueError):
    """A template that cannot be read, and where."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


def tokens(source: str) -> Iterator[Token]:
    """The tokens of a template, the last of kind ``eof``."""
    at, trim = 0, False
    while True:
        brace = source.find("{{", at)
        end = len(source) if brace < 0 else brace
        text = source[at:end].lstrip(" \t\r\n") if trim else source[at:end]
        left_trim = brace >= 0 and source[brace + 2 : brace + 3] == "-" and source[brace + 3 : brace + 4] in _spaces()
        text = text.rstrip(" \t\r\n") if left_trim else text
        if text:
            yield Token("text", text, at)
        if brace < 0:
            yield Token("eof", "", len(source))
            return
        inside = brace + (4 if left_trim else 2)
        if source.startswith("/*", inside):
            at, trim = _comment(source, inside)
            continue
        yield Token("left", "{{", brace)
        at, trim = yield from _action(source, inside)


def _spaces() -> tuple[str, ...]:
    return (" ", "\t", "\r", "\n")


def _comment(source: str, at: int) -> tuple[int, bool]:
    close = source.find("*/", at)
    if close < 0:
        raise LexError("unclosed comment", at)
    for delimiter, trim in (("}}", False), (" -}}", True)):
        if source.startswith(delimiter, close + 2):
            return close + 2 + len(delimiter), trim
    raise LexError("comment ends before closing delimiter", at)


def _action(source: str, at: int) -> Generator[Token, None, tuple[int, bool]]:
    """The tokens up to the closing braces. Returns where they end, and whether the text after them is trimmed."""
    depth = 0
    while True:
        if source.startswith("}}", at) or re.match(r"[ \t\r\n]-\}\}", source[at : at + 4]):
            if depth:
                raise LexError("unclosed left paren", at)
            trim = source[at] != "}"
            yield Token("right", "}}", at)
            return at + (4 if trim else 2), trim
        token = _token(source, at)
        depth += {"(": 1, ")": -1}.get(token.kind, 0)
        if depth < 0:
            raise LexError("unexpected right paren", at)
        yield token
        at += len(token.text)


def _token(source: str, at: int) -> Token:
    """The token that begins here."""
    char = source[at : at + 1]
    if not char:
        raise LexError("unclosed action", at)
    if spaces := _SPACES.match(source, at):
        return Token("space", _keep_trim(source, at, spaces[0]), at)
    if source.startswith(":=", at):
        return Token(":=", ":=", at)
    if char in "=|,()":
        return Token(char, char, at)
    if char == ":":
        raise LexError("expected :=", at)
    if char in "\"`'":
        return _quoted(source, at, char)
    if char in ".$":
        return _named(source, at, char)
    if char in "+-" or char.isdigit():
        return _number(source, at)
    if word := _WORD.match(source, at):
        return _word(source, at, word[0])
    raise LexError(f"unrecognized character in action: U+{ord(char):04X} '{char}'", at)


def _keep_trim(source: str, at: int, spaces: str) -> str:
    """The blanks of a token, without the one that belongs to a trimming end."""
    return spaces[:-1] if source.startswith("-}}", at + len(spaces)) and len(spaces) > 1 else spaces


def _quoted(source: str, at: int, quote: str) -> Token:
    kind = {'"': "string", "`": "raw", "'": "char"}[quote]
    end = at + 1
    while source[end : end + 1] != quote:
        if source[end : end + 1] in ("", "\n") and (quote != "`" or end >= len(source)):
            words = {"string": "unterminated quoted string", "raw": "unterminated raw quoted string"}
            raise LexError(words.get(kind, "unterminated character constant"), at)
        end += 2 if source[end] == "\\" and quote != "`" else 1
    return Token(kind, source[at : end + 1], at)


def _named(source: str, at: int, sign: str) -> Token:
    """A field, a variable, or the sign alone."""
    word = _WORD.match(source, at + 1)
    if sign == "." and (not word or word[0][0].isdigit()):
        return _number(source, at) if word else Token("dot", ".", at)
    text = sign + (word[0] if word else "")
    _check_after(source, at + len(text))
    return Token("field" if sign == "." else "variable", text, at)


def _check_after(source: str, at: int) -> None:
    after = source[at : at + 1]
    if after and after not in _AFTER_WORD and not source.startswith("}}", at):
        raise LexError(f"bad character U+{ord(after):04X} '{after}'", at)


def _number(source: str, at: int) -> Token:
    match = _NUMBER.match(source, at)
    text = match[0] if match else ""
    after = source[at + len(text) : at + len(text) + 1]
    if text in ("", "+", "-", ".") or after == "_" or after.isalnum():
        bad = re.match(r"[\w.+-]+", source[at:])
        raise LexError(f"bad number syntax: {go_quote(bad[0] if bad else source[at])}", at)
    return Token("number", text, at)


def _word(source: str, at: int, word: str) -> Token:
    _check_after(source, at + len(word))
    if word in KEYWORDS:
        return Token("keyword", word, at)
    if word in ("true", "false"):
        return Token("bool", word, at)
    return Token("nil" if word == "nil" else "identifier", word, at)
