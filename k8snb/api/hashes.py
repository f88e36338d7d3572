"""The hashes in the names of ReplicaSets and ControllerRevisions.

References
----------
``pkg/controller/controller_utils.go ComputeHash``, ``pkg/controller/history/controller_history.go
HashControllerRevision`` and ``staging/src/k8s.io/apimachinery/pkg/util/rand/rand.go SafeEncodeString @ v1.36``
"""

from __future__ import annotations

from functools import lru_cache

from k8snb.api.go_dump import dump_for_hash
from k8snb.api.types.pod import PodTemplateSpec

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_OFFSET, _PRIME, _MASK = 0x811C9DC5, 0x01000193, 0xFFFFFFFF


def compute_hash(template: PodTemplateSpec, collision_count: int | None) -> str:
    """The hash of a pod template.

    Parameters
    ----------
    template
        As the server has it, with its defaults.
    collision_count
        Goes into the hash, so that a collision is resolved by counting it up.
    """
    value = _fnv_1a(dump_for_hash(template))
    if collision_count is not None:
        for byte in (collision_count & _MASK).to_bytes(8, "little"):
            value = (value ^ byte) * _PRIME & _MASK
    return safe_encode(value)


def hash_revision(raw: str, collision_count: int | None) -> str:
    """The hash of the data of a StatefulSet's revision, its JSON."""
    return safe_encode(_fnv_1(raw if collision_count is None else f"{raw}{collision_count}"))


def safe_encode(value: int) -> str:
    """A number in letters and digits that spell no word."""
    return "".join(_ALPHABET[ord(digit) % len(_ALPHABET)] for digit in str(value))


@lru_cache(1024)
def _fnv_1a(text: str) -> int:
    value = _OFFSET
    for byte in text.encode():
        value = (value ^ byte) * _PRIME & _MASK
    return value


@lru_cache(1024)
def _fnv_1(text: str) -> int:
    value = _OFFSET
    for byte in text.encode():
        value = value * _PRIME & _MASK ^ byte
    return value
