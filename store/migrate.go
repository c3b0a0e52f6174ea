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
	for {
		done, err := step(ctx, db)
		if err != nil || done {
			return err
		}
	}
}

// steps are the migrations' files, in order. There is always at least one.
func steps() []string {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	return files
}

// readVersion is the version of a database's schema. The error is ErrNewer
// where this program does not know it.
func readVersion(ctx context.Context, db queryer) (int, error) {
	var version int
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return 0, err
	}
	if known := len(steps()); version > known {
		return 0, fmt.Errorf("%w (its schema is %d, this program knows %d)", ErrNewer, version, known)
	}
	return version, nil
}

// step does the next migration, if any. The version is read inside the
// transaction: another process may be doing the same.
func step(ctx context.Context, db *sql.DB) (done bool, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	files := steps()
	version, err := readVersion(ctx, tx)
	if err != nil {
		return false, err
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
	if version+1 == len(files) {
		if err := beginAudit(ctx, tx); err != nil {
			return false, fmt.Errorf("beginning the audit: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, version+1)); err != nil {
		return false, err
	}
	return false, tx.Commit()
}

// beginAudit writes the audit's first row, which vouches for the reviews that
// are there already, where there is none yet.
func beginAudit(ctx context.Context, tx *sql.Tx) error {
	head, err := readHead(ctx, tx)
	if err != nil || head.Rows > 0 {
		return err
	}
	begun, err := logBegun(ctx, tx)
	if err != nil {
		return err
	}
	return chain(ctx, tx, UserName(), []Event{begun})
}
