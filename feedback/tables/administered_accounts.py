"""The accounts as administrators list them: who, which roles, how many sessions; never what proves a person."""

from datetime import datetime

import msgspec

from feedback.accounts.powers import Role
from feedback.database import Connection

PAGE = 50


class AccountLine(msgspec.Struct, frozen=True):
    """`roles` are in force; `proposals` and `sessions` are counts of what is open."""

    account_id: int
    sign_in_name: str
    display_name: str
    email: str | None
    official_code: str | None
    made_at: datetime
    disabled_at: datetime | None
    visit_began_at: datetime | None
    roles: tuple[Role, ...]
    proposals: int
    sessions: int


LINE = """
    SELECT a.account_id, a.sign_in_name, a.display_name, a.email, o.code AS official_code, a.made_at, a.disabled_at,
           a.visit_began_at,
           array(SELECT DISTINCT p.role FROM appointments AS p
                 WHERE p.account_id = a.account_id AND p.verdict = 'approved' AND p.ended_at IS NULL
                 ORDER BY p.role) AS roles,
           (SELECT count(*) FROM appointments AS p
            WHERE p.account_id = a.account_id AND p.verdict IS NULL) AS proposals,
           (SELECT count(*) FROM staff_sessions AS s
            WHERE s.account_id = a.account_id AND s.ended_at IS NULL AND s.seen_at > $1) AS sessions
    FROM accounts AS a LEFT JOIN officials AS o USING (official_id)
"""


async def select_account_lines(
    connection: Connection, seen_after: datetime, text: str = "", after: str = ""
) -> list[AccountLine]:
    """By sign-in name, PAGE and one at most, those after the name `after`; `text` stands in a name, e-mail or code.

    A session counts that was seen after `seen_after`.
    """
    rows = await connection.fetch(
        LINE + " WHERE a.sign_in_name > $2 AND ($3 = '' OR position(lower($3) IN lower(concat_ws(' ',"
        f" a.sign_in_name, a.display_name, a.email, o.code))) > 0) ORDER BY a.sign_in_name LIMIT {PAGE + 1}",
        *(seen_after, after, text),
    )
    return [msgspec.convert(dict(row), AccountLine) for row in rows]


async def select_account_line(connection: Connection, seen_after: datetime, account_id: int) -> AccountLine | None:
    row = await connection.fetchrow(LINE + " WHERE a.account_id = $2", seen_after, account_id)
    return None if row is None else msgspec.convert(dict(row), AccountLine)


async def lock_account(connection: Connection, account_id: int) -> bool:
    """Held until the transaction ends: one decision about a person at a time. False where there is no such account."""
    return bool(await connection.fetchval("SELECT true FROM accounts WHERE account_id = $1 FOR UPDATE", account_id))


async def has_signed_in(connection: Connection, account_id: int) -> bool:
    """Whether the person ever did, which takes a second factor of the person's own."""
    return bool(
        await connection.fetchval("SELECT visit_began_at IS NOT NULL FROM accounts WHERE account_id = $1", account_id)
    )


async def has_device(connection: Connection, account_id: int) -> bool:
    """Whether a link of an invitation would ask for a code of the person's own device."""
    return bool(await connection.fetchval("SELECT has_device FROM accounts WHERE account_id = $1", account_id))


async def update_disabled(connection: Connection, account_id: int, disabled_at: datetime | None) -> bool:
    """None lets the person sign in again. False where it was so already."""
    updated = await connection.execute(
        "UPDATE accounts SET disabled_at = $2"
        " WHERE account_id = $1 AND (disabled_at IS NULL) <> ($2::timestamptz IS NULL)",
        *(account_id, disabled_at),
    )
    return updated == "UPDATE 1"
