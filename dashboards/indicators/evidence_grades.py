"""What a score may be used for: A may weigh in a rating, B may be read, "owner" is for coaching, "none" is not shown.

The reason names every condition that the next better grade still misses.
"""

import polars as pl

from dashboards.indicators.parameters import Parameters


def add_grades(scores: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Adds thin_reference, has_peers, grade and reason (codes with spaces between, "" for grade A)."""
    conditions = scores.with_columns(
        (pl.col("thin_share") > parameters.thin_share.value).alias("thin_reference"),
        (pl.col("k_peers") >= parameters.smallest_pool.value).alias("has_peers"),
    )
    for_owner, for_b, for_a = (list_misses(grade, parameters) for grade in ("owner", "B", "A"))
    grade = (
        pl.when(~none_missed(for_owner))
        .then(pl.lit("none"))
        .when(~none_missed(for_b))
        .then(pl.lit("owner"))
        .when(~none_missed(for_a))
        .then(pl.lit("B"))
        .otherwise(pl.lit("A"))
    )
    return conditions.with_columns(grade.alias("grade")).with_columns(
        pl.when(pl.col("grade") == "none")
        .then(name_misses(for_owner))
        .when(pl.col("grade") == "owner")
        .then(name_misses(for_b))
        .when(pl.col("grade") == "B")
        .then(name_misses(for_a))
        .otherwise(pl.lit(""))
        .alias("reason")
    )


def list_misses(grade: str, parameters: Parameters) -> dict[str, pl.Expr]:
    """Reason code and when it holds, for each condition of a grade."""
    n, reliability = pl.col("n"), pl.col("reliability")
    match grade:
        case "owner":
            return {"too_few_ratings": n < parameters.owner_ratings.value}
        case "B":
            return {
                "too_few_ratings": n < parameters.b_ratings.value,
                "too_few_peers": ~pl.col("has_peers"),
                "low_reliability": reliability < parameters.b_reliability.value,
            }
        case _:
            return {
                "too_few_ratings": n < parameters.a_ratings.value,
                "low_reliability": reliability < parameters.a_reliability.value,
                "too_few_days": pl.col("days") < parameters.a_days.value,
                "thin_reference": pl.col("thin_reference"),
                "open_flag": pl.col("open_flag"),
            }


def none_missed(misses: dict[str, pl.Expr]) -> pl.Expr:
    return ~pl.any_horizontal(misses.values())


def name_misses(misses: dict[str, pl.Expr]) -> pl.Expr:
    named = [pl.when(missed).then(pl.lit(code)) for code, missed in misses.items()]
    return pl.concat_str(*named, separator=" ", ignore_nulls=True)
