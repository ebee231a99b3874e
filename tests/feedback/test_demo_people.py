"""The demo's people: every role once at least, each able to sign in, and nothing of theirs made twice."""

import stat
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn

from feedback.accounts.powers import ROLES
from feedback.accounts.sessions import find_signed_in
from feedback.accounts.sign_in import Typed, sign_in
from feedback.database import Connection, open_connection, open_pool
from feedback.demo.codes_page import make_codes_routes, show_person
from feedback.demo.load import Demo, load_demo
from feedback.demo.people import FILE_NAME, DemoProof, add_people, list_people, read_proofs
from feedback.demo.recipe import NATIONAL, SMALL
from feedback.demo.world import make_small_world
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.feedback.conftest import serve

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
SECRET = "a secret of tests only, forty letters long"
FEW = msgspec.structs.replace(SMALL, ratings=1000, batch_rows=1000)


@pytest.fixture
async def committed(database_url: str) -> AsyncIterator[Connection]:
    connection = await open_connection(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def demo(committed: Connection) -> Demo:
    return await load_demo(committed, FEW, DAY, lambda _: None)


async def sign_in_as(database_url: str, proof: DemoProof, now: datetime) -> frozenset[str]:
    """The roles of whoever that is."""
    pool = await open_pool(database_url)
    try:
        code = show_person(proof, now).code
        session_id = await sign_in(pool, SECRET, Typed(proof.name, proof.password, code), now)
        async with pool.acquire() as connection:
            signed_in = await find_signed_in(connection, session_id, now)
    finally:
        await pool.close()
    assert signed_in
    return signed_in.roles


async def test_every_role_has_somebody_who_can_sign_in(
    committed: Connection, database_url: str, demo: Demo, tmp_path: Path
) -> None:
    proofs = await add_people(committed, demo, tmp_path, SECRET, NOW)
    found = [await sign_in_as(database_url, proof, NOW) for proof in proofs]
    assert found == [frozenset({proof.role}) for proof in proofs]
    assert {proof.role for proof in proofs} == set(ROLES)
    official = await committed.fetchval(
        "SELECT o.code FROM accounts JOIN officials AS o USING (official_id) WHERE sign_in_name = 'mau-can-bo'"
    )
    assert official == "demo-s20410-01"
    assert all("(mẫu)" in proof.display_name for proof in proofs)


async def test_a_restart_makes_nobody_anew_and_keeps_what_they_sign_in_with(
    committed: Connection, database_url: str, demo: Demo, tmp_path: Path
) -> None:
    first = await add_people(committed, demo, tmp_path, SECRET, NOW)
    assert await add_people(committed, demo, tmp_path, SECRET, NOW + timedelta(days=1)) == first
    assert read_proofs(tmp_path) == first
    count = "SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM appointments)"
    assert tuple(await committed.fetchrow(count) or ()) == (len(first), len(first))
    assert await sign_in_as(database_url, first[2], NOW) == {"front_supervisor"}


async def test_after_the_file_is_lost_they_get_new_passwords(
    committed: Connection, database_url: str, demo: Demo, tmp_path: Path
) -> None:
    first = await add_people(committed, demo, tmp_path, SECRET, NOW)
    (tmp_path / FILE_NAME).write_text("{broken", "utf-8")
    second = await add_people(committed, demo, tmp_path, SECRET, NOW)
    assert not {proof.password for proof in first} & {proof.password for proof in second}
    assert await sign_in_as(database_url, second[0], NOW) == {"administrator"}


async def test_another_secret_of_the_installation_locks_nobody_out(
    committed: Connection, database_url: str, demo: Demo, tmp_path: Path
) -> None:
    await add_people(committed, demo, tmp_path, "another secret of tests, forty letters long", NOW)
    proofs = await add_people(committed, demo, tmp_path, SECRET, NOW)
    assert await sign_in_as(database_url, proofs[-1], NOW) == {"personnel"}


async def test_only_its_owner_reads_the_file(committed: Connection, demo: Demo, tmp_path: Path) -> None:
    await add_people(committed, demo, tmp_path, SECRET, NOW)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_both_worlds_have_the_same_people_in_their_own_places() -> None:
    world = make_small_world(DAY)
    small, national = (list_people(Demo(size, DAY, world, 0)) for size in (SMALL, NATIONAL))
    assert [person.name for person in small] == [person.name for person in national]
    heads = [next(person for person in people if person.role == "head_of_unit") for people in (small, national)]
    assert [head.reach.units for head in heads] == [("demo-20410",), ("20410",)]


async def test_the_page_of_codes_shows_them_and_says_that_it_is_a_demo(
    committed: Connection, database_url: str, demo: Demo, tmp_path: Path
) -> None:
    settings = read_settings({"LANGNGHE_HOME": str(tmp_path), "LANGNGHE_SECRET": SECRET})
    app = create_app(settings, database_url, more_routes=make_codes_routes(tmp_path))
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    async for address in serve(uvicorn.Server(config)):
        async with httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}) as client:
            assert "Chưa có người dùng mẫu nào." in unescape((await client.get("/demo/codes")).text)
            proofs = await add_people(committed, demo, tmp_path, SECRET, NOW)
            page = unescape((await client.get("/demo/codes")).text)
            assert "Những người này không có thật" in page
            assert "None of these people is real" in unescape((await client.get("/demo/codes?lang=en")).text)
            for proof in proofs:
                assert {part in page for part in (proof.name, proof.password, proof.display_name)} == {True}
                assert proof.totp_secret not in page
