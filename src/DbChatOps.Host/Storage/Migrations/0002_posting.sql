-- A press may arrive before we know which message it was pressed on.
CREATE INDEX messages_posting ON messages (posting_since) WHERE posting_since IS NOT NULL;
