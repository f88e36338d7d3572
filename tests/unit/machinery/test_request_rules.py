"""The rules of requests: bodies of the right kind, in the right namespace, under the right name."""

from __future__ import annotations

from typing import Any

import pytest

from k8snb.api.resources import find, Resource
from k8snb.api.types.config import ConfigMap
from k8snb.api.types.meta import ObjectMeta
from k8snb.errors import BadRequest, Conflict, Unclassified
from k8snb.machinery import requests
from k8snb.machinery.deletion import DeleteOptions


def resource(word: str) -> Resource:
    found = find(word)
    assert found is not None
    return found


CONFIG_MAPS = resource("configmaps")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"kind": "Nope", "apiVersion": "v1"},
            'Nope in version "v1" cannot be handled as a ConfigMap: no kind "Nope" is registered for version "v1" '
            'in scheme "pkg/api/legacyscheme/scheme.go:30"',
        ),
        (
            {"kind": "Deployment", "apiVersion": "apps/v1"},
            'Deployment in version "v1" cannot be handled as a ConfigMap: '
            "converting (v1.Deployment) to (core.ConfigMap): unknown conversion",
        ),
        (
            {"data": {}, "nope": 1},
            'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "nope"',
        ),
        (
            {"kind": 5},
            "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; "
            'json parse error: json: cannot unmarshal number into Go struct field .kind of type string ({"kind": 5})',
        ),
    ],
)
def test_bodies_of_another_kind(body: Any, message: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        requests.decode(CONFIG_MAPS, body)
    assert refusal.value.message == message


def test_a_new_object_comes_into_the_namespace_of_its_url() -> None:
    sent = ConfigMap(metadata=ObjectMeta(name="c", uid="mine", creation_timestamp=5, self_link="/x"))
    assert requests.for_create(sent, CONFIG_MAPS, "default").metadata == ObjectMeta(name="c", namespace="default")
    with pytest.raises(BadRequest, match="namespace of the provided object does not match"):
        requests.for_create(ConfigMap(metadata=ObjectMeta(name="c", namespace="other")), CONFIG_MAPS, "default")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the name of the object (c based on URL) was undeterminable: name must be provided"),
        ("d", "the name of the object (d) does not match the name on the URL (c)"),
    ],
)
def test_an_update_is_of_the_object_of_its_url(name: str, message: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        requests.for_update(ConfigMap(metadata=ObjectMeta(name=name)), CONFIG_MAPS, "default", "c")
    assert refusal.value.message == message


def test_a_delete_request_can_mean_one_object_only() -> None:
    stored = ConfigMap(metadata=ObjectMeta(name="c", uid="1", resource_version="7"))
    requests.check_preconditions(CONFIG_MAPS, stored, DeleteOptions(uid="1", resource_version="7"))
    with pytest.raises(Conflict) as refusal:
        requests.check_preconditions(CONFIG_MAPS, stored, DeleteOptions(uid="2"))
    assert refusal.value.message == (
        'Operation cannot be fulfilled on ConfigMap "c": the UID in the precondition (2) does not match the UID in '
        "record (1). The object might have been deleted and then recreated"
    )


def test_an_update_of_another_object_of_that_name_is_refused() -> None:
    stored = ConfigMap(metadata=ObjectMeta(name="c", namespace="default", uid="1", resource_version="7"))
    sent = ConfigMap(metadata=ObjectMeta(name="c", namespace="default", uid="2"))
    for dry_run, prefix in ((False, "/registry"), (True, "")):
        key = f"Key: {prefix}/configmaps/default/c, "
        with pytest.raises(Conflict, match=f"{key}.*: UID in precondition: 2, UID in object meta: 1"):
            requests.check_uid(CONFIG_MAPS, sent, stored, dry_run)


def test_a_version_that_is_none_fails() -> None:
    stored = ConfigMap(metadata=ObjectMeta(name="c", namespace="default", uid="1", resource_version="7"))
    for version, error, message in (
        ("6", Conflict, "the object has been modified"),
        ("abc", Unclassified, 'strconv.ParseUint: parsing "abc": invalid syntax'),
    ):
        sent = ConfigMap(metadata=ObjectMeta(name="c", namespace="default", resource_version=version))
        with pytest.raises(error, match=message):
            requests.check_resource_version(CONFIG_MAPS, sent, stored)


def test_the_link_of_an_object_to_itself_is_not_kept() -> None:
    sent = ConfigMap(metadata=ObjectMeta(name="c", self_link="/x"))
    new = requests.for_update(sent, CONFIG_MAPS, "default", "c")
    assert (new.metadata.self_link, requests.for_storage(new).metadata.self_link) == ("/x", "")
    assert requests.for_create(sent, CONFIG_MAPS, "default").metadata.self_link == ""
