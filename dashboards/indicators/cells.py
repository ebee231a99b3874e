"""From daily counts to the few whole numbers that every later step reads. Nothing after this scans the counts.

A pair is one member and reference; n ratings, `steps` their sum in steps 0 to 4, `squares` that of steps².
"""

import msgspec
import polars as pl

from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.pools import Pools, unite_versions
from dashboards.indicators.roles import Lookups, Role
from dashboards.indicators.satisfaction import SCORES

WIDTH = 2**32  # ids are 32 bits wide; in a key of 64 bits the first id stands above the second


class Cells(msgspec.Struct, frozen=True):
    """members: member, pool, n, steps, squares, class_a, days, day_squares Σ S²/n over days, n_<c>, steps_<c>.

    pairs: pool, member, reference, group, n, steps, and n_<c> of each channel c. `reference` and `group` are ids of
    a pool's own: no two pools share one.
    """

    members: pl.DataFrame
    pairs: pl.DataFrame
    channels: list[int]


def sum_scores(counts: pl.DataFrame) -> pl.DataFrame:
    """Adds n, steps, squares and class_a (ratings proved by a visit token) to rows of n1 to n5.

    Rows that changes of mind have emptied are left out.
    """
    scores = [pl.col(score).cast(pl.Int64) for score in SCORES]
    n = pl.sum_horizontal(scores)
    return counts.with_columns(
        n.alias("n"),
        pl.sum_horizontal(step * score for step, score in enumerate(scores)).alias("steps"),
        pl.sum_horizontal(step**2 * score for step, score in enumerate(scores)).alias("squares"),
        pl.when(pl.col("proof_class") == "A").then(n).otherwise(0).alias("class_a"),
    ).filter(pl.col("n") > 0)


def sum_stints(sums: pl.DataFrame, role: Role) -> pl.DataFrame:
    """One row for each stint: n, steps, squares, class_a, and n and steps of each channel; ids not stated left out."""
    channels = list_channels(sums)
    columns = ["n", "steps", "squares", "class_a"]
    stated = sums.lazy().filter(pl.col(role.entity) != 0)
    split = stated.select(*role.keys, *columns, *split_channels(channels, "n"), *split_channels(channels, "steps"))
    return split.group_by(role.keys).sum().collect(engine="streaming")


def make_cells(sums: pl.DataFrame, stints: pl.DataFrame, pools: Pools, lookups: Lookups, role: Role) -> Cells:
    """`sums` are those of sum_scores, `stints` those of sum_stints. The only scan by day and by reference."""
    channels = list_channels(sums)
    rows = sums.lazy().join(pools.stints.lazy(), on=role.keys)
    members = stints.join(pools.stints, on=role.keys).drop(role.keys).group_by("member").sum()
    pair = pack("member", role.reference).alias("pair")
    pairs = rows.select(pair, "n", "steps", *split_channels(channels, "n")).group_by("pair").sum()
    collected, days = pl.collect_all([pairs, sum_days(rows)], engine="streaming")
    known = members.join(days, on="member").join(pools.members.select("member", "pool"), on="member")
    return Cells(known, place_references(collected, pools, lookups, role), channels)


def list_channels(sums: pl.DataFrame) -> list[int]:
    return sorted(sums["channel"].unique().to_list())


def sum_days(rows: pl.LazyFrame) -> pl.LazyFrame:
    """member, days (with ratings), day_squares Σ S²/n over them."""
    day = pack("member", "day").alias("day")
    daily = rows.select(day, "n", "steps").group_by("day").sum()
    return daily.group_by((pl.col("day") // WIDTH).cast(pl.UInt32).alias("member")).agg(
        pl.len().cast(pl.Int64).alias("days"), sum_exactly(pl.col("steps") ** 2 / pl.col("n")).alias("day_squares")
    )


def pack(first: str, second: str) -> pl.Expr:
    """Two ids as one key, which is grouped and joined much faster than two columns."""
    return pl.col(first).cast(pl.UInt64) * WIDTH + pl.col(second).to_physical().cast(pl.UInt64)


def split_channels(channels: list[int], column: str) -> list[pl.Expr]:
    return [
        pl.when(pl.col("channel") == channel).then(column).otherwise(0).alias(f"{column}_{channel}")
        for channel in channels
    ]


def place_references(pairs: pl.DataFrame, pools: Pools, lookups: Lookups, role: Role) -> pl.DataFrame:
    """Unpacks the pairs; versions of one reference (a procedure that was renamed) become one."""
    sums = [column for column in pairs.columns if column != "pair"]
    named = pairs.lazy().with_columns(
        (pl.col("pair") // WIDTH).cast(pl.UInt32).alias("member"),
        (pl.col("pair") % WIDTH).cast(pl.Int32).alias(role.reference),
    )
    joined = named.join(pools.members.lazy().select("member", "pool"), on="member")
    numbered = number_references(joined, lookups, role).select("pool", "member", "reference", "group", *sums)
    if list_references(lookups, role).select(pl.col("reference_id") != pl.col(role.reference)).to_series().any():
        numbered = numbered.group_by("pool", "member", "reference", "group").sum()
    return numbered.collect(engine="streaming")


def number_references(rows: pl.LazyFrame, lookups: Lookups, role: Role) -> pl.LazyFrame:
    """Adds reference and group, ids of the row's pool alone."""
    joined = rows.join(list_references(lookups, role).lazy(), on=role.reference, how="left")
    return joined.with_columns(
        pl.coalesce("reference_id", role.reference).alias("reference"), pl.col("group_id").fill_null(0)
    ).with_columns(pack("pool", "reference").alias("reference"), pack("pool", "group_id").alias("group"))


def list_references(lookups: Lookups, role: Role) -> pl.DataFrame:
    """Each reference with the id that stands for its code, and the number of its group, counted from 1."""
    ids = {"procedure_id": unite_versions(lookups.procedures), "unit_id": lookups.units}[role.reference]
    first_id = "first_id" if "first_id" in ids.columns else role.reference
    return ids.select(
        role.reference,
        pl.col(first_id).alias("reference_id"),
        pl.col(role.reference_group).rank("dense").cast(pl.UInt32).alias("group_id"),
    )
