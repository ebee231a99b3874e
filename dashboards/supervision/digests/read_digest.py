"""What one person's digest is about, read as that person would read it: behind the second wall, by the same powers."""

from datetime import datetime

import msgspec

from dashboards.supervision.digests.read_cases import NO_CASES, CaseNotes, read_case_notes
from dashboards.supervision.digests.rules import MOST_LINES
from feedback.accounts.powers import SignedIn, may
from feedback.accounts.rows import borrow_rows
from feedback.database import Pool
from feedback.record_response import read_local_day
from feedback.tables.appointments import select_appointments_in_force
from feedback.tables.digest_alerts import (
    DigestAlert,
    DigestCounts,
    count_open_alerts,
    select_heaviest_alerts,
)
from feedback.tables.digests import DigestReader, select_last_sent

NO_SESSION = b""


class DigestContent(msgspec.Struct, frozen=True):
    """`is_first`: nothing was sent to this person by this way yet, so everything is new."""

    counts: DigestCounts
    alerts: tuple[DigestAlert, ...]
    is_first: bool
    cases: CaseNotes = NO_CASES


NOTHING = DigestContent(DigestCounts(0, 0, 0), (), is_first=True)


async def read_digest(pool: Pool, reader: DigestReader, now: datetime) -> DigestContent:
    """Without alerts, or cases, for whoever may see none any more."""
    async with pool.acquire(timeout=3) as connection:
        appointments = await select_appointments_in_force(connection, reader.account.account_id)
        since = await select_last_sent(connection, reader)
    as_reader = SignedIn(reader.account, appointments, NO_SESSION, now)
    content = await read_alerts(pool, as_reader, since)
    cases = await read_case_notes(pool, as_reader, since, read_local_day(now)[0])
    return msgspec.structs.replace(content, cases=cases)


async def read_alerts(pool: Pool, reader: SignedIn, since: datetime | None) -> DigestContent:
    if not may(reader.appointments, "see_alerts"):
        return NOTHING
    async with borrow_rows(pool, reader, "see_alerts") as connection:
        counts = await count_open_alerts(connection, since)
        alerts = await select_heaviest_alerts(connection, MOST_LINES.value)
    return DigestContent(counts, tuple(alerts), since is None)
