"""A small province for tests of supervision: units of two area types, desks, procedures, counts by day. Demo names."""

from collections.abc import Sequence
from datetime import date

from feedback.database import Connection
from feedback.register_surveys import register_surveys
from surveys.survey_files import load_surveys

DAY = date(2026, 11, 21)  # a Saturday; the last closed week ended on Sunday the 15th
Scores = tuple[int, int, int, int, int]

PLACES = """
INSERT INTO places VALUES ('96', 'tỉnh', 'Tỉnh Cà Mau', NULL, 9.2, 105.1, '2025-07-01', NULL),
    ('79', 'thành phố', 'Thành phố Hồ Chí Minh', NULL, 10.8, 106.7, '2025-07-01', NULL);
INSERT INTO places SELECT (32000 + i)::text, 'xã', 'Xã Mẫu ' || i, '96', 9.2, 105.1, date '2025-07-01', NULL
    FROM generate_series(1, $UNITS) AS i;
INSERT INTO units (code, name, place_code, area_type, valid_from)
    SELECT 'demo-' || i, 'Trung tâm (mẫu) ' || i, (32000 + i)::text,
           CASE WHEN i % 2 = 0 THEN 'urban' ELSE 'rural' END, date '2025-07-01'
    FROM generate_series(1, $UNITS) AS i;
INSERT INTO desks (unit_id, number, name, valid_from)
    SELECT unit_id, d::text, 'Quầy (mẫu) ' || d, date '2025-07-01' FROM units, generate_series(1, 3) AS d
    ORDER BY unit_id, d;
INSERT INTO procedures (code, name, field, valid_from)
    SELECT '1.00000' || i, 'Thủ tục (mẫu) ' || i, 'Hộ tịch', date '2025-07-01' FROM generate_series(1, 4) AS i;
"""
INSERT_COUNTS = """
INSERT INTO daily_counts (unit_id, day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class,
                          n1, n2, n3, n4, n5)
SELECT u.unit_id, $2, d.desk_id, 0, 0, coalesce(p.procedure_id, 0), s.survey_id, $6, $7, $8, $9, $10, $11, $12
FROM units AS u JOIN desks AS d USING (unit_id) JOIN surveys AS s ON s.rater_kind = $5
LEFT JOIN procedures AS p ON p.code = $4
WHERE u.code = $1 AND d.number = $3
ON CONFLICT (unit_id, day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class) DO UPDATE
SET n1 = daily_counts.n1 + excluded.n1, n2 = daily_counts.n2 + excluded.n2, n3 = daily_counts.n3 + excluded.n3,
    n4 = daily_counts.n4 + excluded.n4, n5 = daily_counts.n5 + excluded.n5
"""


async def make_province(connection: Connection, units: int = 3) -> None:
    """Units demo-1, demo-2 …, each with desks 1 to 3; odd ones rural, even ones urban; procedures 1.000001 to 4."""
    await connection.execute(PLACES.replace("$UNITS", str(units)))
    await register_surveys(connection, load_surveys())


async def add_ratings(
    connection: Connection,
    unit: str,
    day: date,
    scores: Sequence[int],
    *,
    desk: str = "1",
    procedure: str = "1.000001",
    rater: str = "citizen",
    channel: int = 1,
    proof: bytes = b"C",
) -> None:
    """Counts of one day, as the sequencer would have folded them."""
    await connection.execute(INSERT_COUNTS, unit, day, desk, procedure, rater, channel, proof, *scores)


async def add_dossiers(
    connection: Connection, unit: str, day: date, completed: int, procedure: str = "1.000001"
) -> None:
    await connection.execute(
        "INSERT INTO dossier_counts SELECT unit_id, $2, $3, $4, 0, 0 FROM units WHERE code = $1",
        *(unit, day, procedure, completed),
    )
