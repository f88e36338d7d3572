"""Durations as kubectl shows them."""

from __future__ import annotations

import pytest

from k8snb.kubectl.ages import human_duration, rfc1123z, since

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-3 * SECOND, "<invalid>"),
        (-1500, "0s"),
        (0, "0s"),
        (999, "0s"),
        (119 * SECOND, "119s"),
        (2 * MINUTE, "2m"),
        (9 * MINUTE + 59 * SECOND, "9m59s"),
        (10 * MINUTE + 30 * SECOND, "10m"),
        (179 * MINUTE, "179m"),
        (3 * HOUR, "3h"),
        (7 * HOUR + 59 * MINUTE, "7h59m"),
        (8 * HOUR + 59 * MINUTE, "8h"),
        (47 * HOUR, "47h"),
        (2 * DAY, "2d"),
        (7 * DAY + 23 * HOUR, "7d23h"),
        (8 * DAY + 23 * HOUR, "8d"),
        (729 * DAY, "729d"),
        (730 * DAY, "2y"),
        (800 * DAY, "2y70d"),
        (8 * 365 * DAY + 5 * DAY, "8y"),
    ],
)
def test_human_duration(ms: int, text: str) -> None:
    assert human_duration(ms) == text


def test_no_time_is_unknown() -> None:
    assert since(None, 5) == "<unknown>"
    assert since(1000, 6000) == "5s"


def test_times_in_full() -> None:
    assert rfc1123z(1_767_225_605_000) == "Thu, 01 Jan 2026 00:00:05 +0000"
    assert rfc1123z(None) == "Mon, 01 Jan 0001 00:00:00 +0000"
