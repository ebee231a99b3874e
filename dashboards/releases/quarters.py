"""The only periods of a release: quarters, named as 2026-Q3, and from which day on each may be closed. No clock."""

import re
from datetime import date, timedelta

import msgspec

from dashboards.indicators.parameters import Parameter
from surveys.errors import PeriodNotClosedError, UnknownReleaseError

CODE = re.compile(r"([1-9]\d{3})-Q([1-4])", re.ASCII)
MONTHS_A_QUARTER = 3
LAST_YEAR = 9998  # the quarter after the last one must still be a date
WAITING_DAYS = Parameter(7, "Rule P3: ratings may be changed for 72 hours and paper comes in late", date(2026, 1, 1))


class Quarter(msgspec.Struct, frozen=True, order=True):
    """`number` is 1 to 4."""

    year: int
    number: int

    @property
    def code(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, MONTHS_A_QUARTER * (self.number - 1) + 1, 1)

    @property
    def last_day(self) -> date:
        return self.next().first_day - timedelta(days=1)

    @property
    def closable_day(self) -> date:
        """The first day on which it may be released."""
        return self.last_day + timedelta(days=WAITING_DAYS.value)

    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


def read_quarter(code: str) -> Quarter:
    """Raises UnknownReleaseError when no quarter can be named so."""
    match = CODE.fullmatch(code.strip().upper())
    if match is None or int(match[1]) > LAST_YEAR:
        raise UnknownReleaseError(release=code[:20])
    return Quarter(int(match[1]), int(match[2]))


def find_quarter(day: date) -> Quarter:
    """The one that `day` lies in."""
    return Quarter(day.year, (day.month - 1) // MONTHS_A_QUARTER + 1)


def list_closable(first: date, day: date) -> list[Quarter]:
    """Every quarter from the one of `first` on that may be closed on `day`, oldest first."""
    quarter, closable = find_quarter(first), []
    while quarter.closable_day <= day:
        closable.append(quarter)
        quarter = quarter.next()
    return closable


def require_closable(quarter: Quarter, day: date) -> None:
    """Raises PeriodNotClosedError with the first day on which `quarter` may be released."""
    if day < quarter.closable_day:
        raise PeriodNotClosedError(release=quarter.code, day=f"{quarter.closable_day:%d/%m/%Y}")
