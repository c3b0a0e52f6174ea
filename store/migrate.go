package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

// migrations holds one file a schema version, 0001 first. A file that has
// been released is never changed: the next change is the next number.
//
//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer says that a newer Pneumolight has written the log.
var ErrNewer = errors.New("the log was written by a newer Pneumolight: update this one to use it")

// migrate brings the schema from the file's version (PRAGMA user_version) to
// ours, each step in a transaction of its own, so that a crash leaves a whole
// version behind.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for {
		done, err := step(ctx, db, files)
		if err != nil || done {
			return err
		}
	}
}

// step does the next migration, if any. The version is read inside the
// transaction: another process may be doing the same.
func step(ctx context.Context, db *sql.DB, files []string) (done bool, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return false, err
	}
	if version > len(files) {
		return false, fmt.Errorf("%w (its schema is %d, this program knows %d)", ErrNewer, version, len(files))
	}
	if version == len(files) {
		return true, nil
	}
	statements, err := migrations.ReadFile(files[version])
	if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, string(statements)); err != nil {
		return false, fmt.Errorf("migration %s: %w", files[version], err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, version+1)); err != nil {
		return false, err
	}
	return false, tx.Commit()
}
