"""From the fields that came in to the row that goes into the store: judged by `surveys`, tied to the desk."""

import json
from datetime import datetime

import msgspec

from feedback.desk_directory import DeskDirectory
from feedback.record_response import read_local_day
from feedback.submissions import Revision
from feedback.tables.desk_views import DeskView, OfficialChoice, ProcedureChoice
from feedback.tables.responses import Channel, Response
from surveys.answers import check_answers, check_score
from surveys.codes import hash_token, read_token
from surveys.denunciation import suggests_denunciation
from surveys.errors import InvalidAnswerError, UnknownReceiptError
from surveys.personal_data import hide_personal_data
from surveys.survey import RaterKind, Survey

Fields = dict[str, object]
RATING_FIELDS = {"token", "score", "official", "procedure", "rater", "lang"}
REVISION_FIELDS = {"receipt", "token", "unit", "lang"}


class FurtherAnswers(msgspec.Struct, frozen=True):
    answers: str | None
    """JSON object, question name to answer; None when nothing was answered."""
    comment: str | None
    comment_refused: bool
    """The comment read like a denunciation: it is not kept, and the citizen is told where to bring it."""


def read_rating(
    fields: Fields,
    desk: DeskView,
    directory: DeskDirectory,
    now: datetime,
    channel: Channel = Channel.WEB,
    proof_class: bytes = b"C",
) -> Response:
    """The row for a rating at `desk`. Raises InvalidAnswerError that names the field."""
    for name in fields.keys() - RATING_FIELDS:
        raise InvalidAnswerError(field=name, reason="unknown-question")
    score = check_score(fields.get("score"))
    token = read_form_token(fields)
    official = choose_official(desk, fields.get("official"))
    procedure = choose_procedure(desk, fields.get("procedure"))
    day, part_of_day = read_local_day(now)
    survey = directory.find_survey(read_rater_kind(fields), day)
    return Response(
        unit_id=desk.unit_id,
        token_hash=hash_token(token),
        desk_id=desk.desk_id,
        official_id=official.official_id if official else 0,
        title_id=official.title_id if official else 0,
        procedure_id=procedure.procedure_id if procedure else 0,
        deciding_unit_id=procedure.deciding_unit_id if procedure else 0,
        survey_id=directory.read_survey_id(survey),
        local_day=day,
        received_at=now,
        part_of_day=part_of_day,
        channel=channel,
        proof_class=proof_class,
        score=score,
    )


def read_form_token(fields: Fields) -> str:
    """The token that was made with the form."""
    token = fields.get("token")
    try:
        return read_token(token if isinstance(token, str) else "")
    except UnknownReceiptError:
        raise InvalidAnswerError(field="token", reason="token") from None


def read_rater_kind(fields: Fields) -> RaterKind:
    match fields.get("rater"):
        case None | "" | "citizen":
            return "citizen"
        case "business":
            return "business"
        case _:
            raise InvalidAnswerError(field="rater", reason="unknown-choice")


def choose_official(desk: DeskView, chosen: object) -> OfficialChoice | None:
    """The official named, or the only one there is; None when the citizen left it open."""
    if chosen in (None, ""):
        return desk.officials[0] if len(desk.officials) == 1 else None
    for official in desk.officials:
        if official.code == chosen:
            return official
    raise InvalidAnswerError(field="official", reason="unknown-choice")


def choose_procedure(desk: DeskView, chosen: object) -> ProcedureChoice | None:
    if chosen in (None, ""):
        return desk.procedures[0] if len(desk.procedures) == 1 else None
    for procedure in desk.procedures:
        if procedure.code == chosen:
            return procedure
    raise InvalidAnswerError(field="procedure", reason="unknown-choice")


def read_further_answers(fields: Fields, survey: Survey) -> FurtherAnswers:
    """The second page: answers judged, personal data hidden from the comment before anything is stored."""
    raw = {name: value for name, value in fields.items() if name not in REVISION_FIELDS}
    answers = check_answers(survey, raw)
    comments = [q.name for q in survey.further if q.kind == "comment"]
    comment = "\n".join(str(answers.pop(name)) for name in comments if name in answers)
    refused = bool(comment) and suggests_denunciation(comment)
    return FurtherAnswers(
        answers=json.dumps(answers, ensure_ascii=False, sort_keys=True) if answers else None,
        comment=hide_personal_data(comment).text if comment and not refused else None,
        comment_refused=refused,
    )


def read_revision(fields: Fields, unit_id: int, now: datetime, **changes: object) -> Revision:
    receipt = fields.get("receipt")
    return Revision(
        unit_id=unit_id,
        receipt_hash=hash_token(read_token(receipt if isinstance(receipt, str) else "")),
        token_hash=hash_token(read_form_token(fields)),
        received_at=now,
        **changes,  # pyright: ignore[reportArgumentType] (score, answers or comment)
    )
