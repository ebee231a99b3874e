"""Two installations with people of every role signed in: one with an object of every kind, a province full of figures.

In the second nobody asked for anything and nothing was released, so that its other pages are those of the first day.
"""

import base64
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from litestar import Litestar
from playwright.async_api import Browser, Page

from dashboards.supervision.alerts.causes import About
from feedback.accounts.invitations import give_proof, invite
from feedback.accounts.passwords import hash_password
from feedback.accounts.powers import ROLES
from feedback.api_keys import EVERYWHERE, Reach
from feedback.database import Connection, open_connection
from feedback.demo.people import DemoProof, write_proofs
from feedback.tables.accounts import insert_account, note_visit
from feedback.tables.appointments import decide_appointment, insert_appointment
from feedback.web.front_door import FrontDoor
from tests.dashboards.alert_stage import add_alert, find_ids
from tests.dashboards.frames import TODAY
from tests.dashboards.sign_in_stage import DEVICE, PASSWORD
from tests.dashboards.supervision_stage import make_supervised
from tests.factories import NOW
from tests.house_rules.power_parts import Part, list_parts
from tests.house_rules.power_stage import ENVIRONMENT
from tests.house_rules.power_world import NO_WORLD, Person, find_person, make_power_world
from tests.journeys.phone import LISTEN
from tests.journeys.program import Program, run_program
from tests.journeys.staff_cases import make_cases
from tests.journeys.staff_objects import make_batches, make_reports, make_rounds, make_settings, place_objects
from tests.staff_people import add_person
from tests.wired import SECRET, wire_program

UNIT, UNIT_OF_FIRST_DAY = Reach(units=("32041",)), Reach(units=("demo-2",))
FIRST_DAY: Mapping[str, Reach] = {
    "head_of_unit": UNIT_OF_FIRST_DAY,
    "unit_manager": UNIT_OF_FIRST_DAY,
    "front_volunteer": Reach(provinces=("96",)),
}
DEVICE_TEXT = base64.b32encode(DEVICE).decode()
PROOF = DemoProof("mau-can-bo", "Cán bộ một cửa (mẫu)", "official", "abcde-fghij-klmno-pqrst", DEVICE_TEXT)


class Site(msgspec.Struct, frozen=True):
    """`parts` are what its addresses may name, by the address; under an empty one what holds everywhere else.

    `words` are what only a test knows, such as the token of an invitation.
    """

    program: Program
    connection: Connection
    people: dict[str, Person]
    parts: Mapping[str, Mapping[str, Part]]
    words: dict[str, str]

    def find_parts(self, address: str) -> dict[str, Part]:
        return {**self.parts[""], **self.parts.get(address, {})}


@asynccontextmanager
async def open_sites(full_url: str, province_url: str, home: Path) -> AsyncGenerator[dict[str, Site]]:
    write_proofs(home, [PROOF])
    async with AsyncExitStack() as stack:
        full, province = [await open_connection(url) for url in (full_url, province_url)]
        stack.push_async_callback(full.close)
        stack.push_async_callback(province.close)
        programs = [
            await stack.enter_async_context(run_program(url, home, front_door=wire_staff(url, home)))
            for url in (full_url, province_url)
        ]
        world = await make_power_world(full)
        words = await add_more(full)
        objects = await add_objects(full, programs[0].address, world.people, words)
        more = ("several", "vi", "en", "second volunteer")
        others = {name: await find_person(full, int(words[name]), name) for name in more}
        parts = {**objects, "": {**list_parts(world), **objects[""]}}
        yield {
            "full": Site(programs[0], full, {**world.people, **others}, parts, words),
            "province": Site(programs[1], province, await make_first_day(province), {"": list_parts(NO_WORLD)}, {}),
        }


async def add_objects(
    connection: Connection, address: str, people: dict[str, Person], words: dict[str, str]
) -> dict[str, dict[str, Part]]:
    """Their numbers go to `words`."""
    ids = await find_ids(connection)
    front, volunteer = people["front_supervisor"].account_id, people["front_volunteer"].account_id
    words["second volunteer"] = str(
        await add_person(connection, "volunteer-2", "front_volunteer", Reach(provinces=("96",)))
    )
    await add_person(connection, "above", "front_supervisor")  # who can be given what is escalated
    head, alert = people["head_of_unit"].account_id, int(words["official alert"])
    words |= await make_cases(connection, ids["unit"], front, head, ids["official"], alert)
    words |= await make_rounds(connection, front)
    words |= await make_batches(connection, address, front, (int(words["second volunteer"]), volunteer))
    await make_reports(connection, front)
    await make_settings(connection, ids["unit"], people["inspector of the nation"].account_id)
    return place_objects(words)


def wire_staff(database_url: str, home: Path) -> FrontDoor:
    """With a way to an identity provider, who is away; on the day of the figures."""
    front_door = wire_program(database_url, home, **ENVIRONMENT)
    assert isinstance(front_door.app, Litestar)
    front_door.app.state.read_day = lambda: TODAY
    return front_door


async def add_more(connection: Connection) -> dict[str, str]:
    """Somebody of two roles, an alert with all its evidence, people with password and device, an open invitation."""
    several = await add_person(connection, "several", "unit_manager", UNIT)
    second = await insert_appointment(connection, several, "personnel", UNIT, None, NOW)
    await decide_appointment(connection, second, "approved", None, NOW)
    ids = await find_ids(connection)
    alert = await add_alert(connection, About("drop", ids["unit"], ids["desk-1"]))
    other = await add_alert(connection, About("low_share", ids["unit"], ids["desk-2"], ids["official"]), weight=40)
    words = {"several": str(several), "alert": str(alert.alert_id), "official alert": str(other.alert_id)}
    password_hash = await hash_password(PASSWORD)
    for name in ("vi", "en", "keys"):
        account_id = await add_person(connection, name, "official", official_id=ids["official"])
        await give_proof(connection, SECRET, account_id, password_hash, DEVICE)
        words[name] = str(account_id)
    invited = await insert_account(connection, "demo-invited", "Người được mời (mẫu)", NOW)
    words["token"] = await invite(connection, invited, None, datetime.now(UTC))
    return words


async def make_first_day(connection: Connection) -> dict[str, Person]:
    await make_supervised(connection)
    official_id = await connection.fetchval(
        "INSERT INTO officials (code, display_name, valid_from) VALUES ('demo-1', 'Cán bộ mẫu 1', '2025-07-01')"
        " RETURNING official_id"
    )
    people: dict[str, Person] = {}
    for role in ROLES:
        own = official_id if role == "official" else None
        reach = FIRST_DAY.get(role, EVERYWHERE)
        account_id = await add_person(connection, role.replace("_", "-"), role, reach, official_id=own)
        await note_visit(connection, account_id, NOW)
        people[role] = await find_person(connection, account_id, role)
    return people


@asynccontextmanager
async def open_page(browser: Browser) -> AsyncGenerator[Page]:
    context = await browser.new_context(locale="vi-VN")
    await context.add_init_script(LISTEN)
    context.set_default_timeout(20_000)
    yield await context.new_page()
    await context.close()


async def change_person(page: Page, site: Site, who: str) -> None:
    """To somebody else, signed in; nobody where `who` is empty."""
    # What the last page still loads is not asked for in the name of the next.
    await page.goto("about:blank")
    await page.context.clear_cookies()
    address = site.program.address.replace("http://", "https://")
    for name, value in site.people[who].cookies.items() if who else ():
        await page.context.add_cookies([{"name": name, "value": value, "url": address, "secure": True}])
