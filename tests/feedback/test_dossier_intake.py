from datetime import date

import msgspec
import pytest

from dashboards.counts import read_unit_counts
from feedback.api_keys import Reach
from feedback.check_dossiers import DossierEntry, RowNote
from feedback.database import Connection
from feedback.dossier_intake import DossierOutcome, take_dossiers
from feedback.record_response import store_submissions
from feedback.tables.desk_dossier_counts import select_desk_dossiers
from tests.factories import make_rating
from tests.world import make_world

TODAY = date(2026, 11, 20)
GOOD = DossierEntry("32041", "1", "1.001193", "2026-11-20", completed=12, late=2, complained=1)
COUNTS = "/api/v1/dossier-counts"


def change(**changes: object) -> DossierEntry:
    return msgspec.structs.replace(GOOD, **changes)


async def take(connection: Connection, *entries: DossierEntry, **options: object) -> DossierOutcome:
    return await take_dossiers(connection, dict(enumerate(entries, 1)), TODAY, **options)  # pyright: ignore[reportArgumentType]


async def read_sums(connection: Connection) -> list[tuple[object, ...]]:
    rows = await connection.fetch(
        "SELECT procedure_code, completed, late, complained FROM dossier_counts ORDER BY procedure_code"
    )
    return [tuple(row) for row in rows]


async def test_rows_of_desks_and_officials_are_kept_and_added_up_for_the_unit(connection: Connection) -> None:
    await make_world(connection)
    outcome = await take(
        connection,
        change(official="demo-1", completed=7, late=1, complained=0),
        change(official="demo-2", completed=5, late=0, complained=1),
        change(desk="2", completed=4, late=4, complained=0),
        change(procedure="1.000894", completed=3, late=0, complained=0),
    )
    assert outcome == DossierOutcome(4, (), ())
    # 7 + 5 + 4 = 16 completed, 1 + 0 + 4 = 5 late, 0 + 1 + 0 = 1 complained about.
    assert await read_sums(connection) == [("1.000894", 3, 0, 0), ("1.001193", 16, 5, 1)]
    unit_id = await connection.fetchval("SELECT unit_id FROM units")
    assert unit_id is not None
    assert len(await select_desk_dossiers(connection, [unit_id], TODAY, TODAY)) == 4
    dossiers = (await read_unit_counts(connection, unit_id, TODAY)).dossiers
    assert dossiers.row(0) == (TODAY, 19, 5, 1)


async def test_sending_again_changes_nothing_and_a_correction_replaces(connection: Connection) -> None:
    await make_world(connection)
    split = [change(official="demo-1", completed=7, late=0), change(official="demo-2", completed=5, late=0)]
    for _ in range(2):
        await take(connection, *split, change(desk="2", completed=1, late=0))
        assert await read_sums(connection) == [("1.001193", 13, 0, 3)]
    # Now without officials: what stood for desk 1 goes, desk 2 stays.
    await take(connection, change(completed=20, late=0, complained=0))
    assert await read_sums(connection) == [("1.001193", 21, 0, 1)]


@pytest.mark.parametrize(
    ("entry", "field", "reason"),
    [
        (change(unit=""), "unit", "missing"),
        (change(unit="99999"), "unit", "no-such-unit"),
        (change(desk="9"), "desk", "no-such-desk"),
        (change(desk="1", day="2025-06-30"), "desk", "no-such-desk"),
        (change(procedure="7.777777"), "procedure", "no-such-procedure"),
        (change(official="nobody"), "official", "no-such-official"),
        (change(day="2026-11-31"), "day", "wrong-day"),
        (change(day="20.11.2026"), "day", "wrong-day"),
        (change(day="2026-11-21"), "day", "day-to-come"),
        (change(completed=-1), "completed", "negative"),
        (change(late=-1), "late", "negative"),
        (change(late=13), "late", "more-than-completed"),
        (change(complained=13), "complained", "more-than-completed"),
        (change(completed=1_000_001), "completed", "not-a-count"),
    ],
)
async def test_a_bad_row_is_refused_by_number_and_nothing_is_stored(
    connection: Connection, entry: DossierEntry, field: str, reason: str
) -> None:
    await make_world(connection)
    outcome = await take(connection, change(desk="2"), entry)
    assert outcome == DossierOutcome(0, (RowNote(2, field, reason),), ())
    assert await read_sums(connection) == []


async def test_rows_that_count_the_same_dossiers_twice_are_refused(connection: Connection) -> None:
    await make_world(connection)
    outcome = await take(
        connection,
        GOOD,
        GOOD,
        change(official="demo-1"),
        change(desk="2", official="demo-1"),
        change(desk="2", official="demo-2"),
        change(desk="2", official="demo-1"),
        change(desk="2"),
    )
    assert outcome.refused == (
        RowNote(2, "desk", "twice"),
        RowNote(3, "official", "mixed-officials"),
        RowNote(6, "official", "twice"),
        RowNote(7, "official", "mixed-officials"),
    )


async def test_a_narrow_key_brings_counts_of_its_units_alone(connection: Connection) -> None:
    await make_world(connection)
    outcome = await take(connection, GOOD, reach=Reach(provinces=("01",)))
    assert outcome.refused == (RowNote(1, "unit", "outside-key"),)
    assert (await take(connection, GOOD, reach=Reach(provinces=("96",)))).stored == 1


async def make_ratings(connection: Connection, number: int) -> None:
    """Ratings of today at desk 1 for the procedure of GOOD."""
    row = await connection.fetchrow(
        "SELECT d.unit_id, d.desk_id, p.procedure_id FROM desks AS d, procedures AS p"
        " WHERE d.number = '1' AND p.code = '1.001193'"
    )
    assert row is not None
    await store_submissions(connection, [make_rating(**dict(row)) for _ in range(number)])


@pytest.mark.parametrize(
    ("ratings", "completed", "flagged"),
    # Ratings are told rounded down to fives, and only from ten on: 22 count as 20, 9 as none.
    [(22, 19, True), (22, 20, False), (10, 9, True), (9, 0, False), (0, 0, False)],
)
async def test_fewer_dossiers_than_ratings_are_taken_and_flagged(
    connection: Connection, ratings: int, completed: int, *, flagged: bool
) -> None:
    await make_world(connection)
    await make_ratings(connection, ratings)
    outcome = await take(connection, change(desk="2"), change(completed=completed, late=0, complained=0))
    assert outcome.stored == 2
    assert outcome.flagged == ((RowNote(2, "completed", "fewer-than-ratings"),) if flagged else ())


async def test_the_officials_of_a_desk_are_added_up_before_ratings_are_compared(connection: Connection) -> None:
    await make_world(connection)
    await make_ratings(connection, 20)
    outcome = await take(connection, change(official="demo-1"), change(official="demo-2"))
    assert outcome.flagged == ()


async def test_a_dry_run_only_checks(connection: Connection) -> None:
    await make_world(connection)
    assert await take(connection, GOOD, dry_run=True) == DossierOutcome(0, (), ())
    assert await read_sums(connection) == []
