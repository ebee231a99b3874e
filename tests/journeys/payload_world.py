"""A world in which every free text that a page or file shows is a hostile one: a script, markup, a formula, a quote.

Written by SQL, past all checks of the program: what once got into the store must do no harm either.
"""

from datetime import date
from hashlib import sha256

import msgspec

from dashboards.supervision.alerts.evidence import Evidence, EvidenceFigure, EvidenceProcedure
from dashboards.supervision.roll_up import roll_up
from feedback.accounts.invitations import give_proof
from feedback.accounts.passwords import hash_password
from feedback.api_keys import EVERYWHERE, NOWHERE, Reach
from feedback.database import Connection
from feedback.register_surveys import register_surveys
from feedback.tables.alert_places import AlertPlace
from feedback.tables.releases import Release, insert_release
from surveys.survey_files import load_surveys
from tests.dashboards.alert_stage import BEFORE, write_weeks
from tests.dashboards.alert_stage import NOW as AFTER
from tests.dashboards.area_stage import DAY
from tests.dashboards.sign_in_stage import DEVICE, PASSWORD
from tests.dashboards.staff_stage import POOL, SCORE, UNIT_SCORE, encode
from tests.factories import NOW
from tests.journeys.payload_cases import CasesOfPayloads, make_payload_cases
from tests.journeys.payload_rows import (
    ACCOUNTS,
    ALERTS,
    CATALOGUE,
    COMMENTS,
    COUNTS,
    DESK_ALERTS,
    HISTORY,
    LOG,
    PASSKEYS,
    PROCEDURE_SCORES,
    PROPOSAL,
    REVIEWS,
    SCORES,
    TEXTS,
    UNIT_SCORES,
)
from tests.journeys.payload_texts import GAP, PAYLOADS, join_texts, mark_texts
from tests.staff_people import add_person, open_session
from tests.wired import SECRET

NAME, PASSKEY, EMAIL = 100, 60, 254  # the longest that the tables take
WRITTEN_AT = ("u11", "u12", "u13", "u14")


class Visitor(msgspec.Struct, frozen=True):
    account_id: int
    cookies: dict[str, str]


class PayloadWorld(msgspec.Struct, frozen=True):
    """`visitors` by role; `written` are accounts with an e-mail address; `alerts` have all texts in their evidence."""

    visitors: dict[str, Visitor]
    written: tuple[int, ...]
    alerts: tuple[int, int]
    cases: CasesOfPayloads


async def make_payload_world(connection: Connection) -> PayloadWorld:
    await register_surveys(connection, load_surveys())
    await connection.execute(TEXTS, list(PAYLOADS))
    await connection.execute(CATALOGUE + COUNTS)
    await connection.execute(COMMENTS, list(WRITTEN_AT))
    await roll_up(connection, DAY)
    visitors = await add_visitors(connection)
    emails = join_texts(mark_texts("mail", EMAIL), EMAIL)
    await connection.execute(ACCOUNTS, NOW, emails)
    await connection.execute(PROPOSAL, NOW)
    await add_releases(connection)
    await connection.execute(REVIEWS)
    for role in ("administrator", "front_supervisor"):
        await connection.execute(LOG, visitors[role].account_id, NOW)
    await connection.execute(PASSKEYS, visitors["front_supervisor"].account_id, NOW)
    alerts = await add_alerts(connection, visitors["front_supervisor"].account_id)
    rows = await connection.fetch("SELECT account_id FROM accounts WHERE sign_in_name ~ '^text-' AND email <> ''")
    cases = await make_payload_cases(
        connection, visitors["front_supervisor"].account_id, visitors["administrator"].account_id
    )
    return PayloadWorld(visitors, tuple(row["account_id"] for row in rows), alerts, cases)


async def add_visitors(connection: Connection) -> dict[str, Visitor]:
    """One of each role, who reach everything; the supervisor can also sign in with a password."""
    official = int(await connection.fetchval("SELECT min(official_id) FROM officials") or 0)
    units = tuple(row["code"] for row in await connection.fetch("SELECT code FROM units ORDER BY unit_id"))
    ids = {
        "front_supervisor": await add_person(connection, "lan", "front_supervisor", EVERYWHERE),
        "inspector": await add_person(connection, "inspector", "inspector", EVERYWHERE),
        "personnel": await add_person(connection, "personnel", "personnel", EVERYWHERE),
        "head_of_unit": await add_person(connection, "head", "head_of_unit", Reach(units=units)),
        "official": await add_person(connection, "official", "official", NOWHERE, official_id=official),
        "administrator": await add_person(connection, "administrator", "administrator", NOWHERE),
        "front_volunteer": await add_person(connection, "volunteer", "front_volunteer", Reach(communes=("50001",))),
    }
    await give_proof(connection, SECRET, ids["front_supervisor"], await hash_password(PASSWORD), DEVICE)
    for name, email, account_id in zip(
        join_texts(PAYLOADS, NAME), join_texts(PAYLOADS[::-1], EMAIL), ids.values(), strict=False
    ):
        await connection.execute(
            "UPDATE accounts SET display_name = $2, email = $3 WHERE account_id = $1", account_id, name, email
        )
    return {role: Visitor(account_id, await open_session(connection, account_id)) for role, account_id in ids.items()}


async def add_releases(connection: Connection) -> None:
    digest = sha256(b"").digest()
    first, last = date(2026, 7, 1), date(2026, 9, 30)
    release_id = await insert_release(
        connection, Release("2026-Q3", first, last, 0, "2026.1", "{}", digest, digest, 0, 0, NOW)
    )
    for statement, score in ((SCORES, SCORE), (UNIT_SCORES, UNIT_SCORE), (PROCEDURE_SCORES, UNIT_SCORE)):
        await connection.execute(statement, release_id, POOL, encode(score))


async def add_alerts(connection: Connection, account_id: int) -> tuple[int, int]:
    """Of each unit and each desk one; their frozen evidence holds all texts in each of its words.

    The one returned first is about an official, the other about a desk.
    """
    unit, lies_in, desk, official, title = (
        GAP.join(mark_texts(f"frozen-{name}")) for name in ("unit", "place", "desk", "official", "title")
    )
    now = EvidenceFigure(date(2026, 10, 26), date(2026, 11, 8), 300, AFTER)
    before = EvidenceFigure(date(2026, 5, 11), date(2026, 10, 25), 3600, BEFORE)
    procedures = tuple(EvidenceProcedure(text, text, 200, AFTER) for text in mark_texts("frozen-procedure"))
    of_desk = AlertPlace("u1", unit, lies_in, "một", desk, "", "")
    of_official = msgspec.structs.replace(of_desk, official=official, title=title)
    for statement, place in ((ALERTS, of_official), (DESK_ALERTS, of_desk)):
        evidence = Evidence(
            "drop", place, date(2026, 11, 5), now, before, None, 13.7, 7.0, 2400, write_weeks(), procedures
        )
        await connection.execute(statement, msgspec.json.encode(evidence).decode(), NOW)
    await connection.execute(HISTORY, NOW, account_id)
    rows = await connection.fetch(
        "SELECT min(alert_id) AS id FROM supervision_alerts GROUP BY state = 'over' ORDER BY id"
    )
    first, second = (row["id"] for row in rows)
    return first, second
