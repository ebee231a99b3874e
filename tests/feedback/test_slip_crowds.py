"""Many slips at once over HTTP: honest ones count once, all others never as class A."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from feedback.check import check_store
from feedback.database import open_connection
from surveys.codes import ALPHABET, make_token
from tests.feedback.slip_stage import JSON, find_today, issue_on, open_form, open_slip_site, run_sql


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_slip_site(database_url) as client:
        yield client


async def rate(site: httpx.AsyncClient, token: str, score: int = 5, form: str = "") -> httpx.Response:
    form = form or await open_form(site, token)
    return await site.post(f"/V/{token}", data={"token": form, "score": f"{score}", "lang": "vi"})


async def test_honest_slips_posted_one_to_four_times_from_two_phones_at_once_are_one_rating_each(
    site: httpx.AsyncClient, database_url: str
) -> None:
    draw = random.Random(5)  # noqa: S311 (the same every time)
    slips = await issue_on(database_url, 300)
    posts = [
        (slip.token, {"token": make_token(draw.randbytes(15)), "score": score})
        for slip in slips
        for score in [draw.randint(1, 5)] * draw.randint(1, 4)
    ]
    draw.shuffle(posts)

    async def send(phone: int) -> list[int]:
        """Two phones, each with every second post, several at a time."""
        answers = [site.post(f"/V/{token}", json=body, headers=JSON) for token, body in posts[phone::2]]
        return [answer.status_code for answer in await asyncio.gather(*answers)]

    statuses = [status for phone in await asyncio.gather(send(0), send(1)) for status in phone]
    assert set(statuses) == {201}
    assert len(statuses) > 600
    assert await run_sql(database_url, "SELECT sum(n1 + n2 + n3 + n4 + n5) FROM daily_counts") == [(300,)]
    assert await run_sql(database_url, "SELECT count(*), min(proof_class), max(proof_class) FROM responses") == [
        (300, "A", "A")
    ]
    connection = await open_connection(database_url)
    assert await check_store(connection) == []
    await connection.close()


async def test_two_phones_with_two_minds_leave_one_rating(site: httpx.AsyncClient, database_url: str) -> None:
    slips = await issue_on(database_url, 40)
    forms = {(slip.token, phone): await open_form(site, slip.token) for slip in slips for phone in (0, 1)}
    posts = [rate(site, token, 1 + 4 * phone, form) for (token, phone), form in forms.items()]
    assert {answer.status_code for answer in await asyncio.gather(*posts)} == {201}
    [(ones, fives, others)] = await run_sql(
        database_url, "SELECT sum(n1), sum(n5), sum(n2 + n3 + n4) FROM daily_counts"
    )
    assert (int(str(ones)) + int(str(fives)), others) == (40, 0)


async def test_thousands_of_forged_altered_spent_expired_and_foreign_slips_give_no_rating_of_class_a(
    site: httpx.AsyncClient, database_url: str
) -> None:
    draw = random.Random(7)  # noqa: S311 (the same every time)
    spent = [slip.token for slip in await issue_on(database_url, 50)]
    await run_sql(database_url, "UPDATE visit_slips SET nonce = NULL, official_id = 0, procedure_id = 0")
    good = [slip.token for slip in await issue_on(database_url, 50)]
    old = [slip.token for slip in await issue_on(database_url, 50, find_today() - timedelta(days=15))]
    bad = [*old, *spent]
    while len(bad) < 3_000:
        token = draw.choice(good)
        place = draw.randrange(16)
        altered = token[:place] + draw.choice(ALPHABET) + token[place + 1 :]
        bad += [altered] if altered != token else []
        bad.append(token[:8] + draw.choice(good)[8:] if draw.random() < 0.5 else "".join(draw.choices(ALPHABET, k=16)))
    bad = [token for token in bad if token not in good]
    statuses: set[int] = set()
    for start in range(0, len(bad), 100):
        posts = [
            site.post(f"/V/{token}", json={"token": make_token(draw.randbytes(15)), "score": 5}, headers=JSON)
            for token in bad[start : start + 100]
        ]
        statuses |= {answer.status_code for answer in await asyncio.gather(*posts)}
    # 404 unknown, 409 spent, 410 expired; who guesses on and on is asked to wait.
    assert statuses == {404, 409, 410, 429}
    assert await run_sql(database_url, "SELECT count(*) FROM responses") == [(0,)]
    # Whoever holds a genuine slip behind the same address is not kept waiting.
    assert (await rate(site, good[0])).status_code == 201
