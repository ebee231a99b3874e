"""The desk's page offers the bot, at this desk, where the operator has one."""

from pathlib import Path

import httpx
import pytest
import uvicorn

from feedback.database import open_connection
from feedback.settings import read_settings
from feedback.web.app import create_app
from tests.feedback.conftest import serve
from tests.world import QUIET_DESK, make_world


@pytest.mark.parametrize("link", ["https://t.me/danhgia_bot", ""])
async def test_the_page_of_a_desk_links_to_the_chat_at_that_desk(database_url: str, tmp_path: Path, link: str) -> None:
    connection = await open_connection(database_url)
    await make_world(connection)
    await connection.close()
    settings = read_settings({"LANGNGHE_HOME": str(tmp_path), "LANGNGHE_TELEGRAM_LINK": link})
    config = uvicorn.Config(create_app(settings, database_url), port=0, log_level="warning", access_log=False)  # pyright: ignore[reportArgumentType]
    page = ""
    async for address in serve(uvicorn.Server(config)):
        async with httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}) as client:
            page = (await client.get(f"/Q/{QUIET_DESK}")).text
    assert (f'href="https://t.me/danhgia_bot?start={QUIET_DESK}"' in page) is bool(link)
    assert ("Đánh giá trong Telegram" in page) is bool(link)
