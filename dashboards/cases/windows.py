"""Which days a case compares: whole weeks before it was sent, and whole weeks after it was answered. Pure."""

from datetime import date, timedelta

import msgspec

from dashboards.periods import Period
from feedback.follow_cases import find_weeks_before

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)


class Moments(msgspec.Struct, frozen=True):
    """Days of a case; None for what has not happened. Once it is closed, no other day can take their place."""

    sent_on: date
    answered_on: date | None
    accepted_on: date | None
    is_closed: bool = False

    @property
    def fixed_on(self) -> date | None:
        """From when on it should be better: as accepted, else as the unit says."""
        return self.accepted_on or self.answered_on


class Windows(msgspec.Struct, frozen=True):
    """`after` is None where no week after has closed; `shown` are the weeks of the chart."""

    before: Period
    after: Period | None
    shown: Period
    is_complete: bool


def find_windows(moments: Moments, before_weeks: int, after_weeks: int, today: date) -> Windows:
    """The week in which something happened belongs to neither side."""
    sunday = today - timedelta(days=today.isoweekday())
    before = Period(*find_weeks_before(moments.sent_on, before_weeks))
    if moments.fixed_on is None:
        return Windows(before, None, Period(before.first, max(sunday, before.last)), is_complete=False)
    first = moments.fixed_on + timedelta(days=8 - moments.fixed_on.isoweekday())
    end = first + after_weeks * ONE_WEEK - ONE_DAY
    after = Period(first, min(end, sunday)) if first <= sunday else None
    shown = Period(before.first, max(min(end, sunday), before.last))
    return Windows(before, after, shown, is_complete=end <= sunday)
