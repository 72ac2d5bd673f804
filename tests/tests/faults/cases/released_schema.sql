-- step 1
CREATE TABLE endpoint (
    position          INTEGER PRIMARY KEY, -- order of creation
    id                BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    slug              TEXT    NOT NULL,
    provider          TEXT,
    secrets           TEXT    NOT NULL, -- JSON list of ids and labels, in the order they are tried
    public_url        TEXT,
    tolerance_seconds INTEGER,
    target_url        TEXT,
    deleted           INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX endpoint_slug ON endpoint (slug) WHERE deleted = 0;
INSERT INTO endpoint (position, id, slug, secrets) VALUES (1, zeroblob(16), 'default', '[]');
CREATE TABLE capture (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    received_at    INTEGER NOT NULL, -- Unix time in ms
    endpoint       BLOB    NOT NULL,
    verdict        TEXT    NOT NULL, -- its kind
    verdict_detail TEXT    NOT NULL, -- all of it, as JSON
    provider       TEXT,
    event_type     TEXT,
    event_id       TEXT,
    method         TEXT    NOT NULL,
    target         TEXT    NOT NULL,
    content_type   TEXT,
    client         TEXT    NOT NULL,
    protocol       TEXT    NOT NULL,
    framing        TEXT    NOT NULL,
    body_bytes     INTEGER NOT NULL,
    body_sha256    BLOB    NOT NULL,
    truncated      INTEGER NOT NULL,
    answer_status  INTEGER NOT NULL,
    head_us        INTEGER NOT NULL,
    body_us        INTEGER NOT NULL
) STRICT;
CREATE INDEX capture_by_verdict ON capture (verdict, seq);
CREATE INDEX capture_by_endpoint ON capture (endpoint, verdict, seq);
CREATE TABLE capture_content (
    seq  INTEGER PRIMARY KEY,
    head BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE capture_count (
    endpoint           BLOB    NOT NULL,
    verdict            TEXT    NOT NULL,
    captures           INTEGER NOT NULL CHECK (captures >= 0),
    latest_seq         INTEGER NOT NULL,
    latest_received_at INTEGER NOT NULL, -- Unix time in ms
    PRIMARY KEY (endpoint, verdict)
) STRICT, WITHOUT ROWID;
CREATE TABLE sealed_secret (
    id     BLOB PRIMARY KEY CHECK (length(id) = 16),
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE delivery (
    seq        INTEGER PRIMARY KEY, -- order of creation
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    parent     BLOB,
    created_at INTEGER NOT NULL, -- Unix time in ms
    method     TEXT    NOT NULL,
    target_url TEXT    NOT NULL,
    state      TEXT    NOT NULL
) STRICT;
CREATE INDEX delivery_by_parent ON delivery (parent, seq);
CREATE TABLE attempt (
    seq                INTEGER PRIMARY KEY,
    id                 BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    delivery           BLOB    NOT NULL REFERENCES delivery (id),
    number             INTEGER NOT NULL, -- from 1
    started_at         INTEGER NOT NULL, -- Unix time in ms
    outcome            TEXT CHECK (outcome IN ('response', 'error')),
    total_us           INTEGER,
    response_status    INTEGER,
    response_truncated INTEGER,
    error_kind         TEXT,
    error_message      TEXT,
    request_head       BLOB    NOT NULL,
    request_body       BLOB    NOT NULL,
    response_head      BLOB,
    response_body      BLOB,
    UNIQUE (delivery, number)
) STRICT;
CREATE INDEX attempt_under_way ON attempt (delivery) WHERE outcome IS NULL;
-- step 2
CREATE TABLE vault (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    record BLOB    NOT NULL
) STRICT;
CREATE TABLE set_aside_vault (
    number       INTEGER PRIMARY KEY,
    record       BLOB    NOT NULL, -- empty when there was none
    set_aside_at INTEGER NOT NULL  -- Unix time in ms
) STRICT;
CREATE TABLE set_aside_secret (
    vault  INTEGER NOT NULL REFERENCES set_aside_vault (number),
    id     BLOB    NOT NULL CHECK (length(id) = 16),
    sealed BLOB    NOT NULL,
    PRIMARY KEY (vault, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE secret_match (
    id              BLOB    PRIMARY KEY CHECK (length(id) = 16),
    last_matched_at INTEGER NOT NULL, -- Unix time in ms
    matches         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- step 3
ALTER TABLE endpoint ADD COLUMN setup_text BLOB CHECK (setup_text IS NULL OR length(setup_text) = 16);
-- step 4
CREATE TABLE diagnosis (
    seq          INTEGER PRIMARY KEY, -- of the capture
    endpoint     BLOB    NOT NULL,
    cause        TEXT    NOT NULL,
    badge        TEXT    NOT NULL,
    detail       TEXT    NOT NULL, -- all of it, as JSON
    diagnosed_at INTEGER NOT NULL  -- Unix time in ms
) STRICT;
CREATE INDEX diagnosis_by_cause ON diagnosis (endpoint, cause, seq);
