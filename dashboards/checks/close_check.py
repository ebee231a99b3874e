"""Closes a round of cross-checks: what was found is set beside the ratings once, and kept with an audit entry.

Not while the next batch of ten could still bring the ratings that it lacks: what is kept says so for good.
"""

from datetime import date, datetime

import msgspec

from dashboards.checks.gaps import Gap, measure_gap
from dashboards.checks.levels import runs_checks
from dashboards.checks.record_item import find_round
from dashboards.releases.quarters import find_quarter
from dashboards.supervision.areas import find_area
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.record_response import read_local_day
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.check_rounds import CheckRound, close_round, lock_round, reaches_round, select_items
from feedback.web.staff_access import make_entry
from surveys.case_errors import CheckClosedError, CheckRefusedError


async def close_check(connection: Connection, signed_in: SignedIn, round_id: int, now: datetime) -> None:
    """Whoever runs checks in all of its area, not only who drew it. Raises CheckRefusedError, CheckClosedError."""
    await lock_round(connection, round_id)
    drawn = await find_round(connection, round_id)
    if drawn.closed_at is not None:
        raise CheckClosedError
    if not runs_checks(signed_in, await find_area(connection, drawn.area)):
        raise CheckRefusedError(reason="check-level")
    if not await reaches_round(connection, round_id):
        raise CheckRefusedError(reason="check-not-whole")
    today = read_local_day(now)[0]
    gap = await measure_gap(connection, drawn, await select_items(connection, round_id), today)
    refuse_too_early(drawn, gap, today)
    if not await close_round(connection, round_id, msgspec.json.encode(gap).decode(), now):
        raise CheckClosedError
    entry = make_entry(signed_in, now, "check-closed", "done", "check", str(round_id))
    await insert_audit_entry(connection, entry)


def refuse_too_early(drawn: CheckRound, gap: Gap, today: date) -> None:
    """Batches of a running quarter are let out by the next ones, the last by the quarter's end."""
    settled_on = find_quarter(drawn.last_day).next().first_day
    if gap.verdict == "few_ratings" and today < settled_on:
        raise CheckRefusedError(reason="check-too-early", day=f"{settled_on:%d/%m/%Y}")
