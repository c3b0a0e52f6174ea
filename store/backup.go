package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// ErrExists says that a file is there already that was not to be overwritten.
var ErrExists = errors.New("the file is there already: name another one, or say that it is to be overwritten")

// Backup copies the log to a new file while it is in use, checks the copy, and
// returns its audit's head. A file that is there already is left alone, and
// the error ErrExists, unless overwrite is set. The copy holds what was
// committed when it was begun, and only its owner can read it.
//
// It is SQLite's online backup, page for page in one step: in a write-ahead
// log that reads one state, and writers go on meanwhile.
func (l *Log) Backup(ctx context.Context, path string, overwrite bool) (Head, error) {
	head, err := l.backup(ctx, path, overwrite)
	if err != nil {
		return Head{}, fmt.Errorf("backing the log up to %s: %w", path, explain(err))
	}
	return head, nil
}

func (l *Log) backup(ctx context.Context, path string, overwrite bool) (head Head, err error) {
	if _, err := os.Lstat(path); err == nil && !overwrite {
		return Head{}, ErrExists
	}
	if same(l.path, path) {
		return Head{}, errors.New("this is the log itself: name another file")
	}
	// What waits belongs into the backup, and so does that it was made.
	if err := l.Append(ctx, event(ActionBackedUp, "", 0, nil)); err != nil {
		return Head{}, err
	}
	made, err := copyDatabase(ctx, l.db, path)
	if err != nil {
		return Head{}, err
	}
	defer os.Remove(made) // nothing where it has its name
	head, err = check(ctx, made)
	if err != nil {
		return Head{}, fmt.Errorf("the copy is not sound: %w", err)
	}
	return head, place(made, path, overwrite)
}

// copyDatabase copies a database to a new file beside path, whole and on disk,
// and returns that file's name.
func copyDatabase(ctx context.Context, from *sql.DB, path string) (_ string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // of mode 0600
	if err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	name := file.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	to, err := sql.Open("sqlite3", address(name, url.Values{"_synchronous": {"FULL"}}))
	if err != nil {
		return "", err
	}
	err = copyPages(ctx, to, from)
	if err == nil {
		// The copy is one file, without a write-ahead log beside it.
		_, err = to.ExecContext(ctx, `PRAGMA journal_mode = DELETE`)
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return "", err
	}
	return name, flushToDisk(name)
}

func copyPages(ctx context.Context, to, from *sql.DB) error {
	source, err := from.Conn(ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := to.Conn(ctx)
	if err != nil {
		return err
	}
	defer target.Close()
	return target.Raw(func(t any) error {
		return source.Raw(func(s any) error {
			backup, err := t.(*sqlite3.SQLiteConn).Backup("main", s.(*sqlite3.SQLiteConn), "main")
			if err != nil {
				return err
			}
			_, err = backup.Step(-1)
			return errors.Join(err, backup.Finish())
		})
	})
}

func flushToDisk(name string) error {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// place gives a file that was made its name.
func place(made, path string, overwrite bool) error {
	if overwrite {
		return os.Rename(made, path)
	}
	// A link, unlike a renaming, fails where there is a file of that name.
	err := os.Link(made, path)
	switch {
	case errors.Is(err, os.ErrExist):
		return ErrExists
	case err == nil:
		return os.Remove(made)
	}
	// There are file systems without links, on memory sticks for one.
	if _, err := os.Lstat(path); err == nil {
		return ErrExists
	}
	return os.Rename(made, path)
}

// check finds out whether a file that nobody writes is a sound log of a
// version that we know, with an audit that holds, and returns the audit's
// head; it is of no rows where the log is older than the audit.
func check(ctx context.Context, path string) (head Head, err error) {
	if _, err := os.Stat(path); err != nil {
		return Head{}, err
	}
	db, err := openBackup(path)
	if err != nil {
		return Head{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	version, err := readVersion(ctx, db)
	if err != nil {
		return Head{}, explain(err)
	}
	if version == 0 {
		return Head{}, ErrNoLog
	}
	if err := sound(ctx, db); err != nil {
		return Head{}, err
	}
	if version < auditVersion {
		return Head{}, nil
	}
	verified, err := verify(ctx, db, nil)
	if err == nil && len(verified.Flaws) > 0 {
		err = fmt.Errorf("%w: %s", ErrTampered, verified.Flaws[0])
	}
	return verified.Head, err
}

// openBackup opens a file that nobody writes, without making any beside it: it
// may lie on a disc that cannot be written. Only where a write-ahead log lies
// beside it, as beside one that was copied by hand, is that taken up.
func openBackup(path string) (*sql.DB, error) {
	options := url.Values{"mode": {"ro"}, "immutable": {"1"}}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		options = url.Values{"mode": {"rw"}}
	}
	return sql.Open("sqlite3", address(path, options))
}

// auditVersion is the schema that the audit came with.
const auditVersion = 3
