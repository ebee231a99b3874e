"""The table `places`: provinces (2-digit code) and communes (5-digit code), one row a name."""

from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns


class Place(msgspec.Struct, frozen=True):
    """`name` includes the kind: "Xã Lộc Ninh". `province_code` is None for a province itself."""

    code: str
    kind: str
    name: str
    province_code: str | None
    latitude: float
    longitude: float
    valid_from: date
    valid_to: date | None


async def select_places(connection: Connection) -> list[Place]:
    rows = await connection.fetch(
        "SELECT code, kind, name, province_code, latitude, longitude, valid_from, valid_to"
        " FROM places ORDER BY code, valid_from"
    )
    return [Place(**row) for row in rows]


async def upsert_places(connection: Connection, places: Sequence[Place]) -> int:
    """Number of rows added or changed."""
    rows = await connection.fetch(
        "INSERT INTO places AS stored"
        " (code, kind, name, province_code, latitude, longitude, valid_from, valid_to)"
        " SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::float8[],"
        " $7::date[], $8::date[])"
        " ON CONFLICT (code, valid_from) DO UPDATE SET kind = excluded.kind, name = excluded.name,"
        " province_code = excluded.province_code, latitude = excluded.latitude,"
        " longitude = excluded.longitude, valid_to = excluded.valid_to"
        " WHERE (stored.kind, stored.name, stored.province_code, stored.latitude, stored.longitude,"
        " stored.valid_to) IS DISTINCT FROM (excluded.kind, excluded.name, excluded.province_code,"
        " excluded.latitude, excluded.longitude, excluded.valid_to)"
        " RETURNING code",
        *list_columns(places, *Place.__struct_fields__),
    )
    return len(rows)
