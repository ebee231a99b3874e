from feedback.database import Connection
from feedback.migrate import list_migrations, migrate


async def test_migrating_twice_changes_nothing(connection: Connection) -> None:
    assert await migrate(connection) == []
    assert len(list_migrations()) == await connection.fetchval("SELECT count(*) FROM migrations")
