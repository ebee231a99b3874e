"""Works off the inbox: rating, memory, answers and the mark that an update is done are one transaction.

Several workers may run at once. Sends nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import structlog

from bots.conversation import Turn
from bots.converse import Converser, Heard
from bots.staff_link import StaffLink
from bots.telegram.messages import list_messages
from bots.telegram.trouble import Trouble
from bots.telegram.updates import read_said, read_update
from bots.telegram.wake import keep_listening, wait_for_wake
from feedback.database import TEMPORARY_FAILURES, Connection, Pool
from feedback.record_response import read_local_day
from feedback.tables.bot_dead_letters import insert_dead_letter
from feedback.tables.bot_inbox import (
    BELOW_ALL_CHATS,
    WaitingUpdate,
    finish_updates,
    lock_updates,
    postpone_update,
    select_first_updates,
)
from feedback.tables.bot_outbox import delete_reminders, insert_messages
from surveys.errors import StoreUnavailableError

LARGEST_BATCH = 256
MOST_CHATS = 2048
"""More than a batch, so that several workers find each their own."""
# After the fifth failure an update is given up.
WAITS_AFTER_FAILURE = tuple(timedelta(seconds=seconds) for seconds in (1, 4, 16, 64))
TRY_AGAIN_SECONDS = 1

log = structlog.get_logger()


def read_clock() -> datetime:
    return datetime.now(UTC)


def is_temporary(error: Exception) -> bool:
    """Whether the same would succeed once the database is well again. Values that it cannot take never will."""
    kinds = (*TEMPORARY_FAILURES, StoreUnavailableError, asyncpg.TransactionRollbackError)
    return isinstance(error, kinds) and not isinstance(error, ValueError)


class Worker:
    def __init__(
        self,
        pool: Pool,
        bot_id: int,
        converser: Converser,
        button_key: bytes,
        read_clock: Callable[[], datetime] = read_clock,
    ) -> None:
        """While a batch holds one connection of the pool, looking things up takes another."""
        self.pool = pool
        self.bot_id = bot_id
        self.staff_link = StaffLink(converser, bot_id)
        self.button_key = button_key
        self.read_clock = read_clock
        self.wake = asyncio.Event()
        self.after_chat = BELOW_ALL_CHATS
        self.trouble = Trouble("working-off")

    async def run(self, database_url: str) -> None:
        """Until cancelled. What is cancelled in the middle is taken back, and done at the next start."""
        listening = asyncio.create_task(keep_listening(database_url, "bot_inbox", self.wake))
        try:
            while True:
                self.wake.clear()
                if await self.work_or_wait() == 0:
                    await wait_for_wake(self.wake)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def work_or_wait(self) -> int:
        try:
            done = await self.work_once()
        except Exception as error:  # noqa: BLE001 (whatever it was, the next update is owed its answer)
            self.trouble.note(error)
            await asyncio.sleep(TRY_AGAIN_SECONDS)
            return 0
        self.trouble.note(None)
        return done

    async def work_once(self) -> int:
        """Work off the oldest waiting update of each chat; how many were done or put off.

        Raises what the database raises while it is away: then nothing was changed, and no try was counted.
        """
        async with self.pool.acquire(timeout=5) as connection:
            try:
                return await self.work_batch(connection)
            except Exception as error:
                if is_temporary(error):
                    raise
            return await self.work_singly(connection)

    async def work_batch(self, connection: Connection) -> int:
        async with connection.transaction():
            updates = await self.take(connection, LARGEST_BATCH)
            if updates:
                await self.work_off(connection, updates)
            return len(updates)

    async def take(self, connection: Connection, most: int) -> list[WaitingUpdate]:
        """Chats take turns: where more wait than are looked at, the next look begins behind them."""
        now = self.read_clock()
        first = await select_first_updates(connection, self.bot_id, now, self.after_chat, MOST_CHATS)
        if not first and self.after_chat != BELOW_ALL_CHATS:
            self.after_chat = BELOW_ALL_CHATS
            return await self.take(connection, most)
        self.after_chat = first[-1][0] if len(first) == MOST_CHATS else BELOW_ALL_CHATS
        return await lock_updates(connection, self.bot_id, [number for _, number in first], now, most) if first else []

    async def work_singly(self, connection: Connection) -> int:
        """One of them fails every time: so each by itself, that it takes no other with it."""
        for done in range(LARGEST_BATCH):
            async with connection.transaction():
                updates = await self.take(connection, 1)
                if not updates:
                    return done
                await self.try_single(connection, updates[0])
        return LARGEST_BATCH

    async def try_single(self, connection: Connection, update: WaitingUpdate) -> None:
        try:
            async with connection.transaction():
                await self.work_off(connection, [update])
        except Exception as error:
            if is_temporary(error):
                raise
            await self.note_failure(connection, update, type(error).__name__)

    async def note_failure(self, connection: Connection, update: WaitingUpdate, kind: str) -> None:
        now = self.read_clock()
        if update.tries < len(WAITS_AFTER_FAILURE):
            log.warning("update-failed", kind=kind, tries=update.tries + 1)
            next_try_at = now + WAITS_AFTER_FAILURE[update.tries]
            await postpone_update(connection, self.bot_id, update.update_id, next_try_at)
            return
        log.error("update-given-up", kind=kind)
        await insert_dead_letter(connection, self.bot_id, update.update_id, kind, update.payload, now)
        await finish_updates(connection, self.bot_id, [update.update_id])

    async def work_off(self, connection: Connection, updates: Sequence[WaitingUpdate]) -> None:
        read = [read_update(update.payload) for update in updates]
        heard = [
            Heard(
                chat_id=update.chat_id,
                said=read_said(of_library, update.chat_id, self.button_key),
                utterance=f"{self.bot_id} {update.update_id}",
                heard_at=update.received_at,
            )
            for update, of_library in zip(updates, read, strict=True)
        ]
        turns = await self.staff_link.converse(connection, heard)
        queries = [of_library.callback_query.id if of_library.callback_query else None for of_library in read]
        chats = [update.chat_id for update in updates]
        await self.answer(connection, chats, queries, turns)
        await finish_updates(connection, self.bot_id, [update.update_id for update in updates])

    async def answer(
        self, connection: Connection, chats: Sequence[int], queries: Sequence[str | None], turns: Sequence[Turn]
    ) -> None:
        now = self.read_clock()
        forgotten = [chat for chat, turn in zip(chats, turns, strict=True) if turn.conversation is None]
        if forgotten:
            await delete_reminders(connection, self.bot_id, forgotten)
        messages = [
            message
            for chat, query, turn in zip(chats, queries, turns, strict=True)
            for message in list_messages(turn, chat, query, self.button_key, now)
        ]
        if messages:
            await insert_messages(connection, self.bot_id, messages, read_local_day(now)[0])
