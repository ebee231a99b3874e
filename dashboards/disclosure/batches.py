"""Rule P3 for figures that go on growing: a figure moves only when ten more ratings can move it together.

Whoever looks before and after one visit then sees the same figure, or one moved by ten visitors at least.
"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import polars as pl

from dashboards.indicators.registry import SMALLEST_GROUP
from dashboards.indicators.satisfaction import SCORES
from dashboards.releases.quarters import Quarter, find_quarter

Marks = list[tuple[date, date, date] | None]
MARKS = {"opening": pl.Date, "closing": pl.Date, "shown": pl.Date}


def cut_to_batches(counts: pl.DataFrame, day: date, by: Sequence[str] = ()) -> pl.DataFrame:
    """The rows that may be shown on `day`, each group of `by` in its own batches."""
    return mark_batches(counts, day, by).drop(MARKS)


def mark_batches(counts: pl.DataFrame, day: date, by: Sequence[str] = ()) -> pl.DataFrame:
    """The rows that may be shown on `day`, with the first and last day of their batch, and the day that let it out.

    `counts` must hold whole quarters from their first day on. Today is in no batch: its number still grows.
    """
    n = pl.sum_horizontal(pl.col(SCORES).sum()).alias("n")
    daily = counts.filter(pl.col("day") < day).group_by(*by, "day").agg(n).sort(*by, "day")
    year, quarter = pl.col("day").dt.year(), pl.col("day").dt.quarter()
    run = daily.select(pl.struct(*by, year.alias("of_year"), quarter.alias("of_quarter")).rle_id()).to_series()
    rows = zip(run.to_list(), daily["day"].to_list(), daily["n"].to_list(), strict=True)
    marks: Marks = []
    for _, days in groupby(rows, key=lambda row: row[0]):
        marks += mark_quarter([row[1:] for row in days], day)
    marked = daily.hstack(make_frame(marks)).drop("n").drop_nulls("shown")
    return counts.join(marked, on=[*by, "day"], how="inner")


def make_frame(marks: Marks) -> pl.DataFrame:
    return pl.DataFrame([mark or (None, None, None) for mark in marks], schema=MARKS, orient="row")


def mark_quarter(days: list[tuple[date, int]], day: date) -> Marks:
    """opening, closing and shown for each (day, n) of one quarter; None for what is not let out.

    A batch is let out by the next one of its quarter, and the last one, with all that follows it, by the quarter's end:
    so the quarter of a release ends where a batch ends. A quarter with fewer than ten ratings is never let out.
    """
    quarter = find_quarter(days[0][0])
    ends = list_ends(days)
    marks: Marks = [None] * len(days)
    first = 0
    for place, end in enumerate(ends):
        is_last = place + 1 == len(ends)
        shown = find_shown(quarter, day) if is_last else days[ends[place + 1]][0]
        last = len(days) - 1 if is_last else end
        if shown is not None:
            marks[first : last + 1] = [(days[first][0], days[last][0], shown)] * (last + 1 - first)
        first = last + 1
    return marks


def list_ends(days: list[tuple[date, int]]) -> list[int]:
    """The places of the days on which ten ratings or more had come together; days are never cut in two."""
    ends: list[int] = []
    waiting = 0
    for place, (_, n) in enumerate(days):
        waiting += n
        if waiting >= SMALLEST_GROUP:
            ends.append(place)
            waiting = 0
    return ends


def find_shown(quarter: Quarter, day: date) -> date | None:
    return quarter.last_day if quarter.last_day < day else None
