from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from feedback.database import open_connection
from feedback.slips.end_slips import rekey_desk
from feedback.slips.tokens import make_slip_token
from surveys.codes import make_token
from tests.feedback.slip_stage import JSON, find_today, issue_on, open_form, open_slip_site, run_sql
from tests.feedback.test_rate_page import HOSTILE, read_receipt
from tests.world import BUSY_DESK


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_slip_site(database_url) as client:
        yield client


async def rate(site: httpx.AsyncClient, token: str, score: int = 5, form: str = "") -> httpx.Response:
    form = form or await open_form(site, token)
    return await site.post(f"/V/{token}", data={"token": form, "score": f"{score}", "lang": "vi"})


async def list_ratings(database_url: str) -> list[tuple[object, ...]]:
    return await run_sql(
        database_url,
        "SELECT o.code, p.code, d.number, proof_class, score FROM responses JOIN officials AS o USING (official_id)"
        " JOIN procedures AS p USING (procedure_id) JOIN desks AS d USING (desk_id) ORDER BY sequence_number",
    )


async def test_opening_a_slip_records_nothing_sets_no_cookie_and_asks_nobody(
    site: httpx.AsyncClient, database_url: str
) -> None:
    [slip] = await issue_on(database_url)
    page = await site.get(f"/V/{slip.token}")
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers
    assert "<select" not in page.text
    for name in ("Trung tâm Phục vụ hành chính công phường Tân Thành", "Đăng ký khai sinh", "Cán bộ mẫu 2"):
        assert name in page.text
    assert await run_sql(database_url, "SELECT count(*) FROM responses") == [(0,)]
    assert await run_sql(database_url, "SELECT spent_on, wrong_pins FROM visit_slips") == [(None, 0)]


async def test_the_page_is_light(site: httpx.AsyncClient, database_url: str) -> None:
    """12,000 bytes on the wire with its stylesheet and script, as for a desk."""
    [slip] = await issue_on(database_url)
    headers = {"accept-encoding": "gzip"}
    whole = 0
    for path in (f"/V/{slip.token}", "/static/langnghe.css", "/static/langnghe.js"):
        async with site.stream("GET", path, headers=headers) as answer:
            whole += sum([len(part) async for part in answer.aiter_raw()])
            whole += sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    assert whole <= 12_000


async def test_one_tap_rates_the_visit_that_the_slip_knows(site: httpx.AsyncClient, database_url: str) -> None:
    [slip] = await issue_on(database_url)
    page = await rate(site, slip.token, 4)
    assert page.status_code == 201
    assert len(read_receipt(page)) == 29
    assert await list_ratings(database_url) == [("demo-2", "1.001193", "1", b"A", 4)]


async def test_the_receipt_of_a_slip_is_good_for_what_receipts_are_good_for(
    site: httpx.AsyncClient, database_url: str
) -> None:
    [slip] = await issue_on(database_url)
    receipt = read_receipt(await rate(site, slip.token, 4))
    assert (await site.post("/R", data={"receipt": receipt})).status_code == 200
    changed = {"receipt": receipt, "score": "2", "token": make_token(bytes(15)), "unit": ""}
    assert (await site.post("/R/change", data=changed)).status_code == 201
    assert await run_sql(database_url, "SELECT sum(n2), sum(n4) FROM daily_counts") == [(1, 0)]


async def test_any_letter_case_and_kind_reading_open_the_same_slip(site: httpx.AsyncClient, database_url: str) -> None:
    [slip] = await issue_on(database_url)
    for path in (f"/v/{slip.token.lower()}", f"/V/{slip.token[:8]}-{slip.token[8:]}".replace("0", "o")):
        page = await site.get(path)
        assert page.status_code == 200
        assert f'action="/V/{slip.token}"' in page.text


async def test_a_second_press_with_another_face_replaces_the_first(site: httpx.AsyncClient, database_url: str) -> None:
    [slip] = await issue_on(database_url)
    first = await rate(site, slip.token, 5)
    again = await site.get(f"/V/{slip.token}")
    assert "đã được đánh giá" in again.text
    second = await rate(site, slip.token, 1)
    assert second.status_code == 201
    assert read_receipt(second) == read_receipt(first)
    assert await run_sql(database_url, "SELECT sum(n1), sum(n5) FROM daily_counts") == [(1, 0)]


async def test_json_gets_the_receipt_too(site: httpx.AsyncClient, database_url: str) -> None:
    [slip] = await issue_on(database_url)
    body = {"token": make_token(bytes(15)), "score": 3}
    answers = [await site.post(f"/V/{slip.token}", json=body, headers=JSON) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_every_bad_slip_is_told_what_it_is_and_may_rate_as_class_c_at_its_desk(
    site: httpx.AsyncClient, database_url: str
) -> None:
    [expired] = await issue_on(database_url, 1, find_today() - timedelta(days=15))
    [slip, other] = await issue_on(database_url, 2)
    for token, status, said in (
        (expired.token, 410, "chỉ dùng được trước ngày"),
        (slip.token[:8] + other.token[8:], 404, "không có phiếu này"),
    ):
        page = await site.get(f"/V/{token}")
        assert (page.status_code, said in page.text) == (status, True)
        assert f'href="/Q/{BUSY_DESK}"' in page.text
    foreign = await site.get(f"/V/{make_slip_token(7, bytes(32))}")
    assert foreign.status_code == 404
    assert "/Q/" not in foreign.text
    assert 'class="main" href="/"' in foreign.text


async def test_a_bad_slip_that_is_posted_gets_the_same_page_and_stores_nothing(
    site: httpx.AsyncClient, database_url: str
) -> None:
    [slip, other] = await issue_on(database_url, 2)
    form = {"token": make_token(bytes(15)), "score": "5", "lang": "vi"}
    page = await site.post(f"/V/{slip.token[:8]}{other.token[8:]}", data=form)
    assert (page.status_code, f'href="/Q/{BUSY_DESK}"' in page.text) == (404, True)
    assert "tính cho đơn vị" in page.text
    assert await run_sql(database_url, "SELECT count(*) FROM responses") == [(0,)]


async def test_whoever_types_a_desk_code_finds_the_page_for_slips(site: httpx.AsyncClient) -> None:
    assert 'href="/V"' in (await site.get("/?lang=vi")).text
    assert 'href="/V?lang=en"' in (await site.get("/Q?lang=en")).text


async def test_a_withdrawn_slip_says_so(site: httpx.AsyncClient, database_url: str) -> None:
    [slip] = await issue_on(database_url)
    connection = await open_connection(database_url)
    desk_id = await connection.fetchval("SELECT desk_id FROM visit_slips")
    assert desk_id is not None
    await rekey_desk(connection, desk_id, find_today())
    await connection.close()
    answer = await site.post(f"/V/{slip.token}", json={"token": make_token(bytes(15)), "score": 5}, headers=JSON)
    assert (answer.status_code, answer.json()["title"]) == (410, "withdrawn-slip")
    assert answer.json()["rate_without_slip"] == f"/Q/{BUSY_DESK}"


async def test_code_and_pin_lead_to_the_slip(site: httpx.AsyncClient, database_url: str) -> None:
    [slip] = await issue_on(database_url)
    assert 'name="pin"' in (await site.get("/V")).text
    found = await site.post("/V", data={"code": slip.code.lower(), "pin": slip.pin})
    assert (found.status_code, found.headers["location"]) == (303, f"/V/{slip.token}")


async def test_a_wrong_pin_says_how_many_tries_are_left_and_keeps_the_code(
    site: httpx.AsyncClient, database_url: str
) -> None:
    [slip] = await issue_on(database_url)
    wrong = f"{(int(slip.pin) + 1) % 10_000:04}"
    page = await site.post("/V", data={"code": slip.code, "pin": wrong})
    assert page.status_code == 403
    assert "Còn 4 lần thử" in page.text
    assert f'value="{slip.code}"' in page.text
    misread = "X" if slip.code[0] != "X" else "Y"
    page = await site.post("/V", data={"code": misread + slip.code[1:], "pin": slip.pin})
    assert (page.status_code, "nhóm" in page.text) == (404, True)


@pytest.mark.parametrize("fields", [{"official": "demo-1"}, {"score": "6"}, {"token": "x"}, {"rater": "robot"}])
async def test_wrong_fields_are_named_and_leave_the_slip_unspent(
    site: httpx.AsyncClient, database_url: str, fields: dict[str, str]
) -> None:
    [slip] = await issue_on(database_url)
    body = {"token": make_token(bytes(15)), "score": "5", **fields}
    answer = await site.post(f"/V/{slip.token}", json=body, headers=JSON)
    assert (answer.status_code, answer.json()["field"]) == (400, next(iter(fields)))
    assert await run_sql(database_url, "SELECT spent_on FROM visit_slips") == [(None,)]


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_bodies_are_refused(site: httpx.AsyncClient, database_url: str, name: str) -> None:
    [slip] = await issue_on(database_url)
    body, content_type, status = HOSTILE[name]
    for path in (f"/V/{slip.token}", "/V"):
        headers = {"content-type": content_type, "accept": "*/*"}
        assert (await site.post(path, content=body, headers=headers)).status_code == status
    assert await run_sql(database_url, "SELECT count(*) FROM responses") == [(0,)]


@pytest.mark.parametrize("token", ["%00", "%FF", "x" * 500, "..%2f..", "７" * 16, "'; --"])
async def test_no_address_brings_a_fault(site: httpx.AsyncClient, token: str) -> None:
    assert (await site.get(f"/V/{token}")).status_code == 404


async def test_english_and_businesses_are_served(site: httpx.AsyncClient, database_url: str) -> None:
    [slip] = await issue_on(database_url)
    page = await site.get(f"/V/{slip.token}?lang=en&rater=business")
    assert "Served by: " in page.text
    body = {"token": make_token(bytes(15)), "score": 4, "rater": "business"}
    assert (await site.post(f"/V/{slip.token}", json=body, headers=JSON)).status_code == 201
    kinds = await run_sql(database_url, "SELECT rater_kind FROM responses JOIN surveys USING (survey_id)")
    assert kinds == [("business",)]
