"""The tables `webhook_messages` and `webhook_deliveries`: what is told, and whether it arrived.

Several senders may work on them at once.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from feedback.database import Connection
from feedback.tables.columns import list_columns
from feedback.tables.webhook_endpoints import ENDPOINT, Endpoint


class Message(msgspec.Struct, frozen=True):
    message_id: str
    kind: str
    release_id: int
    body: str
    made_at: datetime


class Claim(msgspec.Struct, frozen=True):
    """One delivery that is ours to send until `held_until`. `tries` counts this one."""

    message_id: str
    body: str
    tries: int
    held_until: datetime
    give_up_at: datetime
    endpoint: Endpoint


class Delivery(msgspec.Struct, frozen=True):
    """Neither `next_try_at` nor `delivered_at`: given up."""

    release: str
    message_id: str
    endpoint_id: str
    holder: str
    tries: int
    next_try_at: datetime | None
    delivered_at: datetime | None
    last_result: str | None


class Postponed(msgspec.Struct, frozen=True):
    """`next_try_at` None: given up."""

    message_id: str
    endpoint_id: str
    held_until: datetime
    next_try_at: datetime | None
    last_result: str


class UnannouncedRelease(msgspec.Struct, frozen=True):
    release_id: int
    code: str
    method_version: str
    content_digest: bytes


async def drop_waiting_deliveries(connection: Connection, endpoint_id: str, result: str) -> None:
    """Whatever is still owed to an endpoint is given up."""
    await connection.execute(
        "UPDATE webhook_deliveries SET next_try_at = NULL, last_result = $2"
        " WHERE endpoint_id = $1 AND next_try_at IS NOT NULL",
        endpoint_id,
        result,
    )


async def select_unannounced_releases(connection: Connection, kind: str) -> list[UnannouncedRelease]:
    """Oldest quarter first."""
    rows = await connection.fetch(
        f"SELECT {', '.join(UnannouncedRelease.__struct_fields__)} FROM releases AS r WHERE NOT EXISTS"
        " (SELECT FROM webhook_messages AS m WHERE m.release_id = r.release_id AND m.kind = $1) ORDER BY first_day",
        kind,
    )
    return [UnannouncedRelease(**dict(row)) for row in rows]


async def insert_message(connection: Connection, message: Message) -> bool:
    """False when another sender was quicker; waits for one that is about to be."""
    status = await connection.execute(
        "INSERT INTO webhook_messages (message_id, kind, release_id, body, made_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING",
        message.message_id,
        message.kind,
        message.release_id,
        message.body,
        message.made_at,
    )
    return status == "INSERT 0 1"


async def owe_message(
    connection: Connection, message_id: str, now: datetime, give_up_at: datetime, endpoint_id: str | None = None
) -> list[str]:
    """Send a message, again if it was sent before, to one endpoint or to all in use; the ids of those."""
    rows = await connection.fetch(
        "INSERT INTO webhook_deliveries (message_id, endpoint_id, tries, next_try_at, give_up_at)"
        " SELECT message_id, endpoint_id, 0, $2, $3 FROM webhook_messages, webhook_endpoints"
        " WHERE message_id = $1 AND ended_on IS NULL AND ($4::text IS NULL OR endpoint_id = $4)"
        # An endpoint that is being ended waits for this, or is not found by it.
        " FOR SHARE OF webhook_endpoints"
        " ON CONFLICT (message_id, endpoint_id) DO UPDATE SET tries = 0, next_try_at = EXCLUDED.next_try_at,"
        " give_up_at = EXCLUDED.give_up_at, delivered_at = NULL, last_result = NULL RETURNING endpoint_id",
        message_id,
        now,
        give_up_at,
        endpoint_id,
    )
    return [row["endpoint_id"] for row in rows]


async def is_message(connection: Connection, message_id: str) -> bool:
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM webhook_messages WHERE message_id = $1)", message_id)
    )


async def claim_deliveries(
    connection: Connection, now: datetime, held_until: datetime, *, busy: Sequence[str], most: int
) -> list[Claim]:
    """At most one due delivery of each endpoint in use that is not `busy`; no other sender takes it before then."""
    rows = await connection.fetch(
        "WITH due AS MATERIALIZED (SELECT first.message_id, first.endpoint_id FROM webhook_endpoints AS e,"
        " LATERAL (SELECT message_id, endpoint_id FROM webhook_deliveries AS d"
        "  WHERE d.endpoint_id = e.endpoint_id AND next_try_at <= $1"
        "  ORDER BY next_try_at, message_id LIMIT 1 FOR UPDATE SKIP LOCKED) AS first"
        " WHERE e.ended_on IS NULL AND e.endpoint_id <> ALL ($3::text[]) LIMIT $4)"
        " UPDATE webhook_deliveries AS d SET tries = d.tries + 1, next_try_at = $2"
        " FROM due JOIN webhook_messages USING (message_id) JOIN webhook_endpoints USING (endpoint_id)"
        " WHERE d.message_id = due.message_id AND d.endpoint_id = due.endpoint_id"
        f" RETURNING due.message_id, body, d.tries, d.give_up_at, due.{', '.join(ENDPOINT)}",
        now,
        held_until,
        busy,
        most,
    )
    return [
        Claim(
            message_id=row["message_id"],
            body=row["body"],
            tries=row["tries"],
            held_until=held_until,
            give_up_at=row["give_up_at"],
            endpoint=Endpoint(**{name: row[name] for name in ENDPOINT}),
        )
        for row in rows
    ]


async def finish_delivery(
    connection: Connection, message_id: str, endpoint_id: str, delivered_at: datetime, result: str
) -> None:
    """It arrived, whoever holds it by now."""
    await connection.execute(
        "UPDATE webhook_deliveries SET next_try_at = NULL, delivered_at = $3, last_result = $4"
        " WHERE message_id = $1 AND endpoint_id = $2",
        message_id,
        endpoint_id,
        delivered_at,
        result,
    )


async def postpone_deliveries(connection: Connection, postponed: Sequence[Postponed]) -> None:
    """Only what is still held: not what another sender took over, or was replayed or given up meanwhile."""
    await connection.execute(
        "UPDATE webhook_deliveries AS d SET next_try_at = given.next_try_at, last_result = given.last_result"
        " FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])"
        " AS given (message_id, endpoint_id, held_until, next_try_at, last_result)"
        " WHERE d.message_id = given.message_id AND d.endpoint_id = given.endpoint_id"
        " AND d.next_try_at = given.held_until",
        *list_columns(postponed, *Postponed.__struct_fields__),
    )


async def select_deliveries(connection: Connection, release: str | None = None) -> list[Delivery]:
    """Of one release or of all, newest release first."""
    rows = await connection.fetch(
        "SELECT code AS release, message_id, endpoint_id, holder, tries, next_try_at, delivered_at, last_result"
        " FROM webhook_deliveries JOIN webhook_messages USING (message_id) JOIN webhook_endpoints USING (endpoint_id)"
        " JOIN releases USING (release_id) WHERE $1::text IS NULL OR code = $1"
        " ORDER BY first_day DESC, holder, endpoint_id",
        release,
    )
    return [Delivery(**dict(row)) for row in rows]
