"""Takes dossier counts by desk: all rows or none, each refused row with its number and its reason.

A sending replaces what stood for the same desk, day and procedure, so sending again changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

import msgspec

from feedback.api_keys import EVERYWHERE, Reach
from feedback.check_dossiers import DossierCatalogue, DossierEntry, Entries, RowNote, check_entries, read_day
from feedback.database import Connection
from feedback.tables.desk_dossier_counts import (
    DeskDossierCount,
    add_up_dossiers,
    count_desk_ratings,
    delete_desk_dossiers,
    insert_desk_dossiers,
    lock_dossiers,
)
from feedback.tables.dossier_desks import select_counted_desks, select_official_ids, select_procedure_codes

# Rule P1 of the releases: no figure about a desk on fewer than ten ratings, and whoever sends counts could try one
# after the other. The same rule rounds to five.
SMALLEST_TOLD = 10
ROUNDED_TO = 5


class DossierOutcome(msgspec.Struct, frozen=True):
    """Either `refused` is empty and `stored` rows stand, or nothing was stored. `flagged` rows were taken."""

    stored: int
    refused: tuple[RowNote, ...]
    flagged: tuple[RowNote, ...]


async def take_dossiers(
    connection: Connection,
    entries: Entries,
    today: date,
    *,
    reach: Reach = EVERYWHERE,
    dry_run: bool = False,
) -> DossierOutcome:
    """Check all entries, then store all of them in one transaction; with `dry_run` only check."""
    catalogue = await read_catalogue(connection, entries)
    refused = check_entries(entries, catalogue, reach, today)
    if refused:
        return DossierOutcome(0, tuple(refused), ())
    counts = [make_count(entry, catalogue) for entry in entries.values()]
    async with connection.transaction():
        await lock_dossiers(connection)
        flagged = await flag_few(connection, entries, counts)
        if not dry_run:
            await delete_desk_dossiers(connection, counts)
            await insert_desk_dossiers(connection, counts)
            await add_up_dossiers(connection, counts)
    return DossierOutcome(0 if dry_run else len(counts), (), tuple(flagged))


async def read_catalogue(connection: Connection, entries: Entries) -> DossierCatalogue:
    rows = entries.values()
    desks = await select_counted_desks(connection, list({entry.unit for entry in rows}))
    return DossierCatalogue(
        units={unit for unit, _ in desks},
        desks=desks,
        officials=await select_official_ids(connection, list({entry.official for entry in rows if entry.official})),
        procedures=await select_procedure_codes(connection, list({entry.procedure for entry in rows})),
    )


def make_count(entry: DossierEntry, catalogue: DossierCatalogue) -> DeskDossierCount:
    """Of an entry that was found good."""
    desk = catalogue.desks[entry.unit, entry.desk]
    day = read_day(entry.day)
    if day is None:
        raise ValueError(entry.day)
    return DeskDossierCount(
        unit_id=desk.unit_id,
        day=day,
        desk_id=desk.desk_id,
        procedure_code=entry.procedure,
        official_id=catalogue.officials[entry.official] if entry.official else 0,
        completed=entry.completed,
        late=entry.late,
        complained=entry.complained,
    )


async def flag_few(connection: Connection, entries: Entries, counts: Sequence[DeskDossierCount]) -> list[RowNote]:
    """Rows of desks, days and procedures with fewer dossiers than ratings. Small numbers of ratings are not told."""
    ratings = await count_desk_ratings(connection, counts)
    completed: Counter[tuple[int, date, str]] = Counter()
    for count in counts:
        completed[count.desk_id, count.day, count.procedure_code] += count.completed
    few = {key for key, total in completed.items() if is_few(total, ratings.get(key, 0))}
    return [
        RowNote(row, "completed", "fewer-than-ratings")
        for row, count in zip(entries, counts, strict=True)
        if (count.desk_id, count.day, count.procedure_code) in few
    ]


def is_few(completed: int, ratings: int) -> bool:
    return ratings >= SMALLEST_TOLD and completed < ratings - ratings % ROUNDED_TO
