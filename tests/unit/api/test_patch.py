"""The three kinds of patches, the patch of ``kubectl apply``, and the words for those that do not apply."""

from __future__ import annotations

import re
from typing import Any

import pytest

from k8snb.api.decode import from_dict
from k8snb.api.defaults import with_defaults
from k8snb.api.encode import to_dict
from k8snb.api.patch import (
    apply_patch,
    create_merge_patch,
    create_three_way_merge_patch,
    create_two_way_merge_patch,
    patch_object,
)
from k8snb.api.patch.json_merge import merge_patch
from k8snb.api.patch.json_patch import json_patch
from k8snb.api.types.apps import Deployment
from k8snb.api.types.batch import Job
from k8snb.api.types.config import ConfigMap, Secret
from k8snb.api.types.pod import Pod
from k8snb.errors import BadRequest, Invalid, RequestEntityTooLarge, Unclassified

REJECTED = "the server rejected our request due to an error in our request"


def pod(**spec: Any) -> dict[str, Any]:
    return {"spec": spec}


def strategic(current: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    return apply_patch(Pod, current, "strategic", patch)


# -- strategic merge


def test_lists_with_a_key_are_merged() -> None:
    current = pod(containers=[{"name": "a", "image": "a:1", "env": [{"name": "X", "value": "1"}]}, {"name": "b"}])
    patch = pod(containers=[{"name": "c"}, {"name": "a", "image": "a:2", "env": [{"name": "Y", "value": "2"}]}])
    assert strategic(current, patch) == pod(
        containers=[
            {"name": "c"},
            {"name": "a", "image": "a:2", "env": [{"name": "Y", "value": "2"}, {"name": "X", "value": "1"}]},
            {"name": "b"},
        ]
    )


def test_lists_without_a_key_are_replaced() -> None:
    assert strategic(pod(tolerations=[{"key": "a"}]), pod(tolerations=[{"key": "b"}])) == pod(
        tolerations=[{"key": "b"}]
    )


def test_null_removes_a_field_and_an_object_keeps_what_the_patch_leaves_out() -> None:
    current = pod(nodeName="node-1", hostname="h", nodeSelector={"a": "1", "b": "2"})
    assert strategic(current, pod(hostname=None, nodeSelector={"a": None})) == pod(
        nodeName="node-1", nodeSelector={"b": "2"}
    )


def test_directives_delete_items_and_replace_lists_and_maps() -> None:
    current = pod(containers=[{"name": "a"}, {"name": "b"}], nodeSelector={"a": "1"})
    assert strategic(current, pod(containers=[{"name": "a", "$patch": "delete"}])) == pod(
        containers=[{"name": "b"}], nodeSelector={"a": "1"}
    )
    assert strategic(current, pod(containers=[{"$patch": "replace"}, {"name": "c"}])) == pod(
        containers=[{"name": "c"}], nodeSelector={"a": "1"}
    )
    assert strategic(current, pod(nodeSelector={"$patch": "replace", "z": "9"}))["spec"]["nodeSelector"] == {"z": "9"}
    assert strategic(current, pod(nodeSelector={"$patch": "delete"}))["spec"]["nodeSelector"] == {}


def test_primitive_lists_are_merged_and_items_deleted_from_them() -> None:
    current = {"metadata": {"finalizers": ["a", "b"]}}
    assert strategic(current, {"metadata": {"finalizers": ["b", "c"]}}) == {"metadata": {"finalizers": ["a", "b", "c"]}}
    patch = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"]}}
    assert strategic(current, patch) == {"metadata": {"finalizers": ["b"]}}


def test_the_order_of_a_list_can_be_set() -> None:
    current = pod(containers=[{"name": "a"}, {"name": "b"}, {"name": "c"}])
    patch = {"spec": {"$setElementOrder/containers": [{"name": "c"}, {"name": "a"}, {"name": "b"}]}}
    assert [c["name"] for c in strategic(current, patch)["spec"]["containers"]] == ["c", "a", "b"]


def test_only_the_named_keys_of_a_union_stay() -> None:
    current = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert apply_patch(Deployment, current, "strategic", patch) == {"spec": {"strategy": {"type": "Recreate"}}}


def test_a_volume_of_another_kind_takes_the_place_of_the_first() -> None:
    current = pod(volumes=[{"name": "v", "emptyDir": {}}])
    patch = pod(volumes=[{"$retainKeys": ["name", "configMap"], "name": "v", "configMap": {"name": "c"}}])
    assert strategic(current, patch) == pod(volumes=[{"name": "v", "configMap": {"name": "c"}}])


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        (pod(containers=[{"image": "x"}]), "map: map[image:x] does not contain declared merge key: name"),
        (pod(nodeSelector={"$patch": "change"}), "unknown patch type: change in map: map[$patch:change]"),
        (pod(nope={"a": 1}), 'unable to find api field in struct PodSpec for the json field "nope"'),
    ],
)
def test_a_strategic_patch_that_does_not_fit(patch: dict[str, Any], message: str) -> None:
    current = pod(containers=[{"name": "a"}], nodeSelector={"a": "1"}, nope={"b": 2})
    with pytest.raises(Unclassified) as refusal:
        strategic(current, patch)
    assert (refusal.value.code, refusal.value.message) == (500, message)


def test_the_current_object_and_the_patch_stay_as_they_are() -> None:
    current, patch = pod(containers=[{"name": "a"}]), pod(containers=[{"name": "b"}, {"name": "a", "$patch": "delete"}])
    strategic(current, patch)
    assert current == pod(containers=[{"name": "a"}])
    assert patch == pod(containers=[{"name": "b"}, {"name": "a", "$patch": "delete"}])


# -- merge and JSON patch


def test_a_merge_patch_replaces_lists_and_drops_nulls() -> None:
    current = {"a": {"b": 1, "c": 2}, "list": [1, 2]}
    patch = {"a": {"b": None, "d": {"e": None, "f": 3}}, "list": [3]}
    assert apply_patch(ConfigMap, current, "merge", patch) == {"a": {"c": 2, "d": {"f": 3}}, "list": [3]}
    assert create_merge_patch(current, {"a": {"c": 2}, "list": [3]}) == {"a": {"b": None}, "list": [3]}


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "add", "path": "/a/-", "value": 3}, {"a": [1, 2, 3], "x/y": 1}),
        ({"op": "add", "path": "/a/0", "value": 0}, {"a": [0, 1, 2], "x/y": 1}),
        ({"op": "remove", "path": "/a/1"}, {"a": [1], "x/y": 1}),
        ({"op": "replace", "path": "/x~1y", "value": None}, {"a": [1, 2], "x/y": None}),
        ({"op": "move", "from": "/x~1y", "path": "/z"}, {"a": [1, 2], "z": 1}),
        ({"op": "copy", "from": "/a/0", "path": "/z"}, {"a": [1, 2], "x/y": 1, "z": 1}),
        ({"op": "test", "path": "/a/0", "value": 1}, {"a": [1, 2], "x/y": 1}),
    ],
)
def test_operations_of_a_json_patch(operation: dict[str, Any], result: dict[str, Any]) -> None:
    assert apply_patch(ConfigMap, {"a": [1, 2], "x/y": 1}, "json", [operation]) == result


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/b"},
        {"op": "replace", "path": "/a/7", "value": 1},
        {"op": "test", "path": "/a/0", "value": 2},
        {"op": "add", "path": "/b/c", "value": 1},
        {"op": "dance", "path": "/a"},
        {"op": "move", "path": "/a"},
        {},
        None,
    ],
)
def test_a_json_patch_that_does_not_apply(operation: dict[str, Any] | None) -> None:
    with pytest.raises(Invalid) as refusal:
        apply_patch(ConfigMap, {"a": [1, 2]}, "json", [operation])
    assert refusal.value.message == REJECTED


@pytest.mark.parametrize(
    ("patch_type", "patch", "message"),
    [
        (
            "merge",
            [],
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
        ),
        ("strategic", 5, "json: cannot unmarshal number into Go value of type map[string]interface {}"),
        (
            "json",
            {},
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
        ),
        (
            "json",
            ["a"],
            "error decoding patch: json: cannot unmarshal string into Go value of type handlers.jsonPatchOp",
        ),
        (
            "json",
            [{"op": 1}],
            "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string",
        ),
    ],
)
def test_a_patch_that_is_none(patch_type: str, patch: Any, message: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        apply_patch(ConfigMap, {}, patch_type, patch)
    assert refusal.value.message == message


# -- typed results

CONFIG = from_dict(
    ConfigMap, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": {"a": "1", "b": "2"}}
)


@pytest.mark.parametrize(
    ("patch_type", "patch"),
    [
        ("strategic", {"data": {"a": "3", "b": None}}),
        ("merge", {"data": {"a": "3", "b": None}}),
        ("json", [{"op": "replace", "path": "/data", "value": {"a": "3"}}]),
    ],
)
def test_an_object_is_patched(patch_type: str, patch: Any) -> None:
    patched = patch_object(CONFIG, patch_type, patch)
    assert (patched.data, patched.metadata.name) == ({"a": "3"}, "x")


@pytest.mark.parametrize(
    ("patch_type", "patch", "text"),
    [
        ("strategic", {"data": 5}, '"map[data:5]": cannot restore map from int64'),
        ("strategic", {"data": {"a": 2e20}}, '"map[data:map[a:2e+20]]": unrecognized type: string'),
        (
            "strategic",
            {"metadata": {"x": 1}},
            '"map[metadata:map[x:1]]": strict decoding error: unknown field "metadata.x"',
        ),
        (
            "merge",
            {"data": [1]},
            "json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string",
        ),
        (
            "merge",
            {"kind": "Nope"},
            'no kind "Nope" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
        ),
        (
            "json",
            [{"op": "remove", "path": "/data", "note": 1}],
            'strict decoding error: json patch unknown field "[0].note"',
        ),
    ],
)
def test_a_patch_whose_result_is_no_object(patch_type: str, patch: Any, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        patch_object(CONFIG, patch_type, patch)
    message = refusal.value.message
    assert message.startswith(' "" is invalid: patch: Invalid value: ') and message.endswith(text)
    assert [(c.reason, c.field) for c in refusal.value.causes] == [("FieldValueInvalid", "patch")]


# -- the patch of kubectl apply


@pytest.mark.parametrize(
    ("patch_type", "patch"),
    [
        ("merge", {"metadata": {"name": True}, "data": {"a": 5}}),
        (
            "json",
            [
                {"op": "replace", "path": "/metadata/name", "value": True},
                {"op": "replace", "path": "/data/a", "value": 5},
            ],
        ),
    ],
)
def test_the_first_fault_of_a_result_is_the_first_by_name_among_what_the_patch_touched(
    patch_type: str, patch: Any
) -> None:
    stored = from_dict(Secret, {"metadata": {"name": "x"}, "data": {"a": "MQ=="}})
    with pytest.raises(Invalid, match=r"cannot unmarshal number into Go struct field Secret\.data of type"):
        patch_object(stored, patch_type, patch)


def test_a_json_patch_has_ten_thousand_operations_at_most() -> None:
    operation = {"op": "test", "path": "/a", "value": 1}
    assert apply_patch(ConfigMap, {"a": 1}, "json", [operation] * 10_000) == {"a": 1}
    with pytest.raises(RequestEntityTooLarge) as refusal:
        apply_patch(ConfigMap, {"a": 1}, "json", [operation] * 10_001)
    said = "The allowed maximum operations in a JSON patch is 10000, got 10001"
    assert (refusal.value.code, refusal.value.message) == (413, f"Request entity too large: {said}")


@pytest.mark.parametrize(
    ("operations", "keys"),
    [
        ([{"op": "add", "path": "/x", "value": {"d": 1, "c": 2}}], {"": "abx", "/a": "zyx", "/x": "dc"}),
        ([{"op": "add", "path": "/a/q", "value": 1}], {"": "ab", "/a": "qxyz", "/a/z": "nm", "/b/0": "ts"}),
        ([{"op": "remove", "path": "/b/0/t"}], {"/a": "zyx", "/b/0": "s", "/b/1": "vu"}),
        ([{"op": "test", "path": "/a/z", "value": {"m": 1, "n": 2}}], {"/a": "xyz", "/a/z": "mn"}),
        ([{"op": "copy", "from": "/a/z", "path": "/c"}], {"/c": "nm"}),
        ([{"op": "add", "path": "/a/z/a", "value": 1}, {"op": "copy", "from": "/a", "path": "/c"}], {"/c": "xyz"}),
        ([{"op": "replace", "path": "", "value": {"d": {"f": 1, "e": 2}, "c": 3}}], {"": "cd", "/d": "fe"}),
    ],
)
def test_maps_that_an_operation_looked_into_are_sorted(operations: list[dict[str, Any]], keys: dict[str, str]) -> None:
    document = {"b": [{"t": 1, "s": 2}, {"v": 1, "u": 2}], "a": {"z": {"n": 2, "m": 1}, "y": 1, "x": 2}}
    patched = json_patch(document, operations)
    for path, expected in keys.items():
        value = patched
        for part in path.split("/")[1:]:
            value = value[int(part)] if isinstance(value, list) else value[part]
        assert "".join(value) == expected, path


def test_a_merge_patch_sorts_the_maps_that_it_touches() -> None:
    merged = merge_patch(
        {"b": {"d": 1, "c": {"z": 1, "y": 2}}, "a": {"n": 1, "m": 2}}, {"b": {"x": {"f": 1, "e": None}}}
    )
    assert list(merged) == ["a", "b"]
    assert [list(merged["a"]), list(merged["b"]), list(merged["b"]["c"])] == [["n", "m"], ["c", "d", "x"], ["z", "y"]]
    assert merge_patch({"a": {"b": 1}}, {"a": [{"c": None}]}) == {"a": [{"c": None}]}  # in a map's place as it is


def deployment(**spec: Any) -> dict[str, Any]:
    containers = spec.pop("containers", [{"name": "web", "image": "nginx:1.25"}])
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template, **spec},
    }


def stored(manifest: dict[str, Any]) -> dict[str, Any]:
    return to_dict(with_defaults(from_dict(Deployment, manifest)))


def test_apply_changes_only_what_the_user_changed() -> None:
    first = deployment(replicas=3)
    current = stored(first)
    current["spec"]["replicas"] = 7  # somebody else scaled
    assert create_three_way_merge_patch(Deployment, first, deployment(replicas=3, paused=True), current) == {
        "spec": {"paused": True, "replicas": 3}
    }
    assert create_three_way_merge_patch(Deployment, deployment(), deployment(paused=True), current) == {
        "spec": {"paused": True}
    }


def test_apply_removes_what_the_user_removed() -> None:
    first, second = deployment(replicas=3, minReadySeconds=5), deployment(replicas=3)
    assert create_three_way_merge_patch(Deployment, first, second, stored(first)) == {"spec": {"minReadySeconds": None}}


def test_apply_of_an_unchanged_manifest_is_an_empty_patch() -> None:
    manifest = deployment(replicas=3)
    assert create_three_way_merge_patch(Deployment, manifest, manifest, stored(manifest)) == {}


def test_apply_merges_containers_by_name() -> None:
    first = deployment(containers=[{"name": "web", "image": "nginx:1.25"}, {"name": "log", "image": "log:1"}])
    second = deployment(containers=[{"name": "web", "image": "nginx:1.26"}])
    current = stored(first)
    patch = create_three_way_merge_patch(Deployment, first, second, current)
    assert patch["spec"]["template"]["spec"] == {
        "$setElementOrder/containers": [{"name": "web"}],
        "containers": [{"image": "nginx:1.26", "name": "web"}, {"$patch": "delete", "name": "log"}],
    }
    containers = apply_patch(Deployment, current, "strategic", patch)["spec"]["template"]["spec"]["containers"]
    assert [(c["name"], c["image"], c["imagePullPolicy"]) for c in containers] == [
        ("web", "nginx:1.26", "IfNotPresent")
    ]


def test_apply_switches_the_strategy() -> None:
    first, second = deployment(), deployment(strategy={"type": "Recreate"})
    patch = create_three_way_merge_patch(Deployment, first, second, stored(first))
    assert patch == {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert apply_patch(Deployment, stored(first), "strategic", patch)["spec"]["strategy"] == {"type": "Recreate"}


def test_a_two_way_patch_leads_from_one_object_to_the_other() -> None:
    before = pod(containers=[{"name": "a", "image": "1"}, {"name": "b"}], volumes=[{"name": "v", "emptyDir": {}}])
    after = pod(containers=[{"name": "b", "image": "2"}, {"name": "c"}], hostname="h")
    patch = create_two_way_merge_patch(Pod, before, after)
    patched = strategic(before, patch)
    assert patched["spec"].pop("volumes", []) == []
    assert patched == after


# -- what a refusal shows of a patch


@pytest.mark.parametrize(
    ("cls", "current", "patch", "left"),
    [
        # what is carried out is gone from the patch: directives, and nulls where there was nothing to delete
        (ConfigMap, {"data": {"b": "c"}}, {"data": {"$patch": "replace", "a": 1}}, "map[data:map[a:1]]"),
        (ConfigMap, {"data": {"a": "b"}}, {"data": {"$retainKeys": ["a"], "a": 1}}, "map[data:map[a:1]]"),
        (ConfigMap, {}, {"x": {"y": None, "z": 1}}, "map[x:map[z:1]]"),
        (ConfigMap, {"data": {"a": "b"}}, {"x": 1, "data": {"a": None}}, "map[data:map[a:<nil>] x:1]"),
        (Pod, {}, {"x": [{"$patch": "delete"}, {"y": {"$patch": "merge"}}]}, "map[x:[map[$patch:delete] map[]]]"),
        (
            Pod,
            {"spec": {"containers": [{"name": "c", "image": "a"}]}},
            {"spec": {"$setElementOrder/containers": [{"name": "c"}], "containers": [{"name": "c"}], "x": 1}},
            "map[spec:map[x:1]]",
        ),
    ],
)
def test_a_refusal_shows_what_is_left_of_a_patch(cls: Any, current: Any, patch: Any, left: str) -> None:
    with pytest.raises(Invalid) as refusal:
        patch_object(from_dict(cls, current), "strategic", patch)
    assert refusal.value.message.startswith(f' "" is invalid: patch: Invalid value: "{left}": ')


def test_an_order_that_names_none_puts_what_is_new_behind() -> None:
    pod = from_dict(Pod, {"spec": {"containers": [{"name": "c"}]}})
    spec: dict[str, Any] = {"containers": [{"name": "new"}]}
    for order, names in (({}, ["new", "c"]), ({"$setElementOrder/containers": []}, ["c", "new"])):
        patched = patch_object(pod, "strategic", {"spec": {**spec, **order}})
        assert [container.name for container in patched.spec.containers] == names


def test_an_order_list_of_texts_is_no_order_of_maps() -> None:
    pod = from_dict(Pod, {"spec": {"containers": [{"name": "c"}]}})
    with pytest.raises(Unclassified, match=r"^value for key 1 is not a map$"):
        patch_object(pod, "strategic", {"spec": {"$setElementOrder/containers": [{"name": "a"}, "x"]}})


@pytest.mark.parametrize(("data", "text"), [([], ""), ([77, 333.0, None], "TU0A")])
def test_bytes_of_a_strategic_patch_may_be_a_list(data: Any, text: str) -> None:
    secret = patch_object(from_dict(Secret, {}), "strategic", {"data": {"a": data}})
    assert secret.data == {"a": text}
    with pytest.raises(Invalid, match=r"unrecognized type: uint8$"):
        patch_object(secret, "strategic", {"data": {"a": ["x"]}})


def test_a_test_of_what_is_not_there_leaves_nothing_behind() -> None:
    assert json_patch({"a": {}}, [{"op": "test", "path": "/a/b"}]) == {"a": {}}


def test_a_copy_into_itself_is_sorted() -> None:
    copied = json_patch({"b": {"z": {}, "a": 1}}, [{"op": "copy", "from": "/b", "path": "/b/z/c"}])
    assert list(copied["b"]["z"]["c"]) == ["a", "z"]
    apart = json_patch({"b": {"z": {}, "a": 1}, "d": {}}, [{"op": "copy", "from": "/b", "path": "/d/c"}])
    assert list(apart["d"]["c"]) == ["z", "a"]


@pytest.mark.parametrize(
    ("items", "names"),
    [
        ([{"name": "b"}], ["a", "b", "c"]),  # where it was
        ([{"name": "b", "$patch": "delete"}, {"name": "b"}], ["a", "c", "b"]),  # in the room that it left
        ([{"name": "b", "$patch": "delete"}, {"name": "d"}], ["a", "c", "d"]),
        ([{"name": "d"}], ["d", "a", "b", "c"]),  # what is nowhere goes first
        ([{"name": "b", "$patch": "delete"}, {"name": "d"}, {"name": "e"}], ["a", "c", "d", "e"]),
    ],
)
def test_what_is_added_takes_the_room_of_what_is_deleted(items: list[dict[str, Any]], names: list[str]) -> None:
    pod = from_dict(Pod, {"spec": {"containers": [{"name": name} for name in "abc"]}})
    order = [{"name": item["name"]} for item in items if "$patch" not in item]
    patched = patch_object(pod, "strategic", {"spec": {"$setElementOrder/containers": order, "containers": items}})
    assert [container.name for container in patched.spec.containers] == names


def test_an_order_of_maps_without_a_key_is_refused() -> None:
    job = from_dict(Job, {"spec": {"successPolicy": {"rules": [{"succeededCount": 1}]}}})
    for entry, complaint in (
        ("x", "expected a map[string]interface {}, but received a string"),
        ({"a": 1}, "map: map[a:1] does not contain declared merge key: "),
    ):
        rules = {"rules": [], "$setElementOrder/rules": [entry]}
        with pytest.raises(Unclassified, match=f"^{re.escape(complaint)}$"):
            patch_object(job, "strategic", {"spec": {"successPolicy": rules}})
