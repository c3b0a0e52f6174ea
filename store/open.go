package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// DefaultPath is where the log lies unless the user names another place:
// pneumolight/cases.db in the user's configuration folder.
func DefaultPath() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("finding a place for the log: %w", err)
	}
	return filepath.Join(dir, "pneumolight", "cases.db"), nil
}

// Open opens the log, makes it where there is none, checks it, and brings its
// schema up to date. The file and what lies beside it are readable by their
// owner only.
//
// A damaged log is set aside and a new one begun; SetAside then says where the
// damaged one is. One that is merely busy, read-only, on a full disk or of a
// newer Pneumolight (ErrBusy, ErrReadOnly, ErrFull, ErrNewer), that never was
// a log (ErrNoLog), or that an older one has open (ErrOlderOpen), stays as it is
// and is not opened. The error wraps ErrDamaged where another program has a
// damaged log open, so that it cannot be moved.
func Open(ctx context.Context, path string) (*Log, error) {
	log, err := openOrSetAside(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("opening the log %s: %w", path, err)
	}
	return log, nil
}

func openOrSetAside(ctx context.Context, path string) (*Log, error) {
	for end := time.Now().Add(patience); ; {
		log, err := open(ctx, path)
		if !errors.Is(err, ErrDamaged) || time.Now().After(end) {
			return log, err
		}
		aside, err := setAside(ctx, path)
		switch {
		case aside != "":
			return beginAnew(ctx, path, aside, err)
		case err != nil && !errors.Is(err, ErrBusy):
			return nil, err
		}
		// Another program has the file open. If it has set the damaged one
		// aside and begun a new one, there is nothing wrong any more.
	}
}

// beginAnew makes a log in place of a damaged one that was set aside.
func beginAnew(ctx context.Context, path, aside string, err error) (*Log, error) {
	var log *Log
	if err == nil {
		log, err = open(ctx, path)
	}
	if err != nil {
		return nil, fmt.Errorf("it was damaged and is now %s, but a new one could not be begun: %w", aside, err)
	}
	log.aside = aside
	if err := log.Append(ctx, event(ActionDamageSetAside, "", 0, nil)); err != nil {
		return nil, errors.Join(explain(err), log.Close())
	}
	return log, nil
}

func open(ctx context.Context, path string) (*Log, error) {
	if mistaken(path) {
		return nil, ErrNoLog
	}
	if err := create(path); err != nil {
		return nil, explain(err)
	}
	use := newUse(path)
	if err := use.takePart(ctx, path); err != nil {
		return nil, errors.Join(explain(err), use.end())
	}
	db, err := openDatabase(ctx, path)
	if err != nil {
		return nil, errors.Join(err, use.end())
	}
	log := &Log{path: path, db: db, use: use, actor: UserName()}
	log.startRecording()
	return log, nil
}

// openDatabase checks a file that is there, opens it and brings it up to date.
func openDatabase(ctx context.Context, path string) (*sql.DB, error) {
	if err := inspect(ctx, path); err != nil {
		return nil, err
	}
	// Only now is it known to be ours to close to others.
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, explain(err)
	}
	db, err := sql.Open("sqlite3", source(path))
	if err != nil {
		return nil, err
	}
	if err := migratePatiently(ctx, db); err != nil {
		return nil, errors.Join(explain(err), db.Close())
	}
	return db, nil
}

// inspect finds out whether a file is a sound log of a version that we know,
// before anything is written to it. It may be empty. The error wraps
// ErrDamaged or ErrNewer where it is not.
func inspect(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite3", inspected(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return examine(ctx, db)
}

// examine is inspect, of an open database.
func examine(ctx context.Context, db queryer) error {
	// What a newer Pneumolight writes may look damaged to this one.
	version, err := readVersion(ctx, db)
	if err != nil {
		return explain(err)
	}
	if err := sound(ctx, db); err != nil || version > 0 {
		return err
	}
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&tables); err != nil {
		return explain(err)
	}
	if tables == 0 {
		return nil
	}
	// Another start may have made the log between the two looks: it writes
	// tables and version at once.
	switch version, err := readVersion(ctx, db); {
	case err != nil:
		return explain(err)
	case version == 0:
		return ErrNoLog // another program's database
	}
	return nil
}

// magic begins every SQLite database (The SQLite file format, 1.3).
const magic = "SQLite format 3\x00"

// mistaken reports whether a file is one that somebody named by mistake, which
// is not to be moved: it is no database, and nothing says that it ever was a
// log.
func mistaken(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, len(magic))
	n, err := file.Read(head)
	if n == 0 || err != nil || string(head[:n]) == magic {
		return false
	}
	if _, err := os.Stat(path + lockSuffix); err == nil {
		return false // it was opened as a log before
	}
	usual, err := DefaultPath()
	return err != nil || filepath.Clean(path) != usual
}

// sound is nil where SQLite finds no fault with a database. Its error wraps
// ErrDamaged where it does.
func sound(ctx context.Context, db queryer) error {
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
		return explain(err)
	}
	if found != "ok" {
		return fmt.Errorf("%w (%s)", ErrDamaged, found)
	}
	return nil
}

// patience is how long a busy database is waited for.
const patience = 5 * time.Second

// migratePatiently waits for another program that is making the same log:
// SQLite's own busy timeout does not cover the change to a write-ahead log.
func migratePatiently(ctx context.Context, db *sql.DB) error {
	for end := time.Now().Add(patience); ; {
		err := migrate(ctx, db)
		if !errors.Is(explain(err), ErrBusy) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// create makes the file, if need be, readable by its owner only: SQLite gives
// the files beside it the same mode.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// source is the connection string: write-ahead log, foreign keys, and every
// commit on disk before Save returns.
func source(path string) string {
	return address(path, url.Values{
		"_journal_mode": {"WAL"},
		"_foreign_keys": {"on"},
		"_synchronous":  {"FULL"},
		"_busy_timeout": {"5000"},
		"_txlock":       {"immediate"},
	})
}

// inspected is the connection string of what is only looked at so far.
func inspected(path string) string { return address(path, url.Values{"_busy_timeout": {"5000"}}) }

// address is a file's with options of the connection.
func address(path string, options url.Values) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: options.Encode()}
	return u.String()
}

// use is a share in a log's use, by a lock on a file beside it. SQLite locks
// what it reads and writes; this one says who has the log open, so that nobody
// moves the files of a log from under another program.
type use struct{ lock *flock.Flock }

// lockSuffix ends the name of the lock's file, which stays: to remove it would
// let two programs lock two files of that name.
const lockSuffix = ".lock"

func newUse(path string) use {
	return use{flock.New(path+lockSuffix, flock.SetPermissions(0o600))}
}

// share takes part, and waits for whoever moves the files.
func (u use) share(ctx context.Context) error { return take(ctx, patience, u.lock.TryRLockContext) }

// takePart shares in a log's use. One of an earlier version is brought up to
// date before, while nobody else has it open: an older program would write on in
// it without what is new. The error is ErrOlderOpen where one has it open.
func (u use) takePart(ctx context.Context, path string) error {
	for inUse := false; ; {
		if err := u.share(ctx); err != nil {
			return err
		}
		earlier, err := isEarlier(ctx, path)
		if err != nil || !earlier {
			return err
		}
		if inUse {
			return ErrOlderOpen
		}
		if err := u.end(); err != nil {
			return err
		}
		err = u.alone(ctx, checkPatience)
		// Another program that brings it up to date is in nobody's way.
		if inUse = errors.Is(err, ErrBusy); inUse {
			continue
		}
		if err == nil {
			err = update(ctx, path)
		}
		if err = errors.Join(err, u.end()); err != nil {
			return err
		}
	}
}

// isEarlier reports whether a log was made by a program of an earlier version.
func isEarlier(ctx context.Context, path string) (_ bool, err error) {
	db, err := sql.Open("sqlite3", inspected(path))
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	version, err := readVersion(ctx, db)
	return version > 0 && version < len(steps()), err
}

// update brings a log up to date; the caller is alone with it.
func update(ctx context.Context, path string) error {
	db, err := openDatabase(ctx, path)
	if err != nil {
		return err
	}
	return db.Close()
}

// alone waits, for so long at most, until nobody else takes part. The error is
// ErrBusy where somebody still does.
func (u use) alone(ctx context.Context, patience time.Duration) error {
	return take(ctx, patience, u.lock.TryLockContext)
}

func take(ctx context.Context, patience time.Duration, try func(context.Context, time.Duration) (bool, error)) error {
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	_, err := try(waiting, 20*time.Millisecond)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return ErrBusy
	}
	return err
}

func (u use) end() error { return u.lock.Close() }
