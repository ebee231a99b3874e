import asyncio
import gzip
import os
import re
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import brotli
import httpx
import pytest

from dashboards.evaluation.client_text import CLIENT
from dashboards.evaluation.cursors import PageCursor, read_cursor, write_cursor
from feedback.api_keys import Reach
from feedback.database import Connection
from surveys.errors import BadCursorError
from tests.dashboards.evaluation_stage import GOOD, add_release, make_release, open_evaluation
from tests.feedback.slip_stage import add_key

Q3 = "/api/v1/releases/2026-Q3"
DOCUMENT = Path(__file__).parents[2] / "docs" / "evaluation-api.md"
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


async def test_pages_meet_without_gap_or_overlap(site: httpx.AsyncClient) -> None:
    seen, path = [], f"{Q3}/officials?limit=1&lang=en"
    while path:
        answer = await site.get(path)
        page = answer.json()
        seen += [item["official"] for item in page["items"]]
        path = answer.links.get("next", {}).get("url", "")
        assert (page["next"] is None) == (path == "")
        assert "lang=en" in path or not path
    assert seen == ["demo-1", "demo-2", "demo-3", "demo-4"]


async def test_a_cursor_is_good_for_its_own_list_alone(site: httpx.AsyncClient) -> None:
    cursor = (await site.get(f"{Q3}/officials", params={"limit": 1})).json()["next"]
    for path, more in (
        (f"{Q3}/units", {}),
        ("/api/v1/releases/2026-Q2/officials", {}),
        (f"{Q3}/officials", {"place": "96"}),
        ("/api/v1/changes", {}),
    ):
        answer = await site.get(path, params={"cursor": cursor, **more})
        assert (answer.status_code, answer.json()["title"]) == (400, "bad-cursor")
    assert (await site.get(f"{Q3}/officials", params={"cursor": cursor, "limit": 2})).status_code == 200


def test_no_altered_cursor_is_read() -> None:
    good = write_cursor(PageCursor(7, "a/b"), "secret", "list")
    assert read_cursor(good, PageCursor, "secret", "list") == PageCursor(7, "a/b")
    altered = [
        good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in range(len(good) - 1)
    ]
    for text in (*altered, good + "=", good + "A", good[:-4], "", "é", "\0", "A" * 5000):
        with pytest.raises(BadCursorError):
            read_cursor(text, PageCursor, "secret", "list")
    for secret, name in (("other", "list"), ("secret", "other")):
        with pytest.raises(BadCursorError):
            read_cursor(good, PageCursor, secret, name)


async def test_an_answer_that_did_not_change_is_not_sent_again(site: httpx.AsyncClient, store: Connection) -> None:
    first = await site.get(f"{Q3}/officials")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    again = await site.get(f"{Q3}/officials", headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await site.get(f"{Q3}/officials?lang=en", headers={"if-none-match": tag})).status_code == 200
    assert (await site.get(f"{Q3}/officials?limit=2", headers={"if-none-match": tag})).status_code == 200
    await store.execute(
        "INSERT INTO score_reviews (official_id, first_day, last_day, reason, asked_on, state)"
        " SELECT official_id, '2026-07-01', '2026-09-30', 'mẫu', '2026-10-20', 'open' FROM officials"
        " WHERE code = 'demo-1'"
    )
    assert (await site.get(f"{Q3}/officials", headers={"if-none-match": tag})).status_code == 200


async def test_answers_are_packed_as_the_asker_can_unpack_them(site: httpx.AsyncClient) -> None:
    bodies = {}
    for encoding, unpack in (("identity", bytes), ("gzip", gzip.decompress), ("br", brotli.decompress)):
        async with site.stream("GET", "/api/v1/methods", headers={"accept-encoding": encoding}) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
            assert answer.headers.get("content-encoding", "identity") == encoding
            assert "accept-encoding" in answer.headers["vary"]
            bodies[encoding] = (unpack(raw), answer.headers["etag"])
    assert len({body for body, _ in bodies.values()}) == 1
    assert len({tag for _, tag in bodies.values()}) == 3


async def test_head_answers_as_get_without_the_body(site: httpx.AsyncClient) -> None:
    for path in (f"{Q3}/officials", f"{Q3}/download.csv", "/api/v1/openapi.json"):
        head, get = await site.head(path), await site.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == get.headers["etag"]


async def test_changes_are_told_once_each(site: httpx.AsyncClient, store: Connection) -> None:
    first = (await site.get("/api/v1/changes", params={"limit": 1})).json()
    assert [(item["kind"], item["release"]) for item in first["items"]] == [("release", "2026-Q2")]
    assert first["has_more"]
    second = (await site.get("/api/v1/changes", params={"cursor": first["cursor"]})).json()
    assert [item.get("release") for item in second["items"]] == ["2026-Q3"]
    assert not second["has_more"]
    insert = (
        "INSERT INTO score_reviews (official_id, first_day, last_day, reason, asked_on, state, ended_on)"
        " SELECT official_id, '2026-07-01', '2026-09-30', 'mẫu', '2026-10-20', 'granted', $2 FROM officials"
        " WHERE code = $1"
    )
    # Today is 2026-11-21: of this day more may still come, so it waits until tomorrow.
    await store.execute(insert, "demo-4", date(2026, 11, 20))
    await store.execute(insert, "demo-1", date(2026, 11, 20))
    await store.execute(insert, "demo-2", date(2026, 11, 21))
    third = (await site.get("/api/v1/changes", params={"cursor": second["cursor"]})).json()
    assert [(item["kind"], item["official"], item["state"]) for item in third["items"]] == [
        ("review", "demo-4", "granted"),
        ("review", "demo-1", "granted"),
    ]
    last = (await site.get("/api/v1/changes", params={"cursor": third["cursor"]})).json()
    assert (last["items"], last["has_more"]) == ([], False)


async def test_a_release_can_be_pulled_at_once_by_whoever_was_told_of_it(
    site: httpx.AsyncClient, store: Connection
) -> None:
    assert len((await site.get("/api/v1/releases")).json()["items"]) == 2
    await add_release(store, make_release("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)), [])
    assert (await site.get("/api/v1/releases/2026-Q1")).status_code == 200


async def test_a_review_is_told_where_the_official_was_when_rated(
    site: httpx.AsyncClient, store: Connection, database_url: str
) -> None:
    """demo-1 was scored in province 01 in the second quarter, in province 96 in the third."""
    insert = (
        "INSERT INTO score_reviews (official_id, first_day, last_day, reason, asked_on, state, ended_on)"
        " SELECT official_id, $2, $2, 'mẫu', '2026-10-20', 'refused', '2026-11-20' FROM officials WHERE code = $1"
    )
    await store.execute("UPDATE desk_officials SET valid_from = '2026-07-01'")
    for official, day in (("demo-1", date(2026, 8, 3)), ("demo-4", date(2026, 8, 3)), ("demo-1", date(2026, 5, 4))):
        await store.execute(insert, official, day)
    told = {}
    for place, province in enumerate(("01", "96"), 2):
        key = await add_key(database_url, place, reach=Reach(provinces=(province,)))
        items = (await site.get("/api/v1/changes", headers=key)).json()["items"]
        told[province] = [(item["official"], item["first_day"]) for item in items if item["kind"] == "review"]
    assert told == {"01": [("demo-4", "2026-08-03"), ("demo-1", "2026-05-04")], "96": [("demo-1", "2026-08-03")]}


async def test_the_client_of_the_documentation_pulls_a_release(site: httpx.AsyncClient, store: Connection) -> None:
    [client] = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert client == CLIENT
    officials = [f"many-{number:03}" for number in range(250)]
    await store.execute(
        "INSERT INTO officials (code, display_name, valid_from)"
        " SELECT *, 'Cán bộ mẫu', '2025-07-01' FROM unnest($1::text[])",
        officials,
    )
    release = make_release("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))
    await add_release(store, release, [("official", code, "32041", GOOD) for code in officials])
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", client),
        env={
            **os.environ,
            "LISTEN_HOST": str(site.base_url).rstrip("/"),
            "LISTEN_KEY": site.headers["authorization"].split()[1],
            "LISTEN_RELEASE": "2026-Q1",
        },
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert output.decode().splitlines() == [f"{code} 84 A 0" for code in officials]
