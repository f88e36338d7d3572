"""YAML, KYAML and JSON texts."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, strategies

from k8snb.kubectl.go_format import marshal
from k8snb.kubectl.printers.kyaml import to_kyaml
from k8snb.kubectl.printers.yaml_text import to_yaml


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("", '""'),
        ("true", '"true"'),
        ("y", '"y"'),
        ("Off", '"Off"'),
        ("~", '"~"'),
        ("12", '"12"'),
        ("0x1F", '"0x1F"'),
        ("010", '"010"'),
        ("08", '"08"'),
        ("1e3", '"1e3"'),
        ("1_000", '"1_000"'),
        ("12:30", '"12:30"'),
        (".5", '".5"'),
        ("1.", '"1."'),
        ("100Mi", "100Mi"),
        ("5d59d67564", "5d59d67564"),
        ("10.0.0.1", "10.0.0.1"),
        ("2026-01-01T00:00:10Z", '"2026-01-01T00:00:10Z"'),
        ("2026-01-01", '"2026-01-01"'),
        ("2026-13-01", "2026-13-01"),
        ("2026-1-2 3:4:5.6", '"2026-1-2 3:4:5.6"'),
        ("\U0001f600", '"\\U0001F600"'),
        ("-", "'-'"),
        ("-x", "-x"),
        ("a: b", "'a: b'"),
        ("a:b", "a:b"),
        ("a #b", "'a #b'"),
        ("it's: so", "'it''s: so'"),
        ("*x", "'*x'"),
        ("{a}", "'{a}'"),
        ("<none>", "<none>"),
        ("=", "="),
        (" x", "' x'"),
        ("a\tb", '"a\\tb"'),
        ("é", "é"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\nb\n", "|\n  a\n  b"),
        ("a\n\n", "|+\n  a\n"),
        (" a\nb", "|2-\n   a\n  b"),
        ("a \nb", '"a \\nb"'),
        (None, "null"),
        (True, "true"),
        (7, "7"),
        (0.5, "0.5"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_scalars(value: Any, text: str) -> None:
    assert to_yaml({"k": value}) == f"k: {text}\n"


def test_lists_are_not_indented() -> None:
    value = {"spec": {"list": [{"b": 1, "a": ["x", "z"]}, "text", [1, [2]], {}]}}
    text = "spec:\n  list:\n  - a:\n    - x\n    - z\n    b: 1\n  - text\n  - - 1\n    - - 2\n  - {}\n"
    assert to_yaml(value) == text


def test_keys_are_sorted_by_numbers_and_words() -> None:
    keys = ["b10", "b9", "a.b", "a-b", "ab", "a", "B", "1", "a1", "on"]
    text = to_yaml(dict.fromkeys(keys, 0))
    assert [line.split(":")[0] for line in text.splitlines()] == [
        '"1"',
        "B",
        "a",
        "a-b",
        "a.b",
        "a1",
        "ab",
        "b9",
        "b10",
        '"on"',
    ]


def test_long_lines_are_folded_after_eighty_columns() -> None:
    words = "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 no victims found."
    assert to_yaml({"status": {"message": words}}) == (
        "status:\n"
        "  message: '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are\n"
        "    available: 3 no victims found.'\n"
    )
    plain = "word " * 20 + "end"
    assert to_yaml([plain]) == "- " + "word " * 15 + "word\n  word word word word end\n"
    assert to_yaml({"k": "x" * 200}) == f"k: {'x' * 200}\n"


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers(-(2**63), 2**63) | strategies.text(),
    lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(strategies.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_yaml_reads_back(value: Any) -> None:
    if not any(char in marshal(value) for char in ("\\u0085", "\x85", "\ufeff", "\u2028", "\u2029")):
        assert yaml.safe_load(to_yaml(value)) == value


@given(strategies.dictionaries(strategies.text(max_size=5), JSON, max_size=4))
def test_kyaml_reads_back(value: Any) -> None:
    assert yaml.safe_load(to_kyaml(value)) == value


def test_kyaml() -> None:
    value = {"b": ["x", 1], "a": [{"on": "1"}, {}], "text": "one\n two\n", "x.y/z": None}
    assert to_kyaml(value) == (
        '---\n{\n  a: [{\n    "on": "1",\n  }, {}],\n  b: [\n    "x",\n    1,\n  ],\n'
        '  text: "\\\n     one\\n\\\n    \\ two\\n\\\n    ",\n  x.y/z: null,\n}\n'
    )


def test_json_escapes_what_html_means() -> None:
    assert marshal({"b": "<&>", "a": []}, 4) == '{\n    "a": [],\n    "b": "\\u003c\\u0026\\u003e"\n}'
