CREATE TABLE film (
    id           INTEGER PRIMARY KEY,
    sha256       TEXT    NOT NULL CHECK (length(sha256) = 64),
    frame        INTEGER NOT NULL CHECK (frame >= 1),
    study_uid    TEXT    NOT NULL,
    series_uid   TEXT    NOT NULL,
    instance_uid TEXT    NOT NULL,
    patient_age  REAL,
    patient_sex  TEXT    NOT NULL,
    UNIQUE (sha256, frame)
) STRICT;

-- One row a review; rows are never changed, the highest id of a film counts.
CREATE TABLE review (
    id            INTEGER PRIMARY KEY,
    film_id       INTEGER NOT NULL REFERENCES film (id),
    model_name    TEXT    NOT NULL,
    model_version TEXT    NOT NULL,
    model_sha256  TEXT    NOT NULL CHECK (length(model_sha256) = 64),
    probability   REAL    NOT NULL CHECK (probability BETWEEN 0 AND 1),
    threshold     REAL    NOT NULL CHECK (threshold BETWEEN 0 AND 1),
    call          TEXT    NOT NULL CHECK (call IN ('normal', 'pneumonia', 'uncertain')),
    caution       TEXT    NOT NULL,
    forced        INTEGER NOT NULL CHECK (forced IN (0, 1)),
    analysed_at   TEXT    NOT NULL,
    verdict       TEXT    NOT NULL CHECK (verdict IN ('agree', 'disagree', 'uncertain')),
    note          TEXT    NOT NULL,
    reviewed_at   TEXT    NOT NULL
) STRICT;

CREATE INDEX review_film ON review (film_id);

CREATE TRIGGER review_is_append_only BEFORE UPDATE ON review
BEGIN
    SELECT RAISE(ABORT, 'a review is never changed');
END;

CREATE TRIGGER review_is_kept BEFORE DELETE ON review
BEGIN
    SELECT RAISE(ABORT, 'a review is never removed');
END;
