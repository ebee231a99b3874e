from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import msgspec
import pytest

from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.official_identifiers import replace_identifiers
from tests.dashboards.evaluation_stage import GOOD, POOL, add_release, find_id, make_release, open_evaluation
from tests.feedback.slip_stage import add_key, make_key

Q3 = "/api/v1/releases/2026-Q3"
SOUTH = Reach(provinces=("96",))
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


async def test_an_official_has_all_that_is_needed_to_use_the_score_rightly(
    site: httpx.AsyncClient,
) -> None:
    answer = await site.get(f"{Q3}/officials", params={"limit": 1, "lang": "en"})
    assert answer.status_code == 200, answer.text
    [item] = answer.json()["items"]
    use = item.pop("use")
    assert item == {
        "official": "demo-1",
        "identifier": None,
        "title": "reception",
        "unit": "32041",
        "area_type": "urban",
        "peer_group": "citizen/reception/urban/96",
        "release": "2026-Q3",
        "score": 84,
        "status": "scored",
        "reasons": [],
        "interval": {"low": 80, "high": 88},
        "n": 80,
        "reliability": 0.87,
        "grade": "A",
        "peer_band": "similar",
        "share_class_a": 100,
        "open_reviews": 0,
        "method_version": "2026.1",
    }
    assert "one input and no verdict" in use
    assert "chất lượng phục vụ người dân và doanh nghiệp" in use
    assert "liêm chính" in use


async def test_without_evidence_there_is_no_score_and_no_zero(site: httpx.AsyncClient) -> None:
    items = (await site.get(f"{Q3}/officials")).json()["items"]
    few, own = items[1], items[2]
    assert (few["official"], few["score"], few["status"], few["grade"]) == ("demo-2", None, "insufficient", "none")
    assert (few["n"], few["reasons"]) == (None, ["too_few_ratings"])
    # demo-3 has a score of its own (71), which is for that person and the manager alone.
    assert (own["official"], own["score"], own["interval"], own["peer_band"]) == ("demo-3", None, None, None)
    assert (own["n"], own["reliability"], own["grade"]) == (14, None, "owner")
    assert "71" not in str([value for name, value in own.items() if name != "peer_group"])


async def test_nothing_names_a_person_or_orders_by_score(site: httpx.AsyncClient) -> None:
    for path in (f"{Q3}/officials", f"{Q3}/units", f"{Q3}/procedures", f"{Q3}/peer-groups", "/api/v1/officials/demo-1"):
        answer = await site.get(path)
        assert answer.status_code == 200
        assert "mẫu" not in answer.text
        assert not {"name", "rank", "raw", "steps", "theta"} & set(answer.json()["items"][0])
    for wish in ("sort", "order", "order_by"):
        assert (await site.get(f"{Q3}/officials", params={wish: "score"})).status_code == 400


async def test_units_and_procedures_are_listed_the_same_way(site: httpx.AsyncClient) -> None:
    units = (await site.get(f"{Q3}/units", params={"place": "96"})).json()["items"]
    assert [(item["unit"], item["place"], item["score"], item["n"]) for item in units] == [("32041", "32041", 84, 480)]
    assert units[0]["satisfied"] == {
        "percent": 91,
        "bound": "exact",
        "low": 88,
        "high": 94,
        "is_weighted": True,
        "response_rate": 12,
    }
    procedures = (await site.get(f"{Q3}/procedures")).json()["items"]
    assert [(item["procedure"], item["score"]) for item in procedures] == [("1.001193", 84), ("9.000001", None)]


async def test_the_distribution_among_equals_stands_beside(site: httpx.AsyncClient) -> None:
    groups = {item["peer_group"]: item for item in (await site.get(f"{Q3}/peer-groups")).json()["items"]}
    assert groups[POOL]["quantiles"] == [72, 78, 82, 86, 90]
    assert {groups[name]["quantiles"] is None for name in groups} == {True, False}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["demo-1", "demo-2", "demo-3", "demo-4"]),
        ({"unit": "00004"}, ["demo-4"]),
        ({"place": "96"}, ["demo-1", "demo-2", "demo-3"]),
        ({"place": "32041"}, ["demo-1", "demo-2", "demo-3"]),
        ({"place": "96", "unit": "32041", "title": "reception"}, ["demo-1", "demo-2", "demo-3"]),
        ({"title": "cadastral"}, []),
        ({"area_type": "urban", "place": "01"}, ["demo-4"]),
        ({"area_type": "island"}, []),
    ],
)
async def test_filters_leave_what_they_name(site: httpx.AsyncClient, filters: dict[str, str], found: list[str]) -> None:
    answer = await site.get(f"{Q3}/officials", params=filters)
    assert [item["official"] for item in answer.json()["items"]] == found


async def test_beyond_the_reach_of_a_key_nothing_is_there(site: httpx.AsyncClient, database_url: str) -> None:
    south = await add_key(database_url, 2, reach=SOUTH)
    officials = await site.get(f"{Q3}/officials", headers=south)
    assert [item["official"] for item in officials.json()["items"]] == ["demo-1", "demo-2", "demo-3"]
    units = await site.get(f"{Q3}/units", headers=south)
    assert [item["unit"] for item in units.json()["items"]] == ["32041"]
    grades = (await site.get(Q3, headers=south)).json()["grades"]
    assert {"role": "official", "grade": "A", "count": 1} in grades
    foreign = await site.get("/api/v1/officials/demo-4", headers=south)
    unknown = await site.get("/api/v1/officials/nobody", headers=south)
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404
    foreign = await site.get(f"{Q3}/officials", params={"unit": "00004"}, headers=south)
    unknown = await site.get(f"{Q3}/officials", params={"unit": "99999"}, headers=south)
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404


async def test_a_history_follows_a_transfer_as_far_as_the_key_reaches(
    site: httpx.AsyncClient, database_url: str
) -> None:
    whole = (await site.get("/api/v1/officials/demo-1")).json()
    assert [(item["release"], item["unit"]) for item in whole["items"]] == [("2026-Q2", "00004"), ("2026-Q3", "32041")]
    south = await add_key(database_url, 2, reach=SOUTH)
    part = (await site.get("/api/v1/officials/demo-1", headers=south)).json()
    assert [(item["release"], item["unit"]) for item in part["items"]] == [("2026-Q3", "32041")]


async def test_who_stands_at_a_desk_but_was_not_released_yet_has_an_empty_history(
    site: httpx.AsyncClient, store: Connection, database_url: str
) -> None:
    await store.execute(
        "INSERT INTO officials (code, display_name, valid_from) VALUES ('demo-5', 'Cán bộ mẫu 5', '2026-10-01');"
        "INSERT INTO desk_officials SELECT desk_id, official_id, date '2026-10-01', NULL FROM desks, officials"
        " WHERE (number, code) = ('1', 'demo-5')"
    )
    south = await add_key(database_url, 2, reach=SOUTH)
    assert (await site.get("/api/v1/officials/demo-5", headers=south)).json()["items"] == []


async def test_a_holder_finds_officials_by_its_own_identifiers_and_by_nobody_elses(
    site: httpx.AsyncClient, store: Connection, database_url: str
) -> None:
    await replace_identifiers(store, make_key()[0].holder, {await find_id(store, "officials", "demo-1"): "CB-000123"})
    item = (await site.get(f"{Q3}/officials", params={"limit": 1})).json()["items"][0]
    assert item["identifier"] == "CB-000123"
    found = (await site.get("/api/v1/officials", params={"identifier": "CB-000123"})).json()
    assert (found["official"], found["identifier"], len(found["items"])) == ("demo-1", "CB-000123", 2)
    other = await add_key(database_url, 2, holder="Phần mềm khác (mẫu)")
    answer = await site.get("/api/v1/officials", params={"identifier": "CB-000123"}, headers=other)
    assert answer.status_code == 404
    item = (await site.get(f"{Q3}/officials", headers=other)).json()["items"][0]
    assert item["identifier"] is None


async def test_open_reviews_of_the_quarter_are_counted_live(site: httpx.AsyncClient, store: Connection) -> None:
    insert = (
        "INSERT INTO score_reviews (official_id, first_day, last_day, reason, asked_on, state, ended_on)"
        " VALUES ($1, $2, $3, 'mẫu', '2026-10-20', $4, $5)"
    )
    official = await find_id(store, "officials", "demo-1")
    days = (
        (date(2026, 9, 1), date(2026, 9, 30)),
        (date(2026, 6, 1), date(2026, 7, 1)),
        (date(2026, 5, 1), date(2026, 5, 9)),
    )
    for first, last in days:
        await store.execute(insert, official, first, last, "open", None)
    await store.execute(insert, official, *days[0], "refused", date(2026, 11, 1))
    items = (await site.get("/api/v1/officials/demo-1")).json()["items"]
    # The second overlaps both quarters; the third only the second quarter; the fourth has ended.
    assert [item["open_reviews"] for item in items] == [2, 2]
    unit = (await site.get(f"{Q3}/units", params={"unit": "32041"})).json()["items"][0]
    assert unit["open_reviews"] == 2


async def test_two_rows_of_an_official_who_changed_groups_come_in_order(
    site: httpx.AsyncClient, store: Connection
) -> None:
    await add_release(
        store,
        make_release("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        [
            ("official", "demo-1", "32041", GOOD),
            ("official", "demo-1", "00004", msgspec.structs.replace(GOOD, score=60, low=50, high=70)),
        ],
    )
    seen, path = [], "/api/v1/releases/2026-Q1/officials?limit=1"
    while path:
        answer = await site.get(path)
        seen += [(item["peer_group"], item["score"]) for item in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url", "")
    assert seen == [("citizen/reception/urban/01", 60), ("citizen/reception/urban/96", 84)]


async def test_few_corrections_are_not_counted_out(site: httpx.AsyncClient, store: Connection) -> None:
    """Of one granted review, whose official and days are told under /changes, they are the ratings of those days."""
    for code, year, corrections in (("2025-Q1", 2025, 9), ("2024-Q1", 2024, 13)):
        release = make_release(code, date(year, 1, 1), date(year, 3, 31))
        await add_release(store, msgspec.structs.replace(release, corrections=corrections, waiting=corrections), [])
    few, many = [(await site.get(f"/api/v1/releases/{code}")).json() for code in ("2025-Q1", "2024-Q1")]
    assert (few["corrections"], few["waiting"]) == (None, None)
    assert (many["corrections"], many["waiting"]) == (15, 15)
