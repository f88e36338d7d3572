"""Faults print as Go prints them."""

from __future__ import annotations

import pytest

from k8snb.api import field_errors
from k8snb.api.field_errors import distinct, FieldError, go_json, go_quote, go_value, Shown, time_value, typed
from k8snb.api.schema import EMPTY
from k8snb.api.types.meta import LabelSelector, OwnerReference


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("plain", '"plain"'),
        ('say "hi"', r'"say \"hi\""'),
        ("a\\b", r'"a\\b"'),
        ("tab\tline\nbell\a", r'"tab\tline\nbell\a"'),
        ("<a&b>", '"<a&b>"'),
        ("é", '"é"'),
        ("\x00\x7f", r'"\x00\x7f"'),
        ("\u2028\u00a0", r'"\u2028\u00a0"'),
        ("\U000e0001", r'"\U000e0001"'),
    ],
)
def test_texts_are_quoted_as_go_does(text: str, quoted: str) -> None:
    assert go_quote(text) == quoted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<x>", '"<x>"'),
        (typed("<x>"), r'"\u003cx\u003e"'),
        (5, "5"),
        (True, "true"),
        (None, "null"),
        (EMPTY, "null"),
        ({}, "{}"),
        ({"b": "1", "a": "<"}, r'{"a":"\u003c","b":"1"}'),
        (("a", "b"), '["a","b"]'),
        (LabelSelector(match_labels={"app": "web"}), '{"matchLabels":{"app":"web"}}'),
        ((OwnerReference(name="x"),), '[{"apiVersion":"","kind":"","name":"x","uid":""}]'),
        (Shown('{"Name":"x"}'), '{"Name":"x"}'),
        (time_value(0), '"1970-01-01T00:00:00Z"'),
        (time_value(None), "null"),
    ],
)
def test_values_print_as_in_an_error(value: object, shown: str) -> None:
    assert go_value(value) == shown


def test_json_escapes_line_separators_as_go_does() -> None:
    assert go_json("a\u2028b") == r'"a\u2028b"'


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            field_errors.invalid("spec.replicas", -1, "must be positive"),
            "spec.replicas: Invalid value: -1: must be positive",
        ),
        (field_errors.required("spec.containers"), "spec.containers: Required value"),
        (field_errors.required("spec", "say why"), "spec: Required value: say why"),
        (field_errors.duplicate("spec.name", "a"), 'spec.name: Duplicate value: "a"'),
        (field_errors.forbidden("spec", "never"), "spec: Forbidden: never"),
        (field_errors.not_found("spec.name", "v"), 'spec.name: Not found: "v"'),
        (
            field_errors.not_supported("spec.type", "C", ("A", "B")),
            'spec.type: Unsupported value: "C": supported values: "A", "B"',
        ),
        (field_errors.not_supported("spec.type", "C", ()), 'spec.type: Unsupported value: "C"'),
        (field_errors.too_long("data", 1), "data: Too long: may not be more than 1 byte"),
        (field_errors.too_long("data", 9), "data: Too long: may not be more than 9 bytes"),
        (field_errors.too_many("rules", 21, 20), "rules: Too many: 21: must have at most 20 items"),
        (field_errors.too_few("rules", 0, 1), "rules: Too few: 0: must have at least 1 item"),
        (field_errors.type_invalid("a", "b", "no"), 'a: Invalid value: "b": no'),
        (field_errors.internal_error("a", "oops"), "a: Internal error: oops"),
    ],
)
def test_each_type_of_fault_has_its_words(error: FieldError, text: str) -> None:
    assert str(error) == text
    assert error.cause.field == error.field
    assert error.cause.reason == error.reason
    assert text == f"{error.field}: {error.cause.message}"


def test_a_fault_counts_once_and_the_first_place_holds() -> None:
    one, other = field_errors.required("a"), field_errors.required("b")
    assert distinct([one, other, one]) == [one, other]
