"""What volunteers see: the open batches in reach, the form to type into, and what differs from another's entry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NoReturn

import msgspec
from litestar import Response

from dashboards.forms.double_entry import Progress, list_waiting, sum_progress
from dashboards.forms.enter_form import refuse_before
from dashboards.forms.read_form import ANSWER, find_survey, list_desks
from dashboards.forms.settle_form import OpenDifference
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.powers import Role, SignedIn
from feedback.database import TEMPORARY_FAILURES
from feedback.desk_directory import DeskDirectory
from feedback.read_rating import Fields
from feedback.tables.desk_views import DeskView
from feedback.tables.form_batches import (
    FormBatch,
    ListedBatch,
    select_batches,
    select_serves_unit,
    select_unit_of_batch,
)
from feedback.tables.form_entries import EntryLine, select_entry_lines
from feedback.tables.supervision_alerts import select_where
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, deny, insist
from surveys.case_errors import FormBatchClosedError, FormNotYoursError
from surveys.errors import InvalidAnswerError, LangNgheError, StaffPagesUnavailableError, UnknownPageError
from surveys.survey import SCORE, Survey
from surveys.wording import Wording

OBJECT_KIND = "form-batch"
FIELDS = ("desk", "official", "procedure", "score", "rater")
LONGEST_FIELD = 60
MOST_DIGITS = 9  # fits an integer
UNIT_ROLES: frozenset[Role] = frozenset({"head_of_unit", "unit_manager", "official"})


class EntryPage(msgspec.Struct, frozen=True):
    """`waiting` are forms to be entered a second time, by this person; `desks` are those of the day held."""

    listed: ListedBatch
    desks: Mapping[str, DeskView]
    progress: Progress
    waiting: tuple[int, ...]
    next_number: int


async def reach_batch(request: Request, signed_in: SignedIn, text: str) -> ListedBatch:
    """Raises UnknownPageError, and keeps that somebody asked."""
    async with borrow_staff_rows(request, signed_in) as connection:
        unit_id = await select_unit_of_batch(connection, int(text)) if is_number(text) else None
        where = None if unit_id is None else await select_where(connection, unit_id)
    if where is None:
        await refuse(request, signed_in, text)
    await insist(request, signed_in, where, OBJECT_KIND, str(int(text)))
    [listed] = await read_batches(request, [int(text)])
    return listed


async def read_batches(request: Request, batch_ids: Sequence[int]) -> list[ListedBatch]:
    """As the program, of batches that were let in: the seed says which forms are doubled, and staff may not read it."""
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return await select_batches(connection, batch_ids)
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None


async def refuse(request: Request, signed_in: SignedIn, text: str) -> NoReturn:
    await deny(request, signed_in, OBJECT_KIND, "".join(letter for letter in text if letter.isprintable()))
    raise UnknownPageError


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS


async def keep_unit_out(request: Request, signed_in: SignedIn, listed: ListedBatch) -> None:
    """Never by the rated unit. Raises FormNotYoursError."""
    official_id = signed_in.account.official_id
    serves = False
    if official_id is not None:
        async with borrow_staff_rows(request, signed_in) as connection:
            serves = await select_serves_unit(connection, official_id, listed.batch.unit_id)
    if serves or signed_in.roles & UNIT_ROLES:
        raise FormNotYoursError


async def read_lines(request: Request, batch_ids: list[int]) -> list[EntryLine]:
    """As the program, of batches that were let in: what others entered is hidden from a volunteer, how much is not."""
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return await select_entry_lines(connection, batch_ids)
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None


async def read_entry_page(request: Request, signed_in: SignedIn, listed: ListedBatch) -> EntryPage:
    directory: DeskDirectory = request.app.state.directory
    async with borrow_staff_rows(request, signed_in) as connection:
        await directory.learn_survey_ids(connection)
        desks = await list_desks(connection, listed)
    batch = listed.batch
    lines = await read_lines(request, [batch.batch_id])
    mine = signed_in.account.account_id
    entered = {line.form_number for line in lines}
    numbers = range(batch.first_number, batch.last_number + 1)
    return EntryPage(
        listed,
        desks,
        sum_progress(batch, lines),
        tuple(sorted(number for number, by in list_waiting(batch, lines).items() if by != mine)),
        next((number for number in numbers if number not in entered), 0),
    )


def render_entry(
    request: Request,
    signed_in: SignedIn,
    page: EntryPage,
    fields: Fields,
    *,
    status: int = 200,
    problem: str = "",
    notice: str = "",
    language: str = "",
) -> Response[bytes]:
    """`fields` are what was typed, or what the address chose: number, desk, rater."""
    listed, wording = page.listed, find_staff_wording(request, signed_in, language)
    typed = list_texts(fields)
    rater = "business" if typed["rater"] == "business" else "citizen"
    survey = find_survey({"rater": rater}, listed.batch, request.app.state.directory)
    only = next(iter(page.desks)) if len(page.desks) == 1 else ""
    desk = page.desks.get(typed["desk"] or only)
    number = typed["number"] or str(page.next_number or "")
    return render_staff(
        request,
        signed_in,
        "form_enter.html",
        status=status,
        wording=wording,
        here=f"/staff/forms/{listed.batch.batch_id}",
        listed=listed,
        batch=listed.batch,
        page=page,
        desk=desk,
        rater=rater,
        survey=survey,
        form_number=number,
        stop=say_stop(listed.batch, request.app.state.read_day(), wording),
        is_second=number in {str(waiting) for waiting in page.waiting},
        typed=typed,
        prefix=ANSWER,
        problem=problem,
        notice=notice,
    )


def render_difference(
    request: Request,
    signed_in: SignedIn,
    page: EntryPage,
    difference: OpenDifference | None,
    fields: Fields,
    *,
    status: int = 200,
    problem: str = "",
    language: str = "",
) -> Response[bytes]:
    """`fields` are what the second person typed, now to be held against the paper; of the first nothing is shown.

    Without a difference nothing is left to settle: what was sent is shown, and cannot be sent again.
    """
    listed = page.listed
    wording = find_staff_wording(request, signed_in, language)
    typed = list_texts(fields)
    directory: DeskDirectory = request.app.state.directory
    rater = "business" if typed["rater"] == "business" else "citizen"
    survey = find_survey({"rater": rater}, listed.batch, directory)
    return render_staff(
        request,
        signed_in,
        "form_settle.html",
        status=status,
        wording=wording,
        here=f"/staff/forms/{listed.batch.batch_id}/{typed['number']}",
        listed=listed,
        batch=listed.batch,
        form_number=typed["number"],
        is_open=difference is not None,
        differing=[name_field(name, survey, wording) for name in difference.differing] if difference else [],
        desks=page.desks,
        desk=page.desks.get(typed["desk"]),
        rater=rater,
        survey=survey,
        typed=typed,
        prefix=ANSWER,
        problem=problem,
    )


def say_stop(batch: FormBatch, today: date, wording: Wording) -> str:
    """Why nothing is entered now: before its day, or after the batch was closed. Empty where it may be."""
    if batch.closed_at is not None:
        return wording.error(FormBatchClosedError())
    return wording.error(refuse_before(batch.held_on)) if today < batch.held_on else ""


def list_texts(fields: Fields) -> Mapping[str, str]:
    """What a template may ask of by any name: empty where nothing was typed."""
    return defaultdict(str, {name: value for name, value in fields.items() if isinstance(value, str)})


def name_field(name: str, survey: Survey, wording: Wording) -> str:
    """The question's own words; what is no further question is named by the page."""
    question = survey.find_question(name.removeprefix(ANSWER)) if name.startswith(ANSWER) else None
    return question.text.say(wording.language) if question else wording.say(f"form.field.{name}")


def name_refused(error: LangNgheError, survey: Survey, wording: Wording) -> LangNgheError:
    """An answer that cannot be taken, named by its question as it stands on the page."""
    if not isinstance(error, InvalidAnswerError):
        return error
    field, reason = str(error.details["field"]), error.details["reason"]
    question = survey.find_question(field)
    if field in FIELDS and (question is None or field == SCORE or reason == "unknown-choice"):
        name = wording.say(f"form.field.{field}")
    else:
        name = question.text.say(wording.language) if question else field[:LONGEST_FIELD]
    return InvalidAnswerError(**{**error.details, "field": name})
