"""Who gets to the staff pages of figures, where their reach ends, and what the audit log keeps of it."""

from pathlib import Path

import httpx
import pytest

from feedback.accounts.powers import Role
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.web.staff_access import COOKIE
from tests.dashboards.staff_stage import serve_staff, sign_in
from tests.feedback.review_stage import ask, find_ids
from tests.feedback.slip_stage import make_key

ME, UNIT = "/staff/me", "/staff/unit/32041"
OFFICIAL = f"{UNIT}/officials/demo-1/2026-Q3"
DONE = """
SELECT l.action, l.object_kind, l.object_code, coalesce(o.code, ''), coalesce(u.code, '')
FROM audit_log AS l LEFT JOIN officials AS o USING (official_id) LEFT JOIN units AS u USING (unit_id)
WHERE l.outcome = 'done' ORDER BY l.entry_id
"""


async def list_done(connection: Connection) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await connection.fetch(DONE)]


@pytest.mark.parametrize("address", [ME, f"{ME}/2026-Q3", f"{ME}/trend.svg", UNIT, OFFICIAL, "/staff/reviews"])
async def test_nobody_gets_in_without_signing_in(site: httpx.AsyncClient, address: str) -> None:
    key = {"authorization": f"Bearer {make_key()[1]}"}
    for headers in ({}, key, {"cookie": f"{COOKIE}={'a' * 43}"}):
        reply = await site.get(address, headers=headers)
        assert reply.status_code in {302, 303, 401}
        assert "demo-1" not in reply.text
        assert reply.headers["cache-control"] == "no-store"
        assert "www-authenticate" not in reply.headers


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        ("front_supervisor", {"/staff/reviews"}),
        ("inspector", {"/staff/reviews"}),
        ("head_of_unit", {UNIT, OFFICIAL}),
        ("unit_manager", {UNIT, OFFICIAL}),
        ("official", {ME}),
        ("personnel", {"/staff/scores"}),
        ("administrator", set()),
    ],
)
async def test_a_role_opens_its_own_pages_and_no_others(
    site: httpx.AsyncClient, committed: Connection, role: Role, opens: set[str]
) -> None:
    ids = await find_ids(committed)
    official_id = ids["demo-1"] if role == "official" else None
    headers = await sign_in(committed, "someone", role, Reach(provinces=("96",)), official_id=official_id)
    for address in (ME, UNIT, OFFICIAL, "/staff/reviews", "/staff/scores"):
        status = (await site.get(address, headers=headers)).status_code
        assert status == (200 if address in opens else 403), address


async def test_what_lies_out_of_reach_is_not_there_and_the_attempt_is_kept(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    far = await sign_in(committed, "far", "unit_manager", Reach(provinces=("01",)))
    inside = await sign_in(committed, "near", "unit_manager", Reach(provinces=("96",)))
    for address in (UNIT, OFFICIAL, f"{OFFICIAL}/funnel.svg"):
        assert (await site.get(address, headers=far)).status_code == 404
        assert (await site.get(address, headers=inside)).status_code == 200
    kept = await committed.fetch("SELECT actor, object_kind, object_code FROM audit_log WHERE outcome = 'denied'")
    assert [tuple(row) for row in kept] == [("Người mẫu far (mẫu)", "unit", "32041")] * 3


async def test_every_sight_of_an_officials_figures_names_the_official(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    ids = await find_ids(committed)
    own = await sign_in(committed, "official", "official", official_id=ids["demo-1"])
    head = await sign_in(committed, "head", "head_of_unit", Reach(units=("32041",)))
    for headers, addresses in ((own, (ME, f"{ME}/2026-Q3", f"{ME}/trend.svg")), (head, (UNIT, OFFICIAL))):
        for address in addresses:
            assert (await site.get(address, headers=headers)).status_code == 200
    sight = ("official", "demo-1", "demo-1")
    assert await list_done(committed) == [
        *[("see_own_figures", *sight, "")] * 3,
        # The list shows demo-1 and demo-2; demo-3 has no figure.
        ("see_unit_figures", *sight, "32041"),
        ("see_unit_figures", "official", "demo-2", "demo-2", "32041"),
        ("see_unit_figures", *sight, "32041"),
    ]


async def test_an_official_with_an_alert_alone_is_named_too(site: httpx.AsyncClient, committed: Connection) -> None:
    ids = await find_ids(committed)
    await committed.execute(
        "INSERT INTO drop_alerts (role, entity_id, unit_id, pool, detector, level, day, statistic, threshold)"
        " VALUES ('official', $1, $2, 'p', 'drop', 'alert', '2026-11-18', 7, 6)",
        *(ids["demo-3"], ids["32041"]),
    )
    head = await sign_in(committed, "head", "head_of_unit", Reach(units=("32041",)))
    assert "demo-3" in (await site.get(UNIT, headers=head)).text
    assert {row[3] for row in await list_done(committed)} == {"demo-1", "demo-2", "demo-3"}


async def test_who_looks_at_a_review_or_votes_is_kept(site: httpx.AsyncClient, committed: Connection) -> None:
    review_id = await ask(committed, await find_ids(committed))
    headers = await sign_in(committed, "inspector", "inspector")
    assert (await site.get("/staff/reviews", headers=headers)).status_code == 200
    form = {"verdict": "refuse", "reason": "Đã xem.", "lang": "vi"}
    assert (await site.post(f"/staff/reviews/{review_id}", headers=headers, data=form)).status_code == 201
    review = ("review", str(review_id), "demo-1", "")
    looked, voted = ("decide_reviews", *review), ("vote_on_review", *review)
    assert await list_done(committed) == [looked, voted, looked]
    details = "SELECT details ->> 'verdict' FROM audit_log WHERE action = 'vote_on_review'"
    assert await committed.fetchval(details) == "refuse"


async def test_an_appointment_that_ended_opens_nothing_from_then_on(
    site: httpx.AsyncClient, committed: Connection
) -> None:
    head = await sign_in(committed, "head", "head_of_unit", Reach(units=("32041",)))
    assert (await site.get(UNIT, headers=head)).status_code == 200
    await committed.execute("UPDATE appointments SET ended_at = now()")
    assert (await site.get(UNIT, headers=head)).status_code == 403


async def test_a_database_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    async with (
        serve_staff("postgresql://nobody@127.0.0.1:1/nothing", tmp_path) as address,
        httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}) as site,
    ):
        reply = await site.get(ME, headers={"cookie": f"{COOKIE}=any"})
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
