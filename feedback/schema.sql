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

CREATE TABLE migrations (
    name       text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
