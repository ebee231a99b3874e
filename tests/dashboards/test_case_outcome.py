"""What the page of a case says of its outcome, the chart, citizens' replies in batches, and a unit's public page."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from dashboards.cases.indicators import CaseFigures, freeze_outcome, measure_case, read_figures
from dashboards.cases.outcome_chart import draw_outcome_png, draw_outcome_svg, make_case_chart, make_case_table
from dashboards.cases.outcome_view import tell_outcome, tell_verdict, view_outcome
from dashboards.cases.replies import read_replies, release_replies
from dashboards.disclosure.groups import ReleasedShare
from dashboards.phrases import Phrases
from dashboards.supervision.calculate_pilots import Difference
from feedback.accounts.powers import Action, SignedIn
from feedback.accounts.rows import borrow_rows
from feedback.api_keys import Reach
from feedback.database import Connection, open_connection, open_pool
from feedback.tables.accounts import select_account
from feedback.tables.appointments import select_appointments_in_force
from feedback.tables.case_replies import CaseReply, ReplyCount, put_case_reply
from feedback.web.app import FEEDBACK, make_templates
from surveys.wording import LOCALE_FOLDER, read_wordings
from tests.dashboards.area_stage import DAY
from tests.dashboards.case_outcome_stage import (
    ACCEPTED,
    ANSWERED,
    SENT,
    add_case,
    add_event,
    find_id,
    make_rated_province,
)
from tests.dashboards.conftest import DASHBOARDS
from tests.dashboards.supervision_stage import serve_supervision
from tests.staff_people import add_person

WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", DASHBOARDS / "locale"])
VI, EN = WORDINGS["vi"], WORDINGS["en"]
MONDAY = date(2026, 11, 2)


async def measure(connection: Connection) -> CaseFigures:
    await make_rated_province(connection)
    case = await add_case(connection, await find_id(connection, "demo-1"), state="accepted", accepted_at=ACCEPTED)
    await add_event(connection, case, "answered", ANSWERED)
    return read_figures(await freeze_outcome(connection, case, DAY))


async def test_the_page_says_it_in_plain_words(connection: Connection) -> None:
    figures = await measure(connection)
    assert tell_verdict(figures, VI) == (
        "Tốt hơn: tỷ lệ hài lòng tăng 20 điểm phần trăm (từ 5 đến 34 điểm, độ tin cậy 95\u00a0%)."
    )
    assert tell_outcome(figures, EN) == (
        "Before it was sent, from 13 Jul 2026 to 6 Sep 2026: 60% (49–71%) satisfied, of 80 ratings.",
        "After it, from 28 Sep 2026 to 15 Nov 2026: 80% (69–88%) satisfied, of 70 ratings.",
        "Counted from the week after the answer was accepted; up to 15 Nov 2026 this is not the last figure yet.",
        "Of completed dossiers, 10% were rated before and 10% after.",
    )
    worse = msgspec.structs.replace(figures, verdict="worse", difference=Difference(-12, -20, -3))
    assert "fell by 12 points (between 3 and 20 points" in tell_verdict(worse, EN)
    same = msgspec.structs.replace(figures, verdict="same", difference=Difference(-2, -9, 5))
    assert "changed by -2 points (between -9 and 5 points" in tell_verdict(same, EN)
    few = msgspec.structs.replace(figures, verdict="few", missing=10, difference=None)
    assert tell_verdict(few, EN) == "Too few ratings after it yet; about 10 more are needed."
    band = msgspec.structs.replace(figures, difference=None)
    assert tell_verdict(band, EN).startswith("Better; ratings are few")


async def test_the_chart_marks_the_moments_and_its_table_holds_the_numbers(connection: Connection) -> None:
    figures = await measure(connection)
    svg = (draw_outcome_svg(figures, VI, is_narrow=False) or b"").decode()
    for word in ("gửi", "trả lời", "chấp nhận", "Trung tâm (mẫu) 1. Tính đến ngày 21/11/2026."):
        assert f">{word}<" in svg
    assert (draw_outcome_png(figures, VI) or b"").startswith(b"\x89PNG")
    chart = make_case_chart(figures, VI)
    assert chart is not None
    assert [(level.percent, level.first) for level in chart.levels] == [
        (60, date(2026, 7, 13)),
        (80, date(2026, 9, 28)),
    ]
    rows = {row[0]: row[1:] for row in make_case_table(figures, VI).rows}
    assert rows[date(2026, 9, 7)] == (10, ReleasedShare(60, "exact", 31, 84), "gửi 07/09/2026")
    assert rows[date(2026, 9, 14)][2] == "trả lời 18/09/2026"
    assert rows[date(2026, 11, 9)][:2] == (None, None)


async def test_without_a_week_to_show_there_is_no_chart(connection: Connection) -> None:
    await make_rated_province(connection)
    case = await add_case(connection, await find_id(connection, "demo-3"))
    figures = await measure_case(connection, case, DAY)
    assert make_case_chart(figures, VI) is None
    assert view_outcome(figures, VI).sizes is None
    assert draw_outcome_svg(figures, VI, is_narrow=True) is None


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_part_of_the_page_is_whole_in_both_languages(connection: Connection, language: str) -> None:
    wording, figures = WORDINGS[language], await measure(connection)
    days = [date(2026, 11, 1) + timedelta(days=day) for day in range(4)]
    replies = release_replies([ReplyCount(day, "better", 5) for day in days], DAY)
    templates = make_templates([FEEDBACK / "web" / "pages", DASHBOARDS / "pages"])
    page = templates.get_template("case_outcome.html").render(
        outcome=view_outcome(figures, wording, replies, asks_replies=True),
        address="/staff/cases/1",
        query=f"?lang={language}",
        phrases=Phrases(wording),
        say=wording.say,
        number=wording.number,
        date=wording.date,
    )
    assert f"/staff/cases/1/pictures/chart.svg?lang={language}&amp;width=narrow" in page
    assert page.count("<table>") == 2
    assert page.count("<caption") == 2


def count(day: int, **answers: int) -> list[ReplyCount]:
    when = MONDAY + timedelta(days=day)
    return [ReplyCount(when, answer, n) for answer, n in answers.items()]  # pyright: ignore[reportArgumentType] (answers)


def test_replies_are_shown_from_ten_on_and_ten_at_a_time() -> None:
    nine = count(0, better=5, worse=1) + count(1, partly=3)
    assert release_replies(nine, DAY) is None
    ten = nine + count(2, same=1)
    shown = release_replies(ten, DAY)
    assert shown is not None
    # 8 of 10 got better at least partly; Wilson 0.4902 to 0.9433. Fewer than thirty: no distribution.
    assert shown.group.share == ReleasedShare(80, "exact", 49, 95)
    assert (shown.group.n, shown.group.distribution) == (10, None)
    # Nine more change nothing, the tenth moves it.
    assert release_replies(ten + count(3, worse=9), DAY) == shown
    twenty = release_replies(ten + count(3, worse=9) + count(4, worse=1), DAY)
    assert twenty is not None
    assert (twenty.group.n, twenty.group.share and twenty.group.share.percent) == (20, 40)


def test_replies_of_today_wait() -> None:
    assert release_replies(count(0, better=30), MONDAY) is None
    assert release_replies(count(0, better=30), MONDAY + timedelta(days=1)) is not None


async def test_the_front_reads_replies_and_the_unit_does_not(database_url: str) -> None:
    connection = await open_connection(database_url)
    await make_rated_province(connection)
    unit_id = await find_id(connection, "demo-1")
    case = await add_case(connection, unit_id, state="accepted", accepted_at=ACCEPTED)
    for number in range(12):
        await put_case_reply(connection, CaseReply(unit_id, case.case_id, 0, bytes([number] * 32), "better", MONDAY))
    commune = Reach(communes=("32001",))
    front = await add_person(connection, "front", "front_supervisor", commune)
    head = await add_person(connection, "head", "head_of_unit", Reach(units=("demo-1",)))
    elsewhere = await add_person(connection, "other", "front_supervisor", Reach(communes=("32002",)))
    pool = await open_pool(database_url, largest=2)
    readings: list[tuple[int, Action, bool]] = [
        (front, "see_cases", True), (head, "see_unit_cases", False), (elsewhere, "see_cases", False)
    ]  # fmt: skip
    for account_id, action, is_shown in readings:
        account = await select_account(connection, account_id)
        assert account is not None
        appointments = await select_appointments_in_force(connection, account_id)
        async with borrow_rows(pool, SignedIn(account, appointments, b"", SENT), action) as rows:
            assert (await read_replies(rows, case.case_id, DAY) is not None) is is_shown
            if account_id != elsewhere:  # both sides measure the same
                assert (await measure_case(rows, case, DAY)).before.group.n == 80
    await pool.close()
    await connection.close()


async def test_a_units_page_tells_its_closed_cases(database_url: str, tmp_path: Path) -> None:
    connection = await open_connection(database_url)
    await make_rated_province(connection)
    unit_id = await find_id(connection, "demo-1")
    ended = {"state": "closed", "closed_at": datetime(2026, 10, 30, 2, tzinfo=UTC), "result": "resolved"}
    await add_case(connection, unit_id, **ended, public_summary="Đã thêm quầy <b>mới</b> (mẫu).")
    await add_case(
        connection,
        unit_id,
        **{**ended, "result": "unfounded"},
        official_id=7,
        public_summary="Việc về một người (mẫu).",
    )
    await add_case(connection, unit_id, **ended)
    await add_case(connection, unit_id)
    await connection.close()
    async with serve_supervision(database_url, tmp_path) as address, httpx.AsyncClient(base_url=address) as client:
        page = (await client.get("/U/demo-1", headers={"accept": "text/html"})).text
        other = (await client.get("/U/demo-2", headers={"accept": "text/html"})).text
    assert "Việc Mặt trận Tổ quốc đã giám sát" in page
    assert "Đã thêm quầy &lt;b&gt;mới&lt;/b&gt; (mẫu)." in page
    assert page.count("Kết thúc tháng 10/2026") == 2
    assert page.count("Kết quả: ") == 1  # of the case about an official only its summary
    assert "Quầy 1 chậm" not in page
    assert "Mặt trận Tổ quốc đã giám sát" not in other
