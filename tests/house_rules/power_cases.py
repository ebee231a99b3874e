"""Objects of supervision and administration for the matrix of powers: one in each of the two units, made at once."""

import hashlib
from datetime import date

import msgspec

from dashboards.cases.indicators import freeze_findings
from feedback.api_keys import EVERYWHERE, ApiKey
from feedback.database import Connection
from feedback.tables.api_keys import insert_api_key
from feedback.tables.case_files import NewFile, insert_case_file
from tests.dashboards.frames import TODAY
from tests.factories import NOW


class Subject(msgspec.Struct, frozen=True):
    """A unit as a whole."""

    unit_id: int
    desk_id: int = 0
    official_id: int = 0
    procedure_id: int = 0


UNITS = (("here", "32041"), ("there", "26734"))
KEY = "0123456789"
DAY = date(2026, 12, 24)
CASE = """
INSERT INTO supervision_cases (unit_id, origin, title, findings, recommendation, legal_basis, evidence, level, state,
                               head, due_on, due_basis, opened_by, opened_at, sent_at, changed_at)
SELECT unit_id, 'observation', 'Vụ việc mẫu', 'Chờ lâu (mẫu)', 'Mở thêm quầy (mẫu)', '', $4, 'commune', 'sent',
       'Người đứng đầu đơn vị', '2026-12-10', 'mẫu', $2, $3, $3, $3
FROM units WHERE code = $1 RETURNING case_id, unit_id
"""
ROUND = """
WITH made AS (
    INSERT INTO check_rounds (name, area, way, seed, drawn_from, first_day, last_day, drawn_by, drawn_at)
    VALUES ('Đợt mẫu', 'u-' || $1::text, 'desks', decode(repeat('00', 16), 'hex'), 1, '2026-10-01', '2026-10-31',
            $2, $3)
    RETURNING round_id)
INSERT INTO check_items (round_id, place, unit_id, desk_id)
SELECT round_id, 1, unit_id, (SELECT min(desk_id) FROM desks WHERE desks.unit_id = units.unit_id)
FROM made, units WHERE code = $1::text RETURNING round_id
"""
BATCH = """
INSERT INTO form_batches (unit_id, way, held_on, place, first_number, last_number, seed, double_share, made_by, made_at)
SELECT unit_id, 'paper', '2026-11-17', 'Nhà văn hóa (mẫu)', 1, 20, decode(repeat('00', 16), 'hex'), 10, $2, $3
FROM units WHERE code = $1 RETURNING batch_id
"""
REPORT = """
INSERT INTO reports (area, period, language, state, progress, asked_by, asked_at, made_at, data_cut, as_of, pdf, xlsx,
                     digest)
VALUES ('p96', '2026-Q3', 'vi', 'made', 100, $1, $2, $2, 1, $2, 'pdf', 'xlsx', decode(repeat('00', 32), 'hex'))
RETURNING report_id
"""
KIOSK = """
INSERT INTO kiosks (unit_id, name, secret_hash, made_on)
SELECT unit_id, 'Lối ra (mẫu)', decode(repeat('00', 32), 'hex'), '2026-11-01' FROM units WHERE code = '32041'
RETURNING kiosk_id
"""
PROPOSAL = """
INSERT INTO parameter_values (name, valid_from, value, basis, is_placeholder, proposed_by, proposed_at)
VALUES ('case_answer_days', '2027-01-01', 20, 'Quyết định mẫu', false, $1, $2) RETURNING parameter_value_id
"""
CORRECTION = """
INSERT INTO calendar_corrections (day, is_working, basis, set_by, set_at) VALUES ($1, false, 'Quyết định mẫu', $2, $3)
"""


async def add_cases(connection: Connection, supervisor: int) -> dict[str, int]:
    """A sent case with a file, a round and a batch of forms of each unit; the first file has the number 1."""
    numbers: dict[str, int] = {}
    for name, unit in UNITS:
        unit_id = int(await connection.fetchval("SELECT unit_id FROM units WHERE code = $1", unit) or 0)
        evidence = await freeze_findings(connection, Subject(unit_id), TODAY)
        [case] = await connection.fetch(CASE, unit, supervisor, NOW, evidence)
        numbers[f"case {name}"] = case["case_id"]
        content = f"{name} (mẫu)".encode()
        digest = hashlib.sha256(content).digest()
        kind, side = "application/pdf", "front"
        file = NewFile(
            *(case["case_id"], case["unit_id"], "mau.pdf", kind, content, digest, "both", side, supervisor, NOW)
        )
        await insert_case_file(connection, file)
        numbers[f"round {name}"] = int(await connection.fetchval(ROUND, unit, supervisor, NOW) or 0)
        numbers[f"batch {name}"] = int(await connection.fetchval(BATCH, unit, supervisor, NOW) or 0)
    return numbers | {"report": int(await connection.fetchval(REPORT, supervisor, NOW) or 0)}


async def add_settings(connection: Connection, administrator: int) -> dict[str, int]:
    """A kiosk, a corrected day; a parameter and a key that another administrator proposed."""
    made, end = date(2026, 11, 1), date(2027, 6, 1)
    key = ApiKey(
        KEY, "Phần mềm mẫu", bytes(32), ("evaluation",), EVERYWHERE, (), 60, made, end, proposed_by=administrator
    )
    await insert_api_key(connection, key)
    await connection.execute(CORRECTION, DAY, administrator, NOW)
    return {
        "kiosk": int(await connection.fetchval(KIOSK) or 0),
        "proposal": int(await connection.fetchval(PROPOSAL, administrator, NOW) or 0),
    }
