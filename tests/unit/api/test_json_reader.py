"""JSON text as Go reads it, and integers in texts."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.integers import clamped_integer, integer
from k8snb.api.json_reader import JsonError, parse_json, parse_stream, replace_surrogates, too_deep


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" 5 ", 5),
        ("1.0", 1.0),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", 1.8446744073709552e19),
        ("-9223372036854775809", -9.223372036854776e18),
        ('"\\ud83d\\ude00"', "😀"),
        ('"a\\ud800b"', "a\ufffdb"),
        ('{"a\ud800": "\udfff"}', {"a\ufffd": "\ufffd"}),
        ('{"a": [null, true], "a": {}}', {"a": {}}),
    ],
)
def test_values(text: str, value: Any) -> None:
    found = parse_json(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "unexpected end of JSON input", 1, 1),
        ("[1,", "unexpected end of JSON input", 1, 4),
        ('"a', "unexpected end of JSON input", 1, 1),
        ("[1,\n 2 3]", "invalid character '3' after array element", 2, 4),
        ('{"a": 1 "b"}', "invalid character '\"' after object key:value pair", 1, 9),
        ('{"}": [{"]": 1} 2]}', "invalid character '2' after array element", 1, 17),
        ('{"a"; 1}', "invalid character ';' after object key", 1, 5),
        ("{a: 1}", "invalid character 'a' looking for beginning of object key string", 1, 2),
        ('{"a": 1,}', "invalid character '}' looking for beginning of object key string", 1, 9),
        ("[1,]", "invalid character ']' looking for beginning of value", 1, 4),
        ("[NaN]", "invalid character 'N' looking for beginning of value", 1, 2),
        ('"\t"', "invalid character '\\t' in string literal", 1, 2),
        ("{\ud800}", "invalid character 'í' looking for beginning of object key string", 1, 2),
        ('"\\u12x4"', "in \\u hexadecimal character escape", 1, 4),
        ("é", "invalid character 'Ã' looking for beginning of value", 1, 1),  # the first of its bytes
        ("1 2", "invalid character '2' after top-level value", 1, 3),
        ("[1e999]", "json: cannot unmarshal number 1e999 into Go value of type float64", 0, 0),
        ("[" * 102 + "]" * 102, "exceeded max depth of 100", 0, 0),
        ("[" * 100_000, "exceeded max depth of 100", 0, 0),
    ],
)
def test_faults(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(JsonError) as error:
        parse_json(text)
    assert message in str(error.value)
    if "escape" not in message:
        assert (error.value.line, error.value.column) == (line, column)


def test_a_stream_refuses_keys_that_come_twice() -> None:
    assert list(parse_stream('{"a": 1} {"a": 2}\n')) == [{"a": 1}, {"a": 2}]
    with pytest.raises(JsonError, match='key "a" already set in map'):
        list(parse_stream('{"a": 1, "a": 2}'))


def test_depth_and_halves_of_characters() -> None:
    assert not too_deep([[{"a": 1}]])
    assert replace_surrogates({"a\udc00": ["\ud800", 5]}) == {"a\ufffd": ["\ufffd", 5]}


@pytest.mark.parametrize(
    ("text", "number", "clamped"),
    [
        ("0", 0, 0),
        ("+007", 7, 7),
        ("-9223372036854775808", -(2**63), -(2**63)),
        ("9223372036854775808", None, 2**63 - 1),
        ("-" + "9" * 5000, None, -(2**63)),
        ("0" * 5000 + "1", 1, 1),
        ("", None, 0),
        ("1.0", None, 0),
        ("\u0663", None, 0),
        (" 1", None, 0),
    ],
)
def test_integers(text: str, number: int | None, clamped: int) -> None:
    assert (integer(text), clamped_integer(text)) == (number, clamped)
    assert integer("2147483648", 32) is None
