"""Small frames of counts for tests: a test names only what it is about."""

from datetime import date

import polars as pl

from feedback.tables.daily_counts import UNIT_COUNTS
from feedback.tables.public_units import DOSSIERS

Scores = tuple[int, int, int, int, int]

MONDAY = date(2026, 11, 16)  # of the open week, when today is Saturday the 21st
TODAY = date(2026, 11, 21)
LAST_SUNDAY = date(2026, 11, 15)


def make_counts(*cells: tuple[date, int, int, Scores]) -> pl.DataFrame:
    """One row for each (day, procedure_id, channel, (n1 to n5))."""
    rows = [(day, procedure, channel, *scores) for day, procedure, channel, scores in cells]
    return pl.DataFrame(rows, schema=UNIT_COUNTS, orient="row")


def make_dossiers(*days: tuple[date, int, int, int]) -> pl.DataFrame:
    """One row for each (day, completed, late, complained)."""
    return pl.DataFrame(days, schema=DOSSIERS, orient="row")
