"""The column `accounts.outside_id`: who a person is to an identity provider, `<issuer> <subject>`."""

from feedback.database import Connection


async def select_account_id_by_outside_id(connection: Connection, outside_id: str) -> int | None:
    return await connection.fetchval("SELECT account_id FROM accounts WHERE outside_id = $1", outside_id)


async def select_outside_id(connection: Connection, account_id: int) -> str | None:
    return await connection.fetchval("SELECT outside_id FROM accounts WHERE account_id = $1", account_id)


async def update_outside_id(connection: Connection, account_id: int, outside_id: str | None) -> None:
    """Raises asyncpg.UniqueViolationError where another account is linked so."""
    await connection.execute("UPDATE accounts SET outside_id = $2 WHERE account_id = $1", account_id, outside_id)
