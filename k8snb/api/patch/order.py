"""The order of a merged list: that which the patch asks for, then the order that the list had.

References
----------
``staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go normalizeElementOrder @ v1.36``
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from k8snb.api.go_stable_sort import go_stable_sort
from k8snb.api.patch.meta import DIRECTIVE, identity, missing_key, wanted_map

Key = Callable[[Any], Any]


def key_of(merge_key: str | None) -> Key:
    """What tells the items of a list apart: the value of a field, or the item itself."""
    if merge_key is None:
        return identity
    return lambda item: identity(item.get(merge_key) if isinstance(item, dict) else None)


def positions(items: list[Any], key: Key) -> Mapping[Any, int]:
    """Where each item of a list first stands, by its key."""
    found: dict[Any, int] = {}
    for index, item in enumerate(items):
        found.setdefault(key(item), index)
    return found


def normalize_element_order(
    patch: list[Any],
    server_only: list[Any],
    patch_order: list[Any],
    server_order: list[Any],
    merge_key: str | None,
) -> list[Any]:
    """One list of the patch's items and those that only the server has.

    Parameters
    ----------
    patch, server_only
        The items, which do not overlap.
    patch_order, server_order
        Lists of items or of stubs with their merge key that give the order of each.
    merge_key
        The field that tells items apart; None for scalars.
    """
    key = key_of(merge_key)
    order = positions(server_order, key)
    left = sorted_by(server_only, server_order, merge_key)
    right = sorted_by(patch, patch_order, merge_key)
    merged = []
    while left and right:
        li, ri = order.get(key(left[0])), order.get(key(right[0]))
        first = left if li is not None and ri is not None and li < ri else right
        merged.append(first.pop(0))
    return merged + left + right


def sorted_by(items: list[Any], order: list[Any], merge_key: str | None) -> list[Any]:
    """Items in the order of another list; items to be deleted go last."""
    deleted: list[Any] = []
    if merge_key is not None:
        check_merge_keys(merge_key, items, order)
        deleted = [i for i in items if i.get(DIRECTIVE) == "delete"]
        items = [i for i in items if i.get(DIRECTIVE) != "delete"]
    key = key_of(merge_key)
    where = positions(order, key)

    def less(one: Any, other: Any) -> bool:
        """Whether one goes first; what stands nowhere in the order goes before whatever it is compared with."""
        at, then = where.get(key(one)), where.get(key(other))
        return at is None or then is None or at < then

    return go_stable_sort(items, less) + deleted


def check_merge_keys(merge_key: str, *lists: list[Any]) -> None:
    """Refuse lists whose items are not maps that have the merge key."""
    for items in lists:
        for item in items:
            if not isinstance(item, dict):
                raise wanted_map(item)
            if merge_key not in item:
                raise missing_key(item, merge_key)
