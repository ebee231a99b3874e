"""The addresses of cross-checks: the rounds, drawing one, its items, its file, and closing it."""

import asyncio
import secrets
from datetime import timedelta

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.checks.close_check import close_check
from dashboards.checks.draw_round import RoundForm, draw_round, judge_wish
from dashboards.checks.draw_sample import SEED_BYTES
from dashboards.checks.levels import runs_checks
from dashboards.checks.pages import (
    NO_FORM,
    list_limits,
    make_item_table,
    reach_item,
    reach_round,
    render_item,
    render_round,
)
from dashboards.checks.record_item import FindingForm, judge_finding, record_finding
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.areas import find_area, list_own_areas, list_parts
from dashboards.supervision.figures import Area
from dashboards.supervision.tables import write_table_csv, write_table_xlsx
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.database import Connection
from feedback.desk_directory import DeskDirectory
from feedback.tables.check_rounds import select_rounds
from feedback.web.bodies import Fields, Request, take_text
from feedback.web.staff_access import borrow_staff_rows, deny, enter, insist
from feedback.web.statuses import STATUS
from surveys.case_errors import CheckClosedError, CheckRecordedError, CheckRefusedError
from surveys.errors import LangNgheError, UnknownPageError
from surveys.survey import Question

RUN = {"access": "staff", "limit": "by account", "action": "run_checks"}
MOST_LISTED = 200
DAYS_BACK = timedelta(days=90)
SEE_OTHER = 303
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/staff/checks", opt=RUN)
async def list_checks(request: Request) -> Response[bytes]:
    """The rounds in reach, and the form that draws one; ?area= chooses where."""
    signed_in = await enter(request)
    area = await reach_asked_area(request, signed_in, request.query_params.get("area", ""))
    return await show_checks(request, signed_in, area)


@post("/staff/checks", opt=RUN)
async def draw_check(request: Request) -> Response[bytes]:
    """A draw that cannot be made brings the form back; one that is made is a row and an audit entry."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        area = await reach_asked_area(request, signed_in, take_text(fields, "area"))
        form = RoundForm(*(take_text(fields, name) for name in RoundForm.__struct_fields__))
        try:
            new = await draw(request, signed_in, area, form)
        except CheckRefusedError as error:
            return await show_checks(request, signed_in, area, error=error, form=form, language=language)
        return redirect(f"/staff/checks/{new}", language)

    return await answer_form(request, answer)


async def draw(request: Request, signed_in: SignedIn, area: Area | None, form: RoundForm) -> int:
    """The number of the new round. Raises CheckRefusedError."""
    if area is None:
        raise CheckRefusedError(reason="check-area")
    wish = judge_wish(form, request.app.state.read_day())
    seed = secrets.token_bytes(SEED_BYTES)
    async with borrow_staff_rows(request, signed_in) as connection:
        return await draw_round(connection, signed_in, area, wish, seed, request.app.state.read_now())


async def reach_asked_area(request: Request, signed_in: SignedIn, code: str) -> Area | None:
    """The widest of the own areas where none is asked for. Raises UnknownPageError where it is out of reach."""
    async with borrow_staff_rows(request, signed_in) as connection:
        if not code:
            own = await list_areas_to_check(connection, signed_in)
            return own[0] if own else None
        area = await find_area(connection, code) if code.isprintable() else None
    if area is None or area.kind == "desk":
        await deny(request, signed_in, "area", "".join(letter for letter in code if letter.isprintable()))
        raise UnknownPageError
    await insist(request, signed_in, area.where, "area", area.code)
    return area


async def list_areas_to_check(connection: Connection, signed_in: SignedIn) -> tuple[Area, ...]:
    """Without single units that one was appointed to."""
    own = await list_own_areas(connection, join_reaches(signed_in.appointments, "run_checks"))
    return tuple(area for area in own if runs_checks(signed_in, area))


async def show_checks(
    request: Request,
    signed_in: SignedIn,
    area: Area | None,
    *,
    error: LangNgheError | None = None,
    form: RoundForm | None = None,
    language: str = "",
) -> Response[bytes]:
    wording = find_staff_wording(request, signed_in, language)
    today = request.app.state.read_day()
    async with borrow_staff_rows(request, signed_in) as connection:
        rounds = await select_rounds(connection, MOST_LISTED)
        own = await list_areas_to_check(connection, signed_in)
        parts = await list_parts(connection, area) if area and area.kind != "unit" else ()
        names = {found.area: await find_area(connection, found.area) for found in rounds}
    shown = form or msgspec.structs.replace(
        NO_FORM, size="10", first=(today - DAYS_BACK).isoformat(), last=(today - timedelta(days=1)).isoformat()
    )
    return render_staff(
        request,
        signed_in,
        "check_list.html",
        status=STATUS[type(error)] if error else 200,
        wording=wording,
        here="/staff/checks",
        rounds=rounds,
        names={code: found.name if found else code for code, found in names.items()},
        area=area,
        areas=list({choice.code: choice for choice in (*own, *([area] if area else []), *parts)}.values()),
        form=shown,
        limits=list_limits(),
        problem=wording.error(error) if error else "",
        most=MOST_LISTED,
    )


@get("/staff/checks/{check:str}", opt=RUN)
async def show_check(request: Request, check: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return render_round(request, signed_in, await reach_round(request, signed_in, check))


@get(["/staff/checks/{check:str}/items.csv", "/staff/checks/{check:str}/items.xlsx"], opt=RUN)
async def show_check_file(request: Request, check: FromPath[str]) -> Response[bytes]:
    """What a spreadsheet would run as a formula leaves as text."""
    signed_in = await enter(request)
    shown = await reach_round(request, signed_in, check)
    wording = find_staff_wording(request, signed_in)
    table = make_item_table(shown, wording)
    name = f"langnghe-check-{shown.drawn.round_id}"
    if request.url.path.endswith(".csv"):
        content, media, file = await asyncio.to_thread(write_table_csv, table, wording), CSV, f"{name}.csv"
    else:
        drawn = shown.drawn
        heading = (
            drawn.name,
            wording.say("check.round.area", area=shown.area.name if shown.area else drawn.area),
            wording.say("check.round.seed", seed=drawn.seed.hex(), population=wording.number(drawn.drawn_from)),
        )
        content, media, file = await asyncio.to_thread(write_table_xlsx, table, wording, heading), XLSX, f"{name}.xlsx"
    headers = {"content-disposition": f'attachment; filename="{file}"'}
    return Response(content, media_type=media, headers=headers)


@get("/staff/checks/{check:str}/items/{place:str}", opt=RUN)
async def show_check_item(request: Request, check: FromPath[str], place: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    shown, item = await reach_item(request, signed_in, check, place)
    return render_item(request, signed_in, shown, item, find_question(request))


@post("/staff/checks/{check:str}/items/{place:str}", opt=RUN)
async def record_check_item(request: Request, check: FromPath[str], place: FromPath[str]) -> Response[bytes]:
    """Kept once; the second of two sees what stands and who found it, with what was typed beneath."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        shown, item = await reach_item(request, signed_in, check, place)
        form = FindingForm(*(take_text(fields, name) for name in FindingForm.__struct_fields__))
        try:
            finding = judge_finding(form)
            async with borrow_staff_rows(request, signed_in) as connection:
                await record_finding(connection, signed_in, item, finding, request.app.state.read_now())
        except (CheckRefusedError, CheckRecordedError, CheckClosedError) as error:
            shown, item = await reach_item(request, signed_in, check, place)
            problem = find_staff_wording(request, signed_in, language).error(error)
            return render_item(
                request,
                signed_in,
                shown,
                item,
                find_question(request),
                status=STATUS[type(error)],
                problem=problem,
                typed=form,
                language=language,
            )
        return redirect(f"/staff/checks/{item.round_id}", language, f"#item-{item.place}")

    return await answer_form(request, answer)


@post("/staff/checks/{check:str}/close", opt=RUN)
async def close_drawn_check(request: Request, check: FromPath[str]) -> Response[bytes]:
    """Computes the gap and keeps it. Whoever reaches all of the area may: a round outlives who drew it."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language = take_text(fields, "lang")
        shown = await reach_round(request, signed_in, check)
        try:
            async with borrow_staff_rows(request, signed_in) as connection:
                await close_check(connection, signed_in, shown.drawn.round_id, request.app.state.read_now())
        except (CheckRefusedError, CheckClosedError) as error:
            shown = await reach_round(request, signed_in, check)
            problem = find_staff_wording(request, signed_in, language).error(error)
            status = STATUS[type(error)]
            return render_round(request, signed_in, shown, status=status, problem=problem, language=language)
        return redirect(f"/staff/checks/{shown.drawn.round_id}", language, "#gap")

    return await answer_form(request, answer)


def find_question(request: Request) -> Question:
    """The overall question of citizens: checkers use the same five steps."""
    directory: DeskDirectory = request.app.state.directory
    return directory.find_survey("citizen", request.app.state.read_day()).overall


def redirect(address: str, language: str, mark: str = "") -> Response[bytes]:
    chosen = "en" if language == "en" else "vi"
    return Response(b"", status_code=SEE_OTHER, headers={"location": f"{address}?lang={chosen}{mark}"})


ROUTES = [
    list_checks,
    draw_check,
    show_check,
    show_check_file,
    show_check_item,
    record_check_item,
    close_drawn_check,
]
