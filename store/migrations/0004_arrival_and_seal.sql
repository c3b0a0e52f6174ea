-- When a file came into the folder, as far as is known; of earlier records it
-- is known only when the file was last changed.
ALTER TABLE screened_file ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0; -- nanoseconds since 1970

UPDATE screened_file SET arrived = modified;

-- What all rows' hashes make one after the other, and no row holds: whoever
-- cuts the end off cannot read the head of before out of the rows.
ALTER TABLE audit_head ADD COLUMN seal BLOB NOT NULL
    DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000' CHECK (length(seal) = 32);

-- A program that knows no seal would leave it behind: it writes nothing then.
CREATE TRIGGER audit_head_is_sealed BEFORE UPDATE ON audit_head WHEN NEW.rows > OLD.rows AND NEW.seal = OLD.seal
BEGIN
    SELECT RAISE(ABORT, 'an older Pneumolight cannot write to this audit');
END;
