"""The personnel body's page: what it says of whom, page by page, and the files it gives."""

import csv
import io
import re
import zipfile
from datetime import date

import httpx
import msgspec
import pytest

from dashboards.evaluation.make_items import make_official_item
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.evaluation_views import Wish, select_score_rows
from tests.dashboards.staff_stage import read_page, sign_in
from tests.feedback.review_stage import ask, find_ids

SCORES = "/staff/scores"


@pytest.fixture
async def personnel(committed: Connection) -> dict[str, str]:
    return await sign_in(committed, "personnel", "personnel", Reach(provinces=("96",)))


async def add_officials(connection: Connection, count: int, name: str = "Cán bộ thêm") -> None:
    """With demo-2's figure in the last release, at unit 32041."""
    await connection.execute(
        "WITH new AS (INSERT INTO officials (code, display_name, valid_from)"
        " SELECT 'more-' || lpad(n::text, 4, '0'), $2, '2025-07-01' FROM generate_series(1, $1) AS n"
        " RETURNING official_id)"
        " INSERT INTO release_scores SELECT s.release_id, s.role, new.official_id, s.pool, s.unit_id, s.title_id,"
        " s.area_type, s.grade, s.figure FROM release_scores AS s, new, officials AS o"
        " WHERE o.official_id = s.entity_id AND o.code = 'demo-2' AND s.role = 'official'",
        count,
        name,
    )


async def test_scores_stand_by_unit_and_say_what_they_are_for(
    site: httpx.AsyncClient, personnel: dict[str, str]
) -> None:
    page = await read_page(site, SCORES, personnel)
    assert "Điểm chính thức: quý 3/2026" in page
    assert "Điểm này chỉ là một căn cứ, không phải là kết luận." in page
    assert page.index(">demo-1<") < page.index(">demo-2<") < page.index(">demo-3<")
    assert '<td class="number">83<span class="interval">' in page
    # Coaching figures, how a score came about, and the 24 peers of another unit are not the personnel body's.
    for hidden in ("95", "82,6", "9000"):
        assert hidden not in page.replace("khoảng tin cậy 95\u00a0%", "")


async def test_an_earlier_release_and_units_are_shown_when_asked_for(
    site: httpx.AsyncClient, personnel: dict[str, str]
) -> None:
    page = await read_page(site, f"{SCORES}?release=2026-Q1", personnel)
    assert '<td class="number">66<span' in page
    page = await read_page(site, f"{SCORES}?role=unit", personnel)
    assert '<td class="number">81<span' in page
    assert "demo-1" not in page
    assert (await site.get(f"{SCORES}?release=2020-Q1", headers=personnel)).status_code == 404


@pytest.mark.parametrize(("search", "found"), [("DEMO-1", 1), ("mẫu 2", 1), ("32041", 3), ("nobody", 0), ("%", 0)])
async def test_scores_are_found_by_name_or_code(
    site: httpx.AsyncClient, personnel: dict[str, str], search: str, found: int
) -> None:
    page = (await site.get(SCORES, params={"search": search}, headers=personnel)).text
    assert page.count('<tr><th scope="row">') == found


async def test_files_hold_what_the_evaluation_api_gives(
    site: httpx.AsyncClient, committed: Connection, personnel: dict[str, str]
) -> None:
    ids = await find_ids(committed)
    await ask(committed, ids, first_day=date(2026, 7, 6), last_day=date(2026, 7, 10))
    reply = await site.get(f"{SCORES}/scores.csv?lang=en", headers=personnel)
    assert reply.headers["content-disposition"] == 'attachment; filename="langnghe-2026-Q3-official.csv"'
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    release_id = await committed.fetchval("SELECT release_id FROM releases WHERE code = '2026-Q3'")
    wish = Wish("official", "nobody", [ids["32041"]])
    known = await select_score_rows(committed, int(release_id or 0), wish)
    items = [make_official_item(row, rows[0]["use"]) for row in known]
    assert [row["official"] for row in rows] == ["demo-1", "demo-2", "demo-3"]
    for row, item in zip(rows, items, strict=True):
        given = msgspec.to_builtins(item)
        for name in ("official", "unit", "score", "n", "grade", "open_reviews", "peer_band", "share_class_a"):
            assert row[name] == ("" if given[name] is None else str(given[name])), name
    assert [row["open_reviews"] for row in rows] == ["1", "0", "0"]
    assert "This score is one input and no verdict." in rows[0]["use"]


async def test_a_name_that_is_a_formula_is_none_in_the_files(
    site: httpx.AsyncClient, committed: Connection, personnel: dict[str, str]
) -> None:
    await committed.execute("UPDATE officials SET code = '=1+1' WHERE code = 'demo-2'")
    text = (await site.get(f"{SCORES}/scores.csv", headers=personnel)).content.decode("utf-8-sig")
    assert "\n'=1+1," in text
    content = (await site.get(f"{SCORES}/scores.xlsx", headers=personnel)).content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet, strings = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
    assert "<f>" not in sheet
    assert re.search(r"<t[^>]*>=1\+1</t>", strings)


async def test_pages_hold_a_hundred_rows_and_lead_through_all_of_them_once(
    site: httpx.AsyncClient, committed: Connection, personnel: dict[str, str]
) -> None:
    await add_officials(committed, 205)
    address, seen = SCORES, list[str]()
    for expected in (100, 100, 8):
        page = await read_page(site, address, personnel)
        rows = [part.partition("<")[0] for part in page.split('<tr><th scope="row">')[1:]]
        assert len(rows) == expected
        seen += rows
        address = page.partition('rel="next" href="')[2].partition('"')[0]
    assert address == ""
    assert seen == sorted(set(seen))


async def test_a_unit_is_shown_alone_only_within_reach(site: httpx.AsyncClient, committed: Connection) -> None:
    far = await sign_in(committed, "far", "personnel", Reach(provinces=("01",)))
    near = await sign_in(committed, "near", "personnel", Reach(communes=("32041",)))
    for address in (f"{SCORES}?unit=32041", f"{SCORES}/scores.csv?unit=32041"):
        assert (await site.get(address, headers=far)).status_code == 404
        assert "demo-1" in (await site.get(address, headers=near)).text
    assert "Không có điểm nào phù hợp." in await read_page(site, SCORES, far)
    assert "demo-" not in (await site.get(f"{SCORES}/scores.csv", headers=far)).text


async def test_every_page_and_file_is_in_the_audit_log(
    site: httpx.AsyncClient, committed: Connection, personnel: dict[str, str]
) -> None:
    for question in ("", "?unit=32041", "?search=demo-1"):
        await read_page(site, SCORES + question, personnel)
    await site.get(f"{SCORES}/scores.csv?role=unit", headers=personnel)
    kept = await committed.fetch("SELECT object_kind, object_code, unit_id, official_id FROM audit_log ORDER BY 1, 2")
    ids = await find_ids(committed)
    assert sorted(tuple(row) for row in kept) == [
        ("scores", "2026-Q3 officials of area 96", 0, 0),
        ("scores", '2026-Q3 officials of area 96 "demo-1"', 0, ids["demo-1"]),
        ("scores", "2026-Q3 officials of unit 32041", ids["32041"], 0),
        ("scores", "2026-Q3 units of area 96", 0, 0),
    ]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("?after=x", 400),
        ('?after=["a","b"]', 400),
        ('?after=["a\\u0000","b","c"]', 400),
        ("?after=" + "[" * 3000, 400),
        ("?search=%00", 400),
        ("?search=" + "a" * 3000, 200),
        ("?role=procedure", 404),
        ("?unit=%ff", 404),
        ("?unit=" + "9" * 300, 404),
        ("?release=%F0%9F%98%80", 404),
        ("/scores.parquet", 404),
        ("/%00", 404),
    ],
)
async def test_what_cannot_be_asked_is_refused(
    site: httpx.AsyncClient, personnel: dict[str, str], address: str, status: int
) -> None:
    assert (await site.get(SCORES + address, headers=personnel)).status_code == status


async def test_before_the_first_release_the_page_says_so(
    site: httpx.AsyncClient, committed: Connection, personnel: dict[str, str]
) -> None:
    await committed.execute("TRUNCATE releases CASCADE")
    assert "Chưa có kỳ công bố nào." in await read_page(site, SCORES, personnel)
    assert (await site.get(f"{SCORES}/scores.csv", headers=personnel)).status_code == 404
