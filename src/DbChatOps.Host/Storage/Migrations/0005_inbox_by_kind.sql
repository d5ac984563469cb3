-- What waits is taken up kind by kind: many typed commands must not be walked to find one request of an operator.
DROP INDEX inbox_undecided;
CREATE INDEX inbox_undecided ON inbox (kind, received_at) WHERE payload IS NOT NULL;
