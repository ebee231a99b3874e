-- What an alert leads to: cases that a unit must answer, rounds of cross-checks, reports; and what a unit lives on:
-- parameters with a date and a basis, the working calendar, kiosks, forms that volunteers enter.
-- A case is seen by the Front above it and by the unit it is about; row-level security keeps both to their part.

-- What the policies below ask. langnghe.action is the action for which a page borrows rows.
CREATE FUNCTION reaches(unit integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT (SELECT current_setting('langnghe.everywhere', true) = 'yes')
        OR unit IN (SELECT unnest(nullif(current_setting('langnghe.units', true), '')::integer[]))
$$;
CREATE FUNCTION asks_for(VARIADIC actions text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('langnghe.action', true), '') = ANY (actions)
$$;
CREATE FUNCTION who_asks() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('langnghe.account', true), '')::integer
$$;

CREATE TABLE parameter_values (
    parameter_value_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name           text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{2,59}$'),
    valid_from     date NOT NULL,
    value          integer NOT NULL,
    basis          text NOT NULL CHECK (length(basis) BETWEEN 5 AND 500),
    is_placeholder boolean NOT NULL,
    proposed_by    integer REFERENCES accounts,
    proposed_at    timestamptz NOT NULL,
    verdict        text CHECK (verdict IN ('approved', 'refused')),
    decided_by     integer REFERENCES accounts,
    decided_at     timestamptz,
    CHECK (decided_by <> proposed_by),
    CHECK ((verdict IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX parameter_values_in_force ON parameter_values (name, valid_from) WHERE verdict = 'approved';
CREATE INDEX parameter_values_proposed_by ON parameter_values (proposed_by);
CREATE INDEX parameter_values_decided_by ON parameter_values (decided_by);
COMMENT ON TABLE parameter_values IS 'Values that an administrator proposed and another approved; where none is in force on a day, the one that ships with the program is';
COMMENT ON COLUMN parameter_values.proposed_by IS 'Null: the operator, in the database itself, who decides as well';

CREATE TABLE calendar_corrections (
    day        date PRIMARY KEY,
    is_working boolean NOT NULL,
    basis      text NOT NULL CHECK (length(basis) BETWEEN 5 AND 500),
    set_by     integer REFERENCES accounts,
    set_at     timestamptz NOT NULL
);
CREATE INDEX calendar_corrections_set_by ON calendar_corrections (set_by);
COMMENT ON TABLE calendar_corrections IS 'Days on which the government decided otherwise than the calendar of holidays that ships with the program';

CREATE TABLE check_rounds (
    round_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL CHECK (length(name) BETWEEN 3 AND 120),
    area        text NOT NULL,
    way         text NOT NULL CHECK (way IN ('desks', 'dossiers')),
    seed        bytea NOT NULL CHECK (length(seed) = 16),
    drawn_from  integer NOT NULL CHECK (drawn_from > 0),
    first_day   date NOT NULL,
    last_day    date NOT NULL CHECK (last_day >= first_day),
    drawn_by    integer NOT NULL REFERENCES accounts,
    drawn_at    timestamptz NOT NULL,
    closed_at   timestamptz,
    gap         json
);
CREATE INDEX check_rounds_drawn_by ON check_rounds (drawn_by);
COMMENT ON TABLE check_rounds IS 'A random sample that the higher level draws and looks at itself; whoever has the seed and the catalogue of that day draws the same';
COMMENT ON COLUMN check_rounds.drawn_from IS 'How many desks, or completed dossiers, the sample was drawn from; first_day to last_day are the days the ratings are compared of';
COMMENT ON COLUMN check_rounds.gap IS 'What the checks found against what the ratings say, after disclosure control; written once, when the round closes';

CREATE TABLE check_items (
    round_id     integer NOT NULL REFERENCES check_rounds,
    place        integer NOT NULL CHECK (place > 0),
    unit_id      integer NOT NULL,
    desk_id      integer NOT NULL,
    procedure_id integer NOT NULL DEFAULT 0,
    day          date,
    ordinal      integer NOT NULL DEFAULT 0 CHECK (ordinal >= 0),
    found_score  smallint CHECK (found_score BETWEEN 1 AND 5),
    was_late     boolean,
    note         text CHECK (length(note) BETWEEN 1 AND 2000),
    not_possible boolean NOT NULL DEFAULT false,
    found_by     integer REFERENCES accounts,
    found_at     timestamptz,
    PRIMARY KEY (round_id, place),
    CHECK ((found_at IS NULL) = (found_by IS NULL)),
    CHECK (NOT not_possible OR found_score IS NULL)
);
CREATE INDEX check_items_unit ON check_items (unit_id);
CREATE INDEX check_items_found_by ON check_items (found_by);
COMMENT ON COLUMN check_items.place IS 'The order in which it was drawn';
COMMENT ON COLUMN check_items.ordinal IS 'Which of the dossiers of this procedure finished at this desk on this day, by time: its number is not kept here. 0: a desk';

CREATE TABLE supervision_cases (
    case_id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id        integer NOT NULL,
    desk_id        integer NOT NULL DEFAULT 0,
    official_id    integer NOT NULL DEFAULT 0,
    procedure_id   integer NOT NULL DEFAULT 0,
    origin         text NOT NULL CHECK (origin IN ('alert', 'reflections', 'observation', 'round')),
    alert_id       integer REFERENCES supervision_alerts,
    round_id       integer REFERENCES check_rounds,
    title          text NOT NULL CHECK (length(title) BETWEEN 3 AND 200),
    findings       text NOT NULL CHECK (length(findings) <= 8000),
    recommendation text NOT NULL CHECK (length(recommendation) <= 8000),
    legal_basis    text NOT NULL CHECK (length(legal_basis) <= 2000),
    evidence       json,
    level          text NOT NULL CHECK (level IN ('commune', 'province', 'nation')),
    state          text NOT NULL CHECK (state IN ('draft', 'sent', 'received', 'answered', 'accepted', 'not_accepted', 'escalated', 'closed', 'discarded')),
    head_id        integer REFERENCES accounts,
    head           text CHECK (length(head) BETWEEN 1 AND 100),
    due_on         date,
    due_basis      text,
    result         text CHECK (result IN ('resolved', 'partly', 'unresolved', 'unfounded', 'withdrawn')),
    public_summary text CHECK (length(public_summary) BETWEEN 10 AND 2000),
    outcome        json,
    opened_by      integer NOT NULL REFERENCES accounts,
    opened_at      timestamptz NOT NULL,
    sent_at        timestamptz,
    accepted_at    timestamptz,
    closed_at      timestamptz,
    changed_at     timestamptz NOT NULL,
    CHECK ((state IN ('draft', 'discarded')) = (sent_at IS NULL)),
    CHECK ((sent_at IS NULL) = (evidence IS NULL)),
    CHECK ((sent_at IS NULL) = (due_on IS NULL)),
    CHECK ((sent_at IS NULL) = (head IS NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((state = 'closed') = (result IS NOT NULL)),
    CHECK (state <> 'accepted' OR accepted_at IS NOT NULL),
    CHECK (public_summary IS NULL OR state = 'closed')
);
CREATE INDEX supervision_cases_unit ON supervision_cases (unit_id, state);
CREATE INDEX supervision_cases_due_on ON supervision_cases (due_on) WHERE state IN ('sent', 'received', 'not_accepted', 'escalated');
CREATE INDEX supervision_cases_alert ON supervision_cases (alert_id);
CREATE INDEX supervision_cases_round ON supervision_cases (round_id);
CREATE INDEX supervision_cases_head ON supervision_cases (head_id);
CREATE INDEX supervision_cases_opened_by ON supervision_cases (opened_by);
COMMENT ON TABLE supervision_cases IS 'Vụ việc giám sát. The states and who moves them are drawn in dashboards/cases/states.toml';
COMMENT ON COLUMN supervision_cases.evidence IS 'The indicators as they were when the case was sent, after disclosure control; a trigger refuses any change from then on';
COMMENT ON COLUMN supervision_cases.head IS 'Who answered for the unit when it was sent: the name as it was then, or the office where nobody had signed in for it';
COMMENT ON COLUMN supervision_cases.level IS 'Which Front holds it; a step up with each escalation';
COMMENT ON COLUMN supervision_cases.outcome IS 'The indicator before and after, with intervals, after disclosure control; written when the case closes';

CREATE FUNCTION keep_findings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND
       (NEW.unit_id, NEW.desk_id, NEW.official_id, NEW.procedure_id, NEW.origin, NEW.alert_id, NEW.round_id, NEW.title,
        NEW.findings, NEW.recommendation, NEW.legal_basis, NEW.evidence::text, NEW.sent_at, NEW.opened_by, NEW.opened_at)
       IS DISTINCT FROM
       (OLD.unit_id, OLD.desk_id, OLD.official_id, OLD.procedure_id, OLD.origin, OLD.alert_id, OLD.round_id, OLD.title,
        OLD.findings, OLD.recommendation, OLD.legal_basis, OLD.evidence::text, OLD.sent_at, OLD.opened_by, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'what a case found is never changed once it is sent' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IN ('received', 'answered') AND asks_for('work_on_cases') THEN
        RAISE EXCEPTION 'the Front does not answer for a unit' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER supervision_cases_findings BEFORE UPDATE ON supervision_cases FOR EACH ROW EXECUTE FUNCTION keep_findings();

CREATE TABLE case_events (
    event_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    integer NOT NULL REFERENCES supervision_cases,
    unit_id    integer NOT NULL,
    at         timestamptz NOT NULL,
    account_id integer REFERENCES accounts,
    actor      text NOT NULL CHECK (length(actor) BETWEEN 1 AND 100),
    side       text NOT NULL CHECK (side IN ('front', 'unit', 'program')),
    deed       text NOT NULL CHECK (deed IN ('opened', 'changed', 'sent', 'received', 'answered', 'accepted', 'not_accepted', 'escalated', 'closed', 'reopened', 'discarded', 'extended', 'note', 'file', 'reminded', 'overdue')),
    state      text NOT NULL,
    audience   text NOT NULL CHECK (audience IN ('both', 'front')),
    text       text CHECK (length(text) BETWEEN 1 AND 8000),
    due_on     date
);
CREATE INDEX case_events_case ON case_events (case_id);
CREATE INDEX case_events_account ON case_events (account_id);
CREATE TRIGGER case_events_stay BEFORE UPDATE OR DELETE ON case_events FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER case_events_stay_whole BEFORE TRUNCATE ON case_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
COMMENT ON COLUMN case_events.state IS 'Of the case after this';
COMMENT ON COLUMN case_events.audience IS 'front: seen by those of the Front alone who may work on cases there';

CREATE TABLE case_files (
    file_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id    integer NOT NULL REFERENCES supervision_cases,
    unit_id    integer NOT NULL,
    name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    kind       text NOT NULL CHECK (kind IN ('application/pdf', 'image/png', 'image/jpeg', 'image/webp')),
    content    bytea NOT NULL CHECK (length(content) BETWEEN 1 AND 10485760),
    digest     bytea NOT NULL CHECK (length(digest) = 32),
    audience   text NOT NULL CHECK (audience IN ('both', 'front')),
    side       text NOT NULL CHECK (side IN ('front', 'unit')),
    added_by   integer NOT NULL REFERENCES accounts,
    added_at   timestamptz NOT NULL,
    UNIQUE (case_id, digest, audience)
);
CREATE INDEX case_files_added_by ON case_files (added_by);
CREATE TRIGGER case_files_stay BEFORE UPDATE OR DELETE ON case_files FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
ALTER TABLE case_files ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE case_replies (
    unit_id     integer NOT NULL,
    case_id     integer NOT NULL REFERENCES supervision_cases,
    closing     smallint NOT NULL CHECK (closing >= 0),
    answer_hash bytea NOT NULL CHECK (length(answer_hash) = 32),
    answer      text NOT NULL CHECK (answer IN ('better', 'partly', 'same', 'worse')),
    day         date NOT NULL,
    PRIMARY KEY (unit_id, case_id, answer_hash)
);
CREATE INDEX case_replies_case ON case_replies (case_id);
COMMENT ON TABLE case_replies IS 'What citizens who touched the matter said when asked again, one a receipt and closing; answer_hash cannot be traced to the rating';
COMMENT ON COLUMN case_replies.closing IS 'After which closing of the case it was said: the number of events closed by then. A case that was opened again asks anew';

CREATE TABLE reports (
    report_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area        text NOT NULL,
    period      text NOT NULL CHECK (period ~ '^\d{4}-(Q[1-4]|(0[1-9]|1[0-2]))$'),
    language    text NOT NULL CHECK (language IN ('vi', 'en')),
    state       text NOT NULL CHECK (state IN ('waiting', 'making', 'made', 'failed')),
    progress    smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    asked_by    integer NOT NULL REFERENCES accounts,
    asked_at    timestamptz NOT NULL,
    tries       smallint NOT NULL DEFAULT 0,
    held_until  timestamptz,
    made_at     timestamptz,
    data_cut    bigint,
    as_of       timestamptz,
    pdf         bytea,
    xlsx        bytea,
    digest      bytea CHECK (length(digest) = 32),
    failure     text CHECK (failure IN ('fault', 'reach', 'area')),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((state = 'made') = (made_at IS NOT NULL)),
    CHECK ((state = 'made') = (pdf IS NOT NULL)),
    CHECK ((state = 'made') = (xlsx IS NOT NULL)),
    CHECK ((state = 'made') = (digest IS NOT NULL))
);
CREATE INDEX reports_asked_by ON reports (asked_by, report_id);
CREATE INDEX reports_waiting ON reports (report_id) WHERE state IN ('waiting', 'making');
ALTER TABLE reports ALTER COLUMN pdf SET STORAGE EXTERNAL, ALTER COLUMN xlsx SET STORAGE EXTERNAL;
COMMENT ON COLUMN reports.as_of IS 'The moment up to which cases, alerts and the catalogue are told; with data_cut it makes the same bytes again';
COMMENT ON COLUMN reports.digest IS 'SHA-256 of the figures; it stands on the method page of the report';

CREATE TABLE kiosks (
    kiosk_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id     integer NOT NULL REFERENCES units,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    made_by     integer REFERENCES accounts,
    made_on     date NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX kiosks_unit ON kiosks (unit_id);
CREATE INDEX kiosks_made_by ON kiosks (made_by);
COMMENT ON TABLE kiosks IS 'Tablets at exits; only what knows the secret in the address may send ratings of channel kiosk for the unit';

CREATE TABLE form_batches (
    batch_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id     integer NOT NULL REFERENCES units,
    way         text NOT NULL CHECK (way IN ('paper', 'home_visit', 'reception_day')),
    held_on     date NOT NULL,
    place       text NOT NULL CHECK (length(place) BETWEEN 1 AND 120),
    first_number integer NOT NULL CHECK (first_number > 0),
    last_number integer NOT NULL CHECK (last_number BETWEEN first_number AND first_number + 999),
    seed        bytea NOT NULL CHECK (length(seed) = 16),
    double_share smallint NOT NULL CHECK (double_share BETWEEN 0 AND 100),
    made_by     integer NOT NULL REFERENCES accounts,
    made_at     timestamptz NOT NULL,
    closed_at   timestamptz,
    -- A number is one form of a unit and day. Ranges of one value, as their index needs no extension.
    CONSTRAINT form_batches_numbers EXCLUDE USING gist (
        int4range(unit_id, unit_id, '[]') WITH &&, daterange(held_on, held_on, '[]') WITH &&,
        int4range(first_number, last_number, '[]') WITH &&)
);
CREATE INDEX form_batches_unit ON form_batches (unit_id);
CREATE INDEX form_batches_made_by ON form_batches (made_by);
COMMENT ON TABLE form_batches IS 'Where ratings of channel paper come from: numbered forms of one day; the seed says which of them are entered twice';

CREATE TABLE form_entries (
    batch_id    integer NOT NULL REFERENCES form_batches,
    form_number integer NOT NULL,
    unit_id     integer NOT NULL,
    turn        smallint NOT NULL CHECK (turn IN (1, 2)),
    entered_by  integer NOT NULL REFERENCES accounts,
    entered_at  timestamptz NOT NULL,
    typed       json,
    agrees      boolean,
    PRIMARY KEY (batch_id, form_number, turn)
);
CREATE INDEX form_entries_unit ON form_entries (unit_id);
CREATE INDEX form_entries_entered_by ON form_entries (entered_by);
COMMENT ON COLUMN form_entries.typed IS 'What was typed, without the comment, until the form needs no comparison any more; then null';
COMMENT ON COLUMN form_entries.agrees IS 'Of turn 2: whether both said the same; null while that is open';

CREATE TABLE catalogue_uploads (
    upload_id   bytea PRIMARY KEY CHECK (length(upload_id) = 16),
    account_id  integer NOT NULL REFERENCES accounts,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    content     bytea NOT NULL CHECK (length(content) BETWEEN 1 AND 10485760),
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX catalogue_uploads_account ON catalogue_uploads (account_id);
ALTER TABLE catalogue_uploads ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE catalogue_uploads IS 'A workbook between its dry run and its import, for half an hour, one an account, then deleted by the job forget_uploads; only the program reads it';

-- The new role of Front volunteers, who enter forms and see no figures.
ALTER TABLE appointments DROP CONSTRAINT appointments_role_check, ADD CONSTRAINT appointments_role_check
    CHECK (role IN ('front_supervisor', 'front_volunteer', 'head_of_unit', 'unit_manager', 'official', 'inspector', 'personnel', 'administrator'));

-- The second wall. langnghe.action is the action for which a page borrows rows: a unit reads its cases for
-- see_unit_cases and answer_cases, and finds neither drafts nor what the Front keeps to itself.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY [
        'supervision_cases', 'case_events', 'case_files', 'case_replies', 'check_rounds', 'check_items', 'reports',
        'form_batches', 'form_entries', 'kiosks', 'parameter_values', 'calendar_corrections'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY program ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
END
$$;
-- Inspectors see cases too, but neither drafts nor what the Front keeps to itself: that is for whoever may work on cases
-- of the unit, on whatever level, also on pages that are asked for to look only. The places are those of staff_rows.py.
CREATE FUNCTION works_on_cases(unit integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM units AS u
        JOIN appointments AS h ON h.account_id = who_asks() AND h.role = 'front_supervisor'
            AND h.verdict = 'approved' AND h.ended_at IS NULL
            AND (h.everywhere OR u.code = ANY (h.unit_codes) OR u.place_code = ANY (h.commune_codes || h.province_codes)
                 OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = ANY (h.province_codes)))
        JOIN accounts AS a ON a.account_id = h.account_id AND a.disabled_at IS NULL
        WHERE u.unit_id = unit)
$$;
CREATE POLICY seen ON supervision_cases FOR SELECT TO langnghe_staff USING (
    (SELECT asks_for('see_cases', 'work_on_cases', 'see_supervision', 'make_reports')) AND reaches(unit_id)
        AND (sent_at IS NOT NULL OR works_on_cases(unit_id))
    OR (SELECT asks_for('see_unit_cases', 'answer_cases')) AND reaches(unit_id) AND sent_at IS NOT NULL);
CREATE POLICY opened ON supervision_cases FOR INSERT TO langnghe_staff WITH CHECK (
    (SELECT asks_for('work_on_cases')) AND reaches(unit_id) AND state = 'draft' AND opened_by = (SELECT who_asks()));
CREATE POLICY moved_by_front ON supervision_cases FOR UPDATE TO langnghe_staff
    USING ((SELECT asks_for('work_on_cases')) AND reaches(unit_id))
    WITH CHECK ((SELECT asks_for('work_on_cases')) AND reaches(unit_id));
CREATE POLICY moved_by_unit ON supervision_cases FOR UPDATE TO langnghe_staff
    USING ((SELECT asks_for('answer_cases')) AND reaches(unit_id) AND state IN ('sent', 'received', 'not_accepted', 'escalated'))
    WITH CHECK ((SELECT asks_for('answer_cases')) AND reaches(unit_id) AND state IN ('received', 'answered'));
CREATE POLICY seen ON case_events FOR SELECT TO langnghe_staff USING (
    reaches(unit_id) AND EXISTS (SELECT FROM supervision_cases AS c WHERE c.case_id = case_events.case_id)
    AND (audience = 'both' OR NOT (SELECT asks_for('see_unit_cases', 'answer_cases')) AND works_on_cases(unit_id)));
CREATE POLICY added ON case_events FOR INSERT TO langnghe_staff WITH CHECK (
    reaches(unit_id) AND account_id = (SELECT who_asks())
    AND ((SELECT asks_for('work_on_cases')) AND side = 'front'
         OR (SELECT asks_for('answer_cases')) AND side = 'unit' AND audience = 'both'
            AND deed IN ('received', 'answered', 'note', 'file'))
    AND EXISTS (SELECT FROM supervision_cases AS c WHERE c.case_id = case_events.case_id AND c.unit_id = case_events.unit_id));
CREATE POLICY seen ON case_files FOR SELECT TO langnghe_staff USING (
    reaches(unit_id) AND EXISTS (SELECT FROM supervision_cases AS c WHERE c.case_id = case_files.case_id)
    AND (audience = 'both' OR NOT (SELECT asks_for('see_unit_cases', 'answer_cases')) AND works_on_cases(unit_id)));
CREATE POLICY added ON case_files FOR INSERT TO langnghe_staff WITH CHECK (
    reaches(unit_id) AND added_by = (SELECT who_asks())
    AND ((SELECT asks_for('work_on_cases')) AND side = 'front'
         OR (SELECT asks_for('answer_cases')) AND side = 'unit' AND audience = 'both')
    AND EXISTS (SELECT FROM supervision_cases AS c WHERE c.case_id = case_files.case_id AND c.unit_id = case_files.unit_id));
CREATE POLICY seen ON case_replies FOR SELECT TO langnghe_staff USING (
    reaches(unit_id) AND (SELECT asks_for('see_cases', 'work_on_cases', 'make_reports')));
CREATE POLICY seen ON check_rounds FOR SELECT TO langnghe_staff USING (
    (SELECT asks_for('run_checks')) AND (
        drawn_by = (SELECT who_asks()) OR EXISTS (SELECT FROM check_items AS i WHERE i.round_id = check_rounds.round_id)));
CREATE POLICY drawn ON check_rounds FOR INSERT TO langnghe_staff WITH CHECK (
    (SELECT asks_for('run_checks')) AND drawn_by = (SELECT who_asks()) AND closed_at IS NULL AND gap IS NULL);
-- A round is added to by whoever drew it, found in and closed by whoever reaches all that was drawn; while it is open.
-- As its owner: a policy of either table that read the other would run in a circle, and see only the part in reach.
CREATE FUNCTION draws_round(round integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM check_rounds WHERE round_id = round AND closed_at IS NULL AND drawn_by = who_asks())
$$;
CREATE FUNCTION reaches_round(round integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM check_rounds WHERE round_id = round AND closed_at IS NULL)
       AND NOT EXISTS (SELECT FROM check_items AS i WHERE i.round_id = round AND NOT reaches(i.unit_id))
$$;
CREATE POLICY closed ON check_rounds FOR UPDATE TO langnghe_staff
    USING ((SELECT asks_for('run_checks')) AND reaches_round(round_id))
    WITH CHECK ((SELECT asks_for('run_checks')) AND closed_at IS NOT NULL);
CREATE POLICY seen ON check_items FOR SELECT TO langnghe_staff USING (
    (SELECT asks_for('run_checks')) AND reaches(unit_id));
CREATE POLICY drawn ON check_items FOR INSERT TO langnghe_staff WITH CHECK (
    (SELECT asks_for('run_checks')) AND reaches(unit_id) AND found_at IS NULL AND draws_round(round_id));
CREATE POLICY found ON check_items FOR UPDATE TO langnghe_staff
    USING ((SELECT asks_for('run_checks')) AND reaches(unit_id) AND found_at IS NULL AND reaches_round(round_id))
    WITH CHECK ((SELECT asks_for('run_checks')) AND reaches(unit_id) AND found_by = (SELECT who_asks()));
CREATE POLICY own ON reports FOR SELECT TO langnghe_staff USING (
    (SELECT asks_for('make_reports')) AND asked_by = (SELECT who_asks()));
CREATE POLICY asked ON reports FOR INSERT TO langnghe_staff WITH CHECK (
    (SELECT asks_for('make_reports')) AND asked_by = (SELECT who_asks()) AND state = 'waiting');
CREATE POLICY seen ON form_batches FOR SELECT TO langnghe_staff USING (
    (SELECT asks_for('enter_forms', 'oversee_forms')) AND reaches(unit_id));
CREATE POLICY made ON form_batches FOR INSERT TO langnghe_staff WITH CHECK (
    (SELECT asks_for('oversee_forms')) AND reaches(unit_id) AND made_by = (SELECT who_asks()) AND closed_at IS NULL);
CREATE POLICY closed ON form_batches FOR UPDATE TO langnghe_staff
    USING ((SELECT asks_for('oversee_forms')) AND reaches(unit_id))
    WITH CHECK ((SELECT asks_for('oversee_forms')) AND reaches(unit_id) AND closed_at IS NOT NULL);
-- A volunteer sees what the volunteer typed; who oversees sees only whether entries agree (typed is not granted).
CREATE POLICY seen ON form_entries FOR SELECT TO langnghe_staff USING (
    reaches(unit_id) AND ((SELECT asks_for('oversee_forms'))
                          OR (SELECT asks_for('enter_forms')) AND entered_by = (SELECT who_asks())));
CREATE POLICY every_one ON kiosks TO langnghe_administrator USING ((SELECT asks_for('administer_kiosks')))
    WITH CHECK ((SELECT asks_for('administer_kiosks')));
CREATE POLICY every_one ON parameter_values FOR SELECT TO langnghe_administrator USING ((SELECT asks_for('administer_parameters')));
CREATE POLICY proposed ON parameter_values FOR INSERT TO langnghe_administrator WITH CHECK (
    (SELECT asks_for('administer_parameters')) AND verdict IS NULL AND proposed_by = (SELECT who_asks()));
CREATE POLICY decided ON parameter_values FOR UPDATE TO langnghe_administrator
    USING ((SELECT asks_for('administer_parameters')) AND verdict IS NULL)
    WITH CHECK ((SELECT asks_for('administer_parameters')) AND decided_by = (SELECT who_asks()));
CREATE POLICY every_one ON calendar_corrections TO langnghe_administrator
    USING ((SELECT asks_for('administer_parameters'))) WITH CHECK ((SELECT asks_for('administer_parameters')) AND set_by = (SELECT who_asks()));

-- A case names who answers for the unit; accounts and appointments stay closed to those who work on cases.
CREATE FUNCTION find_head(unit integer) RETURNS TABLE (account_id integer, display_name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.account_id, a.display_name
    FROM units AS u
    JOIN appointments AS h ON h.role = 'head_of_unit' AND h.verdict = 'approved' AND h.ended_at IS NULL
        AND (h.everywhere OR u.code = ANY (h.unit_codes) OR u.place_code = ANY (h.commune_codes || h.province_codes)
             OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = ANY (h.province_codes)))
    JOIN accounts AS a ON a.account_id = h.account_id AND a.disabled_at IS NULL
    WHERE u.unit_id = unit AND asks_for('work_on_cases') AND reaches(unit)
    ORDER BY u.code = ANY (h.unit_codes) DESC, h.decided_at DESC, h.appointment_id LIMIT 1
$$;

-- Nothing is passed up to where nobody signs in. It tells that somebody is there, never who.
CREATE FUNCTION is_front_there(unit integer, asked_level text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM units AS u
        JOIN appointments AS h ON h.role = 'front_supervisor' AND h.verdict = 'approved' AND h.ended_at IS NULL
            AND (h.everywhere OR asked_level = 'province' AND (u.place_code = ANY (h.province_codes)
                 OR EXISTS (SELECT FROM places AS p WHERE p.code = u.place_code AND p.province_code = ANY (h.province_codes))))
        JOIN accounts AS a ON a.account_id = h.account_id AND a.disabled_at IS NULL
        WHERE u.unit_id = unit)
$$;

-- Whoever moves a case proposes and judges days to answer by; a report prints the days that were in force.
CREATE POLICY in_force ON parameter_values FOR SELECT TO langnghe_staff USING (
    (SELECT asks_for('see_cases', 'work_on_cases', 'see_unit_cases', 'answer_cases', 'make_reports')) AND verdict = 'approved');
CREATE POLICY counted ON calendar_corrections FOR SELECT TO langnghe_staff USING (
    (SELECT asks_for('see_cases', 'work_on_cases', 'see_unit_cases', 'answer_cases')));
GRANT SELECT ON parameter_values, calendar_corrections TO langnghe_staff;
GRANT SELECT, INSERT ON supervision_cases, case_events, case_files, check_rounds TO langnghe_staff;
GRANT SELECT, INSERT (round_id, place, unit_id, desk_id, procedure_id, day, ordinal),
    UPDATE (found_score, was_late, note, not_possible, found_by, found_at) ON check_items TO langnghe_staff;
GRANT SELECT (report_id, area, period, language, state, progress, asked_by, asked_at, made_at, data_cut, as_of, pdf, xlsx, digest, failure), INSERT
    ON reports TO langnghe_staff;
GRANT SELECT (unit_id, case_id, closing, answer, day) ON case_replies TO langnghe_staff;
GRANT SELECT (batch_id, form_number, unit_id, turn, entered_by, entered_at, agrees) ON form_entries TO langnghe_staff;
GRANT UPDATE ON supervision_cases TO langnghe_staff;
GRANT UPDATE (closed_at, gap) ON check_rounds TO langnghe_staff;
-- Without the seed, which says which forms are entered twice.
GRANT SELECT (batch_id, unit_id, way, held_on, place, first_number, last_number, double_share, made_by, made_at, closed_at), INSERT,
    UPDATE (closed_at) ON form_batches TO langnghe_staff;
GRANT SELECT, INSERT, UPDATE (name, ended_at) ON kiosks TO langnghe_administrator;
GRANT SELECT, INSERT, UPDATE (verdict, decided_by, decided_at) ON parameter_values TO langnghe_administrator;
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_corrections TO langnghe_administrator;

-- Administrators keep the catalogue and the keys of programs; of a key's secret they see nothing.
GRANT SELECT ON desk_codes TO langnghe_staff, langnghe_administrator;
GRANT INSERT, UPDATE ON units, desks, desk_codes, titles, officials, official_titles, procedures, desk_officials, desk_procedures
    TO langnghe_administrator;
-- A key that reads scores of officials takes two administrators, as a role that reads them does.
ALTER TABLE api_keys
    ADD COLUMN proposed_by integer REFERENCES accounts,
    ADD COLUMN approved_by integer REFERENCES accounts,
    ADD COLUMN approved_at timestamptz,
    ADD CONSTRAINT api_keys_approval CHECK (
        (approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL OR proposed_by IS NOT NULL AND approved_by <> proposed_by));
CREATE INDEX api_keys_proposed_by ON api_keys (proposed_by);
CREATE INDEX api_keys_approved_by ON api_keys (approved_by);
COMMENT ON COLUMN api_keys.proposed_by IS 'Whose key opens nothing before another administrator has approved it; null: made by the operator, or without scores';
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON api_keys TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY seen ON api_keys FOR SELECT TO langnghe_administrator USING ((SELECT asks_for('administer_keys')));
CREATE POLICY made ON api_keys FOR INSERT TO langnghe_administrator WITH CHECK (
    (SELECT asks_for('administer_keys')) AND approved_by IS NULL
    AND proposed_by IS NOT DISTINCT FROM CASE WHEN 'evaluation' = ANY (scopes) THEN (SELECT who_asks()) END);
CREATE POLICY decided ON api_keys FOR UPDATE TO langnghe_administrator
    USING ((SELECT asks_for('administer_keys')) AND revoked_on IS NULL)
    WITH CHECK ((SELECT asks_for('administer_keys'))
        AND (revoked_on IS NOT NULL OR approved_by IS NOT DISTINCT FROM (SELECT who_asks())));
GRANT SELECT (key_id, holder, scopes, everywhere, province_codes, commune_codes, unit_codes, networks, quota, made_on, expires_on, revoked_on, last_used_on,
              proposed_by, approved_by, approved_at),
    INSERT, UPDATE (revoked_on, approved_by, approved_at) ON api_keys TO langnghe_administrator;
