"""Who asks, for which release, about which units: what every address of the evaluation API settles first."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from dashboards.evaluation.questions import Question
from dashboards.releases.quarters import read_quarter
from dashboards.short_memory import ShortMemory
from feedback.api_keys import ApiKey
from feedback.database import TEMPORARY_FAILURES, Connection, Pool
from feedback.tables.evaluation_views import ReleaseHead, select_reached_units, select_release_heads, select_title_codes
from feedback.web.bodies import Request
from surveys.errors import (
    ApiUnavailableError,
    QuarterNotReleasedError,
    UnknownReleaseError,
    UnknownUnitError,
    UnlistedReleaseError,
    UnusableFilterError,
)

FRESH_SECONDS = 1.0  # releases are made a few times a year
NONE_YET = "-"


@asynccontextmanager
async def borrow_connection(request: Request) -> AsyncGenerator[Connection]:
    """Raises ApiUnavailableError where the store is away."""
    pool: Pool = request.app.state.pool
    try:
        async with pool.acquire(timeout=3) as connection:
            yield connection
    except TEMPORARY_FAILURES:
        raise ApiUnavailableError from None


async def read_releases(request: Request) -> list[ReleaseHead]:
    """All there are, oldest first, as of a second ago at most."""
    memory: ShortMemory[list[ReleaseHead]] = request.app.state.setdefault(
        "evaluation_releases", ShortMemory(FRESH_SECONDS)
    )

    return await memory.recall("all", lambda: read_releases_now(request))


async def read_releases_now(request: Request) -> list[ReleaseHead]:
    async with borrow_connection(request) as connection:
        return await select_release_heads(connection)


def pick_release(releases: Sequence[ReleaseHead], code: str) -> ReleaseHead | None:
    return next((release for release in releases if release.code == code), None)


async def find_release(request: Request, code: str) -> ReleaseHead:
    """Raises QuarterNotReleasedError for a quarter not closed, else UnlistedReleaseError with those there are."""
    found = pick_release(await read_releases(request), code)
    if found is not None:
        return found
    # Whoever was just told of a release asks for it within the second for which the others are remembered.
    releases = await read_releases_now(request)
    if (found := pick_release(releases, code)) is not None:
        return found
    unlisted = UnlistedReleaseError(known=", ".join(release.code for release in releases) or NONE_YET)
    try:
        quarter = read_quarter(code)
    except UnknownReleaseError:
        raise unlisted from None
    if quarter.code == code and request.app.state.read_day() < quarter.closable_day:
        raise QuarterNotReleasedError(release=code, day=quarter.closable_day.isoformat())
    raise unlisted


async def read_reach(connection: Connection, key: ApiKey) -> Sequence[int] | None:
    """The units that a key is about; None: all."""
    return None if key.reach.everywhere else await select_reached_units(connection, key.reach)


async def read_units(connection: Connection, key: ApiKey, question: Question) -> Sequence[int] | None:
    """The units within reach that `unit` and `place` leave; None: all.

    Raises UnknownUnitError when they leave none, no matter whether there is one beyond reach.
    """
    unit, place = question.get("unit"), question.get("place")
    if unit is None and place is None:
        return await read_reach(connection, key)
    found = await select_reached_units(connection, key.reach, unit, place)
    if not found:
        raise UnknownUnitError(field="place" if unit is None else "unit")
    return found


async def check_title(connection: Connection, question: Question) -> None:
    """Raises UnusableFilterError with the titles there are."""
    title = question.get("title")
    if title is not None and title not in (known := await select_title_codes(connection)):
        raise UnusableFilterError(field="title", allowed=", ".join(known) or NONE_YET)
