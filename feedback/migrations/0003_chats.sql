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

COMMENT ON COLUMN responses.channel IS '1 web, 2 telegram, 3 kiosk, 4 paper, 5 terminal';
