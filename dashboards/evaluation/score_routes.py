"""The scores of a release, page by page, and one official's through all releases.

In the order of ids, never of scores.
"""

from collections.abc import Sequence
from typing import Literal

from litestar import Response
from litestar.params import FromPath

from dashboards.evaluation.access import admit, read_only
from dashboards.evaluation.cursors import PageCursor, read_cursor, write_cursor
from dashboards.evaluation.items import OfficialHistory, OfficialPage, ProcedurePage, UnitPage
from dashboards.evaluation.make_items import make_official_item, make_procedure_item, make_unit_item
from dashboards.evaluation.questions import Question, read_question
from dashboards.evaluation.reach import borrow_connection, check_title, find_release, read_reach, read_units
from dashboards.evaluation.replies import reply_item, reply_page
from feedback.api_keys import ApiKey
from feedback.tables.evaluation_views import (
    ScoreRow,
    Wish,
    select_known_official,
    select_official_history,
    select_score_rows,
)
from feedback.tables.official_identifiers import select_identified_official
from feedback.web.bodies import Request
from feedback.web.replies import find_wording
from surveys.errors import UnknownOfficialError, UnusableFilterError

PLACES = ("unit", "place", "area_type")
PAGES = ("cursor", "limit")
LONGEST_CODE = 100
BEGIN = PageCursor(0, "")


@read_only("/api/v1/releases/{release:str}/officials")
async def list_officials(request: Request, release: FromPath[str]) -> Response[bytes]:
    key = await admit(request)
    question = read_question(request, *PLACES, "title", *PAGES)
    rows, cursor = await read_page(request, key, question, release, "official")
    use = find_wording(request).say("evaluation.use-official")
    return reply_page(request, question, OfficialPage([make_official_item(row, use) for row in rows], cursor), cursor)


@read_only("/api/v1/releases/{release:str}/units")
async def list_units(request: Request, release: FromPath[str]) -> Response[bytes]:
    key = await admit(request)
    question = read_question(request, *PLACES, *PAGES)
    rows, cursor = await read_page(request, key, question, release, "unit")
    use = find_wording(request).say("evaluation.use-unit")
    return reply_page(request, question, UnitPage([make_unit_item(row, use) for row in rows], cursor), cursor)


@read_only("/api/v1/releases/{release:str}/procedures")
async def list_procedures(request: Request, release: FromPath[str]) -> Response[bytes]:
    """Of the whole nation, for every key: no figure of a procedure is about a person or a unit."""
    key = await admit(request)
    question = read_question(request, *PAGES)
    rows, cursor = await read_page(request, key, question, release, "procedure")
    use = find_wording(request).say("evaluation.use-procedure")
    items = [make_procedure_item(row, use) for row in rows]
    return reply_page(request, question, ProcedurePage(items, cursor), cursor)


@read_only("/api/v1/officials")
async def find_official(request: Request) -> Response[bytes]:
    """By the key holder's own identifier, where it was mapped (`langnghe officials map`)."""
    key = await admit(request)
    question = read_question(request, "identifier")
    identifier = question.get("identifier")
    if identifier is None:
        raise UnusableFilterError(field="identifier", allowed="1-64")
    async with borrow_connection(request) as connection:
        code = await select_identified_official(connection, key.holder, identifier)
    if code is None:
        raise UnknownOfficialError
    return await reply_history(request, key, code)


@read_only("/api/v1/officials/{official:str}")
async def show_official(request: Request, official: FromPath[str]) -> Response[bytes]:
    key = await admit(request)
    read_question(request)
    if not official.isprintable() or len(official) > LONGEST_CODE:
        raise UnknownOfficialError
    return await reply_history(request, key, official)


async def read_page(
    request: Request,
    key: ApiKey,
    question: Question,
    release: str,
    role: Literal["official", "unit", "procedure"],
) -> tuple[Sequence[ScoreRow], str | None]:
    """The rows of one page, and the cursor of the next where there is one."""
    secret, text = request.app.state.settings.secret, question.get("cursor")
    after = BEGIN if text is None else read_cursor(text, PageCursor, secret, question.list_name)
    found = await find_release(request, release)
    async with borrow_connection(request) as connection:
        await check_title(connection, question)
        wish = Wish(
            role=role,
            holder=key.holder,
            unit_ids=None if role == "procedure" else await read_units(connection, key, question),
            title=question.get("title"),
            area_type=question.get("area_type"),
            entity_id=after.entity_id,
            pool=after.pool,
            limit=question.limit + 1,
        )
        rows = await select_score_rows(connection, found.release_id, wish)
    if len(rows) <= question.limit:
        return rows, None
    last = rows[question.limit - 1]
    return rows[: question.limit], write_cursor(PageCursor(last.entity_id, last.pool), secret, question.list_name)


async def reply_history(request: Request, key: ApiKey, code: str) -> Response[bytes]:
    """What was released of an official within reach of the key; UnknownOfficialError for whoever never was there."""
    async with borrow_connection(request) as connection:
        units = await read_reach(connection, key)
        official_id = await select_known_official(connection, code, units)
        if official_id is None:
            raise UnknownOfficialError
        rows = await select_official_history(connection, official_id, units, key.holder)
    use = find_wording(request).say("evaluation.use-official")
    items = [make_official_item(row, use) for row in rows]
    identifier = items[0].identifier if items else None
    return reply_item(request, OfficialHistory(code, identifier, items))


ROUTES = [list_officials, list_units, list_procedures, find_official, show_official]
