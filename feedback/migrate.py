"""Brings the schema to today's shape: plain SQL files in order, forward only, one transaction each."""

from importlib import resources

from feedback.database import Connection
from feedback.tables.migrations import insert_migration, lock_migrations, select_migrations

MIGRATIONS = resources.files("feedback") / "migrations"


def list_migrations() -> list[tuple[str, str]]:
    """(name, SQL) in the order in which they apply."""
    files = sorted((file for file in MIGRATIONS.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    return [(file.name.removesuffix(".sql"), file.read_text("utf-8")) for file in files]


async def migrate(connection: Connection) -> list[str]:
    """Apply what is missing and name it. A second copy waits; a migration that fails leaves nothing behind."""
    applied: list[str] = []
    for name, statements in list_migrations():
        async with connection.transaction():
            await lock_migrations(connection)
            if name not in await select_migrations(connection):
                await connection.execute(statements)
                await insert_migration(connection, name)
                applied.append(name)
    return applied
