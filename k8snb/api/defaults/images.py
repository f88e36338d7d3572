"""Reading an image reference, as far as the default pull policy needs it.

References
----------
``pkg/util/parsers/parsers.go ParseImageName`` and ``vendor/github.com/distribution/reference @ v1.36``
"""

from __future__ import annotations

import re
from functools import lru_cache

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


@lru_cache(4096)
def image_tag(image: str) -> str:
    """The tag of an image, ``latest`` where neither tag nor digest is given; empty for what is no reference.

    Examples
    --------
    >>> image_tag("nginx"), image_tag("host:5000/a/b:1.2"), image_tag("Nginx")
    ('latest', '1.2', '')
    """
    if re.fullmatch("[a-f0-9]{64}", image):
        return ""
    domain, remainder = _split_domain(image)
    if any(c.isupper() for c in remainder.partition(":")[0]):
        return ""
    match = _REFERENCE.fullmatch(f"{domain}/{remainder}")
    if match is None or len(match["path"]) > 255:
        return ""
    if match["digest"]:
        algorithm, _, value = match["digest"].partition(":")
        if _DIGEST_LENGTH.get(algorithm) != len(value) or value != value.lower():
            return ""
        return match["tag"] or ""
    return match["tag"] or "latest"


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
    return "Always" if image_tag(image) == "latest" else "IfNotPresent"
