"""The fixed periods that public numbers may cover. Rule P2: no free windows, and weeks only once closed."""

from datetime import date, timedelta

import msgspec

from dashboards.releases.quarters import Quarter, find_quarter

QUARTERS_SHOWN = 4


class Period(msgspec.Struct, frozen=True):
    """From `first` to `last`, both days included."""

    first: date
    last: date


def find_year_to_date(day: date) -> Period:
    """The calendar year up to and including `day`: what the headline of a unit covers."""
    return Period(day.replace(month=1, day=1), day)


def find_closed_weeks(day: date) -> Period:
    """The ISO weeks, Monday to Sunday, of one ISO year, up to the last Sunday before `day`.

    It is the ISO year of that Sunday, so there is always at least one closed week.
    """
    last_sunday = day - timedelta(days=day.isoweekday())
    return Period(date.fromisocalendar(last_sunday.isocalendar().year, 1, 1), last_sunday)


def find_closed_quarters(day: date) -> Period:
    """The last four quarters that ended before `day`: a year, whenever one looks."""
    open_quarter = find_quarter(day)
    first = Quarter(open_quarter.year - QUARTERS_SHOWN // 4, open_quarter.number)
    return Period(first.first_day, open_quarter.first_day - timedelta(days=1))


def list_mondays(closed_weeks: Period) -> list[date]:
    weeks = ((closed_weeks.last - closed_weeks.first).days + 1) // 7
    return [closed_weeks.first + timedelta(weeks=week) for week in range(weeks)]
