"""Times: how they are read, what is said of those that are none, and zero, which is no time."""

from __future__ import annotations

from datetime import datetime, UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8snb.api.decode import from_dict
from k8snb.api.encode import to_dict
from k8snb.api.patch.unstructured import from_unstructured
from k8snb.api.timestamps import format_time, parse_time, TimeError, ZERO_TIME
from k8snb.api.types.config import Namespace
from k8snb.api.types.meta import ObjectMeta

AS_LAYOUT = ' as "2006-01-02T15:04:05Z07:00": cannot parse '
ZERO = "0001-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-01-01T02:00:00+02:00", "2024-01-01T00:00:00Z"),
        ("2024-01-01T7:00:00.999999Z", "2024-01-01T07:00:00Z"),
        ("2024-02-29T00:00:00,5-24:60", "2024-03-01T01:00:00Z"),
        ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
        (ZERO, ZERO),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_times(text: str, written: str) -> None:
    assert format_time(parse_time(text)) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f'{AS_LAYOUT}"" as "2006"'),
        ("24-01-01", f'{AS_LAYOUT}"24-01-01" as "2006"'),
        ("2024-01-01", f'{AS_LAYOUT}"" as "T"'),
        ("2024-1-1", f'{AS_LAYOUT}"1-1" as "01"'),
        ("2024-01-01T00:00Z", f'{AS_LAYOUT}"Z" as ":"'),
        ("2024-01-01t00:00:00Z", f'{AS_LAYOUT}"t00:00:00Z" as "T"'),
        ("2024-01-01T00:00:00", f'{AS_LAYOUT}"" as "Z07:00"'),
        ("2024-01-01T00:00:00z", f'{AS_LAYOUT}"z" as "Z07:00"'),
        ("2024-01-01T00:00:00é", AS_LAYOUT + r'"\xc3\xa9" as "Z07:00"'),
        ("2024-01-01T00:00:00Z\n", r': extra text: "\x0a"'),
        ("2024-00-01T00:00:00Z", ": month out of range"),
        ("2023-02-29T00:00:00Z", ": day out of range"),
        ("2024-01-00T00:00:00Z", ": day out of range"),
        ("2024-01-01T24:00:00Z", ": hour out of range"),
        ("2024-01-01T00:60:00Z", ": minute out of range"),
        ("2024-01-01T00:00:60Z", ": second out of range"),
        ("2024-01-01T00:00:00+25:00", ": time zone offset hour out of range"),
        ("2024-01-01T00:00:00+00:61", ": time zone offset minute out of range"),
    ],
)
def test_what_is_no_time(text: str, message: str) -> None:
    with pytest.raises(TimeError) as error:
        parse_time(text)
    assert str(error.value).startswith("parsing time ") and str(error.value).endswith(message)


@given(st.integers(ZERO_TIME // 1000, 253_402_300_799))
def test_a_time_is_read_as_it_is_written(seconds: int) -> None:
    text = format_time(seconds * 1000)
    assert parse_time(text) == seconds * 1000
    assert datetime.fromisoformat(text) == datetime.fromtimestamp(seconds, UTC)


def test_a_zero_time_is_left_out_or_null() -> None:
    meta = {"creationTimestamp": ZERO, "deletionTimestamp": ZERO}
    assert to_dict(from_dict(ObjectMeta, meta)) == {"deletionTimestamp": None}
    assert to_dict(from_unstructured(ObjectMeta, meta)) == {"deletionTimestamp": None}
    status = {"conditions": [{"type": "x", "status": "True", "lastTransitionTime": ZERO}]}
    for read in (from_dict, from_unstructured):
        namespace = read(Namespace, {"status": status})
        assert namespace.status.conditions[0].last_transition_time is None
