from datetime import date, timedelta

import msgspec
import polars as pl
import pytest

from feedback.catalogue.import_workbook import check_workbook
from feedback.catalogue.places import import_places
from feedback.catalogue.workbook import Workbook
from feedback.database import Connection
from feedback.demo.load import load_demo, make_writer, store_columns
from feedback.demo.ratings import RatingPlan
from feedback.demo.recipe import NATIONAL, SMALL, DemoSize
from feedback.demo.world import make_national_world, make_small_world, make_world
from surveys.codes import read_desk_code

DAY = date(2026, 11, 20)
COUNT_WRONG_RATINGS = """
SELECT count(*) FROM responses AS r
WHERE NOT EXISTS (SELECT FROM desks AS d WHERE d.desk_id = r.desk_id AND d.unit_id = r.unit_id)
   OR (official_id <> 0 AND NOT EXISTS (
        SELECT FROM desk_officials AS o JOIN official_titles AS t USING (official_id)
        WHERE o.desk_id = r.desk_id AND o.official_id = r.official_id AND t.title_id = r.title_id
          AND r.local_day >= o.valid_from AND r.local_day < coalesce(o.valid_to, 'infinity')
          AND r.local_day >= t.valid_from AND r.local_day < coalesce(t.valid_to, 'infinity')))
   OR (procedure_id <> 0 AND NOT EXISTS (
        SELECT FROM desk_procedures AS o JOIN procedures AS p ON p.code = o.procedure_code
        WHERE o.desk_id = r.desk_id AND p.procedure_id = r.procedure_id
          AND r.local_day >= o.valid_from AND r.local_day < coalesce(o.valid_to, 'infinity')
          AND r.local_day >= p.valid_from AND r.local_day < coalesce(p.valid_to, 'infinity')))
"""
FEW = msgspec.structs.replace(SMALL, ratings=2500, batch_rows=1000)


@pytest.fixture(scope="module")
def world() -> Workbook:
    return make_small_world(DAY)


@pytest.fixture(scope="module")
def plan(world: Workbook) -> RatingPlan:
    return RatingPlan(SMALL, world, DAY)


def ignore(_: int) -> None:
    pass


async def count_rows(connection: Connection) -> tuple[int, int, int]:
    """Rows, ratings in the daily counts, and the last number given."""
    row = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM responses), (SELECT sum(n1 + n2 + n3 + n4 + n5) FROM daily_counts),"
        " last_number FROM sequencer"
    )
    assert row is not None
    return row[0], row[1], row[2]


class StoppedError(Exception):
    pass


async def test_a_demo_is_loaded_once_and_every_rating_is_counted(connection: Connection) -> None:
    told: list[int] = []
    demo = await load_demo(connection, FEW, DAY, told.append)
    assert demo.new_ratings == 2500
    assert told == [0, 1000, 2000, 2500]
    before = await count_rows(connection)
    assert before[:2] == (2500, 2500)
    again = await load_demo(connection, FEW, DAY + timedelta(days=3), told.append)
    assert (again.new_ratings, again.day) == (0, DAY)
    assert again.world.sheets["desks"].equals(demo.world.sheets["desks"])
    assert await count_rows(connection) == before


async def test_a_demo_that_was_cut_off_goes_on_another_day_without_doubling(connection: Connection) -> None:
    def stop(stored: int) -> None:
        if stored == 1000:
            raise StoppedError

    with pytest.raises(StoppedError):
        await load_demo(connection, FEW, DAY, stop)
    assert (await count_rows(connection))[0] == 1000
    demo = await load_demo(connection, FEW, DAY + timedelta(days=1), ignore)
    assert demo.new_ratings == 1500
    assert (await count_rows(connection))[:2] == (2500, 2500)


async def test_a_batch_stored_twice_is_passed_over(connection: Connection) -> None:
    demo = await load_demo(connection, FEW, DAY, ignore)
    plan = RatingPlan(FEW, demo.world, DAY)
    writer = await make_writer(connection, plan)
    assert await store_columns(connection, writer.write(plan.make_batch(1))) == 0
    assert (await count_rows(connection))[:2] == (2500, 2500)


async def test_a_stored_rating_names_only_who_and_what_was_at_its_desk_on_its_day(
    connection: Connection,
) -> None:
    await load_demo(connection, FEW, DAY, ignore)
    assert await connection.fetchval(COUNT_WRONG_RATINGS) == 0
    assert await connection.fetchval("SELECT min(official_id) FROM responses") == 0


async def test_only_the_last_48_hours_keep_their_time_of_day(connection: Connection) -> None:
    await load_demo(connection, msgspec.structs.replace(FEW, ratings=6000, batch_rows=6000), DAY, ignore)
    exact = await connection.fetch(
        "SELECT local_day, received_at, part_of_day FROM responses WHERE received_at IS NOT NULL"
    )
    assert {row["local_day"] for row in exact} == {DAY - timedelta(days=2), DAY - timedelta(days=1)}
    for row in exact:
        local = row["received_at"] + timedelta(hours=7)  # Vietnam, stored in UTC
        assert (local.date(), 1 if local.hour < 12 else 2) == (row["local_day"], row["part_of_day"])
    old = "SELECT count(*) FROM responses WHERE received_at IS NULL AND local_day >= $1"
    assert await connection.fetchval(old, DAY - timedelta(days=2)) == 0


async def test_rows_are_as_a_real_rating_would_be(connection: Connection) -> None:
    await load_demo(connection, msgspec.structs.replace(FEW, ratings=6000, batch_rows=6000), DAY, ignore)
    rows = await connection.fetch("SELECT channel, proof_class, survey_id, answers, comment FROM responses")
    assert all((row["channel"] == 2) == (row["proof_class"] == b"B") for row in rows)
    # X: ratings of the planted flood, which few of these 6000 need be
    assert {row["proof_class"] for row in rows} - {b"X"} == {b"A", b"B", b"C"}
    kinds = await connection.fetch("SELECT survey_id, rater_kind FROM surveys")
    business = {row["survey_id"] for row in kinds if row["rater_kind"] == "business"}
    # 12 % of 6000 = 720, standard deviation 25: four of them either way
    assert 620 <= sum(row["survey_id"] in business for row in rows) <= 820
    assert 0 < sum(row["comment"] is not None for row in rows) < 6000 * 0.04
    assert 0 < sum(row["answers"] is not None for row in rows) < 6000 * 0.10


async def test_visit_slips_are_rated_on_the_web_and_name_official_and_procedure(connection: Connection) -> None:
    await load_demo(connection, msgspec.structs.replace(FEW, ratings=6000, batch_rows=6000), DAY, ignore)
    rows = await connection.fetch("SELECT channel, official_id, procedure_id FROM responses WHERE proof_class = 'A'")
    # 45 % of the 72 % on the web: 1944 of 6000, standard deviation 36, four of them either way
    assert 1800 <= len(rows) <= 2088
    assert {row["channel"] for row in rows} == {1}
    assert all(row["official_id"] and row["procedure_id"] for row in rows)


@pytest.mark.parametrize("size", [SMALL, NATIONAL], ids=["small", "national"])
async def test_the_ordinary_import_finds_no_bad_cell_in_a_demo(connection: Connection, size: DemoSize) -> None:
    await import_places(connection)
    assert await check_workbook(connection, make_world(size, DAY)) == []


def test_everybody_and_everything_invented_is_marked_as_demo(world: Workbook) -> None:
    for book in (world, make_national_world(DAY)):
        assert book.sheets["officials"]["display_name"].str.ends_with("(mẫu)").all()
        assert book.sheets["officials"]["code"].str.starts_with("demo-").all()
        assert book.sheets["desks"]["name"].str.ends_with("(mẫu)").all()
        assert book.sheets["units"]["name"].str.ends_with("(mẫu)").all()
        invented = book.sheets["procedures"].filter(pl.col("code").str.starts_with("9.0000"))
        assert invented["name"].str.ends_with("(mẫu)").all()
        # The five that domain.md 8.4 names are the only real ones.
        real = set(book.sheets["procedures"]["code"]) - set(invented["code"])
        assert real <= {"1.001193", "1.000894", "1.004222", "2.000815", "2.000884"}


def test_the_national_demo_covers_every_commune(world: Workbook) -> None:
    assert world.sheets["units"].height == 3
    national = make_national_world(DAY)
    assert national.sheets["units"].height == 3321
    assert national.sheets["units"]["code"].to_list() == national.sheets["units"]["place_code"].to_list()
    assert national.sheets["units"].group_by("area_type").len().filter(area_type="urban")["len"].item() == 697
    assert national.sheets["desks"].height == 3 * 3321


def test_desk_codes_have_their_check_symbol_and_are_the_same_on_every_day(world: Workbook) -> None:
    codes = world.sheets["desks"]["code"].to_list()
    assert [read_desk_code(code) for code in codes] == codes
    assert len(set(codes)) == len(codes)
    assert make_small_world(DAY + timedelta(days=40)).sheets["desks"]["code"].to_list() == codes
    national = make_national_world(DAY).sheets["desks"]["code"].to_list()
    assert len({*national, *codes}) == len(national) + len(codes)


def test_one_desk_leaves_no_doubt_and_one_official_was_transferred(world: Workbook, plan: RatingPlan) -> None:
    assert plan.posts.filter((pl.col("officials") == 1) & (pl.col("procedures") == 1)).height > 0
    moved = world.sheets["desk_officials"].filter(pl.col("official").is_duplicated())
    assert moved["desk"].to_list() == ["1", "2"]
    assert moved["valid_to"][0] == moved["valid_from"][1] == "2026-06-23"  # 150 days before 20 November
