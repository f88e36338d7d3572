"""The marks over a timeline: which share a label, and what the labels say."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from k8snb.picture.chronicle import Mark
from k8snb.picture.sheet import LETTER
from k8snb.picture.svg_frame import Frame
from k8snb.picture.svg_marks import gather, marks_svg

FRAME = Frame(3_600_000, 960)


def labels(marks: list[Mark], now_ms: int = 3_600_000) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", "".join(marks_svg(marks, FRAME, now_ms, 12, 200)))


def mark(time_ms: int, text: str, kind: str = "input") -> Mark:
    return Mark(time_ms, kind, text, time_ms)


def test_early_marks_of_a_long_run_share_a_label() -> None:
    early = [
        mark(0, "apply -f web.yaml"),
        mark(4000, "scale deployment/web --replicas=6"),
        mark(9000, "node-1 down", "fault"),
    ]
    late = [mark(1_800_000, "rollout undo deployment/web")]
    assert labels([*early, *late]) == ["apply +2", "rollout undo"]
    assert labels([*early, *late], 5000) == ["apply +1"]


def test_warnings_have_no_label() -> None:
    assert labels([mark(0, "BackOff pod/web: …", "warning")]) == []


MARKS = st.lists(
    st.builds(
        mark, st.integers(0, 3_600_000), st.text("ab ", min_size=1, max_size=60), st.sampled_from(["input", "fault"])
    ),
    max_size=30,
).map(lambda marks: sorted(marks, key=lambda m: m.time_ms))


@given(MARKS)
def test_labels_never_overlap_and_tell_of_every_mark(marks: list[Mark]) -> None:
    groups = gather(marks, FRAME)
    assert [m for group in groups for m in group] == marks
    starts = [FRAME.x(group[0].time_ms) for group in groups]
    for (start, end), label in zip(pairwise(starts), labels(marks), strict=False):
        assert start + 6 + len(label) * LETTER <= end + 1
