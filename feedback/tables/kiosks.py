"""The table `kiosks`: tablets at the exits of units, and what such a tablet shows. Of a secret only its SHA-256."""

from datetime import date, datetime

import msgspec

from feedback.database import Connection
from feedback.tables.desk_views import VALID, DeskView, select_official_choices, select_procedure_choices


class Kiosk(msgspec.Struct, frozen=True):
    """A tablet, and the unit whose ratings it takes."""

    kiosk_id: int
    name: str
    unit_id: int
    unit_code: str
    unit_name: str
    made_on: date
    ended_at: datetime | None


class KioskLine(msgspec.Struct, frozen=True):
    """A tablet as administrators see it. `maker` is None where the account is the operator's."""

    kiosk_id: int
    name: str
    unit_code: str
    unit_name: str
    maker: str | None
    made_on: date
    ended_at: datetime | None


KIOSK = (
    "SELECT k.kiosk_id, k.name, u.unit_id, u.code AS unit_code, u.name AS unit_name, k.made_on, k.ended_at"
    " FROM kiosks AS k JOIN units AS u USING (unit_id)"
)


async def insert_kiosk(
    connection: Connection, unit_id: int, name: str, secret_hash: bytes, made_by: int | None, made_on: date
) -> int:
    """The new kiosk_id."""
    return int(
        await connection.fetchval(
            "INSERT INTO kiosks (unit_id, name, secret_hash, made_by, made_on) VALUES ($1, $2, $3, $4, $5)"
            " RETURNING kiosk_id",
            *(unit_id, name, secret_hash, made_by, made_on),
        )
        or 0
    )


async def select_kiosk(connection: Connection, kiosk_id: int) -> Kiosk | None:
    row = await connection.fetchrow(f"{KIOSK} WHERE k.kiosk_id = $1", kiosk_id)
    return None if row is None else Kiosk(**dict(row))


async def select_kiosk_by_secret(connection: Connection, secret_hash: bytes) -> Kiosk | None:
    row = await connection.fetchrow(f"{KIOSK} WHERE k.secret_hash = $1", secret_hash)
    return None if row is None else Kiosk(**dict(row))


async def select_kiosk_lines(connection: Connection) -> list[KioskLine]:
    """Those in use first, then by unit, newest first."""
    rows = await connection.fetch(
        "SELECT k.kiosk_id, k.name, u.code AS unit_code, u.name AS unit_name, a.display_name AS maker, k.made_on,"
        " k.ended_at FROM kiosks AS k JOIN units AS u USING (unit_id)"
        " LEFT JOIN accounts AS a ON a.account_id = k.made_by"
        " ORDER BY k.ended_at IS NOT NULL, u.code, k.kiosk_id DESC"
    )
    return [KioskLine(**dict(row)) for row in rows]


async def end_kiosk(connection: Connection, kiosk_id: int, now: datetime) -> bool:
    """False when there is no such kiosk, or it ended before."""
    status = await connection.execute(
        "UPDATE kiosks SET ended_at = $2 WHERE kiosk_id = $1 AND ended_at IS NULL", kiosk_id, now
    )
    return status == "UPDATE 1"


async def select_unit_in_use(connection: Connection, code: str, day: date) -> int | None:
    """The id of the unit that serves on `day` under `code`."""
    return await connection.fetchval(
        f"SELECT u.unit_id FROM units AS u WHERE u.code = $1 AND {VALID.format('u')}", code, day
    )


async def select_unit_desks(connection: Connection, unit_id: int, day: date) -> list[DeskView]:
    """The desks that serve on `day`, by their numbers; without officials, procedures and codes."""
    rows = await connection.fetch(
        "SELECT '' AS code, d.desk_id, d.number, d.name, u.unit_id, u.code AS unit_code, u.name AS unit_name"
        " FROM desks AS d JOIN units AS u USING (unit_id)"
        f" WHERE u.unit_id = $1 AND {VALID.format('d')} AND {VALID.format('u')}"
        " ORDER BY length(d.number), d.number, d.desk_id",
        unit_id,
        day,
    )
    return [DeskView(**dict(row)) for row in rows]


async def add_desk_choices(connection: Connection, desk: DeskView, day: date) -> DeskView:
    """With who served there on `day`, and which procedures were done."""
    return msgspec.structs.replace(
        desk,
        officials=await select_official_choices(connection, desk.desk_id, day),
        procedures=await select_procedure_choices(connection, desk.desk_id, day),
    )
