import html
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from dashboards.evaluation.api_routes import ROUTES
from dashboards.evaluation.client_text import CLIENT
from tests.dashboards.evaluation_stage import fill_evaluation_world, serve_evaluation


@pytest.fixture
async def site(database_url: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    await fill_evaluation_world(database_url)
    async with serve_evaluation(database_url, tmp_path) as client:
        yield client


async def test_the_page_tells_everything_in_both_languages_without_another_site(site: httpx.AsyncClient) -> None:
    for language, sentence in (("vi", "Điểm của cán bộ trong một kỳ"), ("en", "Scores of officials in a release")):
        answer = await site.get(f"/api/docs?lang={language}", headers={"accept": "text/html"})
        assert answer.status_code == 200
        page = html.unescape(answer.text)
        assert sentence in page
        assert [route.path for route in ROUTES if route.path not in page] == []
        assert CLIENT.splitlines()[0] in page
        assert "<script" not in page
        assert "style=" not in page
        assert "//" not in page.replace("://", "") or "http" not in page.split("<pre")[0]
