"""The fair score of officials, units and procedures, from top to bottom: read this first, then each step's module.

Pure: the same counts give the same frame, bit for bit, in any order of rows. docs/fair-scores.md says it in words.
"""

import msgspec
import polars as pl

from dashboards.indicators.cells import Cells, CountSums, Sums, condense, make_cells, sum_stints
from dashboards.indicators.channel_offset import average_offsets, estimate_channel_offsets
from dashboards.indicators.eligible_counts import eligible_sums, find_likely_officials
from dashboards.indicators.evidence_grades import add_grades
from dashboards.indicators.expected_scores import (
    References,
    calculate_expected,
    calculate_pool_means,
    prepare_references,
)
from dashboards.indicators.parameters import Parameters
from dashboards.indicators.peer_bands import add_bands, add_comparison, add_flags, add_intervals
from dashboards.indicators.pools import Pools, assign_pools
from dashboards.indicators.roles import ROLES, Lookups, RoleName
from dashboards.indicators.shrinkage import add_shrunk_scores, estimate_between_variance
from dashboards.indicators.variances import estimate_variances

COLUMNS = (
    "entity_id",
    "pool",
    "pool_level",
    "n",
    "days",
    "share_class_a",
    "raw",
    "pool_mean",
    "channel_part",
    "expected",
    "thin_share",
    "thin_reference",
    "adjusted",
    "sigma2",
    "phi",
    "variance",
    "k_peers",
    "tau2_dl",
    "tau2",
    "mu",
    "reliability",
    "theta",
    "standard_error",
    "interval_factor",
    "low",
    "high",
    "z",
    "funnel",
    "p_value",
    "flagged",
    "p_low",
    "p_high",
    "band",
    "grade",
    "reason",
    "open_flag",
)


class Estimates(msgspec.Struct, frozen=True):
    """What all ratings together say, before anyone is judged. scores: one row a member, peers of wider pools too."""

    pools: Pools
    offsets: pl.DataFrame
    references: References
    scores: pl.DataFrame


def score_entities(
    counts: pl.DataFrame | pl.LazyFrame, lookups: Lookups, role: RoleName, parameters: Parameters
) -> pl.DataFrame:
    """One row for each entity and pool of its own, unreleased: nothing outside disclosure may show it.

    `counts` are daily counts of one closed period, or single ratings as counts of 1; a lazy frame is read in a few
    streams and never held whole. Points are those of the scale of 0 to 100.
    """
    return score_sums(condense(counts, [role]), lookups, role, parameters)


def score_sums(sums: CountSums, lookups: Lookups, role: RoleName, parameters: Parameters) -> pl.DataFrame:
    """As score_entities, for counts that were condensed once for several roles."""
    likely = find_likely_officials(sums if role == "official" else None, parameters)
    estimates = estimate(eligible_sums(sums, role, likely, parameters), lookups, role, parameters)
    compared = add_comparison(add_intervals(estimates.scores, parameters), parameters)
    flagged = add_open_flags(add_flags(compared, parameters), lookups)
    return arrange(add_bands(add_grades(flagged, parameters), parameters).filter("is_own"))


def estimate(sums: Sums, lookups: Lookups, role: RoleName, parameters: Parameters) -> Estimates:
    """`sums` are those that may count for this role."""
    pools = assign_pools(sum_stints(sums.cases, ROLES[role]), lookups, ROLES[role], parameters)
    cells = make_cells(sums, pools, lookups, ROLES[role])
    offsets = estimate_channel_offsets(cells, parameters)
    members = describe_members(pools.members, cells, offsets, parameters)
    means = members.select("pool", "family", "pool_mean").unique()
    references = prepare_references(cells.pairs, means, parameters)
    return Estimates(pools, offsets, references, adjust_and_shrink(members, references, parameters))


def describe_members(
    members: pl.DataFrame, cells: Cells, offsets: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """Adds to each member what does not change from pass to pass: n, raw mean O, days, variances, channel part, M."""
    pools = estimate_variances(cells.members, cells.pairs, parameters).join(
        calculate_pool_means(cells.members, parameters), on="pool"
    )
    sums = cells.members.drop("pool").join(average_offsets(cells, offsets), on="member")
    described = members.join(sums, on="member").join(pools, on="pool")
    return described.with_columns(
        (parameters.points_per_step.value * pl.col("steps") / pl.col("n")).alias("raw"),
        (pl.col("class_a") / pl.col("n")).alias("share_class_a"),
        (pl.col("phi") * pl.col("sigma2") / pl.col("n")).alias("variance"),
    )


def adjust_and_shrink(members: pl.DataFrame, references: References, parameters: Parameters) -> pl.DataFrame:
    """Two passes: what the first finds out about colleagues corrects what the second expects of the others.

    A = M + (O - E): the raw mean O against the expected score E.
    """
    adjusted = pl.col("pool_mean") + (pl.col("raw") - pl.col("expected"))
    effect = (pl.col("theta") - pl.col("mu")).fill_null(0.0)
    scores, effects = members, members.select("member", pl.lit(0.0).alias("effect"))
    for _ in range(parameters.passes.value):
        expected = calculate_expected(members.join(effects, on="member"), references, parameters)
        peers = expected.with_columns(adjusted.alias("adjusted"))
        scores = add_shrunk_scores(peers.join(estimate_between_variance(peers, parameters), on="pool"))
        effects = scores.select("member", effect.alias("effect"))
    return scores


def add_open_flags(scores: pl.DataFrame, lookups: Lookups) -> pl.DataFrame:
    return scores.with_columns(pl.col("entity_id").is_in(lookups.open_flags["entity_id"].implode()).alias("open_flag"))


def arrange(scores: pl.DataFrame) -> pl.DataFrame:
    """By pool and entity, which is no order of merit."""
    return scores.drop("pool").rename({"pool_name": "pool"}).select(COLUMNS).sort("pool", "entity_id")
