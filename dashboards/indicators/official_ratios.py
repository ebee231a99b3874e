"""response_rate, and the two official ways to count satisfaction, side by side and never under one label.

sipas_like_share asks only those who answered; settlement_ratio counts every silent citizen as satisfied.
"""

import polars as pl

from dashboards.indicators.satisfaction import add_satisfaction


def add_official_ratios(sums: pl.DataFrame) -> pl.DataFrame:
    """Adds the three ratios, shares of one, to rows of n1 to n5, completed, late, complained of equal days.

    Null where no dossier was completed. A dossier that was late and complained about is taken off twice, as
    the counts cannot tell: settlement_ratio errs to the low side, and stops at 0.
    """
    completed = pl.col("completed")
    faults = pl.col("n1") + pl.col("n2") + pl.col("complained") + pl.col("late")
    ratios = {
        "response_rate": pl.col("n") / completed,
        "settlement_ratio": ((completed - faults) / completed).clip(lower_bound=0),
    }
    return add_satisfaction(sums).with_columns(
        pl.col("satisfied_share").alias("sipas_like_share"),
        *(pl.when(completed > 0).then(ratio).alias(name) for name, ratio in ratios.items()),
    )
