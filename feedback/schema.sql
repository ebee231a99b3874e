-- The store as it is today: read this first. The migrations beside it make it; a test keeps both equal.
-- Nobody runs this file. A change is a new file in migrations/ and the same change here.
--
-- catalogue  places, units, desks, desk_codes, titles, officials, official_titles, procedures, desk_officials,
--            desk_procedures, surveys: small, kept whole on every node of a cluster
-- large      responses, daily_counts, dossier_counts, desk_dossier_counts, slip_references: their keys begin with
--            unit_id, by which a cluster distributes
-- releases   releases and what belongs to one: added to, never changed (a trigger refuses)
-- short      visit_slips: found by its own id, emptied and deleted within weeks
-- own        sequencer: one row; migrations: which of them have been applied
-- people     accounts, appointments, staff_sessions and what belongs to them; audit_log: only added to
-- sight      weekly_counts (large, by unit_id), supervision_alerts, alert_events, digests; row-level security on all
--            that is about single units or people
-- cases      supervision_cases, case_events, case_files, check_rounds, check_items: seen by the Front and, but for drafts,
--            by the unit; parameter_values, calendar_corrections, kiosks, form_batches, form_entries, reports: small
-- The tables of the job queue (pgqueuer…) belong to its library and are not listed here.

-- What exists, from when to when: places, units, desks, officials, titles, procedures, who does what where.
-- Small tables, kept whole on every node of a cluster. Nothing here is deleted: validity ends instead.
-- valid_to is the first day on which the row no longer holds; null means until further notice.

CREATE TABLE places (
    code          text NOT NULL CHECK (code ~ '^(\d{2}|\d{5})$'),
    kind          text NOT NULL CHECK (kind IN ('tỉnh', 'thành phố', 'xã', 'phường', 'đặc khu')),
    name          text NOT NULL,
    province_code text CHECK ((province_code IS NULL) = (length(code) = 2)),
    latitude      double precision NOT NULL,
    longitude     double precision NOT NULL,
    valid_from    date NOT NULL,
    valid_to      date CHECK (valid_to > valid_from),
    PRIMARY KEY (code, valid_from)
);
CREATE INDEX places_province ON places (province_code);
COMMENT ON TABLE places IS 'Provinces (2-digit code) and communes (5-digit code); one row for each stretch of time with the same name and kind';

CREATE TABLE units (
    unit_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       text NOT NULL UNIQUE,
    name       text NOT NULL,
    place_code text NOT NULL,
    area_type  text NOT NULL CHECK (area_type IN ('urban', 'rural', 'mountain', 'border', 'island')),
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to > valid_from)
);
CREATE INDEX units_place ON units (place_code);
COMMENT ON TABLE units IS 'Serving units, such as the public service centre of a commune; code is opaque and stands in public addresses';

CREATE TABLE desks (
    desk_id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id    integer NOT NULL REFERENCES units,
    number     text NOT NULL,
    name       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to > valid_from),
    UNIQUE (unit_id, number)
);

CREATE TABLE desk_codes (
    code       text PRIMARY KEY CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{9}$'),
    desk_id    integer NOT NULL REFERENCES desks,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to >= valid_from)
);
CREATE INDEX desk_codes_desk ON desk_codes (desk_id);
COMMENT ON TABLE desk_codes IS 'What is printed on a desk: nine Crockford base32 symbols, check symbol included; an overlaid or lost card is answered with a new code';

CREATE TABLE titles (
    title_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code     text NOT NULL UNIQUE,
    name     text NOT NULL
);

CREATE TABLE officials (
    official_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code         text NOT NULL UNIQUE,
    display_name text NOT NULL,
    valid_from   date NOT NULL,
    valid_to     date CHECK (valid_to > valid_from)
);
COMMENT ON COLUMN officials.code IS 'Opaque id; never the citizen identity number (Decree 27/2026 makes that the key of the personnel file)';

CREATE TABLE official_titles (
    official_id integer NOT NULL REFERENCES officials,
    title_id    integer NOT NULL REFERENCES titles,
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    PRIMARY KEY (official_id, valid_from)
);
CREATE INDEX official_titles_title ON official_titles (title_id);

CREATE TABLE procedures (
    procedure_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code         text NOT NULL,
    name         text NOT NULL,
    field        text NOT NULL,
    valid_from   date NOT NULL,
    valid_to     date CHECK (valid_to > valid_from),
    UNIQUE (code, valid_from)
);
COMMENT ON TABLE procedures IS 'One row for each stretch of time in which a procedure keeps its name and field';

CREATE TABLE desk_officials (
    desk_id     integer NOT NULL REFERENCES desks,
    official_id integer NOT NULL REFERENCES officials,
    valid_from  date NOT NULL,
    valid_to    date CHECK (valid_to > valid_from),
    PRIMARY KEY (desk_id, official_id, valid_from)
);
CREATE INDEX desk_officials_official ON desk_officials (official_id);

CREATE TABLE desk_procedures (
    desk_id          integer NOT NULL REFERENCES desks,
    procedure_code   text NOT NULL,
    deciding_unit_id integer REFERENCES units,
    valid_from       date NOT NULL,
    valid_to         date CHECK (valid_to > valid_from),
    PRIMARY KEY (desk_id, procedure_code, valid_from)
);
CREATE INDEX desk_procedures_procedure ON desk_procedures (procedure_code);
CREATE INDEX desk_procedures_deciding_unit ON desk_procedures (deciding_unit_id);
COMMENT ON COLUMN desk_procedures.deciding_unit_id IS 'Null when the serving unit decides itself (Decree 118/2025: a desk receives for other units too)';

CREATE TABLE surveys (
    survey_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       text NOT NULL,
    version    integer NOT NULL,
    rater_kind text NOT NULL CHECK (rater_kind IN ('citizen', 'business')),
    digest     bytea NOT NULL,
    UNIQUE (code, version)
);
COMMENT ON COLUMN surveys.digest IS 'SHA-256 of the published file: a version that changed afterwards is refused';

CREATE TABLE dossier_counts (
    unit_id        integer NOT NULL REFERENCES units,
    day            date NOT NULL,
    procedure_code text NOT NULL,
    completed      integer NOT NULL CHECK (completed >= 0),
    late           integer NOT NULL CHECK (late BETWEEN 0 AND completed),
    complained     integer NOT NULL CHECK (complained BETWEEN 0 AND completed),
    PRIMARY KEY (unit_id, day, procedure_code)
);
COMMENT ON TABLE dossier_counts IS 'From the one-stop system, by day of completion: the base of response rates and of the settlement ratio of Decision 766/QĐ-TTg';

-- What citizens said, and the counts of it. Rows are only ever added; a change points to the row it replaces.
-- Every key begins with unit_id and no constraint crosses units, so that a cluster can distribute by it.
-- 0 in official_id, title_id, procedure_id means: not stated. No foreign keys here: on a cluster they would cross
-- nodes, and `langnghe db check` compares every id with the catalogue.

CREATE TABLE responses (
    unit_id          integer NOT NULL,
    token_hash       bytea NOT NULL CHECK (length(token_hash) = 32),
    sequence_number  bigint NOT NULL,
    desk_id          integer NOT NULL,
    official_id      integer NOT NULL,
    title_id         integer NOT NULL,
    procedure_id     integer NOT NULL,
    deciding_unit_id integer NOT NULL,
    survey_id        integer NOT NULL,
    local_day        date NOT NULL,
    received_at      timestamptz,
    part_of_day      smallint NOT NULL CHECK (part_of_day IN (1, 2)),
    channel          smallint NOT NULL,
    proof_class      "char" NOT NULL CHECK (proof_class IN ('A', 'B', 'C', 'X')),
    score            smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    supersedes       bytea,
    answers          jsonb,
    comment          text CHECK (length(comment) <= 4000),
    PRIMARY KEY (unit_id, token_hash)
);
CREATE UNIQUE INDEX responses_supersedes ON responses (unit_id, supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX responses_exact_times ON responses (received_at) WHERE received_at IS NOT NULL;
COMMENT ON COLUMN responses.token_hash IS 'SHA-256 of the token made with the form: idempotency key here, receipt in the hand of the citizen';
COMMENT ON COLUMN responses.sequence_number IS 'Contiguous over all units, given inside the transaction that stores the row';
COMMENT ON COLUMN responses.received_at IS 'Kept for 48 hours, then null; local_day and part_of_day stay';
COMMENT ON COLUMN responses.part_of_day IS '1 before noon, 2 from noon on, local time';
COMMENT ON COLUMN responses.channel IS '1 web, 2 telegram, 3 kiosk, 4 paper, 5 terminal';
COMMENT ON COLUMN responses.proof_class IS 'A visit token, B known chat account at a desk, C plain desk code, X set aside';
COMMENT ON COLUMN responses.supersedes IS 'token_hash of the row that this one replaces: a change of mind or further answers';

CREATE TABLE sequencer (
    only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_number bigint NOT NULL
);
INSERT INTO sequencer (last_number) VALUES (0);
COMMENT ON TABLE sequencer IS 'The last sequence number given';

CREATE TABLE daily_counts (
    unit_id      integer NOT NULL,
    day          date NOT NULL,
    desk_id      integer NOT NULL,
    official_id  integer NOT NULL,
    title_id     integer NOT NULL,
    procedure_id integer NOT NULL,
    survey_id    integer NOT NULL,
    channel      smallint NOT NULL,
    proof_class  "char" NOT NULL,
    n1           integer NOT NULL,
    n2           integer NOT NULL,
    n3           integer NOT NULL,
    n4           integer NOT NULL,
    n5           integer NOT NULL,
    PRIMARY KEY (unit_id, day, desk_id, official_id, title_id, procedure_id, survey_id, channel, proof_class)
);
COMMENT ON TABLE daily_counts IS 'How many ratings of each score, by everything an indicator may be asked for; moved by deltas in the transaction that stores the rows';

-- Chats: what came in and was not yet worked off, what is still to be sent, and where each chat stands.
-- The id of a chat stands only in rows that wait; elsewhere a keyed hash does, whose key is destroyed.

CREATE TABLE bot_inbox (
    bot_id      bigint NOT NULL,
    update_id   bigint NOT NULL,
    chat_id     bigint,
    payload     bytea,
    received_at timestamptz NOT NULL,
    tries       smallint NOT NULL DEFAULT 0,
    next_try_at timestamptz,
    PRIMARY KEY (bot_id, update_id),
    CHECK ((chat_id IS NULL) = (payload IS NULL))
);
CREATE INDEX bot_inbox_waiting ON bot_inbox (bot_id, chat_id, update_id) WHERE payload IS NOT NULL;
CREATE INDEX bot_inbox_received ON bot_inbox (received_at);
COMMENT ON TABLE bot_inbox IS 'Every update once. Done: chat_id and payload are null and received_at is cut to the day; the number stays for 8 days to recognise a second delivery';

CREATE TABLE bot_dead_letters (
    dead_letter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot_id         bigint NOT NULL,
    update_id      bigint,
    reason         text NOT NULL,
    payload        bytea NOT NULL,
    died_at        timestamptz NOT NULL
);
COMMENT ON TABLE bot_dead_letters IS 'Updates that could not be read, or failed five times; kept for 7 days, shown and replayed by langnghe bot dead';

CREATE TABLE bot_outbox (
    outbox_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bot_id      bigint NOT NULL,
    chat_id     bigint,
    lane        smallint NOT NULL CHECK (lane IN (1, 2)),
    method      text NOT NULL,
    payload     bytea,
    created_on  date NOT NULL,
    send_after  timestamptz NOT NULL,
    tries       smallint NOT NULL DEFAULT 0,
    refused_for text,
    CHECK ((chat_id IS NULL) = (payload IS NULL)),
    CHECK ((payload IS NULL) = (refused_for IS NOT NULL))
);
CREATE INDEX bot_outbox_waiting ON bot_outbox (bot_id, lane, chat_id, outbox_id) WHERE payload IS NOT NULL;
COMMENT ON TABLE bot_outbox IS 'Messages still to be sent; deleted once sent. A refusal is final: the reason stays for 8 days, the chat and the text do not';
COMMENT ON COLUMN bot_outbox.lane IS '1 answers, 2 reminders: answers never wait behind reminders';

CREATE TABLE conversations (
    chat_hash  bytea PRIMARY KEY CHECK (length(chat_hash) = 32),
    memory     jsonb NOT NULL,
    changed_on date NOT NULL
);
COMMENT ON TABLE conversations IS 'Where a chat stands; forgotten after 7 days without a word, or at once by /stop';

CREATE TABLE rater_keys (
    quarter    text PRIMARY KEY CHECK (quarter ~ '^\d{4}Q[1-4]$'),
    key        bytea NOT NULL CHECK (length(key) = 32),
    destroy_on date NOT NULL
);
COMMENT ON TABLE rater_keys IS 'One half of the key of each quarter''s chat hashes; the other is LANGNGHE_SECRET. Deleted 30 days after the quarter';

-- Keys of other programs, visit slips, and dossiers counted by desk.
-- A slip never names a dossier or a person; what ties it to its rating is destroyed when it closes.

CREATE TABLE api_keys (
    key_id         text PRIMARY KEY CHECK (key_id ~ '^[0-9a-hjkmnp-tv-z]{10}$'),
    holder         text NOT NULL CHECK (length(holder) BETWEEN 1 AND 100),
    secret_hash    bytea NOT NULL CHECK (length(secret_hash) = 32),
    scopes         text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY ['evaluation', 'slips', 'dossiers', 'own', 'manage', 'review']),
    official_id    integer REFERENCES officials,
    everywhere     boolean NOT NULL,
    province_codes text[] NOT NULL,
    commune_codes  text[] NOT NULL,
    unit_codes     text[] NOT NULL,
    networks       cidr[] NOT NULL,
    quota          integer NOT NULL CHECK (quota > 0),
    made_on        date NOT NULL,
    expires_on     date NOT NULL CHECK (expires_on > made_on AND expires_on <= made_on + 366),
    revoked_on     date,
    last_used_on   date,
    CHECK (('own' = ANY (scopes)) = (official_id IS NOT NULL)),
    CHECK ((everywhere OR official_id IS NOT NULL) = (cardinality(province_codes) + cardinality(commune_codes) + cardinality(unit_codes) = 0)),
    CHECK (NOT everywhere OR official_id IS NULL)
);
CREATE INDEX api_keys_holder ON api_keys (holder);
CREATE INDEX api_keys_official ON api_keys (official_id);
COMMENT ON TABLE api_keys IS 'What other programs show to be let in: lnk_<key_id>_<secret>; of the secret only its SHA-256';
COMMENT ON COLUMN api_keys.quota IS 'Requests a minute';
COMMENT ON COLUMN api_keys.networks IS 'Where the key may be used from; empty: anywhere';
COMMENT ON COLUMN api_keys.official_id IS 'Whose figures a key of scope own opens; null for every other key';
COMMENT ON COLUMN api_keys.last_used_on IS 'The day only';

CREATE TABLE slip_keys (
    desk_id integer PRIMARY KEY REFERENCES desks,
    epoch   integer NOT NULL CHECK (epoch > 0),
    salt    bytea NOT NULL CHECK (length(salt) = 32),
    made_on date NOT NULL
);
COMMENT ON TABLE slip_keys IS 'One half of the key of each desk''s slips; the other is LANGNGHE_SECRET. A new epoch ends all earlier slips of the desk';

CREATE TABLE visit_slips (
    slip_id          bigint PRIMARY KEY CHECK (slip_id BETWEEN 0 AND 1099511627775),
    unit_id          integer NOT NULL,
    desk_id          integer NOT NULL,
    official_id      integer NOT NULL,
    title_id         integer NOT NULL,
    procedure_id     integer NOT NULL,
    deciding_unit_id integer NOT NULL,
    epoch            integer NOT NULL,
    issued_on        date NOT NULL,
    valid_to         date NOT NULL CHECK (valid_to > issued_on),
    nonce            bytea CHECK (length(nonce) = 16),
    wrong_pins       smallint NOT NULL DEFAULT 0,
    spent_on         date,
    first_form       bytea CHECK (length(first_form) = 32),
    CHECK ((spent_on IS NULL) = (first_form IS NULL)),
    CHECK (nonce IS NOT NULL OR (official_id = 0 AND procedure_id = 0 AND spent_on IS NULL))
);
CREATE INDEX visit_slips_valid_to ON visit_slips (valid_to);
CREATE INDEX visit_slips_spent_on ON visit_slips (spent_on) WHERE spent_on IS NOT NULL;
COMMENT ON TABLE visit_slips IS 'One finished or refused dossier each, without its number. Closed: only desk and dates stay, for 30 days, to say what an old slip is';
COMMENT ON COLUMN visit_slips.nonce IS 'With LANGNGHE_SECRET it gives the token of the slip''s rating; destroyed when the slip closes, and then nothing does';
COMMENT ON COLUMN visit_slips.first_form IS 'Token hash of the form that spent the slip, so that its repetition changes nothing';

CREATE TABLE slip_references (
    unit_id        integer NOT NULL,
    reference_hash bytea NOT NULL CHECK (length(reference_hash) = 32),
    slip_id        bigint,
    expires_on     date NOT NULL,
    PRIMARY KEY (unit_id, reference_hash)
);
CREATE INDEX slip_references_slip ON slip_references (slip_id) WHERE slip_id IS NOT NULL;
CREATE INDEX slip_references_expires_on ON slip_references (expires_on);
COMMENT ON TABLE slip_references IS 'Keyed hashes of the issuers'' own references, so that one dossier gets one slip; slip_id is null once the slip is closed';

CREATE TABLE desk_dossier_counts (
    unit_id        integer NOT NULL REFERENCES units,
    day            date NOT NULL,
    desk_id        integer NOT NULL,
    procedure_code text NOT NULL,
    official_id    integer NOT NULL,
    completed      integer NOT NULL CHECK (completed >= 0),
    late           integer NOT NULL CHECK (late BETWEEN 0 AND completed),
    complained     integer NOT NULL CHECK (complained BETWEEN 0 AND completed),
    PRIMARY KEY (unit_id, day, desk_id, procedure_code, official_id)
);
COMMENT ON TABLE desk_dossier_counts IS 'dossier_counts by desk and, where stated, official (0: not stated); whoever writes here brings dossier_counts to the sums';

-- Figures that were let out, once and for good; who is told; what is watched between; what officials had reviewed.
-- Small tables. A release holds nothing about fewer than 10 ratings: figures pass dashboards/disclosure before they come here.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed: a correction goes into the next release', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TABLE releases (
    release_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code           text NOT NULL UNIQUE CHECK (code ~ '^\d{4}-Q[1-4]$'),
    first_day      date NOT NULL UNIQUE,
    last_day       date NOT NULL CHECK (last_day > first_day),
    data_cut       bigint NOT NULL CHECK (data_cut >= 0),
    method_version text NOT NULL,
    parameters     json NOT NULL,
    input_digest   bytea NOT NULL CHECK (length(input_digest) = 32),
    content_digest bytea NOT NULL CHECK (length(content_digest) = 32),
    corrections    integer NOT NULL CHECK (corrections >= 0),
    waiting        integer NOT NULL CHECK (waiting >= 0),
    made_at        timestamptz NOT NULL
);
CREATE TRIGGER releases_stay BEFORE UPDATE OR DELETE ON releases FOR EACH ROW EXECUTE FUNCTION refuse_change();
COMMENT ON TABLE releases IS 'One closed quarter each, computed once, seven days or more after its last day';
COMMENT ON COLUMN releases.data_cut IS 'The last sequence number that was in';
COMMENT ON COLUMN releases.input_digest IS 'SHA-256 of everything that went in; content_digest of every figure that came out';
COMMENT ON COLUMN releases.corrections IS 'Ratings of earlier quarters that were excluded or changed since, and are carried by this release';
COMMENT ON COLUMN releases.waiting IS 'Corrections that no rating of this quarter could carry: they wait for the next one';

CREATE TABLE release_scores (
    release_id integer NOT NULL REFERENCES releases,
    role       text NOT NULL CHECK (role IN ('official', 'unit', 'procedure')),
    entity_id  integer NOT NULL,
    pool       text NOT NULL,
    unit_id    integer NOT NULL,
    title_id   integer NOT NULL,
    area_type  text NOT NULL,
    grade      text NOT NULL CHECK (grade IN ('A', 'B', 'owner', 'none')),
    figure     json NOT NULL,
    PRIMARY KEY (release_id, role, entity_id, pool)
);
CREATE INDEX release_scores_entity ON release_scores (role, entity_id);
CREATE INDEX release_scores_unit ON release_scores (release_id, role, unit_id);
CREATE TRIGGER release_scores_stay BEFORE UPDATE OR DELETE ON release_scores FOR EACH ROW EXECUTE FUNCTION refuse_change();
COMMENT ON COLUMN release_scores.unit_id IS 'Where most of the ratings were given, 0 for a procedure; title_id likewise, 0 for a unit or procedure';
COMMENT ON COLUMN release_scores.figure IS 'What the official concerned may see (dashboards/disclosure); every other reader gets less of it';

CREATE TABLE release_pools (
    release_id integer NOT NULL REFERENCES releases,
    role       text NOT NULL CHECK (role IN ('official', 'unit', 'procedure')),
    pool       text NOT NULL,
    figure     json NOT NULL,
    PRIMARY KEY (release_id, role, pool)
);
CREATE TRIGGER release_pools_stay BEFORE UPDATE OR DELETE ON release_pools FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE release_corrections (
    release_id   integer NOT NULL REFERENCES releases,
    unit_id      integer NOT NULL,
    official_id  integer NOT NULL,
    title_id     integer NOT NULL,
    procedure_id integer NOT NULL,
    survey_id    integer NOT NULL,
    channel      smallint NOT NULL,
    proof_class  "char" NOT NULL,
    n1           integer NOT NULL,
    n2           integer NOT NULL,
    n3           integer NOT NULL,
    n4           integer NOT NULL,
    n5           integer NOT NULL,
    PRIMARY KEY (release_id, unit_id, official_id, title_id, procedure_id, survey_id, channel, proof_class)
);
CREATE TRIGGER release_corrections_stay BEFORE UPDATE OR DELETE ON release_corrections
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
COMMENT ON TABLE release_corrections IS 'What each release carried of earlier quarters, so that the next carries only the rest';

CREATE TABLE release_lookups (
    release_id integer NOT NULL REFERENCES releases,
    name       text NOT NULL,
    content    bytea NOT NULL,
    PRIMARY KEY (release_id, name)
);
CREATE TRIGGER release_lookups_stay BEFORE UPDATE OR DELETE ON release_lookups
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
COMMENT ON TABLE release_lookups IS 'Catalogue and dossiers as they were: those may be corrected later, ratings can be read again';

CREATE TABLE official_identifiers (
    holder      text NOT NULL,
    identifier  text NOT NULL CHECK (length(identifier) BETWEEN 1 AND 64 AND identifier !~ '^(\d{9}|\d{12})$'),
    official_id integer NOT NULL REFERENCES officials,
    PRIMARY KEY (holder, identifier),
    UNIQUE (holder, official_id)
);
CREATE INDEX official_identifiers_official ON official_identifiers (official_id);
COMMENT ON TABLE official_identifiers IS 'What the personnel system of a key holder calls an official; never the citizen identity number (9 or 12 digits)';

CREATE TABLE webhook_endpoints (
    endpoint_id   text PRIMARY KEY,
    holder        text NOT NULL,
    url           text NOT NULL,
    salt          bytea NOT NULL CHECK (length(salt) = 32),
    made_on       date NOT NULL,
    ended_on      date,
    allow_private boolean NOT NULL DEFAULT false,
    earlier_salt  bytea CHECK (length(earlier_salt) = 32),
    earlier_until timestamptz,
    CHECK ((earlier_salt IS NULL) = (earlier_until IS NULL))
);
COMMENT ON COLUMN webhook_endpoints.salt IS 'One half of the signing secret; the other is LANGNGHE_SECRET';
COMMENT ON COLUMN webhook_endpoints.allow_private IS 'Whether it may lie in the network of this installation';
COMMENT ON COLUMN webhook_endpoints.earlier_salt IS 'Of the secret before the last rotation, which signs too until earlier_until';

CREATE TABLE webhook_messages (
    message_id text PRIMARY KEY,
    kind       text NOT NULL,
    release_id integer NOT NULL REFERENCES releases,
    body       text NOT NULL,
    made_at    timestamptz NOT NULL
);
CREATE INDEX webhook_messages_release ON webhook_messages (release_id);

CREATE TABLE webhook_deliveries (
    message_id   text NOT NULL REFERENCES webhook_messages,
    endpoint_id  text NOT NULL REFERENCES webhook_endpoints,
    tries        integer NOT NULL DEFAULT 0,
    next_try_at  timestamptz,
    give_up_at   timestamptz NOT NULL,
    delivered_at timestamptz,
    last_result  text,
    PRIMARY KEY (message_id, endpoint_id)
);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_try_at) WHERE next_try_at IS NOT NULL;
COMMENT ON COLUMN webhook_deliveries.next_try_at IS 'Null: delivered, or given up; while it is being sent, when another sender may take it over';

CREATE TABLE drop_days (
    role text PRIMARY KEY CHECK (role IN ('official', 'unit')),
    day  date NOT NULL
);
COMMENT ON TABLE drop_days IS 'The last closed day that the drop detectors have seen';

CREATE TABLE drop_statistics (
    role      text NOT NULL,
    entity_id integer NOT NULL,
    pool      text NOT NULL,
    statistic double precision NOT NULL CHECK (statistic >= 0),
    PRIMARY KEY (role, entity_id, pool)
);

CREATE TABLE drop_alerts (
    alert_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role      text NOT NULL CHECK (role IN ('official', 'unit')),
    entity_id integer NOT NULL,
    unit_id   integer NOT NULL,
    pool      text NOT NULL,
    detector  text NOT NULL CHECK (detector IN ('drop', 'low_share')),
    level     text NOT NULL CHECK (level IN ('watch', 'alert')),
    day       date NOT NULL,
    statistic double precision NOT NULL,
    threshold double precision NOT NULL,
    seen_on   date,
    seen_by   text,
    CHECK ((seen_on IS NULL) = (seen_by IS NULL))
);
CREATE UNIQUE INDEX drop_alerts_open ON drop_alerts (role, entity_id, pool, detector, level) WHERE seen_on IS NULL;
CREATE INDEX drop_alerts_unit ON drop_alerts (unit_id);

CREATE TABLE score_reviews (
    review_id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    official_id    integer NOT NULL REFERENCES officials,
    first_day      date NOT NULL,
    last_day       date NOT NULL CHECK (last_day >= first_day),
    procedure_code text NOT NULL DEFAULT '',
    reason         text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    asked_on       date NOT NULL,
    state          text NOT NULL CHECK (state IN ('open', 'granted', 'refused')),
    ended_on       date,
    excluded       integer CHECK (excluded >= 0),
    CHECK ((state = 'open') = (ended_on IS NULL))
);
CREATE INDEX score_reviews_official ON score_reviews (official_id);

CREATE TABLE review_votes (
    review_id integer NOT NULL REFERENCES score_reviews,
    voter     text NOT NULL CHECK (length(voter) BETWEEN 1 AND 100),
    verdict   text NOT NULL CHECK (verdict IN ('grant', 'refuse')),
    reason    text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    voted_on  date NOT NULL,
    PRIMARY KEY (review_id, voter)
);
COMMENT ON TABLE review_votes IS 'Two persons decide: a review ends when two of them say the same';

CREATE TABLE exclusions (
    unit_id    integer NOT NULL,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    review_id  integer NOT NULL,
    made_on    date NOT NULL,
    PRIMARY KEY (unit_id, token_hash)
);
COMMENT ON TABLE exclusions IS 'Why a row of responses sets its predecessor aside (proof class X): token_hash is that of the new row';

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

CREATE TABLE migrations (
    name       text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
