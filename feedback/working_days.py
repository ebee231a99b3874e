"""Working days in Vietnam: Monday to Friday without holidays (library `holidays`), with corrections as data."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import holidays
import msgspec

from feedback.database import Connection
from feedback.tables.parameter_values import select_calendar_corrections

ONE_DAY = timedelta(days=1)
FURTHEST = timedelta(days=800)


class WorkingDays(msgspec.Struct, frozen=True):
    """The calendar with what the government decided otherwise: `corrections` says of a day whether one works."""

    corrections: Mapping[date, bool]

    def is_working(self, day: date) -> bool:
        known = self.corrections.get(day)
        return make_calendar(day.year).is_working_day(day) if known is None else known

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it where negative); `day` itself is never counted."""
        step = ONE_DAY if count >= 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def count_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; negative where `last` comes earlier."""
        if last < first:
            return -self.count_between(last, first)
        return sum(self.is_working(first + ONE_DAY * number) for number in range(1, (last - first).days + 1))


@cache
def make_calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=[year])


async def read_working_days(connection: Connection, around: date) -> WorkingDays:
    """With the corrections of the years about a day."""
    return WorkingDays(await select_calendar_corrections(connection, around - FURTHEST, around + FURTHEST))
