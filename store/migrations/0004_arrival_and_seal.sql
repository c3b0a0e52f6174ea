-- When a file came into the folder, as far as is known; of earlier records it
-- is known only when the file was last changed.
ALTER TABLE screened_file ADD COLUMN arrived INTEGER NOT NULL DEFAULT 0; -- nanoseconds since 1970

UPDATE screened_file SET arrived = modified;
