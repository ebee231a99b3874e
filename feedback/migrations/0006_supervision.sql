-- People who sign in, what they may do and where, what they did; and what the Front's supervision is shown.
-- Sight of ratings goes through row-level security: a page reads as langnghe_staff, which sees the rows of the units
-- its account reaches and nothing else. feedback/staff_rows.py sets the three settings that the policies read.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'langnghe_staff') THEN
        CREATE ROLE langnghe_staff NOLOGIN NOINHERIT;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'langnghe_administrator') THEN
        CREATE ROLE langnghe_administrator NOLOGIN NOINHERIT;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server is being made as well
END
$$;
DO $$
DECLARE
    -- From PostgreSQL 16 on, whoever makes a role is a member of it without the right to take it on.
    right_to_take text := CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER' ELSE 'SET' END;
BEGIN
    IF NOT pg_has_role('langnghe_staff', right_to_take) THEN
        EXECUTE format('GRANT langnghe_staff TO %I', current_user);
    END IF;
    IF NOT pg_has_role('langnghe_administrator', right_to_take) THEN
        EXECUTE format('GRANT langnghe_administrator TO %I', current_user);
    END IF;
END
$$;

CREATE TABLE accounts (
    account_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sign_in_name   text NOT NULL UNIQUE CHECK (sign_in_name ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
    display_name   text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 100),
    official_id    integer REFERENCES officials,
    email          text CHECK (length(email) BETWEEN 3 AND 254),
    language       text NOT NULL CHECK (language IN ('vi', 'en')),
    password_hash  text,
    totp_secret    bytea,
    has_device     boolean NOT NULL GENERATED ALWAYS AS (totp_secret IS NOT NULL) STORED,
    totp_step      bigint NOT NULL DEFAULT 0,
    outside_id     text UNIQUE,
    digest_by      text[] NOT NULL DEFAULT '{}' CHECK (digest_by <@ ARRAY ['email', 'bot']),
    chat           bytea,
    made_at        timestamptz NOT NULL,
    disabled_at    timestamptz,
    visit_began_at timestamptz,
    last_visit_at  timestamptz
);
CREATE INDEX accounts_official ON accounts (official_id);
CREATE INDEX accounts_chat ON accounts (chat) WHERE chat IS NOT NULL;
COMMENT ON TABLE accounts IS 'One person each; never deleted, so that the audit log stays readable';
COMMENT ON COLUMN accounts.totp_secret IS 'Sealed with a key from LANGNGHE_SECRET; totp_step is the last time step that was used up';
COMMENT ON COLUMN accounts.outside_id IS 'Issuer and subject of an identity provider, with a space between';
COMMENT ON COLUMN accounts.chat IS 'The linked chat, sealed with a key from LANGNGHE_SECRET';
COMMENT ON COLUMN accounts.last_visit_at IS 'When the visit before this one began: what happened since is new';

CREATE TABLE appointments (
    appointment_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id     integer NOT NULL REFERENCES accounts,
    role           text NOT NULL CHECK (role IN ('front_supervisor', 'head_of_unit', 'unit_manager', 'official', 'inspector', 'personnel', 'administrator')),
    everywhere     boolean NOT NULL,
    province_codes text[] NOT NULL,
    commune_codes  text[] NOT NULL,
    unit_codes     text[] NOT NULL,
    proposed_by    integer REFERENCES accounts,
    proposed_at    timestamptz NOT NULL,
    verdict        text CHECK (verdict IN ('approved', 'refused')),
    decided_by     integer REFERENCES accounts,
    decided_at     timestamptz,
    ended_by       integer REFERENCES accounts,
    ended_at       timestamptz,
    CHECK (decided_by <> proposed_by),
    CHECK (decided_by <> account_id),
    CHECK ((verdict IS NULL) = (decided_at IS NULL)),
    CHECK (ended_at IS NULL OR verdict = 'approved'),
    CHECK ((everywhere OR role IN ('official', 'administrator')) = (cardinality(province_codes) + cardinality(commune_codes) + cardinality(unit_codes) = 0)),
    CHECK (NOT everywhere OR role IN ('front_supervisor', 'inspector', 'personnel'))
);
CREATE INDEX appointments_account ON appointments (account_id);
CREATE INDEX appointments_proposed_by ON appointments (proposed_by);
CREATE INDEX appointments_decided_by ON appointments (decided_by);
CREATE INDEX appointments_ended_by ON appointments (ended_by);
COMMENT ON TABLE appointments IS 'A role and where it holds: everywhere, in the subtrees of provinces, communes and units, or in an assigned list of them; in force once approved, until ended';
COMMENT ON COLUMN appointments.proposed_by IS 'Null: the operator, at the command line. decided_by is null only for administrators appointed while there were fewer than two, whom nobody else could approve';

CREATE TABLE account_invitations (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id integer NOT NULL REFERENCES accounts,
    made_by    integer REFERENCES accounts,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX account_invitations_account ON account_invitations (account_id);
CREATE INDEX account_invitations_made_by ON account_invitations (made_by);

CREATE TABLE account_passkeys (
    credential_id bytea PRIMARY KEY,
    account_id    integer NOT NULL REFERENCES accounts,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    public_key    bytea NOT NULL,
    sign_count    bigint NOT NULL,
    made_at       timestamptz NOT NULL,
    last_used_on  date
);
CREATE INDEX account_passkeys_account ON account_passkeys (account_id);

CREATE TABLE sign_in_challenges (
    challenge_hash bytea PRIMARY KEY CHECK (length(challenge_hash) = 32),
    account_id     integer REFERENCES accounts,
    purpose        text NOT NULL CHECK (purpose IN ('passkey-made', 'passkey-shown', 'outside', 'chat')),
    content        bytea NOT NULL,
    expires_at     timestamptz NOT NULL
);
CREATE INDEX sign_in_challenges_account ON sign_in_challenges (account_id);
CREATE INDEX sign_in_challenges_expires_at ON sign_in_challenges (expires_at);
COMMENT ON TABLE sign_in_challenges IS 'Handed out once, taken back once: what a passkey has to sign, the way to an identity provider and back, the link of a chat';

CREATE TABLE staff_sessions (
    id_hash    bytea PRIMARY KEY CHECK (length(id_hash) = 32),
    account_id integer NOT NULL REFERENCES accounts,
    way        text NOT NULL CHECK (way IN ('code', 'passkey', 'outside')),
    began_at   timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    proved_at  timestamptz NOT NULL,
    ended_at   timestamptz
);
CREATE INDEX staff_sessions_account ON staff_sessions (account_id);
COMMENT ON TABLE staff_sessions IS 'Of the id in the cookie only its SHA-256; proved_at is when the person last showed the second factor';

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE audit_log (
    entry_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    account_id  integer,
    actor       text NOT NULL,
    action      text NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('done', 'denied', 'failed')),
    object_kind text NOT NULL,
    object_code text NOT NULL,
    unit_id     integer NOT NULL DEFAULT 0,
    official_id integer NOT NULL DEFAULT 0,
    details     json
);
CREATE INDEX audit_log_account ON audit_log (account_id, entry_id);
CREATE INDEX audit_log_official ON audit_log (official_id, entry_id) WHERE official_id <> 0;
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_action ON audit_log (action, entry_id);
CREATE INDEX audit_log_refused ON audit_log (outcome, entry_id) WHERE outcome <> 'done';
CREATE TRIGGER audit_log_stays BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_log_stays_whole BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
COMMENT ON TABLE audit_log IS 'Every sight of a person''s figures, every state change, every refusal. No address, no browser, nothing a citizen said';
COMMENT ON COLUMN audit_log.actor IS 'The name as it was then; "operator" for the command line, "program" for jobs';

CREATE TABLE weekly_counts (
    unit_id   integer NOT NULL,
    area      text NOT NULL,
    week      date NOT NULL,
    margin    text NOT NULL CHECK (margin IN ('all', 'procedure', 'rater_kind', 'channel', 'proof_class')),
    key       integer NOT NULL,
    n1        integer NOT NULL,
    n2        integer NOT NULL,
    n3        integer NOT NULL,
    n4        integer NOT NULL,
    n5        integer NOT NULL,
    completed integer NOT NULL,
    PRIMARY KEY (unit_id, area, week, margin, key)
);
CREATE INDEX weekly_counts_area ON weekly_counts (area, week) WHERE unit_id = 0;
COMMENT ON TABLE weekly_counts IS 'daily_counts and dossier_counts rolled up by closed weeks, for what would read too many rows: margin all of each unit, every margin of provinces and the nation';
COMMENT ON COLUMN weekly_counts.area IS 'Empty for a unit; else, with unit_id 0, VN or a province code, alone or with /area type, /pilot or both';
COMMENT ON COLUMN weekly_counts.week IS 'Monday, or the first day of the quarter where that comes later: no week crosses quarters';
COMMENT ON COLUMN weekly_counts.key IS '0 for all; procedure_id; 1 citizen, 2 business; channel; ASCII number of the proof class (X: set aside, counted in no other margin)';
COMMENT ON COLUMN weekly_counts.completed IS 'Dossiers completed, for margins all and procedure';

CREATE TABLE rolled_weeks (
    week   date PRIMARY KEY,
    digest bytea NOT NULL
);
COMMENT ON TABLE rolled_weeks IS 'The closed weeks that weekly_counts holds, and SHA-256 of what they were made of, so that a correction is noticed';

CREATE TABLE pilot_units (
    unit_id    integer NOT NULL REFERENCES units,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to > valid_from),
    PRIMARY KEY (unit_id, valid_from)
);
COMMENT ON TABLE pilot_units IS 'Where the service index is piloted (Notice 21-TB/VPTW 3(7)(iii)), from when to when';

CREATE TABLE supervision_alerts (
    alert_id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cause         text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('drop', 'low_share', 'low_response', 'set_aside', 'silent_desk', 'harassment', 'informal_payment')),
    weight        smallint NOT NULL CHECK (weight BETWEEN 1 AND 100),
    unit_id       integer NOT NULL,
    desk_id       integer NOT NULL DEFAULT 0,
    official_id   integer NOT NULL DEFAULT 0,
    procedure_id  integer NOT NULL DEFAULT 0,
    day           date NOT NULL,
    evidence      json NOT NULL,
    raised_at     timestamptz NOT NULL,
    state         text NOT NULL CHECK (state IN ('open', 'snoozed', 'merged', 'dismissed', 'over')),
    snoozed_until date,
    merged_into   integer REFERENCES supervision_alerts,
    changed_at    timestamptz NOT NULL,
    CHECK ((state = 'snoozed') = (snoozed_until IS NOT NULL)),
    CHECK ((state = 'merged') = (merged_into IS NOT NULL))
);
CREATE UNIQUE INDEX supervision_alerts_live ON supervision_alerts (cause) WHERE state IN ('open', 'snoozed', 'merged');
CREATE INDEX supervision_alerts_unit ON supervision_alerts (unit_id, state);
CREATE INDEX supervision_alerts_merged_into ON supervision_alerts (merged_into);
COMMENT ON COLUMN supervision_alerts.cause IS 'Kind and what it is about: as long as an alert of a cause lives, there is no second';
COMMENT ON COLUMN supervision_alerts.evidence IS 'The figures as they were when it was raised, after disclosure control; never changed';

CREATE TABLE alert_events (
    event_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id   integer NOT NULL REFERENCES supervision_alerts,
    unit_id    integer NOT NULL,
    at         timestamptz NOT NULL,
    account_id integer REFERENCES accounts,
    actor      text NOT NULL,
    deed       text NOT NULL CHECK (deed IN ('raised', 'snoozed', 'woken', 'merged', 'dismissed', 'reopened', 'over')),
    reason     text CHECK (length(reason) BETWEEN 1 AND 1000)
);
CREATE INDEX alert_events_alert ON alert_events (alert_id);
CREATE INDEX alert_events_account ON alert_events (account_id);
CREATE TRIGGER alert_events_stay BEFORE UPDATE OR DELETE ON alert_events FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER alert_events_stay_whole BEFORE TRUNCATE ON alert_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE alert_weeks (
    rules text PRIMARY KEY,
    week  date NOT NULL
);
COMMENT ON TABLE alert_weeks IS 'The last closed week (its Monday) that each group of alert rules has looked at';

-- Desks are watched for drops too, each as a small unit.
ALTER TABLE drop_days DROP CONSTRAINT drop_days_role_check, ADD CHECK (role IN ('official', 'unit', 'desk'));
ALTER TABLE drop_alerts DROP CONSTRAINT drop_alerts_role_check, ADD CHECK (role IN ('official', 'unit', 'desk'));

CREATE INDEX responses_answers ON responses (unit_id, local_day) WHERE answers IS NOT NULL;

CREATE TABLE digests (
    account_id integer NOT NULL REFERENCES accounts,
    way        text NOT NULL CHECK (way IN ('email', 'bot')),
    day        date NOT NULL,
    sent_at    timestamptz,
    tries      smallint NOT NULL DEFAULT 0,
    try_after  timestamptz NOT NULL,
    outcome    text CHECK (outcome IN ('sent', 'nothing', 'refused')),
    reply_code smallint,
    PRIMARY KEY (account_id, way, day),
    CHECK ((sent_at IS NULL) = (outcome IS DISTINCT FROM 'sent'))
);
COMMENT ON TABLE digests IS 'One message a person, way and day at most; its text is made when it is sent and not kept';
COMMENT ON COLUMN digests.try_after IS 'Held by whoever is sending until then, or waiting; without meaning once there is an outcome';
COMMENT ON COLUMN digests.reply_code IS 'The last refusal of the mail server, such as 451 or 550; never its words';

CREATE INDEX responses_comments ON responses (unit_id, local_day) WHERE comment IS NOT NULL;

-- What a supervisor may read of comments: never the score, the official or the time beside them.
CREATE VIEW written_comments WITH (security_invoker = true) AS
SELECT r.unit_id, r.desk_id, r.procedure_id, r.survey_id, r.local_day, r.comment
FROM responses AS r
WHERE r.comment IS NOT NULL AND r.proof_class <> 'X'
  AND NOT EXISTS (SELECT FROM responses AS later WHERE later.unit_id = r.unit_id AND later.supersedes = r.token_hash);

-- The second wall. The program's own role keeps all rows; it serves citizens, jobs and the command line.
-- langnghe.units: the ids of the units the account reaches; langnghe.everywhere: yes for all of them.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY [
        'responses', 'daily_counts', 'dossier_counts', 'desk_dossier_counts', 'exclusions', 'weekly_counts',
        'release_scores', 'drop_alerts', 'supervision_alerts', 'alert_events', 'audit_log',
        'accounts', 'appointments', 'account_invitations', 'account_passkeys', 'staff_sessions'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY program ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY [
        'responses', 'daily_counts', 'dossier_counts', 'desk_dossier_counts', 'exclusions', 'weekly_counts',
        'release_scores', 'drop_alerts', 'supervision_alerts', 'alert_events'
    ] LOOP
        EXECUTE format($policy$
            CREATE POLICY reached ON %I TO langnghe_staff USING (
                (SELECT current_setting('langnghe.everywhere', true) = 'yes')
                OR unit_id IN (SELECT unnest(nullif(current_setting('langnghe.units', true), '')::integer[])))
            $policy$, name);
    END LOOP;
END
$$;
-- What is about no single unit: provinces and the nation, and procedures over all units.
CREATE POLICY everybody ON weekly_counts FOR SELECT TO langnghe_staff USING (unit_id = 0);
CREATE POLICY everybody ON release_scores FOR SELECT TO langnghe_staff USING (unit_id = 0 AND role = 'procedure');
CREATE POLICY own ON release_scores FOR SELECT TO langnghe_staff USING (
    role = 'official' AND entity_id = (SELECT nullif(current_setting('langnghe.official', true), '')::integer));
CREATE POLICY own ON audit_log FOR SELECT TO langnghe_staff USING (
    account_id = (SELECT nullif(current_setting('langnghe.account', true), '')::integer)
    OR official_id = (SELECT nullif(current_setting('langnghe.official', true), '')::integer));
CREATE POLICY added ON audit_log FOR INSERT TO langnghe_staff WITH CHECK (
    account_id = (SELECT nullif(current_setting('langnghe.account', true), '')::integer));
CREATE POLICY every_one ON audit_log TO langnghe_administrator USING (true) WITH CHECK (
    account_id = (SELECT nullif(current_setting('langnghe.account', true), '')::integer));
CREATE POLICY every_one ON accounts TO langnghe_administrator USING (true) WITH CHECK (true);
-- An administrator proposes in the own name, decides and ends in the own name, and changes nothing that is over.
CREATE POLICY every_one ON appointments FOR SELECT TO langnghe_administrator USING (true);
CREATE POLICY proposed ON appointments FOR INSERT TO langnghe_administrator WITH CHECK (
    verdict IS NULL AND proposed_by = (SELECT nullif(current_setting('langnghe.account', true), '')::integer));
CREATE POLICY decided ON appointments FOR UPDATE TO langnghe_administrator
    USING (ended_at IS NULL AND verdict IS DISTINCT FROM 'refused')
    WITH CHECK (
        CASE WHEN ended_at IS NULL THEN decided_by ELSE ended_by END
        = (SELECT nullif(current_setting('langnghe.account', true), '')::integer));
CREATE POLICY every_one ON account_invitations TO langnghe_administrator USING (true) WITH CHECK (true);
CREATE POLICY every_one ON account_passkeys TO langnghe_administrator USING (true) WITH CHECK (true);
CREATE POLICY every_one ON staff_sessions TO langnghe_administrator USING (true) WITH CHECK (true);

GRANT SELECT ON places, units, desks, titles, officials, official_titles, procedures, desk_officials, desk_procedures,
    surveys, pilot_units TO langnghe_staff, langnghe_administrator;
GRANT SELECT ON releases, release_scores, release_pools, daily_counts, dossier_counts, desk_dossier_counts, exclusions,
    weekly_counts, rolled_weeks, drop_alerts, supervision_alerts, alert_events, written_comments TO langnghe_staff;
GRANT SELECT (unit_id, token_hash, desk_id, procedure_id, survey_id, local_day, proof_class, supersedes, comment)
    ON responses TO langnghe_staff;
GRANT UPDATE (state, snoozed_until, merged_into, changed_at) ON supervision_alerts TO langnghe_staff;
GRANT INSERT ON alert_events TO langnghe_staff;
GRANT SELECT, INSERT ON audit_log TO langnghe_staff, langnghe_administrator;
GRANT SELECT, INSERT, UPDATE ON account_invitations, staff_sessions TO langnghe_administrator;
GRANT SELECT, INSERT, UPDATE (verdict, decided_by, decided_at, ended_by, ended_at) ON appointments TO langnghe_administrator;
-- What proves a person, and the chat, an administrator may empty but not read.
GRANT SELECT (account_id, sign_in_name, display_name, official_id, email, language, has_device, made_at, disabled_at, visit_began_at, last_visit_at),
    INSERT, UPDATE ON accounts TO langnghe_administrator;
GRANT SELECT ON account_passkeys TO langnghe_administrator;
GRANT DELETE ON account_passkeys TO langnghe_administrator;

-- Keys are for programs; people sign in. A key that opened nothing but staff pages ends, others lose those scopes.
ALTER TABLE api_keys DROP COLUMN official_id, DROP CONSTRAINT api_keys_scopes_check;
UPDATE api_keys
SET revoked_on = CASE WHEN scopes <@ ARRAY ['own', 'manage', 'review']
                      THEN coalesce(revoked_on, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) ELSE revoked_on END,
    scopes = ARRAY (SELECT scope FROM unnest(scopes) WITH ORDINALITY AS held (scope, place)
                    WHERE scope NOT IN ('own', 'manage', 'review') ORDER BY place)
WHERE scopes && ARRAY ['own', 'manage', 'review'];
ALTER TABLE api_keys
    ADD CONSTRAINT api_keys_scopes_check CHECK (scopes <@ ARRAY ['evaluation', 'slips', 'dossiers']),
    ADD CONSTRAINT api_keys_opens CHECK (cardinality(scopes) > 0 OR revoked_on IS NOT NULL),
    ADD CONSTRAINT api_keys_reach CHECK (
        cardinality(scopes) = 0
        OR everywhere = (cardinality(province_codes) + cardinality(commune_codes) + cardinality(unit_codes) = 0));
