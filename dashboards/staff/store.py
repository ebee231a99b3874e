"""A connection to what the second wall holds back from everybody, for after the reach was checked.

That is: the reviews that officials asked for, and the peers of a score, who are numbers without a name.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from dashboards.explain.read_explanation import Explanation, add_peers
from dashboards.staff.plain_rows import borrow_plain_rows
from feedback.database import Connection
from feedback.web.bodies import Request


@asynccontextmanager
async def borrow_store(request: Request) -> AsyncGenerator[Connection]:
    """One transaction. Never inside another one: whoever holds two connections lets others wait for both.

    Raises StaffPagesUnavailableError.
    """
    async with borrow_plain_rows(request) as connection, connection.transaction():
        yield connection


async def find_peers(request: Request, found: Sequence[Explanation]) -> list[Explanation]:
    """The figures with their peers."""
    async with borrow_store(request) as connection:
        return await add_peers(connection, found)
