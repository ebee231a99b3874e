"""A workbook from the browser: first only looked at, with all that would change; then, at a press, imported.

What is imported are the bytes that were looked at, kept for half an hour, and only if they would still do the same.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from dashboards.staff.administration.account_page import make_readable
from dashboards.staff.administration.forms import answer_form
from dashboards.staff.catalogue.list_pages import ADMINISTER
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.store import borrow_store
from feedback.accounts.powers import SignedIn
from feedback.catalogue.import_workbook import ImportCounts, ImportPlan, import_workbook, plan_import
from feedback.catalogue.read_sent_workbook import LARGEST_UPLOAD, read_sent_workbook, tidy_name
from feedback.catalogue.workbook import BadCell, RefusedWorkbookError, Workbook
from feedback.database import Connection
from feedback.tables.audit_log import insert_audit_entry
from feedback.tables.catalogue_uploads import KEPT_FOR, CatalogueUpload, delete_upload, keep_upload, select_upload
from feedback.web.bodies import Fields, Request, recall_form, take_text
from feedback.web.multipart import SentFile, read_upload
from feedback.web.staff_access import deny, enter, make_entry
from feedback.web.statuses import STATUS
from surveys.case_errors import CatalogueChangedError, FileTooLargeError, UploadGoneError
from surveys.errors import BodyTooLargeError, LangNgheError, UnknownPageError

FILES = "/staff/catalogue-file"
IMPORT = f"{FILES}/import"
UPLOAD_BYTES = 16
MEGABYTE = 1_048_576
MOST_CELLS_SHOWN = 500
DONE, STORED, REFUSED = 200, 201, 422


class Checked(msgspec.Struct, frozen=True):
    """`upload` names the bytes that were kept; empty where nothing is to be imported."""

    name: str
    plan: ImportPlan
    upload: str = ""


@get(IMPORT, opt=ADMINISTER)
async def ask_for_workbook(request: Request) -> Response[bytes]:
    return await show_import_page(request, await enter(request))


@post(IMPORT, opt=ADMINISTER)
async def check_sent_workbook(request: Request) -> Response[bytes]:
    """The dry run. Whatever is wrong with the file is said on the page, and nothing is stored but the file itself."""
    try:
        signed_in = await enter(request)
    except LangNgheError:
        with suppress(LangNgheError):
            await read_upload(request, LARGEST_UPLOAD, keeps_files=False)  # only what was typed is kept
        raise
    try:
        fields, files = await read_upload(request, LARGEST_UPLOAD)
    except (FileTooLargeError, BodyTooLargeError):
        too_large = FileTooLargeError(most=LARGEST_UPLOAD // MEGABYTE)
        language = recall_form(request).get("lang", "")
        return await show_import_page(
            request, signed_in, status=STATUS[FileTooLargeError], language=language, error=too_large
        )
    language = take_text(fields, "lang")
    if not files or not files[0].content:
        return await show_import_page(request, signed_in, status=REFUSED, language=language, is_missing=True)
    try:
        checked = await look_through(request, signed_in, files[0])
    except RefusedWorkbookError as error:
        return await show_import_page(
            request, signed_in, status=REFUSED, language=language, name=files[0].name, bad_cells=error.bad_cells
        )
    status = REFUSED if checked.plan.bad_cells else DONE
    return await show_import_page(request, signed_in, status=status, language=language, checked=checked)


@post(f"{IMPORT}/{{upload:str}}", opt=ADMINISTER)
async def import_checked_workbook(request: Request, upload: FromPath[str]) -> Response[bytes]:
    """`shown` is the digest of the plan on the page: what would do something else now is shown again instead."""

    async def answer(signed_in: SignedIn, fields: Fields) -> Response[bytes]:
        language, shown = take_text(fields, "lang"), take_text(fields, "shown")
        upload_id = await read_upload_id(request, signed_in, upload)
        try:
            kept = await recall(request, signed_in, upload_id)
            workbook = await asyncio.to_thread(read_sent_workbook, kept.name, kept.content)
            counts = await import_kept(request, signed_in, upload_id, kept, workbook, shown)
        except UploadGoneError as error:
            return await show_import_page(
                request, signed_in, status=STATUS[type(error)], language=language, error=error
            )
        except (CatalogueChangedError, RefusedWorkbookError):
            return await show_again(request, signed_in, upload, upload_id, language)
        return await show_import_page(request, signed_in, status=STORED, language=language, counts=counts)

    return await answer_form(request, answer)


async def look_through(request: Request, signed_in: SignedIn, file: SentFile) -> Checked:
    """Raises RefusedWorkbookError where the file as such cannot be read.

    The judgement runs as the program, not as langnghe_administrator: whether ratings would be left behind stands
    in daily_counts, of which no administrator sees a row; what comes back is a day.
    """
    name = tidy_name(file.name)
    workbook = await asyncio.to_thread(read_sent_workbook, name, file.content)
    async with borrow_store(request) as connection:
        plan = await plan_import(connection, workbook)
        if plan.bad_cells or not changes_anything(plan):
            return Checked(name, plan)
        upload_id, now = secrets.token_bytes(UPLOAD_BYTES), request.app.state.read_now()
        upload = CatalogueUpload(name, file.content)
        await keep_upload(connection, upload_id, signed_in.account.account_id, upload, now, now - KEPT_FOR)
    return Checked(name, plan, upload_id.hex())


def changes_anything(plan: ImportPlan) -> bool:
    return any(one.new or one.changed or one.ended for one in plan.sheets)


async def read_upload_id(request: Request, signed_in: SignedIn, text: str) -> bytes:
    """Raises UnknownPageError for what can be none; the attempt is kept."""
    try:
        upload_id = bytes.fromhex(text) if text.isascii() and text.isalnum() else b""
    except ValueError:
        upload_id = b""
    if len(upload_id) != UPLOAD_BYTES:
        await deny(request, signed_in, "upload", make_readable(text))
        raise UnknownPageError
    return upload_id


async def recall(request: Request, signed_in: SignedIn, upload_id: bytes) -> CatalogueUpload:
    """Raises UploadGoneError, also where another account brought the file."""
    oldest = request.app.state.read_now() - KEPT_FOR
    async with borrow_store(request) as connection:
        kept = await select_upload(connection, upload_id, signed_in.account.account_id, oldest)
    if kept is None:
        raise UploadGoneError
    return kept


async def import_kept(
    request: Request, signed_in: SignedIn, upload_id: bytes, kept: CatalogueUpload, workbook: Workbook, shown: str
) -> ImportCounts:
    """As the program, for the reason given above; import, entry and the end of the kept file are one transaction."""
    async with borrow_store(request) as connection:
        counts = await import_workbook(connection, workbook, shown)
        await delete_upload(connection, upload_id)
        await note_import(connection, request, signed_in, kept, counts)
    return counts


async def note_import(
    connection: Connection, request: Request, signed_in: SignedIn, kept: CatalogueUpload, counts: ImportCounts
) -> None:
    now, digest = request.app.state.read_now(), hashlib.sha256(kept.content).hexdigest()
    entry = make_entry(signed_in, now, "catalogue-imported", "done", "catalogue", digest)
    details = {"file": kept.name, "new": sum(counts.added.values()), "changed": sum(counts.changed.values())}
    await insert_audit_entry(connection, msgspec.structs.replace(entry, details=msgspec.json.encode(details).decode()))


async def show_again(
    request: Request, signed_in: SignedIn, upload: str, upload_id: bytes, language: str
) -> Response[bytes]:
    """The same file against the catalogue as it is now."""
    kept = await recall(request, signed_in, upload_id)
    workbook = await asyncio.to_thread(read_sent_workbook, kept.name, kept.content)
    async with borrow_store(request) as connection:
        plan = await plan_import(connection, workbook)
    checked = Checked(kept.name, plan, upload if changes_anything(plan) else "")
    error = CatalogueChangedError()
    return await show_import_page(
        request, signed_in, status=STATUS[type(error)], language=language, checked=checked, error=error
    )


async def show_import_page(
    request: Request,
    signed_in: SignedIn,
    *,
    status: int = DONE,
    language: str = "",
    name: str = "",
    checked: Checked | None = None,
    counts: ImportCounts | None = None,
    bad_cells: Sequence[BadCell] = (),
    error: LangNgheError | None = None,
    is_missing: bool = False,
) -> Response[bytes]:
    """`bad_cells` are those of a file that cannot be read at all, or of an export that is too large."""
    wording = find_staff_wording(request, signed_in, language)
    problem = wording.error(error) if error else wording.say("catalogue-page.no-file") if is_missing else None
    found = checked.plan.bad_cells if checked else tuple(bad_cells)
    return render_staff(
        request,
        signed_in,
        "catalogue_import.html",
        status=status,
        wording=wording,
        here=IMPORT,
        name=checked.name if checked else name,
        checked=checked,
        counts=counts,
        bad_cells=found[:MOST_CELLS_SHOWN],
        bad_cell_count=len(found),
        problem=problem,
        most=LARGEST_UPLOAD // MEGABYTE,
    )


ROUTES = [ask_for_workbook, check_sent_workbook, import_checked_workbook]
