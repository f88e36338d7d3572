"""Manifests that cannot be read as YAML or JSON, or hold something else than objects."""

from __future__ import annotations

from typing import Any

import pytest
from refusals import refused_line, refused_manifest, WEB

from k8snb import Cluster

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "a", "image": "i"}]},
}
UNREADABLE = "error: error parsing STDIN: error converting YAML to JSON: yaml: "
NOT_JSON = "error: error parsing STDIN: json: "
NO_OBJECT = 'error: error validating "STDIN": error validating data: '


def patch_text(replicas: str) -> str:
    return f'{{"spec": {{"replicas": {replicas}}}}}'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (WEB.replace("  replicas", "\treplicas"), "line 5: found character that cannot start any token (column 1)"),
        ("kind: Pod: x\n", "line 1: mapping values are not allowed in this context (column 10)"),
        ("a:\n- b\n  c: 1\n", "line 3: mapping values are not allowed in this context (column 4)"),
        ("kind: 'Pod\n", "line 2: found unexpected end of stream (column 1)"),
        ("a: [1, 2\nb: 3\n", "line 2: did not find expected ',' or ']' (column 2)"),
        (f"{WEB}---\na: b: c\n", "line 11: mapping values are not allowed in this context (column 5)"),
        ("a: *nowhere\n", "line 1: unknown anchor 'nowhere' referenced"),
        ("a: &a [*a]\n", "line 1: anchor 'a' value contains itself"),
        ("a: &a {b: 1}\n*a : c\n", "line 2: invalid map key: a list or a mapping"),
        ("a: 1\n? [b]\n: c\n", "line 2: invalid map key: a list or a mapping"),
        ("~: 1\nb: 2\n", "line 1: invalid map key: null"),
        ("a: 1\n<<: [1]\n", "line 3: map merge requires map or sequence of maps as the value"),
        ("a: \x07\n", "control characters are not allowed"),
        ("a: b\nc: \ud800\n", "line 2: invalid Unicode character (column 4)"),
        ('a: "\\ud800"\n', "line 1: found invalid Unicode character escape code (column 7)"),
        ("a: !!int b\n", "cannot decode !!str `b` as a !!int"),
        ("a: !!binary '!'\n", "!!binary value contains invalid base64 data"),
    ],
)
def test_broken_yaml(cluster: Cluster, text: str, problem: str) -> None:
    assert refused_manifest(cluster, text) == f"{UNREADABLE}{problem}\n"


def test_a_key_may_not_be_given_twice(cluster: Cluster) -> None:
    words = refused_manifest(cluster, WEB.replace("  replicas: 2\n", "  replicas: 2\n  replicas: 3\n"))
    assert words == f'{UNREADABLE}unmarshal errors:\n  line 6: key "replicas" already set in map (column 3)\n'
    assert refused_manifest(cluster, '{"a": 1,\n "a": 2}') == f'{NOT_JSON}key "a" already set in map\n'


@pytest.mark.parametrize("value", [".inf", "-.INF", ".nan"])
def test_yaml_knows_numbers_that_json_does_not(cluster: Cluster, value: str) -> None:
    words = refused_manifest(cluster, WEB.replace("replicas: 2", f"replicas: {value}"))
    assert "json: unsupported value: " in words


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{\n", "line 2: unexpected end of JSON input (column 1)"),
        ('{"a": 1,\n "b" 2}\n', "line 2: invalid character '2' after object key (column 6)"),
        ('{"a": [[1] 2]}\n', "line 1: invalid character '2' after array element (column 12)"),
        ('{"a": {"b": "1" "c"}}\n', "line 1: invalid character '\"' after object key:value pair (column 17)"),
        ('{"a": "\\x"}\n', "line 1: invalid character 'x' in string escape code (column 9)"),
        ('{"a": }}\n', "line 1: invalid character '}' looking for beginning of value (column 7)"),
        ('{"a": tru\n"b": 1}\n', "line 1: invalid character 't' looking for beginning of value (column 7)"),
    ],
)
def test_broken_json(cluster: Cluster, text: str, problem: str) -> None:
    assert refused_manifest(cluster, text) == f"{NOT_JSON}{problem}\n"


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "---\n# nothing\n---\n", "null\n", "{}\n---\n"[3:]])
def test_nothing(cluster: Cluster, text: str) -> None:
    assert refused_manifest(cluster, text) == "error: no objects passed to apply\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("5\n", "invalid object to validate"),
        ("- a\n- b\n", "invalid object to validate"),
        ("some words", "invalid object to validate"),
        ("{}", "[apiVersion not set, kind not set]"),
        ("kind: Pod\n", "apiVersion not set"),
        ("apiVersion: v1\nkind:\n", "kind not set"),
        ("apiVersion: 1\nkind: []\n", "[apiVersion isn't string type, kind isn't string type]"),
    ],
)
def test_no_objects(cluster: Cluster, text: str, problem: str) -> None:
    assert refused_manifest(cluster, text).startswith(NO_OBJECT + problem)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            {"items": "x"},
            "json: cannot unmarshal string into Go struct field decodeList.items of type []json.RawMessage",
        ),
        ({"items": [5]}, "json: cannot unmarshal number into Go value of type map[string]interface {}"),
        ({"items": [POD, None]}, "json: cannot unmarshal null into Go value of type map[string]interface {}"),
        ({"items": [{"apiVersion": "v1"}]}, "Object 'Kind' is missing"),
        ({"items": [{"kind": "Pod"}]}, "Object 'apiVersion' is missing"),
        ({"items": [{**POD, "kind": "Pd"}]}, 'no matches for kind "Pd" in version "v1"'),
        ({"items": []}, "no objects passed to apply"),
        ({"items": None}, "no objects passed to apply"),
        ({}, 'no matches for kind "List" in version "v1"'),
    ],
)
def test_lists_with_a_bad_item(cluster: Cluster, body: dict[str, Any], words: str) -> None:
    assert words in refused_manifest(cluster, {"apiVersion": "v1", "kind": "List", **body})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("activeDeadlineSeconds", 10**400, "json: unsupported value: +Inf"),
        ("activeDeadlineSeconds", 10**30, "json: cannot unmarshal number 1e+30 into Go struct field"),
        ("activeDeadlineSeconds", 2**63, "json: cannot unmarshal number 9223372036854775808 into Go struct field"),
        ("activeDeadlineSeconds", 1.5, "json: cannot unmarshal number 1.5 into Go struct field"),
        ("activeDeadlineSeconds", "5", "json: cannot unmarshal string into Go struct field PodSpec.spec."),
        (
            "hostNetwork",
            "yes",
            "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool",
        ),
        (
            "priority",
            2**31,
            "json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type",
        ),
        (
            "nodeSelector",
            {"a": 1},
            "json: cannot unmarshal number into Go struct field PodSpec.spec.nodeSelector of type",
        ),
        ("nodeSelector", [], "json: cannot unmarshal array into Go struct field PodSpec.spec.nodeSelector of type map"),
        ("tolerations", {}, "json: cannot unmarshal object into Go struct field PodSpec.spec.tolerations of type []"),
    ],
)
def test_values_of_the_wrong_type(cluster: Cluster, field: str, value: Any, words: str) -> None:
    assert words in refused_manifest(cluster, {**POD, "spec": {**POD["spec"], field: value}})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "number", ["1e309", "-1e309", "1" + "0" * 400, "9" * 5000, "0x1" + "0" * 5000, "01" + "0" * 5000]
)
def test_numbers_beyond_all_measure_are_texts_in_yaml(cluster: Cluster, number: str) -> None:
    words = refused_manifest(
        cluster, WEB.replace("name: web", "name: new").replace("replicas: 2", f"replicas: {number}")
    )
    assert "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32" in words


@pytest.mark.parametrize("number", ["1e999", "9" * 5000, "-" + "9" * 400])
def test_numbers_beyond_all_measure_are_refused_in_json(cluster: Cluster, number: str) -> None:
    words = refused_line(cluster, f"patch deployment web -p '{patch_text(number)}'")
    assert f"json: cannot unmarshal number {number} into Go value of type float64" in words


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_json_has_no_words_for_numbers(cluster: Cluster, word: str) -> None:
    words = refused_line(cluster, f"patch deployment web -p '{patch_text(word)}'")
    assert f"invalid character '{word[0]}' looking for beginning of value" in words


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ("{a: 1}", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string"),
        ("{a: yes}", "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"),
        ("{a: 2020-01-01T00:00:00Z}", 'metadata.labels: Invalid value: "2020-01-01T00:00:00Z": a valid label must be'),
        ('{a: "b\\nc"}', 'metadata.labels: Invalid value: "b\\nc": a valid label must be'),
        ("{a b: c}", 'metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters'),
        (f"{{a: {'x' * 64}}}", "must be no more than 63 bytes"),
        (
            "[a]",
            "json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
        ),
    ],
)
def test_labels(cluster: Cluster, labels: str, words: str) -> None:
    assert words in refused_manifest(cluster, WEB.replace("name: web", f"name: web, labels: {labels}"))


def test_a_date_is_a_text_and_a_good_label(cluster: Cluster) -> None:
    assert cluster.apply(WEB.replace("name: web", "name: web, labels: {since: 2020-01-01}")).exit == 0
    assert cluster.get("deployment", "web").metadata.labels["since"] == "2020-01-01"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a/b", "invalid resource name \"a/b\": [may not contain '/']"),
        ("..", "invalid resource name \"..\": [may not be '..']"),
        ("a%b", "invalid resource name \"a%b\": [may not contain '%']"),
        ("x" * 254, "must be no more than 253 characters"),
        ("x" * 100_000, "must be no more than 253 characters"),
        ("A_b", "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters"),
        ('"a\\nb"', 'metadata.name: Invalid value: "a\\nb"'),
        ('""', "resource name may not be empty"),
        ("5", "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string"),
        ("x, namespace: a/b", "invalid namespace \"a/b\": [may not contain '/']"),
        ("x, namespace: nowhere", 'namespaces "nowhere" not found'),
    ],
)
def test_names(cluster: Cluster, name: str, words: str) -> None:
    assert words in refused_manifest(cluster, WEB.replace("name: web", f"name: {name}"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "{apiVersion: extensions/v1, kind: Deployment}",
            'no matches for kind "Deployment" in version "extensions/v1"',
        ),
        ("{apiVersion: apps/v1, kind: deployment}", 'no matches for kind "deployment" in version "apps/v1"'),
        ('{apiVersion: v1, kind: ""}', "Object 'Kind' is missing"),
    ],
)
def test_unknown_kinds(cluster: Cluster, line: str, words: str) -> None:
    assert words in refused_manifest(cluster, line)


@pytest.mark.parametrize("remembered", ["{{{", "5", "[]", "[" * 3000 + "]" * 3000, '{"spec": 5, "metadata": []}'])
def test_what_apply_remembers_may_be_broken(cluster: Cluster, remembered: str) -> None:
    annotation = f"kubectl.kubernetes.io/last-applied-configuration='{remembered}'"
    assert cluster.kubectl(f"annotate deployment web --overwrite {annotation}").exit == 0
    manifest = WEB.replace("nginx:1", "nginx:2")
    if remembered.startswith('{"'):
        assert cluster.apply(manifest).exit == 0
    else:
        assert refused_manifest(cluster, manifest).endswith("\nfor: invalid JSON document\n")
