"""The quarters and closed weeks that a supervisor's pages cover. A week ends where its quarter does. No clock."""

from datetime import date, timedelta

from dashboards.periods import Period
from dashboards.releases.quarters import Quarter, find_quarter

QUARTERS_BACK = 4  # closed quarters that may be chosen beside the running one
ONE_WEEK = timedelta(days=7)
ONE_DAY = timedelta(days=1)


def step_back(quarter: Quarter, by: int = 1) -> Quarter:
    number = quarter.year * 4 + quarter.number - 1 - by
    return Quarter(number // 4, number % 4 + 1)


def list_quarters(day: date) -> tuple[Quarter, ...]:
    """The running quarter and the closed ones before it, newest first."""
    running = find_quarter(day)
    return tuple(step_back(running, by) for by in range(QUARTERS_BACK + 1))


def list_weeks(quarter: Quarter) -> list[Period]:
    """From the quarter's first day, then from each Monday; the last ends with the quarter."""
    weeks: list[Period] = []
    first = quarter.first_day
    while first <= quarter.last_day:
        sunday = first + timedelta(days=7 - first.isoweekday())
        weeks.append(Period(first, min(sunday, quarter.last_day)))
        first = weeks[-1].last + ONE_DAY
    return weeks


def list_closed_weeks(quarter: Quarter, day: date) -> list[Period]:
    """Those that ended before `day`."""
    return [week for week in list_weeks(quarter) if week.last < day]


def list_weeks_to_roll(day: date) -> list[Period]:
    """Every closed week that a page may ask for: of the quarters to choose from, and of the one before the oldest."""
    quarters = [*reversed(list_quarters(day))]
    return [week for quarter in (step_back(quarters[0]), *quarters) for week in list_closed_weeks(quarter, day)]
