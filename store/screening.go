package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gofrs/flock"
)

// ScreeningRun says which model went over which folder, and when.
type ScreeningRun struct {
	// Folder is an absolute path.
	Folder string
	// ModelName, ModelVersion and ModelSHA256 say which model it is,
	// Threshold which operating point belonged to it.
	ModelName, ModelVersion, ModelSHA256 string
	Threshold                            float64
	StartedAt                            time.Time
}

// FileState tells whether a file has changed since it was read.
type FileState struct {
	Bytes    int64
	Modified time.Time
	// Arrived is when it came into the folder, as far as is known. It says
	// nothing of a change.
	Arrived time.Time
}

// Equal reports whether the file is unchanged.
func (s FileState) Equal(other FileState) bool {
	return s.Bytes == other.Bytes && s.Modified.Equal(other.Modified)
}

// ScreenedFilm is how one film fared, whatever files it lies in.
type ScreenedFilm struct {
	// SHA256 is the hex digest of the film's bytes; empty where they could
	// not be read.
	SHA256 string
	// Status is ok, refused or error.
	Status string
	// Codes are the codes of why the film was refused or is doubtful, with
	// spaces between them; Reason is the sentence for the reader.
	Codes, Reason string
	// Probability (calibrated, 0 to 1) and Call are set for ok only.
	Probability *float64
	Call        string
	// Width and Height are in pixels; zero where the film was not decoded.
	Width, Height int
	// StudyUID, SeriesUID and InstanceUID are empty where not known.
	StudyUID, SeriesUID, InstanceUID string
	// Read and Infer are how long reading and analysing took.
	Read, Infer time.Duration
	ScreenedAt  time.Time
}

// ScreenedFile is one file of a screening.
type ScreenedFile struct {
	// Path is below the screening's folder.
	Path string
	FileState
	// SHA256 is the digest of its bytes; empty where they could not be read.
	SHA256 string
	// Film is how the film fared; nil where a film of this digest has been
	// recorded already, or will be.
	Film *ScreenedFilm
}

// key is what tells films apart.
func (f ScreenedFile) key() string {
	if f.SHA256 != "" {
		return f.SHA256
	}
	return "unread:" + f.Path
}

// Screening is the record of one run over a folder, in a log's database. It
// may be used by several goroutines at once.
type Screening struct {
	log *Log
	id  int64
	run ScreeningRun
	// begun is when this attempt began; the run may be an earlier one's.
	begun   time.Time
	resumed bool
	held    *flock.Flock // nil for one that is only read
}

// BeginScreening starts the record of a run. With resume it continues the run
// of the same model over the same folder that got farthest, if there is one. The
// run is the caller's until it is released; the error wraps ErrUnderWay where it
// is somebody else's.
func (l *Log) BeginScreening(ctx context.Context, run ScreeningRun, resume bool) (*Screening, error) {
	s := &Screening{log: l, run: run, begun: run.StartedAt}
	if err := s.begin(ctx, resume); err != nil {
		err = errors.Join(err, s.Release())
		return nil, fmt.Errorf("recording the screening in %s: %w", l.path, explain(err))
	}
	return s, nil
}

func (s *Screening) begin(ctx context.Context, resume bool) error {
	return s.log.change(ctx, func(tx *sql.Tx) ([]Event, error) {
		var err error
		s.resumed = false
		if resume {
			s.resumed, err = s.takeUp(ctx, tx)
		}
		if err == nil && !s.resumed {
			err = tx.QueryRowContext(ctx, `
				INSERT INTO screening (folder, model_name, model_version, model_sha256, threshold, started_at)
				VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
				s.run.Folder, s.run.ModelName, s.run.ModelVersion, s.run.ModelSHA256, s.run.Threshold, stamp(s.run.StartedAt)).Scan(&s.id)
		}
		if err == nil {
			err = s.hold()
		}
		return []Event{screeningBegun(s.id, s.resumed, s.run)}, err
	})
}

// takeUp finds the run to be continued and reports whether there is one.
func (s *Screening) takeUp(ctx context.Context, tx *sql.Tx) (bool, error) {
	var started string
	err := tx.QueryRowContext(ctx, `
		SELECT id, started_at FROM screening WHERE folder = ? AND model_sha256 = ?
		ORDER BY (SELECT count(*) FROM screened_file WHERE screening_id = screening.id) DESC, id DESC LIMIT 1`,
		s.run.Folder, s.run.ModelSHA256).Scan(&s.id, &started)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		s.run.StartedAt, err = time.Parse(time.RFC3339Nano, started)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `UPDATE screening SET finished_at = NULL WHERE id = ?`, s.id)
	}
	return err == nil, err
}

// Run says what the screening is of.
func (s *Screening) Run() ScreeningRun { return s.run }

// File returns a file's state when it was read, and its film's status; the
// status is empty where the film has no result.
func (s *Screening) File(ctx context.Context, path string) (FileState, string, error) {
	var state FileState
	var modified int64
	var status string
	err := s.log.db.QueryRowContext(ctx, `
		SELECT bytes, modified, status FROM screened_file JOIN screened_film USING (screening_id, key)
		WHERE screening_id = ? AND path = ?`, s.id, path).Scan(&state.Bytes, &modified, &status)
	if errors.Is(err, sql.ErrNoRows) {
		return FileState{}, "", nil
	}
	state.Modified = time.Unix(0, modified)
	return state, status, s.log.failed("looking up a file", err)
}

// Digests gives visit the digest of each film that has its result.
func (s *Screening) Digests(ctx context.Context, visit func(sha256 string)) error {
	return s.log.failed("reading the screening", eachRow(ctx, s.log.db, func(rows *sql.Rows) error {
		var digest string
		if err := rows.Scan(&digest); err != nil {
			return err
		}
		visit(digest)
		return nil
	}, `SELECT sha256 FROM screened_film WHERE screening_id = ? AND sha256 <> '' AND status <> 'error'`, s.id))
}

// Record keeps the results of files, all of them or none, and a row of the
// audit for each film. A file that was recorded before has its latest result.
// The error wraps ErrReplaced where another run has taken this one's place.
func (s *Screening) Record(ctx context.Context, files []ScreenedFile) error {
	return s.log.failed("recording results", s.log.change(ctx, func(tx *sql.Tx) ([]Event, error) {
		addFile, err := tx.PrepareContext(ctx, `
			INSERT INTO screened_file (screening_id, path, key, bytes, modified, arrived) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET key = excluded.key, bytes = excluded.bytes, modified = excluded.modified,
				arrived = iif(key = excluded.key OR (bytes, modified) = (excluded.bytes, excluded.modified), arrived, excluded.arrived)`)
		if err != nil {
			return nil, err
		}
		defer addFile.Close()
		addFilm, err := tx.PrepareContext(ctx, `
			INSERT OR REPLACE INTO screened_film (screening_id, key, sha256, status, codes, reason, probability, call,
				width, height, study_uid, series_uid, instance_uid, read_ms, infer_ms, screened_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return nil, err
		}
		defer addFilm.Close()
		var events []Event
		if err := s.present(ctx, tx); err != nil {
			return nil, err
		}
		for _, file := range files {
			if _, err := addFile.ExecContext(ctx, s.id, file.Path, file.key(), file.Bytes,
				file.Modified.UnixNano(), file.Arrived.UnixNano()); err != nil {
				return nil, err
			}
			if file.Film == nil {
				continue
			}
			f := file.Film
			if _, err := addFilm.ExecContext(ctx, s.id, file.key(), f.SHA256, f.Status, f.Codes, f.Reason, f.Probability, f.Call,
				f.Width, f.Height, f.StudyUID, f.SeriesUID, f.InstanceUID,
				milliseconds(f.Read), milliseconds(f.Infer), stamp(f.ScreenedAt)); err != nil {
				return nil, err
			}
			events = append(events, s.read(*f))
		}
		return events, nil
	}))
}

// read is the event of a film that the model was to read.
func (s *Screening) read(f ScreenedFilm) Event {
	e := ModelRead{
		Model: s.run.ModelName, Version: s.run.ModelVersion, SHA256: s.run.ModelSHA256,
		Status: f.Status, Call: f.Call, Probability: f.Probability, Codes: f.Codes,
	}.Event(f.SHA256, 1)
	e.at = f.ScreenedAt
	return e
}

// Films gives visit each film with the files that hold it, in the order of
// the films' first paths. The paths are below the run's folder, the first one
// first; state is the first file's, but Arrived is when any of them first came.
// The error wraps ErrReplaced, also after visits, where another run has taken
// this one's place.
func (s *Screening) Films(ctx context.Context, visit func(film ScreenedFilm, paths []string, state FileState) error) error {
	var stopped error
	var film gathered
	err := eachRow(ctx, s.log.db, func(rows *sql.Rows) error {
		next, err := scanScreened(rows)
		if err != nil {
			return err
		}
		if film.paths != nil && next.first == film.first {
			film.paths = append(film.paths, next.paths...)
			if next.state.Arrived.Before(film.state.Arrived) {
				film.state.Arrived = next.state.Arrived
			}
			return nil
		}
		if film.paths != nil {
			stopped = visit(film.film, film.paths, film.state)
		}
		film = next
		return stopped
	}, `SELECT film.sha256, film.status, film.codes, film.reason, film.probability, film.call,
			film.width, film.height, film.study_uid, film.series_uid, film.instance_uid,
			film.read_ms, film.infer_ms, film.screened_at, file.bytes, file.modified, copy.arrived, file.path, copy.path
		FROM screened_file AS file JOIN screened_film AS film USING (screening_id, key)
			JOIN screened_file AS copy USING (screening_id, key)
		WHERE file.screening_id = ? AND NOT EXISTS (
			SELECT 1 FROM screened_file AS earlier WHERE earlier.screening_id = file.screening_id
			AND earlier.key = file.key AND earlier.path < file.path)
		ORDER BY file.path, copy.path`, s.id)
	if err == nil && film.paths != nil {
		stopped = visit(film.film, film.paths, film.state)
	}
	if stopped != nil {
		return stopped
	}
	if err == nil {
		err = s.present(ctx, s.log.db) // afterwards, since a run that has gone does not come back
	}
	return s.log.failed("reading the screening", err)
}

// present is ErrReplaced where another run has dropped this one.
func (s *Screening) present(ctx context.Context, db queryer) error {
	var present bool
	err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM screening WHERE id = ?)`, s.id).Scan(&present)
	if err == nil && !present {
		return ErrReplaced
	}
	return err
}

// gathered is a film with the paths of its files; first is the first of all.
type gathered struct {
	film  ScreenedFilm
	first string
	paths []string
	state FileState
}

// scanScreened reads a film with one of its paths. A path is bytes, whatever
// its system takes them for, and passes through no other text on its way.
func scanScreened(rows *sql.Rows) (gathered, error) {
	var g gathered
	f := &g.film
	var path, at string
	var read, infer float64
	var modified, arrived int64
	if err := rows.Scan(&f.SHA256, &f.Status, &f.Codes, &f.Reason, &f.Probability, &f.Call,
		&f.Width, &f.Height, &f.StudyUID, &f.SeriesUID, &f.InstanceUID,
		&read, &infer, &at, &g.state.Bytes, &modified, &arrived, &g.first, &path); err != nil {
		return g, err
	}
	g.paths = []string{path}
	f.Read, f.Infer = duration(read), duration(infer)
	g.state.Modified, g.state.Arrived = time.Unix(0, modified), time.Unix(0, arrived)
	var err error
	f.ScreenedAt, err = time.Parse(time.RFC3339Nano, at)
	return g, err
}

// Tally says how many films of a screening came to which status.
func (s *Screening) Tally(ctx context.Context) (map[string]int, error) {
	tally, err := s.count(ctx, s.log.db)
	return tally, s.log.failed("counting the screening's films", err)
}

func (s *Screening) count(ctx context.Context, db queryer) (map[string]int, error) {
	tally := map[string]int{}
	err := eachRow(ctx, db, func(rows *sql.Rows) error {
		var status string
		var n int
		err := rows.Scan(&status, &n)
		tally[status] = n
		return err
	}, `SELECT status, count(DISTINCT key) FROM screened_film JOIN screened_file USING (screening_id, key)
		WHERE screening_id = ? GROUP BY status`, s.id)
	return tally, err
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func duration(milliseconds float64) time.Duration {
	return time.Duration(milliseconds * float64(time.Millisecond)).Round(time.Microsecond)
}
