"""A connection of the program's own database role, for what the second wall cannot serve: ways to sign in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from feedback.database import TEMPORARY_FAILURES, Connection
from feedback.web.bodies import Request
from surveys.errors import StaffPagesUnavailableError

WAITING_SECONDS = 3


@asynccontextmanager
async def borrow_plain_rows(request: Request) -> AsyncGenerator[Connection]:
    """Without a transaction. Raises StaffPagesUnavailableError, also when the database goes away meanwhile."""
    try:
        async with request.app.state.pool.acquire(timeout=WAITING_SECONDS) as connection:
            yield connection
    except TEMPORARY_FAILURES:
        raise StaffPagesUnavailableError from None
