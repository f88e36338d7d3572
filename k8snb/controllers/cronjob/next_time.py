"""When a cron schedule comes next, in any time zone.

References
----------
``vendor/github.com/robfig/cron/v3/spec.go SpecSchedule.Next, constantdelay.go ConstantDelaySchedule.Next`` as
Kubernetes 1.36 vendors it
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo, UTC
from zoneinfo import ZoneInfo

from k8snb.api.cron import CronSchedule

SECOND_MS, MINUTE_MS, HOUR_MS = 1000, 60_000, 3_600_000
YEARS_AHEAD = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def next_time(schedule: CronSchedule, after: int) -> int | None:
    """The first moment of a schedule after another, both in milliseconds since the Unix epoch.

    Returns
    -------
    int or None
        None when there is none in the next five years, as for the 31st of February.

    Examples
    --------
    >>> from k8snb.api.cron import parse_schedule
    >>> next_time(parse_schedule("*/5 * * * *"), 1_767_225_600_000) - 1_767_225_600_000
    300000
    """
    if schedule.every_ms:
        return after // SECOND_MS * SECOND_MS + schedule.every_ms
    zone: tzinfo = ZoneInfo(schedule.time_zone) if schedule.time_zone else UTC
    return _Search(schedule, zone, after).run()


class _Search:
    """Goes forward month by month, day by day, hour by hour and minute by minute to the next that matches.

    When a step enters the next higher unit, the search begins again with the months. Hours and minutes are steps of
    real time, so that a clock change makes an hour come twice or not at all.
    """

    def __init__(self, schedule: CronSchedule, zone: tzinfo, after: int) -> None:
        self.schedule = schedule
        self.zone = zone
        self.ms = after // SECOND_MS * SECOND_MS + SECOND_MS
        self.began = False  # a unit was stepped forward: all smaller ones start from their first

    def run(self) -> int | None:
        limit = self._local().year + YEARS_AHEAD
        steps = (self._to_month, self._to_day, self._to_hour, self._to_minute, self._to_second)
        while self._local().year <= limit:
            if all(step() for step in steps):
                return self.ms
        return None

    def _local(self) -> datetime:
        return (_EPOCH + timedelta(milliseconds=self.ms)).astimezone(self.zone)

    def _at(self, year: int, month: int, day: int, hour: int = 0) -> int:
        """The moment of a local time; of one that a clock change skips, a moment beside it."""
        naive = datetime(year, month, day, hour, tzinfo=UTC)
        guess = naive - self._offset(naive)
        return _milliseconds(naive - self._offset(guess))

    def _offset(self, moment: datetime) -> timedelta:
        return moment.astimezone(self.zone).utcoffset() or timedelta()

    def _to_month(self) -> bool:
        while (local := self._local()).month not in self.schedule.month.values:
            self.began = True
            year, month = divmod(local.year * 12 + local.month, 12)
            self.ms = self._at(year, month + 1, 1)
            if month == 0:
                return False
        return True

    def _to_day(self) -> bool:
        while not self._day_matches(local := self._local()):
            self.began = True
            tomorrow = local.date() + timedelta(days=1)
            self.ms = self._at(tomorrow.year, tomorrow.month, tomorrow.day)
            hour = self._local().hour
            if hour:  # midnight does not exist on this day
                self.ms += (24 - hour if hour > 12 else -hour) * HOUR_MS
            if self._local().day == 1:
                return False
        return True

    def _day_matches(self, local: datetime) -> bool:
        day, weekday = self.schedule.day_of_month, self.schedule.day_of_week
        matches = local.day in day.values, local.isoweekday() % 7 in weekday.values
        return all(matches) if day.star or weekday.star else any(matches)

    def _to_hour(self) -> bool:
        while (local := self._local()).hour not in self.schedule.hour.values:
            if not self.began:
                self.began = True
                self.ms = self._at(local.year, local.month, local.day, local.hour)
            self.ms += HOUR_MS
            if self._local().hour == 0:
                return False
        return True

    def _to_minute(self) -> bool:
        while self._local().minute not in self.schedule.minute.values:
            if not self.began:
                self.began = True
                self.ms = self.ms // MINUTE_MS * MINUTE_MS
            self.ms += MINUTE_MS
            if self._local().minute == 0:
                return False
        return True

    def _to_second(self) -> bool:
        """Schedules name whole minutes."""
        if self._local().second == 0:
            return True
        self.began = True
        self.ms = (self.ms // MINUTE_MS + 1) * MINUTE_MS
        return False


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
