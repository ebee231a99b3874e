"""Asking for a review and voting on it, over HTTP: what a person sees, and that nothing typed is lost."""

import html
import re

import httpx
import pytest

from feedback.api_keys import EVERYWHERE, Reach
from feedback.check import check_store
from feedback.database import Connection
from feedback.web import staff_access
from tests.dashboards.staff_stage import sign_in
from tests.feedback.review_stage import ask, find_ids, rate_official

ASK, REVIEWS = "/staff/me/reviews", "/staff/reviews"
FORM = {
    "first_day": "2026-11-09",
    "last_day": "2026-11-13",
    "procedure": "1.001193",
    "reason": "Quầy <đóng> cửa hôm ấy.",
    "lang": "vi",
}


@pytest.fixture
async def own(committed: Connection) -> dict[str, str]:
    ids = await find_ids(committed)
    return await sign_in(committed, "official", "official", official_id=ids["demo-1"])


async def make_voter(connection: Connection, name: str, reach: Reach = EVERYWHERE) -> dict[str, str]:
    return await sign_in(connection, name, "front_supervisor", reach)


async def send_vote(
    site: httpx.AsyncClient, headers: dict[str, str], review: int, verdict: str = "grant", reason: str = "Đã xem."
) -> tuple[int, str]:
    data = {"verdict": verdict, "reason": reason, "lang": "vi"}
    reply = await site.post(f"{REVIEWS}/{review}", headers=headers, data=data)
    return reply.status_code, html.unescape(reply.text)


async def test_a_request_is_stored_and_listed(
    site: httpx.AsyncClient, committed: Connection, own: dict[str, str]
) -> None:
    for _ in range(2):  # pressed twice
        reply = await site.post(ASK, headers=own, data=FORM)
        assert reply.status_code == 201
        assert "Đề nghị đã được ghi nhận." in html.unescape(reply.text)
    [known] = await committed.fetch("SELECT * FROM score_reviews")
    assert (known["state"], known["procedure_code"], known["reason"]) == ("open", "1.001193", FORM["reason"])
    assert "Đang chờ xem xét" in html.unescape((await site.get("/staff/me", headers=own)).text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"last_day": "2026-11-08"}, "ngày đầu phải trước hoặc trùng ngày cuối"),
        ({"last_day": "2026-12-31"}, "chỉ xem xét được những ngày đã qua"),
        ({"first_day": "2026-09-01"}, "phải nằm trong cùng một quý"),
        ({"first_day": "2020-01-06", "last_day": "2020-01-06"}, "không có đánh giá nào của Ông/Bà"),
        ({"first_day": "13/11/2026"}, "không đọc được ngày đã nhập"),
        ({"first_day": ""}, "không đọc được ngày đã nhập"),
        ({"reason": "  "}, "chưa có lý do"),
        ({"reason": "a" * 2001}, "lý do dài quá 2000 ký tự"),
        ({"procedure": "x" * 90}, "không có thủ tục nào mang mã này"),
    ],
)
async def test_bad_input_brings_the_form_back_as_it_was_filled_in(
    site: httpx.AsyncClient,
    committed: Connection,
    own: dict[str, str],
    changes: dict[str, str],
    sentence: str,
) -> None:
    form = FORM | changes
    reply = await site.post(ASK, headers=own, data=form)
    page = html.unescape(reply.text)
    assert reply.status_code == 422
    assert sentence in page
    assert form["reason"].strip() in page
    for name in ("first_day", "last_day"):
        assert f'name="{name}" value="{form[name]}"' in page
    assert "<đóng>" not in reply.text
    assert await committed.fetchval("SELECT count(*) FROM score_reviews") == 0


async def test_a_form_from_another_site_does_nothing(
    site: httpx.AsyncClient, committed: Connection, own: dict[str, str]
) -> None:
    review_id = await ask(committed, await find_ids(committed))
    voter = await make_voter(committed, "one")
    host = site.base_url.netloc.decode()
    for foreign in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site", "origin": f"http://{host}"},
    ):
        headers = {name: value for name, value in foreign.items() if value}
        for address, key, data in (
            (ASK, own, FORM),
            (f"{REVIEWS}/{review_id}", voter, {"verdict": "grant", "reason": "x"}),
        ):
            sent = {"cookie": key["cookie"], **headers}
            assert (await site.post(address, headers=sent, data=data)).status_code == 403
    assert await committed.fetchval("SELECT count(*) FROM score_reviews") == 1
    assert await committed.fetchval("SELECT count(*) FROM review_votes") == 0


async def test_what_cannot_be_stored_just_now_is_kept_in_the_page(
    site: httpx.AsyncClient, committed: Connection, own: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_access, "REQUESTS_A_MINUTE", 1)
    assert (await site.get("/staff/me", headers=own)).status_code == 200
    reply = await site.post(ASK, headers=own, data=FORM)
    assert reply.status_code == 429
    page = html.unescape(reply.text)
    for name, value in FORM.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert f'action="{ASK}"' in page
    assert await committed.fetchval("SELECT count(*) FROM score_reviews") == 0


async def test_a_session_that_ended_meanwhile_loses_nothing_that_was_typed(
    site: httpx.AsyncClient, committed: Connection, own: dict[str, str]
) -> None:
    await committed.execute("UPDATE staff_sessions SET ended_at = now()")
    reply = await site.post(ASK, headers=own, data=FORM)
    assert reply.status_code == 401
    assert FORM["reason"] in html.unescape(reply.text)
    assert await committed.fetchval("SELECT count(*) FROM score_reviews") == 0


async def test_our_pages_send_their_origin_so_that_they_are_told_apart(
    site: httpx.AsyncClient, own: dict[str, str]
) -> None:
    page = (await site.get("/staff/me", headers=own)).text
    assert '<meta name="referrer" content="same-origin">' in page
    headers = {"cookie": own["cookie"], "origin": str(site.base_url).rstrip("/")}
    assert (await site.post(ASK, headers=headers, data=FORM)).status_code == 201


async def test_voters_see_reasons_and_rounded_counts_and_never_a_rating(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    ids = await find_ids(committed)
    await rate_official(committed, ids, count=23)
    await rate_official(committed, ids, count=9, proof_class=b"C")
    await ask(committed, ids)
    headers = await make_voter(committed, "one")
    page = html.unescape((await site.get(REVIEWS, headers=headers)).text)
    # 23 is 25 to the nearest 5; no class B and 9 of class C are both "fewer than 10".
    counts = re.findall(r'<td class="number">([^<]*)</td>', page)
    assert counts == ["25", "dưới 10", "dưới 10"]
    assert "Quầy đóng cửa hôm ấy." in page
    assert "13/11/2026" in page


async def test_two_persons_exclude_and_the_store_stays_sound(site: httpx.AsyncClient, committed: Connection) -> None:
    ids = await find_ids(committed)
    await rate_official(committed, ids, count=12)
    review_id = await ask(committed, ids)
    one, two = await make_voter(committed, "one"), await make_voter(committed, "two")
    status, page = await send_vote(site, one, review_id)
    assert status == 201
    assert "còn chờ thêm ý kiến" in page
    assert "demo-one đồng ý loại" in page
    status, page = await send_vote(site, two, review_id)
    assert status == 201
    assert f"Đề nghị số {review_id} đã được chấp nhận" in page
    assert "Không có đề nghị nào đang chờ." in page
    assert await committed.fetchval("SELECT sum(n1) FROM daily_counts WHERE proof_class = 'X'") == 12
    assert await check_store(committed) == []


@pytest.mark.parametrize(
    ("who", "changes", "sentence"),
    [
        ("one", {}, "mỗi người chỉ cho ý kiến một lần"),
        ("self", {}, "người đề nghị không được tự quyết định"),
        ("two", {"reason": " "}, "chưa có lý do"),
        ("two", {"reason": "a" * 2001}, "lý do dài quá 2000 ký tự"),
        ("two", {"verdict": "maybe"}, "chỉ có thể chấp nhận hoặc không chấp nhận"),
    ],
)
async def test_a_vote_that_does_not_count_keeps_what_was_typed(
    site: httpx.AsyncClient,
    committed: Connection,
    who: str,
    changes: dict[str, str],
    sentence: str,
) -> None:
    ids = await find_ids(committed)
    review_id = await ask(committed, ids)
    voters = {name: await make_voter(committed, name) for name in ("one", "two")}
    # Who is rated may decide on others, never on themselves.
    voters["self"] = await sign_in(committed, "self", "inspector", official_id=ids["demo-1"])
    await send_vote(site, voters["one"], review_id)
    status, page = await send_vote(site, voters[who], review_id, **changes)
    assert status == 409
    assert sentence in page
    assert f">{changes.get('reason', 'Đã xem.').strip()}</textarea>" in page
    assert await committed.fetchval("SELECT count(*) FROM review_votes") == 1


async def test_a_vote_on_an_ended_review_is_told_so(site: httpx.AsyncClient, committed: Connection) -> None:
    review_id = await ask(committed, await find_ids(committed))
    for name in ("one", "two"):
        await send_vote(site, await make_voter(committed, name), review_id, "refuse")
    status, page = await send_vote(site, await make_voter(committed, "three"), review_id)
    assert status == 409
    assert "đề nghị này đã kết thúc" in page


async def test_reviews_out_of_reach_are_not_there(site: httpx.AsyncClient, committed: Connection) -> None:
    review_id = await ask(committed, await find_ids(committed))
    far = await make_voter(committed, "far", Reach(provinces=("01",)))
    near = await make_voter(committed, "near", Reach(communes=("32041",)))
    heading = f"Đề nghị số {review_id}"
    assert heading not in html.unescape((await site.get(REVIEWS, headers=far)).text)
    assert heading in html.unescape((await site.get(REVIEWS, headers=near)).text)
    assert (await send_vote(site, far, review_id))[0] == 404
    assert (await send_vote(site, near, review_id))[0] == 201


@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999", "9" * 40, "%00", "%D9%A1"])
async def test_a_vote_on_no_review_is_not_found(site: httpx.AsyncClient, committed: Connection, number: str) -> None:
    headers = await make_voter(committed, "one")
    reply = await site.post(f"{REVIEWS}/{number}", headers=headers, data={"verdict": "grant", "reason": "x"})
    assert reply.status_code == 404
