"""Two provinces, each with a unit, an official, an alert and a review; people of every role who reach the first."""

from datetime import date

import msgspec

from dashboards.supervision.alerts.evidence import Evidence, EvidenceFigure
from feedback.accounts.powers import ROLES, Appointment, Role
from feedback.api_keys import EVERYWHERE, NOWHERE, Reach
from feedback.database import Connection
from feedback.tables.accounts import insert_account, note_visit
from feedback.tables.alert_places import AlertPlace
from feedback.tables.appointments import insert_appointment, select_appointments_in_force
from feedback.tables.releases import insert_release_scores
from feedback.tables.score_reviews import insert_review
from tests.dashboards.staff_stage import SCORE, make_row, make_staff_world
from tests.factories import NOW
from tests.feedback.review_stage import find_ids, make_request
from tests.feedback.second_wall_stage import OTHER_UNIT
from tests.house_rules.power_cases import add_cases, add_settings
from tests.staff_people import PERSONAL, add_person, open_session

DAY = date(2026, 11, 18)
REACHES: dict[str, Reach] = {"head_of_unit": Reach(units=("32041",)), "unit_manager": Reach(units=("32041",))}
PROVINCE = Reach(provinces=("96",))
BY_PLACE = ("alert", "review", "case", "round", "batch")
OBJECTS: tuple[str, ...] = (
    *(f"{kind} {place}" for kind in BY_PLACE for place in ("here", "there")),
    *("account", "held", "proposed", "report", "kiosk", "proposal"),
)
OTHER_PEOPLE = """
INSERT INTO officials (code, display_name, valid_from) VALUES ('demo-far', 'Cán bộ mẫu nơi khác', '2025-07-01');
INSERT INTO desks (unit_id, number, name, valid_from)
    SELECT unit_id, '1', 'Một cửa (mẫu)', date '2025-07-01' FROM units WHERE code = '26734';
INSERT INTO official_titles SELECT official_id, title_id, date '2025-07-01', NULL FROM officials, titles
    WHERE officials.code = 'demo-far';
INSERT INTO desk_officials SELECT desk_id, official_id, date '2025-07-01', NULL FROM desks, officials
    WHERE officials.code = 'demo-far' AND unit_id = (SELECT unit_id FROM units WHERE code = '26734');
"""
ALERT = (
    "INSERT INTO supervision_alerts (cause, kind, weight, unit_id, day, evidence, raised_at, state, changed_at)"
    " SELECT 'low_share ' || code, 'low_share', 50, unit_id, '2026-11-18', $2, $3, 'open', $3 FROM units"
    " WHERE code = $1 RETURNING alert_id"
)


class Person(msgspec.Struct, frozen=True):
    """`appointments` are empty for those who hold nothing; `cookies` of a session that was open before any trouble."""

    name: str
    account_id: int
    appointments: tuple[Appointment, ...]
    cookies: dict[str, str]


class World(msgspec.Struct, frozen=True):
    """Numbers of objects by name, such as "alert here" and "alert there"."""

    people: dict[str, Person]
    numbers: dict[str, int]


NO_NUMBERS: dict[str, int] = dict.fromkeys(OBJECTS, 1)
NO_WORLD = World({}, NO_NUMBERS)


async def make_power_world(connection: Connection) -> World:
    ids = await make_staff_world(connection)
    await connection.execute(OTHER_UNIT + OTHER_PEOPLE)
    numbers = await add_objects(connection, ids)
    people = {role: await add_role(connection, role, ids["demo-1"]) for role in ROLES}
    people["inspector of the nation"] = await find_person(
        connection, await add_person(connection, "nation", "inspector", EVERYWHERE), "inspector of the nation"
    )
    nothing = await insert_account(connection, "demo-nothing", "Người mẫu (mẫu)", NOW)
    people["nothing held"] = await find_person(connection, nothing, "nothing held")
    disabled = await find_person(connection, await add_person(connection, "gone", "inspector", EVERYWHERE), "disabled")
    await connection.execute("UPDATE accounts SET disabled_at = $2 WHERE account_id = $1", disabled.account_id, NOW)
    people["disabled"] = disabled
    numbers |= await add_administered(connection, people["administrator"].account_id)
    return World(people, numbers | await add_cases(connection, people["front_supervisor"].account_id))


async def add_role(connection: Connection, role: Role, official_id: int) -> Person:
    reach = NOWHERE if role in PERSONAL else REACHES.get(role, PROVINCE)
    official = official_id if role == "official" else None
    account_id = await add_person(connection, role.replace("_", "-"), role, reach, official_id=official)
    return await find_person(connection, account_id, role)


async def find_person(connection: Connection, account_id: int, name: str) -> Person:
    appointments = await select_appointments_in_force(connection, account_id)
    return Person(name, account_id, appointments, await open_session(connection, account_id))


async def add_objects(connection: Connection, ids: dict[str, int]) -> dict[str, int]:
    """An alert and a review of each place; a score of the official there."""
    there = await find_ids(connection)
    release_id = int(await connection.fetchval("SELECT max(release_id) FROM releases") or 0)
    row = make_row(release_id, there["demo-far"], there["26734"], SCORE)
    await insert_release_scores(connection, [row])
    numbers: dict[str, int] = {}
    for name, unit, official_id in (("here", "32041", ids["demo-1"]), ("there", "26734", there["demo-far"])):
        evidence = msgspec.json.encode(make_evidence(unit)).decode()
        numbers[f"alert {name}"] = int(await connection.fetchval(ALERT, unit, evidence, NOW) or 0)
        numbers[f"review {name}"] = await insert_review(connection, make_request(ids, official_id=official_id))
    return numbers


def make_evidence(unit: str) -> Evidence:
    """Too little of everything to show."""
    figure = EvidenceFigure(DAY, DAY, None, None)
    place = AlertPlace(unit, "Trung tâm (mẫu)", "Phường (mẫu)", "", "", "", "")
    return Evidence("low_share", place, DAY, figure, figure, 60, 0.0, 0.0, 0, (), ())


async def add_administered(connection: Connection, administrator: int) -> dict[str, int]:
    """Somebody who is administered, with a role in force, and a proposal by another administrator."""
    other = await add_person(connection, "administrator-2", "administrator")
    victim = await add_person(connection, "victim", "inspector", PROVINCE)
    await note_visit(connection, victim, NOW)
    assert administrator != other
    held = await connection.fetchval("SELECT max(appointment_id) FROM appointments WHERE account_id = $1", victim)
    proposed = await insert_appointment(connection, victim, "personnel", PROVINCE, other, NOW)
    numbers = {"account": victim, "held": int(held or 0), "proposed": proposed}
    return numbers | await add_settings(connection, other)
