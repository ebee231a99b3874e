"""The addresses of supervision cases for the Front: the list, one case, its steps, files and pictures."""

from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.cases.case_forms import LARGEST_FORM, keep_unsent, read_typed
from dashboards.cases.case_lists import list_front_cases
from dashboards.cases.case_pages import show_case
from dashboards.cases.case_pictures import send_picture
from dashboards.cases.new_cases import ROUTES as NEW_ROUTES
from dashboards.cases.reach_case import reach_case
from dashboards.cases.send_files import LARGEST_FILE, add_file, enter_with_file, send_file
from dashboards.cases.take_steps import take_case_step
from dashboards.cases.unit_routes import ROUTES as UNIT_ROUTES
from dashboards.staff.lost_forms import NOT_NOW
from feedback.web.bodies import Request, read_fields, take_text
from feedback.web.multipart import ROOM
from feedback.web.staff_access import enter

SEE = {"access": "staff", "limit": "by account", "action": "see_cases"}
WORK = {"access": "staff", "limit": "by account", "action": "work_on_cases"}
CASES = "/staff/cases"
CASE = f"{CASES}/{{case:str}}"


@get(CASES, opt=SEE)
async def list_cases(request: Request) -> Response[bytes]:
    return await list_front_cases(request, await enter(request))


@get(CASE, opt=SEE)
async def show_front_case(request: Request, case: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await show_case(request, signed_in, await reach_case(request, signed_in, case, "front"))


@post(f"{CASE}/{{verb:str}}", opt=WORK, request_max_body_size=LARGEST_FORM)
async def move_front_case(request: Request, case: FromPath[str], verb: FromPath[str]) -> Response[bytes]:
    """A step that cannot be taken brings the case back as it is now, with what was typed."""
    fields = await read_fields(request, LARGEST_FORM)
    try:
        signed_in = await enter(request)
        reached = await reach_case(request, signed_in, case, "front")
        return await take_case_step(request, signed_in, reached, read_typed(verb, fields), take_text(fields, "lang"))
    except NOT_NOW as error:
        return keep_unsent(request, fields, error)


@post(f"{CASE}/files", opt=WORK, request_max_body_size=LARGEST_FILE + ROOM)
async def add_front_file(request: Request, case: FromPath[str]) -> Response[bytes]:
    entered = await enter_with_file(request)
    if isinstance(entered, Response):
        return entered
    signed_in, error, sent = entered
    return await add_file(request, signed_in, await reach_case(request, signed_in, case, "front"), sent, error)


@get(f"{CASE}/files/{{file:str}}", opt=SEE)
async def send_front_file(request: Request, case: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await send_file(request, signed_in, await reach_case(request, signed_in, case, "front"), file)


@get(f"{CASE}/pictures/{{file:str}}", opt=SEE)
async def draw_front_case(request: Request, case: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    signed_in = await enter(request)
    return await send_picture(request, signed_in, await reach_case(request, signed_in, case, "front"), file)


ROUTES = [
    list_cases,
    show_front_case,
    move_front_case,
    add_front_file,
    send_front_file,
    draw_front_case,
    *NEW_ROUTES,
    *UNIT_ROUTES,
]
