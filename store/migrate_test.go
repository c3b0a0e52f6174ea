package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"pneumolight/store"
)

// oldRows are rows as the program of each version wrote them, by the migration
// that made their tables.
var oldRows = []string{
	1: `INSERT INTO film VALUES
			(1, '` + strings.Repeat("a", 64) + `', 1, '1.2', '1.2.3', '1.2.3.4', 67.5, 'F'),
			(2, '` + strings.Repeat("b", 64) + `', 3, '', '', '', NULL, '');
		INSERT INTO review VALUES
			(1, 1, 'm', '0.1', '` + strings.Repeat("f", 64) + `', 0.123456789012345, 0.5, 'normal', 'view-missing', 1,
				'2026-11-23T15:00:00.250Z', 'agree', '[first impression: pneumonia] 病灶, left', '2026-11-23T15:01:00.000Z'),
			(2, 2, 'm', '0.1', '` + strings.Repeat("f", 64) + `', 1, 0, 'pneumonia', '', 0,
				'2026-11-23T16:00:00.000Z', 'uncertain', '', '2026-11-23T16:01:00.000Z'),
			(5, 1, 'm', '0.2', '` + strings.Repeat("e", 64) + `', 0.5, 0.5, 'uncertain', '', 0,
				'2026-11-23T17:00:00.000Z', 'disagree', 'second thought', '2026-11-23T17:01:00.000Z');`,
	2: `INSERT INTO screening VALUES (1, '/films', 'first', '0.1.0', '` + strings.Repeat("f", 64) + `', 0.3, '2026-11-23T15:04:05.000Z', NULL);
		INSERT INTO screened_film VALUES (1, '` + strings.Repeat("a", 64) + `', '` + strings.Repeat("a", 64) + `', 'ok', 'no-tags',
			'The tags are missing.', 0.25, 'normal', 2000, 1800, '1.2', '1.2.3', '1.2.3.4', 12.345, 0.678, '2026-11-23T15:05:00.000Z');
		INSERT INTO screened_file VALUES (1, 'a.dcm', '` + strings.Repeat("a", 64) + `', 1234, 7);`,
	3: `INSERT INTO audit VALUES (1, '2026-11-26T05:43:46.019Z', 'root', 'log-begun', '', 0,
			'{"reviews":3,"last":5,"sha256":"606b5dfc372d1bea25888677093d48260a5f97ee9e4899d8bef7a3fdea45a739"}', zeroblob(32),
			x'be0209523d25596b4a30acac3d7b1579d1385a58f4618e43a60a95eaa14c0063');
		UPDATE audit_head SET rows = 1, hash = (SELECT hash FROM audit);`,
	4: "", // the newest, made by the program itself
}

// oldLog is a log of an earlier version with rows in it.
func oldLog(t *testing.T, version int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cases.db")
	db := rawDatabase(t, path)
	for k := 1; k <= version; k++ {
		files, err := filepath.Glob(filepath.Join("migrations", fmt.Sprintf("%04d_*.sql", k)))
		if err != nil || len(files) != 1 {
			t.Fatalf("migration %d: %q, %v", k, files, err)
		}
		statements, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(statements) + ";" + oldRows[k]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(fmt.Sprintf(`PRAGMA user_version = %d`, version)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryEarlierVersionIsTakenOver(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("migrations", "*.sql"))
	if err != nil || len(files) != len(oldRows)-1 {
		t.Fatalf("%d migrations, rows for %d: a new version needs its fixture", len(files), len(oldRows)-1)
	}
	age := 67.5
	digest := func(digit string) string { return strings.Repeat(digit, 64) }
	at := func(hour, minute, millisecond int) time.Time {
		return time.Date(2026, 11, 23, hour, minute, 0, millisecond*1e6, time.UTC)
	}
	first := store.Film{SHA256: digest("a"), Frame: 1, StudyUID: "1.2", SeriesUID: "1.2.3", InstanceUID: "1.2.3.4", PatientAge: &age, PatientSex: "F"}
	want := []store.Case{
		{
			Film: first,
			Model: store.Model{
				Name: "m", Version: "0.1", SHA256: digest("f"), Probability: 0.123456789012345, Threshold: 0.5, Call: "normal",
				Caution: "view-missing", Forced: true, AnalysedAt: at(15, 0, 250),
			},
			Review: store.Review{Verdict: store.VerdictAgree, Note: "[first impression: pneumonia] 病灶, left", ReviewedAt: at(15, 1, 0)},
		},
		{
			Film:   store.Film{SHA256: digest("b"), Frame: 3},
			Model:  store.Model{Name: "m", Version: "0.1", SHA256: digest("f"), Probability: 1, Call: "pneumonia", AnalysedAt: at(16, 0, 0)},
			Review: store.Review{Verdict: store.VerdictUncertain, ReviewedAt: at(16, 1, 0)},
		},
		{
			Film:   first,
			Model:  store.Model{Name: "m", Version: "0.2", SHA256: digest("e"), Probability: 0.5, Threshold: 0.5, Call: "uncertain", AnalysedAt: at(17, 0, 0)},
			Review: store.Review{Verdict: store.VerdictDisagree, Note: "second thought", ReviewedAt: at(17, 1, 0)},
		},
	}
	for version := 1; version < len(files); version++ {
		path := oldLog(t, version)
		looked, err := store.Read(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if got := all(t, looked, true); !reflect.DeepEqual(got, want) {
			t.Errorf("version %d: printed are %+v", version, got)
		}
		if _, err := looked.Verify(t.Context()); version < 3 && !errors.Is(err, store.ErrNoAudit) || version >= 3 && err != nil {
			t.Errorf("version %d: verifying says %v", version, err)
		}
		if err := looked.Close(); err != nil {
			t.Error(err)
		}
		log := openLog(t, path)
		if got := all(t, log, true); !reflect.DeepEqual(got, want) {
			t.Errorf("version %d: the reviews are %+v", version, got)
		}
		if version >= 2 {
			s := beginScreening(t, log, screeningRun(), true)
			if err := s.Films(t.Context(), func(film store.ScreenedFilm, paths []string, state store.FileState) error {
				f := screenedFile("a.dcm", "a").Film
				if !reflect.DeepEqual(film, *f) || paths[0] != "a.dcm" || state.Bytes != 1234 || state.Modified.UnixNano() != 7 || state.Arrived.UnixNano() != 7 {
					t.Errorf("version %d: screened %+v %q %+v", version, film, paths, state)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
			if tally, err := s.Tally(t.Context()); err != nil || tally["ok"] != 1 {
				t.Errorf("version %d: the screening has %v, error %v", version, tally, err)
			}
		}
		save(t, log, reviewed("c", store.VerdictAgree, "new"))
		if v := verified(t, path); len(v.Flaws) > 0 || v.Reviews != 4 {
			t.Errorf("version %d: %d reviews, flaws %v", version, v.Reviews, v.Flaws)
		}
	}
}

func TestReviewsOfBeforeTheAuditAreVouchedForSince(t *testing.T) {
	for name, statement := range map[string]string{
		"one of the reviews 1 to 5": `UPDATE review SET note = 'another' WHERE id = 2`,
		"3 reviews":                 `DELETE FROM review WHERE id = 5`,
	} {
		path := oldLog(t, 1)
		save(t, openLog(t, path), reviewed("c", store.VerdictAgree, ""))
		tamper(t, path, statement)
		if v := verified(t, path); len(v.Flaws) != 1 || !strings.Contains(v.Flaws[0].Text, name) {
			t.Errorf("%s: %v", statement, v.Flaws)
		}
	}
}

func TestABackupOfAnEarlierVersionIsRestored(t *testing.T) {
	for version := 1; version < len(oldRows)-1; version++ {
		path := filepath.Join(t.TempDir(), "cases.db")
		if _, err := store.Restore(t.Context(), path, oldLog(t, version)); err != nil {
			t.Fatalf("version %d: %v", version, err)
		}
		if cases := all(t, openLog(t, path), true); len(cases) != 3 {
			t.Errorf("version %d: %d reviews", version, len(cases))
		}
		if v := verified(t, path); len(v.Flaws) > 0 {
			t.Errorf("version %d: %v", version, v.Flaws)
		}
	}
}

func TestAnOlderProgramKeepsItsLogWhileItHasItOpen(t *testing.T) {
	path := oldLog(t, 3)
	older := flock.New(path + ".lock")
	if err := older.RLock(); err != nil {
		t.Fatal(err)
	}
	defer older.Close()
	if _, err := store.Open(t.Context(), path); !errors.Is(err, store.ErrOlderOpen) {
		t.Errorf("error %v", err)
	}
	var version int
	if err := rawDatabase(t, path).QueryRow(`PRAGMA user_version`).Scan(&version); err != nil || version != 3 {
		t.Errorf("the log is of version %d under the program of version 3, error %v", version, err)
	}
	if err := older.Unlock(); err != nil {
		t.Fatal(err)
	}
	// Of newer ones that start together each opens it.
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			log, err := store.Open(context.Background(), path)
			if err == nil {
				err = errors.Join(log.Append(context.Background(), store.SettingChanged("blind", "true")), log.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if v := verified(t, path); len(v.Flaws) > 0 || v.Head.Rows != 5 {
		t.Errorf("%d rows, flaws %v", v.Head.Rows, v.Flaws)
	}
}

func TestANewerLogIsRefusedAndUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	if _, err := rawDatabase(t, path).Exec(`CREATE TABLE future (x); PRAGMA user_version = 999`); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path); !errors.Is(err, store.ErrNewer) {
		t.Errorf("error %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(before) != string(after) {
		t.Errorf("the newer log was changed, error %v", err)
	}
}

func rawDatabase(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
