"""The page where a person chooses how digests come, over HTTP and in a real browser."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest
import uvicorn
from playwright.async_api import Browser

from dashboards.staff.digests import ROUTES
from feedback.accounts.powers import Role
from feedback.api_keys import NOWHERE, Reach
from feedback.staff_chats import hash_link_code, seal_chat
from feedback.web.app import create_app
from feedback.web.staff_access import COOKIE
from tests.dashboards.conftest import DASHBOARDS, Server
from tests.dashboards.digest_stage import BOT_ID, CHAT_ID, MORNING, SECRET, DigestStage, open_digest_stage
from tests.journeys.phone import HEIGHT, LISTEN, WIDTH, WORDINGS, Phone
from tests.journeys.program import Program
from tests.staff_people import open_session

PAGE = "/staff/digests"
PAGES_OWN = {"accept": "text/html", "sec-fetch-site": "same-origin"}


class Site:
    def __init__(self, stage: DigestStage, address: str) -> None:
        self.stage = stage
        self.address = address

    @asynccontextmanager
    async def sign_in(self, account_id: int) -> AsyncGenerator[httpx.AsyncClient]:
        cookies = await open_session(self.stage.connection, account_id, MORNING)
        pairs = "; ".join(f"{name}={value}" for name, value in cookies.items())
        async with httpx.AsyncClient(
            base_url=self.address, headers={**PAGES_OWN, "cookie": pairs}, timeout=30
        ) as client:
            yield client

    async def read(self, query: str, *values: object) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await self.stage.connection.fetch(query, *values)]


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    async with open_digest_stage(database_url) as stage:
        settings = msgspec.structs.replace(stage.settings, telegram_link="https://t.me/danhgia_bot")
        front_door = create_app(settings, database_url, more_routes=ROUTES, more_packages=[DASHBOARDS])
        front_door.app.state.read_now = lambda: MORNING  # pyright: ignore[reportFunctionMemberAccess] (an app's own state)
        config = uvicorn.Config(front_door, port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
        server = Server(config)
        running = asyncio.create_task(server.serve())
        await server.is_ready.wait()
        yield Site(stage, f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}")
        server.should_exit = True
        await running


async def test_a_choice_is_kept_shown_and_logged(site: Site) -> None:
    account_id = await site.stage.add_reader(ways=())
    async with site.sign_in(account_id) as client:
        page = await client.get(PAGE)
        assert page.status_code == 200
        assert "ba@mttq.test" in page.text
        assert " checked" not in page.text
        saved = await client.post(PAGE, data={"lang": "vi", "email": "yes", "bot": "yes"})
        assert saved.status_code == 201
        assert "Đã lưu lựa chọn." in saved.text
        assert saved.text.count(" checked") == 2
        await client.post(PAGE, data={"lang": "vi", "bot": "yes"})
    assert await site.read("SELECT digest_by FROM accounts") == [(["bot"],)]
    assert await site.read("SELECT action, outcome, object_code FROM audit_log ORDER BY entry_id") == [
        ("choose-digests", "done", "email, bot"),
        ("choose-digests", "done", "bot"),
    ]


async def test_what_cannot_be_is_not_offered_and_not_kept(site: Site) -> None:
    account_id = await site.stage.add_reader(ways=())
    await site.stage.connection.execute("UPDATE accounts SET email = NULL, chat = NULL")
    async with site.sign_in(account_id) as client:
        page = (await client.get(PAGE)).text
        assert "chưa có địa chỉ thư điện tử" in page
        assert "Chưa có cuộc trò chuyện nào được liên kết." in page
        assert 'type="checkbox"' not in page
        await client.post(PAGE, data={"email": "yes", "bot": "yes"})
    assert await site.read("SELECT digest_by FROM accounts") == [([],)]


async def test_a_code_is_shown_once_and_kept_as_a_hash(site: Site) -> None:
    account_id = await site.stage.add_reader(ways=())
    await site.stage.connection.execute("UPDATE accounts SET chat = NULL")
    async with site.sign_in(account_id) as client:
        made = await client.post(f"{PAGE}/link", data={"lang": "vi"})
        assert made.status_code == 201
        code = made.text.partition("/start ")[2][:25]
        assert f'href="https://t.me/danhgia_bot?start={code}"' in made.text
        assert code not in (await client.get(PAGE)).text
        [(kept, purpose)] = await site.read("SELECT challenge_hash, purpose FROM sign_in_challenges")
        assert (kept, purpose) == (hash_link_code(code), "chat")
        await client.post(f"{PAGE}/link", data={"lang": "vi"})
        assert len(await site.read("SELECT * FROM sign_in_challenges")) == 1
        await site.stage.connection.execute("UPDATE accounts SET chat = $1", seal_chat(SECRET, BOT_ID, CHAT_ID))
        page = (await client.get(PAGE)).text
        assert "Đã liên kết một cuộc trò chuyện với tài khoản này." in page
        assert str(CHAT_ID) not in page


async def test_the_link_ends_from_the_page(site: Site) -> None:
    account_id = await site.stage.add_reader(ways=("email", "bot"))
    async with site.sign_in(account_id) as client:
        ended = await client.post(f"{PAGE}/unlink", data={"lang": "en"})
        assert "The link has ended." in ended.text
        await client.post(f"{PAGE}/unlink", data={"lang": "en"})
    assert await site.read("SELECT chat, digest_by FROM accounts") == [(None, ["email"])]
    assert await site.read("SELECT action FROM audit_log") == [("unlink-chat",)]


@pytest.mark.parametrize("role", ["official", "administrator", "unit_manager", "personnel"])
async def test_who_sees_no_alerts_is_told_so_and_can_still_end_a_link(site: Site, role: Role) -> None:
    reach = Reach(units=("32041",)) if role == "unit_manager" else NOWHERE
    reach = Reach(provinces=("96",)) if role == "personnel" else reach
    account_id = await site.stage.add_reader(role=role, reach=reach)
    async with site.sign_in(account_id) as client:
        page = await client.get(PAGE)
        assert page.status_code == 200
        assert "Bản tin dành cho người được xem cảnh báo." in page.text
        assert 'action="/staff/digests/link"' not in page.text
        assert 'action="/staff/digests/unlink"' in page.text


async def test_a_head_of_a_unit_chooses_how_cases_are_told(site: Site) -> None:
    account_id = await site.stage.add_reader(role="head_of_unit", reach=Reach(units=("32041",)), ways=())
    async with site.sign_in(account_id) as client:
        assert "chỉ khi có vụ việc giám sát mới" in (await client.get(PAGE)).text
        assert "Đã lưu lựa chọn." in (await client.post(PAGE, data={"email": "yes"})).text
    assert await site.read("SELECT digest_by FROM accounts") == [(["email"],)]


async def test_what_became_of_digests_is_told(site: Site) -> None:
    account_id = await site.stage.add_reader()
    values = [
        ("bot", "2026-11-20", 1, "sent", None),
        ("email", "2026-11-20", 2, None, 451),
        ("email", "2026-11-19", 6, None, 451),
        ("email", "2026-11-18", 1, "refused", 550),
        ("bot", "2026-11-18", 1, "refused", None),
        ("email", "2026-11-17", 1, "nothing", None),
        ("email", "2026-11-16", 1, "refused", None),
    ]
    await site.stage.connection.executemany(
        "INSERT INTO digests (account_id, way, day, tries, outcome, reply_code, try_after, sent_at)"
        " VALUES ($1, $2, $3::text::date, $4, $5, $6, $7, CASE WHEN $5 = 'sent' THEN $7::timestamptz END)",
        [(account_id, *row, MORNING) for row in values],
    )
    async with site.sign_in(account_id) as client:
        page = (await client.get(f"{PAGE}?lang=en")).text
    for sentence in (
        "Sent at 07:30",
        "Not sent yet, to be tried again today; tries so far: 2",
        "Could not be sent that day; tries: 6",
        "The mail server does not take this address (550)",
        "The old link no longer works",
        "No mail can be sent to this address",
    ):
        assert page.count(sentence) == 1
    assert "17 Nov 2026" not in page


async def test_nobody_else_gets_in_and_another_page_changes_nothing(site: Site) -> None:
    account_id = await site.stage.add_reader()
    async with httpx.AsyncClient(base_url=site.address, headers=PAGES_OWN) as stranger:
        assert (await stranger.get(PAGE)).status_code in {303, 401}, "on to the sign-in"
        for address in (PAGE, f"{PAGE}/link", f"{PAGE}/unlink"):
            assert (await stranger.post(address, data={"lang": "vi"})).status_code == 401
    async with site.sign_in(account_id) as client:
        for address in (PAGE, f"{PAGE}/link", f"{PAGE}/unlink"):
            foreign = await client.post(address, data={"lang": "vi"}, headers={"sec-fetch-site": "cross-site"})
            assert foreign.status_code == 403
            assert (await client.post(address, content=b"a=%00")).status_code in {400, 415}
    assert await site.read("SELECT digest_by FROM accounts") == [(["email"],)]


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_nobody_stumbles_on_the_page(browser: Browser, site: Site, language: str) -> None:
    account_id = await site.stage.add_reader()
    await site.stage.add_alert()
    await site.stage.run()
    cookies = await open_session(site.stage.connection, account_id, MORNING)
    context = await browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    await context.add_cookies(
        [{"name": COOKIE, "value": cookies[COOKIE], "url": site.address.replace("http:", "https:"), "secure": True}]
    )
    await context.add_init_script(LISTEN)
    program = Program(site.address, site.stage.database_url, Path("unused"))
    phone = Phone(await context.new_page(), program, WORDINGS[language])
    assert (await phone.open_in_language(PAGE)).status == 200
    assert await phone.list_troubles() == []
    await phone.press_and_wait("staff-digests.link-again")
    assert await phone.list_troubles() == []
    await context.close()
