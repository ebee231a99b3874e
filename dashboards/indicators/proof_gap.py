"""The gap test D5: whether ratings without a visit token are like those with one.

Ratings with a token cannot be stuffed without dossiers, so a gap to them is the clearest sign of stuffing.
"""

import polars as pl

from dashboards.indicators.cells import sum_days, sum_scores
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.variances import estimate_variances

PROVED = "A"


def measure_proof_gap(counts: pl.DataFrame, proof_class: str, parameters: Parameters) -> pl.DataFrame:
    """One row for each official with enough ratings of both classes: gap (points, other - token), z, has_gap.

    Z = (ȳ_B - ȳ_A) / √(φσ² (1/n_B + 1/n_A)), σ² and φ from the ratings with a token of these officials.
    """
    known = counts.filter(pl.col("official_id") != 0)
    others = known.filter(pl.col("proof_class") == proof_class).select("official_id").unique()
    likely = known.filter(pl.col("proof_class").is_in([PROVED, proof_class]))
    sums = sum_scores(likely.join(others, on="official_id", how="semi"))
    by_class = sums.group_by("official_id", "proof_class").agg(pl.col("n", "steps").sum())
    with_token = by_class.filter(pl.col("proof_class") == PROVED).drop("proof_class")
    without = by_class.filter(pl.col("proof_class") == proof_class).drop("proof_class")
    enough = pl.min_horizontal("n", "n_other") >= parameters.gap_ratings.value
    both = with_token.join(without, on="official_id", suffix="_other").filter(enough).sort("official_id")
    tokens = sums.filter(pl.col("proof_class") == PROVED).join(both, on="official_id", how="semi")
    variances = estimate_variances(*make_plain_cells(tokens), parameters)
    return add_gaps(both.join(variances, how="cross"), parameters)


def make_plain_cells(sums: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Members and pairs, with all officials in one pool."""
    rows = sums.with_columns(pl.lit(0).alias("pool"), pl.col("official_id").alias("member"))
    members = rows.group_by("pool", "member").agg(pl.col("n", "steps", "squares").sum())
    pairs = rows.group_by("pool", "member", "procedure_id").agg(pl.col("n", "steps").sum())
    return members.join(sum_days(rows.lazy()).collect(), on="member"), pairs


def add_gaps(both: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    points = parameters.points_per_step.value
    gap = points * (pl.col("steps_other") / pl.col("n_other") - pl.col("steps") / pl.col("n"))
    error = (pl.col("phi") * pl.col("sigma2") * (1 / pl.col("n_other") + 1 / pl.col("n"))).sqrt()
    is_clear = (pl.col("z").abs() > parameters.gap_z.value) & (pl.col("gap").abs() > parameters.gap_points.value)
    return both.with_columns(gap.alias("gap"), (gap / error).alias("z")).with_columns(is_clear.alias("has_gap"))


def find_officials_without_gap(counts: pl.DataFrame, parameters: Parameters) -> pl.Series:
    """Ids of officials whose likely ratings (class B) were tested and show no gap; too few to test is not enough."""
    tested = [
        measure_proof_gap(counts, proof_class, parameters).filter(~pl.col("has_gap"))["official_id"]
        for proof_class in parameters.official_classes_without_gap.value
    ]
    return pl.concat(tested) if tested else pl.Series("official_id", [], counts.schema["official_id"])
