"""Internal types in messages: what is absent, what is empty, what differs."""

from __future__ import annotations

from k8snb.api.decode import from_dict
from k8snb.api.field_errors import go_value, typed
from k8snb.api.patch.unstructured import from_unstructured
from k8snb.api.schema import EMPTY_LIST
from k8snb.api.types.claims import PersistentVolumeClaimSpec
from k8snb.api.validation.internal_form import internal_diff, internal_form


def test_a_given_list_without_items_is_no_absent_one() -> None:
    absent = from_dict(PersistentVolumeClaimSpec, {})
    for empty in (
        from_dict(PersistentVolumeClaimSpec, {"accessModes": []}),
        from_unstructured(PersistentVolumeClaimSpec, {"accessModes": []}),
    ):
        assert empty == absent
        assert internal_form(empty)["AccessModes"] == []
        assert internal_form(empty, stored=True)["AccessModes"] is None
    assert internal_form(absent)["AccessModes"] is None
    assert [go_value(typed(items)) for items in ((), EMPTY_LIST, ("a",))] == ["null", "[]", '["a"]']


def test_the_store_keeps_no_empty_lists_to_differ_from() -> None:
    old = from_dict(PersistentVolumeClaimSpec, {"accessModes": []})
    new = from_dict(PersistentVolumeClaimSpec, {"accessModes": [], "volumeName": "v"})
    assert internal_diff(old, new).splitlines()[:4] == [
        "@@ -1,11 +1,11 @@",
        " {",
        '- "AccessModes": null,',
        '+ "AccessModes": [],',
    ]
