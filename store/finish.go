package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"time"
)

// Finish marks the run as complete. Films that no file holds any more, and
// earlier runs of the same model over the same folder, are dropped.
func (s *Screening) Finish(ctx context.Context, at time.Time) error {
	err := s.log.change(ctx, func(tx *sql.Tx) ([]Event, error) {
		if err := s.present(ctx, tx); err != nil {
			return nil, err
		}
		if err := s.dropOpenedFolders(ctx, tx); err != nil {
			return nil, err
		}
		for _, statement := range []string{
			`UPDATE screening SET finished_at = ?2 WHERE id = ?1`,
			`DELETE FROM screened_film WHERE screening_id = ?1 AND NOT EXISTS (
				SELECT 1 FROM screened_file AS file
				WHERE file.screening_id = screened_film.screening_id AND file.key = screened_film.key)`,
			`DELETE FROM screening WHERE id < ?1 AND (folder, model_sha256) =
				(SELECT folder, model_sha256 FROM screening WHERE id = ?1)`,
		} {
			if _, err := tx.ExecContext(ctx, statement, s.id, stamp(at)); err != nil {
				return nil, err
			}
		}
		films, err := s.count(ctx, tx)
		return []Event{screeningEnded(s.id, films)}, err
	})
	if err == nil {
		dropHolds(s.log.path)
	}
	return s.log.failed("finishing the screening", err)
}

// dropOpenedFolders drops the errors of folders that an earlier attempt could
// not list and that this one has gone through: their films have rows now, and a
// folder is no film.
func (s *Screening) dropOpenedFolders(ctx context.Context, tx *sql.Tx) error {
	const below, next = string(filepath.Separator), string(filepath.Separator + 1)
	_, err := tx.ExecContext(ctx, `
		DELETE FROM screened_file AS folder WHERE screening_id = ?1
			AND EXISTS (SELECT 1 FROM screened_film WHERE screening_id = ?1 AND key = folder.key
				AND status = 'error' AND sha256 = '' AND screened_at < ?2)
			AND EXISTS (SELECT 1 FROM screened_file AS file WHERE file.screening_id = ?1
				AND file.path > folder.path || ?3 AND file.path < folder.path || ?4)`,
		s.id, stamp(s.begun), below, next)
	return err
}
