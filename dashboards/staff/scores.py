"""The personnel body's page: released scores by unit, exactly as the evaluation API gives them, to read and to take.

Never raters, comments or what happens now. Open reviews, which the second wall holds back, are counted after it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, cast, get_args
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta

from dashboards.evaluation.download_routes import take_place
from dashboards.evaluation.downloads import MEDIA_TYPES, WRITE, make_frame
from dashboards.evaluation.make_items import MAKE_ITEM, Item
from dashboards.explain.quarter_names import name_quarter
from dashboards.explain.raters import name_raters
from dashboards.phrases import Phrases
from dashboards.staff.frame import find_staff_wording, render_staff
from dashboards.staff.sights import note_sight_of
from dashboards.staff.store import borrow_store
from dashboards.staff.unit import find_unit
from feedback.accounts.powers import SignedIn, join_reaches
from feedback.database import Connection
from feedback.tables.evaluation_views import ReleaseHead, select_reached_units, select_release_heads
from feedback.tables.personnel_scores import (
    NamedScore,
    ScoredRole,
    ScoreWish,
    count_open_reviews,
    select_personnel_scores,
)
from feedback.tables.staff_views import UnitName
from feedback.web.bodies import Request, clean
from feedback.web.staff_access import borrow_staff_rows, enter, read_action
from surveys.errors import BadCursorError, UnknownPageError

PAGE = {"access": "staff", "limit": "by account", "action": "see_scores"}
SCORES = "/staff/scores"
FORMS = ("csv", "xlsx")
PAGE_ROWS = 100
LONGEST_SEARCH = 100
BEGIN = ("", "", "")
After = tuple[
    Annotated[str, Meta(max_length=100)], Annotated[str, Meta(max_length=100)], Annotated[str, Meta(max_length=500)]
]


class Question(msgspec.Struct, frozen=True):
    """What the address asks for; `release` and `unit` are empty where it names none."""

    role: ScoredRole
    release: str
    unit: str
    search: str
    after: After = BEGIN

    def write(self, **changes: str) -> str:
        """The question behind an address, where every page of it begins."""
        asked = {"role": self.role, "release": self.release, "unit": self.unit, "search": self.search, **changes}
        return "?" + urlencode({name: value for name, value in asked.items() if value})


class Shown(msgspec.Struct, frozen=True):
    """A row of the page: the item of the evaluation API, and the names that go with its codes."""

    item: Item
    name: str
    unit_name: str
    unit: str


class Found(msgspec.Struct, frozen=True):
    """`release` is None before the first one. `next_after` is where the next page begins, if there is one."""

    release: ReleaseHead | None
    releases: Sequence[ReleaseHead]
    unit: UnitName | None
    rows: Sequence[NamedScore]
    next_after: After | None = None


@get(SCORES, opt=PAGE)
async def show_scores(request: Request) -> Response[bytes]:
    """Of the latest release; of an earlier one with ?release=."""
    signed_in, question = await enter(request), read_question(request)
    found = await find_scores(request, signed_in, question, PAGE_ROWS)
    wording = find_staff_wording(request, signed_in)
    write = partial(question.write, lang=wording.language)
    return render_staff(
        request,
        signed_in,
        "staff_scores.html",
        wording=wording,
        question=question,
        found=found,
        shown=make_shown(found, question.role, ""),
        write=write,
        next_page=None if found.next_after is None else write(after=msgspec.json.encode(found.next_after).decode()),
        longest=LONGEST_SEARCH,
        phrases=Phrases(wording),
        name_quarter=partial(name_quarter, wording=wording),
        name_raters=partial(name_raters, wording=wording),
    )


@get(f"{SCORES}/{{file:str}}", opt=PAGE)
async def download_scores(request: Request, file: FromPath[str]) -> Response[bytes]:
    """scores.csv or scores.xlsx: every row of what the address asks for, with the columns of the evaluation API."""
    signed_in, question = await enter(request), read_question(request)
    form = file.removeprefix("scores.")
    if form not in FORMS or file != f"scores.{form}":
        raise UnknownPageError
    with take_place(request):
        found = await find_scores(request, signed_in, msgspec.structs.replace(question, after=BEGIN), None)
        if found.release is None:
            raise UnknownPageError
        use = find_staff_wording(request, signed_in).say(f"evaluation.use-{question.role}")
        content = await asyncio.to_thread(write_file, found, question.role, use, form)
    name = f"langnghe-{found.release.code}-{question.role}.{form}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def write_file(found: Found, role: ScoredRole, use: str, form: str) -> bytes:
    return WRITE[form](make_frame([shown.item for shown in make_shown(found, role, use)], role))


def make_shown(found: Found, role: ScoredRole, use: str) -> list[Shown]:
    """`use` is the sentence that says what a score is for."""
    make = MAKE_ITEM[role]
    return [Shown(make(one.row, use), one.name, one.unit_name, one.row.unit or "") for one in found.rows]


def read_question(request: Request) -> Question:
    """Raises UnreadableBodyError, BadCursorError and UnknownPageError."""
    asked = {name: clean(request.query_params.get(name, "")) for name in ("role", "release", "unit", "search", "after")}
    role = asked["role"] or "official"
    if role not in get_args(ScoredRole):
        raise UnknownPageError
    search = " ".join(asked["search"].split())[:LONGEST_SEARCH]
    after = read_after(asked["after"]) if asked["after"] else BEGIN
    return Question(cast("ScoredRole", role), asked["release"], asked["unit"], search, after)


def read_after(text: str) -> After:
    try:
        after = msgspec.json.decode(text, type=After)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise BadCursorError from None
    if not all(part.isprintable() for part in after):
        raise BadCursorError
    return after


async def find_scores(request: Request, signed_in: SignedIn, question: Question, limit: int | None) -> Found:
    """Raises UnknownPageError for a release there is not, and for a unit out of reach."""
    unit = await find_unit(request, signed_in, question.unit) if question.unit else None
    async with borrow_staff_rows(request, signed_in) as connection:
        releases = await select_release_heads(connection)
        release = pick_release(releases, question.release)
        if release is None:
            return Found(None, releases, unit, ())
        wish = ScoreWish(
            release_id=release.release_id,
            role=question.role,
            unit_ids=await read_units(connection, request, signed_in, unit),
            search=question.search,
            after=question.after,
            limit=None if limit is None else limit + 1,
        )
        rows = await select_personnel_scores(connection, wish)
        shown = rows if limit is None else rows[:limit]
        await note_scores(connection, request, signed_in, question, release, unit, shown)
    counted = await count_reviews(request, release, question.role, shown)
    last = shown[-1].row if len(shown) < len(rows) else None
    next_after = None if last is None else (last.unit or "", last.entity, last.pool)
    return Found(release, releases, unit, counted, next_after)


def pick_release(releases: Sequence[ReleaseHead], code: str) -> ReleaseHead | None:
    """The latest where none is named; None where there is none yet. Raises UnknownPageError."""
    if not code:
        return releases[-1] if releases else None
    found = [release for release in releases if release.code == code]
    if not found:
        raise UnknownPageError
    return found[0]


async def read_units(
    connection: Connection, request: Request, signed_in: SignedIn, unit: UnitName | None
) -> Sequence[int] | None:
    if unit is not None:
        return [unit.unit_id]
    reach = join_reaches(signed_in.appointments, read_action(request))
    return None if reach.everywhere else await select_reached_units(connection, reach)


async def note_scores(
    connection: Connection,
    request: Request,
    signed_in: SignedIn,
    question: Question,
    release: ReleaseHead,
    unit: UnitName | None,
    shown: Sequence[NamedScore],
) -> None:
    """One entry a page; it names the official where the page is of one alone."""
    reach = join_reaches(signed_in.appointments, read_action(request)).describe()
    where = f"unit {unit.code}" if unit else f"area {reach}"
    searched = f' "{question.search}"' if question.search else ""
    officials = {one.row.entity_id for one in shown} if question.role == "official" else set[int]()
    await note_sight_of(
        connection,
        request,
        signed_in,
        "scores",
        f"{release.code} {question.role}s of {where}{searched}",
        unit_id=unit.unit_id if unit else 0,
        official_id=next(iter(officials)) if len(officials) == 1 else 0,
    )


async def count_reviews(
    request: Request, release: ReleaseHead, role: ScoredRole, rows: Sequence[NamedScore]
) -> list[NamedScore]:
    """The rows with their open reviews."""
    async with borrow_store(request) as connection:
        entity_ids = sorted({one.row.entity_id for one in rows})
        counts: Mapping[int, int] = await count_open_reviews(connection, release.release_id, role, entity_ids)
    return [add_reviews(one, counts.get(one.row.entity_id, 0)) for one in rows]


def add_reviews(one: NamedScore, open_reviews: int) -> NamedScore:
    return msgspec.structs.replace(one, row=msgspec.structs.replace(one.row, open_reviews=open_reviews))


ROUTES = [show_scores, download_scores]
