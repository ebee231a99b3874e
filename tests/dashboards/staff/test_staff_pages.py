"""The official's and the manager's pages over HTTP, on a real database."""

import re

import httpx
import pytest

from feedback.api_keys import Reach
from feedback.database import Connection
from tests.dashboards.staff_stage import read_page, sign_in
from tests.feedback.review_stage import find_ids

ME, UNIT = "/staff/me", "/staff/unit/32041"
OFFICIAL = f"{UNIT}/officials/demo-1/2026-Q3"
FORM = {
    "first_day": "2026-07-06",
    "last_day": "2026-07-10",
    "procedure": "1.001193",
    "reason": "Quầy đóng cửa hôm ấy.",
    "lang": "vi",
}


@pytest.fixture
async def own(committed: Connection) -> dict[str, str]:
    """What the browser of demo-1 sends."""
    ids = await find_ids(committed)
    return await sign_in(committed, "official", "official", official_id=ids["demo-1"])


@pytest.fixture
async def manage(committed: Connection) -> dict[str, str]:
    return await sign_in(committed, "head", "head_of_unit", Reach(units=("32041",)))


async def test_an_official_sees_strengths_trend_and_method_first(site: httpx.AsyncClient, own: dict[str, str]) -> None:
    page = await read_page(site, ME, own)
    # 2026-Q2 was 63 to 75, 2026-Q3 is 76 to 89: beyond both intervals.
    assert "Trong quý 3/2026, điểm tăng từ 70 lên 83, nhiều hơn mức ngẫu nhiên có thể gây ra." in page
    assert "chất lượng phục vụ ngang với đồng nghiệp cùng nhóm" in page
    assert page.index("Điểm mạnh") < page.index("Qua từng quý") < page.index("Đề nghị xem xét lại")
    assert "Trong quý 3/2026, 83 điểm trên 100, khoảng tin cậy từ 76 đến 89." in page
    assert 'href="/M?lang=vi"' in page
    assert "Chưa so sánh" not in page


async def test_nobody_else_is_on_an_officials_own_page(site: httpx.AsyncClient, own: dict[str, str]) -> None:
    for address in (ME, f"{ME}/2026-Q3"):
        page = await read_page(site, address, own)
        assert "demo-1" in page
        assert not re.search(r"demo-[23]|Cán bộ mẫu [23]|9000\d\d", page)


async def test_pages_of_a_person_are_never_stored(site: httpx.AsyncClient, own: dict[str, str]) -> None:
    for address in (ME, f"{ME}/2026-Q3", f"{ME}/trend.svg", f"{ME}/2026-Q3/funnel.svg"):
        reply = await site.get(address, headers=own)
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")


async def test_every_picture_has_a_narrow_form_and_names_nobody(site: httpx.AsyncClient, own: dict[str, str]) -> None:
    for address in (f"{ME}/trend.svg", f"{ME}/2026-Q3/funnel.svg"):
        for width, pixels in (("", "680"), ("&width=narrow", "328")):
            reply = await site.get(f"{address}?lang=vi{width}", headers=own)
            assert reply.headers["content-type"].startswith("image/svg+xml")
            assert f'width="{pixels}"' in reply.text
            assert not re.search(r"demo-|Cán bộ mẫu|9000\d\d", reply.text)


async def test_the_explanation_is_the_same_for_the_official_and_the_supervisor(
    site: httpx.AsyncClient, own: dict[str, str], manage: dict[str, str]
) -> None:
    mine = re.search(r'<ol class="steps">.*?</ol>', await read_page(site, f"{ME}/2026-Q3", own), re.DOTALL)
    theirs = re.search(r'<ol class="steps">.*?</ol>', await read_page(site, OFFICIAL, manage), re.DOTALL)
    assert mine
    assert theirs
    assert mine[0] == theirs[0]
    assert "80,0 + 0,71 × (83,7 − 80,0) = 82,6, làm tròn là 83 điểm." in mine[0]


@pytest.mark.parametrize(
    "address",
    [
        f"{ME}/2025-Q1",
        f"{ME}/%00",
        f"{ME}/2025-Q1/funnel.svg",
        f"{ME}/2026-Q3/funnel.svg?figure=1",
        f"{ME}/2026-Q3/other.svg",
    ],
)
async def test_what_no_release_holds_is_no_page_of_an_official(
    site: httpx.AsyncClient, own: dict[str, str], address: str
) -> None:
    assert (await site.get(address, headers=own)).status_code == 404


async def test_a_manager_sees_the_unit_its_officials_by_code_and_open_alerts(
    site: httpx.AsyncClient, committed: Connection, manage: dict[str, str]
) -> None:
    ids = await find_ids(committed)
    await committed.executemany(
        "INSERT INTO drop_alerts (role, entity_id, unit_id, pool, detector, level, day, statistic, threshold)"
        " VALUES ($1, $2, $3, 'p', 'drop', $4, '2026-11-18', 7.25, 7)",
        [("unit", ids["32041"], ids["32041"], "watch"), ("official", ids["demo-2"], ids["32041"], "alert")],
    )
    page = await read_page(site, UNIT, manage)
    assert "83\u00a0% hài lòng" in page
    assert "Người dân đánh giá: điểm so sánh được 81 trên 100, khoảng tin cậy từ 77 đến 85." in page
    assert "Đăng ký khai sinh" in page
    assert page.index(">demo-1</a>") < page.index(">demo-2</a>")
    # demo-3 has fewer than 10 ratings, or is hidden so that nobody else is found out: no row, no link.
    assert "demo-3" not in page
    assert "theo dõi" in page
    assert "cảnh báo" in page
    assert "7,25" not in page


async def test_an_alert_somebody_has_looked_at_is_gone(
    site: httpx.AsyncClient, committed: Connection, manage: dict[str, str]
) -> None:
    ids = await find_ids(committed)
    await committed.execute(
        "INSERT INTO drop_alerts (role, entity_id, unit_id, pool, detector, level, day, statistic, threshold, seen_on,"
        " seen_by) VALUES ('unit', $1, $1, 'p', 'drop', 'alert', '2026-11-18', 8, 7, '2026-11-19', 'x')",
        ids["32041"],
    )
    assert "Không có cảnh báo nào." in await read_page(site, UNIT, manage)


async def test_an_earlier_quarter_is_shown_when_asked_for(site: httpx.AsyncClient, manage: dict[str, str]) -> None:
    page = await read_page(site, f"{UNIT}?lang=vi&release=2026-Q1", manage)
    assert "Số liệu của quý 1/2026, từ ngày 01/01/2026 đến ngày 31/03/2026." in page
    assert "/staff/unit/32041/officials/demo-1/2026-Q1" in page
    assert (await site.get(f"{UNIT}?release=2020-Q1", headers=manage)).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/staff/unit/none",
        "/staff/unit/%00",
        f"/staff/unit/{'9' * 300}",
        f"{UNIT}/officials/none/2026-Q3",
        f"{UNIT}/officials/demo-3/2026-Q3",
        f"{UNIT}/officials/demo-1/2020-Q1",
        f"{UNIT}/officials/%ff/2026-Q3",
        f"{UNIT}/officials/demo-1/2026-Q3/trend.svg",
    ],
)
async def test_what_is_not_there_is_not_found(site: httpx.AsyncClient, manage: dict[str, str], address: str) -> None:
    assert (await site.get(address, headers=manage)).status_code == 404


async def test_an_official_of_another_unit_is_not_reached_through_this_one(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    manage = await sign_in(committed, "province", "unit_manager", Reach(provinces=("96",)))
    await committed.execute(
        "INSERT INTO units (code, name, place_code, area_type, valid_from)"
        " VALUES ('other', 'Đơn vị khác (mẫu)', '32041', 'urban', '2025-07-01')"
    )
    assert (await site.get("/staff/unit/other", headers=manage)).status_code == 200
    assert (await site.get("/staff/unit/other/officials/demo-1/2026-Q3", headers=manage)).status_code == 404


async def test_english_readers_get_every_page_in_english(
    site: httpx.AsyncClient, own: dict[str, str], manage: dict[str, str]
) -> None:
    assert "the score rose from 70 to 83" in await read_page(site, f"{ME}?lang=en", own)
    assert "80.0 + 0.71 × (83.7 − 80.0) = 82.6" in await read_page(site, f"{OFFICIAL}?lang=en", manage)
    assert "In the order of codes, not of merit." in await read_page(site, f"{UNIT}?lang=en", manage)


async def test_pages_carry_no_inline_style_or_script_and_no_open_tag(
    site: httpx.AsyncClient, own: dict[str, str], manage: dict[str, str]
) -> None:
    for address, headers in ((ME, own), (f"{ME}/2026-Q3", own), (UNIT, manage), (OFFICIAL, manage)):
        page = await read_page(site, address, headers)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page)
        for tag in ("section", "table", "p", "ul", "ol", "li", "dl", "div", "details", "picture", "span", "form"):
            assert len(re.findall(rf"<{tag}[ >]", page)) == page.count(f"</{tag}>"), (address, tag)


async def test_before_the_first_release_pages_say_so(
    site: httpx.AsyncClient, committed: Connection, own: dict[str, str], manage: dict[str, str]
) -> None:
    await committed.execute("TRUNCATE releases CASCADE")
    assert "Chưa có kỳ công bố nào có đánh giá về Ông/Bà." in await read_page(site, ME, own)
    assert "Chưa có kỳ công bố nào." in await read_page(site, UNIT, manage)
    assert (await site.get(f"{ME}/trend.svg", headers=own)).status_code == 404
