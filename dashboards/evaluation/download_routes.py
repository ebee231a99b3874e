"""A whole release within the reach of a key, as one file. Two at a time are made, each beside the loop of answers."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import msgspec
from litestar import Response
from litestar.params import FromPath

from dashboards.evaluation.access import admit, read_only
from dashboards.evaluation.downloads import MEDIA_TYPES, WRITE, make_frame
from dashboards.evaluation.items import RoleName
from dashboards.evaluation.make_items import MAKE_ITEM, Item
from dashboards.evaluation.questions import read_question
from dashboards.evaluation.reach import borrow_connection, find_release, read_reach
from dashboards.evaluation.replies import KEEP, VARY, digest, find_known_tag
from feedback.api_keys import ApiKey
from feedback.tables.evaluation_views import ReleaseHead, ScoreRow, Wish, select_score_rows
from feedback.web.bodies import Request
from feedback.web.replies import find_wording
from surveys.errors import TooManyDownloadsError

MOST_AT_ONCE = 2
ENCODER = msgspec.msgpack.Encoder()


@read_only(
    "/api/v1/releases/{release:str}/download.parquet",
    "/api/v1/releases/{release:str}/download.csv",
    "/api/v1/releases/{release:str}/download.xlsx",
)
async def download_release(request: Request, release: FromPath[str]) -> Response[bytes]:
    key = await admit(request)
    role = cast("RoleName", read_question(request, "role").get("role") or "official")
    head = await find_release(request, release)
    form = request.url.path.rstrip("/").rpartition(".")[2]
    with take_place(request):
        rows = await read_rows(request, key, head, role)
        use = find_wording(request).say(f"evaluation.use-{role}")
        items = await asyncio.to_thread(make_items, rows, role, use)
        tag = await asyncio.to_thread(digest_items, items, form)
        headers = {
            "cache-control": KEEP,
            "vary": VARY,
            "etag": f'"{tag}"',
            "content-disposition": f'attachment; filename="langnghe-{head.code}-{role}.{form}"',
        }
        if find_known_tag(request, tag):
            return Response(b"", status_code=304, media_type=MEDIA_TYPES[form], headers=headers)
        content = await asyncio.to_thread(write_items, items, role, form)
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


@contextmanager
def take_place(request: Request) -> Generator[None]:
    """Raises TooManyDownloadsError while others are being made."""
    places: dict[str, int] = request.app.state.setdefault("evaluation_downloads", {"made": 0})
    if places["made"] >= MOST_AT_ONCE:
        raise TooManyDownloadsError
    places["made"] += 1
    try:
        yield
    finally:
        places["made"] -= 1


async def read_rows(request: Request, key: ApiKey, head: ReleaseHead, role: RoleName) -> list[ScoreRow]:
    async with borrow_connection(request) as connection:
        units = None if role == "procedure" else await read_reach(connection, key)
        return await select_score_rows(connection, head.release_id, Wish(role, key.holder, units))


def make_items(rows: Sequence[ScoreRow], role: RoleName, use: str) -> list[Item]:
    make: Any = MAKE_ITEM[role]
    return [make(row, use) for row in rows]


def digest_items(items: Sequence[Item], form: str) -> str:
    """Names what a file of these items holds, before it is made.

    Never of the rows: whoever knows all but a few owner-level fields would try them out against their digest.
    """
    return digest(ENCODER.encode(items), form.encode())


def write_items(items: Sequence[Item], role: RoleName, form: str) -> bytes:
    return WRITE[form](make_frame(items, role))


ROUTES = [download_release]
