"""The page of a tablet over HTTP: what it shows, which ratings it may send, and for when."""

import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from feedback.database import open_connection
from feedback.kiosks import read_kiosk_secret
from surveys.case_errors import UnknownKioskError
from surveys.codes import hash_token, make_token, print_token
from tests.conftest import name_database, run_on_server
from tests.feedback.kiosk_stage import JSON, NOON, PAGE, SECRET, Exit, make_kiosk_program, register, write
from tests.world import make_world


@pytest.fixture(scope="module")
async def world(server_url: str, template: str) -> str:
    name = f"kiosk_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    connection = await open_connection(name_database(server_url, name))
    await make_world(connection)
    await register(connection)
    await connection.close()
    return name_database(server_url, name)


@pytest.fixture(scope="module")
async def running(world: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exit]:
    connection = await open_connection(world)
    rows = await connection.fetch("SELECT number, desk_id FROM desks")
    front_door = make_kiosk_program(world, tmp_path_factory.mktemp("home"))
    app = front_door.app
    assert isinstance(app, Litestar)
    transport = httpx.ASGITransport(front_door)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://x", headers={"accept": "text/html"}) as client,
    ):
        stage = Exit(client, connection, {row["number"]: str(row["desk_id"]) for row in rows})
        app.state.read_now = lambda: stage.now
        yield stage
    await connection.close()


@pytest.fixture
async def exit_(running: Exit) -> Exit:
    """A tablet in use, at noon."""
    await running.connection.execute("UPDATE kiosks SET ended_at = NULL")
    running.now = NOON
    return running


async def test_the_page_asks_for_the_desk_and_leads_nowhere_else(exit_: Exit) -> None:
    page = await exit_.client.get(PAGE)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "Ông/Bà vừa được phục vụ ở quầy nào?" in page.text
    assert "<a " not in page.text
    assert not re.search(r'type="(text|search|email)"|<textarea', page.text)
    assert {desk in page.text for desk in ("Hộ tịch - Chứng thực (mẫu)", "Đất đai (mẫu)")} == {True}


async def test_small_letters_lead_to_the_one_address_under_which_the_tablet_keeps_it(exit_: Exit) -> None:
    for address in (f"/k/{SECRET}", f"/K/{SECRET.lower()}", f"/k/{SECRET.lower()}"):
        answer = await exit_.client.get(f"{address}?lang=en")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?lang=en")


async def test_without_script_it_is_three_plain_pages(exit_: Exit) -> None:
    faces = await exit_.client.get(f"{PAGE}?desk={exit_.desks['2']}&lang=en")
    [token, *_] = re.findall(r'name="token" value="(\w{24})"', faces.text)
    thanks = await exit_.client.post(PAGE, data={"token": token, "desk": exit_.desks["2"], "score": "5", "lang": "en"})
    assert thanks.status_code == 201
    assert print_token(token) in thanks.text
    assert f'content="20;url={PAGE}"' in thanks.text
    assert "<a " not in thanks.text
    refused = await exit_.client.post(PAGE, data={"token": token, "desk": "0", "score": "5", "lang": "en"})
    assert refused.status_code == 400
    assert f'action="{PAGE}"' in refused.text
    assert "<a " not in refused.text


async def test_a_rating_says_it_is_a_kiosks_of_class_c_and_names_who_serves_alone(exit_: Exit) -> None:
    assert await exit_.send(NOON) == 201
    assert await exit_.read_row() == ("2026-11-24", 2, NOON, True, 3, "C", 4)
    assert await exit_.send(NOON, desk=exit_.desks["1"]) == 201
    assert (await exit_.read_row())[3] is False


async def test_the_same_token_twice_is_one_row(exit_: Exit) -> None:
    token = make_token(b"the same token.")
    for seconds in (0, 3600):
        exit_.now = NOON + timedelta(seconds=seconds)
        assert await exit_.send(NOON, token=token) == 201
    rows = await exit_.connection.fetchval("SELECT count(*) FROM responses WHERE token_hash = $1", hash_token(token))
    assert rows == 1


async def test_a_rating_that_waited_over_midnight_keeps_its_day(exit_: Exit) -> None:
    """Touched on Monday at 23:50, sent on Tuesday at noon."""
    tapped = NOON - timedelta(hours=12, minutes=10)
    assert await exit_.send(tapped) == 201
    assert (await exit_.read_row())[:3] == ("2026-11-23", 2, tapped)


async def test_of_a_rating_older_than_two_days_only_the_half_day_is_kept(exit_: Exit) -> None:
    """As of every rating: 48 hours after it the time of day is dropped. Saturday at 9:00."""
    assert await exit_.send(NOON - timedelta(days=3, hours=3)) == 201
    assert (await exit_.read_row())[:3] == ("2026-11-21", 1, None)


async def test_of_a_wrong_clock_only_the_wait_is_believed(exit_: Exit) -> None:
    """The tablet thinks it is 2031: the rating waited one hour."""
    wrong = datetime(2031, 1, 1, tzinfo=UTC)
    assert await exit_.send(wrong - timedelta(hours=1), wrong) == 201
    assert (await exit_.read_row())[2] == NOON - timedelta(hours=1)


async def test_a_rating_of_an_unknown_moment_counts_today_and_names_nobody(exit_: Exit) -> None:
    """Touched by a clock of 2015 on a page that was opened anew since; desk 2 may have somebody else now."""
    assert await exit_.send(datetime(2015, 1, 1, tzinfo=UTC), exit_.now) == 201
    assert await exit_.read_row() == ("2026-11-24", 2, NOON, False, 3, "C", 4)
    assert await exit_.send(NOON - timedelta(days=4000), waited=60_000) == 201
    assert (await exit_.read_row())[2:4] == (NOON - timedelta(minutes=1), True)


@pytest.mark.parametrize("ahead", [timedelta(minutes=3), timedelta(days=900)])
async def test_nothing_comes_from_the_future(exit_: Exit, ahead: timedelta) -> None:
    assert await exit_.send(NOON + ahead) == 201
    assert (await exit_.read_row())[2] == NOON


@pytest.mark.parametrize(
    "fields",
    [
        {"tapped": -1, "sent": 1},
        {"tapped": 10**40, "sent": 10**40},
        {"tapped": True, "sent": True},
        {"tapped": "now", "sent": "now"},
        {"tapped": write(NOON), "sent": write(NOON), "waited": -1},
        {"tapped": write(NOON), "sent": write(NOON), "waited": 0.5},
        {"desk": "0"},
        {"desk": None},
        {"desk": "9" * 400},
        {"score": 6},
        {"token": "short"},
        {"official": "demo-1"},
        {"rater": "business"},
    ],
)
async def test_what_no_tablet_sends_is_refused_for_good(exit_: Exit, fields: dict[str, object]) -> None:
    assert await exit_.send(**fields) == 400


async def test_a_desk_of_another_unit_is_refused(exit_: Exit) -> None:
    await exit_.connection.execute(
        "INSERT INTO units (code, name, place_code, area_type, valid_from) VALUES"
        " ('other', 'Đơn vị khác (mẫu)', '32041', 'urban', '2025-07-01') ON CONFLICT DO NOTHING"
    )
    desk_id = await exit_.connection.fetchval(
        "INSERT INTO desks (unit_id, number, name, valid_from) SELECT unit_id, '1', 'Quầy khác (mẫu)', '2025-07-01'"
        " FROM units WHERE code = 'other' RETURNING desk_id"
    )
    assert await exit_.send(desk=str(desk_id)) == 400


async def test_who_served_is_who_served_when_it_was_touched(exit_: Exit) -> None:
    """The only official of desk 2 leaves on Tuesday; the rating is of Monday."""
    move = "UPDATE desk_officials SET valid_to = $2::date WHERE desk_id = $1::integer"
    desk = int(exit_.desks["2"])
    await exit_.connection.execute(move, desk, NOON.date())
    assert await exit_.send(NOON - timedelta(days=1)) == 201
    assert (await exit_.read_row())[3] is True
    assert await exit_.send(NOON) == 201
    assert (await exit_.read_row())[3] is False
    await exit_.connection.execute(move, desk, None)


async def test_an_ended_tablet_says_so_and_is_heard_out_for_two_days(exit_: Exit) -> None:
    ended = NOON - timedelta(hours=1)
    await exit_.connection.execute("UPDATE kiosks SET ended_at = $1", ended)
    page = await exit_.client.get(PAGE)
    assert page.status_code == 410
    assert "không còn dùng để đánh giá" in page.text
    assert 'class="answer"' not in page.text
    assert await exit_.send(ended - timedelta(minutes=1)) == 201
    assert await exit_.send(ended + timedelta(minutes=1)) == 410
    exit_.now = ended + timedelta(hours=48, seconds=1)
    assert await exit_.send(ended - timedelta(minutes=1)) == 410


@pytest.mark.parametrize("part", [make_token(bytes(15)), "x", "%00", "9" * 3000, "%E2%80%AE", "..%2f", "%FF"])
async def test_an_unknown_secret_is_an_unknown_page(exit_: Exit, part: str) -> None:
    answer = await exit_.client.get(f"/K/{part}")
    assert answer.status_code == 404
    assert unescape(answer.text).count("Không có thiết bị nào được đăng ký") == 1
    assert (await exit_.client.post(f"/K/{part}", json={}, headers=JSON)).status_code == 404


async def test_the_limit_of_the_desk_says_later_and_stores_nothing(world: str, exit_: Exit, tmp_path: Path) -> None:
    front_door = make_kiosk_program(world, tmp_path, LANGNGHE_DESK_LIMIT="1 per 1 hour")
    assert isinstance(front_door.app, Litestar)
    transport = httpx.ASGITransport(front_door)  # pyright: ignore[reportArgumentType] (as above)
    body = {"desk": exit_.desks["3"], "score": 3}
    async with front_door.app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        answers = [
            await client.post(PAGE, json={**body, "token": make_token(bytes([n] * 15))}, headers=JSON) for n in (1, 2)
        ]
        page = await client.post(PAGE, data={**body, "token": make_token(bytes(15))}, headers={"accept": "text/html"})
    assert [answer.status_code for answer in answers] == [201, 429]
    assert int(answers[1].headers["retry-after"]) > 0
    assert (page.status_code, 'name="token" value="000' in page.text) == (429, True)


async def test_the_worker_is_served_beside_the_page_and_never_kept_long(exit_: Exit) -> None:
    worker = await exit_.client.get("/K/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    policies = worker.headers.get_list("content-security-policy")
    assert "worker-src 'self'" in policies
    assert any("connect-src 'self'" in policy for policy in policies)


async def test_the_version_of_a_page_changes_with_what_it_shows(exit_: Exit) -> None:
    async def read_version() -> str:
        [version] = re.findall(r'data-version="(\w+)"', (await exit_.client.get(PAGE)).text)
        return version

    first = await read_version()
    assert await read_version() == first
    await exit_.connection.execute("UPDATE desks SET name = name || ' 2' WHERE number = '3'")
    assert await read_version() != first


def test_a_secret_is_read_as_kindly_as_a_receipt() -> None:
    assert read_kiosk_secret(SECRET.lower()) == SECRET
    with pytest.raises(UnknownKioskError):
        read_kiosk_secret(SECRET[:-1])
