"""UIDs, and names that the API server or a client makes up.

References
----------
``staging/src/k8s.io/apiserver/pkg/storage/names/generate.go`` and
``staging/src/k8s.io/client-go/tools/record/event.go makeEvent @ v1.36``
"""

from __future__ import annotations

from random import Random

# No vowels and no digits that look like letters, so that no name spells a word.
_NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
MAX_GENERATED_NAME_LENGTH = 58  # of the part before the random letters


def uid_of(number: int) -> str:
    """A UID of 128 bits.

    Examples
    --------
    >>> uid_of(255)
    '00000000-0000-0000-0000-0000000000ff'
    """
    uid = f"{number:032x}"
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"


def event_identity(about: str, now_ms: int, count: int) -> tuple[str, str]:
    """Name and UID of the event number `count`, about an object of a name: the time is part of its own name.

    Examples
    --------
    >>> event_identity("web", 1_767_225_600_000, 1)[0]
    'web.18867251edfa0001'
    """
    nanoseconds = now_ms * 1_000_000 + count % 1_000_000
    return f"{about}.{nanoseconds:x}", f"e0000000-0000-4000-8000-{count:012x}"


def generated_name(prefix: str, random: Random) -> str:
    """A name that begins with `prefix` and ends with five random letters."""
    return prefix[:MAX_GENERATED_NAME_LENGTH] + "".join(random.choices(_NAME_ALPHABET, k=5))
