"""The table `sequencer`: one row, the last number given. It is moved by the statement that stores ratings."""

from feedback.database import Connection


async def select_last_number(connection: Connection) -> int:
    """How many rows `responses` has ever taken."""
    return int(await connection.fetchval("SELECT last_number FROM sequencer") or 0)
