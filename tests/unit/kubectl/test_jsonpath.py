"""JSONPath templates, and kubectl's words for wrong ones."""

from __future__ import annotations

import pytest

from k8snb.kubectl.jsonpath import JSONPath, JSONPathError

PODS = {
    "kind": "List",
    "items": [
        {"metadata": {"name": "a", "labels": {"app": "web", "x.y/z": "1"}}, "n": 3, "up": True, "none": None},
        {"metadata": {"name": "b"}, "n": 1, "containers": [{"image": "one:1"}, {"image": "two"}]},
        {"metadata": {"name": "c"}, "n": 2},
    ],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{.kind}", "List"),
        ("{.items[*].metadata.name}", "a b c"),
        ("{.items[0].metadata.name}", "a"),
        ("{.items[-1].metadata.name}", "c"),
        ("{.items[0:2].metadata.name}", "a b"),
        ("{.items[::2].metadata.name}", "a c"),
        ("{.items[0,2].metadata.name}", "a c"),
        ("{.items[*]['n', 'up']}", "3 1 2 true"),
        ("{.items[0].metadata}", '{"labels":{"app":"web","x.y/z":"1"},"name":"a"}'),
        (r"{.items[0].metadata.labels.x\.y/z}", "1"),
        ("{..image}", "one:1 two"),
        ("{.items[*].metadata.labels.*}", "web 1"),
        ('{.items[?(@.metadata.name=="b")].n}', "1"),
        ("{.items[?(@.n>=2)].metadata.name}", "a c"),
        ("{.items[?(@.n!=1)].metadata.name}", "a c"),
        ("{.items[?(@.up==true)].metadata.name}", "a"),
        ("{.items[?(@.containers)].metadata.name}", "b"),
        ('{range .items[*]}{.metadata.name}{"\\t"}{.n}{"\\n"}{end}', "a\t3\nb\t1\nc\t2\n"),
        ("{range .items[*]}[{range .containers[*]}{.image},{end}]{end}", "[][one:1,two,][]"),
        ("{range .nothing[*]}{.x}{end}after", "after"),
        ("{range .items[*]}{.metadata.name}{end} done", "abc done"),
        ("names: {.items[*].n}!", "names: 3 1 2!"),
        ("{.items[*].nope}", ""),
        ("{.nope.further[0]}", ""),
        ("{.items[0].none}", "null"),
        ("{.items[0].up}", "true"),
        ("{@.kind} {$.kind} {'text'}", "List List text"),
        ("plain", "plain"),
    ],
)
def test_template(template: str, text: str) -> None:
    assert JSONPath(template).text(PODS) == text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.items[0", "unterminated array"),
        ("{.items", "unclosed action"),
        ("{.items[x]}", "invalid array index x"),
        ("{.items[?(@.n>1]}", "unterminated filter"),
        ("{.items[?(@.n>1)}", "unclosed array expect ]"),
        ('{"abc}', "unterminated quoted string"),
        ("{#}", "unrecognized character in action: U+0023 '#'"),
        ("{....a}", "invalid multiple recursive descent"),
    ],
)
def test_what_cannot_be_read(template: str, message: str) -> None:
    with pytest.raises(JSONPathError) as caught:
        JSONPath(template)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{.items[7]}", "array index out of bounds: index 7, length 3"),
        ("{.items[-5]}", "array index out of bounds: index -2, length 3"),
        ("{.kind[0]}", "string is not array or slice"),
        ("{end}", "not in range, nothing to end"),
        ("{foo}", "unrecognized identifier foo"),
        ("{.items[?(@.n>'a')]}", "incompatible types for comparison"),
        ("{.items[?(@.n=1)]}", "unrecognized filter operator ="),
        ("{.kind[?(@.n==1)]}", "List is not array or slice and cannot be filtered"),
    ],
)
def test_what_cannot_be_applied(template: str, message: str) -> None:
    with pytest.raises(JSONPathError) as caught:
        JSONPath(template).text(PODS)
    assert str(caught.value) == message


def test_missing_keys_can_be_errors() -> None:
    with pytest.raises(JSONPathError) as caught:
        JSONPath("{.nope}", allow_missing_keys=False).text(PODS)
    assert str(caught.value) == "nope is not found"


def test_as_json() -> None:
    assert JSONPath("{.items[*].n}").json(PODS) == "[\n    3,\n    1,\n    2\n]\n"
    assert JSONPath("{.nope}").json(PODS) == "[]\n"
