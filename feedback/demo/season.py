"""When people come: which days of the past year, which hours of a day. Shapes are invented and documented."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

# Two-level local government began on this day: no unit of today, and no rating of it, is older.
FIRST_DAY_OF_ALL = date(2025, 7, 1)
DAYS_OF_HISTORY = 365

WEEKDAYS = np.array([1.2, 1.05, 1.0, 0.95, 1.05, 0.06, 0.01])  # Monday first
MONTHS = np.array([1.05, 0.6, 1.05, 1.0, 1.0, 1.05, 1.1, 1.15, 1.0, 1.0, 1.0, 1.05])  # Tết falls in February
HOLIDAYS = ((1, 1), (4, 30), (5, 1), (9, 2))
HOLIDAY = 0.01
HOURS = np.array([7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 20])
HOUR_SHARES = np.array([0.07, 0.19, 0.18, 0.14, 0.06, 0.08, 0.12, 0.08, 0.05, 0.02, 0.01])


def list_days(day: date) -> list[date]:
    """The year that ends the day before `day`."""
    first = max(day - timedelta(days=DAYS_OF_HISTORY), FIRST_DAY_OF_ALL)
    return [first + timedelta(days=number) for number in range((day - first).days)]


def weigh_days(days: list[date]) -> Numbers:
    """Each day's part of a year's ratings; they add up to one."""
    weights = np.array([_weigh_day(day) for day in days])
    return weights / weights.sum()


def _weigh_day(day: date) -> float:
    usual = float(WEEKDAYS[day.weekday()] * MONTHS[day.month - 1])
    return usual * (HOLIDAY if (day.month, day.day) in HOLIDAYS else 1.0)
