"""Puts recorded requests to the simulator's API server and compares its answers with the real one's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from k8snb.recording.answers import answer_case
from k8snb.recording.cases import read_cases

KINDS = sorted(path.stem for path in (Path(__file__).parent / "requests").glob("*.jsonl"))
NOT_YET = ("scheduling",)  # some cases of these differ; the list only gets shorter
LEAST_SHARE_OF_WORDS = 0.95


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NOT_YET])
def test_answers_as_the_real_api_server(kind: str, recordings: Path, difference: Callable[..., str]) -> None:
    cases = read_cases(recordings / "requests" / f"{kind}.jsonl")
    found = [(case["id"], difference(case["answer"], json.loads(json.dumps(answer_case(case))))) for case in cases]
    assert [row for row in found if row[1] and not row[1].startswith("words")] == []
    same_words = sum(not said for _, said in found)
    assert same_words / len(cases) >= LEAST_SHARE_OF_WORDS, [row for row in found if row[1]]
