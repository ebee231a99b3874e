"""What a seed draws and what a gap says: pure, and from a demo province in the database."""

from collections import Counter
from datetime import UTC, date, datetime
from hashlib import sha256

import msgspec
import pytest

from dashboards.checks.draw_round import RoundForm, RoundWish, draw_items, judge_wish
from dashboards.checks.draw_sample import draw_numbers, find_drawn
from dashboards.checks.gaps import Gap, compare, measure_difference, measure_gap, round_difference
from dashboards.disclosure.groups import ReleasedShare
from dashboards.supervision.areas import NATION_AREA, find_area
from dashboards.supervision.figures import Area
from feedback.database import Connection
from feedback.tables.check_rounds import CheckItem, CheckRound
from surveys.case_errors import CheckRefusedError
from tests.dashboards.area_stage import DAY, add_dossiers, add_ratings, make_province

SEED = bytes(range(16))
FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
GOOD = RoundForm("Đợt quý III (mẫu)", "desks", "5", "2026-07-01", "2026-09-30")


def test_numbers_are_what_the_page_says_they_are() -> None:
    """By hand: the remainders of SHA-256(seed, k) by 10, plus one, without what came before."""
    expected: list[int] = []
    for k in range(100):
        number = int(sha256(SEED + k.to_bytes(8, "big")).hexdigest(), 16) % 10 + 1
        if number not in expected:
            expected.append(number)
    assert draw_numbers(SEED, 10, 4) == tuple(expected[:4])


def test_the_same_seed_draws_the_same_and_a_larger_sample_begins_with_the_smaller() -> None:
    assert draw_numbers(SEED, 5000, 30) == draw_numbers(SEED, 5000, 30)
    assert draw_numbers(SEED, 5000, 30)[:10] == draw_numbers(SEED, 5000, 10)
    assert draw_numbers(SEED, 5000, 30) != draw_numbers(bytes(16), 5000, 30)


def test_all_of_a_population_can_be_drawn_and_no_more() -> None:
    assert sorted(draw_numbers(SEED, 200, 200)) == [*range(1, 201)]
    for size in (0, 4):
        with pytest.raises(ValueError, match="cannot be drawn"):
            draw_numbers(SEED, 3, size)


def test_every_number_is_as_likely_as_any_other() -> None:
    """2,000 seeds draw one of four: 500 of each expected, standard deviation √(2000·¼·¾) = 19.4; within five of it."""
    counts = Counter(draw_numbers(number.to_bytes(16), 4, 1)[0] for number in range(2000))
    assert all(abs(counts[number] - 500) < 97 for number in range(1, 5))


def test_a_number_leads_to_its_cell_and_to_its_place_there() -> None:
    found = [msgspec.structs.astuple(drawn) for drawn in find_drawn((1, 3, 4, 9), (3, 5, 1))]
    assert found == [(0, 1), (0, 3), (1, 1), (2, 1)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "  a "}, "check-name"),
        ({"name": "x" * 121}, "check-name"),
        ({"way": "people"}, "check-way"),
        ({"size": "0"}, "check-size"),
        ({"size": "201"}, "check-size"),
        ({"size": "٥"}, "check-size"),
        ({"size": "9" * 40}, "check-size"),
        ({"first": "mai"}, "check-days"),
        ({"first": "2026-10-01"}, "check-days"),
        ({"last": "2026-11-21"}, "check-days"),
        ({"first": "2025-09-29"}, "check-days"),
        # Twelve days, from a Tuesday to a Saturday: the 6th of July is a Monday.
        ({"first": "2026-07-07", "last": "2026-07-18"}, "check-week"),
    ],
)
def test_a_wish_that_cannot_be_drawn_is_refused_with_its_reason(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(CheckRefusedError) as refused:
        judge_wish(msgspec.structs.replace(GOOD, **changes), DAY)
    assert refused.value.details["reason"] == reason


def test_one_whole_week_is_enough() -> None:
    wish = judge_wish(msgspec.structs.replace(GOOD, first="2026-07-06", last="2026-07-12"), DAY)
    assert (wish.first, wish.last) == (date(2026, 7, 6), date(2026, 7, 12))


async def find(connection: Connection, code: str) -> Area:
    area = await find_area(connection, code)
    assert area is not None
    return area


async def test_desks_are_drawn_from_the_area_and_the_same_again(connection: Connection) -> None:
    await make_province(connection, 3)
    wish = judge_wish(GOOD, DAY)
    province = await find(connection, "p96")
    population, items = await draw_items(connection, province, wish, SEED, DAY)
    assert population == 9
    assert (population, items) == await draw_items(connection, province, wish, SEED, DAY)
    assert len({(item.unit_id, item.desk_id) for item in items}) == 5
    assert [item.place for item in items] == [1, 2, 3, 4, 5]
    # By hand: the desks in order of unit and number are counted 1 to 9.
    rows = await connection.fetch("SELECT desk_id FROM desks JOIN units USING (unit_id) ORDER BY code, number")
    assert [item.desk_id for item in items] == [rows[number - 1]["desk_id"] for number in draw_numbers(SEED, 9, 5)]
    assert (await draw_items(connection, NATION_AREA, wish, SEED, DAY))[0] == 9
    unit = await find(connection, "u-demo-2")
    with pytest.raises(CheckRefusedError, match="too-few"):
        await draw_items(connection, unit, wish, SEED, DAY)


async def test_a_closed_desk_is_not_drawn(connection: Connection) -> None:
    await make_province(connection, 1)
    await connection.execute("UPDATE desks SET valid_to = '2026-11-21' WHERE number = '3'")
    wish = RoundWish("Đợt (mẫu)", "desks", 2, FIRST, LAST)
    assert (await draw_items(connection, NATION_AREA, wish, SEED, DAY))[0] == 2


async def add_desk_dossiers(connection: Connection, unit: str, day: date, completed: int) -> None:
    await connection.execute(
        "INSERT INTO desk_dossier_counts SELECT unit_id, $2, desk_id, '1.000001', 0, $3, 0, 0 FROM units"
        " JOIN desks USING (unit_id) WHERE code = $1 AND number = '2'",
        *(unit, day, completed),
    )


async def test_dossiers_are_drawn_by_desk_where_it_is_known(connection: Connection) -> None:
    """demo-1 tells desks (5 at desk 2), demo-2 does not (3), demo-3 has none; 2 in October do not count: 8 in all."""
    await make_province(connection, 3)
    await add_dossiers(connection, "demo-1", FIRST, 5)
    await add_desk_dossiers(connection, "demo-1", FIRST, 5)
    await add_dossiers(connection, "demo-2", LAST, 3, procedure="9.999999")
    await add_dossiers(connection, "demo-2", date(2026, 10, 1), 2)
    wish = RoundWish("Đợt (mẫu)", "dossiers", 8, FIRST, LAST)
    population, items = await draw_items(connection, NATION_AREA, wish, SEED, DAY)
    assert population == 8
    known = [item for item in items if item.desk_id]
    unknown = [item for item in items if not item.desk_id]
    assert sorted(item.ordinal for item in known) == [1, 2, 3, 4, 5]
    assert {(item.day, item.procedure_id != 0) for item in known} == {(FIRST, True)}
    assert sorted(item.ordinal for item in unknown) == [1, 2, 3]
    assert {(item.day, item.procedure_id) for item in unknown} == {(LAST, 0)}
    numbers = draw_numbers(SEED, 8, 8)
    assert [item.desk_id != 0 for item in items] == [number <= 5 for number in numbers]


def test_the_interval_is_newcombes() -> None:
    """Newcombe (1998), table II, method 10: 56/70 less 48/80, 9/10 less 3/10, 10/10 less 0/20."""
    assert measure_difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert measure_difference(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert measure_difference(10, 10, 0, 20) == pytest.approx((0.6791, 1.0), abs=5e-5)


def test_points_are_whole_and_the_interval_is_rounded_outwards() -> None:
    # 56/70 = 80 %, 48/80 = 60 %: 20 points, 5.24 to 33.39.
    assert round_difference(56, 70, 48, 80) == (20, 5, 34)
    assert round_difference(48, 80, 56, 70) == (-20, -34, -5)


def make_items(*scores: int | None, late: bool | None = None) -> list[CheckItem]:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    names = {"unit_code": "demo-1", "unit_name": "", "province_code": "96", "commune_code": "32001"}
    blank = dict.fromkeys(("desk_number", "desk_name", "procedure_code", "procedure_name"), "")
    return [
        CheckItem(1, place, 1, 1, 0, None, 0, score, late, "n", score is None, 1, at, **names, **blank)
        for place, score in enumerate(scores, 1)
    ]


def say_gap(scores: tuple[int | None, ...], satisfied: int, ratings: int) -> Gap:
    items = make_items(*scores)
    return compare([item for item in items if item.found_score is not None], items, 1, satisfied, ratings)


@pytest.mark.parametrize(
    ("scores", "satisfied", "ratings", "verdict"),
    [
        ((1, 2, 3, 4), 80, 100, "few_checks"),
        ((1, 2, 3, 4, 5), 8, 9, "few_ratings"),
        ((1, 2, 3, 4, 5), 40, 40, "banded"),
        ((1, 1, 2, 2, 3, 1), 90, 100, "lower"),
        ((5, 5, 5, 4, 4, 4), 30, 100, "higher"),
        ((1, 5, 5, 4, 4, None), 80, 100, "unclear"),
    ],
)
def test_a_gap_says_no_more_than_may_be_said(
    scores: tuple[int | None, ...], satisfied: int, ratings: int, verdict: str
) -> None:
    gap = say_gap(scores, satisfied, ratings)
    assert gap.verdict == verdict
    assert (gap.points is None) == (verdict in {"few_checks", "few_ratings", "banded"})
    assert gap.not_possible == scores.count(None)


def test_below_ten_ratings_nothing_of_them_is_told() -> None:
    gap = say_gap((1, 2, 3, 4, 5), 8, 9)
    assert (gap.rated_n, gap.rated, gap.points) == (None, None, None)
    assert gap.found == ReleasedShare(40, "exact", 11, 77)  # Wilson for 2 of 5: 11.8 to 76.9


async def measure(connection: Connection, last: date, scores: tuple[int, ...] = (2, 2, 2, 2, 4)) -> Gap:
    unit, desk = await connection.fetchrow("SELECT unit_id, desk_id FROM desks ORDER BY desk_id LIMIT 1") or (0, 0)
    drawn = CheckRound(1, "Đợt (mẫu)", "VN", "desks", SEED, 9, FIRST, last, 1, datetime(2026, 11, 20, tzinfo=UTC))
    items = [msgspec.structs.replace(item, unit_id=unit, desk_id=desk) for item in make_items(*scores)]
    return await measure_gap(connection, drawn, items, DAY)


async def test_ratings_come_in_the_batches_that_the_page_of_the_desk_shows(connection: Connection) -> None:
    """Batches are weeks of July: to the 5th 14, to the 12th 12, to the 19th 10, with 4 after that to the quarter's end.

    Desk 2 and class X are in none. No day of a round cuts a week: page less gap would tell of the few that remain.
    """
    await make_province(connection, 1)
    for day, scores in ((1, (2, 1, 0, 0, 8)), (4, (0, 0, 0, 0, 3)), (8, (0, 0, 0, 0, 12)), (15, (3, 0, 0, 0, 7))):
        await add_ratings(connection, "demo-1", date(2026, 7, day), scores)
    await add_ratings(connection, "demo-1", date(2026, 7, 20), (4, 0, 0, 0, 0))
    await add_ratings(connection, "demo-1", date(2026, 7, 2), (50, 0, 0, 0, 0), desk="2")
    await add_ratings(connection, "demo-1", date(2026, 7, 2), (50, 0, 0, 0, 0), proof=b"X")
    whole = await measure(connection, LAST)
    assert (whole.rated_n, whole.rated and whole.rated.percent) == (40, 75)  # 30 of 40
    # One in five found good, so 20 - 75 = -55 points.
    assert (whole.points, whole.verdict) == (-55, "lower")
    cut = await measure(connection, date(2026, 7, 12))
    assert (cut.rated_n, cut.rated and cut.rated.percent) == (25, 88)  # 23 of 26
    for day in (5, 8, 11):
        cut = await measure(connection, date(2026, 7, day))
        assert (cut.rated_n, cut.rated and cut.rated.percent) == (15, 79)  # 11 of 14
    # The first had ten ratings by themselves, and the desk's page shows no day alone.
    assert (await measure(connection, date(2026, 7, 1))).rated is None
