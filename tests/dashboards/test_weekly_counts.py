"""Weeks rolled up equal weeks counted anew from daily counts, whatever came, was corrected or set aside in between."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.releases.quarters import Quarter
from dashboards.supervision.periods import list_weeks, list_weeks_to_roll
from dashboards.supervision.roll_up import is_night, roll_up, roll_up_week, roll_up_weeks
from feedback.database import Connection, open_connection
from tests.dashboards.area_stage import DAY, add_dossiers, add_ratings, make_province
from tests.factories import NOW

MONDAY = date(2026, 11, 9)  # of the last closed week
WEEK = next(week for week in list_weeks_to_roll(DAY) if week.first == MONDAY)
# The same sums, straight from the daily counts, one scope and margin at a time.
RECOUNT = """
WITH placed AS (
    SELECT c.*, greatest(date_trunc('week', c.day::timestamp)::date,
                         date_trunc('quarter', c.day::timestamp)::date) AS week,
           p.province_code AS province, u.area_type, s.rater_kind,
           EXISTS (SELECT FROM pilot_units AS t WHERE t.unit_id = c.unit_id AND t.valid_from <=
               greatest(date_trunc('week', c.day::timestamp)::date, date_trunc('quarter', c.day::timestamp)::date)
               AND t.valid_to IS NULL) AS is_pilot
    FROM daily_counts AS c JOIN units AS u USING (unit_id) JOIN places AS p ON p.code = u.place_code
    JOIN surveys AS s USING (survey_id)
), scoped AS (
    SELECT placed.*, scope.area, scope.is_part FROM placed CROSS JOIN LATERAL (VALUES
        ('VN', false), ('VN/' || area_type, false), (province, false), (province || '/' || area_type, false),
        (CASE WHEN is_pilot THEN 'VN/pilot' END, true),
        (CASE WHEN is_pilot THEN 'VN/' || area_type || '/pilot' END, true),
        (CASE WHEN is_pilot THEN province || '/pilot' END, true),
        (CASE WHEN is_pilot THEN province || '/' || area_type || '/pilot' END, true)) AS scope (area, is_part)
    WHERE scope.area IS NOT NULL
), rows AS (
    SELECT unit_id, '' AS area, week, 'all' AS margin, 0 AS key, n1, n2, n3, n4, n5 FROM placed
        WHERE proof_class <> 'X'::"char"
    UNION ALL SELECT 0, area, week, margin.name, margin.key, n1, n2, n3, n4, n5 FROM scoped CROSS JOIN LATERAL (VALUES
        ('all', 0), ('procedure', procedure_id), ('rater_kind', CASE rater_kind WHEN 'business' THEN 2 ELSE 1 END),
        ('channel', channel), ('proof_class', ascii(proof_class::text))) AS margin (name, key)
    WHERE (proof_class <> 'X'::"char" OR margin.name = 'proof_class') AND (margin.name = 'all' OR NOT is_part)
)
SELECT unit_id, area, week, margin, key, sum(n1) AS n1, sum(n2) AS n2, sum(n3) AS n3, sum(n4) AS n4, sum(n5) AS n5
FROM rows WHERE week <= $1 GROUP BY unit_id, area, week, margin, key
HAVING sum(n1) <> 0 OR sum(n2) <> 0 OR sum(n3) <> 0 OR sum(n4) <> 0 OR sum(n5) <> 0
ORDER BY unit_id, area, week, margin, key
"""
KEPT = """
SELECT unit_id, area, week, margin, key, n1::bigint, n2::bigint, n3::bigint, n4::bigint, n5::bigint FROM weekly_counts
WHERE (n1, n2, n3, n4, n5) <> (0, 0, 0, 0, 0) ORDER BY unit_id, area, week, margin, key
"""
RATING = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["demo-1", "demo-2", "demo-3"]),
        "day": st.dates(date(2026, 9, 21), date(2026, 11, 20)),
        "scores": st.tuples(*[st.integers(0, 4)] * 5),
        "desk": st.sampled_from(["1", "2"]),
        "procedure": st.sampled_from(["1.000001", "1.000002", "none"]),
        "rater": st.sampled_from(["citizen", "business"]),
        "channel": st.sampled_from([1, 2]),
        "proof": st.sampled_from([b"A", b"C", b"X"]),
    }
)


async def roll_up_autumn(connection: Connection) -> None:
    for week in list_weeks_to_roll(DAY)[-10:]:
        await roll_up_week(connection, week)
    await compare(connection)


async def compare(connection: Connection) -> None:
    """What is rolled up is what the days add up to."""
    recounted = [tuple(row) for row in await connection.fetch(RECOUNT, MONDAY)]
    assert [tuple(row) for row in await connection.fetch(KEPT)] == recounted


@given(st.lists(RATING, max_size=12), st.lists(RATING, max_size=6), st.booleans())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_rolled_up_weeks_equal_the_days_after_any_history(
    connection: Connection,
    first: list[dict[str, Any]],
    later: list[dict[str, Any]],
    is_pilot: bool,  # noqa: FBT001 (Hypothesis gives it by place)
) -> None:
    attempt = connection.transaction()
    await attempt.start()
    await make_province(connection)
    for ratings in (first, later):
        for rating in ratings:
            await add_ratings(connection, **rating)
        await roll_up_autumn(connection)
    if is_pilot:
        await connection.execute("INSERT INTO pilot_units SELECT unit_id, '2026-10-05' FROM units LIMIT 1")
        await roll_up_autumn(connection)
    await attempt.rollback()


async def test_a_rating_that_is_set_aside_later_moves_its_week(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", MONDAY, (1, 0, 0, 0, 9))
    await roll_up(connection, DAY)
    await add_ratings(connection, "demo-1", MONDAY, (-1, 0, 0, 0, 0))
    await add_ratings(connection, "demo-1", MONDAY, (1, 0, 0, 0, 0), proof=b"X")
    assert await roll_up(connection, DAY) == [MONDAY]
    await compare(connection)
    assert await roll_up(connection, DAY) == []


async def test_dossiers_that_come_late_are_in_the_week_and_under_their_procedure(connection: Connection) -> None:
    await make_province(connection)
    await add_ratings(connection, "demo-1", MONDAY, (0, 0, 0, 0, 9))
    await roll_up(connection, DAY)
    await add_dossiers(connection, "demo-1", MONDAY, 70)
    await add_dossiers(connection, "demo-2", MONDAY, 30, procedure="9.999999")
    assert await roll_up(connection, DAY) == [MONDAY]
    rows = await connection.fetch(
        "SELECT area, margin, key, sum(completed)::integer AS completed FROM weekly_counts"
        " WHERE unit_id = 0 AND area = 'VN' AND completed > 0 GROUP BY area, margin, key ORDER BY margin, key"
    )
    # The code that the catalogue does not know counts for the whole, and under no procedure.
    assert [(row["margin"], row["key"] > 0, row["completed"]) for row in rows] == [
        ("all", False, 100),
        ("procedure", False, 30),
        ("procedure", True, 70),
    ]


async def test_by_day_only_missing_weeks_and_the_newest_are_looked_at(connection: Connection) -> None:
    await make_province(connection)
    august = date(2026, 8, 12)
    await roll_up(connection, DAY)
    for day in (august, MONDAY):
        await add_ratings(connection, "demo-1", day, (0, 0, 0, 0, 9))
    assert await roll_up(connection, DAY, is_night=False) == [MONDAY]
    assert await roll_up(connection, DAY) == [date(2026, 8, 10)]


async def test_the_job_goes_on_where_it_was_killed(database_url: str) -> None:
    connection = await open_connection(database_url)
    await make_province(connection)
    await add_ratings(connection, "demo-1", MONDAY, (0, 0, 0, 0, 9))
    weeks = list_weeks_to_roll(DAY)
    for week in weeks[:-1]:
        await roll_up_week(connection, week)
    killed = connection.transaction()
    await killed.start()
    await roll_up_week(connection, weeks[-1])
    await killed.rollback()
    assert await connection.fetchval("SELECT count(*) FROM weekly_counts") == 0
    for _ in range(2):
        await roll_up_weeks(database_url, NOW.replace(day=21))
        await compare(connection)
    assert await connection.fetchval("SELECT count(*) FROM rolled_weeks") == len(weeks)
    await connection.close()


def test_no_week_crosses_a_quarter_and_none_is_left_out() -> None:
    for number in range(1, 5):
        quarter = Quarter(2026, number)
        weeks = list_weeks(quarter)
        assert (weeks[0].first, weeks[-1].last) == (quarter.first_day, quarter.last_day)
        assert all(one.last + timedelta(days=1) == other.first for one, other in pairwise(weeks))
        assert all(week.first.isoweekday() == 1 for week in weeks[1:])


def test_all_weeks_are_looked_at_between_two_and_three_at_night_in_vietnam() -> None:
    assert [is_night(NOW.replace(hour=hour)) for hour in (18, 19, 20)] == [False, True, False]
