"""The table `digests`: one message a person, way and day. Who is owed one, who holds it, what became of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

import msgspec

from feedback.accounts.powers import Account
from feedback.database import Connection

Way = Literal["email", "bot"]
Outcome = Literal["sent", "nothing", "refused"]


class DigestReader(msgspec.Struct, frozen=True):
    """Whoever chose this way and can be reached by it; `chat` is sealed."""

    account: Account
    way: Way
    chat: bytes | None


class KeptDigest(msgspec.Struct, frozen=True):
    """`outcome` None: still to be sent, or given up at the end of its day."""

    way: Way
    day: date
    sent_at: datetime | None
    tries: int
    outcome: Outcome | None
    reply_code: int | None


class DigestChoice(msgspec.Struct, frozen=True):
    """`chat` is sealed; None: no chat is linked."""

    ways: tuple[Way, ...]
    chat: bytes | None


ACCOUNT = Account.__struct_fields__
KEPT = ", ".join(KeptDigest.__struct_fields__)
THIS_ONE = "account_id = $1 AND way = $2 AND day = $3"


async def select_due_readers(
    connection: Connection, day: date, now: datetime, most_tries: int, after: tuple[int, str], most: int
) -> list[DigestReader]:
    """Ordered by (account_id, way), from behind `after` on; disabled accounts and missing addresses are left out."""
    rows = await connection.fetch(
        f"SELECT {', '.join(f'a.{name}' for name in ACCOUNT)}, w.way, a.chat"
        " FROM accounts AS a CROSS JOIN LATERAL unnest(a.digest_by) AS w (way)"
        " LEFT JOIN digests AS d ON d.account_id = a.account_id AND d.way = w.way AND d.day = $1"
        " WHERE a.disabled_at IS NULL"
        " AND CASE w.way WHEN 'email' THEN a.email IS NOT NULL ELSE a.chat IS NOT NULL END"
        " AND (d.account_id IS NULL OR (d.outcome IS NULL AND d.try_after <= $2 AND d.tries < $3))"
        " AND (a.account_id, w.way) > ($4, $5) ORDER BY a.account_id, w.way LIMIT $6",
        *(day, now, most_tries, *after, most),
    )
    return [DigestReader(Account(**{name: row[name] for name in ACCOUNT}), row["way"], row["chat"]) for row in rows]


async def claim_digest(
    connection: Connection, reader: DigestReader, day: date, now: datetime, held_until: datetime, most_tries: int
) -> int:
    """Which try this is; 0 where the digest has its outcome, is held by another or has no more tries."""
    tries = await connection.fetchval(
        "INSERT INTO digests AS d (account_id, way, day, tries, try_after) VALUES ($1, $2, $3, 1, $5)"
        " ON CONFLICT (account_id, way, day) DO UPDATE SET tries = d.tries + 1, try_after = $5"
        " WHERE d.outcome IS NULL AND d.try_after <= $4 AND d.tries < $6 RETURNING tries",
        *(reader.account.account_id, reader.way, day, now, held_until, most_tries),
    )
    return int(tries or 0)


async def finish_digest(
    connection: Connection, reader: DigestReader, day: date, outcome: Outcome, now: datetime, reply_code: int = 0
) -> None:
    await connection.execute(
        "UPDATE digests SET outcome = $4, sent_at = CASE WHEN $4 = 'sent' THEN $5::timestamptz END,"
        f" reply_code = nullif($6::smallint, 0) WHERE {THIS_ONE} AND outcome IS NULL",
        *(reader.account.account_id, reader.way, day, outcome, now, reply_code),
    )


async def postpone_digest(
    connection: Connection, reader: DigestReader, day: date, try_after: datetime, reply_code: int
) -> None:
    await connection.execute(
        f"UPDATE digests SET try_after = $4, reply_code = nullif($5::smallint, 0) WHERE {THIS_ONE} AND outcome IS NULL",
        *(reader.account.account_id, reader.way, day, try_after, reply_code),
    )


async def select_last_sent(connection: Connection, reader: DigestReader) -> datetime | None:
    return await connection.fetchval(
        "SELECT max(sent_at) FROM digests WHERE account_id = $1 AND way = $2", reader.account.account_id, reader.way
    )


async def select_recent_digests(connection: Connection, account_id: int, most: int) -> list[KeptDigest]:
    """Newest first, without those that had nothing to say."""
    rows = await connection.fetch(
        f"SELECT {KEPT} FROM digests WHERE account_id = $1 AND outcome IS DISTINCT FROM 'nothing'"
        " ORDER BY day DESC, way LIMIT $2",
        *(account_id, most),
    )
    return [KeptDigest(**dict(row)) for row in rows]


async def select_digest_choice(connection: Connection, account_id: int) -> DigestChoice:
    row = await connection.fetchrow("SELECT digest_by, chat FROM accounts WHERE account_id = $1", account_id)
    return DigestChoice((), None) if row is None else DigestChoice(tuple(row["digest_by"]), row["chat"])


async def update_digest_ways(connection: Connection, account_id: int, ways: Sequence[Way]) -> None:
    await connection.execute("UPDATE accounts SET digest_by = $2 WHERE account_id = $1", account_id, list(ways))


async def drop_digest_way(connection: Connection, reader: DigestReader) -> None:
    await connection.execute(
        "UPDATE accounts SET digest_by = array_remove(digest_by, $2) WHERE account_id = $1",
        *(reader.account.account_id, reader.way),
    )


async def forget_digests(connection: Connection, before: date) -> int:
    status = await connection.execute("DELETE FROM digests WHERE day < $1", before)
    return int(status.rpartition(" ")[2])
