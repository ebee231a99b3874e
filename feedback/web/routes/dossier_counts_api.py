"""Dossier counts from other programs: all rows of a sending or none, with a reason for each refused row."""

from datetime import UTC, datetime

from litestar import Response, post

from feedback.api_keys import ApiKey
from feedback.check_dossiers import DossierEntry, RowNote
from feedback.database import TEMPORARY_FAILURES
from feedback.dossier_intake import DossierOutcome, take_dossiers
from feedback.record_response import read_local_day
from feedback.web.api_access import authorize
from feedback.web.api_bodies import MOST_ROWS, read_api_body
from feedback.web.api_replies import reply_api_problem
from feedback.web.bodies import Request, clean
from feedback.web.replies import find_wording
from surveys.errors import ApiUnavailableError, BatchTooLargeError, DossiersRefusedError, LangNgheError

MOST_NOTES = 200
LONGEST_TEXT = 100


@post(
    "/api/v1/dossier-counts",
    opt={"access": "key", "limit": "by key"},
    exception_handlers={LangNgheError: reply_api_problem},
)
async def post_dossier_counts(request: Request) -> Response[object]:
    """A list of up to 1,000 rows. They replace what stood for their desks, days and procedures (200)."""
    key = await authorize(request, "dossiers")
    entries = await read_api_body(request, list[DossierEntry])
    if len(entries) > MOST_ROWS:
        raise BatchTooLargeError(rows=MOST_ROWS, kib=512)
    unread = [note for row, entry in enumerate(entries, 1) if (note := find_unreadable(row, entry))]
    if unread:
        return refuse(request, unread)
    outcome = await take(key, request, entries)
    if outcome.refused:
        return refuse(request, list(outcome.refused))
    return Response({"stored": outcome.stored, "flagged": describe(request, list(outcome.flagged))}, status_code=200)


async def take(key: ApiKey, request: Request, entries: list[DossierEntry]) -> DossierOutcome:
    day, _ = read_local_day(datetime.now(UTC))
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return await take_dossiers(connection, dict(enumerate(entries, 1)), day, reach=key.reach)
    except TEMPORARY_FAILURES:
        raise ApiUnavailableError from None


def find_unreadable(row: int, entry: DossierEntry) -> RowNote | None:
    """The first text that no database takes, or that is too long for a code."""
    for field in ("unit", "desk", "procedure", "day", "official"):
        text = getattr(entry, field) or ""
        if len(text) > LONGEST_TEXT or clean(text) != text:
            return RowNote(row, field, "unreadable")
    return None


def refuse(request: Request, notes: list[RowNote]) -> Response[object]:
    return reply_api_problem(request, DossiersRefusedError(count=len(notes)), rows=describe(request, notes))


def describe(request: Request, notes: list[RowNote]) -> list[dict[str, object]]:
    say = find_wording(request).say
    return [
        {"row": note.row, "field": note.field, "reason": note.reason, "detail": say(f"reason.{note.reason}")}
        for note in notes[:MOST_NOTES]
    ]


ROUTES = [post_dossier_counts]
