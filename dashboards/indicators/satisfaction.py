"""ratings, satisfied_share and mean_score, of any groups of counts. Integer sums, so order cannot matter."""

from collections.abc import Sequence

import msgspec
import polars as pl

SCORES = ("n1", "n2", "n3", "n4", "n5")
Z = 1.96


def sum_counts(counts: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Sums of n1 to n5 for each group, sorted; without `by` one row, of zeros when there are no counts."""
    sums = [pl.col(score).sum() for score in SCORES]
    return counts.group_by(by).agg(sums).sort(by) if by else counts.select(sums)


def add_satisfaction(sums: pl.DataFrame) -> pl.DataFrame:
    """Adds n, satisfied_share with low and high (shares of one), mean_score (0 to 100); null where n is 0.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
    """
    n = pl.sum_horizontal(SCORES)
    share = (pl.col("n4") + pl.col("n5")) / n
    mean = pl.sum_horizontal(25 * weight * pl.col(score) for weight, score in enumerate(SCORES)) / n
    low, high = calculate_wilson_interval(share, n)
    columns = {"satisfied_share": share, "low": low, "high": high, "mean_score": mean}
    return sums.with_columns(
        n.alias("n"), *(pl.when(n > 0).then(column).alias(name) for name, column in columns.items())
    )


def calculate_wilson_interval(share: pl.Expr, n: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The ends of the 95 % interval of a share of one that was seen in n cases."""
    centre = share + Z**2 / (2 * n)
    half_width = Z * (share * (1 - share) / n + Z**2 / (4 * n**2)).sqrt()
    scale = 1 + Z**2 / n
    return (centre - half_width) / scale, (centre + half_width) / scale


class Satisfaction(msgspec.Struct, frozen=True):
    """One row of add_satisfaction, unreleased: nothing outside disclosure.py may show it."""

    n1: int
    n2: int
    n3: int
    n4: int
    n5: int
    n: int
    satisfied_share: float | None
    low: float | None
    high: float | None
    mean_score: float | None

    @property
    def scores(self) -> tuple[int, ...]:
        return (self.n1, self.n2, self.n3, self.n4, self.n5)


def read_rows(satisfaction: pl.DataFrame) -> list[Satisfaction]:
    return msgspec.convert(satisfaction.select(Satisfaction.__struct_fields__).to_dicts(), list[Satisfaction])
