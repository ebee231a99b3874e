"""Rolls daily counts and dossiers up to weeks: each closed week once, and again when what it is made of has changed.

One transaction a week, so a program that dies goes on where it was; one week in memory at a time.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import date, datetime

import polars as pl
import structlog

from dashboards.indicators.satisfaction import SCORES
from dashboards.periods import Period
from dashboards.supervision.counts import SET_ASIDE
from dashboards.supervision.periods import list_weeks_to_roll
from feedback.database import Connection, open_connection
from feedback.record_response import LOCAL_TIME, read_local_day
from feedback.tables.weekly_counts import (
    ROW,
    delete_week,
    insert_week,
    lock_roll_up,
    select_completed_week,
    select_rated_week,
    select_rolled_weeks,
    select_unit_kinds,
    select_week_digest,
)

NATION = "VN"
SUMMED = (*SCORES, "completed")
# Ratings may be changed for 72 hours and paper comes late: the newest weeks are looked at every hour, all at night.
NEWEST_WEEKS = 2
NIGHT_HOUR = 2

log = structlog.get_logger()


async def roll_up_weeks(database_url: str, now: datetime) -> None:
    """The hourly job: weeks that are missing, the newest ones, and once a night every week that a page may ask for."""
    day, _ = read_local_day(now)
    connection = await open_connection(database_url)
    try:
        written = await roll_up(connection, day, is_night=is_night(now))
    finally:
        await connection.close()
    log.info("weeks-rolled-up", weeks=len(written))


def is_night(now: datetime) -> bool:
    return now.astimezone(LOCAL_TIME).hour == NIGHT_HOUR


async def roll_up(connection: Connection, day: date, *, is_night: bool = True) -> list[date]:
    """The first days of the weeks that were written, oldest first. Those that are as they were stay untouched."""
    closed = list_weeks_to_roll(day)
    known = await select_rolled_weeks(connection)
    due = [week for week in closed if is_night or week.first not in known or week in closed[-NEWEST_WEEKS:]]
    return [week.first for week in due if await roll_up_week(connection, week)]


async def roll_up_week(connection: Connection, week: Period) -> bool:
    """Whether the week was written. All of it, or nothing."""
    async with connection.transaction():
        await lock_roll_up(connection)
        rated = await select_rated_week(connection, week.first, week.last)
        completed = await select_completed_week(connection, week.first, week.last)
        units = await select_unit_kinds(connection, week.first)
        # Beside the loop: pages may be served by the same program.
        rows, digest = await asyncio.to_thread(make_rows, rated, completed, units, week.first)
        known = await select_week_digest(connection, week.first)
        if known == digest:
            return False
        if known is not None:
            await delete_week(connection, week.first)
        await insert_week(connection, week.first, digest, rows)
        return True


def make_rows(
    rated: pl.DataFrame, completed: pl.DataFrame, units: pl.DataFrame, week: date
) -> tuple[pl.DataFrame, bytes]:
    """The rows of weekly_counts, in one order, and their SHA-256. Pure; sums of integers, so order is no matter."""
    if rated.is_empty() and completed.is_empty():
        nothing = pl.DataFrame(schema=ROW)
        return nothing, hash_rows(nothing)
    parts = [sum_units(rated, completed), *sum_areas(rated, completed, units)]
    rows = pl.concat(parts, how="diagonal_relaxed").with_columns(pl.lit(week).alias("week"))
    full = rows.with_columns(pl.col(SUMMED).fill_null(0))
    kept = full.filter(pl.any_horizontal(pl.col(name) != 0 for name in SUMMED))
    ordered = kept.select(pl.col(name).cast(kind) for name, kind in ROW.items()).sort(
        "unit_id", "area", "margin", "key"
    )
    return ordered, hash_rows(ordered)


def hash_rows(rows: pl.DataFrame) -> bytes:
    digest = hashlib.sha256()
    for part in rows.iter_slices(100_000):
        digest.update(part.write_csv(include_header=False).encode())
    return digest.digest()


def counted(rated: pl.DataFrame) -> pl.DataFrame:
    return rated.filter(pl.col("proof_class") != SET_ASIDE)


def sum_units(rated: pl.DataFrame, completed: pl.DataFrame) -> pl.DataFrame:
    """Margin all of each unit."""
    ratings = counted(rated).group_by("unit_id").agg(pl.col(SCORES).sum())
    dossiers = completed.group_by("unit_id").agg(pl.col("completed").sum())
    joined = ratings.join(dossiers, on="unit_id", how="full", coalesce=True)
    return joined.with_columns(pl.lit("").alias("area"), pl.lit("all").alias("margin"), pl.lit(0).alias("key"))


def sum_areas(rated: pl.DataFrame, completed: pl.DataFrame, units: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Every margin of provinces and the nation, and of each of their area types; of pilots margin all only."""
    for scope, only_pilots in list_scopes():
        within = units.filter("is_pilot") if only_pilots else units
        named = within.select("unit_id", scope.alias("area"))
        ratings, dossiers = (frame.join(named, on="unit_id") for frame in (rated, completed))
        yield from sum_margins(ratings, dossiers, only_all=only_pilots)


def list_scopes() -> Iterator[tuple[pl.Expr, bool]]:
    for place in (pl.lit(NATION), pl.col("province")):
        for name in (place, pl.concat_str(place, pl.lit("/"), pl.col("area_type"))):
            yield name, False
            yield pl.concat_str(name, pl.lit("/pilot")), True


def sum_margins(ratings: pl.DataFrame, dossiers: pl.DataFrame, *, only_all: bool) -> Iterator[pl.DataFrame]:
    kept, no_dossiers = counted(ratings), dossiers.clear()
    whole = pl.lit(0, pl.Int32)
    yield sum_margin(kept.with_columns(whole.alias("key")), dossiers.with_columns(whole.alias("key")), "all")
    if only_all:
        return
    yield sum_margin(rename_key(kept, "procedure_id"), rename_key(dossiers, "procedure_id"), "procedure")
    for margin, rows in (("rater_kind", kept), ("channel", kept), ("proof_class", ratings)):
        yield sum_margin(rename_key(rows, margin), rename_key(no_dossiers, "procedure_id"), margin)


def rename_key(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.with_columns(pl.col(column).cast(pl.Int32).alias("key"))


def sum_margin(ratings: pl.DataFrame, dossiers: pl.DataFrame, margin: str) -> pl.DataFrame:
    keys = ("area", "key")
    rated = ratings.group_by(keys).agg(pl.col(SCORES).sum())
    done = dossiers.group_by(keys).agg(pl.col("completed").sum())
    joined = rated.join(done, on=keys, how="full", coalesce=True)
    return joined.with_columns(pl.lit(0, pl.Int32).alias("unit_id"), pl.lit(margin).alias("margin"))
