"""The interview in a terminal, for whoever wants to try it without an account anywhere. Forgotten when it ends."""

import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import click
import structlog

from bots.conversation import Event, Said, Turn
from bots.converse import Converser, Heard
from bots.terminal.keyboard import Keyboard
from bots.terminal.lines import QUIT, Offer, list_offers, press, read_number, read_said, write_turn
from feedback.database import TEMPORARY_FAILURES, Pool
from surveys.errors import StoreUnavailableError

FAILURES = (StoreUnavailableError, *TEMPORARY_FAILURES)

ReadLine = Callable[[], Awaitable[str | None]]
Write = Callable[[str], None]

log = structlog.get_logger()


def write_to_screen(text: str) -> None:
    click.echo(text, nl=False)


async def talk(
    pool: Pool,
    converser: Converser,
    language: str = "vi",
    code: str = "",
    *,
    read_line: ReadLine | None = None,
    write: Write = write_to_screen,
) -> None:
    """Until /quit, the end of input or Ctrl-C; begins at the desk with that code if one is given.

    `read_line` gives None at the end of input; without it the keyboard is read.
    """
    chat = TerminalChat(pool, converser, language, write)
    try:
        chat.say("cli.chat-hello")
        await chat.tell(Said(Event.START, code, language_hint=language))
        await chat.go_on(read_line or Keyboard(sys.stdin.fileno()).read_line)
    finally:
        await chat.forget()
        chat.say("cli.chat-goodbye")


class TerminalChat:
    """One run: a chat of its own, which no other run can be tied to."""

    def __init__(self, pool: Pool, converser: Converser, language: str, write: Write) -> None:
        self.pool = pool
        self.converser = converser
        self.language = language
        self.write = write
        self.chat_id = secrets.randbits(62)
        self.told = 0
        self.offers: list[Offer] = []
        self.unheard: Said | None = None

    def say(self, key: str, **values: object) -> None:
        self.write(f"\n{self.converser.wordings[self.language].say(key, **values)}\n")

    async def go_on(self, read_line: ReadLine) -> None:
        while True:
            self.write("\n> ")
            line = await read_line()
            if line is None or line.strip().lower() == QUIT:
                return
            await self.hear(line.strip())

    async def hear(self, line: str) -> None:
        """An empty line says again what could not be heard."""
        number = read_number(line)
        if number is not None and self.offers:
            await self.press(number)
        elif line:
            await self.tell(read_said(line, self.language))
        elif self.unheard is not None:
            await self.tell_again(self.unheard)

    async def press(self, number: int) -> None:
        if not 1 <= number <= len(self.offers):
            self.say("cli.chat-no-button", last=len(self.offers))
            return
        offer = self.offers[number - 1]
        if offer.button.link:
            self.write(f"{offer.button.link}\n")
        else:
            await self.tell(press(offer, self.language))

    async def tell(self, said: Said) -> None:
        self.told += 1
        await self.tell_again(said)

    async def tell_again(self, said: Said) -> None:
        """Under the same number, so that what was stored after all is not stored twice."""
        self.unheard = said
        try:
            turn = await self.converse(said)
        except FAILURES:
            self.say("cli.chat-unavailable")
            return
        self.unheard = None
        self.show(turn)

    async def converse(self, said: Said) -> Turn:
        heard = Heard(self.chat_id, said, str(self.told), datetime.now(UTC))
        async with self.pool.acquire() as connection, connection.transaction():
            return (await self.converser.converse(connection, [heard]))[0]

    def show(self, turn: Turn) -> None:
        self.language = turn.conversation.language if turn.conversation else self.language
        self.offers = list_offers(turn) or self.offers
        self.write(write_turn(turn))

    async def forget(self) -> None:
        try:
            await self.converse(Said(Event.LEFT))
        except FAILURES:
            # What is left is a hash of a random number; it goes with all silent chats.
            log.warning("chat-not-forgotten-yet")
