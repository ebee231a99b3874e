"""Rule P8: a rating that was excluded or changed after its quarter's release is taken off the next release's counts.

Pure. What finds nothing to be taken from waits, so no count falls below zero and nothing is forgotten.
"""

from datetime import date

import msgspec
import polars as pl

from dashboards.indicators.satisfaction import SCORES

KEY = ["unit_id", "official_id", "title_id", "procedure_id", "survey_id", "channel", "proof_class"]
EVERY_SCORE = pl.col(*SCORES)


class Corrected(msgspec.Struct, frozen=True):
    """`counts` by KEY and day after the corrections; `carried` and `waiting` by KEY, signed, together all pending."""

    counts: pl.DataFrame
    carried: pl.DataFrame
    waiting: pl.DataFrame


def carry_corrections(counts: pl.DataFrame, pending: pl.DataFrame, first_day: date) -> Corrected:
    """`counts`: one row for each KEY and day of the quarter; `pending`: one row for each KEY, n1 to n5 signed.

    Removals come off the same key and score, latest day first. Additions join the key's first day with ratings, or
    `first_day`, the quarter's own.
    """
    touched = counts.join(pending, on=KEY, how="semi").sort(*KEY, "day", descending=[*[False] * len(KEY), True])
    taken = take_away(touched, pending)
    added = add_up(pending, touched, first_day)
    carried = sum_by_key(pl.concat([taken.select(*KEY, -EVERY_SCORE), added.select(*KEY, *SCORES)]))
    moved = pl.concat([counts, taken.with_columns(-EVERY_SCORE), added.select(counts.columns)])
    waiting = sum_by_key(pl.concat([pending.select(*KEY, *SCORES), carried.with_columns(-EVERY_SCORE)]))
    return Corrected(sum_by_day(moved), carried, waiting)


def take_away(touched: pl.DataFrame, pending: pl.DataFrame) -> pl.DataFrame:
    """What the removals take of each row of `touched`, whose rows are in the order in which they give."""
    removals = pending.select(*KEY, *((-pl.col(score)).clip(0).alias(f"remove_{score}") for score in SCORES))
    asked = touched.join(removals, on=KEY, how="left", maintain_order="left")
    before = {score: pl.col(score).cum_sum().over(KEY) - pl.col(score) for score in SCORES}
    left = {score: (pl.col(f"remove_{score}") - before[score]).clip(0) for score in SCORES}
    taken = [pl.min_horizontal(pl.col(score), left[score]).alias(score) for score in SCORES]
    return asked.select(*(name for name in touched.columns if name not in SCORES), *taken).select(touched.columns)


def add_up(pending: pl.DataFrame, touched: pl.DataFrame, first_day: date) -> pl.DataFrame:
    """The additions with the day that each joins."""
    own = touched.group_by(KEY).agg(pl.col("day").min())
    additions = pending.select(*KEY, EVERY_SCORE.clip(0)).filter(pl.any_horizontal(EVERY_SCORE > 0))
    return additions.join(own, on=KEY, how="left").with_columns(pl.col("day").fill_null(first_day))


def sum_by_key(rows: pl.DataFrame) -> pl.DataFrame:
    return drop_empty(rows.group_by(KEY).agg(EVERY_SCORE.sum()).select(*KEY, *SCORES).sort(KEY))


def sum_by_day(rows: pl.DataFrame) -> pl.DataFrame:
    """One row for each KEY and day that counts somebody, in one order whatever the order of `rows`."""
    sums = rows.lazy().group_by("day", *KEY).agg(EVERY_SCORE.sum()).collect(engine="streaming")
    return drop_empty(sums.select("day", *KEY, *SCORES).sort(*KEY, "day"))


def drop_empty(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.any_horizontal(EVERY_SCORE != 0))


def count_carried(carried: pl.DataFrame) -> int:
    """How many ratings were corrected: a change takes one away and adds one, and is one correction."""
    added = pl.sum_horizontal(EVERY_SCORE.clip(0))
    removed = pl.sum_horizontal((-EVERY_SCORE).clip(0))
    return int(carried.select(pl.max_horizontal(added, removed).sum()).item() or 0)


def count_waiting(waiting: pl.DataFrame) -> int:
    """How many ratings wait to be taken off; none waits to be added."""
    return -int(waiting.select(pl.sum_horizontal(EVERY_SCORE).sum()).item() or 0)
