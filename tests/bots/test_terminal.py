import asyncio
import os
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from bots.converse import Converser
from bots.terminal.keyboard import Keyboard
from bots.terminal.talk import talk
from feedback.check import check_store
from feedback.database import Pool
from feedback.tables.responses import Channel
from surveys.survey_files import load_surveys
from tests.bots.talks import WORDINGS, make_converser, open_small_world
from tests.world import BUSY_DESK, QUIET_DESK

PROMPT = "\n> "


class Terminal:
    """A person at a real pipe, who waits for the prompt, reads the screen and types."""

    def __init__(self, pool: Pool, converser: Converser, language: str, code: str) -> None:
        self.screen = ""
        self.read = 0
        self.typed, self.keys = os.pipe()
        keyboard = Keyboard(self.typed)
        self.talking = asyncio.create_task(
            talk(pool, converser, language, code, read_line=keyboard.read_line, write=self.show)
        )

    def show(self, text: str) -> None:
        self.screen += text

    async def look(self) -> str:
        """What came since the last look, once the prompt stands."""
        async with asyncio.timeout(10):
            while not self.screen.endswith(PROMPT) or len(self.screen) == self.read:
                assert not self.talking.done()
                await asyncio.sleep(0.005)
        shown, self.read = self.screen[self.read :], len(self.screen)
        return shown

    async def type(self, line: str) -> str:
        os.write(self.keys, f"{line}\n".encode())
        return await self.look()

    async def press(self, shown: str, label: str) -> str:
        """Type the number that stands before `label`."""
        numbers = re.findall(rf"^ +(\d+)  .*{re.escape(label)}", shown, re.MULTILINE)
        assert numbers, f"no button {label} in: {shown}"
        return await self.type(numbers[-1])

    async def close(self) -> str:
        os.close(self.keys)
        await asyncio.wait([self.talking], timeout=10)
        os.close(self.typed)
        return self.screen[self.read :]


@asynccontextmanager
async def open_terminal(database_url: str, language: str, code: str = "") -> AsyncGenerator[tuple[Terminal, Pool]]:
    async with open_small_world(database_url) as pool:
        yield Terminal(pool, make_converser(pool, Channel.TERMINAL), language, code), pool


def read_labels(language: str) -> list[str]:
    """The words of the five buttons, worst first."""
    survey = next(s for s in load_surveys() if s.rater_kind == "citizen")
    return [choice.label.say(language) for choice in survey.scale]


async def check_one_rating(pool: Pool, score: int) -> None:
    async with pool.acquire() as connection:
        counts = await connection.fetchrow("SELECT channel, proof_class, n1, n2, n3, n4, n5 FROM daily_counts")
        assert counts is not None
        expected = [int(score == one) for one in range(1, 6)]
        assert list(counts.values()) == [Channel.TERMINAL, b"C", *expected]
        assert await connection.fetchval("SELECT count(*) FROM conversations") == 0
        assert await check_store(connection) == []


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_whole_interview_is_held_in_a_terminal_and_counted(database_url: str, language: str) -> None:
    say = WORDINGS[language].say
    async with open_terminal(database_url, language, BUSY_DESK) as (terminal, pool):
        shown = await terminal.look()
        assert say("cli.chat-hello") in shown
        shown = await terminal.type("1")
        shown = await terminal.press(shown, "Cán bộ mẫu 2")
        shown = await terminal.press(shown, "Đăng ký kết hôn")
        assert [label in shown for label in read_labels(language)] == [True] * 5
        shown = await terminal.press(shown, read_labels(language)[3])
        assert say("receipt.thanks") in shown
        receipt = re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}", shown)[0]
        shown = await terminal.type(f"/receipt {receipt.lower()}")
        assert terminal.talking.done() is False
        assert say("cli.chat-goodbye") in await terminal.close()
        await terminal.talking
        await check_one_rating(pool, 4)


async def test_a_desk_is_found_by_its_place_without_marks(database_url: str) -> None:
    async with open_terminal(database_url, "vi") as (terminal, pool):
        await terminal.look()
        shown = await terminal.type("tan thanh")
        shown = await terminal.press(shown, "Đất đai")
        shown = await terminal.type("1")
        await terminal.press(shown, read_labels("vi")[0])
        await terminal.close()
        await check_one_rating(pool, 1)


async def test_further_answers_and_a_comment_are_given_in_words_and_numbers(database_url: str) -> None:
    async with open_terminal(database_url, "vi", QUIET_DESK) as (terminal, pool):
        await terminal.look()
        shown = await terminal.type("1")
        shown = await terminal.press(shown, read_labels("vi")[4])
        shown = await terminal.press(shown, WORDINGS["vi"].say("receipt.more"))
        while read_labels("vi")[0] in shown or "Có\n" in shown:
            shown = await terminal.type("1")
        shown = await terminal.type("Ghế ít quá, xin gọi 0912345678")
        assert WORDINGS["vi"].say("done.title") in shown
        await terminal.close()
        async with pool.acquire() as connection:
            [last] = await connection.fetch(
                "SELECT answers, comment FROM responses ORDER BY sequence_number DESC LIMIT 1"
            )
        assert '"access": 1' in last["answers"]
        assert "Ghế ít quá" in last["comment"]
        assert "0912345678" not in last["comment"]
        await check_one_rating(pool, 5)


async def test_quit_ends_kindly_and_forgets(database_url: str) -> None:
    async with open_terminal(database_url, "en", QUIET_DESK) as (terminal, pool):
        await terminal.look()
        os.write(terminal.keys, b" /QUIT \n")
        await asyncio.wait_for(terminal.talking, 10)
        assert WORDINGS["en"].say("cli.chat-goodbye") in terminal.screen
        async with pool.acquire() as connection:
            assert await connection.fetchval("SELECT count(*) FROM conversations") == 0
        await terminal.close()


async def test_an_interruption_ends_kindly_and_forgets(database_url: str) -> None:
    """Ctrl-C reaches the program as a cancellation."""
    async with open_terminal(database_url, "vi", QUIET_DESK) as (terminal, pool):
        await terminal.look()
        await terminal.type("1")
        terminal.talking.cancel()
        await asyncio.wait([terminal.talking], timeout=10)
        assert terminal.talking.cancelled()
        assert WORDINGS["vi"].say("cli.chat-goodbye") in terminal.screen
        async with pool.acquire() as connection:
            assert await connection.fetchval("SELECT count(*) FROM conversations") == 0
        await terminal.close()


async def test_stop_forgets_and_the_talk_may_go_on(database_url: str) -> None:
    async with open_terminal(database_url, "vi", QUIET_DESK) as (terminal, pool):
        await terminal.look()
        await terminal.type("/stop")
        async with pool.acquire() as connection:
            assert await connection.fetchval("SELECT count(*) FROM conversations") == 0
        assert "Đất đai" in await terminal.type(f"/start {QUIET_DESK}")
        await terminal.close()


async def test_an_empty_line_says_nothing(database_url: str) -> None:
    async with open_terminal(database_url, "vi", QUIET_DESK) as (terminal, _):
        await terminal.look()
        assert await terminal.type("   ") == PROMPT
        await terminal.close()


async def test_a_number_without_a_button_is_no_name_of_a_place(database_url: str) -> None:
    async with open_terminal(database_url, "vi", QUIET_DESK) as (terminal, _):
        await terminal.look()
        assert WORDINGS["vi"].say("cli.chat-no-button", last=3) in await terminal.type("9")
        await terminal.type("1")
        await terminal.close()


async def test_what_could_not_be_stored_is_said_again_with_enter(database_url: str) -> None:
    async with open_terminal(database_url, "vi", QUIET_DESK) as (terminal, pool):
        await terminal.look()
        shown = await terminal.type("1")
        score = re.findall(rf"^ +(\d+)  .*{read_labels('vi')[1]}", shown, re.MULTILINE)[-1]
        async with pool.acquire() as connection:
            await connection.execute("SET default_transaction_read_only = off")
            await connection.execute(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on',"
                " current_database()); END $$"
            )
            await pool.expire_connections()
            assert WORDINGS["vi"].say("cli.chat-unavailable") in await terminal.type(score)
            await connection.execute(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only',"
                " current_database()); END $$"
            )
            await pool.expire_connections()
        assert WORDINGS["vi"].say("receipt.thanks") in await terminal.type("")
        await terminal.close()
        await check_one_rating(pool, 2)


async def test_the_language_follows_the_person(database_url: str) -> None:
    async with open_terminal(database_url, "vi", QUIET_DESK) as (terminal, _):
        shown = await terminal.look()
        await terminal.press(shown, "English")
        assert WORDINGS["en"].say("cli.chat-goodbye") in await terminal.close()
