import re

import asyncpg
import httpx

from tests.feedback.test_rate_page import open_form, read_receipt, select
from tests.world import BUSY_DESK, QUIET_DESK


async def rate(site: httpx.AsyncClient, score: str = "2") -> str:
    token = await open_form(site)
    return read_receipt(await site.post(f"/Q/{BUSY_DESK}", data={"token": token, "score": score}))


async def read_new_token(site: httpx.AsyncClient, step: str, receipt: str) -> str:
    page = await site.post(step, data={"receipt": receipt})
    assert page.status_code == 200
    match = re.search(r'name="token" value="(\w{24})"', page.text)
    assert match
    return match[1]


async def test_a_receipt_says_counted_and_never_the_score(site: httpx.AsyncClient) -> None:
    receipts = [await rate(site, score) for score in "15"]
    pages = [(await site.post("/R", data={"receipt": receipt})).text for receipt in receipts]
    assert "Đánh giá này đã được tính" in pages[0]
    # A clerk who makes a citizen show the page learns nothing: it is the same whatever was rated.
    assert pages[0].replace(receipts[0], "") == pages[1].replace(receipts[1], "")


async def test_a_receipt_is_read_kindly(site: httpx.AsyncClient) -> None:
    receipt = await rate(site)
    typed = receipt.lower().replace("-", " ").replace("0", "o").replace("1", "i")
    assert (await site.post("/R", data={"receipt": typed})).status_code == 200


async def test_an_unknown_receipt_is_said_kindly_and_what_was_typed_stays(site: httpx.AsyncClient) -> None:
    for typed in ("0" * 24, "abc", ""):
        page = await site.post("/R", data={"receipt": typed})
        assert page.status_code == 404
        assert f'value="{typed}"' in page.text


async def test_a_change_of_mind_replaces_the_rating(site: httpx.AsyncClient, database_url: str) -> None:
    receipt = await rate(site, "1")
    token = await read_new_token(site, "/R/again", receipt)
    for _ in range(2):  # pressed twice: still one change
        page = await site.post("/R/change", data={"receipt": receipt, "token": token, "score": "5"})
        assert page.status_code == 201
        assert read_receipt(page) == receipt
    assert await select(database_url, "SELECT sum(n1), sum(n5) FROM daily_counts") == [(0, 1)]


async def test_the_second_page_stores_answers_and_hides_personal_data(
    site: httpx.AsyncClient, database_url: str
) -> None:
    receipt = await rate(site)
    token = await read_new_token(site, "/R/more", receipt)
    comment = "Nhờ gọi giúp tôi số 0912 345 678, chờ lâu quá"
    fields = {"receipt": receipt, "token": token, "access": "4", "procedure": "", "comment": comment}
    assert (await site.post("/R/answers", data=fields)).status_code == 201
    rows = await select(
        database_url, "SELECT score, answers->>'access', comment FROM responses WHERE supersedes IS NOT NULL"
    )
    assert len(rows) == 1
    score, access, stored = rows[0]
    assert (score, access) == (2, "4")
    assert "0912" not in str(stored)
    assert "chờ lâu quá" in str(stored)
    assert await select(database_url, "SELECT sum(n2) FROM daily_counts") == [(1,)]


async def test_a_text_like_a_denunciation_is_not_stored_and_the_citizen_is_told_where_to_go(
    site: httpx.AsyncClient, database_url: str
) -> None:
    receipt = await rate(site)
    token = await read_new_token(site, "/R/more", receipt)
    text = "Tôi tố cáo cán bộ đòi hối lộ hai triệu đồng"
    fields = {"receipt": receipt, "token": token, "access": "1", "comment": text}
    page = await site.post("/R/answers", data=fields)
    assert "Mặt trận Tổ quốc" in page.text
    rows = await select(database_url, "SELECT comment FROM responses WHERE supersedes IS NOT NULL")
    assert rows == [(None,)]


async def test_an_empty_second_page_stores_nothing(site: httpx.AsyncClient, database_url: str) -> None:
    receipt = await rate(site)
    token = await read_new_token(site, "/R/more", receipt)
    page = await site.post("/R/answers", data={"receipt": receipt, "token": token, "access": ""})
    assert page.status_code == 201
    assert await select(database_url, "SELECT count(*) FROM responses") == [(1,)]


async def test_a_wrong_further_answer_is_named(site: httpx.AsyncClient) -> None:
    receipt = await rate(site)
    token = await read_new_token(site, "/R/more", receipt)
    for field, value in (("access", "9"), ("height", "3"), ("comment", "x" * 501)):
        answer = await site.post(
            "/R/answers",
            data={"receipt": receipt, "token": token, field: value},
            headers={"accept": "application/json"},
        )
        assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_after_72_hours_nothing_can_be_changed(site: httpx.AsyncClient, database_url: str) -> None:
    receipt = await rate(site, "1")
    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE responses SET received_at = received_at - interval '72 hours 1 second'")
    await connection.close()
    assert "/R/again" not in (await site.post("/R", data={"receipt": receipt})).text
    token = await read_new_token(site, "/R/again", receipt)
    page = await site.post("/R/change", data={"receipt": receipt, "token": token, "score": "5"})
    assert page.status_code == 409
    assert await select(database_url, "SELECT sum(n1), sum(n5) FROM daily_counts") == [(1, 0)]


async def test_guessing_receipts_is_slowed_down(site: httpx.AsyncClient) -> None:
    statuses = [(await site.post("/R", data={"receipt": f"{i:024}"})).status_code for i in range(12)]
    assert statuses == [404] * 10 + [429] * 2


async def test_a_receipt_works_without_its_unit_and_with_a_wrong_one(site: httpx.AsyncClient) -> None:
    token = await open_form(site, QUIET_DESK)
    receipt = read_receipt(await site.post(f"/Q/{QUIET_DESK}", data={"token": token, "score": "4"}))
    assert (await site.post("/R/more", data={"receipt": receipt})).status_code == 200
    for unit in ("999", "x", "-1", "9" * 30):
        assert (await site.post("/R/more", data={"receipt": receipt, "unit": unit})).status_code in {200, 404}
