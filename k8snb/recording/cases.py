"""Reads files of recorded requests and placement questions: one case a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from k8snb.errors import K8snbError

Case = dict[str, Any]

# What a verb needs beside the answer, with its type.
_NEEDS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "create": {"manifest": dict},
    "update": {"manifest": dict, "base": dict},
    "patch": {"manifest": (dict, list), "base": dict, "type": str},
    "schedule": {"manifest": dict, "nodes": list, "pods": list},
}


class CaseError(K8snbError):
    """A line that is no case."""


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, in order.

    Raises
    ------
    CaseError
        When a line is no case; the message names the line and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise CaseError(f"{path}: not a text file") from None
    return [_read(line, f"{path}: line {number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _read(line: str, place: str) -> Case:
    try:
        case = json.loads(line)
    except json.JSONDecodeError as error:
        raise CaseError(f"{place}: not JSON: {error.msg} (column {error.colno})") from None
    if not isinstance(case, dict) or not isinstance(case.get("id"), str):
        raise CaseError(f"{place}: a case is an object with an id")
    needs = _NEEDS.get(case.get("verb", ""))
    if needs is None:
        raise CaseError(f"{place}: verb: {case.get('verb')!r} is none of {', '.join(_NEEDS)}")
    for field, kind in needs.items():
        if not isinstance(case.get(field), kind):
            raise CaseError(f"{place}: {case['verb']} needs {field}, {_kind_words(kind)}")
    return case


def _kind_words(kind: type | tuple[type, ...]) -> str:
    words: dict[type, str] = {dict: "an object", list: "a list", str: "a string"}
    return " or ".join(words[k] for k in (kind if isinstance(kind, tuple) else (kind,)))
