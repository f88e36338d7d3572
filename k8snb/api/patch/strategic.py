"""Strategic merge patch: maps merge by key, lists as the API's types say.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go mergeMap, mergeSlice @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from k8snb.api.patch.meta import (
    BadPatch,
    DELETE_LIST_PREFIX,
    DIRECTIVE,
    element_kind,
    go_print,
    identity,
    lookup,
    lookup_list,
    missing_key,
    ORDER_PREFIX,
    PatchError,
    PatchMeta,
    RETAIN_KEYS_DIRECTIVE,
    shape_of,
    wanted_list,
    wanted_map,
)
from k8snb.api.patch.order import check_merge_keys, Key, key_of, normalize_element_order, positions
from k8snb.api.schema import Shape, Struct

_BAD_PRIMITIVE_LIST = "invalid patch format of primitive list"
_BAD_RETAIN_KEYS = "invalid patch format of retainKeys"
_BAD_ORDER = "invalid patch format of setElementOrder list"


class MergeOptions(NamedTuple):
    """How a patch is merged.

    ``apply`` is true where it changes an object (directives are carried out), false where it is merged into another
    patch (directives and nulls are kept).
    """

    apply: bool


APPLY, COMBINE = MergeOptions(True), MergeOptions(False)

_Map = dict[str, Any]


def strategic_merge(cls: type[Struct], original: _Map, patch: _Map) -> _Map:
    """An object after a strategic merge patch.

    Parameters
    ----------
    cls
        The object's class, whose fields say how lists merge.
    original, patch
        JSON values; both are taken apart, and of the patch what is carried out is gone from it afterwards: the refusal
        of a result shows what is left.

    Raises
    ------
    PatchError
        When the patch does not fit; with Kubernetes' words.
    """
    return merge_map(original, patch, shape_of(cls), APPLY)


def merge_map(original: _Map, patch: _Map, shape: Shape, options: MergeOptions) -> _Map:
    """Merge a patch into a map of the given shape."""
    if DIRECTIVE in patch:
        return _directed_map(patch)
    _apply_retain_keys(original, patch, options)
    for name in [n for n in patch if n.startswith(ORDER_PREFIX)]:
        _merge_ordered(original, patch, name, shape, options)
    for name, value in patch.items():
        _merge_entry(original, name, value, shape, options)
    return original


def _directed_map(patch: _Map) -> _Map:
    """What a map becomes whose patch carries a directive."""
    directive = patch[DIRECTIVE]
    if directive == "replace":
        del patch[DIRECTIVE]
        return patch
    if directive == "delete":
        return {}
    raise _unknown_directive(patch)


def _unknown_directive(patch: _Map) -> PatchError:
    return PatchError(f"unknown patch type: {go_print(patch[DIRECTIVE], text=True)} in map: {go_print(patch)}")


def _merge_entry(original: _Map, name: str, value: Any, shape: Shape, options: MergeOptions) -> None:
    """Merge one entry of a patch into the map."""
    deletes = name.startswith(DELETE_LIST_PREFIX)
    if deletes and not options.apply:
        original[name] = value
        return
    if deletes:
        name = _listed_name(name, DELETE_LIST_PREFIX, _BAD_PRIMITIVE_LIST)
    if value is None:
        original.pop(name, None)
        if options.apply:
            return
    current = original.get(name)
    if name not in original or type(current) is not type(value):
        if not deletes:
            _take(original, name, value, options)
    elif isinstance(value, dict):
        meta = lookup(shape, name)
        original[name] = value if meta.replaces else merge_map(current, value, meta.shape, options)  # type: ignore[arg-type]
    elif isinstance(value, list):
        original[name] = _merge_lists(current or [], value, lookup_list(shape, name), deletes, options)
    else:
        original[name] = value


def _take(original: _Map, name: str, value: Any, options: MergeOptions) -> None:
    """Put the patch's value in the place of whatever was there."""
    if options.apply:
        _drop_nulls(value)
    value, keep = without_directives(value)
    if keep:
        original[name] = value
    else:
        original.pop(name, None)


def _drop_nulls(value: Any) -> None:
    if isinstance(value, dict):
        for name in [n for n, v in value.items() if v is None]:
            del value[name]
        for item in value.values():
            _drop_nulls(item)
    elif isinstance(value, list):
        for item in value:
            _drop_nulls(item)


def without_directives(value: Any) -> tuple[Any, bool]:
    """A value without the maps that are directives, which leave its own maps, and whether it stays at all."""
    if isinstance(value, dict):
        if DIRECTIVE in value:
            return None, False
        for name, item in list(value.items()):
            value[name], keep = without_directives(item)
            if not keep:
                del value[name]
        return value, True
    if isinstance(value, list):
        return [item for item, keep in map(without_directives, value) if keep], True
    return value, True


def _apply_retain_keys(original: _Map, patch: _Map, options: MergeOptions) -> None:
    """Drop what ``$retainKeys`` does not name; the patch may set nothing else."""
    if RETAIN_KEYS_DIRECTIVE not in patch:
        return
    names = patch.pop(RETAIN_KEYS_DIRECTIVE)
    if not options.apply:
        known = original.setdefault(RETAIN_KEYS_DIRECTIVE, names)
        if known != names:
            raise PatchError(
                f"{go_print(known)} and {go_print(names)} are not deep equal: "
                "this may happen when calculating the 3-way diff patch"
            )
        return
    if not isinstance(names, list):
        raise BadPatch(_BAD_RETAIN_KEYS)
    for name, value in patch.items():
        if value is not None and not name.startswith((DELETE_LIST_PREFIX, ORDER_PREFIX)) and name not in names:
            raise BadPatch(_BAD_RETAIN_KEYS)
    for name in [n for n in original if n not in names]:
        del original[name]


def _listed_name(name: str, prefix: str, complaint: str) -> str:
    """The list that a directive such as ``$setElementOrder/containers`` speaks of."""
    found, slash, listed = name.partition("/")
    if not slash or found != prefix:
        raise BadPatch(complaint)
    return listed


def _merge_ordered(original: _Map, patch: _Map, directive: str, shape: Shape, options: MergeOptions) -> None:
    """Merge a list together with the order that ``$setElementOrder`` asks for."""
    order = patch.pop(directive)
    if not options.apply and original.setdefault(directive, order) != order:
        raise BadPatch(_BAD_ORDER)
    if not isinstance(order, list):
        raise wanted_list(order)
    name = _listed_name(directive, ORDER_PREFIX, _BAD_ORDER)
    current, wanted = _list_in(original, name), _list_in(patch, name)
    meta = lookup_list(shape, name)
    _check_order(wanted or [], order, meta.key)
    if current is None and wanted is None:
        return
    if wanted is None:
        merged = current or []
    elif current is None:
        merged = without_directives(wanted)[0]
    else:
        merged = _merge_lists(list(current), wanted, meta, False, options)
    patch_items, server_only = _partition(merged, order, meta.key)
    if element_kind(current or [], wanted or []) == "map" and meta.key is None:
        check_merge_keys("", patch_items, order, server_only, current or [])  # which fails, for nothing has that key
    server_order = _left_in_place(current or [], wanted or [], meta)
    original[name] = normalize_element_order(patch_items, server_only, order, server_order, meta.key)
    patch.pop(name, None)


def _left_in_place(current: list[Any], patch: list[Any], meta: PatchMeta) -> list[Any]:
    """What stands in the place of a list of the server after a merge.

    Upstream deletes items from a list in place, so that items which are added take the room at its end.
    """
    deleted = {identity(i[meta.key]) for i in patch if isinstance(i, dict) and i.get(DIRECTIVE) == "delete"}
    if not deleted or not meta.merge:
        return current
    kept = [item for item in current if identity(item.get(meta.key)) not in deleted]
    if any(item.get(DIRECTIVE) == "replace" for item in patch):
        return kept
    known = {identity(item.get(meta.key)) for item in kept}
    added = [item for item in patch if DIRECTIVE not in item and identity(item[meta.key]) not in known]
    return (kept + added)[: len(current)]


def _list_in(values: _Map, name: str) -> list[Any] | None:
    if name not in values:
        return None
    if not isinstance(values[name], list):
        raise wanted_list(values[name])
    return values[name]  # type: ignore[no-any-return]


def _check_order(patch: list[Any], order: list[Any], merge_key: str | None) -> None:
    """The items of the patch must stand in the order list, in its order."""
    if not patch or not order:
        return
    if merge_key is not None and (bad := next((i for i in patch if not isinstance(i, dict)), None)) is not None:
        raise wanted_map(bad)
    wanted = [i for i in patch if not (isinstance(i, dict) and DIRECTIVE in i)]
    at = 0
    for entry in order:
        if at < len(wanted) and _same_item(wanted[at], entry, merge_key):
            at += 1
    if at < len(wanted):
        raise PatchError(
            f"The order in patch list:\n{go_print(patch)}\n doesn't match {ORDER_PREFIX} list:\n{go_print(order)}\n"
        )


def _same_item(left: Any, right: Any, merge_key: str | None) -> bool:
    if merge_key is None:
        return bool(identity(left) == identity(right))
    for item in (left, right):
        if not isinstance(item, dict):
            raise wanted_map(item)
        if merge_key not in item:
            raise missing_key(item, merge_key)
    return bool(identity(left[merge_key]) == identity(right[merge_key]))


def _partition(items: list[Any], by: list[Any], merge_key: str | None) -> tuple[list[Any], list[Any]]:
    """Items that occur in `by`, and those that do not."""
    if merge_key is not None:
        for item in items:
            if not isinstance(item, dict):
                raise wanted_map(item)
            if merge_key not in item:
                raise missing_key(item, merge_key)
    key = key_of(merge_key)
    known = positions(by, key)
    if merge_key is not None:
        _check_searched(items, by, known, key)
    return [i for i in items if key(i) in known], [i for i in items if key(i) not in known]


def _check_searched(items: list[Any], by: list[Any], known: Mapping[Any, int], key: Key) -> None:
    """The search for an item's merge key ends with a complaint at what is not a map."""
    bad = next((index for index, item in enumerate(by) if not isinstance(item, dict)), len(by))
    if bad < len(by) and any(known.get(key(item), bad) >= bad for item in items):
        raise PatchError(f"value for key {bad} is not a map")


def _merge_lists(
    original: list[Any], patch: list[Any], meta: PatchMeta, deletes: bool, options: MergeOptions
) -> list[Any]:
    if not (meta.merge or deletes):
        return patch
    if not original and not patch:
        return original
    if element_kind(original, patch) != "map":
        if options.apply and deletes:
            gone = {identity(v) for v in patch}
            return [v for v in original if identity(v) not in gone]
        merged = list({identity(v): v for v in (*original, *patch)}.values())
    else:
        if meta.key is None:
            raise PatchError(f"cannot merge lists without merge key for {meta.shape.form}")
        original, patch = _carry_out_directives(original, patch, meta.key)
        merged = _merge_items(original, patch, meta.key, meta.shape, options)
    patch_items, server_only = _partition(merged, patch, meta.key)
    return normalize_element_order(patch_items, server_only, patch, original, meta.key)


def _carry_out_directives(original: list[Any], patch: list[Any], merge_key: str) -> tuple[list[Any], list[Any]]:
    """Delete or replace what the directives among a patch's items say; the other items remain to be merged."""
    rest, replaces = [], False
    for item in patch:
        directive = item.get(DIRECTIVE) if DIRECTIVE in item else None
        if DIRECTIVE not in item:
            rest.append(item)
        elif directive == "delete":
            if merge_key not in item:
                raise missing_key(item, merge_key)
            gone = identity(item[merge_key])
            original = [o for o in original if merge_key not in o or identity(o[merge_key]) != gone]
        elif directive == "replace":
            replaces = True
        elif directive == "merge":
            raise PatchError("merging lists cannot yet be specified in the patch")
        else:
            raise _unknown_directive(item)
    return (rest, []) if replaces else (original, rest)


def _merge_items(
    original: list[Any], patch: list[Any], merge_key: str, shape: Shape, options: MergeOptions
) -> list[Any]:
    merged = list(original)
    where: dict[Any, int] = {}
    for index, item in enumerate(merged):
        if merge_key in item:
            where.setdefault(identity(item[merge_key]), index)
    for item in patch:
        if merge_key not in item:
            raise missing_key(item, merge_key)
        index = where.get(identity(item[merge_key]), -1)
        if index < 0:
            where[identity(item[merge_key])] = len(merged)
            merged.append(item)
        else:
            merged[index] = merge_map(merged[index], item, shape, options)
    return merged
