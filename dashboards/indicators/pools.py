"""Who is compared with whom: equals of one pool, widened while it holds too few peers.

A stint is an entity at one place (an official under one title in one unit); a member is an entity within one pool.
"""

import msgspec
import polars as pl

from dashboards.indicators.parameters import Parameters
from dashboards.indicators.roles import Lookups, PoolLevel, Role


class Pools(msgspec.Struct, frozen=True):
    """stints: the ids of a stint and `member`. members: member, pool, family, pool_name, pool_level, entity_id, is_own.

    A pool that was widened also holds entities that have a nearer pool of their own; those are not `is_own` in it.
    Pools of one family do the same work in other places of one level, so no two of them share a rating.
    """

    stints: pl.DataFrame
    members: pl.DataFrame


def assign_pools(stints: pl.DataFrame, lookups: Lookups, role: Role, parameters: Parameters) -> Pools:
    """`stints` hold the ids of the role and n. Members are numbered by pool and entity, whatever the order of rows."""
    keys = role.keys
    chosen = choose_pools(place_stints(stints.select(*keys, "n"), lookups, role), role, parameters)
    joined = pl.concat(list_memberships(chosen, keys, level) for level in role.levels)
    members = (
        joined.group_by("pool_name", "pool_level", "entity_id")
        .agg(pl.col("is_own").any(), pl.col("family").first())
        .sort("pool_name", "entity_id")
        .with_row_index("member")
        .with_columns(pl.col("pool_name").rle_id().alias("pool"), pl.col("family").rank("dense").cast(pl.UInt32))
    )
    numbered = joined.join(members.select("member", "pool_name", "entity_id"), on=["pool_name", "entity_id"])
    return Pools(numbered.select(*keys, "member"), members)


def place_stints(stints: pl.DataFrame, lookups: Lookups, role: Role) -> pl.DataFrame:
    """Adds entity_id and the name of the pool on each level; null where a place is in no known region."""
    frames = {
        "survey_id": lookups.surveys,
        "title_id": lookups.titles,
        "unit_id": lookups.units.join(lookups.regions, on="province", how="left"),
        "procedure_id": unite_versions(lookups.procedures),
    }
    for column, frame in frames.items():
        if column in stints.columns:
            stints = stints.join(frame, on=column, how="left")
    groups = [pl.col(group).fill_null("") for group in role.groups]
    named = stints.with_columns(
        pl.concat_str(*groups, name_level(level), separator="/").alias(level) for level in role.levels
    )
    entity = pl.coalesce("first_id", role.entity) if "first_id" in named.columns else pl.col(role.entity)
    return named.with_columns(entity.alias("entity_id"), pl.concat_str(*groups, separator="/").alias("family"))


def unite_versions(procedures: pl.DataFrame) -> pl.DataFrame:
    """A procedure keeps its code when its name or field changes: adds first_id of the code, takes its last field."""
    return procedures.sort("procedure_id").select(
        "procedure_id",
        pl.col("procedure_id").first().over("code").alias("first_id"),
        pl.col("field").last().over("code"),
    )


def name_level(level: PoolLevel) -> pl.Expr:
    match level:
        case "province":
            return pl.col("province").fill_null("")
        case "region":
            return "region " + pl.col("region")
        case "nation":
            return pl.lit("nation")


def choose_pools(placed: pl.DataFrame, role: Role, parameters: Parameters) -> pl.DataFrame:
    """Adds `chosen`: the nearest pool with enough peers, or the widest where none has."""
    for level in role.levels:
        placed = placed.join(count_peers(placed, level, parameters), on=level, how="left")
    enough = [pl.when(pl.col(f"{level}_peers") >= parameters.smallest_pool.value).then(level) for level in role.levels]
    return placed.with_columns(pl.coalesce(*enough, role.levels[-1]).alias("chosen"))


def count_peers(placed: pl.DataFrame, level: PoolLevel, parameters: Parameters) -> pl.DataFrame:
    entities = placed.group_by(level, "entity_id").agg(pl.col("n").sum())
    peers = entities.filter(pl.col("n") >= parameters.peer_ratings.value)
    return peers.group_by(level).agg(pl.len().alias(f"{level}_peers"))


def list_memberships(chosen: pl.DataFrame, keys: list[str], level: PoolLevel) -> pl.DataFrame:
    """Every stint of each pool of this level that somebody was given as the own one."""
    pools = chosen.filter(pl.col(level) == pl.col("chosen")).select(level).unique()
    return chosen.join(pools, on=level, how="semi").select(
        *keys,
        "entity_id",
        pl.col(level).alias("pool_name"),
        pl.lit(level).alias("pool_level"),
        (pl.col("family") + "/" + level).alias("family"),
        (pl.col(level) == pl.col("chosen")).alias("is_own"),
    )
