"""Many ratings with what replaced them, in one look-up of the table `responses`. Reads only."""

from collections import defaultdict
from collections.abc import Sequence

from feedback.database import Connection
from feedback.tables.responses import COLUMNS, Response

# LIMIT keeps each step a look-up of the key: the planner may not turn it into a scan of the table.
SELECT_CHAINS = f"""
WITH RECURSIVE given AS (
    SELECT * FROM unnest($1::integer[], $2::bytea[]) WITH ORDINALITY AS given (unit_id, token_hash, place)
), chain AS (
    SELECT given.place, 0 AS step, {", ".join("first." + column for column in COLUMNS)}
    FROM given CROSS JOIN LATERAL (
        SELECT * FROM responses AS r WHERE r.unit_id = given.unit_id AND r.token_hash = given.token_hash
        AND r.supersedes IS NULL LIMIT 1
    ) AS first
    UNION ALL
    SELECT chain.place, chain.step + 1, {", ".join("next." + column for column in COLUMNS)}
    FROM chain CROSS JOIN LATERAL (
        SELECT * FROM responses AS r WHERE r.unit_id = chain.unit_id AND r.supersedes = chain.token_hash LIMIT 1
    ) AS next
)
SELECT place, {", ".join(COLUMNS)} FROM chain ORDER BY place, step
"""


async def select_chains(
    connection: Connection, receipts: Sequence[tuple[int, bytes]]
) -> dict[tuple[int, bytes], list[Response]]:
    """By (unit, receipt hash), no two the same: a rating and what replaced it, oldest first. Unknown: absent."""
    units, hashes = [unit for unit, _ in receipts], [receipt for _, receipt in receipts]
    chains: defaultdict[tuple[int, bytes], list[Response]] = defaultdict(list)
    for row in await connection.fetch(SELECT_CHAINS, units, hashes):
        values = dict(row)
        chains[receipts[values.pop("place") - 1]].append(Response(**values))
    return dict(chains)
