"""What a closed case goes on measuring, what it says of weeks that are over, and why a figure differs from another."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from dashboards.cases.case_pictures import read_outcome
from dashboards.cases.indicators import CaseFigures, freeze_findings, freeze_outcome, measure_case, read_figures
from dashboards.cases.outcome_view import tell_outcome, tell_verdict, view_outcome
from dashboards.disclosure.front import NOTHING
from feedback.database import Connection
from feedback.folders import FEEDBACK
from feedback.tables.supervision_cases import SupervisionCase
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.dashboards.area_stage import DAY
from tests.dashboards.case_outcome_stage import (
    ACCEPTED,
    ANSWERED,
    EIGHT,
    add_case,
    add_event,
    find_id,
    make_rated_province,
    rate,
)
from tests.dashboards.conftest import DASHBOARDS

WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"])
VI, EN = WORDINGS["vi"], WORDINGS["en"]
CLOSED = datetime(2026, 9, 22, 2, tzinfo=UTC)  # the day after ACCEPTED
CLOSED_ON, ALL_OVER = CLOSED.date(), date(2026, 11, 24)


async def close(
    connection: Connection,
    *,
    is_answered: bool = True,
    **changes: Any,  # noqa: ANN401 (any column)
) -> SupervisionCase:
    """Closed on CLOSED, with what was measured then."""
    await make_rated_province(connection)
    open_case = await add_case(connection, await find_id(connection, "demo-1"), **changes)
    if is_answered:
        await add_event(connection, open_case, "answered", ANSWERED)
    kept = await freeze_outcome(connection, open_case, CLOSED_ON)
    return msgspec.structs.replace(open_case, state="closed", closed_at=CLOSED, result="partly", outcome=kept)


async def read(connection: Connection, case: SupervisionCase, day: date) -> CaseFigures:
    figures = await read_outcome(connection, case, day)
    assert figures is not None
    return figures


async def test_a_case_that_closed_the_day_after_it_was_accepted_gets_its_after_figure(connection: Connection) -> None:
    case = await close(connection, state="accepted", accepted_at=ACCEPTED)
    kept = read_figures(case.outcome or "")
    assert (kept.after, kept.verdict, kept.is_final) == (None, "waiting", False)
    figures = await read(connection, case, DAY)
    assert figures.after is not None
    assert (figures.after.group.n, figures.verdict, figures.is_final) == (70, "better", False)
    view = view_outcome(figures, EN, kept=kept)
    assert view.kept is not None
    assert view.kept.title == "Figures kept when the case was closed, 22 Sep 2026"
    assert view.kept.verdict == "No week has closed since the unit answered, so nothing can be compared yet."
    assert view.kept.sentences[-1].startswith("The weeks after it were not over then")
    assert view.kept.title_now == "Measured anew, as of 21 Nov 2026"
    assert view.verdict.startswith("Better")
    assert not view.kept.is_last
    same_day = view_outcome(await read(connection, case, CLOSED_ON), EN, kept=kept).kept
    assert same_day is not None
    assert same_day.is_last  # nothing is told twice
    await rate(connection, date(2026, 11, 18), EIGHT)
    last = await read(connection, case, ALL_OVER)
    assert last.is_final
    # What was the last figure when it closed stays as it was kept.
    final = msgspec.structs.replace(case, outcome=msgspec.json.encode(last).decode())
    assert await read(connection, final, date(2027, 6, 1)) == last
    ended = view_outcome(last, EN, kept=last).kept
    assert ended is not None
    assert ended.is_last


async def test_a_case_that_closed_though_its_answer_was_not_accepted_promises_no_other_day(
    connection: Connection,
) -> None:
    case = await close(connection, state="not_accepted")
    figures = await read(connection, case, DAY)
    assert figures.after is not None
    # Eight weeks from 21 September on are over on 15 November.
    assert (figures.after.first, figures.after.last, figures.is_final) == (date(2026, 9, 21), date(2026, 11, 15), True)
    assert "vì câu trả lời không được chấp nhận; đây là số cuối cùng." in " ".join(tell_outcome(figures, VI))
    early = await read(connection, case, date(2026, 11, 3))
    assert not early.is_final
    assert "up to 1 Nov 2026 this is not the last figure yet." in " ".join(tell_outcome(early, EN))


async def test_a_case_that_closed_without_an_answer_says_so_and_waits_for_nothing(connection: Connection) -> None:
    case = await close(connection, is_answered=False)
    figures = await read(connection, case, DAY)
    assert (figures.as_of, figures.is_final, figures.after) == (CLOSED_ON, True, None)
    assert tell_verdict(figures, EN).startswith("The unit did not answer before the case was closed")


async def test_ratings_to_come_are_promised_only_where_they_can_still_help(connection: Connection) -> None:
    await make_rated_province(connection)
    case = await add_case(connection, await find_id(connection, "demo-2"), state="accepted", accepted_at=ACCEPTED)
    running, over = [await measure_case(connection, case, day) for day in (DAY, ALL_OVER)]
    assert (running.missing > 0, over.missing) == (True, 0)
    assert tell_verdict(running, EN) == "There were too few ratings before it was sent, so nothing can be compared."
    rated = msgspec.structs.replace(over.before, group=await find_rated_group(connection))
    assert tell_verdict(msgspec.structs.replace(over, before=rated), EN) == (
        "The weeks after it are over and had too few ratings, so nothing can be compared."
    )
    soon = msgspec.structs.replace(running, before=rated)
    assert tell_verdict(soon, EN).startswith("Too few ratings after it yet; about ")
    assert over.before.group == NOTHING


async def find_rated_group(connection: Connection) -> Any:  # noqa: ANN401 (a released group)
    case = await add_case(connection, await find_id(connection, "demo-1"))
    return (await measure_case(connection, case, DAY)).before.group


async def test_where_the_weeks_before_have_another_figure_than_the_findings_the_page_says_why(
    connection: Connection,
) -> None:
    await make_rated_province(connection)
    case = await add_case(connection, await find_id(connection, "demo-1"))
    findings = read_figures(await freeze_findings(connection, case, date(2026, 9, 7)))
    figures = await measure_case(connection, case, DAY)
    # The batch of 2 September waited when it was sent.
    assert (findings.before.group.n, figures.before.group.n) == (70, 80)
    assert "from paper forms and kiosks that came late" in view_outcome(figures, EN, findings=findings).sentences[-1]
    assert view_outcome(figures, EN, findings=figures).sentences == tell_outcome(figures, EN)
