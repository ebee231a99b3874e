"""The periods that a report may cover: closed months such as 2026-10 and closed quarters such as 2026-Q3. No clock.

A month is told by the quarter as far as the month's last closed week, as the Front's page of the day after showed it.
"""

import calendar
import re
from datetime import date, timedelta

import msgspec

from dashboards.periods import Period
from dashboards.releases.quarters import MONTHS_A_QUARTER, Quarter, find_quarter
from dashboards.supervision.periods import list_closed_weeks, list_quarters
from surveys.case_errors import ReportRefusedError

CODE = re.compile(r"([1-9]\d{3})-(?:Q([1-4])|(0[1-9]|1[0-2]))", re.ASCII)
LONGEST_CODE = 7
LAST_YEAR = 9998  # the day after the last one must still be a date


class ReportPeriod(msgspec.Struct, frozen=True):
    """`month` is 0 for a whole quarter."""

    quarter: Quarter
    month: int = 0

    @property
    def code(self) -> str:
        return f"{self.quarter.year:04}-{self.month:02}" if self.month else self.quarter.code

    @property
    def days(self) -> Period:
        """The calendar days: of alerts, and of what was done about cases."""
        if not self.month:
            return Period(self.quarter.first_day, self.quarter.last_day)
        _, last = calendar.monthrange(self.quarter.year, self.month)
        return Period(date(self.quarter.year, self.month, 1), date(self.quarter.year, self.month, last))

    @property
    def day(self) -> date:
        """The day whose pages show the same figures: the first after the period."""
        return self.days.last + timedelta(days=1)

    @property
    def is_quarter_closed(self) -> bool:
        """Of the last month of a quarter too: then the whole quarter is told."""
        return self.days.last == self.quarter.last_day

    @property
    def weeks(self) -> list[Period]:
        """Those that ended in the period."""
        return [week for week in list_closed_weeks(self.quarter, self.day) if week.last >= self.days.first]


def read_report_period(code: str) -> ReportPeriod:
    """Raises ReportRefusedError where no period can be called so."""
    match = CODE.fullmatch(code) if len(code) <= LONGEST_CODE else None
    if match is None or int(match[1]) > LAST_YEAR:
        raise ReportRefusedError(reason="report-period")
    year = int(match[1])
    if match[2]:
        return ReportPeriod(Quarter(year, int(match[2])))
    return make_month(year, int(match[3]))


def make_month(year: int, month: int) -> ReportPeriod:
    return ReportPeriod(Quarter(year, (month - 1) // MONTHS_A_QUARTER + 1), month)


def list_report_periods(day: date) -> list[ReportPeriod]:
    """Every closed quarter that the pages of `day` offer, and the closed months of these and of the running one.

    Newest first; a quarter stands before its months.
    """
    running = find_quarter(day)
    listed: list[ReportPeriod] = []
    for quarter in list_quarters(day):
        first = MONTHS_A_QUARTER * (quarter.number - 1) + 1
        months = [make_month(quarter.year, month) for month in range(first, first + MONTHS_A_QUARTER)]
        listed += [ReportPeriod(quarter)] if quarter < running else []
        listed += [month for month in reversed(months) if month.days.last < day]
    return listed


def require_closed(code: str, day: date) -> ReportPeriod:
    """Raises ReportRefusedError where the period is none, runs still, or lies further back than the pages go."""
    period = read_report_period(code)
    if period not in list_report_periods(day):
        raise ReportRefusedError(reason="report-period")
    return period
