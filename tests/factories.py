"""Readable rows for tests: a test names only what it is about."""

import os
from datetime import UTC, date, datetime

import msgspec

from feedback.tables.responses import Response

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # Friday 09:30 in Vietnam


def make_rating(**changes: object) -> Response:
    """A rating of five at desk 11 of unit 1, with its own token."""
    rating = Response(
        unit_id=1,
        token_hash=os.urandom(32),
        desk_id=11,
        official_id=21,
        title_id=1,
        procedure_id=31,
        deciding_unit_id=0,
        survey_id=1,
        local_day=date(2026, 11, 20),
        received_at=NOW,
        part_of_day=1,
        channel=1,
        proof_class=b"C",
        score=5,
    )
    return msgspec.structs.replace(rating, **changes)
