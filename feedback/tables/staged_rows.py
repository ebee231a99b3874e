"""Puts many rows into a table that row-level security guards, which takes no COPY: by way of a table of the session."""

from collections.abc import Iterable, Sequence
from typing import Any

from feedback.database import Connection

STAGE = "staged_rows"


async def insert_staged(
    connection: Connection, table: str, records: Iterable[Sequence[Any]], columns: Sequence[str]
) -> None:
    """Inside a transaction: all of them, or none. `table` and `columns` are the program's own words."""
    names = ", ".join(columns)
    await connection.execute(f"CREATE TEMPORARY TABLE {STAGE} ON COMMIT DROP AS SELECT {names} FROM {table} LIMIT 0")
    await connection.copy_records_to_table(STAGE, records=records, columns=list(columns))
    await connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {STAGE}")
    await connection.execute(f"DROP TABLE {STAGE}")
