"""What the API server answers to single requests: tables of what is sent, and of what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.recording.answers import answer_case

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "x"},
    "spec": {
        "containers": [{"name": "c", "image": "busybox", "command": ["true"]}],
        "nodeSelector": {"a": "b"},
        "tolerations": [{"key": "k"}],
        "volumes": [{"name": "v", "emptyDir": {}}],
    },
}


def patched(patch: Any, patch_type: str, base: dict[str, Any] = POD) -> dict[str, Any]:
    return answer_case({"verb": "patch", "type": patch_type, "base": base, "manifest": patch})


def pod(meta: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {**POD, "metadata": {"name": "x", **(meta or {})}, "spec": {**POD["spec"], **spec}}


@pytest.mark.parametrize(
    ("patch", "answer"),
    [
        ({"kind": None}, 200),
        ({"apiVersion": None}, 'strict decoding error: unknown field "metadata", unknown field "spec"'),
        ({"apiVersion": "a/b/c"}, "unexpected GroupVersion string: a/b/c"),
        ({"kind": []}, "json: cannot unmarshal array into Go struct field .kind of type string"),
        ({"spec": {"tolerations": 1, "volumes": 1}}, "PodSpec.spec.tolerations of type []v1.Toleration"),  # sorted
        (None, "Invalid JSON Patch"),
    ],
)
def test_merge_patches_of_what_an_object_is(patch: Any, answer: int | str) -> None:
    given = patched(patch, "merge")
    assert given["code"] == answer if isinstance(answer, int) else answer in given["message"]


def test_a_document_without_anything_has_no_name() -> None:
    given = patched([{"op": "replace", "path": "", "value": {}}], "json")
    assert given["message"] == "the name of the object (x based on URL) was undeterminable: name must be provided"


@pytest.mark.parametrize(
    ("meta", "code", "text"),
    [
        ({"uid": "u"}, 422, 'metadata.uid: Invalid value: "u": field is immutable'),
        ({"resourceVersion": "x"}, 500, 'strconv.ParseUint: parsing "x": invalid syntax'),
        ({"resourceVersion": "1"}, 409, "the object has been modified"),
        ({"managedFields": [{}], "selfLink": "/x"}, 200, ""),
    ],
)
def test_patches_of_what_the_server_keeps(meta: dict[str, Any], code: int, text: str) -> None:
    given = patched({"metadata": meta}, "strategic")
    assert given["code"] == code
    assert text in given.get("message", "")
    assert "selfLink" not in given.get("object", {}).get("metadata", {})


def test_an_unknown_directive_is_shown_with_its_type() -> None:
    given = patched({"spec": {"nodeSelector": {"$patch": 5}}}, "strategic")
    assert given["message"] == "unknown patch type: %!s(int64=5) in map: map[$patch:5]"


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ({"containers": [{"name": "c", "image": "busybox", "command": []}]}, '+   "Command": [],\n'),
        ({"containers": [{"name": "c", "image": "busybox", "resources": {"limits": {}}}]}, '+    "Requests": {},\n'),
        ({"securityContext": {"sysctls": [{"name": "a", "value": "b"}]}}, '"FSGroupChangePolicy": null,\n-  "Sysctls"'),
    ],
)
def test_the_difference_of_two_pods(spec: dict[str, Any], line: str) -> None:
    given = answer_case({"verb": "update", "base": POD, "manifest": pod(**spec)})
    assert line in given["message"]
