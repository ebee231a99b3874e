"""The program's own database role is no administrator of the server: what the second wall asks of it, it can do."""

import uuid
from collections.abc import AsyncIterator
from datetime import date
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import polars as pl
import pytest

from feedback.database import Connection, open_connection
from feedback.migrate import migrate
from feedback.tables.count_rows import CELL, COUNTS, insert_counts, select_counts
from feedback.tables.weekly_counts import ROW, insert_week
from tests.conftest import name_database, run_on_server

WEEK = date(2026, 11, 9)


def sign_in_as(url: str, role: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))


@pytest.fixture
async def own(server_url: str, template: str) -> AsyncIterator[Connection]:
    """As a role that owns the database; the two roles of the wall were made with another one, `template`."""
    assert template
    name = f"plain_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE ROLE {name} LOGIN")
    for wall in ("langnghe_staff", "langnghe_administrator"):  # as PostgreSQL 16 gives who makes a role
        await run_on_server(server_url, f"GRANT {wall} TO {name} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    await run_on_server(server_url, f"CREATE DATABASE {name} OWNER {name}")
    connection = await open_connection(sign_in_as(name_database(server_url, name), name))
    await migrate(connection)
    yield connection
    await connection.close()
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")
    await run_on_server(server_url, f"DROP OWNED BY {name}")
    await run_on_server(server_url, f"DROP ROLE {name}")


@pytest.mark.parametrize("wall", ["langnghe_staff", "langnghe_administrator"])
async def test_it_can_take_on_the_roles_that_pages_read_with(own: Connection, wall: str) -> None:
    async with own.transaction():
        await own.execute(f"SET LOCAL ROLE {wall}")
        assert await own.fetchval("SELECT current_user") == wall


async def test_it_writes_many_rows_into_tables_that_take_no_copy(own: Connection) -> None:
    with pytest.raises(asyncpg.FeatureNotSupportedError):
        await own.copy_records_to_table("weekly_counts", records=[], columns=list(ROW))
    week = pl.DataFrame([(7, "", WEEK, "all", 0, 1, 2, 3, 4, 5, 60)], schema=ROW, orient="row")
    day = pl.DataFrame([(7, WEEK, 1, 2, 3, 4, 5, 1, ord("B"), 1, 0, 0, 0, 9)], schema={**CELL, **COUNTS}, orient="row")
    async with own.transaction():
        await insert_week(own, WEEK, b"digest", week)
        await insert_week(own, WEEK, b"another", week.with_columns(pl.lit(8).alias("unit_id")))
        await insert_counts(own, day)
    rows = await own.fetch("SELECT unit_id, n5, completed FROM weekly_counts ORDER BY unit_id")
    assert [tuple(row) for row in rows] == [(7, 5, 60), (8, 5, 60)]
    assert (await select_counts(own)).rows() == day.rows()
