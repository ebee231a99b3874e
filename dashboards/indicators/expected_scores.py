"""What an average colleague would have got on the same cases: the leave-one-out expected score.

Own ratings never enter the own expectation, and what is known of weak and strong colleagues is taken out of it.
"""

from typing import Literal

import msgspec
import polars as pl

from dashboards.indicators.cells import WIDTH
from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.parameters import Parameters

Key = Literal["reference", "group"]


class Tier(msgspec.Struct, frozen=True):
    """pairs: member, case, n, steps, others_n, others_steps, compared_n (the ratings that this tier compares).

    cases: the key, case (its row, from 0), kind (the same case in any pool of the family), all_n, all_steps, beyond_n
    (ratings of this kind in the family's other pools), entities and kind_n (of the whole family), pool_mean.
    """

    key: Key
    pairs: pl.DataFrame
    cases: pl.DataFrame


class References(msgspec.Struct, frozen=True):
    """Each rating is compared on its reference, else on its group, else with the pool's mean."""

    pairs: Tier
    groups: Tier


def calculate_pool_means(pairs: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """pool, pool_mean: the overall mean M in points."""
    mean = parameters.points_per_step.value * pl.col("steps").sum() / pl.col("n").sum()
    return pairs.group_by("pool").agg(mean.alias("pool_mean"))


def prepare_references(pairs: pl.DataFrame, pools: pl.DataFrame, parameters: Parameters) -> References:
    """Counts the others once, in whole numbers; both passes read them. `pools`: pool, family, pool_mean.

    A reference that too few others know gives way to its group (the field of a procedure), that to the pool's mean.
    """
    known = count_others(pairs.with_columns(pl.col("n").alias("open_n")), "reference", pools, parameters)
    left = (pl.col("open_n") - pl.col("compared_n")).sum().alias("open_n")
    sums = known.pairs.lazy().group_by("member", "pool", "group").agg(pl.col("n", "steps").sum(), left)
    return References(known, count_others(sums.collect(engine="streaming"), "group", pools, parameters))


def count_others(pairs: pl.DataFrame, key: Key, pools: pl.DataFrame, parameters: Parameters) -> Tier:
    """A tier is used where at least so many other entities, with so many ratings, know the same case anywhere."""
    cases = describe_cases(pairs, key, pools)
    others_n = pl.col("kind_n") - pl.col("n")
    enough = (pl.col("entities") > parameters.reference_entities.value) & (
        others_n >= parameters.reference_ratings.value
    )
    counted = (
        pairs.lazy()
        .join(cases.lazy().select(key, "case", "all_n", "all_steps", "entities", "kind_n"), on=key)
        .with_columns(
            (pl.col("all_n") - pl.col("n")).alias("others_n"),
            (pl.col("all_steps") - pl.col("steps")).alias("others_steps"),
            pl.when(enough).then("open_n").otherwise(0).alias("compared_n"),
        )
    )
    return Tier(key, counted.drop("all_n", "all_steps", "entities", "kind_n").collect(engine="streaming"), cases)


def describe_cases(pairs: pl.DataFrame, key: Key, pools: pl.DataFrame) -> pl.DataFrame:
    all_n, all_steps = pl.col("n").sum().alias("all_n"), pl.col("steps").sum().alias("all_steps")
    totals = pairs.lazy().group_by("pool", key).agg(all_n, all_steps, pl.len().cast(pl.Int64).alias("entities"))
    kind = pl.col("family").cast(pl.UInt64) * WIDTH + pl.col(key) % WIDTH
    cases = totals.collect(engine="streaming").join(pools, on="pool").with_columns(kind.alias("kind"))
    return (
        cases.sort("kind", key)
        .with_row_index("case")
        .with_columns(pl.col("entities").sum().over("kind"), pl.col("all_n").sum().over("kind").alias("kind_n"))
        .with_columns((pl.col("kind_n") - pl.col("all_n")).alias("beyond_n"))
    )


def calculate_expected(members: pl.DataFrame, references: References, parameters: Parameters) -> pl.DataFrame:
    """Members with expected (E, points) and thin_share, the share of ratings on references that too few others know.

    `members`: member, n, pool_mean, channel_part, and effect: what is known so far of each against its peers, or 0.
    """
    pairs = sum_expected(references.pairs, members, parameters)
    groups = sum_expected(references.groups, members, parameters)
    joined = members.join(pairs, on="member").join(groups, on="member", suffix="_of_groups")
    rest = pl.col("n") - pl.col("compared_n") - pl.col("compared_n_of_groups")
    points = pl.col("points") + pl.col("points_of_groups") + rest * pl.col("pool_mean")
    return joined.with_columns(
        (points / pl.col("n") + pl.col("channel_part")).alias("expected"),
        (1 - pl.col("compared_n") / pl.col("n")).alias("thin_share"),
    ).drop("points", "points_of_groups", "compared_n", "compared_n_of_groups")


def sum_expected(tier: Tier, members: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """member, compared_n, points: Σ n m over what is compared on this tier."""
    compared = pl.col("compared_n")
    expected = compared * expect(parameters)
    lifted = add_anchors(tier, members, parameters).lazy()
    sums = lifted.group_by("member").agg(compared.sum(), sum_exactly(expected).alias("points"))
    return sums.collect(engine="streaming")


def expect(parameters: Parameters) -> pl.Expr:
    """The mean m of a case, by indirect standardisation, leave-one-out, shrunk with the strength κ to its anchor m'.

    m = (S_p - S_op - Σ n_o'p b_o' + κ m'_p) / (N_p - n_op + κ), the sum over all others o' with their effects b.
    """
    strength = parameters.reference_strength.value
    points = parameters.points_per_step.value * pl.col("others_steps") - (pl.col("all_lift") - pl.col("lift"))
    return (points + strength * pl.col("anchor")) / (pl.col("others_n") + strength)


def add_anchors(tier: Tier, members: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Pairs with lift n b, all_lift of their case, and anchor. Members and cases are numbered: no need to join them."""
    effects = members.sort("member")["effect"]
    lift = pl.col("n") * pl.lit(effects).gather(pl.col("member"))
    lifted = tier.pairs.with_columns(lift.alias("lift"))
    cases = anchor_cases(tier, lifted, parameters)
    return lifted.with_columns(
        pl.lit(cases[name]).gather(pl.col("case")).alias(name) for name in ("all_lift", "anchor")
    )


def anchor_cases(tier: Tier, lifted: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    """Cases in their order, with all_lift and anchor m': the pool's mean M, moved by how the case differs elsewhere.

    m'_p = M + Σ (S_p - N_p M - Σ n b) / (Σ N_p + κ), the outer sums over the family's other pools, each with its own M:
    a case is about as hard everywhere. M where there is no other pool.
    """
    lifts = lifted.group_by("case").agg(sum_exactly(pl.col("lift")).alias("all_lift"))
    points = parameters.points_per_step.value * pl.col("all_steps") - pl.col("all_n") * pl.col("pool_mean")
    beyond = sum_exactly(pl.col("difference")).over("kind") - pl.col("difference")
    moved = beyond / (pl.col("beyond_n") + parameters.reference_strength.value)
    anchor = pl.col("pool_mean") + pl.when(pl.col("beyond_n") > 0).then(moved).otherwise(0.0)
    cases = tier.cases.join(lifts, on="case").with_columns((points - pl.col("all_lift")).alias("difference"))
    return cases.with_columns(anchor.alias("anchor")).sort("case")
