"""Manifests: what texts, files and Python values become documents, and how broken ones are refused."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k8snb.api.decode import from_dict
from k8snb.api.manifests import Document, Manifest, ManifestError, parse_documents, read_manifest, read_path
from k8snb.api.types.config import ConfigMap
from k8snb.api.yaml_reader import parse_yaml

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}
POD_TEXT, NODE_TEXT = yaml.safe_dump(POD), yaml.safe_dump(NODE)


def bodies(manifest: Manifest) -> list[dict[str, Any]]:
    return [document.body for document in read_manifest(manifest)]


def refusal(text: str) -> str:
    with pytest.raises(ManifestError) as caught:
        parse_documents(text)
    return str(caught.value)


# -- documents


@pytest.mark.parametrize(
    "manifest",
    [
        f"{POD_TEXT}---\n{NODE_TEXT}",
        f"---\n{POD_TEXT}\n--- # the node\n{NODE_TEXT}---\n\n---\n# nothing\n",
        f"\ufeff{POD_TEXT}---\r\n{NODE_TEXT}",
        json.dumps(POD) + "\n" + json.dumps(NODE),
        [POD, NODE_TEXT],
        (POD, [NODE]),
        {"apiVersion": "v1", "kind": "List", "items": [POD, {"apiVersion": "v1", "kind": "List", "items": [NODE]}]},
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [POD, NODE]}),
    ],
)
def test_several_objects(manifest: Manifest) -> None:
    assert bodies(manifest) == [POD, NODE]


def test_items_of_a_typed_list_take_its_kind() -> None:
    item = {"metadata": {"name": "p"}}
    assert bodies({"apiVersion": "v1", "kind": "PodList", "items": [item]}) == [POD]
    assert bodies({"apiVersion": "v1", "kind": "PodList", "items": None}) == []
    assert bodies({"apiVersion": "v1", "kind": "PodList", "items": []}) == []


def test_a_typed_object() -> None:
    config = from_dict(ConfigMap, {"metadata": {"name": "c"}, "data": {"a": "1"}})
    assert bodies(config) == [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1"}}]


@pytest.mark.parametrize("text", ["", "\n\n", "# only words\n", "---\n---\n", "~", "null"])
def test_nothing(text: str) -> None:
    assert read_manifest(text) == []


@pytest.mark.parametrize("wrong", [5, None, b"kind: Pod", object()])
def test_values_that_are_no_manifest(wrong: Any) -> None:
    with pytest.raises(ManifestError, match=r"^a manifest is a text, a path, a dictionary or a list of these, not "):
        read_manifest(wrong)


# -- files


def test_files_folders_and_patterns(tmp_path: Path) -> None:
    (tmp_path / "2.yaml").write_text(POD_TEXT)
    (tmp_path / "1.json").write_text(json.dumps(NODE))
    (tmp_path / "readme.md").write_text("# not: a manifest")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "3.yml").write_text(POD_TEXT)
    assert bodies(tmp_path) == bodies(str(tmp_path)) == [NODE, POD]
    assert [document.body for document in read_path(str(tmp_path), recursive=True)] == [NODE, POD, POD]
    assert read_path(f"{tmp_path}/*.yaml") == [Document(POD, f"{tmp_path}/2.yaml")]
    assert bodies(tmp_path / "2.yaml") == [POD]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, problem in (
        (f"{tmp_path}/none.yaml", f'the path "{tmp_path}/none.yaml" does not exist'),
        (f"{tmp_path}/*.yml", f'the path "{tmp_path}/*.yml" does not exist'),
        ("a\0b", r'the path "a\x00b" does not exist'),
        (str(tmp_path), f"error reading [{tmp_path}]: recognized file extensions are [.json .yaml .yml]"),
        ("/dev/zero", 'the path "/dev/zero" cannot be accessed: not a regular file'),
    ):
        with pytest.raises(ManifestError) as caught:
            read_path(path)
        assert str(caught.value) == problem
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"kind: \xff")
    with pytest.raises(ManifestError, match=f"^error parsing {latin}: .*invalid UTF-8$"):
        read_path(str(latin))


def test_an_error_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("kind: [}")
    with pytest.raises(ManifestError, match=f"^error parsing {file}: error converting YAML to JSON: yaml: line 1: "):
        read_manifest(file)


# -- broken texts


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("apiVersion: v1\nkind: Pod: x\n", "line 2: mapping values are not allowed in this context (column 10)"),
        ("a: 1\n\tb: 2\n", "line 2: found a tab character that violates indentation (column 1)"),
        ("a: 'b\nc: d\n", "line 3: found unexpected end of stream (column 1)"),
        (f"{POD_TEXT}---\na: b: c\n", "line 6: mapping values are not allowed in this context (column 5)"),
        ("a: *b\n", "line 1: unknown anchor 'b' referenced"),
        ("a: &a [*a]\n", "line 1: anchor 'a' value contains itself"),
        ("? [a]\n: b\n", "line 1: invalid map key: a list or a mapping"),
    ],
)
def test_broken_yaml_is_refused_with_its_place(text: str, place: str) -> None:
    assert refusal(text) == f"error parsing STDIN: error converting YAML to JSON: yaml: {place}"


def test_keys_that_stand_twice() -> None:
    assert refusal("a: 1\nb: 2\na: 3\n").endswith('line 3: key "a" already set in map (column 1)')
    assert refusal('{"a": 1, "a": 2}').endswith('json: key "a" already set in map')
    assert refusal("1: a\n'1': b\n").endswith('line 2: key "1" already set in map (column 1)')


def test_broken_json_is_refused_in_words_of_json() -> None:
    assert refusal('{"a": 1,\n "b" 2}') == (
        "error parsing STDIN: json: line 2: invalid character '2' after object key (column 6)"
    )
    assert refusal('{"a": NaN]') == (
        "error parsing STDIN: json: line 1: invalid character 'N' looking for beginning of value (column 7)"
    )


def test_what_follows_a_separator() -> None:
    assert refusal(f"{POD_TEXT}--- yes\n{NODE_TEXT}").startswith(
        "error parsing STDIN: invalid Yaml document separator: yes"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("metadata: {}", "error validating data: [apiVersion not set, kind not set]"),
        ("kind: Pod", "error validating data: apiVersion not set"),
        ("apiVersion: 1\nkind: Pod", "error validating data: apiVersion isn't string type"),
        ("[1, 2]", "error validating data: invalid object to validate"),
        ("words", "error validating data: invalid object to validate"),
    ],
)
def test_documents_that_are_no_objects(text: str, problem: str) -> None:
    hint = "if you choose to ignore these errors, turn validation off with --validate=false"
    assert refusal(text) == f'error validating "STDIN": {problem}; {hint}'


def test_items_that_are_no_objects() -> None:
    head = "apiVersion: v1\nkind: List\n"
    assert refusal(f"{head}items: 5").startswith('unable to decode "STDIN": json: cannot unmarshal number into ')
    assert refusal(f"{head}items: [5]").startswith('unable to decode "STDIN": json: cannot unmarshal number into ')
    assert "Object 'apiVersion' is missing" in refusal(f"{head}items: [{{kind: Pod}}]")


def test_depth_and_aliases_have_limits() -> None:
    assert "exceeded max depth" in refusal("[" * 5000 + "]" * 5000)
    assert "exceeded max depth" in refusal('{"a":' * 5000 + "1" + "}" * 5000)
    laughs = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    laughs += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert refusal("\n".join(laughs)).endswith("yaml: document contains excessive aliasing")
    inner: dict[str, Any] = {}
    inner["itself"] = inner
    with pytest.raises(ManifestError, match="exceeded max depth"):
        read_manifest(inner)


# -- scalars


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("n", False),
        ("~", None),
        ("0x1F", 31),
        ("017", 15),
        ("0b11", 3),
        ("1_000", 1000),
        ("1e3", 1000),
        (".5", 0.5),
        ("1:30", "1:30"),
        ("2020-01-01", "2020-01-01"),
        ("'5'", "5"),
        ('"yes"', "yes"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("!!binary aGk=", "hi"),
        ("99999999999999999999", 1e20),
        ("|\n  a\n  b\n", "a\nb\n"),
        (">-\n  a\n  b\n", "a b"),
    ],
)
def test_scalars_are_those_of_yaml_1_1_without_times(text: str, value: Any) -> None:
    found = parse_yaml(f"a: {text}")["a"]
    assert found == value
    assert isinstance(found, type(value)) or value == 1e20


def test_anchors_and_merge_keys() -> None:
    text = "base: &b {x: 1, z: 2}\nmore:\n  <<: *b\n  z: 3\nlist: [*b]\n"
    assert parse_yaml(text) == {"base": {"x": 1, "z": 2}, "more": {"x": 1, "z": 3}, "list": [{"x": 1, "z": 2}]}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abcdef", min_size=1), VALUES, max_size=5))
def test_json_text_and_python_values_mean_the_same(extra: dict[str, Any]) -> None:
    body = {"apiVersion": "v1", "kind": "Thing", "spec": extra}
    assert bodies(body) == bodies(json.dumps(body)) == [body]


@given(VALUES)
def test_what_pyyaml_writes_is_read_back(value: Any) -> None:
    assert parse_yaml(yaml.safe_dump({"a": value}, default_style='"'))["a"] == value


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        documents = parse_documents(text)
    except ManifestError as error:
        assert str(error).startswith(("error parsing STDIN: ", 'error validating "STDIN": ', "unable to "))
    else:
        assert all(document.body["kind"] for document in documents)


def test_ten_megabytes_are_read_quickly() -> None:
    entry = "\n".join(f"  key-{i}: {'x' * 80}" for i in range(12_000))
    text = "---\n".join(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i}}}\ndata:\n{entry}\n" for i in range(10)
    )
    assert len(text) > 10_000_000
    start = time.process_time()
    assert len(parse_documents(text)) == 10
    assert time.process_time() - start < 30  # seconds; about four on an idle machine
