"""Transcripts: what kubectl printed, with everything that differs from run to run replaced.

Random names read `web#1-<pod>`, hashes `<hash web#1>`, ages `<age>`, addresses `<ip>`, times `<time>`.
"""

from __future__ import annotations

import re

from k8snb.recording.names import Names

_RULES = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<uid>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"), "<time>"),
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"), "<time>"),
    (re.compile(r'(resourceVersion"?: )"\d+"'), r'\1"<rv>"'),
    (re.compile(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b"), "<ip>"),
    (re.compile(r"<ip>(?:,<ip>)+(?: \+ \d+ more\.\.\.)?(?=\s)"), "<ips>"),
)
_COLUMN = re.compile(r" \(column \d+\)$", re.MULTILINE)  # of a mistake in YAML; kubectl only knows the line
_DURATION = re.compile(r"(?<![\w.:/<-])(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?![\w.:/-])")
_WIDE_GAP = re.compile(r"(?<=\S) {2,}|(?:^ {3,})")


def normalise(text: str, names: Names) -> list[str]:
    """The lines of an output in the recordings' form."""
    names.catch_up()
    for name in sorted(names.generated, key=len, reverse=True):
        text = text.replace(name, names.generated[name])
    for name in sorted(names.revisions, key=len, reverse=True):
        text = text.replace(name, names.revisions[name])
    for hash_ in sorted(names.hashes, key=len, reverse=True):
        text = re.sub(rf"(?<![\w#-]){re.escape(hash_)}\b", f"<hash {names.hashes[hash_]}>", text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = _COLUMN.sub("", text)
    text = _DURATION.sub(lambda m: "<age>" if m[0] else "", text)
    return [_WIDE_GAP.sub("  ", line).rstrip() for line in text.rstrip("\n").split("\n")] if text.strip() else []
