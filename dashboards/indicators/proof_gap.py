"""The gap test D5: whether ratings without a visit token are like those with one.

Ratings with a token cannot be stuffed without dossiers, so a gap to them is the clearest sign of stuffing.
"""

import polars as pl

from dashboards.indicators.cells import CountSums, sum_days
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.variances import estimate_variances

PROVED = "A"


def measure_proof_gap(sums: CountSums, proof_class: str, parameters: Parameters) -> pl.DataFrame:
    """One row for each official with enough ratings of both classes: gap (points, other - token), z, has_gap.

    Z = (ȳ_B - ȳ_A) / √(φσ² (1/n_B + 1/n_A)), σ² and φ from the ratings with a token of these officials.
    """
    cases = sums.cases.filter(pl.col("official_id") != 0)
    with_token = sum_officials(cases.filter(pl.col("proof_class") == PROVED), parameters)
    others = sum_officials(cases.filter(pl.col("proof_class") == proof_class), parameters)
    both = with_token.join(others.drop("squares"), on="official_id", suffix="_other").sort("official_id")
    return add_gaps(both.join(estimate_clustering(sums, both, parameters), how="cross"), parameters)


def sum_officials(cases: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """official_id, n, steps, squares of those with enough ratings for a test."""
    sums = cases.group_by("official_id").agg(pl.col("n", "steps", "squares").sum())
    return sums.filter(pl.col("n") >= parameters.gap_ratings.value)


def estimate_clustering(sums: CountSums, officials: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """sigma2 and phi of the ratings with a token of these officials, all in one pool."""
    pool, member = pl.lit(0).alias("pool"), pl.col("official_id").cast(pl.UInt32).alias("member")
    proved = (pl.col("proof_class") == PROVED) & pl.col("official_id").is_in(officials["official_id"].implode())
    pairs = sums.cases.filter(proved).group_by("official_id", "procedure_id").agg(pl.col("n", "steps").sum())
    days = sum_days(sums.days["official"].lazy().filter(proved).select(member, "day", "n", "steps"))
    members = officials.select(member, "n", "steps", "squares").join(days.collect(engine="streaming"), on="member")
    return estimate_variances(members.with_columns(pool), pairs.with_columns(pool), parameters)


def add_gaps(both: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    points = parameters.points_per_step.value
    gap = points * (pl.col("steps_other") / pl.col("n_other") - pl.col("steps") / pl.col("n"))
    error = (pl.col("phi") * pl.col("sigma2") * (1 / pl.col("n_other") + 1 / pl.col("n"))).sqrt()
    is_clear = (pl.col("z").abs() > parameters.gap_z.value) & (pl.col("gap").abs() > parameters.gap_points.value)
    return both.with_columns(gap.alias("gap"), (gap / error).alias("z")).with_columns(is_clear.alias("has_gap"))


def find_officials_without_gap(sums: CountSums, parameters: Parameters) -> pl.Series:
    """Ids of officials whose likely ratings (class B) were tested and show no gap; too few to test is not enough."""
    tested = [
        measure_proof_gap(sums, proof_class, parameters).filter(~pl.col("has_gap"))["official_id"]
        for proof_class in parameters.official_classes_without_gap.value
    ]
    return pl.concat(tested) if tested else pl.Series("official_id", [], pl.Int32)
