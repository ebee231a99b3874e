"""What citizens see while the database is away, and right after the program started anew."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from feedback.settings import read_settings
from feedback.web.app import create_app
from surveys.codes import make_token
from tests.feedback.conftest import serve
from tests.feedback.test_rate_page import open_form, read_receipt
from tests.feedback.test_receipt_page import rate
from tests.world import BUSY_DESK

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
TOKEN = make_token(bytes(15))
RECEIPT = make_token(b"r" * 15)
CHANGE = {"receipt": RECEIPT, "token": TOKEN, "score": "4", "unit": "1"}
ANSWERS = {"receipt": RECEIPT, "token": TOKEN, "access": "4", "comment": "Phải chờ lâu", "unit": "1"}


@asynccontextmanager
async def open_site(database_url: str, folder: Path) -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(read_settings({"LANGNGHE_HOME": str(folder)}), database_url)
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, server_header=False)  # pyright: ignore[reportArgumentType]
    serving = serve(uvicorn.Server(config))
    address = await anext(serving)
    async with httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}) as client:
        yield client
    async for _ in serving:
        pass


@pytest.mark.parametrize(
    ("path", "fields"),
    [(f"/Q/{BUSY_DESK}", {"token": TOKEN, "score": "5"}), ("/R/change", CHANGE), ("/R/answers", ANSWERS)],
)
async def test_what_was_sent_stays_in_a_page_that_sends_it_again(
    path: str, fields: dict[str, str], tmp_path: Path
) -> None:
    async with open_site(NOWHERE, tmp_path) as site:
        page = await site.post(path, data=fields)
    assert page.status_code == 503
    assert int(page.headers["retry-after"]) > 0
    assert f'action="{path}"' in page.text
    for name, value in fields.items():
        assert f'name="{name}" value="{value}"' in page.text


@pytest.mark.parametrize("path", ["/R", "/R/more", "/R/again"])
async def test_a_receipt_that_cannot_be_read_now_is_not_called_unknown(path: str, tmp_path: Path) -> None:
    async with open_site(NOWHERE, tmp_path) as site:
        page = await site.post(path, data={"receipt": RECEIPT})
    assert page.status_code == 503
    assert int(page.headers["retry-after"]) > 0


async def test_typed_codes_and_desks_say_later_not_unknown(tmp_path: Path) -> None:
    slip = BUSY_DESK[:-1] + ("0" if BUSY_DESK[-1] != "0" else "1")
    async with open_site(NOWHERE, tmp_path) as site:
        assert (await site.get(f"/Q/{BUSY_DESK}")).status_code == 503
        assert (await site.get("/Q", params={"code": BUSY_DESK})).status_code == 503
        # A wrong check symbol needs no database to be named.
        assert (await site.get("/Q", params={"code": slip})).status_code == 404


async def test_a_receipt_works_at_once_after_the_program_started_anew(
    site: httpx.AsyncClient, database_url: str, tmp_path: Path
) -> None:
    receipt = await rate(site)
    for path in ("/R/again", "/R/more"):
        async with open_site(database_url, tmp_path) as fresh:
            assert (await fresh.post(path, data={"receipt": receipt})).status_code == 200
    async with open_site(database_url, tmp_path) as fresh:
        answers = {"receipt": receipt, "token": make_token(secrets.token_bytes(15)), "access": "4"}
        assert (await fresh.post("/R/answers", data=answers)).status_code == 201


async def test_a_form_opened_before_the_program_started_anew_is_taken_after_it(
    site: httpx.AsyncClient, database_url: str, tmp_path: Path
) -> None:
    token = await open_form(site)
    async with open_site(database_url, tmp_path) as fresh:
        page = await fresh.post(f"/Q/{BUSY_DESK}", data={"token": token, "score": "3"})
        assert page.status_code == 201
        assert read_receipt(page).replace("-", "") == token
