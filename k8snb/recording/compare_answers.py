"""Judges an answer to a single request, or to a placement question, against what the real cluster said.

Answers agree in their verdict (accepted or refused and why; placed or not), then in their content (the stored object,
or the faulty fields; the best nodes, or the reasons), then in their words (the message; all scores).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

Answer = Mapping[str, Any]

REFUSED = 300  # codes from here on are refusals
_UNKNOWN_FIELD = re.compile(r'(?:unknown|duplicate) field "([^"]+)"')
_GO_FIELD = re.compile(r"Go struct field \w+\.([\w.]+)")
# A value that a message quotes at length says no more than that it is long: map keys have no order in it.
_LONG = re.compile(r'"(?:[^"\\]|\\.){200,}"|\{.{200,}\}|map\[.{200,}\]')
_SHOWN = 160


class Level(IntEnum):
    """How far two answers agree; each level has those before it."""

    NOTHING = 0
    VERDICT = 1
    CONTENT = 2
    WORDS = 3


class Comparison(NamedTuple):
    """How far an answer agrees with the recorded one, and where it leaves it."""

    level: Level
    difference: str


def compare_answers(recorded: Answer, given: Answer) -> Comparison:
    """Compare two answers.

    Examples
    --------
    >>> no = {"code": 404, "reason": "NotFound", "message": 'pods "x" not found'}
    >>> compare_answers(no, {**no, "message": "no such pod"}).level.name
    'CONTENT'
    """
    if _verdict(recorded) != _verdict(given):
        said = given.get("message") or recorded.get("message", "")
        return Comparison(Level.NOTHING, f"{_told(_verdict(given))}, recorded {_told(_verdict(recorded))}: {said}")
    wanted, shown = _content(recorded), _content(given)
    if wanted != shown:
        return Comparison(Level.VERDICT, first_difference(wanted, shown))
    if _words(recorded) != _words(given):
        return Comparison(Level.CONTENT, f"says {_words(given)!r}, recorded {_words(recorded)!r}")
    return Comparison(Level.WORDS, "")


def _is_placement(answer: Answer) -> bool:
    return "code" not in answer


def _accepted(answer: Answer) -> bool:
    return int(answer["code"]) < REFUSED


def _verdict(answer: Answer) -> tuple[Any, ...]:
    if _is_placement(answer):
        return ("placed",) if "nodes" in answer else ("not placed",)
    return answer["code"], answer.get("reason")


def _told(verdict: tuple[Any, ...]) -> str:
    return " ".join(str(word) for word in verdict if word)


def _content(answer: Answer) -> Any:
    if _is_placement(answer):
        if "nodes" in answer:
            return answer["nodes"]
        reasons = answer["message"].split(". ")[0].rstrip(".")
        return {"reasons": reasons, "nominated": answer.get("nominated", ""), "victims": answer.get("victims", [])}
    if _accepted(answer):
        return answer["object"]
    causes = answer.get("causes")
    if causes:
        return sorted({(cause.get("field", ""), cause.get("reason", "")) for cause in causes})
    message = answer.get("message", "")
    return sorted(set(_UNKNOWN_FIELD.findall(message))) or sorted(set(_GO_FIELD.findall(message)))


def _words(answer: Answer) -> str:
    if _is_placement(answer):
        if "nodes" in answer:
            return json.dumps([answer.get("scores", {}), answer.get("plugins", {})], sort_keys=True)
    elif _accepted(answer):
        return ""
    return _LONG.sub("<long>", answer.get("message", ""))


def first_difference(recorded: Any, given: Any, path: str = "") -> str:
    """The first place where two JSON values differ, and what stands there.

    Examples
    --------
    >>> first_difference({"spec": {"ports": [80, 81]}}, {"spec": {"ports": [80]}})
    'spec.ports[1]: absent, recorded 81'
    """
    if isinstance(recorded, Mapping) and isinstance(given, Mapping):
        for key in sorted({*recorded, *given}):
            place = f"{path}.{key}" if path else str(key)
            if key not in recorded or key not in given:
                return f"{place}: {_at(given, key)}, recorded {_at(recorded, key)}"
            if recorded[key] != given[key]:
                return first_difference(recorded[key], given[key], place)
    if isinstance(recorded, list) and isinstance(given, list):
        for index in range(max(len(recorded), len(given))):
            place = f"{path}[{index}]"
            if index >= len(recorded) or index >= len(given):
                return f"{place}: {_nth(given, index)}, recorded {_nth(recorded, index)}"
            if recorded[index] != given[index]:
                return first_difference(recorded[index], given[index], place)
    return f"{path or 'content'}: {_shown(given)}, recorded {_shown(recorded)}"


def _at(values: Mapping[str, Any], key: str) -> str:
    return _shown(values[key]) if key in values else "absent"


def _nth(values: list[Any], index: int) -> str:
    return _shown(values[index]) if index < len(values) else "absent"


def _shown(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
