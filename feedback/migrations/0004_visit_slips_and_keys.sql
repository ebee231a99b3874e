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
