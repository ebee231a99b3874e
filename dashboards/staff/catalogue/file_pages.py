"""The catalogue as files to take away: the empty workbook, everything there is, one unit. Made in threads."""

import asyncio
import tempfile
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from dashboards.staff.catalogue.import_pages import FILES, show_import_page
from dashboards.staff.catalogue.list_pages import ADMINISTER, CATALOGUE, find_plan, name_plainly
from dashboards.staff.frame import find_staff_wording
from feedback.catalogue.export_unit import narrow_to_unit, write_xlsx_bytes
from feedback.catalogue.stored import NO_DAYS, read_stored
from feedback.catalogue.template import write_template
from feedback.catalogue.workbook import RefusedWorkbookError
from feedback.web.bodies import Request
from feedback.web.staff_access import borrow_staff_rows, enter
from surveys.wording import Wording

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSED = 422


@get(f"{FILES}/template.xlsx", opt=ADMINISTER)
async def send_template(request: Request) -> Response[bytes]:
    signed_in = await enter(request)
    content = await asyncio.to_thread(make_template, find_staff_wording(request, signed_in))
    return attach(content, "langnghe-catalogue-template")


@get(f"{FILES}/export.xlsx", opt=ADMINISTER)
async def send_catalogue(request: Request) -> Response[bytes]:
    """All of it but dossier counts; where that is too much for XLSX, a page that says so."""
    signed_in = await enter(request)
    async with borrow_staff_rows(request, signed_in) as connection:
        frames = await read_stored(connection, *NO_DAYS)
    try:
        content = await asyncio.to_thread(write_xlsx_bytes, frames)
    except RefusedWorkbookError as error:
        return await show_import_page(request, signed_in, status=REFUSED, bad_cells=error.bad_cells)
    return attach(content, "langnghe-catalogue")


@get(f"{CATALOGUE}/{{unit:str}}/export.xlsx", opt=ADMINISTER)
async def send_unit(request: Request, unit: FromPath[str]) -> Response[bytes]:
    """What is at the unit's desks; it can be changed and imported again."""
    signed_in = await enter(request)
    plan = await find_plan(request, signed_in, unit)
    async with borrow_staff_rows(request, signed_in) as connection:
        frames = await read_stored(connection, *NO_DAYS)
    narrowed = await asyncio.to_thread(narrow_to_unit, frames, plan.unit.code)
    content = await asyncio.to_thread(write_xlsx_bytes, narrowed)
    return attach(content, f"langnghe-catalogue-{name_plainly(plan.unit.code)}")


def make_template(wording: Wording) -> bytes:
    with tempfile.TemporaryDirectory(prefix="langnghe-") as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path, wording)
        return path.read_bytes()


def attach(content: bytes, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


ROUTES = [send_template, send_catalogue, send_unit]
