-- Who has opened their own page, and what it shows.
CREATE TABLE homes (
    person       TEXT PRIMARY KEY,
    opened_at    INTEGER NOT NULL,
    shown_digest TEXT
) STRICT;

CREATE INDEX homes_opened ON homes (opened_at);
