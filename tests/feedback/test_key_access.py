"""How a key is shown, keys that opened pages once, and floods of wrong ones."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from feedback.api_keys import NOWHERE, make_key_text, read_authorization
from feedback.database import Connection
from feedback.tables.api_keys import insert_api_key, select_api_key
from surveys.errors import ApiKeyNeededError
from tests.feedback.slip_stage import JSON, add_key, find_today, make_key, open_slip_site, run_command

SLIPS = "/api/v1/slips"


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_slip_site(database_url, LANGNGHE_TRUSTED_PROXY="127.0.0.1") as client:
        yield client


def make_wrong_key(number: int) -> dict[str, str]:
    return {**JSON, "authorization": f"Bearer {make_key_text((10_000 + number).to_bytes(38))}"}


def test_a_browser_cannot_show_a_key_at_its_prompt() -> None:
    """A browser would send it again by itself, for whatever page makes it."""
    _, text = make_key()
    for user in ("", "lnk", text):
        encoded = base64.b64encode(f"{user}:{text}".encode()).decode()
        with pytest.raises(ApiKeyNeededError):
            read_authorization(f"Basic {encoded}")


async def test_no_answer_asks_a_browser_for_a_key(site: httpx.AsyncClient) -> None:
    for accept in ("text/html", "application/json"):
        answer = await site.post(SLIPS, content="[]", headers={**JSON, "accept": accept})
        assert (answer.status_code, "Basic" in answer.headers.get("www-authenticate", "")) == (401, False)


async def test_sixty_wrong_keys_a_minute_are_the_most_of_one_caller(site: httpx.AsyncClient, database_url: str) -> None:
    good = await add_key(database_url, 1)
    late = await add_key(database_url, 2)
    guesser, neighbour = {"x-real-ip": "192.0.2.7"}, {"x-real-ip": "192.0.2.8"}
    assert (await site.post(SLIPS, content="[]", headers=good | guesser)).status_code == 200
    statuses = [
        (await site.post(SLIPS, content="[]", headers=make_wrong_key(number) | guesser)).status_code
        for number in range(70)
    ]
    assert statuses == [401] * 60 + [429] * 10
    assert (await site.post(SLIPS, content="[]", headers=make_wrong_key(99) | neighbour)).status_code == 401
    # A program that shares the guesser's address goes on; one that was never seen waits out the minute.
    assert (await site.post(SLIPS, content="[]", headers=good | guesser)).status_code == 200
    answer = await site.post(SLIPS, content="[]", headers=late | guesser)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert (await site.post(SLIPS, content="[]", headers=late | neighbour)).status_code == 200


async def test_whoever_has_no_key_yet_is_not_taken_for_a_guesser(site: httpx.AsyncClient, database_url: str) -> None:
    good = await add_key(database_url, 1)
    for _ in range(61):
        assert (await site.post(SLIPS, content="[]", headers=JSON)).status_code == 401
    assert (await site.post(SLIPS, content="[]", headers=good)).status_code == 200


@pytest.mark.parametrize("scope", ["own", "manage", "review"])
async def test_people_get_accounts_and_no_keys(
    connection: Connection, database_url: str, tmp_path: Path, scope: str
) -> None:
    key, _ = make_key(1, scopes=(scope,))
    with pytest.raises(asyncpg.CheckViolationError):
        async with connection.transaction():
            await insert_api_key(connection, key)
    status, said = await run_command(database_url, tmp_path, "keys", "create", "x", "--scope", scope, "--everywhere")
    assert (status, "--scope" in said) == (2, True), said


async def test_a_key_opens_something_somewhere_or_is_revoked(connection: Connection) -> None:
    for number, changes in enumerate(({"scopes": ()}, {"reach": NOWHERE}), 1):
        key, _ = make_key(number, **changes)
        with pytest.raises(asyncpg.CheckViolationError):
            async with connection.transaction():
                await insert_api_key(connection, key)
    ended, _ = make_key(3, scopes=(), reach=NOWHERE, revoked_on=find_today())
    await insert_api_key(connection, ended)
    assert await select_api_key(connection, ended.key_id) == ended
