"""The second wall: a connection on which only the rows exist that an account may see for one action."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from feedback.accounts.powers import POWERS, ROLES, Action, SignedIn
from feedback.database import Connection, Pool
from feedback.tables.sequencer import select_last_number
from feedback.tables.staff_rows import DatabaseRole, take_reach

ADMINISTRATOR_ACTIONS: frozenset[Action] = POWERS["administrator"] - {"see_self"}


@asynccontextmanager
async def borrow_rows(pool: Pool, signed_in: SignedIn, action: Action) -> AsyncGenerator[Connection]:
    """One transaction as langnghe_staff, or as langnghe_administrator, who has no right to any rating."""
    roles = [role for role in ROLES if action in POWERS[role]]
    database_role: DatabaseRole = "langnghe_administrator" if action in ADMINISTRATOR_ACTIONS else "langnghe_staff"
    async with pool.acquire(timeout=3) as connection, connection.transaction():
        await take_reach(connection, signed_in.account.account_id, roles, action, database_role)
        yield connection


@asynccontextmanager
async def borrow_snapshot(pool: Pool, signed_in: SignedIn, action: Action) -> AsyncGenerator[tuple[Connection, int]]:
    """As borrow_rows, of one moment however many statements read it; with the last number of a rating then."""
    roles = [role for role in ROLES if action in POWERS[role]]
    async with (
        pool.acquire(timeout=3) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        last_number = await select_last_number(connection)
        await take_reach(connection, signed_in.account.account_id, roles, action, "langnghe_staff")
        yield connection, last_number
