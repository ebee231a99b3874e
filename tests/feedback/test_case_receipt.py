"""What a receipt learns of cases, and what is kept when its holder says whether it got better. Demo desks."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from feedback.database import Connection, open_connection
from feedback.follow_cases import find_followed, find_weeks_before
from feedback.record_response import read_local_day
from feedback.tables.case_outcomes import select_public_cases
from feedback.tables.case_replies import count_case_replies
from feedback.tables.responses import Response
from feedback.tables.supervision_cases import CaseDeed, select_case
from tests.dashboards.case_outcome_stage import add_case, add_event
from tests.factories import make_rating
from tests.feedback.test_rate_page import open_form, read_receipt, select
from tests.world import QUIET_DESK, make_world

SUMMARY = "Quầy 2 thiếu người vào buổi sáng; trung tâm đã thêm một quầy (mẫu)."
SENT = datetime(2026, 9, 7, 2, tzinfo=UTC)  # a Monday; the eight weeks before it begin on 13 July
CLOSED = datetime(2026, 10, 30, 2, tzinfo=UTC)
ENDED: dict[str, Any] = {
    "state": "closed", "sent_at": SENT, "closed_at": CLOSED, "result": "partly", "public_summary": SUMMARY
}  # fmt: skip


async def rate(site: httpx.AsyncClient) -> str:
    token = await open_form(site, QUIET_DESK)
    return read_receipt(await site.post(f"/Q/{QUIET_DESK}", data={"token": token, "score": "2"}))


async def add_now(database_url: str, **changes: Any) -> int:  # noqa: ANN401 (columns)
    """A case that was sent a moment ago, about whatever `changes` say, else the whole unit."""
    connection = await open_connection(database_url)
    unit_id = int(await connection.fetchval("SELECT unit_id FROM units") or 0)
    now = datetime.now(UTC)
    due_on = now.date() + timedelta(days=20)
    case = await add_case(connection, unit_id, **{"sent_at": now, "opened_at": now, "due_on": due_on, **changes})
    await connection.close()
    return case.case_id


async def close_now(database_url: str, **changes: Any) -> int:  # noqa: ANN401 (columns)
    now = datetime.now(UTC)
    ended = {"state": "closed", "closed_at": now, "result": "partly", "public_summary": SUMMARY}
    return await add_now(database_url, **{**ended, **changes})


async def test_a_receipt_tells_what_became_of_it_and_asks_again(site: httpx.AsyncClient, database_url: str) -> None:
    receipt = await rate(site)
    case_id = await close_now(database_url)
    page = await site.post("/R", data={"receipt": receipt})
    assert SUMMARY in page.text
    assert "Kết quả: đã khắc phục một phần." in page.text
    assert page.text.count('name="answer"') == 5
    assert "Chờ lâu (mẫu)" not in page.text  # what the Front found is for the unit
    for answer in ("same", "better"):
        fields = {"receipt": receipt, "case": str(case_id), "answer": answer}
        thanks = await site.post("/R/case", data=fields)
        assert thanks.status_code == 201
        assert "Câu trả lời đã được ghi nhận" in thanks.text
    token = receipt.replace("-", "")
    digest = hashlib.sha256(b"langnghe case reply v1\x00" + f"{token}\0{case_id}\0{0}".encode()).digest()
    rows = await select(database_url, "SELECT answer, answer_hash, day FROM case_replies")
    assert rows == [("better", digest, read_local_day(datetime.now(UTC))[0])]
    # No hash of the rating itself is near it.
    assert digest != hashlib.sha256(token.encode()).digest()
    assert await select(database_url, "SELECT count(*) FROM responses") == [(1,)]


async def test_whoever_has_not_been_back_takes_an_answer_back(site: httpx.AsyncClient, database_url: str) -> None:
    receipt = await rate(site)
    case_id = await close_now(database_url)
    for answer, count in (("worse", 1), ("not-back", 0), ("not-back", 0)):
        page = await site.post("/R/case", data={"receipt": receipt, "case": str(case_id), "answer": answer})
        assert page.status_code == 201
        assert await select(database_url, "SELECT count(*) FROM case_replies") == [(count,)]


async def test_what_cannot_be_an_answer_is_refused(site: httpx.AsyncClient, database_url: str) -> None:
    receipt, case_id = await rate(site), await close_now(database_url)
    running = await add_now(database_url)
    asked = {"receipt": receipt, "case": str(case_id), "answer": "better"}
    for changes, status in (
        ({"answer": "excellent"}, 400),
        ({"answer": ""}, 400),
        ({"case": str(running)}, 409),
        ({"case": "99999999999999999999"}, 409),
        ({"case": "một"}, 409),
        ({"case": "1\x00"}, 400),
        ({"receipt": "0" * 24}, 404),
        ({"receipt": ""}, 404),
    ):
        page = await site.post("/R/case", data={**asked, **changes})
        assert (changes, page.status_code) == (changes, status)
    assert await select(database_url, "SELECT count(*) FROM case_replies") == [(0,)]


async def test_a_running_case_is_one_sentence_unless_it_is_about_somebody(
    site: httpx.AsyncClient, database_url: str
) -> None:
    receipt = await rate(site)
    await add_now(database_url, official_id=3)
    assert "đang theo dõi" not in (await site.post("/R", data={"receipt": receipt})).text
    await add_now(database_url)
    page = (await site.post("/R", data={"receipt": receipt})).text
    assert "đang theo dõi một việc có liên quan" in page
    assert "Quầy 1 chậm" not in page


async def test_of_a_case_about_an_official_only_the_summary_is_told(site: httpx.AsyncClient, database_url: str) -> None:
    receipt = await rate(site)
    [(official_id,)] = await select(database_url, "SELECT official_id FROM responses")
    await close_now(database_url, official_id=official_id)
    page = (await site.post("/R", data={"receipt": receipt})).text
    assert SUMMARY in page
    assert "Kết quả:" not in page
    assert "Cán bộ mẫu" not in page


def test_the_weeks_before_are_whole_ones() -> None:
    assert find_weeks_before(date(2026, 9, 7), 8) == (date(2026, 7, 13), date(2026, 9, 6))
    assert find_weeks_before(date(2026, 9, 13), 1) == (date(2026, 8, 31), date(2026, 9, 6))  # sent on a Sunday


@pytest.mark.parametrize(
    ("day", "is_touched"),
    [
        (date(2026, 7, 12), False),
        (date(2026, 7, 13), True),
        (date(2026, 10, 30), True),
        (date(2026, 10, 31), False),
    ],
)
async def test_a_case_touches_ratings_from_the_weeks_before_to_its_end(
    connection: Connection,
    day: date,
    is_touched: bool,  # noqa: FBT001 (a case)
) -> None:
    rating = await make_rated(connection, local_day=day)
    await add_case(connection, rating.unit_id, **ENDED)
    [followed] = await find_followed(connection, [rating])
    assert bool(followed.outcomes) is is_touched


async def make_rated(connection: Connection, **changes: Any) -> Response:  # noqa: ANN401 (columns)
    await make_world(connection)
    unit_id = int(await connection.fetchval("SELECT unit_id FROM units") or 0)
    return make_rating(**{"unit_id": unit_id, "local_day": date(2026, 9, 1), **changes})


@pytest.mark.parametrize(
    ("about", "is_touched"),
    [
        ({}, True),
        ({"desk_id": 7}, True),
        ({"desk_id": 8}, False),
        ({"official_id": 5}, True),
        ({"official_id": 6}, False),
        ({"desk_id": 7, "official_id": 6}, False),
    ],
)
async def test_a_case_touches_what_it_names(
    connection: Connection,
    about: dict[str, int],
    is_touched: bool,  # noqa: FBT001 (a case)
) -> None:
    rating = await make_rated(connection, desk_id=7, official_id=5)
    await add_case(connection, rating.unit_id, **ENDED, **about)
    await add_case(connection, rating.unit_id + 1, **ENDED)
    [followed] = await find_followed(connection, [rating])
    assert len(followed.outcomes) == is_touched


async def test_a_procedure_is_the_same_under_its_next_version(connection: Connection) -> None:
    rating = await make_rated(connection)
    await connection.execute("UPDATE procedures SET valid_to = '2026-10-01' WHERE code = '1.001193'")
    await connection.execute(
        "INSERT INTO procedures (code, name, field, valid_from) VALUES ('1.001193', 'Mẫu', 'Hộ tịch', '2026-10-01')"
    )
    rows = await connection.fetch("SELECT procedure_id FROM procedures WHERE code = '1.001193' ORDER BY valid_from")
    first, second = (row["procedure_id"] for row in rows)
    await add_case(connection, rating.unit_id, **ENDED, procedure_id=second)
    ratings = [make_rating(unit_id=rating.unit_id, local_day=rating.local_day, procedure_id=p) for p in (first, 0)]
    assert [len(followed.outcomes) for followed in await find_followed(connection, ratings)] == [1, 0]


async def test_without_a_public_summary_a_closed_case_tells_no_more_than_its_end(connection: Connection) -> None:
    rating = await make_rated(connection, official_id=5)
    for about in ({}, {"official_id": 5}):
        await add_case(connection, rating.unit_id, **{**ENDED, "public_summary": None}, **about)
    [followed] = await find_followed(connection, [rating])
    assert [(outcome.public_summary, outcome.result) for outcome in followed.outcomes] == [(None, None)]
    assert not followed.is_running
    assert await select_public_cases(connection, rating.unit_id, 10) == []


async def test_a_receipt_says_that_supervision_ended_and_asks_all_the_same(
    site: httpx.AsyncClient, database_url: str
) -> None:
    receipt, case_id = await rate(site), await close_now(database_url, public_summary=None)
    page = (await site.post("/R", data={"receipt": receipt})).text
    assert "Việc giám sát đến đây đã chấm dứt." in page
    assert "Kết quả:" not in page
    said = await site.post("/R/case", data={"receipt": receipt, "case": str(case_id), "answer": "worse"})
    assert said.status_code == 201
    assert await select(database_url, "SELECT answer FROM case_replies") == [("worse",)]


async def test_a_case_that_was_opened_again_counts_what_is_said_after_its_next_end(
    site: httpx.AsyncClient, database_url: str
) -> None:
    receipt, case_id = await rate(site), await close_now(database_url)
    connection = await open_connection(database_url)
    case, now = await select_case(connection, case_id), datetime.now(UTC)
    assert case is not None
    counted: list[list[str]] = []
    ends: tuple[tuple[tuple[CaseDeed, ...], tuple[str, ...]], ...]
    ends = ((("closed",), ("same", "worse")), (("reopened", "closed"), ("better",)))
    for deeds, answers in ends:
        for deed in deeds:
            await add_event(connection, case, deed, now)
        counted.append([count.answer for count in await count_case_replies(connection, case_id)])
        for answer in answers:
            await site.post("/R/case", data={"receipt": receipt, "case": str(case_id), "answer": answer})
        counted.append([count.answer for count in await count_case_replies(connection, case_id)])
    # Nothing of the first end is left at the second, and the first is still as it was told.
    assert counted == [[], ["worse"], [], ["better"]]
    rows = await select(database_url, "SELECT closing, answer FROM case_replies ORDER BY closing")
    assert rows == [(1, "worse"), (2, "better")]
    await connection.close()
