"""What the policies of row-level security read: whose rows the rest of a transaction may see."""

from collections.abc import Sequence
from typing import Literal

from feedback.database import Connection

DatabaseRole = Literal["langnghe_staff", "langnghe_administrator"]

# Asked anew in each transaction, of the appointments as they stand: what the pages believe is not taken over.
SET_REACH = """
WITH held AS (
    SELECT everywhere, province_codes, commune_codes, unit_codes FROM appointments
    WHERE account_id = $1 AND verdict = 'approved' AND ended_at IS NULL AND role = ANY ($2::text[])
      AND EXISTS (SELECT FROM accounts AS a WHERE a.account_id = $1 AND a.disabled_at IS NULL)
), is_everywhere AS (SELECT coalesce(bool_or(everywhere), false) AS yes FROM held
), reached AS (
    SELECT array_agg(DISTINCT unit_id) AS units FROM units AS u, held
    WHERE NOT (SELECT yes FROM is_everywhere)
      AND (u.code = ANY (unit_codes) OR u.place_code = ANY (commune_codes) OR u.place_code = ANY (province_codes)
           OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = ANY (province_codes)))
)
SELECT set_config('langnghe.account', $1::integer::text, true),
       set_config('langnghe.official',
                  coalesce((SELECT official_id::text FROM accounts
                            WHERE account_id = $1 AND EXISTS (SELECT FROM held)), ''), true),
       set_config('langnghe.everywhere', CASE WHEN (SELECT yes FROM is_everywhere) THEN 'yes' ELSE '' END, true),
       set_config('langnghe.units', coalesce((SELECT units::text FROM reached), ''), true),
       set_config('langnghe.action', $3::text, true)
"""


async def take_reach(
    connection: Connection, account_id: int, roles: Sequence[str], action: str, database_role: DatabaseRole
) -> None:
    """From here to the end of the transaction: the rows that these roles of the account reach, and no others.

    SET LOCAL only, so that the pool's next user starts with nothing.
    """
    await connection.fetchrow(SET_REACH, account_id, list(roles), action)
    await connection.execute(f"SET LOCAL ROLE {database_role}")
