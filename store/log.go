package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/mattn/go-sqlite3"
)

// Log is an open log of reviewed cases. It may be used by several goroutines,
// and the file by several processes, at once.
type Log struct {
	path string
	db   *sql.DB
}

// ErrDamaged says that the log's file is not a readable database.
var ErrDamaged = errors.New("the log is not a readable database: move the file away to start a new log, and keep it for repair")

// What keeps a sound database from being written for the moment.
var (
	ErrFull     = errors.New("the disk is full: free some space and try again")
	ErrBusy     = errors.New("another program is writing to the database: wait for it or close it, and try again")
	ErrReadOnly = errors.New("the database cannot be written: make its file and folder writable, or name another one")
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

// Open opens the log, makes it where there is none, and brings its schema up
// to date. The file and what SQLite puts beside it are readable by their owner
// only. The error wraps ErrDamaged or ErrNewer where the file is at fault.
func Open(ctx context.Context, path string) (*Log, error) {
	log, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("opening the log %s: %w", path, err)
	}
	return log, nil
}

func open(ctx context.Context, path string) (*Log, error) {
	if err := private(path); err != nil {
		return nil, explain(err)
	}
	db, err := sql.Open("sqlite3", source(path))
	if err != nil {
		return nil, err
	}
	if err := migratePatiently(ctx, db); err != nil {
		return nil, errors.Join(explain(err), db.Close())
	}
	return &Log{path: path, db: db}, nil
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

// private makes the file, if need be, with its final mode: SQLite gives the
// files beside it the same one.
func private(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(file.Chmod(0o600), file.Close())
}

// source is the connection string: write-ahead log, foreign keys, and every
// commit on disk before Save returns.
func source(path string) string {
	options := url.Values{
		"_journal_mode": {"WAL"},
		"_foreign_keys": {"on"},
		"_synchronous":  {"FULL"},
		"_busy_timeout": {"5000"},
		"_txlock":       {"immediate"},
	}
	address := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: options.Encode()}
	return address.String()
}

// explain turns SQLite's and the system's words for what stops us into ours.
func explain(err error) error {
	var failure sqlite3.Error
	isSQLite := errors.As(err, &failure)
	switch {
	case isSQLite && (failure.Code == sqlite3.ErrNotADB || failure.Code == sqlite3.ErrCorrupt):
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	case isSQLite && failure.Code == sqlite3.ErrFull,
		isSQLite && failure.SystemErrno == syscall.ENOSPC, errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case isSQLite && (failure.Code == sqlite3.ErrBusy || failure.Code == sqlite3.ErrLocked):
		return fmt.Errorf("%w (%w)", ErrBusy, err)
	case isSQLite && (failure.Code == sqlite3.ErrReadonly || failure.Code == sqlite3.ErrPerm),
		errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	}
	return err
}

// Path is the log's file.
func (l *Log) Path() string { return l.path }

// Close closes the log.
func (l *Log) Close() error { return l.db.Close() }

// Save adds a review. An earlier review of the same film stays in the log.
func (l *Log) Save(ctx context.Context, c Case) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("saving a review: %w", err)
	}
	if err := l.save(ctx, c); err != nil {
		return fmt.Errorf("saving a review to %s: %w", l.path, explain(err))
	}
	return nil
}

func (l *Log) save(ctx context.Context, c Case) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var film int64
	if err := tx.QueryRowContext(ctx, `
		INSERT INTO film (sha256, frame, study_uid, series_uid, instance_uid, patient_age, patient_sex)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (sha256, frame) DO UPDATE SET sha256 = excluded.sha256
		RETURNING id`,
		c.Film.SHA256, c.Film.Frame, c.Film.StudyUID, c.Film.SeriesUID, c.Film.InstanceUID,
		c.Film.PatientAge, c.Film.PatientSex).Scan(&film); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO review (film_id, model_name, model_version, model_sha256, probability, threshold,
			call, caution, forced, analysed_at, verdict, note, reviewed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		film, c.Model.Name, c.Model.Version, c.Model.SHA256, c.Model.Probability, c.Model.Threshold,
		c.Model.Call, c.Model.Caution, c.Model.Forced, stamp(c.Model.AnalysedAt),
		c.Review.Verdict, c.Review.Note, stamp(c.Review.ReviewedAt)); err != nil {
		return err
	}
	return tx.Commit()
}

// columns reads a Case in scan's order.
const columns = `
	SELECT film.sha256, film.frame, film.study_uid, film.series_uid, film.instance_uid,
		film.patient_age, film.patient_sex,
		review.model_name, review.model_version, review.model_sha256, review.probability,
		review.threshold, review.call, review.caution, review.forced, review.analysed_at,
		review.verdict, review.note, review.reviewed_at
	FROM review JOIN film ON film.id = review.film_id `

// Latest returns the latest review of a film's frame, and false where there
// is none.
func (l *Log) Latest(ctx context.Context, sha256 string, frame int) (Case, bool, error) {
	row := l.db.QueryRowContext(ctx, columns+`
		WHERE film.sha256 = ? AND film.frame = ? ORDER BY review.id DESC LIMIT 1`, sha256, frame)
	c, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, false, nil
	}
	if err != nil {
		return Case{}, false, fmt.Errorf("looking for an earlier review in %s: %w", l.path, explain(err))
	}
	return c, true, nil
}

// Cases gives each reviewed case to visit, oldest first, in its latest review;
// with history, every review. It stops at visit's first error and returns it.
func (l *Log) Cases(ctx context.Context, history bool, visit func(Case) error) error {
	query := columns + `WHERE review.id IN (SELECT max(id) FROM review GROUP BY film_id) ORDER BY review.id`
	if history {
		query = columns + `ORDER BY review.id`
	}
	rows, err := l.db.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("reading the log %s: %w", l.path, explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scan(rows)
		if err != nil {
			return fmt.Errorf("reading the log %s: %w", l.path, err)
		}
		if err := visit(c); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading the log %s: %w", l.path, explain(err))
	}
	return nil
}

func scan(row interface{ Scan(...any) error }) (Case, error) {
	var c Case
	var analysed, reviewed string
	if err := row.Scan(&c.Film.SHA256, &c.Film.Frame, &c.Film.StudyUID, &c.Film.SeriesUID, &c.Film.InstanceUID,
		&c.Film.PatientAge, &c.Film.PatientSex,
		&c.Model.Name, &c.Model.Version, &c.Model.SHA256, &c.Model.Probability,
		&c.Model.Threshold, &c.Model.Call, &c.Model.Caution, &c.Model.Forced, &analysed,
		&c.Review.Verdict, &c.Review.Note, &reviewed); err != nil {
		return Case{}, err
	}
	var err error
	if c.Model.AnalysedAt, err = time.Parse(time.RFC3339Nano, analysed); err != nil {
		return Case{}, err
	}
	c.Review.ReviewedAt, err = time.Parse(time.RFC3339Nano, reviewed)
	return c, err
}

// stamp writes a time so that text order is time order, whatever the zone.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
