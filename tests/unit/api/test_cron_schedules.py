"""Cron schedules: which values a field names, and what is refused in which words."""

from __future__ import annotations

import pytest

from k8snb.api.cron import CronError, parse_schedule


@pytest.mark.parametrize(
    ("minutes", "values"),
    [
        ("5", [5]),
        ("5,7", [5, 7]),
        ("10-12", [10, 11, 12]),
        ("10-20/5", [10, 15, 20]),
        ("50/5", [50, 55]),
        ("*/30", [0, 30]),
        ("?/30", [0, 30]),
    ],
)
def test_the_minutes_of_a_schedule(minutes: str, values: list[int]) -> None:
    field = parse_schedule(f"{minutes} * * * *").minute
    assert (sorted(field.values), field.star) == (values, False)


def test_days_and_months_have_names() -> None:
    schedule = parse_schedule("0 8 * JAN-mar mon,Fri")
    assert sorted(schedule.month.values) == [1, 2, 3]
    assert sorted(schedule.day_of_week.values) == [1, 5]
    assert schedule.day_of_month.star and not schedule.day_of_week.star


def test_descriptors_zones_and_periods() -> None:
    assert parse_schedule("@hourly") == parse_schedule("0 * * * *")
    assert parse_schedule("TZ=Europe/Berlin 0 8 * * *").time_zone == "Europe/Berlin"
    assert parse_schedule("@every 1m30s").every_ms == 90_000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "empty spec string"),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("5-3 * * * *", "beginning of range (5) beyond end of range (3): 5-3"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("*/1/2 * * * *", "too many slashes: */1/2"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("@never", "unrecognized descriptor: @never"),
        ("TZ=Mars/A * * * * *", "provided bad location Mars/A: unknown time zone Mars/A"),
    ],
)
def test_what_is_no_schedule(text: str, complaint: str) -> None:
    with pytest.raises(CronError) as refusal:
        parse_schedule(text)
    assert str(refusal.value) == complaint
