"""Borrows rows for two units in turn through one pool, and counts the rows that came to the wrong one.

`python tools/second_wall.py [--times 100000]` makes its own database beside the one in DATABASE_URL, or on an embedded
server; it ends with 1 when a single row was foreign, or something stayed behind on a connection.
"""

import asyncio
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from feedback.database import open_connection, open_pool
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from tests.conftest import name_database, run_on_server
from tests.feedback.second_wall_stage import borrow_at_random, list_leftovers, make_two_units


@click.command()
@click.option("--times", default=100_000, show_default=True, help="How many borrowings.")
@click.option("--at-once", default=16, show_default=True, help="How many tasks.")
@click.option("--seed", default=1, show_default=True, help="The same order again.")
def main(times: int, at_once: int, seed: int) -> None:
    """Two units, one pool: no row of the one may ever come to the other."""
    server_url = os.environ.get("DATABASE_URL")
    if server_url:
        sys.exit(asyncio.run(try_on(server_url, times, at_once, seed)))
    with tempfile.TemporaryDirectory(prefix="ln-") as folder:
        server = EmbeddedPostgres(Path(folder))
        server.start()
        try:
            outcome = asyncio.run(try_on(server.url, times, at_once, seed))
        finally:
            server.stop()
    sys.exit(outcome)


async def try_on(server_url: str, times: int, at_once: int, seed: int) -> int:
    name = f"second_wall_{uuid.uuid4().hex[:8]}"
    await run_on_server(server_url, f"CREATE DATABASE {name}")
    try:
        return await try_in(name_database(server_url, name), times, at_once, seed)
    finally:
        await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def try_in(database_url: str, times: int, at_once: int, seed: int) -> int:
    connection = await open_connection(database_url)
    await migrate(connection)
    readers = await make_two_units(connection)
    await connection.close()
    pool = await open_pool(database_url)
    began = time.perf_counter()
    tally = await borrow_at_random(pool, readers, times, at_once, seed)
    seconds = time.perf_counter() - began
    leftovers = await list_leftovers(pool)
    await pool.close()
    print(f"{tally.borrowings} borrowings in {seconds:.1f} s, {tally.broken} broken off; {tally.rows} rows came back")
    print(f"foreign rows: {tally.foreign}; borrowings without their own rows: {tally.empty}; left behind: {leftovers}")
    return 1 if tally.foreign or tally.empty or leftovers else 0


if __name__ == "__main__":
    main()
