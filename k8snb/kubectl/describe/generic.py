"""Kinds that have no description of their own: every field, with a title made from its name.

References
----------
``staging/src/k8s.io/kubectl/pkg/describe/describe.go genericDescriber, printUnstructuredContent, smartLabelFor
@ v1.36``
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Any

from k8snb.api.encode import to_dict
from k8snb.api.schema import KubernetesObject
from k8snb.api.types.meta import ObjectMeta
from k8snb.kubectl.describe.context import Context
from k8snb.kubectl.describe.events import describe_events
from k8snb.kubectl.describe.metadata import labels_and_annotations, name_and_namespace
from k8snb.kubectl.describe.writer import Writer
from k8snb.kubectl.go_format import sprint

_ACRONYMS = ("API", "URL", "UID", "GUID")
_SHOWN_BEFORE = tuple(f".metadata.{f}" for f in ("managedFields", "name", "namespace", "labels", "annotations"))


def describe_object(w: Writer, context: Context, obj: KubernetesObject) -> None:
    """Write every field of an object."""
    meta = getattr(obj, "metadata", ObjectMeta())
    name_and_namespace(w, meta)
    labels_and_annotations(w, meta)
    _content(w, 0, to_dict(obj), "")
    describe_events(w, context, obj.kind, meta)


def _content(w: Writer, level: int, content: dict[str, Any], path: str) -> None:
    for name in sorted(content):
        value, here = content[name], f"{path}.{name}"
        if here in _SHOWN_BEFORE:
            continue
        if isinstance(value, dict):
            w.write(level, f"{smart_label(name)}:\n")
            _content(w, level + 1, value, here)
        elif isinstance(value, list):
            w.write(level, f"{smart_label(name)}:\n")
            for item in value:
                if isinstance(item, dict):
                    _content(w, level + 1, item, here)
                else:
                    w.write(level + 1, f"{sprint(item)}\n")
        else:
            w.field(level, smart_label(name), sprint(value))


def smart_label(name: str) -> str:
    """A title for a field.

    Examples
    --------
    >>> smart_label("creationTimestamp"), smart_label("uid"), smart_label("apiVersion"), smart_label("a.b")
    ('Creation Timestamp', 'UID', 'API Version', 'a.b')
    """
    if not all(char.isalpha() or char == "-" for char in name):
        return name
    return " ".join(_title(word) for word in _merged(split_camel_case(name)))


def _title(word: str) -> str:
    if word.upper() in _ACRONYMS:
        return word.upper()
    return word.capitalize() if word.lower() == word else word


def _merged(words: list[str]) -> list[str]:
    """An acronym and the word after it stay together."""
    found: list[str] = []
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        joined = len(word) >= 2 and not any(c.isalpha() and not c.isupper() for c in word) and following[:1].isupper()
        found.append(word + following if joined else word)
        at += 2 if joined else 1
    return found


def split_camel_case(name: str) -> list[str]:
    """The words of a name: runs of small letters, of capitals, of digits.

    Examples
    --------
    >>> split_camel_case("podIPAddress"), split_camel_case("v1beta")
    (['pod', 'IP', 'Address'], ['v', '1', 'beta'])
    """
    runs = ["".join(chars) for _, chars in groupby(name, _kind)]
    for i, (run, following) in enumerate(pairwise(list(runs))):
        if run[:1].isupper() and following[0].islower():
            runs[i], runs[i + 1] = run[:-1], run[-1] + following
    return [run for run in runs if run]


def _kind(char: str) -> int:
    return 1 if char.islower() else 2 if char.isupper() else 3 if char.isdigit() else 4
