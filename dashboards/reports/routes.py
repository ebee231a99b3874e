"""The addresses of reports: the page with one's own, asking for one, and the two files of each."""

from typing import Literal

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.evaluation.downloads import MEDIA_TYPES
from dashboards.reports.pages import MOST_SHOWN, list_periods, name_areas, read_page, tell_lines
from dashboards.reports.report_periods import require_closed
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.supervision.areas import LONGEST_SEARCH, find_area
from dashboards.supervision.figures import Area
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.reports import (
    Report,
    insert_report,
    select_own_reports,
    select_report,
    select_report_file,
)
from feedback.web.bodies import Fields, Request, read_fields, take_text
from feedback.web.staff_access import borrow_staff_rows, deny, enter, insist, make_entry
from feedback.web.statuses import STATUS
from surveys.case_errors import ReportRefusedError
from surveys.errors import UnknownPageError
from surveys.wording import LANGUAGES

REPORTS = "/staff/reports"
MAKE = {"access": "staff", "limit": "by account", "action": "make_reports"}
OBJECT_KIND = "report"
KINDS = {"nation", "province", "commune", "unit"}
MOST_WAITING = 5
MOST_DIGITS = 9  # fits an integer
SEE_OTHER = 303
FILES: dict[str, tuple[Literal["pdf", "xlsx"], str]] = {
    "report.pdf": ("pdf", "application/pdf"),
    "report.xlsx": ("xlsx", MEDIA_TYPES["xlsx"]),
}


@get(REPORTS, opt=MAKE)
async def show_reports(request: Request) -> Response[bytes]:
    """?q= looks for a place by its name."""
    return await render_reports(request, await enter(request))


@post(REPORTS, opt=MAKE)
async def ask_for_report(request: Request) -> Response[bytes]:
    """What cannot be asked for brings the page back with the reason and with what was chosen."""
    fields = await read_fields(request)
    signed_in = await enter(request)
    language = take_text(fields, "lang")
    try:
        await keep_request(request, signed_in, fields)
    except ReportRefusedError as error:
        return await render_reports(request, signed_in, fields=fields, error=error)
    query = f"?lang={language}&asked=yes" if language in LANGUAGES else "?asked=yes"
    return Response(b"", status_code=SEE_OTHER, headers={"location": f"{REPORTS}{query}#own"})


@get(f"{REPORTS}/{{report:str}}/{{file:str}}", opt=MAKE)
async def send_report_file(request: Request, report: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    """Only of one's own reports; each download is a line in the log."""
    signed_in = await enter(request)
    found = await find_report(request, signed_in, report)
    if file not in FILES:
        raise UnknownPageError
    column, media_type = FILES[file]
    async with borrow_staff_rows(request, signed_in) as connection:
        content = await select_report_file(connection, found.report_id, column)
        if content is None:
            raise UnknownPageError
        await keep_line(connection, request, signed_in, f"{found.area}/{found.period}/{file}")
    name = f"langnghe-{found.area.replace('~', '-')}-{found.period}-{found.language}.{column}"
    headers = {"content-disposition": f'attachment; filename="{make_plain(name)}"'}
    return Response(content, media_type=media_type, headers=headers)


def make_plain(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-.") else "_" for letter in name)


async def find_report(request: Request, signed_in: SignedIn, text: str) -> Report:
    """Raises UnknownPageError, also where the report is another's: the wall lets nobody see it."""
    report = None
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        async with borrow_staff_rows(request, signed_in) as connection:
            report = await select_report(connection, int(text))
    if report is None:
        await deny(request, signed_in, OBJECT_KIND, "".join(letter for letter in text if letter.isprintable()))
        raise UnknownPageError
    area = await reach_report_area(request, signed_in, report.area)
    return report if area is not None else await deny(request, signed_in, OBJECT_KIND, text)


async def reach_report_area(request: Request, signed_in: SignedIn, code: str) -> Area | None:
    """None where nothing is called so, or it is a desk. Raises UnknownPageError where it is out of reach."""
    async with borrow_staff_rows(request, signed_in) as connection:
        area = await find_area(connection, code) if code.isprintable() else None
    if area is None or area.kind not in KINDS:
        return None
    await insist(request, signed_in, area.where, OBJECT_KIND, area.code)
    return area


async def keep_request(request: Request, signed_in: SignedIn, fields: Fields) -> None:
    """The same one twice while it waits is kept once. Raises ReportRefusedError and UnknownPageError."""
    code, language = take_text(fields, "area"), take_text(fields, "language")
    area = await reach_report_area(request, signed_in, code)
    if area is None:
        raise ReportRefusedError(reason="report-area")
    period = require_closed(take_text(fields, "period"), request.app.state.read_day())
    if language not in LANGUAGES:
        raise ReportRefusedError(reason="report-language")
    now = request.app.state.read_now()
    async with borrow_staff_rows(request, signed_in) as connection:
        waiting = [r for r in await select_own_reports(connection, MOST_SHOWN) if r.state in {"waiting", "making"}]
        if any((r.area, r.period, r.language) == (area.code, period.code, language) for r in waiting):
            return
        if len(waiting) >= MOST_WAITING:
            raise ReportRefusedError(reason="report-many", most=MOST_WAITING)
        await insert_report(connection, area.code, period.code, language, signed_in.account.account_id, now)
        await keep_line(connection, request, signed_in, f"{area.code}/{period.code}/{language}")


async def keep_line(connection: Connection, request: Request, signed_in: SignedIn, about: str) -> None:
    now = request.app.state.read_now()
    await insert_audit_entry(connection, make_entry(signed_in, now, "make_reports", "done", OBJECT_KIND, about))


async def render_reports(
    request: Request, signed_in: SignedIn, *, fields: Fields | None = None, error: ReportRefusedError | None = None
) -> Response[bytes]:
    fields = fields or {}
    wording = find_staff_wording(request, signed_in, take_text(fields, "lang"))
    sought = request.query_params.get("q", "").strip()
    sought = sought if sought.isprintable() and len(sought) <= LONGEST_SEARCH else ""
    async with borrow_staff_rows(request, signed_in) as connection:
        page = await read_page(connection, signed_in, sought)
    lines = tell_lines(page, wording)
    chosen = {name: take_text(fields, name) or request.query_params.get(name, "") for name in ("area", "period")}
    return render_staff(
        request,
        signed_in,
        "report_list.html",
        status=STATUS[type(error)] if error else 200,
        wording=wording,
        here=REPORTS if error else "",
        groups=[
            (group.parent and wording.say("report.ask.parts", name=name_areas([group.parent], wording)[0][1]), areas)
            for group in page.own
            if (areas := name_areas(group.areas, wording))
        ],
        found=name_areas(page.found, wording),
        sought=sought,
        periods=list_periods(request.app.state.read_day(), wording),
        chosen={**chosen, "language": take_text(fields, "language") or wording.language},
        languages=LANGUAGES,
        problem=wording.error(error) if error else "",
        was_asked=request.query_params.get("asked") == "yes",
        lines=lines,
        is_open=any(line.is_open for line in lines),
        most=MOST_SHOWN,
    )


ROUTES = [show_reports, ask_for_report, send_report_file]
