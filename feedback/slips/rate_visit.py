"""From a slip and the fields that came in to what goes into the store. The slip knows the visit: nobody is asked."""

from datetime import datetime

from feedback.desk_directory import DeskDirectory
from feedback.read_rating import Fields, read_form_token, read_rater_kind
from feedback.record_response import read_local_day
from feedback.slips.find_slip import OpenSlip
from feedback.submissions import Revision, SlipRating
from feedback.tables.responses import Channel, Response
from feedback.tables.visit_slips import SlipUse
from surveys.answers import check_score
from surveys.codes import hash_token
from surveys.errors import InvalidAnswerError

RATING_FIELDS = {"token", "score", "rater", "lang"}


def read_slip_rating(fields: Fields, slip: OpenSlip, directory: DeskDirectory, now: datetime) -> SlipRating:
    """A rating of proof class A. Raises InvalidAnswerError that names the field."""
    for name in fields.keys() - RATING_FIELDS:
        raise InvalidAnswerError(field=name, reason="unknown-question")
    rating = make_rating(fields, slip, directory, now)
    form_hash = hash_token(read_form_token(fields))
    change = Revision(
        unit_id=rating.unit_id,
        receipt_hash=rating.token_hash,
        token_hash=form_hash,
        received_at=now,
        score=rating.score,
        survey_id=rating.survey_id,
    )
    return SlipRating(rating, SlipUse(slip.view.slip_id, rating.local_day, form_hash), change)


def make_rating(fields: Fields, slip: OpenSlip, directory: DeskDirectory, now: datetime) -> Response:
    view = slip.view
    day, part_of_day = read_local_day(now)
    return Response(
        unit_id=view.unit_id,
        token_hash=hash_token(slip.rating_token),
        desk_id=view.desk_id,
        official_id=view.official_id,
        title_id=view.title_id,
        procedure_id=view.procedure_id,
        deciding_unit_id=view.deciding_unit_id,
        survey_id=directory.read_survey_id(directory.find_survey(read_rater_kind(fields), day)),
        local_day=day,
        received_at=now,
        part_of_day=part_of_day,
        channel=Channel.WEB,
        proof_class=b"A",
        score=check_score(fields.get("score")),
    )
