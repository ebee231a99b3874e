"""How much lies in the bot's three tables, for operators. Counts only."""

from feedback.database import Connection
from feedback.tables.bot_outbox import Refusal


async def count_queues(connection: Connection, bot_id: int) -> dict[str, int]:
    """`received` updates to work off, `answers` and `reminders` to send, `dead` letters, and refusals by kind."""
    row = await connection.fetchrow(
        "SELECT (SELECT count(*) FROM bot_inbox WHERE bot_id = $1 AND payload IS NOT NULL) AS received,"
        " count(*) FILTER (WHERE lane = 1 AND payload IS NOT NULL) AS answers,"
        " count(*) FILTER (WHERE lane = 2 AND payload IS NOT NULL) AS reminders,"
        " (SELECT count(*) FROM bot_dead_letters WHERE bot_id = $1) AS dead"
        " FROM bot_outbox WHERE bot_id = $1",
        bot_id,
    )
    refused = await connection.fetch(
        "SELECT refused_for, count(*) AS times FROM bot_outbox WHERE bot_id = $1 AND payload IS NULL"
        " GROUP BY refused_for",
        bot_id,
    )
    times = {refusal["refused_for"]: int(refusal["times"]) for refusal in refused}
    waiting = dict(row) if row else {}
    return {
        **{name: int(waiting[name]) for name in ("received", "answers", "reminders", "dead")},
        **{str(kind): times.get(kind, 0) for kind in Refusal},
    }
