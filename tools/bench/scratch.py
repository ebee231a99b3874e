"""What the benchmarks work on: a PostgreSQL of its own, and stores with a known number of rows in it."""

import contextlib
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from feedback.database import open_connection
from feedback.embedded_postgres import EmbeddedPostgres
from feedback.migrate import migrate
from tests.world import make_world

# 3,321 units with three desks and four officials each, nine procedures, a year of days: nearly every rating has
# a cell of its own, as in the national demo.
FILL_RESPONSES = """
INSERT INTO responses (unit_id, token_hash, sequence_number, desk_id, official_id, title_id, procedure_id,
    deciding_unit_id, survey_id, local_day, part_of_day, channel, proof_class, score)
SELECT u, sha256(int8send(i)), i, u * 3 + i / 3321 % 3, u * 4 + i / 9963 % 4, 1, i % 7919 % 9 + 1, 0,
    1 + (i % 8 = 0)::int, date '2025-11-21' + (i / 39852 * 37 % 365)::int, 1, 1 + (i % 10 = 0)::int, 'C', 1 + i % 31 % 5
FROM (SELECT i, (1 + i % 3321)::int AS u FROM generate_series(1::bigint, $1::bigint) AS i) AS rows
"""
GROUP_RESPONSES = """
SELECT unit_id, local_day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class,
    count(*) FILTER (WHERE score = 1) AS n1, count(*) FILTER (WHERE score = 2) AS n2,
    count(*) FILTER (WHERE score = 3) AS n3, count(*) FILTER (WHERE score = 4) AS n4,
    count(*) FILTER (WHERE score = 5) AS n5
FROM responses GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


@contextlib.contextmanager
def start_server() -> Generator[EmbeddedPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="ln-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


async def make_store(server: EmbeddedPostgres, name: str, rows: int = 0) -> str:
    """The address of a migrated store with the small world of the tests and `rows` ratings, counted."""
    connection = await asyncpg.connect(server.url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    url = urlunsplit(urlsplit(server.url)._replace(path=f"/{name}"))
    connection = await open_connection(url)
    await migrate(connection)
    await make_world(connection)
    if rows:
        await connection.execute(FILL_RESPONSES, rows)
        await connection.execute(f"INSERT INTO daily_counts {GROUP_RESPONSES}")
        await connection.execute("UPDATE sequencer SET last_number = $1", rows)
        for table in ("responses", "daily_counts"):
            await connection.execute(f"VACUUM (ANALYZE) {table}")
        await connection.execute("CHECKPOINT")
    await connection.close()
    return url
