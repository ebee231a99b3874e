"""Keys that people had for staff pages, when the store learns that people sign in."""

import uuid
from collections.abc import AsyncIterator

import pytest

from feedback.database import Connection, open_connection
from feedback.migrate import list_migrations
from tests.conftest import name_database, run_on_server

OFFICIAL = "INSERT INTO officials (code, display_name, valid_from) VALUES ('demo-1', 'Cán bộ mẫu 1', '2025-07-01')"
KEYS = """
INSERT INTO api_keys (key_id, holder, secret_hash, scopes, official_id, everywhere, province_codes, commune_codes,
    unit_codes, networks, quota, made_on, expires_on, revoked_on)
SELECT id, 'Mẫu', decode(repeat('00', 32), 'hex'), scopes::text[], (SELECT official_id FROM officials WHERE of_one),
    everywhere, '{}', '{}', units::text[], '{}', 60, '2026-10-01', '2027-01-01', revoked::date
FROM (VALUES
    ('0000000001', '{own}', true, false, '{}', NULL),
    ('0000000002', '{manage,review}', false, true, '{}', '2026-10-02'),
    ('0000000003', '{review}', false, false, '{u1}', NULL),
    ('0000000004', '{slips,manage,dossiers}', false, false, '{u1}', NULL),
    ('0000000005', '{evaluation}', false, true, '{}', NULL)
) AS given (id, scopes, of_one, everywhere, units, revoked)
"""


@pytest.fixture
async def earlier(server_url: str) -> AsyncIterator[Connection]:
    """A store as it was before accounts."""
    name = f"earlier_{uuid.uuid4().hex[:12]}"
    await run_on_server(server_url, f"CREATE DATABASE {name}")
    connection = await open_connection(name_database(server_url, name))
    for migration, statements in list_migrations():
        if migration < "0006":
            await connection.execute(statements)
    yield connection
    await connection.close()
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def test_keys_of_people_end_and_programs_keep_theirs(earlier: Connection) -> None:
    await earlier.execute(OFFICIAL)
    await earlier.execute(KEYS)
    [accounts] = [statements for name, statements in list_migrations() if name.startswith("0006")]
    async with earlier.transaction():
        await earlier.execute(accounts)
    rows = await earlier.fetch("SELECT key_id, scopes, revoked_on::text FROM api_keys ORDER BY key_id")
    today = await earlier.fetchval("SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date::text")
    assert [(row["key_id"][-1], row["scopes"], row["revoked_on"]) for row in rows] == [
        ("1", [], today),
        ("2", [], "2026-10-02"),
        ("3", [], today),
        ("4", ["slips", "dossiers"], None),
        ("5", ["evaluation"], None),
    ]
