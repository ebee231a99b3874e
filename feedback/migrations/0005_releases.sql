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
