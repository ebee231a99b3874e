"""Two administrators, and Lan, who has signed in once and holds nothing: the cast of tests about powers."""

from datetime import UTC, datetime

import msgspec

from feedback.accounts.powers import Account
from feedback.api_keys import Reach
from feedback.database import Connection
from feedback.tables.accounts import insert_account, note_visit, select_account
from tests.staff_people import add_person
from tests.world import make_world

NOW = datetime.now(UTC)
PROVINCE = Reach(provinces=("96",))


class People(msgspec.Struct, frozen=True):
    first: Account
    second: Account
    lan: int


async def find_account(connection: Connection, account_id: int) -> Account:
    account = await select_account(connection, account_id)
    assert account
    return account


async def add_people(connection: Connection) -> People:
    await make_world(connection)
    first, second = [await add_person(connection, name, "administrator") for name in ("mot", "hai")]
    lan = await insert_account(connection, "demo-lan", "Lan (mẫu)", NOW)
    await note_visit(connection, lan, NOW)
    return People(await find_account(connection, first), await find_account(connection, second), lan)
