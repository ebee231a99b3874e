"""The table `reports`: what was asked for, by whom, how far it is, and the two files once they are made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from feedback.database import Connection

ReportState = Literal["waiting", "making", "made", "failed"]
Failure = Literal["fault", "reach", "area"]
Language = Literal["vi", "en"]


class Report(msgspec.Struct, frozen=True):
    """`progress` is in percent. `failure`: fault (tried three times), reach (lost by the asker), area (not there)."""

    report_id: int
    area: str
    period: str
    language: Language
    state: ReportState
    progress: int
    asked_by: int
    asked_at: datetime
    made_at: datetime | None
    data_cut: int | None
    as_of: datetime | None
    digest: bytes | None
    failure: Failure | None


class ClaimedReport(msgspec.Struct, frozen=True):
    """What one maker holds; `tries` tells it from whoever holds the same report later. `as_of` has whole seconds."""

    report_id: int
    area: str
    period: str
    language: Language
    asked_by: int
    tries: int
    as_of: datetime


class ReportFiles(msgspec.Struct, frozen=True):
    """Both files of a report, and the SHA-256 of the figures in them."""

    pdf: bytes
    xlsx: bytes
    digest: bytes


REPORT = ", ".join(Report.__struct_fields__)
CLAIMED = ", ".join(ClaimedReport.__struct_fields__)
IS_HELD = "report_id = $1 AND tries = $2 AND state = 'making'"
# What the first claim writes down stays: a report that is made again after a kill is of the same moment. In whole
# seconds, as the cover prints it: whoever types it in again means the same moment.
CLAIM = f"""
UPDATE reports SET state = 'making', progress = 0, tries = tries + 1, held_until = $2,
    as_of = coalesce(as_of, date_trunc('second', $1::timestamptz))
WHERE report_id = (
    SELECT report_id FROM reports
    WHERE tries < $3 AND (state = 'waiting' OR state = 'making' AND held_until < $1)
    ORDER BY report_id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {CLAIMED}
"""


async def insert_report(
    connection: Connection, area: str, period: str, language: str, asked_by: int, asked_at: datetime
) -> int:
    return int(
        await connection.fetchval(
            "INSERT INTO reports (area, period, language, state, asked_by, asked_at)"
            " VALUES ($1, $2, $3, 'waiting', $4, $5) RETURNING report_id",
            *(area, period, language, asked_by, asked_at),
        )
        or 0
    )


async def select_own_reports(connection: Connection, limit: int) -> Sequence[Report]:
    """Behind the second wall: those that the person asked for, newest first."""
    rows = await connection.fetch(f"SELECT {REPORT} FROM reports ORDER BY report_id DESC LIMIT $1", limit)
    return [Report(**dict(row)) for row in rows]


async def select_report(connection: Connection, report_id: int) -> Report | None:
    row = await connection.fetchrow(f"SELECT {REPORT} FROM reports WHERE report_id = $1", report_id)
    return None if row is None else Report(**dict(row))


async def select_report_file(connection: Connection, report_id: int, column: Literal["pdf", "xlsx"]) -> bytes | None:
    return await connection.fetchval(f"SELECT {column} FROM reports WHERE report_id = $1", report_id)


async def claim_report(
    connection: Connection, now: datetime, held_until: datetime, most_tries: int
) -> ClaimedReport | None:
    """The oldest that waits, or whose maker has not been heard of since it said so. No other maker gets it too."""
    row = await connection.fetchrow(CLAIM, now, held_until, most_tries)
    return None if row is None else ClaimedReport(**dict(row))


async def note_report_progress(
    connection: Connection, claimed: ClaimedReport, progress: int, held_until: datetime, data_cut: int | None = None
) -> bool:
    """`data_cut` with the reading of the figures. False where another maker has taken it over."""
    updated = await connection.execute(
        f"UPDATE reports SET progress = $3, held_until = $4, data_cut = coalesce($5, data_cut) WHERE {IS_HELD}",
        *(claimed.report_id, claimed.tries, progress, held_until, data_cut),
    )
    return updated == "UPDATE 1"


async def finish_report(connection: Connection, claimed: ClaimedReport, files: ReportFiles, now: datetime) -> bool:
    """False where another maker has taken it over: its files then count."""
    updated = await connection.execute(
        "UPDATE reports SET state = 'made', progress = 100, held_until = NULL, made_at = $3, pdf = $4, xlsx = $5,"
        f" digest = $6 WHERE {IS_HELD}",
        *(claimed.report_id, claimed.tries, now, files.pdf, files.xlsx, files.digest),
    )
    return updated == "UPDATE 1"


async def give_report_back(connection: Connection, claimed: ClaimedReport) -> None:
    """Another try may begin at once."""
    await connection.execute(
        f"UPDATE reports SET state = 'waiting', progress = 0, held_until = NULL WHERE {IS_HELD}",
        *(claimed.report_id, claimed.tries),
    )


async def fail_report(connection: Connection, claimed: ClaimedReport, failure: Failure) -> None:
    await connection.execute(
        f"UPDATE reports SET state = 'failed', failure = $3, held_until = NULL WHERE {IS_HELD}",
        *(claimed.report_id, claimed.tries, failure),
    )


async def fail_exhausted_reports(connection: Connection, now: datetime, most_tries: int) -> int:
    """Those that were tried often enough and that nobody holds any more; how many."""
    updated = await connection.execute(
        "UPDATE reports SET state = 'failed', failure = 'fault', held_until = NULL WHERE tries >= $2"
        " AND (state = 'waiting' OR state = 'making' AND held_until < $1)",
        *(now, most_tries),
    )
    return int(updated.removeprefix("UPDATE "))
