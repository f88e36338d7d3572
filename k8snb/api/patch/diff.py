"""The strategic merge patch that turns one object into another.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go diffMaps, CreateThreeWayMergePatch @ v1.36``
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, NamedTuple

from k8snb.api.patch.meta import (
    DELETE_LIST_PREFIX,
    DIRECTIVE,
    element_kind,
    go_print,
    identity,
    lookup,
    lookup_list,
    ORDER_PREFIX,
    PatchError,
    PatchMeta,
    RETAIN_KEYS_DIRECTIVE,
    shape_of,
)
from k8snb.api.patch.order import check_merge_keys, sorted_by
from k8snb.api.patch.strategic import COMBINE, merge_map
from k8snb.api.schema import Shape, Struct

_Map = dict[str, Any]


class DiffOptions(NamedTuple):
    """Which differences count: what was added or changed, what was deleted."""

    changes: bool = True
    deletions: bool = True


def create_two_way_merge_patch(cls: type[Struct], original: _Map, modified: _Map) -> _Map:
    """The strategic merge patch from `original` to `modified`.

    Examples
    --------
    >>> from k8snb.api.types.apps import Deployment
    >>> create_two_way_merge_patch(Deployment, {"spec": {"replicas": 1, "paused": True}}, {"spec": {"replicas": 2}})
    {'spec': {'replicas': 2, 'paused': None}}
    """
    return diff_maps(deepcopy(original), deepcopy(modified), shape_of(cls), DiffOptions())


def create_three_way_merge_patch(cls: type[Struct], original: _Map, modified: _Map, current: _Map) -> _Map:
    """The strategic merge patch that ``kubectl apply`` sends.

    Parameters
    ----------
    cls
        The object's class.
    original
        What was applied last: what it has and `modified` lacks is deleted.
    modified
        What is applied now: where it differs from `current`, it wins.
    current
        The live object.
    """
    shape = shape_of(cls)
    delta = diff_maps(deepcopy(current), deepcopy(modified), shape, DiffOptions(deletions=False))
    deletions = diff_maps(deepcopy(original), deepcopy(modified), shape, DiffOptions(changes=False))
    return merge_map(deletions, delta, shape, COMBINE)


def diff_maps(original: _Map, modified: _Map, shape: Shape, options: DiffOptions, *, retain_keys: bool = False) -> _Map:
    """The patch between two maps; with `retain_keys` it names the keys that stay."""
    patch: _Map = {}
    for name, value in modified.items():
        if name in original:
            _diff_entry(patch, name, original[name], value, shape, options)
        elif options.changes:
            patch[name] = value
    if options.deletions:
        patch.update((name, None) for name in original if name not in modified)
    if retain_keys:
        kept = sorted(name for name, value in modified.items() if value is not None)
        extra = any(v is not None and name not in modified for name, v in original.items())
        if kept and (patch or extra):
            patch[RETAIN_KEYS_DIRECTIVE] = kept
    return patch


def _diff_entry(patch: _Map, name: str, old: Any, new: Any, shape: Shape, options: DiffOptions) -> None:
    if name == DIRECTIVE:
        _diff_directive(patch, old, new)
    elif type(old) is not type(new):
        if options.changes:
            patch[name] = new
    elif isinstance(old, dict):
        if identity(old) != identity(new) or old != new:
            _diff_map_entry(patch, name, old, new, shape, options)
    elif isinstance(old, list):
        if identity(old) != identity(new) or old != new:
            _diff_list_entry(patch, name, old, new, shape, options)
    elif options.changes and old != new:
        patch[name] = new


def _diff_directive(patch: _Map, old: Any, new: Any) -> None:
    if not (isinstance(old, str) and isinstance(new, str)):
        raise PatchError(f"invalid value for special key: {DIRECTIVE}")
    if old != new:
        patch[DIRECTIVE] = new


def _diff_map_entry(patch: _Map, name: str, old: _Map, new: _Map, shape: Shape, options: DiffOptions) -> None:
    if shape.form == "map":
        meta = PatchMeta(shape.of)
    else:
        meta = lookup(shape, name)
    if meta.replaces:
        if options.changes:
            patch[name] = new
        return
    found = diff_maps(old, new, meta.shape, options, retain_keys=meta.retain_keys)
    if found:
        patch[name] = found


def _diff_list_entry(
    patch: _Map, name: str, old: list[Any], new: list[Any], shape: Shape, options: DiffOptions
) -> None:
    meta = lookup_list(shape, name)
    if not meta.merge:
        if options.changes:
            patch[name] = new
        return
    added, deleted, order = _diff_lists(old, new, meta, options)
    if added:
        patch[name] = added
    if deleted:
        patch[f"{DELETE_LIST_PREFIX}/{name}"] = deleted
    if order:
        patch[f"{ORDER_PREFIX}/{name}"] = order


def _diff_lists(
    old: list[Any], new: list[Any], meta: PatchMeta, options: DiffOptions
) -> tuple[list[Any], list[Any], list[Any]]:
    """What to add or merge, the scalars to delete, and the order of the result."""
    if not old:
        return (new if options.changes else []), [], []
    if element_kind(old, new) != "map":
        added, deleted = _diff_scalars(old, new, options)
        ordered = (options.deletions and deleted) or options.changes
        return sorted_by(added, new, None), deleted, new if ordered else []
    assert meta.key is not None
    changed, deletions = _diff_items(old, new, meta, options)
    patch = sorted_by(changed, new, meta.key) + deletions
    same_order = [identity(i[meta.key]) for i in old] == [identity(i[meta.key]) for i in new]
    ordered = (options.changes and (bool(patch) or not same_order)) or (options.deletions and bool(patch))
    return patch, [], [{meta.key: i[meta.key]} for i in new] if ordered else []


def _diff_scalars(old: list[Any], new: list[Any], options: DiffOptions) -> tuple[list[Any], list[Any]]:
    before, after = {identity(v) for v in old}, {identity(v) for v in new}
    added = [v for v in _by_text(new) if identity(v) not in before] if options.changes else []
    deleted = [v for v in _by_text(old) if identity(v) not in after] if options.deletions else []
    return added, list({identity(v): v for v in deleted}.values())


def _by_text(values: list[Any]) -> list[Any]:
    return sorted(values, key=go_print)


def _diff_items(old: list[Any], new: list[Any], meta: PatchMeta, options: DiffOptions) -> tuple[list[Any], list[Any]]:
    """Patches for changed and added items, and directives for deleted ones; items with the same key pair up."""
    key = meta.key
    assert key is not None
    check_merge_keys(key, old, new)
    before: dict[str, list[_Map]] = {}
    for item in old:
        before.setdefault(go_print(item[key]), []).append(item)
    patch = []
    for item in sorted(new, key=lambda i: go_print(i[key])):
        partners = before.get(go_print(item[key]))
        if not partners:
            if options.changes:
                patch.append(item)
            continue
        found = diff_maps(partners.pop(0), item, meta.shape, options, retain_keys=meta.retain_keys)
        if found:
            patch.append({**found, key: item[key]})
    gone = sorted((i for items in before.values() for i in items), key=lambda i: go_print(i[key]))
    return patch, [{key: i[key], DIRECTIVE: "delete"} for i in gone] if options.deletions else []
