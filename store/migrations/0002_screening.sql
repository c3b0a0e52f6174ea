-- One row a run of one model over one folder. It is kept until a later run of
-- the same model over the same folder has finished.
CREATE TABLE screening (
    id            INTEGER PRIMARY KEY,
    folder        TEXT NOT NULL,
    model_name    TEXT NOT NULL,
    model_version TEXT NOT NULL,
    model_sha256  TEXT NOT NULL CHECK (length(model_sha256) = 64),
    threshold     REAL NOT NULL CHECK (threshold BETWEEN 0 AND 1),
    started_at    TEXT NOT NULL,
    finished_at   TEXT
) STRICT;

-- One row a film by content. Its key is the digest of its bytes or, where they
-- could not be read, the path of its file.
CREATE TABLE screened_film (
    screening_id INTEGER NOT NULL REFERENCES screening (id) ON DELETE CASCADE,
    key          TEXT    NOT NULL,
    sha256       TEXT    NOT NULL CHECK (length(sha256) IN (0, 64)),
    status       TEXT    NOT NULL CHECK (status IN ('ok', 'refused', 'error')),
    codes        TEXT    NOT NULL,
    reason       TEXT    NOT NULL,
    probability  REAL    CHECK (probability BETWEEN 0 AND 1),
    call         TEXT    NOT NULL CHECK (call IN ('', 'normal', 'pneumonia', 'uncertain')),
    width        INTEGER NOT NULL,
    height       INTEGER NOT NULL,
    study_uid    TEXT    NOT NULL,
    series_uid   TEXT    NOT NULL,
    instance_uid TEXT    NOT NULL,
    read_ms      REAL    NOT NULL,
    infer_ms     REAL    NOT NULL,
    screened_at  TEXT    NOT NULL,
    PRIMARY KEY (screening_id, key),
    CHECK ((status = 'ok') = (probability IS NOT NULL)),
    CHECK ((status = 'ok') = (call <> ''))
) STRICT, WITHOUT ROWID;

-- One row a file, as it was when it was read. Several files may hold one film.
CREATE TABLE screened_file (
    screening_id INTEGER NOT NULL REFERENCES screening (id) ON DELETE CASCADE,
    path         TEXT    NOT NULL, -- below the folder
    key          TEXT    NOT NULL,
    bytes        INTEGER NOT NULL,
    modified     INTEGER NOT NULL, -- nanoseconds since 1970
    PRIMARY KEY (screening_id, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX screened_file_key ON screened_file (screening_id, key, path);
