"""The statements that put hostile texts into every field; each field's texts end with a mark of that field."""

from surveys.codes import make_desk_code

DESK = make_desk_code(1)
IDENTIFIER = 64  # the longest that the table takes
HOLDER = "Hệ thống nhân sự (mẫu)"
TEXTS = """
CREATE TEMP TABLE texts AS SELECT text, i::integer FROM unnest($1::text[]) WITH ORDINALITY AS t (text, i)
"""
CATALOGUE = f"""
INSERT INTO places SELECT '96', 'tỉnh', text, NULL, 9.2, 105.1, '2025-07-01', NULL FROM texts WHERE i = 1;
INSERT INTO places SELECT (50000 + i)::text, 'xã', text || '·place', '96', 9.2, 105.1, date '2025-07-01', NULL
    FROM texts;
INSERT INTO units (code, name, place_code, area_type, valid_from)
    SELECT 'u' || i, text || '·unit', (50000 + i)::text, 'urban', date '2025-07-01' FROM texts ORDER BY i;
INSERT INTO units (code, name, place_code, area_type, valid_from)
    SELECT text || '·unit-code', 'Đơn vị (mẫu) ' || i, '50001', 'rural', date '2025-07-01' FROM texts ORDER BY i;
INSERT INTO desks (unit_id, number, name, valid_from)
    SELECT unit_id, 'một', text || '·desk', date '2025-07-01' FROM units JOIN texts ON code = 'u' || i ORDER BY i;
INSERT INTO desks (unit_id, number, name, valid_from)
    SELECT unit_id, text || '·number', text || '·desk', date '2025-07-01' FROM units, texts WHERE code = 'u1'
    ORDER BY i;
INSERT INTO desk_codes (code, desk_id, valid_from) SELECT '{DESK}', min(desk_id), '2025-07-01' FROM desks;
INSERT INTO titles (code, name) SELECT text || '·title-code', text || '·title' FROM texts ORDER BY i;
INSERT INTO officials (code, display_name, valid_from)
    SELECT text || '·official-code', text || '·official', date '2025-07-01' FROM texts ORDER BY i;
INSERT INTO official_titles SELECT official_id, official_id, date '2025-07-01', NULL FROM officials;
INSERT INTO desk_officials SELECT min(desk_id), official_id, date '2025-07-01', NULL
    FROM desks, officials GROUP BY official_id;
INSERT INTO procedures (code, name, field, valid_from)
    SELECT text || '·procedure-code', text || '·procedure', text || '·field', date '2025-07-01' FROM texts ORDER BY i;
INSERT INTO desk_procedures SELECT (SELECT min(desk_id) FROM desks), code, NULL, date '2025-07-01', NULL
    FROM procedures;
INSERT INTO official_identifiers SELECT '{HOLDER}', left(text, {IDENTIFIER}), i FROM texts
    ON CONFLICT DO NOTHING;
"""  # noqa: S608 (fixed text)
COUNTS = """
INSERT INTO daily_counts
    SELECT u.unit_id, d.day, k.desk_id, 0, 0, p.procedure_id, s.survey_id, 1, 'C',
           1, 2, 3, 14, CASE WHEN p.procedure_id % 2 = 0 THEN 20 ELSE 40 END
    FROM units AS u, procedures AS p, surveys AS s, desks AS k,
         unnest(ARRAY [date '2026-08-12', date '2026-09-02']) AS d (day)
    WHERE u.code = 'u1' AND k.unit_id = u.unit_id AND k.number = 'một' AND s.rater_kind = 'citizen';
INSERT INTO daily_counts
    SELECT u.unit_id, d.day, k.desk_id, 0, 0, 0, s.survey_id, 1, 'C',
           CASE WHEN t.i % 10 = 5 THEN 40 ELSE 2 END, 2, 2, 20, 40
    FROM texts AS t JOIN units AS u ON u.code = 'u' || t.i JOIN desks AS k USING (unit_id), surveys AS s,
         unnest(ARRAY [date '2026-08-12', date '2026-09-02']) AS d (day)
    WHERE t.i > 1 AND s.rater_kind = 'citizen';
INSERT INTO dossier_counts SELECT unit_id, date '2026-08-12', p.code, 900, 0, 0 FROM units AS u, procedures AS p
    WHERE u.code = 'u1';
"""
COMMENTS = """
INSERT INTO responses (unit_id, token_hash, sequence_number, desk_id, official_id, title_id, procedure_id,
                       deciding_unit_id, survey_id, local_day, part_of_day, channel, proof_class, score, comment)
    SELECT u.unit_id, sha256(convert_to('comment ' || t.i, 'utf-8')), t.i, k.desk_id, 0, 0, 0, 0, 1,
           date '2026-08-12', 1, 1, 'C', 1, t.text || '·comment'
    FROM texts AS t JOIN units AS u ON u.code = ($1::text[])[t.i % 4 + 1] JOIN desks AS k USING (unit_id);
"""
ALERTS = """
INSERT INTO supervision_alerts (cause, kind, weight, unit_id, desk_id, day, evidence, raised_at, state, changed_at)
    SELECT 'unit/' || i, CASE WHEN i <= 150 THEN 'drop' ELSE 'harassment' END, 60, unit_id, 0, '2026-11-05',
           CASE WHEN i = 1 THEN $1::json ELSE '{}' END,
           $2, 'open', $2
    FROM texts JOIN units ON code = 'u' || i ORDER BY i
"""
DESK_ALERTS = """
INSERT INTO supervision_alerts (cause, kind, weight, unit_id, desk_id, day, evidence, raised_at, state, changed_at)
    SELECT 'desk/' || i, CASE WHEN i <= 150 THEN 'silent_desk' ELSE 'low_share' END, 60, unit_id, desk_id,
           '2026-11-05',
           CASE WHEN i = 1 THEN $1::json ELSE '{}' END, $2, 'over', $2
    FROM texts JOIN desks ON number = text || '·number' ORDER BY i
"""
HISTORY = """
INSERT INTO alert_events (alert_id, unit_id, at, account_id, actor, deed, reason)
    SELECT alert_id, unit_id, $1, $2, text || '·actor', 'reopened', text || '·reason'
    FROM supervision_alerts, texts WHERE cause = 'unit/1' ORDER BY i
"""
SCORES = """
INSERT INTO release_scores SELECT $1, 'official', official_id, $2, unit_id, official_id, 'urban', 'B', $3::json
    FROM officials, units WHERE units.code = 'u1'
"""
UNIT_SCORES = """
INSERT INTO release_scores SELECT $1, 'unit', unit_id, $2, unit_id, 0, area_type, 'A', $3::json FROM units
"""
PROCEDURE_SCORES = """
INSERT INTO release_scores SELECT $1, 'procedure', procedure_id, $2, 0, 0, '', 'A', $3::json FROM procedures
"""
REVIEWS = """
INSERT INTO score_reviews (official_id, first_day, last_day, procedure_code, reason, asked_on, state)
    SELECT i, '2026-11-09', '2026-11-13', text || '·procedure-code', text || '·review', '2026-11-21', 'open' FROM texts;
INSERT INTO review_votes SELECT review_id, left(text, 94) || '·voter', 'grant', text || '·vote', '2026-11-21'
    FROM score_reviews JOIN texts ON reason = text || '·review';
"""
ACCOUNTS = """
INSERT INTO accounts (sign_in_name, display_name, email, language, made_at)
    SELECT 'text-' || to_char(i, 'FM000'), left(text, 92) || '·account', ($2::text[])[i], 'vi', $1 FROM texts ORDER BY i
"""
PROPOSAL = """
INSERT INTO appointments (account_id, role, everywhere, province_codes, commune_codes, unit_codes, proposed_at)
    SELECT account_id, 'unit_manager', false, '{96}', ARRAY (SELECT (50000 + i)::text FROM texts),
           ARRAY (SELECT code FROM units), $1 FROM accounts WHERE sign_in_name = 'text-001'
"""
PASSKEYS = """
INSERT INTO account_passkeys (credential_id, account_id, name, public_key, sign_count, made_at)
    SELECT convert_to('passkey ' || i, 'utf-8'), $1, left(text, 52) || '·passkey', '', 0, $2 FROM texts
"""
LOG = """
INSERT INTO audit_log (at, account_id, actor, action, outcome, object_kind, object_code, details)
    SELECT $2, $1, text || '·by', text || '·action', 'denied', text || '·kind', text || '·object',
           json_build_object(text || '·name', text || '·value') FROM texts ORDER BY i
"""
