"""The small world with a past: enough ratings and dossiers for the unit's page to show its figures."""

import hashlib
from datetime import datetime, timedelta

from feedback.database import Connection
from feedback.record_response import read_local_day, store_submissions
from feedback.tables.desk_views import DeskView, select_desk_view
from feedback.tables.responses import Channel, Response
from feedback.tables.surveys import select_surveys
from tests.world import BUSY_DESK, make_world

UNIT = "/U/32041"
PROVINCE = "/P/96"
SCORES = (5, 4, 5, 3, 5, 4, 1, 5, 4, 2)
EARLIER = 120


async def make_town(connection: Connection, now: datetime) -> None:
    """60 ratings of today, enough for the year, and 60 of the last closed week, enough for a week."""
    await make_world(connection)
    desk = await select_desk_view(connection, BUSY_DESK, read_local_day(now)[0])
    assert desk is not None
    survey_id = next(s.survey_id for s in await select_surveys(connection) if s.rater_kind == "citizen")
    last_sunday = now - timedelta(days=now.isoweekday())
    ratings = [
        make_earlier_rating(desk, survey_id, number, now if number % 2 else last_sunday - timedelta(days=2))
        for number in range(EARLIER)
    ]
    assert await store_submissions(connection, ratings) == [None] * EARLIER
    await connection.execute(
        "INSERT INTO dossier_counts VALUES ($1, $2, '1.001193', 400, 12, 1)",
        desk.unit_id,
        read_local_day(last_sunday)[0],
    )


def make_earlier_rating(desk: DeskView, survey_id: int, number: int, moment: datetime) -> Response:
    official, procedure = desk.officials[number % 2], desk.procedures[number // 2 % 2]
    day, part_of_day = read_local_day(moment)
    return Response(
        unit_id=desk.unit_id,
        token_hash=hashlib.sha256(b"earlier %d" % number).digest(),
        desk_id=desk.desk_id,
        official_id=official.official_id,
        title_id=official.title_id,
        procedure_id=procedure.procedure_id,
        deciding_unit_id=procedure.deciding_unit_id,
        survey_id=survey_id,
        local_day=day,
        received_at=moment,
        part_of_day=part_of_day,
        channel=Channel.WEB,
        proof_class=b"C",
        score=SCORES[number // 2 % len(SCORES)],
    )
