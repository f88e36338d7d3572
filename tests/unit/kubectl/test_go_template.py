"""Go templates, and Go's words for wrong ones."""

from __future__ import annotations

import pytest

from k8snb.kubectl.go_template import GoTemplate, TemplateError

PODS = {
    "kind": "List",
    "null": None,
    "big": 12345678,
    "items": [
        {"metadata": {"name": "a", "labels": {"tier": "front", "app": "web"}}, "n": 3},
        {"metadata": {"name": "b"}, "n": 1},
    ],
}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{.kind}}", "List"),
        ("{{.big}}", "12345678"),
        ("{{.nope}} {{.null}} {{.nope.deeper}}", "<no value> <no value> <no value>"),
        ('{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}', "a\nb\n"),
        ("{{range $i, $p := .items}}{{if $i}}, {{end}}{{$p.metadata.name}}{{end}}", "a, b"),
        ("{{range .nope}}x{{else}}none{{end}}", "none"),
        ("{{range $k, $v := (index .items 0).metadata.labels}}{{$k}}={{$v}} {{end}}", "app=web tier=front "),
        ("{{range .items}}{{if lt .n 2}}{{continue}}{{end}}{{.n}}{{end}}", "3"),
        ("{{range 3}}{{.}}{{end}}", "012"),
        ("{{with .kind}}<{{.}}>{{end}}{{with .nope}}x{{else}}-{{end}}", "<List>-"),
        ('{{if eq .kind "Pod" "List"}}yes{{else}}no{{end}}', "yes"),
        ('{{if eq .kind "Pod"}}1{{else if gt .big 5}}2{{else}}3{{end}}', "2"),
        ("{{len .items}}{{.kind | len}}", "24"),
        ('{{index .items 1 "metadata" "name"}}', "b"),
        ('{{printf "%-5s|%3d|%q|%v" .kind 7 "x" .nope}}', 'List |  7|"x"|<nil>'),
        ('{{.kind | printf "%s-%s" "a"}}', "a-List"),
        ("{{and .kind .nope}} {{or .nope .kind}} {{not .kind}}", "<no value> List false"),
        ("{{(index .items 0).n}}", "3"),
        ("{{$x := 1}}{{range .items}}{{$x = .n}}{{end}}{{$x}}", "1"),
        ("a {{- .kind -}} b", "aListb"),
        ("a{{/* note */}}b", "ab"),
        ('{{define "T"}}({{.}}){{end}}{{template "T" .kind}}', "(List)"),
        ("{{`raw`}} {{'a'}} {{1.5}} {{true}}", "raw 97 1.5 true"),
        ("{{(index .items 0).metadata}}", "map[labels:map[app:web tier:front] name:a]"),
        ('{{"aGk=" | base64decode}} {{exists . "kind"}} {{exists . "x"}}', "hi true false"),
        ('{{html "<a>"}} {{urlquery "a b"}} {{slice .kind 1 3}}', "&lt;a&gt; a+b is"),
        ("{{print 1 2 .kind}}|{{println 1}}", "1 2List|1\n"),
        ("{{$.kind}}", "List"),
    ],
)
def test_template(template: str, text: str) -> None:
    assert GoTemplate(template).execute(PODS) == text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{.kind", "template: output:1: unclosed action"),
        ("{{range .items}}", "template: output:1: unexpected EOF"),
        ("{{end}}", "template: output:1: unexpected {{end}}"),
        ("{{}}", "template: output:1: missing value for command"),
        ("{{if}}x{{end}}", "template: output:1: missing value for if"),
        ("\n{{foo .x}}", 'template: output:2: function "foo" not defined'),
        ("{{$x}}", 'template: output:1: undefined variable "$x"'),
        ("{{(.x}}", "template: output:1: unclosed left paren"),
        ('{{"abc}}', "template: output:1: unterminated quoted string"),
        ("{{break}}", "template: output:1: {{break}} outside {{range}}"),
        ("{{/* x }}", "template: output:1: unclosed comment"),
    ],
)
def test_what_cannot_be_read(template: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        GoTemplate(template)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("template", "where"),
    [
        ("{{.kind.x}}", '1:7: executing "output" at <.kind.x>: can\'t evaluate field x in type interface {}'),
        ("{{.null.x}}", '1:7: executing "output" at <.null.x>: nil pointer evaluating interface {}.x'),
        (
            "{{index .items 9}}",
            '1:2: executing "output" at <index .items 9>: error calling index: index out of range: 9',
        ),
        ('{{lt "a" 1}}', '1:2: executing "output" at <lt "a" 1>: error calling lt: incompatible types for comparison'),
        ("\n {{.kind 3}}", '2:3: executing "output" at <.kind>: kind is not a method but has arguments'),
        ("{{len .big}}", '1:2: executing "output" at <len .big>: error calling len: len of type int64'),
        ("{{not}}", '1:2: executing "output" at <not>: wrong number of args for not: want 1 got 0'),
    ],
)
def test_what_cannot_be_applied(template: str, where: str) -> None:
    with pytest.raises(TemplateError) as caught:
        GoTemplate(template).execute(PODS)
    assert str(caught.value) == f"template: output:{where}"


def test_what_was_written_before_an_error_is_kept() -> None:
    with pytest.raises(TemplateError) as caught:
        GoTemplate("before {{.kind.x}}").execute(PODS)
    assert caught.value.written == "before "


def test_missing_keys_can_be_errors() -> None:
    with pytest.raises(TemplateError) as caught:
        GoTemplate("{{.nope}}", allow_missing_keys=False).execute(PODS)
    assert str(caught.value).endswith('at <.nope>: map has no entry for key "nope"')
