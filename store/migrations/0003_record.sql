-- What the reader found, and where; what it looked like before the model was
-- seen; and who the reader was. Reviews are never changed, so those of before
-- keep their first impression where it was written then: in the note.
ALTER TABLE review ADD COLUMN finding TEXT NOT NULL DEFAULT '' CHECK (finding IN
    ('', 'none', 'consolidation', 'interstitial', 'effusion', 'atelectasis', 'pneumothorax', 'nodule', 'cardiomegaly', 'other'));
ALTER TABLE review ADD COLUMN side TEXT NOT NULL DEFAULT '' CHECK (side IN ('', 'right', 'left', 'both'));
ALTER TABLE review ADD COLUMN impression TEXT NOT NULL DEFAULT '' CHECK (impression IN ('', 'normal', 'pneumonia', 'uncertain'));
ALTER TABLE review ADD COLUMN reviewer TEXT NOT NULL DEFAULT '';

-- Where a reviewed film lay last, so that it can be looked at again. A path may
-- hold a patient's name: it is in no export, report, print-out or audit row.
CREATE TABLE film_location (
    film_id INTEGER PRIMARY KEY REFERENCES film (id),
    path    TEXT NOT NULL
) STRICT;

-- What was done, one row a deed, each chained to the one before by its hash.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY, -- 1, 2, 3 and so on, without a gap
    at       TEXT    NOT NULL,    -- UTC
    actor    TEXT    NOT NULL,    -- the operating system's name of the user
    action   TEXT    NOT NULL,
    film     TEXT    NOT NULL CHECK (length(film) IN (0, 64)), -- SHA-256
    frame    INTEGER NOT NULL,
    details  TEXT    NOT NULL,    -- a JSON object
    previous BLOB    NOT NULL CHECK (length(previous) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an audit row is never changed');
END;

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'an audit row is never removed');
END;

-- How long the chain is and its last hash, so that its end is missed, too.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    rows INTEGER NOT NULL,
    hash BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO audit_head VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_head WHEN NEW.rows < OLD.rows
BEGIN
    SELECT RAISE(ABORT, 'the audit only grows');
END;

CREATE TRIGGER audit_head_is_kept BEFORE DELETE ON audit_head
BEGIN
    SELECT RAISE(ABORT, 'the audit is never removed');
END;
