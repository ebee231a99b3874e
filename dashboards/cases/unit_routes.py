"""The addresses of supervision cases for the unit that must answer: whoever heads it acts, its managers look on."""

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.cases.case_forms import LARGEST_FORM, keep_unsent, read_typed
from dashboards.cases.case_lists import list_cases_of_units
from dashboards.cases.case_pages import show_case
from dashboards.cases.case_pictures import send_picture
from dashboards.cases.reach_case import reach_case
from dashboards.cases.send_files import LARGEST_FILE, add_file, enter_with_file, send_file
from dashboards.cases.take_steps import take_case_step
from dashboards.staff.lost_forms import NOT_NOW
from feedback.web.bodies import Request, read_fields, take_text
from feedback.web.multipart import ROOM
from feedback.web.staff_access import enter

SEE = {"access": "staff", "limit": "by account", "action": "see_unit_cases"}
ANSWER = {"access": "staff", "limit": "by account", "action": "answer_cases"}
CASES = "/staff/unit-cases"
CASE = f"{CASES}/{{case:str}}"


@get(CASES, opt=SEE)
async def list_unit_cases(request: Request) -> Response[bytes]:
    return await list_cases_of_units(request, await enter(request))


@get(CASE, opt=SEE)
async def show_unit_case(request: Request, case: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await show_case(request, signed_in, await reach_case(request, signed_in, case, "unit"))


@post(f"{CASE}/{{verb:str}}", opt=ANSWER, request_max_body_size=LARGEST_FORM)
async def move_unit_case(request: Request, case: FromPath[str], verb: FromPath[str]) -> Response[bytes]:
    """An answer that comes after the case moved on is kept as a note, and the page says so."""
    fields = await read_fields(request, LARGEST_FORM)
    try:
        signed_in = await enter(request)
        reached = await reach_case(request, signed_in, case, "unit")
        return await take_case_step(request, signed_in, reached, read_typed(verb, fields), take_text(fields, "lang"))
    except NOT_NOW as error:
        return keep_unsent(request, fields, error)


@post(f"{CASE}/files", opt=ANSWER, request_max_body_size=LARGEST_FILE + ROOM)
async def add_unit_file(request: Request, case: FromPath[str]) -> Response[bytes]:
    entered = await enter_with_file(request)
    if isinstance(entered, Response):
        return entered
    signed_in, error, sent = entered
    return await add_file(request, signed_in, await reach_case(request, signed_in, case, "unit"), sent, error)


@get(f"{CASE}/files/{{file:str}}", opt=SEE)
async def send_unit_file(request: Request, case: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await send_file(request, signed_in, await reach_case(request, signed_in, case, "unit"), file)


@get(f"{CASE}/pictures/{{file:str}}", opt=SEE)
async def draw_unit_case(request: Request, case: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await send_picture(request, signed_in, await reach_case(request, signed_in, case, "unit"), file)


ROUTES = [list_unit_cases, show_unit_case, move_unit_case, add_unit_file, send_unit_file, draw_unit_case]
