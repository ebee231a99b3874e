"""The table `migrations`: which changes of the schema have been applied."""

from feedback.database import Connection

MIGRATION_LOCK = 0x6C616E67


async def lock_migrations(connection: Connection) -> None:
    """Held until the transaction ends; also makes the table on first use."""
    await connection.execute("SELECT pg_advisory_xact_lock($1)", MIGRATION_LOCK)
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
    )


async def select_migrations(connection: Connection) -> set[str]:
    """Empty also for a database that has never been migrated."""
    if await connection.fetchval("SELECT to_regclass('migrations')") is None:
        return set()
    return {row["name"] for row in await connection.fetch("SELECT name FROM migrations")}


async def insert_migration(connection: Connection, name: str) -> None:
    await connection.execute("INSERT INTO migrations (name) VALUES ($1)", name)
