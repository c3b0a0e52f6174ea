package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ScreeningSummary is a run as a list of runs shows it.
type ScreeningSummary struct {
	ID int64
	ScreeningRun
	// FinishedAt is when the folder was through; zero where the run was
	// stopped before, or still goes on.
	FinishedAt time.Time
	// Files is how many files are recorded.
	Files int
}

// ErrNoScreening says that a screening is no longer in the log: a later run
// over the same folder has taken its place.
var ErrNoScreening = errors.New("this screening is no longer in the log: a later one of the same folder has replaced it")

// summaries reads ScreeningSummary in scanSummary's order.
const summaries = `
	SELECT id, folder, model_name, model_version, model_sha256, threshold, started_at, coalesce(finished_at, ''),
		(SELECT count(*) FROM screened_file WHERE screening_id = screening.id)
	FROM screening `

// Screenings lists the runs in the log, the newest first.
func (l *Log) Screenings(ctx context.Context) ([]ScreeningSummary, error) {
	var list []ScreeningSummary
	err := eachRow(ctx, l.db, func(rows *sql.Rows) error {
		s, err := scanSummary(rows)
		list = append(list, s)
		return err
	}, summaries+`ORDER BY id DESC`)
	return list, l.failed("reading the screenings", err)
}

// Screening opens the record of an earlier run. The error wraps
// ErrNoScreening where there is none of that number.
func (l *Log) Screening(ctx context.Context, id int64) (*Screening, error) {
	summary, err := scanSummary(l.db.QueryRowContext(ctx, summaries+`WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNoScreening
	}
	if err != nil {
		return nil, l.failed("opening a screening", err)
	}
	return &Screening{log: l, id: id, run: summary.ScreeningRun}, nil
}

func scanSummary(row interface{ Scan(...any) error }) (ScreeningSummary, error) {
	var s ScreeningSummary
	var started, finished string
	err := row.Scan(&s.ID, &s.Folder, &s.ModelName, &s.ModelVersion, &s.ModelSHA256, &s.Threshold, &started, &finished, &s.Files)
	if err != nil {
		return s, err
	}
	if s.StartedAt, err = time.Parse(time.RFC3339Nano, started); err != nil || finished == "" {
		return s, err
	}
	s.FinishedAt, err = time.Parse(time.RFC3339Nano, finished)
	return s, err
}

// ID tells the run from others in the same log.
func (s *Screening) ID() int64 { return s.id }

// ReviewedFilms gives visit the digest of each film that the log has a review
// of.
func (l *Log) ReviewedFilms(ctx context.Context, visit func(sha256 string)) error {
	return l.failed("looking for reviewed films", eachRow(ctx, l.db, func(rows *sql.Rows) error {
		var digest string
		if err := rows.Scan(&digest); err != nil {
			return err
		}
		visit(digest)
		return nil
	}, `SELECT DISTINCT sha256 FROM film WHERE EXISTS (SELECT 1 FROM review WHERE review.film_id = film.id)`))
}
