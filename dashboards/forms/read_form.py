"""From what a volunteer typed to the row that goes into the store: judged as what citizens send, of the day held."""

from collections.abc import Mapping
from datetime import UTC, datetime, time

import msgspec

from dashboards.forms.double_entry import Typed
from feedback.database import Connection
from feedback.desk_directory import DeskDirectory
from feedback.read_rating import Fields, read_further_answers, read_rater_kind, read_rating
from feedback.record_response import LOCAL_TIME
from feedback.tables.desk_views import DeskView
from feedback.tables.form_batches import FormBatch, ListedBatch
from feedback.tables.kiosks import add_desk_choices, select_unit_desks
from feedback.tables.responses import Channel, Response
from surveys.case_errors import FormRefusedError
from surveys.survey import Survey

ANSWER = "answer_"
RATING = ("score", "official", "procedure", "rater")
MOST_DIGITS = 9  # fits an integer
NOON = time(12)


class ReadForm(msgspec.Struct, frozen=True):
    """`comment_refused`: it read like a denunciation and is not kept."""

    number: int
    rating: Response
    comment_refused: bool


async def list_desks(connection: Connection, listed: ListedBatch) -> Mapping[str, DeskView]:
    """The desks of the unit on the day held, by number, with whom and what the citizen's page would offer.

    With a printed code or without: a form on paper needs none.
    """
    day = listed.batch.held_on
    desks = await select_unit_desks(connection, listed.batch.unit_id, day)
    return {desk.number: await add_desk_choices(connection, desk, day) for desk in desks}


def read_number(text: str, batch: FormBatch) -> int:
    """Raises FormRefusedError for what is no number of the batch."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    number = int(text) if is_number else 0
    if not batch.first_number <= number <= batch.last_number:
        raise FormRefusedError(reason="form-number", first=batch.first_number, last=batch.last_number)
    return number


def choose_desk(fields: Fields, desks: Mapping[str, DeskView]) -> DeskView:
    """The desk named, or the only one there is. Raises FormRefusedError."""
    chosen = str(fields.get("desk") or "")
    if not chosen and len(desks) == 1:
        return next(iter(desks.values()))
    if chosen not in desks:
        raise FormRefusedError(reason="form-desk")
    return desks[chosen]


def read_form(
    fields: Fields,
    number: int,
    batch: FormBatch,
    desk: DeskView,
    directory: DeskDirectory,
    token: str,
    now: datetime,
) -> ReadForm:
    """Raises InvalidAnswerError that names the field.

    Survey, officials and procedures are those of the day held; nobody knows the hour, so it is noon.
    """
    held = datetime.combine(batch.held_on, NOON, LOCAL_TIME).astimezone(UTC)
    sent: Fields = {"token": token, **{name: fields.get(name) for name in RATING}}
    rating = read_rating(sent, desk, directory, held, Channel.PAPER)
    further = read_further_answers(take_answers(fields), find_survey(fields, batch, directory))
    return ReadForm(
        number,
        msgspec.structs.replace(rating, received_at=now, answers=further.answers, comment=further.comment),
        further.comment_refused,
    )


def find_survey(fields: Fields, batch: FormBatch, directory: DeskDirectory) -> Survey:
    return directory.find_survey(read_rater_kind(fields), batch.held_on)


def take_answers(fields: Fields) -> Fields:
    """Further questions may be called as a field of the rating is, so on the form they have a name of their own."""
    return {name.removeprefix(ANSWER): value for name, value in fields.items() if name.startswith(ANSWER)}


def recall_fields(typed: Typed, desks: Mapping[str, DeskView], rater: str) -> Fields:
    """What was typed as fields of the form again."""
    desk = next((view for view in desks.values() if view.desk_id == typed.desk), None)
    officials = {} if desk is None else {choice.official_id: choice.code for choice in desk.officials}
    procedures = {} if desk is None else {choice.procedure_id: choice.code for choice in desk.procedures}
    answers = {f"{ANSWER}{name}": write_answer(said) for name, said in typed.answers.items()}
    return {
        "desk": desk.number if desk else "",
        "official": officials.get(typed.official, ""),
        "procedure": procedures.get(typed.procedure, ""),
        "score": str(typed.score),
        "rater": rater,
        **answers,
    }


def write_answer(said: object) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    return str(said)
