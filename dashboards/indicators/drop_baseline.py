"""What a day's ratings are compared with by the drop detector: estimates of the days before, frozen.

Recomputed when the baseline is renewed, not every day; nothing here looks at the day itself.
"""

import msgspec
import polars as pl

from dashboards.indicators.cells import Sums, number_references, sum_scores
from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.expected_scores import Tier, anchor_cases
from dashboards.indicators.fair_scores import Estimates, estimate
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import ROLES, Lookups, RoleName


class Baseline(msgspec.Struct, frozen=True):
    """What a day is held against, in points; noise in points².

    stints: the ids of a stint and `member`. members: member, pool, pool_name, entity_id, pool_mean, effect, noise.
    references: reference, reference_mean; groups: group, group_mean; only those that enough ratings know.
    offsets: pool, channel, offset.
    """

    stints: pl.DataFrame
    members: pl.DataFrame
    references: pl.DataFrame
    groups: pl.DataFrame
    offsets: pl.DataFrame


def freeze_baseline(eligible: Sums, lookups: Lookups, role: RoleName, parameters: Parameters) -> Baseline:
    """`eligible` are eligible_sums of the drop_baseline_days before; entities with too few ratings have none."""
    estimates = estimate(eligible, lookups, role, parameters)
    scores = add_noise(estimates, parameters).filter(pl.col("n") >= parameters.peer_ratings.value)
    members = scores.filter("is_own").select(
        *("member", "pool", "pool_name", "entity_id", "pool_mean"),
        (pl.col("theta") - pl.col("mu")).alias("effect"),
        "noise",
    )
    offsets = estimates.offsets.unpivot(index="pool", variable_name="channel", value_name="offset")
    return Baseline(
        stints=estimates.pools.stints,
        members=members,
        references=average_tier(estimates.references.pairs, estimates, parameters),
        groups=average_tier(estimates.references.groups, estimates, parameters),
        offsets=offsets.with_columns(pl.col("channel").str.strip_prefix("offset_").cast(pl.Int16)),
    )


def add_noise(estimates: Estimates, parameters: Parameters) -> pl.DataFrame:
    """Adds noise: φ times the member's own within variance, blended with σ² as if that came from so many ratings.

    Near the top of the scale ratings scatter less than below it: one σ² for all would raise false alarms against those
    with lower scores, and miss drops of those with high ones.
    """
    square = sum_exactly(pl.col("steps") ** 2 / pl.col("n"))
    pairs = estimates.references.pairs.pairs.group_by("member").agg(
        square.alias("pair_squares"), pl.len().cast(pl.Int64).alias("pairs")
    )
    scatter = parameters.points_per_step.value**2 * (pl.col("squares") - pl.col("pair_squares"))
    worth = parameters.noise_prior_ratings.value
    own = (scatter + worth * pl.col("sigma2")) / (pl.col("n") - pl.col("pairs") + worth)
    return estimates.scores.join(pairs, on="member").with_columns((pl.col("phi") * own).alias("noise"))


def average_tier(tier: Tier, estimates: Estimates, parameters: Parameters) -> pl.DataFrame:
    """m_p = (S_p - Σ n_op b_o + κ m'_p) / (N_p + κ): what an average peer gets on this reference, nobody left out."""
    effects = estimates.scores.select("member", (pl.col("theta") - pl.col("mu")).fill_null(0.0).alias("effect"))
    lifted = tier.pairs.join(effects, on="member").with_columns((pl.col("n") * pl.col("effect")).alias("lift"))
    enough = (pl.col("entities") >= parameters.reference_entities.value) & (
        pl.col("kind_n") >= parameters.reference_ratings.value
    )
    cases = anchor_cases(tier, lifted, parameters).filter(enough)
    strength = parameters.reference_strength.value
    points = parameters.points_per_step.value * pl.col("all_steps") - pl.col("all_lift") + strength * pl.col("anchor")
    return cases.select(tier.key, (points / (pl.col("all_n") + strength)).alias(f"{tier.key}_mean"))


def sum_residuals(
    eligible: pl.DataFrame, baseline: Baseline, lookups: Lookups, role: RoleName, parameters: Parameters
) -> pl.DataFrame:
    """entity_id, pool, day, n, residual (points), noise: R = Σ (v - e - b) over an entity's ratings of each day.

    Only entities with a baseline; sorted by day and entity.
    """
    members = baseline.stints.join(baseline.members, on="member")
    rows = sum_scores(eligible).join(members.lazy(), on=ROLES[role].keys)
    known = (
        number_references(rows, lookups, ROLES[role])
        .join(baseline.references.lazy(), on="reference", how="left")
        .join(baseline.groups.lazy(), on="group", how="left")
        .join(baseline.offsets.lazy(), on=["pool", "channel"], how="left")
    )
    mean = pl.coalesce("reference_mean", "group_mean", "pool_mean")
    expected = pl.col("n") * (mean + pl.col("offset").fill_null(0.0) + pl.col("effect"))
    got = parameters.points_per_step.value * pl.col("steps").sum()
    daily = known.group_by("day", "entity_id", pl.col("pool_name").alias("pool")).agg(
        pl.col("n").sum(), (got - sum_exactly(expected)).alias("residual"), pl.col("noise").first()
    )
    return daily.collect(engine="streaming").sort("day", "pool", "entity_id")
