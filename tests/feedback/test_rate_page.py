import json
import re

import asyncpg
import httpx
import pytest

from tests.world import BUSY_DESK, QUIET_DESK, REVOKED_DESK

JSON = {"content-type": "application/json", "accept": "application/json"}


async def open_form(site: httpx.AsyncClient, desk: str = BUSY_DESK, query: str = "") -> str:
    """The token of a freshly opened page."""
    page = await site.get(f"/Q/{desk}{query}")
    assert page.status_code == 200
    match = re.search(r'name="token" value="(\w{24})"', page.text)
    assert match
    return match[1]


async def select(database_url: str, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(database_url)
    rows = [tuple(row) for row in await connection.fetch(query)]
    await connection.close()
    return rows


def read_receipt(page: httpx.Response) -> str:
    match = re.search(r'class="receipt" translate="no">([\w-]{29})<', page.text)
    assert match
    return match[1]


async def test_opening_a_page_records_nothing_and_sets_no_cookie(site: httpx.AsyncClient, database_url: str) -> None:
    page = await site.get(f"/Q/{BUSY_DESK}")
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert await select(database_url, "SELECT count(*) FROM responses") == [(0,)]


async def test_one_tap_rates_and_gives_a_receipt(site: httpx.AsyncClient, database_url: str) -> None:
    token = await open_form(site, QUIET_DESK)
    page = await site.post(f"/Q/{QUIET_DESK}", data={"token": token, "score": "4"})
    assert page.status_code == 201
    assert read_receipt(page).replace("-", "") == token
    rows = await select(
        database_url,
        "SELECT score, o.code, t.code, p.code, channel, proof_class FROM responses"
        " JOIN officials AS o USING (official_id) JOIN titles AS t USING (title_id)"
        " JOIN procedures AS p USING (procedure_id)",
    )
    assert rows == [(4, "demo-3", "reception", "9.000001", 1, b"C")]


async def test_where_several_serve_the_citizen_may_choose_or_leave_it_open(
    site: httpx.AsyncClient, database_url: str
) -> None:
    for choice in ({"official": "demo-2", "procedure": "1.000894"}, {"official": "", "procedure": ""}):
        fields = {"token": await open_form(site), "score": "5", **choice}
        assert (await site.post(f"/Q/{BUSY_DESK}", data=fields)).status_code == 201
    rows = await select(
        database_url,
        "SELECT coalesce(o.code, '-'), coalesce(p.code, '-') FROM responses"
        " LEFT JOIN officials AS o USING (official_id) LEFT JOIN procedures AS p USING (procedure_id) ORDER BY 1",
    )
    assert rows == [("-", "-"), ("demo-2", "1.000894")]


async def test_nothing_is_asked_where_the_desk_leaves_no_doubt(site: httpx.AsyncClient) -> None:
    assert "<select" not in (await site.get(f"/Q/{QUIET_DESK}")).text
    assert (await site.get(f"/Q/{BUSY_DESK}")).text.count("<select") == 2


async def test_the_address_works_in_small_letters_too(site: httpx.AsyncClient) -> None:
    assert (await site.get(f"/q/{BUSY_DESK.lower()}")).status_code == 200


async def test_a_second_press_does_not_store_twice(site: httpx.AsyncClient, database_url: str) -> None:
    fields = {"token": await open_form(site), "score": "3"}
    pages = [await site.post(f"/Q/{BUSY_DESK}", data=fields) for _ in range(3)]
    assert {page.text for page in pages} == {pages[0].text}
    assert await select(database_url, "SELECT sum(n3) FROM daily_counts") == [(1,)]


async def test_back_and_another_face_offers_the_change_and_counts_the_first(
    site: httpx.AsyncClient, database_url: str
) -> None:
    token = await open_form(site)
    await site.post(f"/Q/{BUSY_DESK}", data={"token": token, "score": "3"})
    page = await site.post(f"/Q/{BUSY_DESK}", data={"token": token, "score": "5"})
    assert page.status_code == 409
    assert 'action="/R/again"' in page.text
    assert await select(database_url, "SELECT score FROM responses") == [(3,)]


async def test_json_and_form_are_judged_alike(site: httpx.AsyncClient) -> None:
    token = await open_form(site)
    answer = await site.post(f"/Q/{BUSY_DESK}", content=json.dumps({"token": token, "score": 2}), headers=JSON)
    assert answer.status_code == 201
    assert answer.json()["receipt"].replace("-", "") == token


@pytest.mark.parametrize("score", [0, 6, "5 ", None, "", 4.5, True, "vier"])
async def test_a_score_that_is_none_is_refused_by_name(
    site: httpx.AsyncClient, database_url: str, score: object
) -> None:
    body = json.dumps({"token": await open_form(site), "score": score})
    answer = await site.post(f"/Q/{BUSY_DESK}", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["field"]) == (400, "score")
    assert answer.headers["content-type"] == "application/problem+json"
    assert await select(database_url, "SELECT count(*) FROM responses") == [(0,)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"official": "demo-3"}, "official"),
        ({"procedure": "9.000001"}, "procedure"),
        ({"rater": "robot"}, "rater"),
        ({"token": "short"}, "token"),
        ({"unit": "1"}, "unit"),
        ({"official": 7}, "official"),
    ],
)
async def test_other_wrong_fields_are_named_too(site: httpx.AsyncClient, fields: dict[str, object], field: str) -> None:
    body = json.dumps({"token": await open_form(site), "score": 5, **fields})
    answer = await site.post(f"/Q/{BUSY_DESK}", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


HOSTILE = {
    "bad UTF-8 in JSON": (b'{"token":"\xff\xfe","score":5}', "application/json", 400),
    "bad UTF-8 in a form": (b"score=%FF&token=%FE", "application/x-www-form-urlencoded", 400),
    "raw bytes in a form": (b"score=\xff", "application/x-www-form-urlencoded", 400),
    "NUL": (b'{"token":"a\\u0000b","score":5}', "application/json", 400),
    "NUL in a form": (b"score=5&token=%00", "application/x-www-form-urlencoded", 400),
    "lone surrogate": (b'{"token":"\\ud800","score":5}', "application/json", 400),
    "100,000 deep": (b"[" * 60_000, "application/json", 400),
    "deep in a field": (b'{"score":' + b"[" * 60_000, "application/json", 400),
    "a list": (b"[5]", "application/json", 400),
    "NaN": (b'{"score":NaN}', "application/json", 400),
    "a huge number": (b'{"score":' + b"9" * 5000 + b"}", "application/json", 400),
    "a doubled key": (b'{"score":1,"score":5}', "application/json", 400),
    "a doubled field": (b"score=1&score=5", "application/x-www-form-urlencoded", 400),
    "no body": (b"", "application/json", 400),
    "not a form": (b"score", "application/x-www-form-urlencoded", 400),
    "1,000 fields": (b"&".join(b"a%d=1" % i for i in range(1000)), "application/x-www-form-urlencoded", 400),
    "plain text": (b'{"score":5}', "text/plain", 415),
    "multipart": (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415),
    "no type": (b"score=5", "", 415),
    "64 KiB and more": (b'{"score":"' + b"5" * 65_536 + b'"}', "application/json", 413),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_bodies_are_refused_and_store_nothing(
    site: httpx.AsyncClient, database_url: str, name: str
) -> None:
    body, content_type, status = HOSTILE[name]
    for path in (f"/Q/{BUSY_DESK}", "/R", "/R/answers", "/R/change"):
        answer = await site.post(path, content=body, headers={"content-type": content_type, "accept": "*/*"})
        assert answer.status_code == status, path
    assert await select(database_url, "SELECT count(*) FROM responses") == [(0,)]


@pytest.mark.parametrize("code", [REVOKED_DESK, "ZZZZZZZZ0", "nonsense", "%00", "%FF", "x" * 500])
async def test_an_unknown_or_revoked_code_says_where_to_find_the_printed_one(
    site: httpx.AsyncClient, code: str
) -> None:
    page = await site.get(f"/Q/{code}")
    assert page.status_code == 404
    assert 'name="code"' in page.text
    assert "in ngay dưới hình vuông" in page.text


async def test_a_typed_code_is_read_kindly(site: httpx.AsyncClient) -> None:
    typed = f" {BUSY_DESK[:3].lower()} {BUSY_DESK[3:6]}-{BUSY_DESK[6:]} ".replace("0", "o").replace("1", "l")
    found = await site.get("/Q", params={"code": typed})
    assert (found.status_code, found.headers["location"]) == (303, f"/Q/{BUSY_DESK}")


@pytest.mark.parametrize(("place", "group"), [(0, 1), (2, 1), (3, 2), (5, 2), (6, 3), (8, 3)])
async def test_a_wrong_symbol_says_which_group_to_look_at_again(
    site: httpx.AsyncClient, place: int, group: int
) -> None:
    wrong = "X" if QUIET_DESK[place] != "X" else "Y"
    typed = QUIET_DESK[:place] + wrong + QUIET_DESK[place + 1 :]
    page = await site.get("/Q", params={"code": typed})
    assert page.status_code == 404
    assert f"xem lại nhóm {group}." in page.text


async def test_businesses_have_their_own_question(site: httpx.AsyncClient, database_url: str) -> None:
    token = await open_form(site, query="?rater=business")
    fields = {"token": token, "score": "4", "rater": "business"}
    assert (await site.post(f"/Q/{BUSY_DESK}", data=fields)).status_code == 201
    assert await select(database_url, "SELECT rater_kind FROM responses JOIN surveys USING (survey_id)") == [
        ("business",)
    ]


async def test_english_is_offered_by_address_and_by_the_browsers_wish(site: httpx.AsyncClient) -> None:
    by_address = await site.get(f"/Q/{BUSY_DESK}?lang=en")
    by_wish = await site.get(f"/Q/{BUSY_DESK}", headers={"accept-language": "en-GB,en;q=0.9"})
    vietnamese = await site.get(f"/Q/{BUSY_DESK}", headers={"accept-language": "fr"})
    assert '<html lang="en">' in by_address.text
    assert '<html lang="en">' in by_wish.text
    assert '<html lang="vi">' in vietnamese.text


async def test_every_answer_is_dressed_in_strict_headers(site: httpx.AsyncClient) -> None:
    for path in ("/", f"/Q/{BUSY_DESK}", "/R", "/nowhere", "/static/langnghe.css", "/health/live"):
        headers = (await site.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


async def test_a_desk_is_limited_and_an_address_is_not(site: httpx.AsyncClient, database_url: str) -> None:
    for i in range(100):
        for desk, first in ((BUSY_DESK, "1"), (QUIET_DESK, "2")):
            fields = {"token": f"{first}{i:023}", "score": "5"}
            status = (await site.post(f"/Q/{desk}", data=fields)).status_code
            assert status == (201 if i < 60 else 429)
    # One desk takes 60 in two minutes; who comes after is asked to try again later, whatever the address.
    assert await select(database_url, "SELECT count(*) FROM responses") == [(120,)]
    late = await site.post(f"/Q/{BUSY_DESK}", data={"token": f"{999:024}", "score": "1"})
    assert (late.status_code, late.headers["retry-after"]) == (429, "60")
    assert 'name="score" value="1"' in late.text
