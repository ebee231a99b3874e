from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from feedback.database import Connection
from tests.dashboards.evaluation_stage import open_evaluation
from tests.feedback.slip_stage import add_key, find_today

Q3 = "/api/v1/releases/2026-Q3"
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


OFFICIALS = f"{Q3}/officials"
AREAS = ["urban", "rural", "mountain", "border", "island"]


CASES: list[tuple[str, int, str, list[str] | None]] = [
    ("/api/v1/releases/2025-Q3", 404, "unlisted-release", ["2026-Q2", "2026-Q3"]),
    ("/api/v1/releases/2026-Q5/units", 404, "unlisted-release", ["2026-Q2", "2026-Q3"]),
    ("/api/v1/releases/2026-07/peer-groups", 404, "unlisted-release", ["2026-Q2", "2026-Q3"]),
    ("/api/v1/releases/9999-Q4", 404, "unlisted-release", ["2026-Q2", "2026-Q3"]),
    ("/api/v1/releases/2025-Q3/download.csv", 404, "unlisted-release", ["2026-Q2", "2026-Q3"]),
    ("/api/v1/officials/nobody", 404, "unknown-official", None),
    ("/api/v1/officials?identifier=nobody", 404, "unknown-official", None),
    ("/api/v1/officials", 400, "unusable-filter", ["1-64"]),
    ("/api/v1/methods/1999.1", 404, "unknown-method", ["2026.1"]),
    (f"{OFFICIALS}?limit=0", 400, "unusable-filter", ["1-100"]),
    (f"{OFFICIALS}?limit=10000", 400, "unusable-filter", ["1-100"]),
    (f"{OFFICIALS}?limit=-1", 400, "unusable-filter", ["1-100"]),
    (f"{OFFICIALS}?limit=", 400, "unusable-filter", ["1-100"]),
    (f"{OFFICIALS}?limit=٣", 400, "unusable-filter", ["1-100"]),
    (f"{OFFICIALS}?cursor=abc", 400, "bad-cursor", None),
    (f"{OFFICIALS}?area_type=desert", 400, "unusable-filter", AREAS),
    (f"{OFFICIALS}?title=king", 400, "unusable-filter", ["cadastral", "reception"]),
    (f"{OFFICIALS}?place=1", 400, "unusable-filter", ["00-99", "00000-99999"]),
    (f"{OFFICIALS}?place=99", 404, "unknown-unit", None),
    (f"{OFFICIALS}?unit=99", 404, "unknown-unit", None),
    (f"{OFFICIALS}?lang=fr", 400, "unusable-filter", ["vi", "en"]),
    (
        f"{OFFICIALS}?score=5",
        400,
        "unknown-filter",
        ["unit", "place", "area_type", "title", "cursor", "limit", "lang"],
    ),
    (
        f"{Q3}/units?title=reception",
        400,
        "unknown-filter",
        ["unit", "place", "area_type", "cursor", "limit", "lang"],
    ),
    ("/api/v1/releases?limit=5", 400, "unknown-filter", ["lang"]),
    (f"{OFFICIALS}?limit=5&limit=6", 400, "doubled-filter", None),
    (f"{Q3}/download.csv?role=judge", 400, "unusable-filter", ["official", "unit", "procedure"]),
]


async def test_a_refusal_says_what_is_allowed(site: httpx.AsyncClient) -> None:
    for path, status, title, allowed in CASES:
        answer = await site.get(path)
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert (path, answer.status_code, problem["status"], problem["title"]) == (path, status, status, title)
        assert problem["type"] == f"urn:langnghe:problem:{title}"
        assert problem.get("allowed") == allowed
        assert all(each in problem["detail"] for each in allowed or [])


async def test_a_quarter_that_is_not_closed_says_from_when_it_can_be_asked_for(site: httpx.AsyncClient) -> None:
    # Today is 2026-11-21. The quarter ends on 31 December; seven days later is 7 January.
    problem = (await site.get("/api/v1/releases/2026-Q4/officials?lang=en")).json()
    assert problem["title"] == "quarter-not-released"
    assert "2027-01-07" in problem["detail"]


async def test_each_key_is_told_why_it_does_not_open(site: httpx.AsyncClient, database_url: str) -> None:
    today = find_today()
    ended = await add_key(database_url, 2, made_on=today - timedelta(days=200), expires_on=today - timedelta(days=100))
    narrow = await add_key(database_url, 3, scopes=("slips",))
    for headers, status, title in (
        ({"authorization": ""}, 401, "api-key-needed"),
        ({"authorization": site.headers["authorization"][:-3] + "zzz"}, 401, "api-key-needed"),
        (ended, 401, "api-key-ended"),
        (narrow, 403, "api-key-too-narrow"),
    ):
        answer = await site.get(f"{Q3}/officials?limit=0", headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (status, title)
        assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_a_key_that_is_revoked_opens_nothing_from_then_on(
    site: httpx.AsyncClient, store: Connection, database_url: str
) -> None:
    headers = await add_key(database_url, 2, holder="Phần mềm khác (mẫu)")
    assert (await site.get(Q3, headers=headers)).status_code == 200
    await store.execute(
        "UPDATE api_keys SET revoked_on = $1 WHERE holder = $2",
        find_today() - timedelta(days=90),
        "Phần mềm khác (mẫu)",
    )
    assert (await site.get(Q3, headers=headers)).json()["title"] == "api-key-ended"


async def test_a_key_that_asks_too_often_waits(site: httpx.AsyncClient, database_url: str) -> None:
    headers = await add_key(database_url, 2, quota=2)
    answers = [await site.get(Q3, headers=headers) for _ in range(3)]
    refused = [answer.json() for answer in answers if answer.status_code == 429]
    assert refused
    assert all(problem["quota"] == 2 for problem in refused)


async def test_a_question_that_is_no_text_is_refused(site: httpx.AsyncClient) -> None:
    for query in ("%FF", "a=%FF", "lang=%00", "unit=%00", "cursor=%00%00", "&", "a", "x=1&" * 40):
        answer = await site.get(f"{OFFICIALS}?{query}")
        assert (query, answer.status_code) == (query, 400)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_address_that_names_nothing_is_refused(site: httpx.AsyncClient) -> None:
    for part in ("%FF", "%00", "a%00b", "%F0%9F%92%A9", "x" * 5000, "..%2F..", "2026-Q3%20"):
        for path in (f"/api/v1/releases/{part}", f"/api/v1/officials/{part}", f"/api/v1/methods/{part}"):
            assert (await site.get(path)).status_code in {400, 404}


async def test_problems_come_in_the_language_that_was_asked_for(site: httpx.AsyncClient) -> None:
    path = f"{OFFICIALS}?limit=0"
    assert "Được dùng" in (await site.get(path)).json()["detail"]
    assert "Allowed" in (await site.get(path, headers={"accept-language": "en-GB"})).json()["detail"]
    assert "Allowed" in (await site.get(f"{path}&lang=en")).json()["detail"]
