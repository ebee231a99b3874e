"""Connections to PostgreSQL: how a pool is opened and what a broken connection means to a citizen."""

from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
Pool: TypeAlias = asyncpg.Pool

# What asyncpg raises when the server is gone, going, coming, being restored, out of space or too slow: worth trying
# again later.
TEMPORARY_FAILURES = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection whose server was killed in the middle of an exchange
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.PostgresIOError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.ReadOnlySQLTransactionError,
)

SERVER_SETTINGS = {
    "application_name": "langnghe",
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
}


async def open_pool(database_url: str, *, smallest: int = 0, largest: int = 8) -> Pool:
    """A pool that connects on first use, so that the program starts while the database is still away."""
    return await asyncpg.create_pool(
        database_url,
        min_size=smallest,
        max_size=largest,
        timeout=5,
        command_timeout=60,
        server_settings=SERVER_SETTINGS,
    )


async def open_connection(database_url: str) -> asyncpg.Connection:
    """One connection without time limits, for migrations and other long work."""
    return await asyncpg.connect(
        database_url, timeout=10, server_settings={"application_name": "langnghe", "timezone": "UTC"}
    )
