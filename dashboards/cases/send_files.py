"""Takes a file that somebody adds to a case, and hands out those that are there: to whoever sees the case."""

import hashlib
from contextlib import suppress
from urllib.parse import quote

from litestar import Response

from dashboards.cases.attachments import DETAILS, MOST_FILES, PICTURES, CheckedFile, check_file, refuse
from dashboards.cases.case_forms import LARGEST_FORM, LONGEST_DESCRIPTION, Typed, keep_unsent, read_typed
from dashboards.cases.case_pages import Refused, show_case
from dashboards.cases.keep_history import keep_history
from dashboards.cases.reach_case import ReachedCase, note_case_sight
from dashboards.cases.reach_case import refuse as deny_unknown
from dashboards.cases.read_case import find_rights
from dashboards.cases.read_moves import read_text
from dashboards.cases.take_steps import lead_back
from dashboards.staff.lost_forms import NOT_NOW
from dashboards.supervision.alerts.work_on_alerts import is_number
from feedback.accounts.powers import SignedIn
from feedback.database import Connection
from feedback.tables.case_files import NewFile, hold_case_files, insert_case_file, select_case_file, select_case_files
from feedback.tables.supervision_cases import Audience
from feedback.web.bodies import FORM, Fields, Request, read_content_type, read_fields, recall_form, take_text
from feedback.web.multipart import MEGABYTE, SentFile, read_upload
from feedback.web.staff_access import borrow_staff_rows, enter
from surveys.case_errors import CaseStepRefusedError, FileRefusedError, FileTooLargeError
from surveys.errors import BodyTooLargeError, LangNgheError, SessionNeededError

LARGEST_FILE = DETAILS["most"] * MEGABYTE
VERB = "files"
# What a browser does with it: pictures are shown, everything else is saved; neither runs anything of ours.
ALONE = "default-src 'none'; img-src 'self'; sandbox"
Sent = tuple[Fields, tuple[SentFile, ...]]


async def enter_with_file(request: Request) -> tuple[SignedIn, LangNgheError | None, Sent] | Response[bytes]:
    """Files are read of those alone who may come in; of the others only what they wrote, so that it is kept.

    The error is of the body. Raises as enter and read_upload do.
    """
    try:
        signed_in = await enter(request)
    except (SessionNeededError, *NOT_NOW) as error:
        with suppress(LangNgheError):
            await read_either(request, keeps_files=False)
        if isinstance(error, SessionNeededError):
            raise
        return keep_unsent(request, {**recall_form(request)}, error)
    try:
        return signed_in, None, await read_either(request, keeps_files=True)
    except (FileTooLargeError, BodyTooLargeError) as error:
        return signed_in, error, ({**recall_form(request)}, ())


async def read_either(request: Request, *, keeps_files: bool) -> Sent:
    """A form that was kept while somebody signed in again comes without its file, as a plain one."""
    if read_content_type(request) == FORM:
        return await read_fields(request, LARGEST_FORM), ()
    return await read_upload(request, LARGEST_FILE, keeps_files=keeps_files)


async def add_file(
    request: Request, signed_in: SignedIn, reached: ReachedCase, sent: Sent, error: LangNgheError | None
) -> Response[bytes]:
    fields, files = sent
    typed, language = read_typed(VERB, fields), take_text(fields, "lang")
    try:
        if error is not None:
            raise error
        check_may_add(signed_in, reached)
        description = read_text(typed.reason, LONGEST_DESCRIPTION)
        checked = await check_file(take_one(files))
        async with borrow_staff_rows(request, signed_in) as connection:
            await keep_file(connection, request, signed_in, reached, checked, typed, description)
    except (FileRefusedError, FileTooLargeError, BodyTooLargeError, CaseStepRefusedError) as refusal:
        return await show_case(request, signed_in, reached, Refused(refusal, typed), language)
    return lead_back(reached, language, "files")


def check_may_add(signed_in: SignedIn, reached: ReachedCase) -> None:
    if not find_rights(signed_in, reached)[1]:
        raise CaseStepRefusedError(reason="case-not-held")
    if reached.case.state == "discarded":
        raise CaseStepRefusedError(reason="case-state")


def take_one(files: tuple[SentFile, ...]) -> SentFile:
    if len(files) == 1:
        return files[0]
    raise refuse("file-one" if files else "file-missing")


async def keep_file(
    connection: Connection,
    request: Request,
    signed_in: SignedIn,
    reached: ReachedCase,
    file: CheckedFile,
    typed: Typed,
    description: str,
) -> None:
    """With its event and audit entry in one transaction. Raises FileRefusedError."""
    case, now = reached.case, request.app.state.read_now()
    audience: Audience = typed.audience if reached.side == "front" else "both"
    await hold_case_files(connection, case.case_id)
    if len(await select_case_files(connection, case.case_id)) >= MOST_FILES:
        raise FileRefusedError(reason="file-most", most=MOST_FILES)
    new = NewFile(
        case_id=case.case_id,
        unit_id=case.unit_id,
        name=file.name,
        kind=file.kind,
        content=file.content,
        digest=hashlib.sha256(file.content).digest(),
        audience=audience,
        side=reached.side,
        added_by=signed_in.account.account_id,
        added_at=now,
    )
    if await insert_case_file(connection, new) is None:
        raise refuse("file-there")
    text = f"{file.name}\n{description}".strip()
    await keep_history(connection, signed_in, case, "file", reached.side, now, text=text, audience=audience)


async def send_file(request: Request, signed_in: SignedIn, reached: ReachedCase, text: str) -> Response[bytes]:
    """Raises UnknownPageError, also for a file that is for other eyes."""
    found = None
    if is_number(text):
        async with borrow_staff_rows(request, signed_in) as connection:
            found = await select_case_file(connection, reached.case.case_id, int(text))
            if found is not None:
                await note_case_sight(connection, request, signed_in, reached.case, file=text)
    if found is None:
        await deny_unknown(request, signed_in, f"{reached.case.case_id}/{text}")
    file, content = found
    place = "inline" if file.kind in PICTURES else "attachment"
    headers = {
        "content-disposition": f"{place}; filename*=UTF-8''{quote(file.name)}",
        "content-security-policy": ALONE,
    }
    return Response(content, media_type=file.kind, headers=headers)
