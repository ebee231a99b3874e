"""What the database itself says about its shape, in its own catalogues."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from feedback.database import Connection, open_connection
from tests.conftest import name_database, run_on_server

SCHEMA = Path(__file__).parents[2] / "feedback" / "schema.sql"

LARGE = {
    "responses",
    "daily_counts",
    "dossier_counts",
    "desk_dossier_counts",
    "slip_references",
    "exclusions",
    "weekly_counts",
}
SMALL = {
    "places",
    "units",
    "desks",
    "desk_codes",
    "titles",
    "officials",
    "official_titles",
    "procedures",
    "desk_officials",
    "desk_procedures",
    "surveys",
    "sequencer",
    "bot_inbox",
    "bot_dead_letters",
    "bot_outbox",
    "conversations",
    "rater_keys",
    "api_keys",
    "slip_keys",
    "visit_slips",
    "releases",
    "release_scores",
    "release_pools",
    "release_corrections",
    "release_lookups",
    "official_identifiers",
    "webhook_endpoints",
    "webhook_messages",
    "webhook_deliveries",
    "drop_days",
    "drop_statistics",
    "drop_alerts",
    "score_reviews",
    "review_votes",
    "accounts",
    "appointments",
    "account_invitations",
    "account_passkeys",
    "sign_in_challenges",
    "staff_sessions",
    "audit_log",
    "rolled_weeks",
    "pilot_units",
    "supervision_alerts",
    "alert_events",
    "alert_weeks",
    "digests",
    "parameter_values",
    "calendar_corrections",
    "check_rounds",
    "check_items",
    "supervision_cases",
    "case_events",
    "case_files",
    "case_replies",
    "reports",
    "kiosks",
    "catalogue_uploads",
    "form_batches",
    "form_entries",
    "migrations",
}

# The queue library makes and renews its own tables; `migrate` knows nothing of them, so none is here.
SHAPE = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, a.attcollation, a.attstorage, a.attcompression,
               pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')""",
    "tables": """
        SELECT relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity, reloptions,
               obj_description(oid, 'pg_class'),
               CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END
        FROM pg_class WHERE relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated,
               obj_description(oid, 'pg_constraint')
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": """
        SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid), indisunique, indisvalid
        FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE relnamespace = 'public'::regnamespace""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid), obj_description(oid, 'pg_proc')
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')""",
    "triggers": """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
    "policies": "SELECT tablename, policyname, cmd, roles, qual, with_check FROM pg_policies",
    "grants": "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "types": """
        SELECT typname, typtype, enum.labels FROM pg_type
        LEFT JOIN LATERAL (SELECT array_agg(enumlabel ORDER BY enumsortorder) AS labels
                           FROM pg_enum WHERE enumtypid = pg_type.oid) AS enum ON true
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')""",
    "first rows": "SELECT last_number FROM sequencer",
}
FOREIGN_KEYS_WITHOUT_INDEX = """
    SELECT conrelid::regclass::text || ': ' || pg_get_constraintdef(key.oid) FROM pg_constraint AS key
    WHERE contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_index
        WHERE indrelid = key.conrelid AND indpred IS NULL
          AND (indkey::int2[])[0:cardinality(key.conkey) - 1] @> key.conkey)"""
KEYS = """
    SELECT indrelid::regclass::text AS table, pg_get_indexdef(indexrelid) AS key, indisprimary AS is_primary,
           array(SELECT attname::text FROM unnest(indkey::int2[]) WITH ORDINALITY AS place (number, position)
                 JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY position) AS columns
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE relnamespace = 'public'::regnamespace AND indisunique"""


@pytest.fixture
async def pictured(server_url: str) -> AsyncIterator[Connection]:
    """A database made from schema.sql alone."""
    name = f"pictured_{uuid.uuid4().hex[:12]}"
    await run_on_server(server_url, f"CREATE DATABASE {name}")
    connection = await open_connection(name_database(server_url, name))
    await connection.execute(SCHEMA.read_text("utf-8"))
    yield connection
    await connection.close()
    await run_on_server(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def read_shape(connection: Connection, part: str) -> set[str]:
    return {repr(tuple(row)) for row in await connection.fetch(SHAPE[part])}


@pytest.mark.parametrize("part", SHAPE)
async def test_the_picture_equals_the_migrations(pictured: Connection, connection: Connection, part: str) -> None:
    assert await read_shape(pictured, part) == await read_shape(connection, part)


async def test_a_column_more_or_a_lost_comment_would_be_noticed(connection: Connection) -> None:
    before = {part: await read_shape(connection, part) for part in SHAPE}
    await connection.execute(
        "ALTER TABLE titles ADD short text DEFAULT '' CHECK (short <> 'x');"
        "CREATE INDEX titles_short ON titles (short); COMMENT ON TABLE daily_counts IS NULL"
    )
    changed = {part for part in SHAPE if await read_shape(connection, part) != before[part]}
    assert changed == {"columns", "tables", "constraints", "indexes", "grants"}


async def test_every_table_is_known_as_large_or_small(connection: Connection) -> None:
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {row["tablename"] for row in tables} == LARGE | SMALL


async def test_every_foreign_key_has_an_index(connection: Connection) -> None:
    assert [row[0] for row in await connection.fetch(FOREIGN_KEYS_WITHOUT_INDEX)] == []


async def test_a_foreign_key_without_an_index_would_be_noticed(connection: Connection) -> None:
    await connection.execute("ALTER TABLE titles ADD unit_id integer REFERENCES units")
    assert len(await connection.fetch(FOREIGN_KEYS_WITHOUT_INDEX)) == 1


async def test_every_key_of_a_large_table_begins_with_its_unit(connection: Connection) -> None:
    keys = [row for row in await connection.fetch(KEYS) if row["table"] in LARGE]
    assert {row["table"] for row in keys if row["is_primary"]} == LARGE
    assert [row["key"] for row in keys if row["columns"][0] != "unit_id"] == []


async def test_no_foreign_key_points_to_a_large_table_or_ties_the_rows_of_citizens(
    connection: Connection,
) -> None:
    keys = await connection.fetch(
        "SELECT conrelid::regclass::text AS here, confrelid::regclass::text AS there"
        " FROM pg_constraint WHERE contype = 'f'"
    )
    assert [key for key in keys if key["there"] in LARGE or key["here"] in {"responses", "daily_counts"}] == []
