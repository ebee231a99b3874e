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
COMMENT ON COLUMN responses.channel IS '1 web, 2 telegram, 3 kiosk, 4 paper';
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
