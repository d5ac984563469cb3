-- Lanes are walked one by one; rows are never looked for across all of them.
DROP INDEX agenda_due;
