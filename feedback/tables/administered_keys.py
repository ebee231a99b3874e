"""Keys of programs as administrators see them: all of a key but its secret, which they have no right to read."""

from datetime import date, datetime

import asyncpg
import msgspec

from feedback.api_keys import LONGEST_WAIT, Network, Reach
from feedback.database import Connection

LINES = """
SELECT k.key_id, k.holder, k.scopes, k.everywhere, k.province_codes, k.commune_codes, k.unit_codes, k.networks, k.quota,
       k.made_on, k.expires_on, k.revoked_on, k.last_used_on, k.proposed_by, k.approved_at,
       p.display_name AS proposer, a.display_name AS approver
FROM api_keys AS k
LEFT JOIN accounts AS p ON p.account_id = k.proposed_by
LEFT JOIN accounts AS a ON a.account_id = k.approved_by
"""


class KeyLine(msgspec.Struct, frozen=True):
    """`expires_on` and `revoked_on` are the first days on which the key opens nothing any more.

    `proposed_by` and the names are None where nobody else had to approve the key, or nobody has yet.
    """

    key_id: str
    holder: str
    scopes: tuple[str, ...]
    reach: Reach
    networks: tuple[Network, ...]
    quota: int
    made_on: date
    expires_on: date
    revoked_on: date | None
    last_used_on: date | None
    proposed_by: int | None
    approved_at: datetime | None
    proposer: str | None
    approver: str | None

    def name_state(self, day: date) -> str:
        """revoked, ended, active; waiting for a second administrator, or lapsed because none came in time."""
        if self.revoked_on is not None:
            return "revoked"
        if day >= self.expires_on:
            return "ended"
        if self.proposed_by is None or self.approved_at is not None:
            return "active"
        return "waiting" if day < self.made_on + LONGEST_WAIT else "lapsed"


async def select_key_lines(connection: Connection) -> list[KeyLine]:
    """Those not revoked first, then by holder, newest first."""
    rows = await connection.fetch(f"{LINES} ORDER BY k.revoked_on IS NOT NULL, k.holder, k.made_on DESC, k.key_id")
    return [read_line(row) for row in rows]


async def select_key_line(connection: Connection, key_id: str) -> KeyLine | None:
    row = await connection.fetchrow(f"{LINES} WHERE k.key_id = $1", key_id)
    return None if row is None else read_line(row)


def read_line(row: asyncpg.Record) -> KeyLine:
    return KeyLine(
        key_id=row["key_id"],
        holder=row["holder"],
        scopes=tuple(row["scopes"]),
        reach=Reach(
            row["everywhere"], tuple(row["province_codes"]), tuple(row["commune_codes"]), tuple(row["unit_codes"])
        ),
        networks=tuple(row["networks"]),
        quota=row["quota"],
        made_on=row["made_on"],
        expires_on=row["expires_on"],
        revoked_on=row["revoked_on"],
        last_used_on=row["last_used_on"],
        proposed_by=row["proposed_by"],
        approved_at=row["approved_at"],
        proposer=row["proposer"],
        approver=row["approver"],
    )
