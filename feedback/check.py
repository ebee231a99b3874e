"""Looks for everything in the store that ought not to be. Changes nothing."""

import msgspec

from feedback.database import Connection
from feedback.migrate import list_migrations
from feedback.rebuild import compare_counts
from feedback.tables.consistency import INCONSISTENCIES, count_inconsistency
from feedback.tables.migrations import select_migrations


class Inconsistency(msgspec.Struct, frozen=True):
    name: str
    times: int


async def check_store(connection: Connection) -> list[Inconsistency]:
    """Every inconsistency by name, with how many times it occurs; empty when the store is sound."""
    missing = {name for name, _ in list_migrations()} - await select_migrations(connection)
    if missing:
        return [Inconsistency("missing-migrations", len(missing))]
    found = [
        Inconsistency(name, times) for name in INCONSISTENCIES if (times := await count_inconsistency(connection, name))
    ]
    differing = (await compare_counts(connection))[1].height
    return [*found, Inconsistency("counts-differ-from-rows", differing)] if differing else found
