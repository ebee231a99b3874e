"""Provinces and communes of the country, from places.csv, which tools/make_places.py makes."""

import csv
from datetime import date
from functools import cache
from importlib import resources

from feedback.database import Connection
from feedback.tables.places import Place, upsert_places

PLACES_FILE = resources.files("feedback.catalogue") / "places.csv"


@cache
def read_places() -> tuple[Place, ...]:
    """Every stretch of time of every place; a place whose name or kind changed has more than one."""
    lines = PLACES_FILE.read_text("utf-8").splitlines()
    return tuple(_read_place(row) for row in csv.DictReader(lines))


def list_places_on(day: date) -> list[Place]:
    return [
        place for place in read_places() if place.valid_from <= day and (place.valid_to is None or day < place.valid_to)
    ]


async def import_places(connection: Connection) -> int:
    """Bring the table up to the packaged file; the number of rows that were added or changed."""
    return await upsert_places(connection, read_places())


def _read_place(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"],
        kind=row["kind"],
        name=row["name"],
        province_code=row["province_code"] or None,
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )
