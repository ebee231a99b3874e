import itertools
from collections.abc import AsyncIterator
from datetime import date, timedelta
from ipaddress import ip_network

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.api_keys import (
    EVERYWHERE,
    LONGEST_LIFE,
    SCOPES,
    Reach,
    Scope,
    check_key,
    make_key_text,
    read_authorization,
    read_key_text,
)
from feedback.database import Connection
from feedback.tables.api_keys import insert_api_key, select_api_key, select_covered_units
from surveys.errors import ApiKeyEndedError, ApiKeyNeededError, ApiKeyTooNarrowError, UnlistedAddressError
from tests.feedback.slip_stage import add_key, find_today, make_key, open_slip_site, run_sql
from tests.world import make_world

ROUTES: dict[str, Scope] = {"/api/v1/slips": "slips", "/api/v1/dossier-counts": "dossiers"}
GOOD_BODY = "[]"


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with open_slip_site(database_url, LANGNGHE_TRUSTED_PROXY="127.0.0.1") as client:
        yield client


async def ask(site: httpx.AsyncClient, headers: dict[str, str], path: str = "/api/v1/slips") -> httpx.Response:
    return await site.post(path, content=GOOD_BODY, headers=headers)


@given(st.binary(min_size=38, max_size=38))
def test_a_key_reads_back_as_itself(random_bytes: bytes) -> None:
    text = make_key_text(random_bytes)
    shown = read_authorization(f"Bearer {text}")
    assert text.startswith(f"lnk_{shown.key_id}_")
    assert len(text) == 4 + 10 + 1 + 59
    assert shown == read_key_text(text)


def test_a_key_with_one_wrong_letter_is_no_key() -> None:
    """The check at the end is a CRC-32: it misses no single letter."""
    text = make_key_text(bytes(range(38)))
    for place, letter in itertools.product(range(len(text)), "09az_-"):
        if text[place] != letter:
            with pytest.raises(ApiKeyNeededError):
                read_key_text(text[:place] + letter + text[place + 1 :])


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic abc", f"Bearer {'a' * 500}", "Bearer lnk__", "\xff"]
)
def test_what_cannot_be_a_key_asks_for_one(header: str) -> None:
    with pytest.raises(ApiKeyNeededError):
        read_authorization(header)


def test_every_pair_of_held_and_asked_scope_is_judged() -> None:
    for held, asked in itertools.product(SCOPES, SCOPES):
        key, _ = make_key(scopes=(held,))
        if held == asked:
            check_key(key, asked, "", find_today())
        else:
            with pytest.raises(ApiKeyTooNarrowError, match=held):
                check_key(key, asked, "", find_today())


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::7", True),
        ("10.1.3.1", False),
        ("192.0.2.1", False),
        ("2001:db9::7", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_a_key_may_be_tied_to_networks(address: str, listed: bool) -> None:  # noqa: FBT001 (a row of the table)
    key, _ = make_key(networks=(ip_network("10.1.2.0/24"), ip_network("2001:db8::/32")))
    if listed:
        check_key(key, "slips", address, find_today())
    else:
        with pytest.raises(UnlistedAddressError):
            check_key(key, "slips", address, find_today())


def test_a_key_ends_on_its_day_or_when_it_is_revoked() -> None:
    today = find_today()
    changes: list[dict[str, object]] = [
        {"expires_on": today},
        {"revoked_on": today},
        {"revoked_on": today - timedelta(days=9)},
    ]
    for change in changes:
        key, _ = make_key(1, made_on=today - timedelta(days=20), **change)
        with pytest.raises(ApiKeyEndedError):
            check_key(key, "slips", "", today)
    check_key(make_key(expires_on=today + timedelta(days=1))[0], "slips", "", today)


def test_a_reach_covers_what_it_names() -> None:
    unit = ("32041", "32041", "96")
    for reach, covered in (
        (EVERYWHERE, True),
        (Reach(provinces=("96",)), True),
        (Reach(communes=("32041",)), True),
        (Reach(units=("32041",)), True),
        (Reach(provinces=("32041",)), False),
        (Reach(communes=("96",)), False),
        (Reach(provinces=("01",), communes=("00004",), units=("00004",)), False),
        (Reach(), False),
    ):
        assert reach.covers(*unit) == covered


async def test_a_key_is_stored_whole_but_for_its_secret(connection: Connection) -> None:
    key, text = make_key(reach=Reach(provinces=("96",), units=("x",)), networks=(ip_network("10.0.0.0/8"),))
    await insert_api_key(connection, key)
    assert await select_api_key(connection, key.key_id) == key
    stored = str(await connection.fetchrow("SELECT * FROM api_keys"))
    assert text.split("_")[2][:52] not in stored


async def test_a_key_lives_a_year_at_most(connection: Connection) -> None:
    today = find_today()
    longest, _ = make_key(1, expires_on=today + LONGEST_LIFE)
    await insert_api_key(connection, longest)
    too_long, _ = make_key(2, expires_on=today + timedelta(days=367))
    with pytest.raises(asyncpg.CheckViolationError):
        await insert_api_key(connection, too_long)


async def test_the_units_of_a_key_are_found_for_whoever_filters_by_them(connection: Connection) -> None:
    await make_world(connection)
    [unit_id] = await select_covered_units(connection, EVERYWHERE, date(2026, 11, 20))
    for reach in (Reach(provinces=("96",)), Reach(communes=("32041",)), Reach(units=("32041",))):
        assert await select_covered_units(connection, reach, date(2026, 11, 20)) == [unit_id]
    assert await select_covered_units(connection, Reach(provinces=("01",)), date(2026, 11, 20)) == []


async def test_the_matrix_of_keys_and_routes_lets_in_only_what_is_listed(
    site: httpx.AsyncClient, database_url: str
) -> None:
    today = find_today()
    kinds: dict[str, tuple[dict[str, object], int]] = {
        "good": ({}, 200),
        "expired": ({"made_on": today - timedelta(days=9), "expires_on": today}, 401),
        "revoked": ({"revoked_on": today}, 401),
        "from elsewhere": ({"networks": (ip_network("10.0.0.0/8"),)}, 403),
        "from here": ({"networks": (ip_network("192.0.2.0/24"),)}, 200),
    }
    numbers = itertools.count(1)
    here = {"x-real-ip": "192.0.2.7"}
    for (change, status), scopes in itertools.product(kinds.values(), (("slips",), ("dossiers",), ("evaluation",))):
        headers = await add_key(database_url, next(numbers), scopes=scopes, **change)
        for path, scope in ROUTES.items():
            answer = await ask(site, headers | here, path)
            expected = 403 if status == 200 and scope not in scopes else status
            assert answer.status_code == expected, (change, scopes, path)
            assert answer.headers["content-type"].startswith("application/")


async def test_a_missing_or_unknown_key_gets_a_challenge(site: httpx.AsyncClient, database_url: str) -> None:
    good = await add_key(database_url, 1)
    _, other = make_key(2)
    stolen_id = make_key_text((1).to_bytes(6) + bytes(32))
    for header in (None, "Bearer nonsense", f"Bearer {other}", f"Bearer {stolen_id}"):
        headers = {name: value for name, value in good.items() if name != "authorization"}
        answer = await ask(site, headers if header is None else {**headers, "authorization": header})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="langnghe"'
        assert answer.headers["content-type"] == "application/problem+json"
    assert await run_sql(database_url, "SELECT last_used_on FROM api_keys") == [(None,)]


async def test_a_narrow_key_is_told_what_it_is_for(site: httpx.AsyncClient, database_url: str) -> None:
    headers = await add_key(database_url, 1, scopes=("evaluation",))
    problem = (await ask(site, headers | {"accept-language": "en"})).json()
    assert (problem["status"], problem["title"]) == (403, "api-key-too-narrow")
    assert problem["detail"] == "This key is not for “slips”. It is for: evaluation."


async def test_the_quota_of_a_key_is_a_minute(site: httpx.AsyncClient, database_url: str) -> None:
    headers = await add_key(database_url, 1, quota=5)
    other = await add_key(database_url, 2, quota=5)
    statuses = [(await ask(site, headers)).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    late = await ask(site, headers)
    assert (late.headers["retry-after"], late.json()["quota"]) == ("60", 5)
    assert (await ask(site, other)).status_code == 200


async def test_the_day_of_the_last_use_is_kept_and_no_more(site: httpx.AsyncClient, database_url: str) -> None:
    headers = await add_key(database_url, 1)
    await ask(site, headers)
    assert await run_sql(database_url, "SELECT last_used_on FROM api_keys") == [(find_today(),)]
