"""The watch over stored texts would notice: what it must find is planted here."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
import uvicorn
import xlsxwriter
from litestar import Response, get
from litestar.params import FromPath
from playwright.async_api import Browser

from feedback.logs import set_up_logs
from feedback.settings import read_settings
from feedback.web.app import create_app
from feedback.web.bodies import Request
from feedback.web.replies import render
from tests.journeys.payload_files import find_faults_of_csv, find_faults_of_xlsx
from tests.journeys.payload_texts import PAYLOADS
from tests.journeys.payload_watch import list_unseen, open_watch
from tests.journeys.program import ReadyServer

PLANTED = """{% extends "frame.html" %}{% block content %}{{ text | safe }}{% endblock %}"""


@get("/planted/{number:int}", opt={"access": "public", "limit": "6000/minute"})
async def show_planted(request: Request, number: FromPath[int]) -> Response[bytes]:
    return render(request, "planted.html", text=PAYLOADS[number])


@pytest.fixture
async def address(database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The program with a page that forgets to escape."""
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "planted.html").write_text(PLANTED)
    settings = read_settings({"LANGNGHE_HOME": str(tmp_path)})
    app = create_app(settings, database_url, more_routes=[show_planted], more_packages=[tmp_path])
    server = ReadyServer(uvicorn.Config(app, port=0, log_level="warning", access_log=False))  # pyright: ignore[reportArgumentType] (an ASGI app by another type)
    running = asyncio.create_task(server.serve())
    await server.ready.wait()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<script>window.ln_hit=1</script>", "report: script-src-elem inline"),
        ("<img src=x onerror=window.ln_hit=1>", "report: script-src-attr inline"),
        ("<link rel=stylesheet href=//example.invalid/x.css>", "request: GET http://example.invalid/x.css"),
        ("<base href=//example.invalid/>", "report: base-uri"),
        ("<div hx-get=/static/x hx-trigger=load>x</div>", "markup at"),
        ('<a href="javascript:window.ln_hit=1">x</a>', "markup at"),
        ("<xss style=animation-name:x onanimationstart=window.ln_hit=1>", "markup at"),
    ],
)
async def test_a_text_that_a_page_does_not_escape_is_noticed(
    browser: Browser, address: str, text: str, told: str
) -> None:
    async with open_watch(browser, address) as (watch, page):
        await watch.look(page, f"/planted/{PAYLOADS.index(text)}")
    assert [trouble for trouble in watch.troubles if trouble.startswith(told)], watch.troubles


async def test_a_text_that_runs_where_no_policy_holds_it_is_noticed(browser: Browser, address: str) -> None:
    async with open_watch(browser, address) as (watch, page):
        for text in ("<img src=x onerror=window.ln_hit=1>", "<body onload=alert(1)>", "<script>print()</script>"):
            await page.goto("about:blank")
            await page.set_content(text)
    assert {"ran: ln_hit", "ran: alert", "ran: print"} <= set(watch.troubles)


def test_a_text_that_was_not_shown_is_missed() -> None:
    assert list_unseen(["a·unit", "b·unit"], "x a·unit y") == ["b·unit"]


@pytest.mark.parametrize(
    "line",
    ["=1+1,2", "x,+1+1", '"\t=1",2', "x,\ufeff =1+1", "a;=1+1,2", "＝1+1,2", '"a\n=1+1",2', "x,@a", 'x,"""=1"', "x"],
)
def test_a_cell_that_a_spreadsheet_would_run_is_found(line: str) -> None:
    assert find_faults_of_csv(f"\ufeffname,n\r\n{line}\r\n".encode()) != []


def test_a_plain_table_has_no_fault() -> None:
    assert find_faults_of_csv("\ufeffname,n\r\n'=1+1,-2\r\nb;c,3.5\r\n".encode()) == []


@pytest.mark.parametrize("content", ["=1+1", "http://example.invalid/"])
def test_a_sheet_that_counts_or_leads_out_is_found(content: str) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        workbook.add_worksheet().write(0, 0, content)
    assert find_faults_of_xlsx(file.getvalue()) != []


def test_one_event_is_one_line_whatever_a_name_holds(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    log = structlog.get_logger()
    for text in PAYLOADS:
        log.error("fault", unit=text, exc_info=ValueError(text))
    structlog.reset_defaults()
    lines = capsys.readouterr().err.removesuffix("\n").split("\n")
    events = [json.loads(line) for line in lines]
    assert [event["unit"] for event in events] == list(PAYLOADS)
    assert {event["level"] for event in events} == {"error"}
    assert not any("\r" in line for line in lines)
