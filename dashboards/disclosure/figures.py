"""From unreleased scores to what may be known of them: rounding, and nothing but the band for a coded group."""

from typing import Any

import msgspec
import polars as pl

from dashboards.disclosure.groups import EXACT_DECIMALS, code_share, release_count
from dashboards.disclosure.released_scores import ReleasedScore, Steps
from dashboards.indicators.roles import RoleName

HIDDEN = ReleasedScore("none", ("too_few_to_show",))  # one reason for all hidden ones: no reader learns which
ONE_SIDED = "one_sided"
SMALL = 2  # decimals of reliability, phi, interval_factor and z, which are small numbers
POINTS = ("raw", "pool_mean", "channel_part", "expected", "adjusted", "theta", "mu", "standard_error")
VARIANCES = ("sigma2", "variance", "tau2")
RATIOS = ("phi", "reliability", "interval_factor", "z")


def round_scores(scores: pl.DataFrame, role: RoleName) -> pl.DataFrame:
    """Whole scores and interval ends (outwards); steps to one decimal, whole where n is only known to 5."""
    decimals = 1 if role == "official" else 0
    ends = pl.col("low", "high").round(EXACT_DECIMALS)
    return scores.with_columns(
        pl.col("theta").round(0).cast(pl.Int64).alias("score"),
        ends.name.keep(),
    ).with_columns(
        pl.col("low").floor().cast(pl.Int64),
        pl.col("high").ceil().cast(pl.Int64),
        (pl.col("share_class_a") * 100).round(0).cast(pl.Int64),
        # Adding 0.0 turns -0.0 into 0.0, so that equal figures are equal text.
        *((pl.col(name).round(decimals) + 0.0).alias(f"step_{name}") for name in (*POINTS, *VARIANCES)),
        *((pl.col(name).round(SMALL) + 0.0).alias(f"step_{name}") for name in RATIOS),
    )


def make_figure(row: dict[str, Any], role: RoleName) -> ReleasedScore:
    """`row` is one of round_scores with n4, n5, is_coded and is_hidden beside it."""
    if row["is_hidden"]:
        return HIDDEN
    reasons = tuple(str(row["reason"]).split())
    n = row["n"] if role == "official" else release_count(row["n"])
    known = ReleasedScore(row["grade"], reasons, n=n, days=row["days"], share_class_a=row["share_class_a"])
    if row["is_coded"]:
        coded = code_share(row["n4"] + row["n5"], row["n"])
        return msgspec.structs.replace(known, grade="owner", reasons=add_reason(reasons), coded=coded)
    if row["theta"] is None:
        return known
    return msgspec.structs.replace(
        known,
        score=row["score"],
        low=row["low"],
        high=row["high"],
        reliability=row["step_reliability"],
        band=row["band"],
        funnel=row["funnel"],
        flagged=row["flagged"],
        steps=make_steps(row),
    )


def add_reason(reasons: tuple[str, ...]) -> tuple[str, ...]:
    return (*reasons, ONE_SIDED)


def make_steps(row: dict[str, Any]) -> Steps:
    rounded = {name: row[f"step_{name}"] for name in (*POINTS, *VARIANCES, *RATIOS)}
    return Steps(**rounded, peers=row["k_peers"])
