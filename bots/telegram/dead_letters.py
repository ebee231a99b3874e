"""Updates that were given up: shown and tried again by an operator."""

from collections.abc import Sequence

from bots.telegram.updates import Unkept, find_chat, read_update, strip_update
from feedback.database import Connection
from feedback.tables.bot_dead_letters import DeadLetter, insert_dead_letter, select_dead_letters, take_dead_letters
from feedback.tables.bot_inbox import NewUpdate, insert_updates, revive_update


async def list_dead_letters(connection: Connection, bot_id: int) -> list[DeadLetter]:
    """Oldest first."""
    return await select_dead_letters(connection, bot_id)


async def replay_dead_letters(connection: Connection, bot_id: int, ids: Sequence[int] | None = None) -> int:
    """Let letters (all of them, or `ids`) wait in the inbox again; how many left the list.

    Each is heard as of when it died, so a rating in it counts for that day. What still cannot be read stays.
    """
    async with connection.transaction():
        if ids is None:
            ids = [letter.dead_letter_id for letter in await select_dead_letters(connection, bot_id)]
        letters = await take_dead_letters(connection, bot_id, ids)
        return sum([await replay_letter(connection, bot_id, letter) for letter in letters])


async def replay_letter(connection: Connection, bot_id: int, letter: DeadLetter) -> bool:
    if letter.update_id is not None:
        update = NewUpdate(letter.update_id, find_chat(read_update(letter.payload)), letter.payload)
        await revive_update(connection, bot_id, update, letter.died_at)
        return True
    update = strip_update(letter.payload)
    if update is Unkept.MALFORMED:
        await insert_dead_letter(connection, bot_id, None, letter.reason, letter.payload, letter.died_at)
        return False
    if isinstance(update, NewUpdate):
        # It may have come a second time, readable: then that one stands.
        await insert_updates(connection, bot_id, [update], letter.died_at)
    return True
