"""What a report says: closed periods, the figures of the Front's own pages, and what became of cases."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import msgspec
import pytest

from dashboards.cases.move_case import move_case
from dashboards.cases.read_moves import Move
from dashboards.disclosure.groups import ReleasedShare
from dashboards.periods import Period
from dashboards.reports.compare_periods import measure_change
from dashboards.reports.count_cases import Told, count_cases
from dashboards.reports.gather import gather_report, leave_out_today
from dashboards.reports.report_figures import Asked, CaseTally, ReportFigures, hash_figures
from dashboards.reports.report_periods import list_report_periods, read_report_period, require_closed
from dashboards.supervision.areas import find_area
from dashboards.supervision.calculate_pilots import Difference
from dashboards.supervision.figures import Filters
from dashboards.supervision.read_figures import read_area_figures
from dashboards.supervision.roll_up import roll_up
from feedback.database import Connection, open_connection
from feedback.tables.report_inputs import CaseRow, CaseStep
from feedback.tables.supervision_cases import select_case
from surveys.case_errors import ReportRefusedError
from tests.dashboards.area_stage import DAY, add_ratings
from tests.dashboards.report_stage import AS_OF, CUT, make_template
from tests.stores import copy_database


@pytest.fixture(scope="module")
async def reported(server_url: str, template: str) -> str:
    return await make_template(server_url, template)


@pytest.fixture
async def connection(server_url: str, reported: str) -> AsyncIterator[Connection]:
    async with copy_database(server_url, reported) as database_url:
        connection = await open_connection(database_url)
        yield connection
        await connection.close()


async def gather(connection: Connection, area: str = "p96", period: str = "2026-Q3") -> ReportFigures:
    return await gather_report(connection, Asked(area, period, AS_OF, CUT), ())


def test_only_closed_periods_are_offered_newest_first() -> None:
    codes = [period.code for period in list_report_periods(date(2026, 11, 21))]
    assert codes[:6] == ["2026-10", "2026-Q3", "2026-09", "2026-08", "2026-07", "2026-Q2"]
    # October is over on the first of November, not on its last day.
    assert "2026-10" in [period.code for period in list_report_periods(date(2026, 11, 1))]
    assert "2026-10" not in [period.code for period in list_report_periods(date(2026, 10, 31))]


def test_a_month_has_the_weeks_that_ended_in_it() -> None:
    # October 2026 begins on a Thursday with a quarter; its last Sunday is the 25th.
    weeks = read_report_period("2026-10").weeks
    assert weeks[0] == Period(date(2026, 10, 1), date(2026, 10, 4))
    assert weeks[-1] == Period(date(2026, 10, 19), date(2026, 10, 25))
    # The week from 27 July on ended in August.
    assert read_report_period("2026-08").weeks[0].first == date(2026, 7, 27)


@pytest.mark.parametrize(
    "code",
    ["2026-11", "2026-Q4", "2024-01", "2026-13", "2026-Q5", "9999-12", "0000-01", "2026-1", "\x00", "2026-٠٩", ""],
)
def test_a_period_that_has_not_closed_or_is_none_is_refused(code: str) -> None:
    with pytest.raises(ReportRefusedError):
        require_closed(code, DAY)


def test_a_change_is_made_of_the_two_shares_that_are_told() -> None:
    # 84 (78 to 89) against 61 (54 to 68): 23 points; down √(6² + 7²) = 9.2, up √(5² + 7²) = 8.6, rounded outwards.
    now, before = ReleasedShare(84, "exact", 78, 89), ReleasedShare(61, "exact", 54, 68)
    assert measure_change(now, before) == Difference(23, 13, 32)
    assert measure_change(now, ReleasedShare(95, "at_least")) is None
    assert measure_change(None, before) is None


async def test_the_figures_are_those_of_the_page_of_the_first_day_after(connection: Connection) -> None:
    area = await find_area(connection, "p96")
    assert area is not None
    for period, filters, day in (
        ("2026-Q3", Filters(quarter="2026-Q3"), date(2026, 10, 1)),
        ("2026-09", Filters(quarter="2026-Q3"), date(2026, 10, 1)),
        ("2026-08", Filters(), date(2026, 9, 1)),
    ):
        page = await read_area_figures(connection, area, filters, day)
        told = (await gather(connection, period=period)).figures
        assert told == leave_out_today(page)
        assert msgspec.structs.replace(told, peers=()) == msgspec.structs.replace(page, peers=())


async def test_a_month_tells_less_than_its_quarter(connection: Connection) -> None:
    month, quarter = [(await gather(connection, period=code)).figures for code in ("2026-07", "2026-Q3")]
    # Up to Sunday the 26th: the week of the 22nd is the last that closed in July.
    assert month.period.last == date(2026, 7, 26)
    assert (month.headline.group.n or 0) < (quarter.headline.group.n or 0)


async def test_ratings_of_later_weeks_change_nothing(connection: Connection) -> None:
    before = await gather(connection)
    await add_ratings(connection, "demo-2", date(2026, 11, 20), (50, 0, 0, 0, 0))
    await roll_up(connection, DAY)
    assert hash_figures(await gather(connection)) == hash_figures(before)


async def test_what_is_done_about_cases_later_is_not_told(connection: Connection) -> None:
    before = await gather(connection)
    assert [(case.state, case.level) for case in before.cases] == [("received", "province"), ("closed", "province")]
    later = datetime(2026, 11, 21, 4, tzinfo=UTC)
    case = await select_case(connection, before.cases[0].case_id)
    assert case is not None
    move = Move("escalate", "Quá hạn (mẫu)", due_on="2026-12-11", changed_at=case.changed_at.isoformat())
    assert (await move_case(connection, None, case, move, "program", later)).level == "nation"
    assert hash_figures(await gather(connection)) == hash_figures(before)
    after = await gather_report(connection, Asked("p96", "2026-Q3", later, CUT), ())
    assert (after.cases[0].state, after.cases[0].level) == ("escalated", "nation")


async def test_cases_of_the_quarter_are_counted_and_told(connection: Connection) -> None:
    report = await gather(connection)
    # Sent: 1 in July, 2 in August. Answered and closed: 1. At the end of September 2 is open, due on the 11th.
    assert report.tally == CaseTally(sent=2, answered=1, closed=1, open=1, overdue=1)
    assert [(case.state, case.is_overdue) for case in report.cases] == [("received", True), ("closed", False)]
    closed = report.cases[1]
    assert (closed.result, closed.closed_on) == ("resolved", date(2026, 9, 25))
    assert closed.outcome is not None
    assert closed.outcome.verdict == "better"
    assert (await gather(connection, period="2026-10")).tally == CaseTally(
        sent=1, answered=0, closed=0, open=2, overdue=2
    )


async def test_a_commune_tells_of_its_own_cases_and_alerts_only(connection: Connection) -> None:
    report = await gather(connection, "c32002")
    assert {case.unit_name for case in report.cases} == {"Trung tâm (mẫu) 2"}
    assert {alert.row.unit_name for alert in report.alerts} == {"Trung tâm (mẫu) 2"}
    assert (await gather(connection, "c32004")).cases == ()


async def test_an_alert_about_an_official_names_nobody(connection: Connection) -> None:
    await connection.execute("UPDATE supervision_alerts SET official_id = 77")
    told = msgspec.json.encode((await gather(connection)).alerts).decode()
    assert '"is_about_official":true' in told
    assert "77" not in told


@pytest.mark.parametrize("area", ["p97", "u-nobody", "u-demo-2~1", "VN\x00", "9" * 5000])
async def test_a_desk_or_what_is_not_there_has_no_report(connection: Connection, area: str) -> None:
    with pytest.raises(ReportRefusedError):
        await gather(connection, area)


def test_a_case_is_overdue_by_the_last_day_that_was_set_by_then() -> None:
    row = CaseRow(1, "t", "u", "p", "", "", "", is_about_official=False, origin="alert", level="commune",
                  findings="", recommendation="", result=None, outcome=None)  # fmt: skip
    sent = CaseStep(1, datetime(2026, 7, 6, tzinfo=UTC), "sent", "sent", None, date(2026, 7, 27))
    extended = CaseStep(1, datetime(2026, 7, 20, tzinfo=UTC), "extended", "sent", None, date(2026, 8, 14))
    july, august = Period(date(2026, 7, 1), date(2026, 7, 31)), Period(date(2026, 8, 1), date(2026, 8, 31))
    assert count_cases([Told(row, (sent,))], july).overdue == 1
    assert count_cases([Told(row, (sent, extended))], july).overdue == 0
    assert count_cases([Told(row, (sent, extended))], august) == CaseTally(0, 0, 0, 1, 1)
