-- Times are UTC ticks of 100 ns, so that they come back exactly as the chain hashed them.

CREATE TABLE ledger (
    seq      INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    incident TEXT,
    body     BLOB,
    salt     BLOB,
    digest   BLOB NOT NULL,
    hash     BLOB NOT NULL
) STRICT;

CREATE INDEX ledger_subject ON ledger (subject, seq);
CREATE INDEX ledger_incident ON ledger (incident, seq) WHERE incident IS NOT NULL;
CREATE INDEX ledger_at ON ledger (at, seq);

-- One row: the newest entry again. Without it, entries cut off at the end would not be missed.
CREATE TABLE chain (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TABLE snapshots (
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,
    born    INTEGER NOT NULL,
    open    INTEGER NOT NULL CHECK (open IN (0, 1)),
    state   TEXT NOT NULL,
    person  TEXT,
    server  TEXT,
    target  TEXT,
    handle  TEXT,
    login   TEXT,
    due     INTEGER,
    exposed INTEGER NOT NULL CHECK (exposed IN (0, 1)),
    body    BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT;

CREATE UNIQUE INDEX snapshots_handle ON snapshots (kind, handle) WHERE handle IS NOT NULL;
CREATE INDEX snapshots_login ON snapshots (kind, login) WHERE login IS NOT NULL;
CREATE INDEX snapshots_born ON snapshots (kind, born);
CREATE INDEX snapshots_state ON snapshots (kind, state, born);
CREATE INDEX snapshots_person ON snapshots (kind, person, born) WHERE person IS NOT NULL;
CREATE INDEX snapshots_server ON snapshots (kind, server, born) WHERE server IS NOT NULL;
CREATE INDEX snapshots_target ON snapshots (kind, target, born) WHERE target IS NOT NULL;
CREATE INDEX snapshots_due ON snapshots (kind, due) WHERE due IS NOT NULL;
-- Open ones are few, however long the history: what daily work and the guards ask for.
CREATE INDEX snapshots_open ON snapshots (kind, born) WHERE open = 1;
CREATE INDEX snapshots_open_person ON snapshots (kind, person, born) WHERE open = 1;
CREATE INDEX snapshots_open_server ON snapshots (kind, server, born) WHERE open = 1;
CREATE INDEX snapshots_open_target ON snapshots (kind, target, born) WHERE open = 1;
CREATE INDEX snapshots_open_due ON snapshots (kind, due) WHERE open = 1;
CREATE INDEX snapshots_exposed ON snapshots (kind, server) WHERE exposed = 1;

CREATE TABLE inbox (
    key         TEXT PRIMARY KEY,
    received_at INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    payload     BLOB,
    decided_at  INTEGER
) STRICT;

CREATE INDEX inbox_undecided ON inbox (received_at) WHERE payload IS NOT NULL;
CREATE INDEX inbox_decided ON inbox (received_at) WHERE payload IS NULL;

CREATE TABLE agenda (
    id       INTEGER PRIMARY KEY,
    key      TEXT NOT NULL UNIQUE,
    lane     TEXT NOT NULL,
    priority INTEGER NOT NULL,
    due      INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    item     BLOB NOT NULL
) STRICT;

CREATE INDEX agenda_due ON agenda (due, lane);
CREATE INDEX agenda_lane ON agenda (lane, due);

-- Only lanes that are claimed have a row.
CREATE TABLE lanes (
    lane          TEXT PRIMARY KEY,
    claimed_until INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    card_key      TEXT PRIMARY KEY,
    channel       TEXT,
    message_id    TEXT,
    shown_digest  TEXT,
    posting_since INTEGER
) STRICT;

CREATE INDEX messages_message ON messages (channel, message_id) WHERE message_id IS NOT NULL;
