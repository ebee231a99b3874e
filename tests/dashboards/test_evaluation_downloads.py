import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import fastexcel
import httpx
import msgspec
import polars as pl
import pytest

from dashboards.disclosure.groups import ReleasedShare
from dashboards.disclosure.released_scores import ReleasedScore
from dashboards.evaluation.download_routes import MOST_AT_ONCE, digest_items, make_items, take_place
from dashboards.evaluation.downloads import write_csv, write_xlsx
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.evaluation_views import Wish, select_score_rows
from surveys.errors import TooManyDownloadsError
from tests.dashboards.evaluation_stage import add_release, make_release, open_evaluation
from tests.feedback.slip_stage import add_key

Q3 = "/api/v1/releases/2026-Q3"
FORMS = ("parquet", "csv", "xlsx")
# OWASP's list of what spreadsheets run, and the ways around a check of the first sign.
RUN = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\0=1",
    " =1",
    "\u00a0=1",
    "＝1",
    "＠A",
    "－1",
    "=cmd|'/C calc'!A0",
    '"=1',
]
LEAVE = ["demo-1", "2026-Q3", "1.001193", "", "Hộ tịch", "a=1", "'quoted", "84"]
Evaluation = tuple[httpx.AsyncClient, Connection]


@pytest.fixture
async def evaluation(database_url: str, tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with open_evaluation(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def site(evaluation: Evaluation) -> httpx.AsyncClient:
    return evaluation[0]


@pytest.fixture
def store(evaluation: Evaluation) -> Connection:
    return evaluation[1]


async def test_a_release_is_the_same_in_every_form(site: httpx.AsyncClient) -> None:
    frames = {}
    for form in FORMS:
        answer = await site.get(f"{Q3}/download.{form}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="langnghe-2026-Q3-official.{form}"'
        # Asked twice, the same bytes; asked with the tag, none.
        again = await site.get(f"{Q3}/download.{form}")
        assert again.content == answer.content
        unchanged = await site.get(f"{Q3}/download.{form}", headers={"if-none-match": answer.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        frames[form] = answer.content
    parquet = pl.read_parquet(io.BytesIO(frames["parquet"]))
    assert frames["csv"].startswith(b"\xef\xbb\xbfofficial,identifier,title,unit,")
    table = pl.read_csv(io.BytesIO(frames["csv"]), schema_overrides={"unit": pl.String, "method_version": pl.String})
    xlsx = pl.read_excel(io.BytesIO(frames["xlsx"]), schema_overrides={"unit": pl.String})
    wanted = [("demo-1", 84, 80), ("demo-2", None, None), ("demo-3", None, 14), ("demo-4", 84, 80)]
    for frame in (parquet, table, xlsx):
        assert frame.select("official", "score", "n").rows() == wanted
        assert frame["unit"].to_list() == ["32041", "32041", "32041", "00004"]


async def test_units_and_procedures_come_as_files_too(site: httpx.AsyncClient) -> None:
    units = pl.read_parquet(io.BytesIO((await site.get(f"{Q3}/download.parquet?role=unit")).content))
    assert units.select("unit", "satisfied_percent", "satisfied_low").rows() == [("32041", 91, 88), ("00004", 91, 88)]
    procedures = pl.read_parquet(io.BytesIO((await site.get(f"{Q3}/download.parquet?role=procedure")).content))
    assert procedures.select("procedure", "score").rows() == [("1.001193", 84), ("9.000001", None)]


async def test_a_file_holds_what_the_key_reaches(site: httpx.AsyncClient, database_url: str) -> None:
    south = await add_key(database_url, 2, reach=Reach(provinces=("96",)))
    answer = await site.get(f"{Q3}/download.parquet", headers=south)
    assert pl.read_parquet(io.BytesIO(answer.content))["official"].to_list() == ["demo-1", "demo-2", "demo-3"]


async def test_a_tag_tells_nothing_of_what_the_file_leaves_out(site: httpx.AsyncClient, store: Connection) -> None:
    """Else whoever knows all but a few owner-level fields would find those by trying them out against the tag."""
    two = []
    for code, year in (("2025-Q1", 2025), ("2024-Q1", 2024)):
        coded = ReleasedShare(95, "at_least") if two else ReleasedShare(5, "at_most")
        figure = ReleasedScore("owner", ("one_sided",), n=14, days=9 + len(two), share_class_a=100, coded=coded)
        release = make_release(code, date(year, 1, 1), date(year, 3, 31))
        release_id = await add_release(store, release, [("official", "demo-1", "32041", figure)])
        two.append(await select_score_rows(store, release_id, Wish("official", "")))
    first, second = (
        make_items([msgspec.structs.replace(row, release="2025-Q1") for row in rows], "official", "") for rows in two
    )
    assert digest_items(first, "csv") == digest_items(second, "csv") != digest_items(second, "xlsx")
    answer = await site.get("/api/v1/releases/2025-Q1/download.csv?lang=vi")
    use = (await site.get("/api/v1/releases/2025-Q1/officials?lang=vi")).json()["items"][0]["use"]
    assert answer.headers["etag"] == f'"{digest_items(make_items(two[0], "official", use), "csv")}"'


async def test_a_third_download_waits_for_the_first_two(site: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(site.get(f"{Q3}/download.xlsx") for _ in range(8)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 503}
    refused = answers[statuses.index(503)]
    assert (refused.json()["title"], refused.headers["retry-after"]) == ("too-many-downloads", "5")
    assert (await site.get(f"{Q3}/download.xlsx")).status_code == 200


def test_no_cell_of_a_file_is_run_by_a_spreadsheet() -> None:
    frame = pl.DataFrame({"text": [*RUN, *LEAVE]})
    text = write_csv(frame).decode("utf-8-sig")
    written = [row[0] if row else "" for row in csv.reader(io.StringIO(text, newline=""))][1:]
    # Where a file is cut at tabs or lines, a text behind one would begin a cell: there are none.
    plain = [re.sub(r"[\t\r\n\0]", " ", text) for text in RUN]
    assert written == [*(f"'{text}" for text in plain), *LEAVE]
    sheet = fastexcel.read_excel(write_xlsx(frame)).load_sheet(0).to_polars()
    assert sheet["text"].to_list()[0] == "=1+1"  # a text, which nothing reads as a formula


def test_no_cell_is_run_where_a_file_is_cut_at_semicolons() -> None:
    frame = pl.DataFrame({"text": ["a;=1", 'a"; "=1', "a;\t+1;b", "a; b"]})
    written = [row[0] for row in csv.reader(io.StringIO(write_csv(frame).decode("utf-8-sig"), newline=""))][1:]
    assert written == ["a;'=1", 'a";\' "=1', "a;' +1;b", "a; b"]


def test_a_place_is_given_back_after_a_fault() -> None:
    class State(dict[str, object]):
        pass

    class App:
        state = State()

    class Asker:
        app = App()

    asker: object = Asker()
    for _ in range(MOST_AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError), take_place(asker):  # pyright: ignore[reportArgumentType] (only its app is read)
            raise ZeroDivisionError
    with take_place(asker), take_place(asker), pytest.raises(TooManyDownloadsError), take_place(asker):  # pyright: ignore[reportArgumentType] (as above)
        pass
