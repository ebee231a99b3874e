"""The tables `drop_days`, `drop_statistics` and `drop_alerts`, and the daily counts that the drop watch reads."""

from collections.abc import Sequence
from datetime import date

import msgspec
import polars as pl

from feedback.copy_frames import copy_frame
from feedback.database import Connection
from feedback.tables.columns import list_columns
from feedback.tables.count_rows import CELL, COUNTS

WATCHED_CELL = {name: kind for name, kind in CELL.items() if name != "desk_id"}
# Ratings that were set aside count for nobody, so they never leave the store here.
SELECT_WATCHED_COUNTS = f"""
SELECT {{place}}, {", ".join(name for name in WATCHED_CELL if name != "unit_id")}, {", ".join(COUNTS)}
FROM daily_counts WHERE day BETWEEN $1::date AND $2::date AND proof_class <> 'X'::"char"
"""
DESK_HOMES = {"desk_id": pl.Int32(), "unit_id": pl.Int32()}


class DropAlert(msgspec.Struct, frozen=True):
    """One cause that nobody has looked at yet. Says when and how sure, never how many ratings or which."""

    role: str
    entity_id: int
    unit_id: int
    pool: str
    detector: str
    level: str
    day: date
    statistic: float
    threshold: float


class ListedAlert(msgspec.Struct, frozen=True):
    """`entity` is the code of an official or unit, or the number of a desk; `unit` that of the unit concerned."""

    alert_id: int
    day: date
    level: str
    detector: str
    role: str
    entity: str
    unit: str


ALERT = DropAlert.__struct_fields__


async def select_watched_counts(connection: Connection, role: str, first_day: date, last_day: date) -> pl.DataFrame:
    """Rows of daily_counts; both days included. Proof classes are ASCII numbers; desks stand in unit_id for desks."""
    query = SELECT_WATCHED_COUNTS.format(place="desk_id" if role == "desk" else "unit_id")
    return await copy_frame(connection, query, first_day, last_day, schema={**WATCHED_CELL, **COUNTS})


async def select_desk_homes(connection: Connection) -> pl.DataFrame:
    """desk_id, unit_id of every desk there ever was."""
    return await copy_frame(connection, "SELECT desk_id, unit_id FROM desks", schema=DESK_HOMES)


async def select_watched_day(connection: Connection, role: str) -> date | None:
    """The last closed day that was seen; None before the first."""
    return await connection.fetchval("SELECT day FROM drop_days WHERE role = $1", role)


async def advance_watched_day(connection: Connection, role: str, day: date, seen: date | None) -> bool:
    """From `seen` to `day`; False where another run has seen it first. Holds the role until the transaction ends."""
    if seen is None:
        inserted = await connection.execute(
            "INSERT INTO drop_days (role, day) VALUES ($1, $2) ON CONFLICT DO NOTHING", role, day
        )
        return inserted == "INSERT 0 1"
    updated = await connection.execute("UPDATE drop_days SET day = $2 WHERE role = $1 AND day = $3", role, day, seen)
    return updated == "UPDATE 1"


async def lock_watch(connection: Connection, role: str) -> None:
    """Waits for a day that is being worked on; none is begun until the transaction ends."""
    await connection.execute("SELECT day FROM drop_days WHERE role = $1 FOR UPDATE", role)


async def select_drop_statistics(connection: Connection, role: str) -> list[tuple[int, str, float]]:
    """entity_id, pool and statistic of all that stand above zero."""
    rows = await connection.fetch("SELECT entity_id, pool, statistic FROM drop_statistics WHERE role = $1", role)
    return [(row["entity_id"], row["pool"], row["statistic"]) for row in rows]


async def delete_drop_statistics(connection: Connection, role: str) -> None:
    await connection.execute("DELETE FROM drop_statistics WHERE role = $1", role)


async def insert_drop_statistics(
    connection: Connection, role: str, statistics: Sequence[tuple[int, str, float]]
) -> None:
    await connection.copy_records_to_table(
        "drop_statistics",
        records=[(role, *row) for row in statistics],
        columns=["role", "entity_id", "pool", "statistic"],
    )


async def reset_drop_statistic(connection: Connection, alert_id: int) -> None:
    """Zero, which is no row."""
    await connection.execute(
        "DELETE FROM drop_statistics AS s USING drop_alerts AS a WHERE a.alert_id = $1 AND a.detector = 'drop'"
        " AND (s.role, s.entity_id, s.pool) = (a.role, a.entity_id, a.pool)",
        alert_id,
    )


async def insert_drop_alerts(connection: Connection, alerts: Sequence[DropAlert]) -> int:
    """How many are new: a cause that has an open alert of its level, or of a higher one, gets no second."""
    inserted = await connection.fetch(
        f"INSERT INTO drop_alerts ({', '.join(ALERT)}) SELECT {', '.join(ALERT)} FROM unnest($1::text[],"
        " $2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::date[], $8::float8[], $9::float8[])"
        f" AS new ({', '.join(ALERT)}) WHERE NOT EXISTS (SELECT FROM drop_alerts AS open WHERE open.seen_on IS NULL"
        " AND (open.role, open.entity_id, open.pool, open.detector) = (new.role, new.entity_id, new.pool, new.detector)"
        " AND open.level IN (new.level, 'alert')) ON CONFLICT DO NOTHING RETURNING alert_id",
        *list_columns(alerts, *ALERT),
    )
    return len(inserted)


async def select_alert_role(connection: Connection, alert_id: int) -> str | None:
    """None where there is no such alert, or somebody has looked at it."""
    return await connection.fetchval("SELECT role FROM drop_alerts WHERE alert_id = $1 AND seen_on IS NULL", alert_id)


async def update_alerts_seen(connection: Connection, alert_id: int, seen_on: date, seen_by: str) -> None:
    """Every open alert of the same cause, whatever its level."""
    await connection.execute(
        "UPDATE drop_alerts AS a SET seen_on = $2, seen_by = $3 FROM drop_alerts AS s"
        " WHERE s.alert_id = $1 AND a.seen_on IS NULL"
        " AND (a.role, a.entity_id, a.pool, a.detector) = (s.role, s.entity_id, s.pool, s.detector)",
        alert_id,
        seen_on,
        seen_by,
    )


async def select_open_alerts(connection: Connection, unit_code: str | None = None) -> list[ListedAlert]:
    """Newest day first; of one unit where its code is given."""
    rows = await connection.fetch(
        "SELECT alert_id, day, level, detector, role, coalesce(officials.code, desks.number, units.code) AS entity,"
        " units.code AS unit FROM drop_alerts JOIN units USING (unit_id)"
        " LEFT JOIN officials ON role = 'official' AND officials.official_id = entity_id"
        " LEFT JOIN desks ON role = 'desk' AND desks.desk_id = entity_id"
        " WHERE seen_on IS NULL AND ($1::text IS NULL OR units.code = $1) ORDER BY day DESC, alert_id",
        unit_code,
    )
    return [ListedAlert(**dict(row)) for row in rows]


async def is_unit(connection: Connection, code: str) -> bool:
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM units WHERE code = $1)", code))
