"""What a case measures: days, batches, shares, the difference and what is said of it. Numbers by hand, or as cited."""

from datetime import date

import pytest

from dashboards.cases.indicators import bound, freeze_findings, freeze_outcome, judge, measure_case, read_figures
from dashboards.cases.windows import Moments, find_windows
from dashboards.disclosure.groups import ReleasedGroup, ReleasedShare
from dashboards.periods import Period
from dashboards.supervision.areas import find_area
from dashboards.supervision.calculate_pilots import Difference, calculate_newcombe, measure_difference
from dashboards.supervision.figures import Filters
from dashboards.supervision.read_figures import read_area_figures
from feedback.database import Connection
from feedback.tables.supervision_cases import SupervisionCase
from tests.dashboards.area_stage import DAY
from tests.dashboards.case_outcome_stage import (
    ACCEPTED,
    AFTER,
    ANSWERED,
    BEFORE,
    BETWEEN,
    EARLIER,
    EIGHT,
    LAST,
    LATER,
    SIX,
    add_case,
    add_event,
    find_desk,
    find_id,
    make_rated_province,
    rate,
)


async def make_accepted(connection: Connection) -> SupervisionCase:
    case = await add_case(connection, await find_id(connection, "demo-1"), state="accepted", accepted_at=ACCEPTED)
    await add_event(connection, case, "answered", ANSWERED)
    return case


def test_the_interval_of_a_difference_is_that_of_the_paper() -> None:
    # Newcombe (1998), table II, example (a): 56/70 less 48/80, method 10: 0.0524 to 0.3339.
    difference, low, high = calculate_newcombe(56, 70, 48, 80)
    assert (round(difference, 4), round(low, 4), round(high, 4)) == (0.2, 0.0524, 0.3339)
    assert measure_difference(56, 70, 48, 80) == Difference(20, 5, 34)


def test_the_days_are_whole_weeks_and_those_of_the_steps_are_in_neither() -> None:
    # Sent on Monday 7 September: eight weeks up to Sunday the 6th. Accepted on Monday 21 September: from the 28th on.
    moments = Moments(date(2026, 9, 7), date(2026, 9, 18), date(2026, 9, 21))
    windows = find_windows(moments, 8, 8, DAY)
    assert windows.before == Period(date(2026, 7, 13), date(2026, 9, 6))
    assert windows.after == Period(date(2026, 9, 28), date(2026, 11, 15))
    assert windows.shown == Period(date(2026, 7, 13), date(2026, 11, 15))
    assert not windows.is_complete
    later = find_windows(moments, 8, 8, date(2027, 1, 5))
    assert later.after == Period(date(2026, 9, 28), date(2026, 11, 22))
    assert later.is_complete


def test_while_nobody_has_answered_or_no_week_has_closed_there_is_nothing_after() -> None:
    assert find_windows(Moments(date(2026, 9, 7), None, None), 8, 8, DAY).after is None
    answered_now = Moments(date(2026, 9, 7), date(2026, 11, 18), None)
    assert find_windows(answered_now, 8, 8, DAY).after is None


async def test_before_and_after_are_batches_within_their_days(connection: Connection) -> None:
    await make_rated_province(connection)
    figures = await measure_case(connection, await make_accepted(connection), DAY)
    assert figures.measured == "unit"
    assert figures.after is not None
    # 8 weeks of 6 in 10; 7 batches of 8 in 10, while that of 11 November waits for the next one. Wilson by hand:
    # 48/80: 0.4905 to 0.7004; 56/70: 0.6923 to 0.8768, rounded outwards.
    assert (figures.before.group.n, figures.before.group.share) == (80, ReleasedShare(60, "exact", 49, 71))
    assert (figures.after.group.n, figures.after.group.share) == (70, ReleasedShare(80, "exact", 69, 88))
    assert (figures.difference, figures.verdict, figures.missing) == (Difference(20, 5, 34), "better", 0)
    assert not figures.is_final
    # All weeks: 80 of 800 dossiers before, 80 of 800 after, that of 11 November among them.
    assert [(rate.received, rate.completed) for rate in (figures.before.response, figures.after.response) if rate] == [
        (80, 800),
        (80, 800),
    ]


async def test_the_weeks_are_those_of_the_fronts_own_page(connection: Connection) -> None:
    await make_rated_province(connection)
    figures = await measure_case(connection, await make_accepted(connection), DAY)
    area = await find_area(connection, "u-demo-1")
    assert area is not None
    page = {week.monday: week.group for week in (await read_area_figures(connection, area, Filters(), DAY)).weeks}
    assert len(figures.weeks) == 19  # 18 weeks, one of them cut where the quarter ends
    assert [week.group for week in figures.weeks] == [page[week.monday] for week in figures.weeks]
    assert sum(week.group.share is not None for week in figures.weeks) == len((*BEFORE, *BETWEEN, *AFTER, *LATER)) + 1


async def test_until_it_is_accepted_the_weeks_since_the_answer_count_for_now(connection: Connection) -> None:
    await make_rated_province(connection)
    case = await add_case(connection, await find_id(connection, "demo-1"), state="answered")
    assert (await measure_case(connection, case, DAY)).verdict == "waiting"
    await add_event(connection, case, "answered", ANSWERED)
    figures = await measure_case(connection, case, DAY)
    assert figures.after is not None
    assert (figures.after.first, figures.is_final) == (date(2026, 9, 21), False)
    # The week of 23 September, 6 in 10, is among them now: 62 of 80.
    assert (figures.after.group.n, figures.difference) == (80, measure_difference(62, 80, 48, 80))


async def test_an_answer_from_before_it_was_opened_again_counts_no_more(connection: Connection) -> None:
    await make_rated_province(connection)
    case = await add_case(connection, await find_id(connection, "demo-1"))
    await add_event(connection, case, "answered", ANSWERED)
    await add_event(connection, case, "reopened", ACCEPTED)
    assert (await measure_case(connection, case, DAY)).after is None


async def test_all_weeks_after_make_it_final(connection: Connection) -> None:
    await make_rated_province(connection)
    await rate(connection, date(2026, 11, 18), EIGHT)
    figures = await measure_case(connection, await make_accepted(connection), date(2026, 11, 24))
    assert figures.is_final
    assert figures.after is not None
    assert (figures.after.last, figures.after.group.n) == (date(2026, 11, 22), 80)


async def test_too_few_ratings_say_how_many_are_missing(connection: Connection) -> None:
    await make_rated_province(connection)
    unit_id = await find_id(connection, "demo-2")
    for day in (EARLIER, *BEFORE, *BETWEEN):
        await rate(connection, day, SIX, "demo-2")
    await rate(connection, AFTER[2], (0, 0, 0, 6, 6), "demo-2")
    case = await add_case(connection, unit_id, state="accepted", accepted_at=ACCEPTED)
    await add_event(connection, case, "answered", ANSWERED)
    figures = await measure_case(connection, case, DAY)
    assert figures.after is not None
    # 12 have come: two batches of ten would let one out, so 8 more, told in fives.
    assert (figures.after.group.share, figures.verdict, figures.missing) == (None, "few", 10)
    assert figures.difference is None


async def test_of_an_official_only_the_desk_is_told(connection: Connection) -> None:
    await make_rated_province(connection)
    await connection.execute(
        "INSERT INTO officials (code, display_name, valid_from) VALUES ('demo-9', 'Người mẫu 9', '2026-01-01')"
    )
    official_id = int(await connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-9'") or 0)
    await connection.execute("UPDATE daily_counts SET official_id = $1 WHERE day = $2", official_id, date(2026, 8, 5))
    case = await add_case(connection, await find_id(connection, "demo-1"), official_id=official_id)
    text = await freeze_outcome(connection, case, DAY)
    figures = read_figures(text)
    assert (figures.measured, figures.place.desk, figures.is_about_official) == ("desk", "1", True)
    assert figures.before.group.n == 80  # the desk's, of which the person got ten
    assert "demo-9" not in text
    assert "Người mẫu 9" not in text


async def test_a_desk_and_a_procedure_have_their_own_batches(connection: Connection) -> None:
    await make_rated_province(connection)
    for day in (EARLIER, *BEFORE, *BETWEEN, *AFTER, *LATER, LAST):
        await rate(connection, day, (8, 8, 4, 0, 0), desk="2")
    unit_id, desk_id = await find_id(connection, "demo-1"), await find_desk(connection, "demo-1", "2")
    procedure_id = int(await connection.fetchval("SELECT procedure_id FROM procedures WHERE code = '1.000001'") or 0)
    of_desk = await measure_case(connection, await add_case(connection, unit_id, desk_id=desk_id), DAY)
    assert (of_desk.measured, of_desk.place.desk, of_desk.before.group.n) == ("desk", "2", 140)
    assert of_desk.before.group.share == ReleasedShare(0, "exact", 0, 3)  # Wilson for 0 of 140: 0 to 0.0267
    of_procedure = await measure_case(connection, await add_case(connection, unit_id, procedure_id=procedure_id), DAY)
    assert (of_procedure.measured, of_procedure.procedure) == ("procedure", "Thủ tục (mẫu) 1")
    both = await add_case(connection, unit_id, procedure_id=procedure_id, desk_id=desk_id)
    assert (await measure_case(connection, both, DAY)).measured == "desk"


async def test_what_is_frozen_at_sending_is_only_what_was_before(connection: Connection) -> None:
    await make_rated_province(connection)
    case = await add_case(connection, await find_id(connection, "demo-1"))
    figures = read_figures(await freeze_findings(connection, case, date(2026, 9, 7)))
    assert (figures.after, figures.verdict, figures.sent_on) == (None, "waiting", date(2026, 9, 7))
    # The batch of 2 September waits for the next one.
    assert (figures.before.first, figures.before.group.n) == (date(2026, 7, 13), 70)


@pytest.mark.parametrize(
    ("was", "now", "verdict"),
    [
        (ReleasedShare(60, "exact", 50, 70), ReleasedShare(95, "at_least"), "better"),  # at least 95 - 70
        (ReleasedShare(93, "exact", 88, 97), ReleasedShare(95, "at_least"), "same"),
        (ReleasedShare(60, "exact", 50, 70), ReleasedShare(5, "at_most"), "worse"),
        (ReleasedShare(95, "at_least"), ReleasedShare(95, "at_least"), "same"),
        (None, ReleasedShare(95, "at_least"), "few"),
    ],
)
def test_bands_are_compared_by_what_they_tell(was: ReleasedShare | None, now: ReleasedShare, verdict: str) -> None:
    groups = ReleasedGroup(20, was, None, None), ReleasedGroup(20, now, None, None)
    assert judge(groups, None) == verdict
    assert was is None or bound(was, now)[0] <= bound(was, now)[1]


def test_an_interval_that_holds_zero_shows_no_difference() -> None:
    group = ReleasedGroup(70, ReleasedShare(60, "exact", 50, 70), None, None)
    assert judge((group, group), Difference(5, -3, 13)) == "same"
    assert judge((group, group), Difference(-8, -15, -1)) == "worse"
