"""Label and field selectors: what they select, how they print, and what is refused in which words."""

from __future__ import annotations

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.field_selectors import check_field_selector, FieldSelectorError, selectable_fields
from k8snb.api.selectors import (
    as_selector,
    format_label_selector,
    matches,
    matches_labels,
    parse_field_selector,
    parse_selector,
    SelectorError,
)
from k8snb.api.types.meta import LabelSelector, LabelSelectorRequirement
from k8snb.api.types.pod import Pod
from k8snb.errors import BadRequest

WEB = {"app": "web", "tier": "front", "size": "5"}


@pytest.mark.parametrize(
    ("text", "shown", "selected"),
    [
        ("", "", True),
        ("app=web", "app=web", True),
        ("app==db", "app==db", False),
        ("app!=db", "app!=db", True),
        ("absent!=db", "absent!=db", True),
        ("tier in (back,front)", "tier in (back,front)", True),
        ("tier notin (front),app", "app,tier notin (front)", False),
        ("absent notin (a)", "absent notin (a)", True),
        ("!canary", "!canary", True),
        ("! app", "!app", False),
        ("size>4,size<6", "size>4,size<6", True),
        ("size>5", "size>5", False),
        ("app>1", "app>1", False),
        ("in in (in)", "in in (in)", False),
        ("app=", "app=", False),
        ("example.com/a in (,x)", "example.com/a in (,x)", False),
        ("x in ()", "x in ()", False),
    ],
)
def test_a_selector_of_the_command_line(text: str, shown: str, selected: bool) -> None:
    selector = parse_selector(text)
    assert (str(selector), selector.matches(WEB)) == (shown, selected)
    assert selector.empty == (not text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("app=web,", "found '', expected: identifier after ','"),
        (",app", "found ',', expected: !, identifier, or 'end of string'"),
        ("app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"),
        ("app in web", "unable to parse requirement: found 'web' expected: '('"),
        ("app in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"),
        ("!", "unable to parse requirement: found '', expected: identifier"),
        ("a=b=c", "found '=', expected: ',' or 'end of string'"),
        (
            "size>big",
            'unable to parse requirement: values[0]: Invalid value: "big": '
            "for 'Gt', 'Lt' operators, the value must be an integer",
        ),
    ],
)
def test_a_selector_that_cannot_be_read(text: str, complaint: str) -> None:
    with pytest.raises(SelectorError) as refusal:
        parse_selector(text)
    assert str(refusal.value) == complaint


def test_the_selectors_key_must_be_a_label() -> None:
    with pytest.raises(
        SelectorError, match=r'^unable to parse requirement: <nil>: Invalid value: "-a": name part must'
    ):
        parse_selector("-a=1")


def test_the_selector_of_an_object() -> None:
    expressions = (
        LabelSelectorRequirement(key="tier", operator="In", values=("front", "back")),
        LabelSelectorRequirement(key="canary", operator="DoesNotExist"),
        LabelSelectorRequirement(key="size", operator="Exists"),
        LabelSelectorRequirement(key="zone", operator="NotIn", values=("a",)),
    )
    selector = LabelSelector(match_labels={"app": "web"}, match_expressions=expressions)
    assert matches(selector, WEB)
    assert not matches(selector, {**WEB, "canary": ""})
    assert not matches(selector, {**WEB, "zone": "a"})
    assert not matches(selector, {"app": "web", "size": "5"})
    assert format_label_selector(selector) == "app=web,!canary,size,tier in (back,front),zone notin (a)"
    assert parse_selector(str(as_selector(selector))).matches(WEB)


def test_no_selector_selects_nothing_and_an_empty_one_everything() -> None:
    assert not matches(None, WEB)
    assert matches(LabelSelector(), WEB)
    assert matches_labels({}, WEB) and not matches_labels({"app": "db"}, WEB)
    assert format_label_selector(None) == format_label_selector(LabelSelector()) == "<none>"


POD = from_dict(
    Pod,
    {
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {"nodeName": "node-1", "containers": []},
        "status": {"phase": "Running"},
    },
)


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("", True),
        ("status.phase=Running", True),
        ("status.phase==Pending", False),
        ("spec.nodeName!=node-2,metadata.name=a", True),
        ("spec.hostNetwork=false", True),
        ("metadata.namespace!=default", False),
    ],
)
def test_pods_by_their_fields(text: str, selected: bool) -> None:
    selector = parse_field_selector(text)
    check_field_selector(Pod, selector)
    assert selector.matches(selectable_fields(POD)) == selected


@pytest.mark.parametrize("text", ["status.phase", r"a=b\x", "a=b=c", "a=b\\"])
def test_a_field_selector_that_cannot_be_read(text: str) -> None:
    with pytest.raises(FieldSelectorError):
        parse_field_selector(text)


def test_not_every_field_can_be_selected_by() -> None:
    with pytest.raises(BadRequest) as refusal:
        check_field_selector(Pod, parse_field_selector("spec.image=nginx"))
    assert "field label not supported: spec.image" in refusal.value.message


def test_a_field_selector_escapes_what_would_split_it() -> None:
    selector = parse_field_selector(r"a=x\,y\=z")
    assert selector.matches({"a": "x,y=z"})
    assert str(selector) == r"a=x\,y\=z"
