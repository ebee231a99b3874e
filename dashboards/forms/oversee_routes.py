"""The addresses of those who oversee forms: making a batch, its printed forms, how far it is, closing it. No scores."""

import asyncio
import secrets

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.forms.batches import LATEST_DAYS, MOST_FORMS, OLDEST_DAYS, WAYS, BatchForm, end_batch, make_batch
from dashboards.forms.double_entry import SMALLEST_DOUBLED, sum_progress
from dashboards.forms.pages import reach_batch, read_batches
from dashboards.phrases import Phrases
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.areas import find_area, search_areas
from dashboards.supervision.figures import Area
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.database import TEMPORARY_FAILURES
from feedback.desk_directory import DeskDirectory
from feedback.parameters import SetParameter, read_parameter
from feedback.posters.paper_form import PaperBatch, draw_paper_forms
from feedback.tables.area_views import select_units_by_code
from feedback.tables.form_batches import ListedBatch, select_batch_ids
from feedback.tables.form_entries import select_entry_lines
from feedback.tables.kiosks import select_unit_desks
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, deny, enter, insist
from feedback.web.statuses import STATUS
from surveys.case_errors import FormBatchClosedError, FormRefusedError
from surveys.errors import LangNgheError, StaffPagesUnavailableError, UnknownPageError

OVERSEE = {"access": "staff", "limit": "by account", "action": "oversee_forms"}
MOST_LISTED = 200
SEED_BYTES = 16
SEE_OTHER = 303
SHARE = "double_entry_percent"
NO_FORM = BatchForm("paper", "", "", "1", "50")


@get("/staff/forms/batches", opt=OVERSEE)
async def list_batches(request: Request) -> Response[bytes]:
    """The batches in reach; ?q= finds a unit by name, ?unit= chooses it for a new batch."""
    signed_in = await enter(request)
    unit = await reach_unit(request, signed_in, request.query_params.get("unit", ""))
    return await show_batches(request, signed_in, unit)


@post("/staff/forms/batches", opt=OVERSEE)
async def make_form_batch(request: Request) -> Response[bytes]:
    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        unit = await reach_unit(request, signed_in, take_text(fields, "unit"))
        form = BatchForm(*(take_text(fields, name) for name in BatchForm.__struct_fields__))
        try:
            new = await make(request, signed_in, unit, form)
        except FormRefusedError as error:
            return await show_batches(request, signed_in, unit, error=error, form=form, language=language)
        return redirect(new, language)

    return await answer_form(request, answer)


async def make(request: Request, signed_in: SignedIn, unit: Area | None, form: BatchForm) -> int:
    """Raises FormRefusedError."""
    if unit is None:
        raise FormRefusedError(reason="form-unit")
    share, today, now = await read_share(request), request.app.state.read_day(), request.app.state.read_now()
    seed = secrets.token_bytes(SEED_BYTES)
    async with borrow_staff_rows(request, signed_in) as connection:
        return await make_batch(connection, signed_in, unit, form, seed, share.value, today, now)


async def read_share(request: Request) -> SetParameter:
    """As the program: parameters are no rows of any unit, and staff have no right to the table."""
    try:
        async with request.app.state.pool.acquire(timeout=3) as connection:
            return await read_parameter(connection, SHARE, request.app.state.read_day())
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None


async def reach_unit(request: Request, signed_in: SignedIn, code: str) -> Area | None:
    """None where none is asked for. Raises UnknownPageError where it is out of reach, and keeps that somebody asked."""
    if not code:
        return None
    async with borrow_staff_rows(request, signed_in) as connection:
        unit = await find_area(connection, f"u-{code}") if code.isprintable() else None
    if unit is None or unit.kind != "unit":
        await deny(request, signed_in, "unit", "".join(letter for letter in code if letter.isprintable()))
        raise UnknownPageError
    await insist(request, signed_in, unit.where, "unit", code)
    return unit


async def show_batches(
    request: Request,
    signed_in: SignedIn,
    unit: Area | None,
    *,
    error: LangNgheError | None = None,
    form: BatchForm = NO_FORM,
    language: str = "",
) -> Response[bytes]:
    wording = find_staff_wording(request, signed_in, language)
    sought, reach = request.query_params.get("q", ""), join_reaches(signed_in.appointments, "oversee_forms")
    async with borrow_staff_rows(request, signed_in) as connection:
        batch_ids = await select_batch_ids(connection, MOST_LISTED, only_open=False)
        found = await search_areas(connection, sought, reach) if sought else ()
        own = await select_units_by_code(connection, reach.units)
    batches, share = await read_batches(request, batch_ids), await read_share(request)
    units = {area.where.unit: area.name for area in found if area.kind == "unit"}
    return render_staff(
        request,
        signed_in,
        "form_batches.html",
        status=STATUS[type(error)] if error else 200,
        wording=wording,
        here="/staff/forms/batches",
        batches=batches,
        unit=unit,
        units=units or {row.code: row.name for row in own},
        sought=sought,
        form=form,
        ways=tuple(WAYS),
        today=request.app.state.read_day(),
        oldest=OLDEST_DAYS.value,
        ahead=LATEST_DAYS.value,
        most=MOST_FORMS,
        share=share,
        problem=wording.error(error) if error else "",
    )


@get("/staff/forms/batches/{batch:str}", opt=OVERSEE)
async def show_batch(request: Request, batch: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await show_progress(request, signed_in, await reach_batch(request, signed_in, batch))


async def show_progress(
    request: Request, signed_in: SignedIn, listed: ListedBatch, error: LangNgheError | None = None, language: str = ""
) -> Response[bytes]:
    wording = find_staff_wording(request, signed_in, language)
    batch = listed.batch
    async with borrow_staff_rows(request, signed_in) as connection:
        lines = await select_entry_lines(connection, [batch.batch_id])
    return render_staff(
        request,
        signed_in,
        "form_batch.html",
        status=STATUS[type(error)] if error else 200,
        wording=wording,
        here=f"/staff/forms/batches/{batch.batch_id}",
        listed=listed,
        batch=batch,
        progress=sum_progress(batch, lines),
        told=sum(line.agrees is not None for line in lines),
        phrases=Phrases(wording),
        smallest=SMALLEST_DOUBLED.value,
        problem=wording.error(error) if error else "",
    )


@post("/staff/forms/batches/{batch:str}/close", opt=OVERSEE)
async def close_form_batch(request: Request, batch: FromPath[str]) -> Response[bytes]:
    """As the program, once the batch was let in: closing erases what was typed, to which staff have no right."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        listed = await reach_batch(request, signed_in, batch)
        now = request.app.state.read_now()
        try:
            async with request.app.state.pool.acquire(timeout=3) as connection, connection.transaction():
                await end_batch(connection, signed_in, listed.batch, now)
        except FormBatchClosedError as error:
            return await show_progress(request, signed_in, listed, error, language)
        except TEMPORARY_FAILURES:
            raise StaffPagesUnavailableError from None
        return redirect(listed.batch.batch_id, language)

    return await answer_form(request, answer)


@get("/staff/forms/batches/{batch:str}/forms.pdf", opt=OVERSEE)
async def print_batch(request: Request, batch: FromPath[str]) -> Response[bytes]:
    """The numbered forms to print; ?rater=business for those of businesses. The same batch gives the same bytes."""
    signed_in = await enter(request)
    listed = await reach_batch(request, signed_in, batch)
    held_on = listed.batch.held_on
    directory: DeskDirectory = request.app.state.directory
    is_business = request.query_params.get("rater") == "business"
    survey = directory.find_survey("business" if is_business else "citizen", held_on)
    async with borrow_staff_rows(request, signed_in) as connection:
        desks = await select_unit_desks(connection, listed.batch.unit_id, held_on)
    known, names = listed.batch, {desk.number: desk.name for desk in desks}
    paper = PaperBatch(
        known.batch_id, listed.unit_name, held_on, known.place, known.first_number, known.last_number, names
    )
    content = await asyncio.to_thread(draw_paper_forms, paper, survey)
    name = f"langnghe-forms-{listed.batch.batch_id}{'-business' if is_business else ''}.pdf"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


def redirect(batch_id: int, language: str) -> Response[bytes]:
    chosen = "en" if language == "en" else "vi"
    location = f"/staff/forms/batches/{batch_id}?lang={chosen}"
    return Response(b"", status_code=SEE_OTHER, headers={"location": location})


ROUTES = [list_batches, make_form_batch, show_batch, close_form_batch, print_batch]
