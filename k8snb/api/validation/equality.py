"""Equality of what objects mean: ``1Gi`` and ``1073741824`` are the same quantity.

References
----------
``staging/src/k8s.io/apimachinery/pkg/api/equality/semantic.go Semantic @ v1.36``
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8snb.api.quantity import number_of
from k8snb.api.schema import fields_of, Shape, Struct


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same; quantities compare by number.

    Examples
    --------
    >>> from k8snb.api.types.containers import ResourceRequirements
    >>> same(ResourceRequirements(limits={"memory": "1Gi"}), ResourceRequirements(limits={"memory": "1073741824"}))
    True
    """
    if one == other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if not isinstance(one, Struct) or type(one) is not type(other):
        return False
    return all(_same(getattr(one, f.attr), getattr(other, f.attr), f.shape) for f in fields_of(type(one)))


def _same(one: Any, other: Any, shape: Shape) -> bool:
    if one == other:
        return True
    if one is None or other is None:
        return False
    if shape.go == "resource.Quantity":
        return number_of(one) == number_of(other)
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(one[k], other[k], shape.of) for k in one)
    return same(one, other)
