"""Files of recorded requests: what is a case, and what is wrong with a line that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8snb.recording.cases import CaseError, read_cases


def test_reads_cases_and_passes_over_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "a", "verb": "create", "manifest": {}}\n\n{"id": "b", "verb": "create", "manifest": {}}\n')
    assert [case["id"] for case in read_cases(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "explained"),
    [
        ("{", "line 1: not JSON: "),
        ("[]", "line 1: a case is an object with an id"),
        ('{"id": "a"}', "line 1: verb: None is none of create, update, patch, schedule"),
        ('{"id": "a", "verb": "create"}', "line 1: create needs manifest, an object"),
        ('{"id": "a", "verb": "patch", "manifest": 1}', "line 1: patch needs manifest, an object or a list"),
        ('{"id": "a", "verb": "schedule", "manifest": {}, "nodes": {}}', "line 1: schedule needs nodes, a list"),
    ],
)
def test_says_what_is_wrong_with_a_line(line: str, explained: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line)
    with pytest.raises(CaseError) as refused:
        read_cases(path)
    assert explained in str(refused.value)
