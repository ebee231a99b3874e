"""Keys in the browser's own prompt, keys about one person, and floods of wrong ones."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from feedback.api_keys import EVERYWHERE, NOWHERE, make_key_text, read_authorization, read_key_text
from feedback.database import Connection, open_connection
from feedback.tables.api_keys import insert_api_key, select_api_key
from surveys.errors import ApiKeyNeededError
from tests.feedback.slip_stage import JSON, add_key, make_key, open_slip_site, run_command, run_sql
from tests.world import make_world

SLIPS = "/api/v1/slips"


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_slip_site(database_url, LANGNGHE_TRUSTED_PROXY="127.0.0.1") as client:
        yield client


def write_basic(user: str, password: str, scheme: str = "Basic") -> str:
    return f"{scheme} {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def make_wrong_key(number: int) -> dict[str, str]:
    return {**JSON, "authorization": f"Bearer {make_key_text((10_000 + number).to_bytes(38))}"}


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
@pytest.mark.parametrize("user", ["", "key", "Nguyễn Văn A", "lnk"])
def test_a_key_may_be_the_password_of_any_user(scheme: str, user: str) -> None:
    _, text = make_key()
    assert read_authorization(write_basic(user, text, scheme)) == read_key_text(text)


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic abc",
        "Basic /////w==",
        write_basic("lnk", ""),
        write_basic(make_key()[1], ""),
        f"Basic {base64.b64encode(make_key()[1].encode()).decode()}",
        f"Basic {'A' * 900}",
    ],
)
def test_a_password_that_is_no_key_asks_for_one(header: str) -> None:
    with pytest.raises(ApiKeyNeededError):
        read_authorization(header)


async def test_a_browser_prompt_opens_what_the_key_opens(site: httpx.AsyncClient, database_url: str) -> None:
    await add_key(database_url, 1)
    headers = {**JSON, "authorization": write_basic("ai cũng được", make_key(1)[1])}
    assert (await site.post(SLIPS, content="[]", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "https://dg.tinh.gov.vn"}, 200),
        ({"sec-fetch-site": "cross-site", "origin": "https://dg.tinh.gov.vn"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_another_site_cannot_use_the_key_of_the_prompt(
    site: httpx.AsyncClient, database_url: str, sent: dict[str, str], status: int
) -> None:
    bearer = await add_key(database_url, 1)
    basic = {**JSON, "authorization": write_basic("", make_key(1)[1])}
    answer = await site.post(SLIPS, content="[]", headers={**basic, **sent})
    assert answer.status_code == status
    assert status == 200 or answer.json()["title"] == "foreign-page"
    # A program sends its key itself, so nobody can send it for it.
    assert (await site.post(SLIPS, content="[]", headers={**bearer, **sent})).status_code == 200


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


async def test_a_browser_that_has_no_key_yet_is_not_taken_for_a_guesser(
    site: httpx.AsyncClient, database_url: str
) -> None:
    good = await add_key(database_url, 1)
    for _ in range(61):
        assert (await site.post(SLIPS, content="[]", headers=JSON)).status_code == 401
    assert (await site.post(SLIPS, content="[]", headers=good)).status_code == 200


async def test_a_key_of_scope_own_names_its_official_and_covers_no_unit(connection: Connection) -> None:
    await make_world(connection)
    official_id = await connection.fetchval("SELECT official_id FROM officials WHERE code = 'demo-2'")
    own, _ = make_key(1, scopes=("own",), official_id=official_id, reach=NOWHERE)
    await insert_api_key(connection, own)
    assert await select_api_key(connection, own.key_id) == own
    for number, change in enumerate(
        (
            {"official_id": None, "reach": EVERYWHERE},
            {"official_id": None},
            {"scopes": ("manage",)},
            {"reach": EVERYWHERE},
        ),
        2,
    ):
        wrong, _ = make_key(number, **{"scopes": ("own",), "official_id": official_id, "reach": NOWHERE, **change})
        with pytest.raises(asyncpg.CheckViolationError):
            async with connection.transaction():
                await insert_api_key(connection, wrong)


async def test_the_command_line_makes_keys_about_one_official(database_url: str, tmp_path: Path) -> None:
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.close()
    create = ("create", "Cán bộ mẫu", "--scope", "own")
    status, said = await run_command(database_url, tmp_path, "keys", *create, "--official", "demo-2")
    assert status == 0, said
    assert await run_sql(
        database_url,
        "SELECT o.code, k.scopes, k.everywhere FROM api_keys AS k JOIN officials AS o USING (official_id)",
    ) == [("demo-2", ["own"], False)]
    assert "demo-2" in (await run_command(database_url, tmp_path, "keys", "list", COLUMNS="200"))[1]
    for wrong, sentence in (
        ((), "A key covers"),
        (("--official", "nobody"), "no official with the code nobody"),
        (("--official", "demo-2", "--everywhere"), "A key covers"),
        (("--official", "demo-2", "--scope", "manage"), "A key covers"),
    ):
        status, said = await run_command(database_url, tmp_path, "keys", *create, *wrong)
        assert (status, sentence in said) == (1, True), said
