"""The addresses of Front volunteers: open batches, entering a form, settling what differs from another's entry."""

from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.forms.double_entry import sum_progress
from dashboards.forms.enter_form import enter_form
from dashboards.forms.form_tokens import make_form_token
from dashboards.forms.pages import (
    EntryPage,
    keep_unit_out,
    name_refused,
    reach_batch,
    read_batches,
    read_entry_page,
    read_lines,
    refuse,
    render_difference,
    render_entry,
)
from dashboards.forms.read_form import ReadForm, choose_desk, find_survey, read_form, read_number, recall_fields
from dashboards.forms.settle_form import STANDS, OpenDifference, find_difference, settle_form
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from feedback.accounts.powers import SignedIn
from feedback.database import TEMPORARY_FAILURES
from feedback.desk_directory import DeskDirectory
from feedback.read_rating import Fields
from feedback.tables.form_batches import select_batch_ids
from feedback.web.bodies import Request, take_text
from feedback.web.staff_access import borrow_staff_rows, enter
from feedback.web.statuses import STATUS
from surveys.case_errors import FormBatchClosedError, FormEnteredError, FormNotYoursError, FormRefusedError
from surveys.codes import hash_token
from surveys.errors import InvalidAnswerError, LangNgheError, StaffPagesUnavailableError, StoreUnavailableError

ENTER = {"access": "staff", "limit": "by account", "action": "enter_forms"}
MOST_LISTED = 200
SEE_OTHER = 303
REFUSALS = (FormBatchClosedError, FormEnteredError, FormNotYoursError, FormRefusedError, InvalidAnswerError)
OVER = (FormBatchClosedError, FormEnteredError)
CHOSEN = ("number", "desk", "rater")
NOTICES = ("agrees", "settled", "late", "saved")


@get("/staff/forms", opt=ENTER)
async def list_forms(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    async with borrow_staff_rows(request, signed_in) as connection:
        batch_ids = await select_batch_ids(connection, MOST_LISTED, only_open=True)
    batches = await read_batches(request, batch_ids)
    lines = await read_lines(request, batch_ids)
    rows = [
        (listed, sum_progress(listed.batch, [line for line in lines if line.batch_id == listed.batch.batch_id]))
        for listed in batches
    ]
    return render_staff(request, signed_in, "form_list.html", rows=rows)


@get("/staff/forms/{batch:str}", opt=ENTER)
async def show_form(request: Request, batch: FromPath[str]) -> Response[bytes]:
    """?desk=, ?rater= and ?number= choose what is typed into; nothing is recorded."""
    signed_in = await enter(request)
    listed = await reach_batch(request, signed_in, batch)
    await keep_unit_out(request, signed_in, listed)
    page = await read_entry_page(request, signed_in, listed)
    fields: Fields = {name: request.query_params.get(name, "")[:20] for name in CHOSEN}
    return render_entry(request, signed_in, page, fields, notice=say_notice(request, signed_in))


def say_notice(request: Request, signed_in: SignedIn) -> str:
    """What the last form led to, as the address tells."""
    wording = find_staff_wording(request, signed_in)
    done, form = request.query_params.get("done", ""), request.query_params.get("form", "")
    if done not in NOTICES or not form.isdigit():
        return ""
    refused = wording.say("form.done.refused") if request.query_params.get("comment") == "refused" else ""
    return f"{wording.say(f'form.done.{done}', form=form[:6])} {refused}".strip()


@post("/staff/forms/{batch:str}", opt=ENTER)
async def enter_paper_form(request: Request, batch: FromPath[str]) -> Response[bytes]:
    """Recorded and counted, then the next form; what cannot be taken comes back as it was typed."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        listed = await reach_batch(request, signed_in, batch)
        page = await read_entry_page(request, signed_in, listed)
        state, now = request.app.state, request.app.state.read_now()
        try:
            await keep_unit_out(request, signed_in, listed)
            read = read_fields_of(request, page, fields)
            differing = await enter_form(state.pool, signed_in, listed.batch, read, now)
        except REFUSALS as error:
            return show_refusal(request, signed_in, page, fields, error)
        except (StoreUnavailableError, *TEMPORARY_FAILURES):
            raise StaffPagesUnavailableError from None
        if differing:
            return redirect(f"/staff/forms/{listed.batch.batch_id}/{read.number}", fields)
        done = "agrees" if read.number in page.waiting else "saved"
        return go_on(page, fields, read, done)

    return await answer_form(request, answer)


def read_fields_of(request: Request, page: EntryPage, fields: Fields) -> ReadForm:
    """Raises FormRefusedError and InvalidAnswerError."""
    directory: DeskDirectory = request.app.state.directory
    batch = page.listed.batch
    number = read_number(take_text(fields, "number"), batch)
    token = make_form_token(request.app.state.settings.secret, batch.batch_id, number)
    desk = choose_desk(fields, page.desks)
    return read_form(fields, number, batch, desk, directory, token, request.app.state.read_now())


def show_refusal(
    request: Request, signed_in: SignedIn, page: EntryPage, fields: Fields, error: LangNgheError
) -> Response[bytes]:
    language = take_text(fields, "lang")
    wording = find_staff_wording(request, signed_in, language)
    problem = say_refusal(request, page, fields, error, language, signed_in)
    status = STATUS[type(error)]
    return render_entry(request, signed_in, page, fields, status=status, problem=problem, language=wording.language)


def say_refusal(
    request: Request, page: EntryPage, fields: Fields, error: LangNgheError, language: str, signed_in: SignedIn
) -> str:
    wording = find_staff_wording(request, signed_in, language)
    rater = "business" if fields.get("rater") == "business" else "citizen"
    survey = find_survey({"rater": rater}, page.listed.batch, request.app.state.directory)
    return wording.error(name_refused(error, survey, wording))


def go_on(page: EntryPage, fields: Fields, read: ReadForm, done: str) -> Response[bytes]:
    """To the next form of the same desk. A second entry keeps no comment, so none was refused."""
    marks = {"desk": take_text(fields, "desk"), "rater": take_text(fields, "rater"), "done": done}
    if read.comment_refused and done == "saved":
        marks["comment"] = "refused"
    return redirect(f"/staff/forms/{page.listed.batch.batch_id}", fields, form=str(read.number), **marks)


def redirect(address: str, fields: Fields, **marks: str) -> Response[bytes]:
    chosen = {"lang": "en" if fields.get("lang") == "en" else "vi", **marks}
    question = urlencode({name: value for name, value in chosen.items() if value})
    return Response(b"", status_code=SEE_OTHER, headers={"location": f"{address}?{question}"})


@get("/staff/forms/{batch:str}/{form:str}", opt=ENTER)
async def show_difference(request: Request, batch: FromPath[str], form: FromPath[str]) -> Response[bytes]:
    """What the asker typed second, and the names of the fields in which the first entry differs."""
    signed_in = await enter(request)
    page, number = await reach_form(request, signed_in, batch, form)
    try:
        difference = await reach_difference(request, signed_in, page, number)
    except OVER as error:
        return show_unsettled(request, signed_in, page, None, {"number": number}, error)
    fields = recall_fields(difference.second, page.desks, find_rater(request, page, difference))
    return render_difference(request, signed_in, page, difference, {**fields, "number": number})


async def reach_form(request: Request, signed_in: SignedIn, batch: str, form: str) -> tuple[EntryPage, str]:
    """The page of the batch, and the number of the form: "0" for what is none."""
    listed = await reach_batch(request, signed_in, batch)
    await keep_unit_out(request, signed_in, listed)
    is_number = form.isascii() and form.isdigit() and len(form) <= len("999999")
    return await read_entry_page(request, signed_in, listed), str(int(form)) if is_number else "0"


async def reach_difference(request: Request, signed_in: SignedIn, page: EntryPage, form: str) -> OpenDifference:
    """Raises UnknownPageError to whoever did not enter the form second, and keeps that somebody asked.

    To whoever did: FormBatchClosedError and FormEnteredError where nothing is left to settle.
    """
    batch = page.listed.batch
    try:
        difference = await find_difference(request.app.state.pool, signed_in, batch, int(form))
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None
    if difference is None:
        await refuse(request, signed_in, f"{batch.batch_id}/{form}")
    return difference


def show_unsettled(
    request: Request,
    signed_in: SignedIn,
    page: EntryPage,
    difference: OpenDifference | None,
    fields: Fields,
    error: LangNgheError,
) -> Response[bytes]:
    language = take_text(fields, "lang")
    problem, status = say_refusal(request, page, fields, error, language, signed_in), STATUS[type(error)]
    told = (request, signed_in, page, None if isinstance(error, OVER) else difference, fields)
    return render_difference(*told, status=status, problem=problem, language=language)


def find_rater(request: Request, page: EntryPage, difference: OpenDifference) -> str:
    directory: DeskDirectory = request.app.state.directory
    business = directory.find_survey("business", page.listed.batch.held_on)
    return "business" if difference.second.survey == directory.read_survey_id(business) else "citizen"


@post("/staff/forms/{batch:str}/{form:str}", opt=ENTER)
async def settle_difference(request: Request, batch: FromPath[str], form: FromPath[str]) -> Response[bytes]:
    """The second person has looked at the paper again, and says which stands."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        page, number = await reach_form(request, signed_in, batch, form)
        state, now = request.app.state, request.app.state.read_now()
        listed, difference, sent = page.listed.batch, None, {**fields, "number": number}
        try:
            difference = await reach_difference(request, signed_in, page, number)
            stands = STANDS.get(take_text(fields, "stands"))
            if stands is None:
                raise FormRefusedError(reason="form-stands")
            read = read_fields_of(request, page, sent)
            again = hash_token(make_form_token(state.settings.secret, listed.batch_id, read.number, 2))
            is_in_time = await settle_form(state.pool, signed_in, listed, read, again, stands, now)
        except REFUSALS as error:
            return show_unsettled(request, signed_in, page, difference, sent, error)
        except (StoreUnavailableError, *TEMPORARY_FAILURES):
            raise StaffPagesUnavailableError from None
        return go_on(page, sent, read, "settled" if is_in_time else "late")

    return await answer_form(request, answer)


ROUTES = [list_forms, show_form, enter_paper_form, show_difference, settle_difference]
