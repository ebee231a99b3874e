-- The store as it is today: read this first. The migrations beside it make it; a test keeps both equal.
-- Nobody runs this file. A change is a new file in migrations/ and the same change here.
--
-- catalogue  places, units, desks, desk_codes, titles, officials, official_titles, procedures, desk_officials,
--            desk_procedures, surveys: small, kept whole on every node of a cluster
-- large      responses, daily_counts, dossier_counts: their keys begin with unit_id, by which a cluster distributes
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

CREATE TABLE migrations (
    name       text PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);
