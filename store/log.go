package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Log is an open log of reviewed cases, with the audit of what was done. It
// may be used by several goroutines, and the file by several processes, at
// once.
type Log struct {
	path     string
	aside    string
	actor    string
	db       *sql.DB
	use      use
	recorder recorder
	// unaudited is set for one that is read only and is older than the audit.
	unaudited bool
}

// Path is the log's file.
func (l *Log) Path() string { return l.path }

// SetAside is where a damaged log was moved to when this one was begun in its
// place; empty as a rule.
func (l *Log) SetAside() string { return l.aside }

// Close writes what was recorded and closes the log.
func (l *Log) Close() error {
	return errors.Join(l.stopRecording(), l.db.Close(), l.use.end())
}

// Save adds a review by the user of this process, with its row of the audit.
// An earlier review of the same film stays in the log.
func (l *Log) Save(ctx context.Context, c Case) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("saving a review: %w", err)
	}
	c.Review.Reviewer = l.actor
	return l.failed("saving a review", l.change(ctx, func(tx *sql.Tx) ([]Event, error) {
		id, err := save(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		// The audit vouches for what is in the database.
		_, kept, err := scan(tx.QueryRowContext(ctx, columns+`WHERE review.id = ?`, id))
		return []Event{reviewed(id, kept)}, err
	}))
}

// save adds a review and returns its row.
func save(ctx context.Context, tx *sql.Tx, c Case) (id int64, err error) {
	var film int64
	// What the film's file says of itself was kept when it came first: the
	// digest is the same, so it says the same still.
	if err := tx.QueryRowContext(ctx, `
		INSERT INTO film (sha256, frame, study_uid, series_uid, instance_uid, patient_age, patient_sex)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (sha256, frame) DO UPDATE SET sha256 = excluded.sha256
		RETURNING id`,
		c.Film.SHA256, c.Film.Frame, c.Film.StudyUID, c.Film.SeriesUID, c.Film.InstanceUID,
		c.Film.PatientAge, c.Film.PatientSex).Scan(&film); err != nil {
		return 0, err
	}
	if c.Path != "" {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO film_location (film_id, path) VALUES (?, ?)
			ON CONFLICT (film_id) DO UPDATE SET path = excluded.path`, film, c.Path); err != nil {
			return 0, err
		}
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO review (film_id, model_name, model_version, model_sha256, probability, threshold,
			call, caution, forced, analysed_at, verdict, finding, side, impression, note, reviewer, reviewed_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		film, c.Model.Name, c.Model.Version, c.Model.SHA256, c.Model.Probability, c.Model.Threshold,
		c.Model.Call, c.Model.Caution, c.Model.Forced, stamp(c.Model.AnalysedAt),
		c.Review.Verdict, c.Review.Finding, c.Review.Side, c.Review.Impression, c.Review.Note, c.Review.Reviewer,
		stamp(c.Review.ReviewedAt)).Scan(&id)
	return id, err
}

// columns reads a review with its film in scan's order.
const columns = `
	SELECT review.id, film.sha256, film.frame, film.study_uid, film.series_uid, film.instance_uid,
		film.patient_age, film.patient_sex,
		review.model_name, review.model_version, review.model_sha256, review.probability,
		review.threshold, review.call, review.caution, review.forced, review.analysed_at,
		review.verdict, review.finding, review.side, review.impression, review.note, review.reviewer,
		review.reviewed_at, coalesce(film_location.path, '')
	FROM review JOIN film ON film.id = review.film_id LEFT JOIN film_location ON film_location.film_id = film.id `

// Latest returns the latest review of a film's frame, and false where there
// is none.
func (l *Log) Latest(ctx context.Context, sha256 string, frame int) (Case, bool, error) {
	row := l.db.QueryRowContext(ctx, columns+`
		WHERE film.sha256 = ? AND film.frame = ? ORDER BY review.id DESC LIMIT 1`, sha256, frame)
	_, c, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, false, nil
	}
	return c, err == nil, l.failed("looking for an earlier review", err)
}

// Reviews returns every review of a film's frame, the oldest first.
func (l *Log) Reviews(ctx context.Context, sha256 string, frame int) ([]Case, error) {
	var all []Case
	err := eachRow(ctx, l.db, func(rows *sql.Rows) error {
		_, c, err := scan(rows)
		all = append(all, c)
		return err
	}, columns+`WHERE film.sha256 = ? AND film.frame = ? ORDER BY review.id`, sha256, frame)
	return all, l.failed("looking for earlier reviews", err)
}

// Cases gives each reviewed case to visit, oldest first, in its latest review;
// with history, every review. It stops at visit's first error and returns it.
func (l *Log) Cases(ctx context.Context, history bool, visit func(Case) error) error {
	return l.Numbered(ctx, history, func(_ int64, c Case) error { return visit(c) })
}

// Numbered is Cases with the number of each review, by which [Log.Case] finds
// it.
func (l *Log) Numbered(ctx context.Context, history bool, visit func(number int64, c Case) error) error {
	query := columns + `WHERE review.id IN (SELECT max(id) FROM review GROUP BY film_id) ORDER BY review.id`
	if history {
		query = columns + `ORDER BY review.id`
	}
	var stopped error
	err := eachRow(ctx, l.db, func(rows *sql.Rows) error {
		number, c, err := scan(rows)
		if err == nil {
			stopped = visit(number, c)
			err = stopped
		}
		return err
	}, query)
	if stopped != nil {
		return stopped
	}
	return l.failed("reading the log", err)
}

// Case returns the review of a number, and false where there is none.
func (l *Log) Case(ctx context.Context, number int64) (Case, bool, error) {
	_, c, err := scan(l.db.QueryRowContext(ctx, columns+`WHERE review.id = ?`, number))
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, false, nil
	}
	return c, err == nil, l.failed("looking for a review", err)
}

// scan reads a review of columns, and its row.
func scan(row interface{ Scan(...any) error }) (id int64, c Case, err error) {
	var analysed, reviewed string
	if err := row.Scan(&id, &c.Film.SHA256, &c.Film.Frame, &c.Film.StudyUID, &c.Film.SeriesUID, &c.Film.InstanceUID,
		&c.Film.PatientAge, &c.Film.PatientSex,
		&c.Model.Name, &c.Model.Version, &c.Model.SHA256, &c.Model.Probability,
		&c.Model.Threshold, &c.Model.Call, &c.Model.Caution, &c.Model.Forced, &analysed,
		&c.Review.Verdict, &c.Review.Finding, &c.Review.Side, &c.Review.Impression, &c.Review.Note, &c.Review.Reviewer,
		&reviewed, &c.Path); err != nil {
		return 0, Case{}, err
	}
	if c.Model.AnalysedAt, err = time.Parse(time.RFC3339Nano, analysed); err != nil {
		return 0, Case{}, err
	}
	c.Review.ReviewedAt, err = time.Parse(time.RFC3339Nano, reviewed)
	return id, c, err
}

// failed says what could not be done with which log; nil for no error.
func (l *Log) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s in %s: %w", doing, l.path, explain(err))
}

// stamp writes a time so that text order is time order, whatever the zone.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
