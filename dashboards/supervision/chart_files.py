"""Pictures and tables to take away: chart.svg, chart.png, table.csv, table.xlsx of each view. Drawn in threads."""

import asyncio
import re
from functools import lru_cache
from pathlib import Path

import vl_convert
from litestar import Response, get
from litestar.params import FromPath

from dashboards.evaluation.downloads import MEDIA_TYPES
from dashboards.routes import SVG
from dashboards.staff.frame import find_staff_wording
from dashboards.supervision.area_pages import find_view, keep_sight, read_alert_days, read_area_comments
from dashboards.supervision.blocks import Block, draw_chart
from dashboards.supervision.figures import AreaFigures, Filters
from dashboards.supervision.reach_area import READ_COMMENTS, SUPERVISE, reach_area, recall_figures, recall_filtered
from dashboards.supervision.sentences import Teller, describe_filters, describe_period
from dashboards.supervision.tables import write_table_csv, write_table_xlsx
from dashboards.supervision.view_names import FILES, read_filters
from dashboards.supervision.views import keep_filters, tell_view
from feedback import posters
from feedback.accounts.powers import SignedIn
from feedback.web.bodies import Request
from feedback.web.replies import reply_compressed
from feedback.web.staff_access import enter
from surveys.errors import UnknownPageError
from surveys.wording import Wording

PNG = "image/png"
SHARP = 2.0
KEPT_PICTURES = 64
FONTS = Path(posters.__file__).parent / "fonts"
LETTERS = "Be Vietnam Pro"
FONT_FAMILY = re.compile(r'font-family="[^"]*"')


@get("/staff/area/{area:str}/{view:str}/{file:str}", opt=SUPERVISE)
async def send_view_file(
    request: Request, area: FromPath[str], view: FromPath[str], file: FromPath[str]
) -> Response[bytes]:
    """?part= chooses one of the charts of a view, ?width=narrow is for a phone."""
    signed_in = await enter(request)
    found, _ = await reach_area(request, signed_in, area)
    name = find_view(view)
    filters = keep_filters(name, read_filters(request.query_params), found.kind)
    figures = await recall_filtered(request, signed_in, found, filters)
    wording = find_staff_wording(request, signed_in)
    alerts = await read_alert_days(request, signed_in, figures, wording) if name == "trend" else ()
    blocks = tell_view(name, figures, wording, alerts=alerts)
    return await send_file(request, signed_in, figures, f"{name}/{file}", blocks)


@get("/staff/area/{area:str}/comments/{file:str}", opt=READ_COMMENTS)
async def send_comments_file(request: Request, area: FromPath[str], file: FromPath[str]) -> Response[bytes]:
    """Of the themes; no file holds what a citizen wrote."""
    signed_in = await enter(request)
    found, _ = await reach_area(request, signed_in, area)
    filters = Filters(quarter=read_filters(request.query_params).quarter)
    figures = await recall_figures(request, signed_in, found, filters)
    comments = await read_area_comments(request, signed_in, found, filters)
    blocks = tell_view("comments", figures, find_staff_wording(request, signed_in), comments=comments)
    return await send_file(request, signed_in, figures, f"comments/{file}", blocks)


async def send_file(
    request: Request, signed_in: SignedIn, figures: AreaFigures, path: str, blocks: tuple[Block, ...]
) -> Response[bytes]:
    """Raises UnknownPageError where there is no such file, no such part, or nothing to draw."""
    view, _, file = path.partition("/")
    block = choose_block(blocks, request.query_params.get("part", ""))
    if file not in FILES:
        raise UnknownPageError
    if file != "chart.svg":
        await keep_sight(request, signed_in, figures.area, path)
    wording = find_staff_wording(request, signed_in)
    is_narrow = request.query_params.get("width") == "narrow"
    content, media_type = await asyncio.to_thread(write_file, file, block, figures, wording, is_narrow=is_narrow)
    name = f"{figures.area.code}-{view}-{block.key}-{figures.quarter}.{file.partition('.')[2]}"
    return reply_compressed(request, content, media_type, headers=name_file(name, file))


def name_file(name: str, file: str) -> dict[str, str]:
    """A picture opens in the page, the others are saved; a name of plain letters needs no quoting."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.~") else "_" for letter in name)
    return {} if file == "chart.svg" else {"content-disposition": f'attachment; filename="{plain}"'}


def choose_block(blocks: tuple[Block, ...], part: str) -> Block:
    """The first without a part. Raises UnknownPageError."""
    found = next((block for block in blocks if part in {"", block.key}), None)
    if found is None:
        raise UnknownPageError
    return found


def write_file(
    file: str, block: Block, figures: AreaFigures, wording: Wording, *, is_narrow: bool
) -> tuple[bytes, str]:
    """Raises UnknownPageError where the block has no such thing."""
    if file.startswith("chart"):
        if block.chart is None:
            raise UnknownPageError
        svg = draw_chart(block.chart, is_narrow=is_narrow)
        return (svg.encode(), SVG) if file == "chart.svg" else (draw_png(svg), PNG)
    if block.table is None:
        raise UnknownPageError
    if file == "table.csv":
        return write_table_csv(block.table, wording), MEDIA_TYPES["csv"]
    return write_table_xlsx(block.table, wording, list_heading(block, figures, wording)), MEDIA_TYPES["xlsx"]


@lru_cache(maxsize=KEPT_PICTURES)
def draw_png(svg: str) -> bytes:
    """In the letters of the posters: no two servers have the same others, and some have none for Vietnamese."""
    vl_convert.register_font_directory(str(FONTS))
    return vl_convert.svg_to_png(FONT_FAMILY.sub(f'font-family="{LETTERS}"', svg), scale=SHARP)


def list_heading(block: Block, figures: AreaFigures, wording: Wording) -> list[str]:
    """What a sheet that is taken away is of: title, area, period, filters, what n means, day of the data."""
    teller = Teller(wording)
    filters = describe_filters(figures, teller) or teller.say("supervision.filter.none")
    return [
        block.title,
        teller.say("supervision.file.area", name=teller.area_name(figures.area), code=figures.area.code),
        teller.say("supervision.file.period", period=describe_period(figures, teller)),
        teller.say("supervision.file.filters", filters=filters),
        teller.say("supervision.file.n"),
        teller.say("supervision.file.day", day=teller.date(figures.period.last)),
    ]


ROUTES = [send_view_file, send_comments_file]
