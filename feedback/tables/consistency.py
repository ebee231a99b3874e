"""What must hold in the store, as queries that count where it does not. Reads only."""

from feedback.database import Connection

UNKNOWN_ID = (
    "SELECT count(*) FROM (SELECT DISTINCT {column} FROM responses WHERE {column} <> 0) AS used"
    " WHERE NOT EXISTS (SELECT FROM {table} WHERE {table}.{key} = used.{column})"
)
# What is wrong -> how many times. Each query answers 0 in a sound store.
INCONSISTENCIES = {
    "sequence-has-gaps": "SELECT abs((SELECT last_number FROM sequencer) - count(*))"
    " + abs(count(*) - count(DISTINCT sequence_number))"
    " + abs(coalesce(min(sequence_number), 1) - 1) FROM responses",
    "replaces-nothing": "SELECT count(*) FROM responses AS new WHERE supersedes IS NOT NULL AND NOT EXISTS"
    " (SELECT FROM responses AS old WHERE old.unit_id = new.unit_id AND old.token_hash = new.supersedes)",
    "negative-count": "SELECT count(*) FROM daily_counts WHERE least(n1, n2, n3, n4, n5) < 0",
    "desk-of-another-unit": "SELECT count(*) FROM (SELECT DISTINCT unit_id, desk_id FROM responses) AS used"
    " WHERE NOT EXISTS"
    " (SELECT FROM desks WHERE desks.desk_id = used.desk_id AND desks.unit_id = used.unit_id)",
    "unknown-official": UNKNOWN_ID.format(column="official_id", table="officials", key="official_id"),
    "unknown-title": UNKNOWN_ID.format(column="title_id", table="titles", key="title_id"),
    "unknown-procedure": UNKNOWN_ID.format(column="procedure_id", table="procedures", key="procedure_id"),
    "unknown-deciding-unit": UNKNOWN_ID.format(column="deciding_unit_id", table="units", key="unit_id"),
    "unknown-survey": UNKNOWN_ID.format(column="survey_id", table="surveys", key="survey_id"),
}


async def count_inconsistency(connection: Connection, name: str) -> int:
    return int(await connection.fetchval(INCONSISTENCIES[name]) or 0)
