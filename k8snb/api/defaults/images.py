"""Reading an image reference, as far as the default pull policy and the kubelet need it.

References
----------
``pkg/util/parsers/parsers.go ParseImageName`` and ``vendor/github.com/distribution/reference @ v1.36``
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DOMAIN = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"(?:{_DOMAIN}(?:\.{_DOMAIN})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"{_HOST}/(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
_DIGEST_LENGTH = {"sha256": 64, "sha384": 96, "sha512": 128}
_HUB = "docker.io"


class Reference(NamedTuple):
    """An image reference: its tag, ``latest`` where neither tag nor digest is given, or why it is none."""

    tag: str
    problem: str = ""


@lru_cache(4096)
def parse_image_name(image: str) -> Reference:
    """Read an image reference.

    Examples
    --------
    >>> parse_image_name("nginx").tag, parse_image_name("host:5000/a/b:1.2").tag
    ('latest', '1.2')
    >>> parse_image_name("Nginx").problem
    'invalid reference format: repository name (library/Nginx) must be lowercase'
    """
    if re.fullmatch("[a-f0-9]{64}", image):
        return Reference("", f"invalid repository name ({image}), cannot specify 64-byte hexadecimal strings")
    domain, remainder = _split_domain(image)
    name = remainder.partition(":")[0]
    if name != name.lower():
        return Reference("", f"invalid reference format: repository name ({name}) must be lowercase")
    match = _REFERENCE.fullmatch(f"{domain}/{remainder}")
    if match is None:
        return Reference("", "invalid reference format")
    if len(match["path"]) > 255:
        return Reference("", "repository name must not be more than 255 characters")
    if match["digest"] and (problem := _digest_problem(match["digest"])):
        return Reference("", problem)
    return Reference(match["tag"] or ("" if match["digest"] else "latest"))


def _digest_problem(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    if algorithm not in _DIGEST_LENGTH:
        return "unsupported digest algorithm"
    if len(value) != _DIGEST_LENGTH[algorithm]:
        return "invalid checksum digest length"
    return "" if value == value.lower() else "invalid checksum digest format"


def _split_domain(name: str) -> tuple[str, str]:
    """The registry's domain, Docker's where none is named, and the rest."""
    first, slash, rest = name.partition("/")
    if not slash:
        return _HUB, f"library/{name}"
    if first == "index.docker.io":
        domain, remainder = _HUB, rest
    elif first == "localhost" or "." in first or ":" in first or first != first.lower():
        domain, remainder = first, rest
    else:
        domain, remainder = _HUB, name
    return domain, f"library/{remainder}" if domain == _HUB and "/" not in remainder else remainder


def default_pull_policy(image: str) -> str:
    """Images that may change under their name are pulled each time."""
    return "Always" if parse_image_name(image).tag == "latest" else "IfNotPresent"
