"""From daily counts to the few whole numbers that every later step reads. Nothing after this scans the counts.

A pair is one member and reference; n ratings, `steps` their sum in steps 0 to 4, `squares` that of steps².
"""

import math
from collections.abc import Collection, Mapping

import msgspec
import polars as pl

from dashboards.indicators.exact_sums import sum_exactly
from dashboards.indicators.pools import Pools, unite_versions
from dashboards.indicators.roles import ROLES, Lookups, Role, RoleName
from dashboards.indicators.satisfaction import SCORES

PROOF_CLASSES = pl.Enum(["A", "B", "C", "X"])
CASE = ["survey_id", "title_id", "unit_id", "official_id", "procedure_id", "channel", "proof_class"]
CASE_SUMS = ["n", "steps", "squares"]
DAY_SUMS = ["n", "steps"]
WIDTH = 2**32  # ids are 32 bits wide; in a key of 64 bits the first id stands above the second


class Cells(msgspec.Struct, frozen=True):
    """members: member, pool, n, steps, squares, class_a, days, day_squares Σ S²/n over days, n_<c>, steps_<c>.

    pairs: pool, member, reference, group, n, steps, n_<c>, steps_<c> of each channel c. `reference` and `group` are ids
    of a pool's own: no two pools share one.
    """

    members: pl.DataFrame
    pairs: pl.DataFrame
    channels: list[int]


def sum_scores(counts: pl.DataFrame | pl.LazyFrame) -> pl.LazyFrame:
    """Adds n, steps and squares to rows of n1 to n5.

    Rows that changes of mind have emptied are left out.
    """
    scores = [pl.col(score).cast(pl.Int64) for score in SCORES]
    n = pl.sum_horizontal(scores)
    return (
        counts.lazy()
        .with_columns(
            n.alias("n"),
            pl.sum_horizontal(step * score for step, score in enumerate(scores)).alias("steps"),
            pl.sum_horizontal(step**2 * score for step, score in enumerate(scores)).alias("squares"),
        )
        .filter(pl.col("n") > 0)
    )


class CountSums(msgspec.Struct, frozen=True):
    """What scores of every role are made of, in whole numbers, each row of one proof class.

    cases: survey_id, title_id, unit_id, official_id, procedure_id, channel; n, steps, squares.
    days, by role: the ids of its stints, and day; n, steps; without ratings that name no entity.
    """

    cases: pl.DataFrame
    days: Mapping[RoleName, pl.DataFrame]


class Sums(msgspec.Struct, frozen=True):
    """Those that count for one role. cases: also class_a, the ratings proved by a visit token."""

    cases: pl.DataFrame
    days: pl.DataFrame


def condense(counts: pl.DataFrame | pl.LazyFrame, roles: Collection[RoleName] = tuple(ROLES)) -> CountSums:
    """The only look at the counts: once by case, and once by day for each of `roles`."""
    rows = sum_scores(counts).with_columns(pl.col("proof_class").cast(PROOF_CLASSES))
    sizes = measure_keys(rows)
    days: dict[RoleName, pl.DataFrame] = {
        name: sum_by(
            rows.filter(pl.col(ROLES[name].entity) != 0), [*ROLES[name].keys, "proof_class", "day"], DAY_SUMS, sizes
        )
        for name in roles
    }
    return CountSums(sum_by(rows, CASE, CASE_SUMS, sizes), days)


def measure_keys(rows: pl.LazyFrame) -> dict[str, int]:
    """One more than the largest number of each key."""
    keys = [*CASE, "day"]
    largest = rows.select(pl.col(key).to_physical().max().cast(pl.UInt64).fill_null(0) for key in keys)
    return {key: size + 1 for key, size in zip(keys, largest.collect(engine="streaming").row(0), strict=True)}


def sum_by(rows: pl.LazyFrame, keys: list[str], sums: list[str], sizes: Mapping[str, int]) -> pl.DataFrame:
    """Grouped by one number that holds all keys, several times as fast as by columns, where 64 bits can hold them."""
    if math.prod(sizes[key] for key in keys) >= 2**64:
        return rows.select(*keys, *sums).group_by(keys).sum().collect(engine="streaming")
    number = pl.lit(0, pl.UInt64)
    for key in keys:
        number = number * sizes[key] + pl.col(key).to_physical().cast(pl.UInt64)
    grouped = rows.select(number.alias("number"), *sums).group_by("number").sum()
    return unpack(grouped, keys, sizes, rows.collect_schema()).collect(engine="streaming")


def unpack(grouped: pl.LazyFrame, keys: list[str], sizes: Mapping[str, int], types: pl.Schema) -> pl.LazyFrame:
    """The keys again, the last one first, with the types they had."""
    columns: list[pl.Expr] = []
    below = 1
    for key in reversed(keys):
        part = pl.col("number") // below % sizes[key]
        is_named = types[key] == PROOF_CLASSES
        whole = part.cast(pl.UInt8).cat.to(PROOF_CLASSES) if is_named else part.cast(pl.Int32).cast(types[key])
        columns.append(whole.alias(key))
        below *= sizes[key]
    return grouped.with_columns(columns).drop("number")


def sum_stints(rows: pl.DataFrame | pl.LazyFrame, role: Role) -> pl.DataFrame:
    """One row for each stint: the ids of the role and n; ids not stated left out."""
    stated = rows.lazy().filter(pl.col(role.entity) != 0).select(*role.keys, "n")
    return stated.group_by(role.keys).sum().collect(engine="streaming")


def make_cells(sums: Sums, pools: Pools, lookups: Lookups, role: Role) -> Cells:
    """Members are sums of their pairs."""
    channels = sums.cases["channel"].unique().sort().to_list()
    split = [*split_channels(channels, "n"), *split_channels(channels, "steps")]
    pair = pack("member", role.reference).alias("pair")
    cases = sums.cases.lazy().join(pools.stints.lazy(), on=role.keys)
    grouped = cases.select(pair, "n", "steps", "squares", "class_a", *split).group_by("pair").sum()
    days = sum_days(sums.days.lazy().join(pools.stints.lazy(), on=role.keys)).collect(engine="streaming")
    pairs = place_references(grouped.collect(engine="streaming"), pools, lookups, role)
    members = pairs.drop("reference", "group").group_by("pool", "member").sum().join(days, on="member")
    return Cells(members, pairs.drop("squares", "class_a"), channels)


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
