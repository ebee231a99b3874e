"""Where the share of proved visits (class A) of a unit may stand beside its figures. Counts only; shows nothing.

Unit minus officials: with the exact numbers of its officials, that share would count out the tokens of a hidden one.
"""

import polars as pl

from dashboards.disclosure.suppression import KEYS, suppress
from dashboards.indicators.registry import SMALLEST_GROUP
from dashboards.indicators.roles import RoleName
from dashboards.indicators.satisfaction import SCORES


def find_tellable(scores: pl.DataFrame, role: RoleName, officials: pl.DataFrame | None, smallest: int) -> pl.DataFrame:
    """entity_id, pool of the units and procedures whose share of class A may be told.

    `officials` are the children of the officials of the same release; for units, none of them, none told.
    """
    n = pl.col("n")
    class_a = (pl.col("share_class_a") * n).round(0).cast(pl.Int64)
    counted = scores.select(*KEYS, survey_group(), n.alias("n"), class_a.alias("class_a"))
    tellable = counted.filter(is_nobody_or_enough(pl.col("class_a")) & is_nobody_or_enough(n - pl.col("class_a")))
    if role == "procedure":
        return tellable.select(KEYS)
    if officials is None:
        return tellable.clear().select(KEYS)
    known = tellable.join(sum_officials(officials, smallest), on=["entity_id", "survey_group"], how="left").fill_null(0)
    left = pl.col("class_a") - pl.col("shown_n")
    is_safe = is_nobody_or_enough(left) & is_nobody_or_enough(pl.col("hidden_n")) & (pl.col("small_parts") == 0)
    return known.filter(is_safe).select(KEYS)


def survey_group() -> pl.Expr:
    """The name of a pool begins with it (dashboards/indicators/roles.py)."""
    return pl.col("pool").str.extract(r"^([^/]*)/").alias("survey_group")


def sum_officials(officials: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """entity_id (the unit), survey_group, and the ratings of its officials that are shown and that are hidden.

    small_parts: shown ones with fewer than 10 in one of several units; such a share would count that part out.
    """
    hidden = suppress(officials, "official", smallest).select(*KEYS, "is_hidden")
    parts = officials.filter(pl.col("entity_id") != 0).join(hidden, on=KEYS)
    n = pl.sum_horizontal(pl.col(SCORES).cast(pl.Int64))
    smallest_part = n.min().over(KEYS)
    is_split = (n < n.sum().over(KEYS)) & (smallest_part < SMALLEST_GROUP) & ~pl.col("is_hidden")
    marked = parts.with_columns(is_split.alias("is_split"))
    return marked.group_by(pl.col("unit_id").alias("entity_id"), "survey_group").agg(
        pl.col("is_split").sum().alias("small_parts"),
        n.filter(~pl.col("is_hidden")).sum().alias("shown_n"),
        n.filter("is_hidden").sum().alias("hidden_n"),
    )


def is_nobody_or_enough(n: pl.Expr) -> pl.Expr:
    return (n == 0) | (n >= SMALLEST_GROUP)
