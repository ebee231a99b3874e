"""satisfied_share_by_procedure and satisfied_share_by_channel: the share, split one way at a time."""

import polars as pl

from dashboards.indicators.satisfaction import add_satisfaction, sum_counts


def calculate_by_procedure(counts: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """One row for each procedure `code`; "" gathers the ratings that name none.

    `codes` maps procedure_id to code: a code keeps its row when its name or field changes.
    """
    coded = counts.join(codes, on="procedure_id", how="left").with_columns(pl.col("code").fill_null(""))
    return add_satisfaction(sum_counts(coded, ["code"]))


def calculate_by_channel(counts: pl.DataFrame) -> pl.DataFrame:
    """One row for each `channel` that was used."""
    return add_satisfaction(sum_counts(counts, ["channel"]))
