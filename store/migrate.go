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

// migrate brings the schema from the file's version (PRAGMA user_version) to
// ours in one transaction, so that a crash leaves the version behind that was
// there. The version is read inside of it: another process may be doing the
// same.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	files := steps()
	version, err := readVersion(ctx, tx)
	if err != nil || version == len(files) {
		return err
	}
	if err := build(ctx, tx, files[version:]); err != nil {
		return err
	}
	// An audit that is there and has no rows was emptied: it is not begun anew.
	switch {
	case version < auditVersion:
		err = beginAudit(ctx, tx)
	case version < sealVersion:
		err = sealAudit(ctx, tx)
	}
	if err != nil {
		return fmt.Errorf("beginning the audit: %w", err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, len(files))); err != nil {
		return err
	}
	return tx.Commit()
}

// build does the migrations of some files.
func build(ctx context.Context, db executor, files []string) error {
	for _, file := range files {
		statements, err := migrations.ReadFile(file)
		if err == nil {
			_, err = db.ExecContext(ctx, string(statements))
		}
		if err != nil {
			return fmt.Errorf("migration %s: %w", file, err)
		}
	}
	return nil
}

// executor is a database or a transaction.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// sealAudit gives an audit of before the seal its own.
func sealAudit(ctx context.Context, tx *sql.Tx) error {
	var sealed seal
	if err := auditRows(ctx, tx, func(row AuditRow) error { sealed = sealed.with(row.Hash); return nil }); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `UPDATE audit_head SET seal = ?`, sealed[:])
	return err
}

// beginAudit writes the audit's first row, which vouches for the reviews that
// are there already.
func beginAudit(ctx context.Context, tx *sql.Tx) error {
	begun, err := logBegun(ctx, tx)
	if err != nil {
		return err
	}
	return chain(ctx, tx, UserName(), []Event{begun})
}
