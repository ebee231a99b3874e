"""Sends what lies in the outbox: one sender in the whole installation, in order within a chat, chats side by side.

At least once: where the program is killed after Telegram took a message and before that was noted, it comes twice.
Telegram offers no key to prevent it; a graceful stop notes first.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import structlog

from bots.telegram.calls import Calls
from bots.telegram.trouble import Trouble
from bots.telegram.verdicts import Later, Never, Sent, Verdict, judge_failure
from bots.telegram.wake import LOOK_AGAIN_SECONDS, listen, wait_for_wake
from feedback.database import TEMPORARY_FAILURES, open_connection
from feedback.tables.bot_inbox import BELOW_ALL_CHATS
from feedback.tables.bot_outbox import (
    Lane,
    Postponed,
    Refusal,
    Refused,
    WaitingMessage,
    delete_messages,
    postpone_messages,
    refuse_chat,
    refuse_messages,
    select_first_messages,
    try_to_lock_sending,
)

AT_ONCE = {Lane.ANSWERS: 30, Lane.REMINDERS: 10}
LONGEST_STATEMENT_SECONDS = 10
LONGEST_FAREWELL_SECONDS = 9
WHOLE_CHAT = {Refusal.BLOCKED, Refusal.GONE}

log = structlog.get_logger()


def read_clock() -> datetime:
    return datetime.now(UTC)


class Sender:
    def __init__(
        self, database_url: str, bot_id: int, calls: Calls, read_clock: Callable[[], datetime] = read_clock
    ) -> None:
        self.database_url = database_url
        self.bot_id = bot_id
        self.calls = calls
        self.read_clock = read_clock
        self.wake = asyncio.Event()
        self.sending: dict[asyncio.Task[None], WaitingMessage] = {}
        self.verdicts: list[tuple[WaitingMessage, Verdict]] = []
        """Not yet noted in the outbox. They outlive a lost connection: what was sent is not sent again."""
        self.after_chat = dict.fromkeys(AT_ONCE, BELOW_ALL_CHATS)
        self.reminders_wait_until: datetime | None = None
        self.trouble = Trouble("sending")
        self.database_trouble = Trouble("outbox")

    async def run(self) -> None:
        """Until cancelled; while another sends or the database is away, wait."""
        while True:
            try:
                async with become_sender(self.database_url, self.bot_id) as connection:
                    await listen(connection, "bot_outbox", self.wake)
                    self.database_trouble.note(None)
                    await self.send_all(connection)
            except Exception as error:  # noqa: BLE001 (whatever it was, the messages are still owed)
                self.database_trouble.note(error)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def send_all(self, connection: asyncpg.Connection) -> None:
        try:
            while True:
                self.wake.clear()
                async with asyncio.timeout(LONGEST_STATEMENT_SECONDS):
                    await self.note_verdicts(connection)
                    await self.begin_sending(connection)
                await wait_for_wake(self.wake)
        except asyncio.CancelledError:
            await self.finish(connection)
            raise

    async def finish(self, connection: asyncpg.Connection) -> None:
        """Whatever is on its way arrives and is noted, within reason."""
        if self.sending:
            await asyncio.wait(self.sending, timeout=LONGEST_FAREWELL_SECONDS)
        for late in self.sending:
            late.cancel()
        with contextlib.suppress(*TEMPORARY_FAILURES):
            async with asyncio.timeout(1):
                await self.note_verdicts(connection)

    async def begin_sending(self, connection: asyncpg.Connection) -> None:
        for lane in AT_ONCE:
            if lane == Lane.REMINDERS and self.must_reminders_wait():
                continue
            if await self.begin_with_free(connection, lane):
                await self.begin_with_free(connection, lane)

    async def begin_with_free(self, connection: asyncpg.Connection, lane: Lane) -> bool:
        """Chats take turns. Whether the last chat was reached with some hands still free."""
        busy = self.list_busy_chats(lane)
        free, start = AT_ONCE[lane] - len(busy), self.after_chat[lane]
        if free <= 0:
            return False
        messages = await select_first_messages(
            connection, self.bot_id, lane, self.read_clock(), after_chat=start, busy=busy, most=free
        )
        for message in messages:
            task = asyncio.create_task(self.send(message))
            self.sending[task] = message
            task.add_done_callback(self.sending.pop)
        self.after_chat[lane] = messages[-1].chat_id if len(messages) == free else BELOW_ALL_CHATS
        return len(messages) < free and start != BELOW_ALL_CHATS

    def list_busy_chats(self, lane: Lane) -> list[int]:
        known = [*self.sending.values(), *(message for message, _ in self.verdicts)]
        return [message.chat_id for message in known if message.lane == lane]

    def must_reminders_wait(self) -> bool:
        return self.reminders_wait_until is not None and self.read_clock() < self.reminders_wait_until

    async def send(self, message: WaitingMessage) -> None:
        try:
            await self.calls.call(message)
            verdict = Sent()
            self.trouble.note(None)
        except Exception as error:  # noqa: BLE001 (as above)
            verdict = judge_failure(error, message, self.read_clock())
            self.trouble.note(error if isinstance(verdict, Later) else None)
        if isinstance(verdict, Later) and verdict.for_all and message.lane == Lane.REMINDERS:
            self.reminders_wait_until = verdict.send_after
        self.verdicts.append((message, verdict))
        self.wake.set()
        if isinstance(verdict, Never):
            log.info("message-refused", kind=verdict.refusal)

    async def note_verdicts(self, connection: asyncpg.Connection) -> None:
        noted = list(self.verdicts)
        if not noted:
            return
        async with connection.transaction():
            if sent := [message.outbox_id for message, verdict in noted if isinstance(verdict, Sent)]:
                await delete_messages(connection, sent)
            if later := [Postponed(m.outbox_id, v.send_after, v.tries) for m, v in noted if isinstance(v, Later)]:
                await postpone_messages(connection, later)
            await self.note_refusals(connection, [(m, v.refusal) for m, v in noted if isinstance(v, Never)])
        del self.verdicts[: len(noted)]

    async def note_refusals(
        self, connection: asyncpg.Connection, refused: list[tuple[WaitingMessage, Refusal]]
    ) -> None:
        if refused:
            await refuse_messages(connection, [Refused(message.outbox_id, kind) for message, kind in refused])
        for message, kind in refused:
            if kind in WHOLE_CHAT:
                await refuse_chat(connection, self.bot_id, message.chat_id, kind)


@asynccontextmanager
async def become_sender(database_url: str, bot_id: int) -> AsyncGenerator[asyncpg.Connection]:
    """The connection that holds the lock; all that the sender reads and writes goes over it.

    So whoever lost it can neither take a message nor note one, and another instance takes over.
    """
    connection = await open_connection(database_url)
    try:
        while not await try_to_lock_sending(connection, bot_id):  # noqa: ASYNC110 (another program sets no event)
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        yield connection
    finally:
        with contextlib.suppress(*TEMPORARY_FAILURES):
            await connection.close(timeout=2)
        connection.terminate()
