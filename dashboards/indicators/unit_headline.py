"""The public headline of a unit: the satisfied share, directly standardised to the dossiers that the unit completed.

Weights come from the one-stop system, not from who answered, so procedures whose clients stay silent keep their part.
"""

import polars as pl

from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.satisfaction import SCORES, calculate_wilson_interval

OTHER = "other"  # the stratum of what neither a procedure nor a field can carry


def standardise_units(
    counts: pl.DataFrame,
    dossiers: pl.DataFrame,
    procedures: pl.DataFrame,
    clustering: pl.DataFrame,
    parameters: Parameters,
) -> pl.DataFrame:
    """One row for each unit with ratings, sorted by unit.

    n, satisfied_share, variance, effective_n, low, high, strata, is_weighted, covered_share (of the dossiers, by strata
    that enough people rated), is_enough (for a public page).
    Shares are shares of one. `counts` are eligible daily counts, `dossiers` unit_id, procedure_code, completed,
    `procedures` those of Lookups, `clustering` unit_id and phi as score_entities gives them (1 where missing).
    SAT = Σ W top2, Var = Σ W² φ top2 (1 - top2) / n, W the share of dossiers; without dossiers W is that of ratings.
    """
    strata = collapse_strata(join_dossiers(counts, dossiers, procedures), parameters)
    weighed = weigh_strata(strata, parameters).join(clustering.select("unit_id", "phi"), on="unit_id", how="left")
    return summarise(weighed.with_columns(pl.col("phi").fill_null(1.0)), parameters)


def join_dossiers(counts: pl.DataFrame, dossiers: pl.DataFrame, procedures: pl.DataFrame) -> pl.DataFrame:
    """unit_id, code, field, n, satisfied, completed; zeros where one side is missing."""
    codes = procedures.sort("procedure_id").group_by("code", maintain_order=True).agg(pl.col("field").last())
    coded = counts.join(procedures.select("procedure_id", "code"), on="procedure_id", how="left")
    rated = coded.group_by("unit_id", pl.col("code").fill_null("")).agg(
        pl.sum_horizontal(SCORES).sum().cast(pl.Int64).alias("n"),
        (pl.col("n4") + pl.col("n5")).sum().cast(pl.Int64).alias("satisfied"),
    )
    completed = dossiers.group_by("unit_id", pl.col("procedure_code").alias("code")).agg(
        pl.col("completed").sum().cast(pl.Int64)
    )
    joined = rated.join(completed, on=["unit_id", "code"], how="full", coalesce=True)
    known = joined.join(codes, on="code", how="left").with_columns(pl.col("n", "satisfied", "completed").fill_null(0))
    return known.join(rated, on="unit_id", how="semi")


def collapse_strata(rows: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """unit_id, tier, stratum, n, satisfied, completed: a procedure, else its field, else all the rest together."""
    smallest = parameters.headline_procedure_ratings.value
    sums = pl.col("n", "satisfied", "completed").sum()
    own = rows.filter(pl.col("n") >= smallest).select(
        "unit_id", pl.lit("procedure").alias("tier"), pl.col("code").alias("stratum"), "n", "satisfied", "completed"
    )
    fields = rows.filter(pl.col("n") < smallest).group_by("unit_id", pl.col("field").fill_null("")).agg(sums)
    enough = (pl.col("n") >= smallest) & (pl.col("field") != "")
    of_field = fields.filter(enough).select(
        "unit_id", pl.lit("field").alias("tier"), pl.col("field").alias("stratum"), "n", "satisfied", "completed"
    )
    rest = fields.filter(~enough).group_by("unit_id", pl.lit(OTHER).alias("tier"), pl.lit("").alias("stratum"))
    return pl.concat([own, of_field, rest.agg(sums)])


def weigh_strata(strata: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds weight, is_weighted and covered_share; a stratum that too few rated leaves its weight to the others."""
    smallest = parameters.headline_procedure_ratings.value
    speaks = (pl.col("n") >= smallest) | (pl.col("n") == pl.col("n").sum().over("unit_id"))
    covered = strata.with_columns(pl.when(speaks & (pl.col("n") > 0)).then("completed").otherwise(0).alias("covered"))
    all_covered = pl.col("covered").sum().over("unit_id")
    by_ratings = pl.col("n") / pl.col("n").sum().over("unit_id")
    is_weighted = all_covered > 0
    return covered.with_columns(
        is_weighted.alias("is_weighted"),
        pl.when(is_weighted).then(pl.col("covered") / all_covered).otherwise(by_ratings).alias("weight"),
        pl.when(is_weighted).then(all_covered / pl.col("completed").sum().over("unit_id")).alias("covered_share"),
    ).filter(pl.col("n") > 0)


def summarise(strata: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """The interval is Wilson's with the effective number of ratings 1 / Σ (W² φ / n): Kish (1965)."""
    share = pl.col("satisfied") / pl.col("n")
    scatter = pl.col("weight") ** 2 * pl.col("phi") / pl.col("n")
    units = strata.group_by("unit_id").agg(
        pl.col("n").sum(),
        sum_exactly(pl.col("weight") * share).alias("satisfied_share"),
        sum_exactly(scatter * share * (1 - share)).alias("variance"),
        (1 / sum_exactly(scatter)).alias("effective_n"),
        pl.col("is_weighted").first(),
        pl.col("covered_share").first(),
        (pl.col("weight") > 0).sum().cast(pl.Int64).alias("strata"),
    )
    low, high = calculate_wilson_interval(pl.col("satisfied_share"), pl.col("effective_n"))
    enough = pl.col("n") >= parameters.headline_ratings.value
    return units.with_columns(low.alias("low"), high.alias("high"), enough.alias("is_enough")).sort("unit_id")
