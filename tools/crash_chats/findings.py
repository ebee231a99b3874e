"""What the store and the chats hold at the end, against what every chat did. Never asks the program."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from bots.demo.bot_api import BotApi
from feedback.check import check_store
from feedback.database import open_connection
from feedback.tables.responses import select_chain
from surveys.codes import hash_token
from tools.crash_chats.script import ChatPlan, list_texts

SELECT_TOTALS = """
SELECT (SELECT count(*) FROM responses), (SELECT sum(n1 + n2 + n3 + n4 + n5) FROM daily_counts),
    (SELECT count(*) FROM bot_dead_letters), (SELECT count(*) FROM bot_outbox WHERE refused_for IS NOT NULL)
"""
SELECT_TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
LEFT_OVER = """
SELECT (SELECT count(*) FROM bot_inbox WHERE payload IS NOT NULL)
    + (SELECT count(*) FROM bot_outbox WHERE payload IS NOT NULL)
"""


class Findings(msgspec.Struct, frozen=True):
    effects: int
    """Updates whose row or message is there."""
    lost: int
    doubled: int
    out_of_order: tuple[str, ...]
    """Chats in which the bot said something else, or in another order, with how much it said."""
    said_twice: int
    """Messages that came twice in a row: allowed where the bot was killed between sending and noting it."""
    dead_letters: int
    refused: int
    """Messages that Telegram did not take: here it takes all."""
    inconsistencies: tuple[str, ...]


async def examine(database_url: str, api: BotApi, plans: Sequence[ChatPlan], unit_id: int) -> Findings:
    connection = await open_connection(database_url)
    try:
        chains = [await select_chain(connection, unit_id, hash_token(plan.receipt)) for plan in plans]
        rows, counted, dead, refused = [
            int(number or 0) for row in await connection.fetch(SELECT_TOTALS) for number in row
        ]
        found = tuple(f"{each.name} ({each.times})" for each in await check_store(connection))
    finally:
        await connection.close()
    said = [list_texts(api, plan.chat_id) for plan in plans]
    once = [tuple(text for text, _ in groupby(texts)) for texts in said]
    longest = max((len(chain) for chain in chains), default=0)
    lost_messages = sum(max(0, len(plan.texts) - len(texts)) for plan, texts in zip(plans, once, strict=True))
    lost_rows = sum(longest - len(chain) for chain in chains)
    return Findings(
        effects=sum(len(texts) for texts in once) - lost_rows,
        lost=lost_rows + lost_messages,
        doubled=max(0, rows - longest * len(plans)) + max(0, counted - len(plans)),
        out_of_order=tuple(
            f"{plan.chat_id} ({len(texts)} of {len(plan.texts)})"
            for plan, texts in zip(plans, once, strict=True)
            if texts != plan.texts
        ),
        said_twice=sum(len(texts) for texts in said) - sum(len(texts) for texts in once),
        dead_letters=dead,
        refused=refused,
        inconsistencies=found,
    )


async def count_left_over(database_url: str) -> int:
    connection = await open_connection(database_url)
    left = int(await connection.fetchval(LEFT_OVER) or 0)
    await connection.close()
    return left


async def dump_store(database_url: str, *, without: Sequence[str] = ()) -> str:
    """Every row of every table as text, bytes as letters where they are letters."""
    connection = await open_connection(database_url)
    try:
        await connection.execute("SET bytea_output = 'escape'")
        tables = [row[0] for row in await connection.fetch(SELECT_TABLES) if row[0] not in without]
        rows = [row[0] for table in tables for row in await connection.fetch(f"SELECT t::text FROM {table} AS t")]
    finally:
        await connection.close()
    return "\n".join(rows)


def find_words(words: Sequence[str], **texts: str) -> list[str]:
    """Which words stand where."""
    return [f"{word} in {name}" for name, text in texts.items() for word in words if word in text]
