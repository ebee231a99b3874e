"""What an average colleague would have got on the same cases: the leave-one-out expected score.

Own ratings never enter the own expectation, and what is known of weak and strong colleagues is taken out of it.
"""

from typing import Literal

import msgspec
import polars as pl

from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.parameters import Parameters


class References(msgspec.Struct, frozen=True):
    """pairs by reference and groups by group: member, n, others_n, others_steps, pool_mean, and compared_n.

    compared_n are the ratings that are compared on this tier; those of neither are compared with the pool's mean.
    """

    pairs: pl.DataFrame
    groups: pl.DataFrame


def calculate_pool_means(pairs: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """pool, pool_mean: the overall mean M in points."""
    mean = parameters.points_per_step.value * pl.col("steps").sum() / pl.col("n").sum()
    return pairs.group_by("pool").agg(mean.alias("pool_mean"))


def prepare_references(pairs: pl.DataFrame, pool_means: pl.DataFrame, parameters: Parameters) -> References:
    """Counts the others once, in whole numbers; both passes read them.

    A reference that too few others know gives way to its group (the field of a procedure), that to the pool's mean.
    """
    known = add_others(pairs.with_columns(pl.col("n").alias("open_n")), "reference", parameters)
    left = (pl.col("open_n") - pl.col("compared_n")).sum().alias("open_n")
    sums = known.lazy().group_by("member", "pool", "group").agg(pl.col("n", "steps").sum(), left)
    groups = add_others(sums.collect(engine="streaming"), "group", parameters)
    return References(known.join(pool_means, on="pool"), groups.join(pool_means, on="pool"))


def add_others(pairs: pl.DataFrame, key: Literal["reference", "group"], parameters: Parameters) -> pl.DataFrame:
    """A tier is used where at least so many other entities, with so many ratings, know the same case."""
    all_n, all_steps = pl.col("n").sum().alias("all_n"), pl.col("steps").sum().alias("all_steps")
    totals = pairs.lazy().group_by(key).agg(all_n, all_steps, pl.len().cast(pl.Int64).alias("all"))
    others_n = pl.col("all_n") - pl.col("n")
    enough = (pl.col("all") > parameters.reference_entities.value) & (others_n >= parameters.reference_ratings.value)
    counted = (
        pairs.lazy()
        .join(totals, on=key)
        .with_columns(
            others_n.alias("others_n"),
            (pl.col("all_steps") - pl.col("steps")).alias("others_steps"),
            pl.when(enough).then("open_n").otherwise(0).alias("compared_n"),
        )
    )
    return counted.drop("all_n", "all_steps", "all").collect(engine="streaming")


def calculate_expected(members: pl.DataFrame, references: References, parameters: Parameters) -> pl.DataFrame:
    """Members with expected (E, points) and thin_share, the share of ratings on references that too few others know.

    `members`: member, n, pool_mean, channel_part, and effect: what is known so far of each against its peers, or 0.
    """
    pairs = sum_expected(references.pairs, "reference", members, parameters)
    groups = sum_expected(references.groups, "group", members, parameters)
    joined = members.join(pairs, on="member").join(groups, on="member", suffix="_of_groups")
    rest = pl.col("n") - pl.col("compared_n") - pl.col("compared_n_of_groups")
    points = pl.col("points") + pl.col("points_of_groups") + rest * pl.col("pool_mean")
    return joined.with_columns(
        (points / pl.col("n") + pl.col("channel_part")).alias("expected"),
        (1 - pl.col("compared_n") / pl.col("n")).alias("thin_share"),
    ).drop("points", "points_of_groups", "compared_n", "compared_n_of_groups")


def sum_expected(
    pairs: pl.DataFrame, key: Literal["reference", "group"], members: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """member, compared_n, points: Σ n m over what is compared on this tier."""
    compared = pl.col("compared_n")
    return (
        expect(pairs, key, members, parameters)
        .group_by("member")
        .agg(compared.sum(), sum_exactly(compared * pl.col("mean")).alias("points"))
        .collect(engine="streaming")
    )


def expect(
    pairs: pl.DataFrame, key: Literal["reference", "group"], members: pl.DataFrame, parameters: Parameters
) -> pl.LazyFrame:
    """Adds `mean`, by indirect standardisation, leave-one-out, shrunk to the pool's mean M with the strength κ.

    m = (S_p - S_op - Σ n_o'p b_o' + κ M) / (N_p - n_op + κ), the sum over all others o' with their effects b.
    """
    lifted = pairs.lazy().join(members.lazy().select("member", "effect"), on="member")
    lift = pl.col("n") * pl.col("effect")
    lifts = lifted.group_by(key).agg(sum_exactly(lift).alias("lift"))
    strength = parameters.reference_strength.value
    points = parameters.points_per_step.value * pl.col("others_steps") - (pl.col("lift") - lift)
    mean = (points + strength * pl.col("pool_mean")) / (pl.col("others_n") + strength)
    return lifted.join(lifts, on=key).with_columns(mean.alias("mean"))
