"""A person chats in the demo's page with the very bot that serves Telegram, and the unit's page counts the rating."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from socket import socket

import pytest
from playwright.async_api import Browser, Page

from bots.telegram.program import run_bot
from feedback.check import check_store
from feedback.database import open_connection
from feedback.folders import FEEDBACK
from feedback.settings import read_settings
from surveys.codes import print_desk_code
from surveys.survey import LONGEST_COMMENT
from surveys.wording import LOCALE_FOLDER, Wording, read_wordings
from tests.bots.bot_api import run_app
from tests.journeys.phone import HEIGHT, RECEIPT, WIDTH, Phone, open_phone
from tests.journeys.program import Program
from tests.journeys.town import UNIT
from tests.wired import SECRET
from tests.world import BUSY_DESK, QUIET_DESK
from wiring import BOTS, imitate_telegram, wire_pages

WORDINGS = read_wordings([LOCALE_FOLDER, FEEDBACK / "locale", BOTS / "locale"])
COMMENT = "Nhờ gọi lại cho tôi theo số 0912 345 678, tôi chờ lâu quá"
SECONDS_TO_BE_COUNTED = 2


@pytest.fixture
async def program(town_url: str, tmp_path: Path) -> AsyncIterator[Program]:
    """The whole program as the demo runs it, with its bot."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"LANGNGHE_HOME": str(tmp_path), "LANGNGHE_SECRET": SECRET, "LANGNGHE_PORT": str(port)}
    settings, telegram = imitate_telegram(read_settings(environment))
    async with run_app(wire_pages(settings, town_url, telegram), port) as address:
        bot = asyncio.create_task(run_bot(settings, town_url))
        yield Program(address, town_url, tmp_path)
        ended = bot.done()
        bot.cancel()
        await asyncio.gather(bot, return_exceptions=True)
    assert not ended


class Chat:
    """What a person hears and does in the chat page."""

    def __init__(self, page: Page, wording: Wording) -> None:
        self.page = page
        self.wording = wording
        self.heard = 0

    async def hear(self, key: str = "", **values: object) -> str:
        """The next message of the bot that says the sentence `key`, or just the next one."""
        sentence = self.wording.say(key, **values) if key else ""
        while True:
            message = await self.page.locator("#log .bot").nth(self.heard).inner_text()
            self.heard += 1
            if sentence in message:
                return message

    async def press(self, label: str) -> None:
        """A button under the newest message."""
        await self.page.locator(".choices").last.get_by_role("button", name=label, exact=True).click()

    async def press_key(self, key: str) -> None:
        await self.press(self.wording.say(key))

    async def press_number(self, number: int) -> None:
        """A button under the newest message, the first is 1; faces stand worst first."""
        await self.page.locator(".choices").last.get_by_role("button").nth(number - 1).click()

    async def write(self, text: str) -> None:
        await self.page.fill("#text", text)
        await self.page.press("#text", "Enter")


async def start(phone: Phone) -> Chat:
    await phone.open_in_language(f"/demo/chat?start={BUSY_DESK}")
    chat = Chat(phone.page, WORDINGS[phone.wording.language])
    await phone.page.get_by_role("button", name=chat.wording.say("demo.start"), exact=True).click()
    await chat.hear("chat.confirm.ask")
    return chat


async def change_ones_mind_halfway(chat: Chat) -> None:
    """Another desk in the middle of the questions, and back again."""
    await chat.press_key("chat.confirm.yes")
    await chat.hear("rate.official")
    await chat.write(print_desk_code(QUIET_DESK).lower())
    assert "Đất đai (mẫu)" in await chat.hear("chat.confirm.ask")
    await chat.write(BUSY_DESK)
    assert "Hộ tịch - Chứng thực (mẫu)" in await chat.hear("chat.confirm.ask")


async def rate(chat: Chat) -> str:
    """The receipt of a rating of 4 for the second official."""
    await chat.press_key("chat.confirm.yes")
    await chat.hear("rate.official")
    await chat.press("Cán bộ mẫu 2")
    await chat.hear("rate.procedure")
    await chat.press("Đăng ký khai sinh")
    await chat.hear("chat.score.promise")
    await chat.press_number(4)
    receipt = RECEIPT.search(await chat.hear("receipt.thanks"))
    assert receipt
    return receipt[0]


async def add_answer_and_comment(chat: Chat) -> None:
    """The first further question is answered, the others are passed over, the last takes a comment."""
    how = chat.wording.say("chat.comment.how", longest=LONGEST_COMMENT)
    await chat.press_key("receipt.more")
    await chat.hear("more.free")
    await chat.press_number(2)
    while how not in await chat.hear():
        await chat.press_key("chat.question.skip")
    await chat.write(COMMENT)
    await chat.hear("done.added")


async def change_score(chat: Chat) -> None:
    await chat.press_key("receipt.change")
    await chat.hear("change.title")
    await chat.press_number(2)
    await chat.hear("done.changed")


async def wait_until_received(results: Phone, expected: int) -> None:
    """Looked at again and again, the last time when the two seconds are over."""
    deadline = asyncio.get_running_loop().time() + SECONDS_TO_BE_COUNTED
    while True:
        is_last = asyncio.get_running_loop().time() >= deadline
        received = await results.read_received(UNIT)
        if received == expected or is_last:
            assert received == expected
            return
        await asyncio.sleep(0.05)


async def check_stored(program: Program) -> None:
    rows = await program.select(
        "SELECT score, officials.code, procedures.code, proof_class, channel, answers, comment FROM responses"
        " JOIN officials USING (official_id) JOIN procedures USING (procedure_id)"
        " ORDER BY sequence_number DESC LIMIT 4"
    )
    changed, commented, answered, tapped = rows
    assert tapped[:3] == (4, "demo-2", "1.001193")
    assert (tapped[3], tapped[5:]) == (b"B", (None, None))
    assert answered[5] is not None
    assert commented[5] == answered[5]
    assert changed == (2, *commented[1:])
    assert "tôi chờ lâu quá" in str(changed[6])
    assert not any(sign.isdigit() for sign in str(changed[6]))
    connection = await open_connection(program.database_url)
    assert await check_store(connection) == []
    await connection.close()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_rating_made_in_the_chat_shows_on_the_units_page_within_two_seconds(
    program: Program, browser: Browser, tmp_path: Path, language: str
) -> None:
    async with open_phone(browser, program, language=language) as phone, open_phone(browser, program) as results:
        received = await results.read_received(UNIT)
        chat = await start(phone)
        await change_ones_mind_halfway(chat)
        await rate(chat)
        await wait_until_received(results, received + 1)
        await phone.page.screenshot(path=tmp_path / f"chat-{language}.png", caret="initial")
        await add_answer_and_comment(chat)
        await change_score(chat)
        assert await phone.list_troubles() == []
        assert await results.read_received(UNIT) == received + 1
    await check_stored(program)


async def test_every_button_fits_a_thumb_and_no_word_is_cut(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        await rate(await start(phone))
        for width in (320, WIDTH, 1280):
            await phone.page.set_viewport_size({"width": width, "height": HEIGHT})
            for button in await phone.page.locator(".choice").all():
                box = await button.bounding_box()
                assert box
                assert box["height"] >= 44
                assert await button.evaluate("it => it.scrollWidth <= it.clientWidth")


async def test_the_chat_is_still_there_when_the_page_is_opened_again(program: Program, browser: Browser) -> None:
    async with open_phone(browser, program) as phone:
        chat = await start(phone)
        await phone.page.reload()
        chat.heard = 0
        await chat.hear("chat.confirm.ask")
        assert await phone.page.is_visible("#composer")
        # Another person begins with an empty page.
        await phone.page.click("#again")
        assert await phone.page.locator("#log .bubble").count() == 0
        await phone.page.click("#start")
        chat.heard = 0
        await chat.hear("chat.where.code")
