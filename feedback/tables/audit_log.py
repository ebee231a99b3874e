"""The table `audit_log`: who saw or changed what, when. Only ever added to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

import msgspec

from feedback.database import Connection

Outcome = Literal["done", "denied", "failed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
PAGE = 100


class AuditEntry(msgspec.Struct, frozen=True):
    """`action` is an Action or a deed such as sign-in; `details` is JSON without anything a citizen said."""

    at: datetime
    account_id: int | None
    actor: str
    action: str
    outcome: Outcome
    object_kind: str
    object_code: str
    unit_id: int = 0
    official_id: int = 0
    details: str | None = None


ENTRY = AuditEntry.__struct_fields__


async def insert_audit_entry(connection: Connection, entry: AuditEntry) -> None:
    await connection.execute(
        f"INSERT INTO audit_log ({', '.join(ENTRY)}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *msgspec.structs.astuple(entry),
    )


class AuditLine(msgspec.Struct, frozen=True):
    """An entry as it is read again. `sign_in_name` is None for the operator, the program and unknown persons."""

    entry_id: int
    at: datetime
    actor: str
    sign_in_name: str | None
    action: str
    outcome: Outcome
    object_kind: str
    object_code: str
    official_id: int
    details: str | None


class AuditFilter(msgspec.Struct, frozen=True):
    """What is asked for; empty means everything. `first` and `end` are moments: from the one to before the other."""

    person: str = ""
    action: str = ""
    outcome: str = ""
    first: datetime | None = None
    end: datetime | None = None


# The policy would find these lines as well, but by reading the whole log backwards: each half has an index of its own.
SELECT_MINE = f"""
SELECT entry_id, at, actor, NULL AS sign_in_name, action, outcome, object_kind, object_code, official_id,
       details::text AS details
FROM audit_log WHERE {{mine}} AND ($1::bigint IS NULL OR entry_id < $1) ORDER BY entry_id DESC LIMIT {PAGE + 1}
"""
ITS_OWN = "{column} = nullif(current_setting('langnghe.{setting}', true), '')::integer"
BY_ACCOUNT = ITS_OWN.format(column="account_id", setting="account")
ABOUT_OFFICIAL = "official_id <> 0 AND " + ITS_OWN.format(column="official_id", setting="official")
SELECT_REACHED = f"""
({SELECT_MINE.format(mine=BY_ACCOUNT)}) UNION ({SELECT_MINE.format(mine=ABOUT_OFFICIAL)})
ORDER BY entry_id DESC LIMIT {PAGE + 1}
"""


async def select_audit_lines(connection: Connection, asked: AuditFilter, before: int | None = None) -> list[AuditLine]:
    """Latest first, PAGE and one at most, those before the entry `before`. `person` is a sign-in name."""
    conditions = {
        "l.entry_id < ": before,
        "a.sign_in_name = ": asked.person or None,
        "l.action = ": asked.action or None,
        "l.outcome = ": asked.outcome or None,
        "l.at >= ": asked.first,
        "l.at < ": asked.end,
    }
    given = {condition: value for condition, value in conditions.items() if value is not None}
    rows = await connection.fetch(
        "SELECT l.entry_id, l.at, l.actor, a.sign_in_name, l.action, l.outcome, l.object_kind, l.object_code,"
        " l.official_id, l.details::text AS details FROM audit_log AS l LEFT JOIN accounts AS a USING (account_id)"
        f" WHERE {' AND '.join(['true', *(f'{condition}${place}' for place, condition in enumerate(given, 1))])}"
        f" ORDER BY l.entry_id DESC LIMIT {PAGE + 1}",
        *given.values(),
    )
    return [AuditLine(**dict(row)) for row in rows]


async def select_reached_audit_lines(connection: Connection, before: int | None = None) -> list[AuditLine]:
    """What the account of this transaction did, and who saw its figures: row-level security leaves nothing else."""
    rows = await connection.fetch(SELECT_REACHED, before)
    return [AuditLine(**dict(row)) for row in rows]


async def select_audited_actions(connection: Connection) -> Sequence[str]:
    """Every action that stands in the log, found by hopping along its index: as fast with a billion lines."""
    rows = await connection.fetch(
        "WITH RECURSIVE known AS ((SELECT action FROM audit_log ORDER BY action LIMIT 1) UNION ALL"
        " SELECT (SELECT l.action FROM audit_log AS l WHERE l.action > known.action ORDER BY l.action LIMIT 1)"
        " FROM known WHERE known.action IS NOT NULL)"
        " SELECT action FROM known WHERE action IS NOT NULL"
    )
    return [row["action"] for row in rows]
