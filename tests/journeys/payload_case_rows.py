"""The statements that put hostile texts into cases, checks, forms, settings and kiosks; see payload_cases.py."""

CASE = """
INSERT INTO supervision_cases (unit_id, origin, title, findings, recommendation, legal_basis, evidence, level, state,
                               head, due_on, due_basis, result, public_summary, outcome, opened_by, opened_at,
                               sent_at, closed_at, changed_at)
    SELECT unit_id, 'observation', $2, $3, $4, $5, $6::json, 'commune', $7, $8, $9, $10, $11, $12, $13::json, $14,
           $15::timestamptz, CASE WHEN $9::date IS NOT NULL THEN $15::timestamptz END,
           CASE WHEN $11::text IS NOT NULL THEN $15::timestamptz END, $15::timestamptz
    FROM units WHERE code = $1
    RETURNING case_id
"""
EVENTS = """
INSERT INTO case_events (case_id, unit_id, at, account_id, actor, side, deed, state, audience, text)
    SELECT $1, unit_id, $2, $3, left(text, 93) || '·sender', 'front', 'note', 'answered', aud, text || mark
    FROM supervision_cases, texts, (VALUES ('both', '·thread'), ('front', '·front-note')) AS v (aud, mark)
    WHERE case_id = $1 ORDER BY i
"""
SENT = """
INSERT INTO case_events (case_id, unit_id, at, account_id, actor, side, deed, state, audience, due_on)
    SELECT case_id, unit_id, sent_at, opened_by, 'Người mẫu (mẫu)', 'front', 'sent', 'sent', 'both', due_on
    FROM supervision_cases WHERE sent_at IS NOT NULL ORDER BY case_id
"""
FILES = """
INSERT INTO case_files (case_id, unit_id, name, kind, content, digest, audience, side, added_by, added_at)
    SELECT $1, unit_id, left(text, 115) || '·file', 'application/pdf', convert_to('%PDF-' || i, 'utf-8'),
           sha256(convert_to(text, 'utf-8')), 'both', 'front', $3, $2
    FROM supervision_cases, texts WHERE case_id = $1 ORDER BY i
"""
ANSWERS = """
INSERT INTO case_events (case_id, unit_id, at, account_id, actor, side, deed, state, audience, text)
    SELECT case_id, unit_id, $2, $3, 'Người đứng đầu (mẫu)', side, deed, deed, 'both', text
    FROM supervision_cases, (VALUES ('front', 'sent', NULL), ('unit', 'answered', $4::text)) AS v (side, deed, text)
    WHERE case_id = $1 ORDER BY deed DESC
"""
RATING = """
INSERT INTO responses (unit_id, token_hash, sequence_number, desk_id, official_id, title_id, procedure_id,
                       deciding_unit_id, survey_id, local_day, part_of_day, channel, proof_class, score)
    SELECT unit_id, $2, $3, desk_id, 0, 0, 0, 0, 1, date '2026-08-12', 1, 1, 'C', 1
    FROM units JOIN desks USING (unit_id) WHERE code = $1 LIMIT 1
"""
ROUNDS = """
INSERT INTO check_rounds (name, area, way, seed, drawn_from, first_day, last_day, drawn_by, drawn_at)
    SELECT name, 'u-u1', 'desks', decode(repeat('ab', 16), 'hex'), 307, '2026-07-01', '2026-09-30', $2, $3
    FROM unnest($1::text[]) WITH ORDINALITY AS t (name, i) ORDER BY i
"""
ITEMS = """
INSERT INTO check_items (round_id, place, unit_id, desk_id, note, found_score, found_by, found_at)
    SELECT r, place, unit_id, desk_id, note, 2, $2, $3
    FROM (SELECT min(round_id) AS r FROM check_rounds) AS r, unnest($1::text[]) WITH ORDINALITY AS t (note, place),
         units JOIN desks USING (unit_id) WHERE code = 'u1' AND number = 'một';
"""
PLACES = """
INSERT INTO check_items (round_id, place, unit_id, desk_id)
    SELECT round_id, 1, unit_id, min(desk_id) FROM check_rounds, units JOIN desks USING (unit_id)
    WHERE code = 'u1' AND round_id > (SELECT min(round_id) FROM check_rounds) GROUP BY round_id, unit_id
"""
BATCHES = """
INSERT INTO form_batches (unit_id, way, held_on, place, first_number, last_number, seed, double_share, made_by, made_at)
    SELECT unit_id, 'paper', date '2026-11-19', place, i * 10, i * 10 + 5, decode(repeat('ab', 16), 'hex'), 10, $2, $3
    FROM units, unnest($1::text[]) WITH ORDINALITY AS t (place, i) WHERE code = 'u1' ORDER BY i
"""
SETTINGS = """
INSERT INTO parameter_values (name, valid_from, value, basis, is_placeholder, proposed_by, proposed_at)
    SELECT 'case_answer_days', date '2026-12-01' + i, 10, left(text, 480) || '·parameter-basis', true, $1, $2
    FROM texts ORDER BY i
"""
CALENDAR = """
INSERT INTO calendar_corrections SELECT date '2026-12-01' + i, true, left(text, 480) || '·calendar-basis', $1, $2
    FROM texts
"""
KIOSKS = """
INSERT INTO kiosks (unit_id, name, secret_hash, made_by, made_on)
    SELECT unit_id, left(text, 54) || '·kiosk', CASE WHEN i = 1 THEN $2 ELSE sha256(convert_to(text, 'utf-8')) END, $1,
           date '2026-11-01' FROM units, texts WHERE code = 'u1' ORDER BY i
"""
KEYS = """
INSERT INTO api_keys (key_id, holder, secret_hash, scopes, everywhere, province_codes, commune_codes, unit_codes,
                      networks, quota, made_on, expires_on)
    SELECT 'z' || to_char(i, 'FM000000000'), left(text, 93) || '·holder', sha256(''), '{evaluation}', true, '{}', '{}',
           '{}', '{}', 10, date '2026-11-01', date '2027-11-01' FROM texts
"""
