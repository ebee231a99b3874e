import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from feedback.api_keys import Reach
from feedback.database import Connection, open_connection
from feedback.slips.check_requests import RefusedSlip, SlipRequest
from feedback.slips.end_slips import forget_slips
from feedback.slips.issue_slips import Answer, IssuedSlip, issue_slips
from feedback.tables.slip_desks import select_issuing_desks
from tests.factories import NOW
from tests.feedback.slip_stage import SLIP_SECRETS, VISIT, find_today, issue, run_sql
from tests.world import make_world

TODAY = date(2026, 11, 20)
NUMBER = "000.01.96.H12-261120-0007"


async def ask(connection: Connection, *requests: SlipRequest, **changes: object) -> list[Answer]:
    return await issue_slips(connection, requests, SLIP_SECRETS, TODAY, **changes)  # pyright: ignore[reportArgumentType]


def change(**changes: str | None) -> SlipRequest:
    return msgspec.structs.replace(VISIT, **changes)


@pytest.mark.parametrize(
    ("request_", "field", "reason"),
    [
        (change(unit="99999"), "unit", "no-such-unit"),
        (change(desk="9"), "desk", "no-such-desk"),
        (change(procedure="9.000001"), "procedure", "not-offered"),
        (change(procedure="7.777777"), "procedure", "not-offered"),
        (change(official="demo-3"), "official", "not-serving"),
        (change(official="nobody"), "official", "not-serving"),
    ],
)
async def test_what_the_desk_does_not_do_is_refused_by_field(
    connection: Connection, request_: SlipRequest, field: str, reason: str
) -> None:
    await make_world(connection)
    assert await ask(connection, request_) == [RefusedSlip(field, reason)]
    assert await connection.fetchval("SELECT count(*) FROM visit_slips") == 0


async def test_good_ones_are_issued_beside_refused_ones_in_the_order_asked(connection: Connection) -> None:
    await make_world(connection)
    answers = await ask(connection, VISIT, change(desk="9"), VISIT, change(official="demo-1"))
    assert [isinstance(answer, IssuedSlip) for answer in answers] == [True, False, True, True]
    names = await connection.fetch("SELECT code FROM visit_slips JOIN officials USING (official_id) ORDER BY code")
    assert [row["code"] for row in names] == ["demo-1", "demo-2", "demo-2"]


async def test_an_official_who_serves_alone_need_not_be_named_and_two_are_not_guessed(connection: Connection) -> None:
    await make_world(connection)
    await ask(connection, change(official=None), SlipRequest("32041", "2", "9.000001"))
    rows = await connection.fetch(
        "SELECT d.number, coalesce(o.code, '-') AS code FROM visit_slips JOIN desks AS d USING (desk_id)"
        " LEFT JOIN officials AS o USING (official_id) ORDER BY 1"
    )
    assert [tuple(row) for row in rows] == [("1", "-"), ("2", "demo-3")]


async def test_the_catalogue_of_the_day_decides(connection: Connection) -> None:
    await make_world(connection)
    await connection.execute(
        "UPDATE desk_officials SET valid_to = '2026-11-20' WHERE official_id ="
        " (SELECT official_id FROM officials WHERE code = 'demo-2')"
    )
    assert await ask(connection, VISIT) == [RefusedSlip("official", "not-serving")]
    assert len(await issue(connection, day=TODAY - timedelta(days=1))) == 1


async def test_one_reference_gets_one_slip(connection: Connection) -> None:
    await make_world(connection)
    named = change(reference=NUMBER)
    first, second = await ask(connection, named, named)
    [third] = await ask(connection, named)
    assert first == second == third
    assert await connection.fetchval("SELECT count(*) FROM visit_slips") == 1


async def test_the_same_reference_of_another_issuer_is_another(connection: Connection) -> None:
    await make_world(connection)
    named = change(reference=NUMBER)
    [first] = await ask(connection, named, issuer="one")
    [second] = await ask(connection, named, issuer="two")
    assert first != second


async def test_a_reference_that_comes_back_for_another_visit_is_refused(connection: Connection) -> None:
    await make_world(connection)
    await ask(connection, change(reference=NUMBER))
    [answer] = await ask(connection, change(reference=NUMBER, official="demo-1"))
    assert answer == RefusedSlip("reference", "reference-of-another")


async def test_a_reference_whose_slip_has_ended_gets_no_second_one_for_90_days(connection: Connection) -> None:
    await make_world(connection)
    await ask(connection, change(reference=NUMBER))
    for days in (15, 89):
        await forget_slips(connection, TODAY + timedelta(days=days))
        [answer] = await ask(connection, change(reference=NUMBER))
        assert answer == RefusedSlip("reference", "slip-ended")
    assert (await forget_slips(connection, TODAY + timedelta(days=90))).references == 1
    [answer] = await ask(connection, change(reference=NUMBER))
    assert isinstance(answer, IssuedSlip)


async def test_no_dossier_number_and_nothing_of_a_token_is_stored(connection: Connection) -> None:
    await make_world(connection)
    [slip] = await ask(connection, change(reference=NUMBER))
    assert isinstance(slip, IssuedSlip)
    for table in ("visit_slips", "slip_references", "slip_keys"):
        stored = "\n".join(str(row) for row in await connection.fetch(f"SELECT * FROM {table}"))  # noqa: S608 (fixed names)
        for part in (NUMBER, NUMBER[-4:], slip.token[8:], slip.pin + "'"):
            assert part not in stored


async def test_a_key_issues_only_for_its_units(connection: Connection) -> None:
    await make_world(connection)
    for reach, issued in (
        (Reach(provinces=("96",)), True),
        (Reach(communes=("32041",)), True),
        (Reach(units=("32041",)), True),
        (Reach(provinces=("01",), communes=("00001",), units=("x",)), False),
        (Reach(), False),
    ):
        [answer] = await ask(connection, VISIT, reach=reach)
        assert isinstance(answer, IssuedSlip) == issued
        assert issued or answer == RefusedSlip("unit", "outside-key")


async def test_ten_thousand_slips_have_ten_thousand_tokens(connection: Connection) -> None:
    await make_world(connection)
    tokens: set[str] = set()
    for _ in range(10):
        answers = await ask(connection, *[VISIT] * 1000)
        tokens |= {answer.token for answer in answers if isinstance(answer, IssuedSlip)}
    assert len(tokens) == 10_000


async def test_two_issuers_at_once_for_a_new_desk_and_the_same_references_agree(database_url: str) -> None:
    connections = [await open_connection(database_url) for _ in range(4)]
    await make_world(connections[0])
    requests = [change(reference=f"{number}") for number in range(200)]
    asked = [
        issue_slips(connection, requests[::-1] if turn % 2 else requests, SLIP_SECRETS, find_today())
        for turn, connection in enumerate(connections)
    ]
    answers = await asyncio.gather(*asked)
    tokens = [[answer.token for answer in found if isinstance(answer, IssuedSlip)] for found in answers]
    assert tokens[0] == tokens[2] == tokens[1][::-1] == tokens[3][::-1]
    assert len(set(tokens[0])) == 200
    assert await run_sql(database_url, "SELECT count(*) FROM visit_slips") == [(200,)]
    for connection in connections:
        await connection.close()


async def test_a_units_province_is_that_of_its_commune(connection: Connection) -> None:
    await make_world(connection)
    desks = await select_issuing_desks(connection, ["32041"], NOW.date())
    assert {(desk.place_code, desk.province_code) for desk in desks.values()} == {("32041", "96")}
