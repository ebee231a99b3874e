"""The public pages over HTTP, on a real database."""

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from feedback.database import Connection
from tests.dashboards.conftest import serve_results
from tests.dashboards.frames import TODAY, Scores

UNIT = "/U/32041"
MANY: Scores = (1, 2, 7, 20, 30)


async def insert_ratings(connection: Connection, day: date, scores: Scores) -> None:
    await connection.execute(
        "INSERT INTO daily_counts"
        " SELECT u.unit_id, $1, 1, 0, 0, p.procedure_id, 1, 1, 'C', $2, $3, $4, $5, $6"
        " FROM units AS u, procedures AS p WHERE u.code = '32041' AND p.code = '1.001193'",
        day,
        *scores,
    )


async def fill_weeks(connection: Connection) -> None:
    """Four of them in the open quarter, and one in the last."""
    for weeks in (1, 2, 3, 4, 8):
        await insert_ratings(connection, TODAY - timedelta(weeks=weeks), MANY)


async def read_page(site: httpx.AsyncClient, address: str) -> str:
    reply = await site.get(address)
    assert reply.status_code == 200
    return unescape(reply.text)


async def test_a_tap_is_seen_at_once_in_the_number_received(site: httpx.AsyncClient, committed: Connection) -> None:
    await fill_weeks(committed)
    assert ">300 lượt đánh giá<" in await read_page(site, UNIT)
    await insert_ratings(committed, TODAY, (0, 0, 0, 0, 1))
    assert ">301 lượt đánh giá<" in await read_page(site, UNIT)


async def test_a_unit_with_few_ratings_tells_their_number_and_nothing_else(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    await insert_ratings(committed, date(2026, 11, 3), (0, 0, 0, 0, 9))
    page = await read_page(site, UNIT)
    assert ">9 lượt đánh giá<" in page
    assert "Chưa đủ dữ liệu" in page
    assert "hài lòng</strong>" not in page
    assert "<img" not in page
    for chart in ("trend", "answers", "procedures"):
        assert (await site.get(f"{UNIT}/{chart}.svg")).status_code == 404


async def test_the_page_says_the_share_in_words_with_its_interval(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    # 5 weeks of 60, of which the last waits: 200/240 = 83.3 %.
    # Wilson: (0.83333 + 0.00800 ± 1.96 √(0.00057870 + 0.00001667)) / 1.01601
    # = (0.84134 ± 0.04782) / 1.01601 = 0.7810, 0.8752; outwards 78 % and 88 %.
    await fill_weeks(committed)
    page = await read_page(site, UNIT)
    assert "83\u00a0% hài lòng" in page
    assert "từ 78\u00a0% đến 88\u00a0%" in page


@pytest.mark.parametrize("chart", ["trend", "answers", "procedures"])
async def test_every_chart_of_the_page_is_an_image_with_a_table_beside_it(
    site: httpx.AsyncClient, committed: Connection, chart: str
) -> None:
    await fill_weeks(committed)
    page = await read_page(site, UNIT)
    [image] = re.findall(rf'<img src="({UNIT}/{chart}\.svg[^"]*)" alt="[^"]{{40,}}"', page)
    [narrow] = re.findall(rf'srcset="({UNIT}/{chart}\.svg[^"]*)"', page)
    for address in (image, narrow):
        reply = await site.get(address)
        assert reply.headers["content-type"].startswith("image/svg+xml")
        assert reply.text.startswith("<svg")
    [section] = re.findall(rf'<section aria-labelledby="{chart}">.*?</section>', page, re.DOTALL)
    assert "<table>" in section


async def test_both_official_ways_of_counting_stand_apart(site: httpx.AsyncClient, committed: Connection) -> None:
    # 60 ratings, 50 satisfied: 83 %. Dossiers (2000 - 3 dissatisfied - 7 complained - 30 late)/2000 = 98 %.
    day = TODAY - timedelta(weeks=2)
    await insert_ratings(committed, day, MANY)
    await insert_ratings(committed, TODAY - timedelta(weeks=1), MANY)  # lets them out
    await committed.execute("INSERT INTO dossier_counts SELECT unit_id, $1, '1.001193', 2000, 30, 7 FROM units", day)
    page = await read_page(site, UNIT)
    assert "tỷ lệ phản hồi 3,0\u00a0%" in page
    assert "Tỷ lệ phản hồi thấp, không so sánh." in page
    assert "Đây không phải chỉ số SIPAS" in page
    assert "Quyết định 766/QĐ-TTg" in page
    assert "được tính là hài lòng" in page
    assert '<td class="number">98\u00a0%</td>' in page


async def test_english_readers_get_every_page_in_english(site: httpx.AsyncClient, committed: Connection) -> None:
    await fill_weeks(committed)
    assert "83% satisfied" in await read_page(site, f"{UNIT}?lang=en")
    assert "without ranks" in await read_page(site, "/P/96?lang=en")
    assert "Method and data" in await read_page(site, "/M?lang=en")
    assert "Satisfied share (%)" in await read_page(site, f"{UNIT}/trend.svg?lang=en")


async def test_a_province_links_its_units_with_area_type(site: httpx.AsyncClient, committed: Connection) -> None:
    await fill_weeks(committed)
    page = await read_page(site, "/P/96")
    assert '<a href="/U/32041?lang=vi">Phường Tân Thành</a>' in page
    assert "Địa bàn đô thị" in page
    assert "83\u00a0%" in page


async def test_the_unit_page_leads_to_its_province_and_to_the_method(site: httpx.AsyncClient) -> None:
    page = await read_page(site, UNIT)
    for address in re.findall(r'<p class="links">.*?</p>', page, re.DOTALL)[0].split('href="')[1:]:
        assert (await site.get(address.split('"')[0])).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/U/none",
        "/U/%00",
        "/U/%ff%fe",
        f"/U/{'9' * 300}",
        "/P/99",
        "/P/9",
        "/P/xx",
        "/P/%D9%A9%D9%A6",
        "/U/x/trend.svg",
    ],
)
async def test_unknown_and_hostile_codes_get_404(site: httpx.AsyncClient, address: str) -> None:
    assert (await site.get(address)).status_code == 404


@pytest.mark.parametrize("address", [UNIT, "/P/96", "/M"])
async def test_pages_carry_no_inline_style_or_script_and_no_open_tag(
    site: httpx.AsyncClient, committed: Connection, address: str
) -> None:
    await fill_weeks(committed)
    page = await read_page(site, address)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)
    for tag in ("section", "table", "p", "ul", "dl", "details", "picture", "span"):
        assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag


async def test_names_from_the_catalogue_are_escaped(site: httpx.AsyncClient, committed: Connection) -> None:
    await committed.execute("UPDATE units SET name = '<b>A</b>'")
    reply = await site.get(UNIT)
    assert "<b>A</b>" not in reply.text
    assert "&lt;b&gt;A" in reply.text


async def test_a_database_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    async with serve_results("postgresql://nobody@127.0.0.1:1/nothing", tmp_path) as site:
        for address in (UNIT, "/P/96"):
            reply = await site.get(address)
            assert reply.is_server_error
            assert "Lúc này chưa đọc được kết quả" in reply.text
        assert (await site.get("/M")).status_code == 200
