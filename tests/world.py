"""A small world of one unit and three desks, stored the way the catalogue stores it. All people are demo people."""

from feedback.database import Connection
from feedback.register_surveys import register_surveys
from surveys.codes import make_desk_code
from surveys.survey_files import load_surveys

BUSY_DESK = make_desk_code(1)  # two officials, two procedures: the citizen is asked
QUIET_DESK = make_desk_code(2)  # one official, one procedure: nothing to ask
REVOKED_DESK = make_desk_code(3)

WORLD = f"""
INSERT INTO places VALUES ('96', 'tỉnh', 'Tỉnh Cà Mau', NULL, 9.2, 105.1, '2025-07-01', NULL),
    ('32041', 'phường', 'Phường Tân Thành', '96', 9.2, 105.1, '2025-07-01', NULL);
INSERT INTO units (code, name, place_code, area_type, valid_from)
    VALUES ('32041', 'Trung tâm Phục vụ hành chính công phường Tân Thành (mẫu)', '32041', 'urban', '2025-07-01');
INSERT INTO desks (unit_id, number, name, valid_from)
    SELECT unit_id, d.number, d.name, date '2025-07-01' FROM units,
    (VALUES ('1', 'Hộ tịch - Chứng thực (mẫu)'), ('2', 'Đất đai (mẫu)'), ('3', 'Quầy cũ (mẫu)')) AS d (number, name);
INSERT INTO desk_codes (code, desk_id, valid_from, valid_to)
    SELECT c.code, desk_id, date '2025-07-01', c.valid_to::date FROM desks
    JOIN (VALUES ('1', '{BUSY_DESK}', NULL), ('2', '{QUIET_DESK}', NULL), ('3', '{REVOKED_DESK}', '2026-01-01'))
        AS c (number, code, valid_to) USING (number);
INSERT INTO titles (code, name) VALUES ('reception', 'Công chức tiếp nhận và trả kết quả');
INSERT INTO officials (code, display_name, valid_from) VALUES ('demo-1', 'Cán bộ mẫu 1', '2025-07-01'),
    ('demo-2', 'Cán bộ mẫu 2', '2025-07-01'), ('demo-3', 'Cán bộ mẫu 3', '2025-07-01');
INSERT INTO official_titles SELECT official_id, title_id, date '2025-07-01', NULL FROM officials, titles;
INSERT INTO desk_officials SELECT desk_id, official_id, date '2025-07-01', NULL FROM desks, officials
    WHERE (number, code) IN (('1', 'demo-1'), ('1', 'demo-2'), ('2', 'demo-3'));
INSERT INTO procedures (code, name, field, valid_from) VALUES
    ('1.001193', 'Đăng ký khai sinh', 'Hộ tịch', '2025-07-01'),
    ('1.000894', 'Đăng ký kết hôn', 'Hộ tịch', '2025-07-01'),
    ('9.000001', 'Thủ tục đất đai (mẫu)', 'Đất đai', '2025-07-01');
INSERT INTO desk_procedures SELECT desk_id, code, NULL, date '2025-07-01', NULL FROM desks, procedures
    WHERE (number, code) IN (('1', '1.001193'), ('1', '1.000894'), ('2', '9.000001'));
"""  # noqa: S608 (fixed text)


async def make_world(connection: Connection) -> None:
    await connection.execute(WORLD)
    await register_surveys(connection, load_surveys())
