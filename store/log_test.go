package store_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pneumolight/store"
)

// reviewed is a whole case of the film whose digest repeats digit.
func reviewed(digit string, verdict store.Verdict, note string) store.Case {
	age := 67.0
	at := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)
	return store.Case{
		Film: store.Film{
			SHA256: strings.Repeat(digit, 64), Frame: 1,
			StudyUID: "1.2.3", SeriesUID: "1.2.3.4", InstanceUID: "1.2.3.4.5",
			PatientAge: &age, PatientSex: "M",
		},
		Model: store.Model{
			Name: "first", Version: "0.1.0", SHA256: strings.Repeat("f", 64),
			Probability: 0.73, Threshold: 0.5, Call: "pneumonia", Caution: "view-missing", AnalysedAt: at,
		},
		Review: store.Review{
			Verdict: verdict, Finding: store.FindingConsolidation, Side: store.SideLeft, Impression: "normal",
			Note: note, ReviewedAt: at.Add(time.Minute),
		},
		Path: "/films/odd name.dcm",
	}
}

func openLog(t *testing.T, path string) *store.Log {
	t.Helper()
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return log
}

func save(t *testing.T, log *store.Log, c store.Case) {
	t.Helper()
	if err := log.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func all(t *testing.T, log *store.Log, history bool) []store.Case {
	t.Helper()
	var cases []store.Case
	if err := log.Cases(t.Context(), history, func(c store.Case) error {
		cases = append(cases, c)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestAReviewIsFoundAgainAfterReopening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "odd name?#%.db")
	want := reviewed("a", store.VerdictDisagree, "old scar, Überlagerung, 旧病灶")
	first, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	save(t, first, want)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	again := openLog(t, path)
	got, found, err := again.Latest(t.Context(), want.Film.SHA256, 1)
	if err != nil || !found {
		t.Fatalf("found %v, error %v", found, err)
	}
	if *got.Film.PatientAge != *want.Film.PatientAge {
		t.Errorf("age %v, want %v", *got.Film.PatientAge, *want.Film.PatientAge)
	}
	got.Film.PatientAge, want.Film.PatientAge = nil, nil
	if got.Review.Reviewer == "" {
		t.Error("nobody reviewed it")
	}
	want.Review.Reviewer = got.Review.Reviewer
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if _, found, err := again.Latest(t.Context(), want.Film.SHA256, 2); err != nil || found {
		t.Errorf("another frame of the film: found %v, error %v", found, err)
	}
}

func TestASecondThoughtIsASecondRow(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	save(t, log, reviewed("a", store.VerdictAgree, "first"))
	save(t, log, reviewed("b", store.VerdictUncertain, ""))
	save(t, log, reviewed("a", store.VerdictDisagree, "second"))

	latest := all(t, log, false)
	if len(latest) != 2 || latest[1].Review.Note != "second" {
		t.Errorf("the cases are %+v", latest)
	}
	if history := all(t, log, true); len(history) != 3 || history[0].Review.Note != "first" {
		t.Errorf("the history is %+v", history)
	}
}

func TestUnknownAgeStaysUnknown(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	c := reviewed("a", store.VerdictAgree, "")
	c.Film.PatientAge = nil
	save(t, log, c)
	if got := all(t, log, false); got[0].Film.PatientAge != nil {
		t.Errorf("age %v", *got[0].Film.PatientAge)
	}
}

func TestOnlyTheOwnerCanReadTheFiles(t *testing.T) {
	dir := t.TempDir()
	log := openLog(t, filepath.Join(dir, "cases.db"))
	save(t, log, reviewed("a", store.VerdictAgree, ""))
	seen := 0
	if err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		seen++
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if seen < 2 { // the log and its write-ahead log
		t.Errorf("%d files", seen)
	}
}

func TestAnIncompleteCaseIsNotSaved(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	for name, spoil := range map[string]func(*store.Case){
		"no film":       func(c *store.Case) { c.Film.SHA256 = "" },
		"no frame":      func(c *store.Case) { c.Film.Frame = 0 },
		"no model":      func(c *store.Case) { c.Model.SHA256 = "" },
		"no time":       func(c *store.Case) { c.Review.ReviewedAt = time.Time{} },
		"no verdict":    func(c *store.Case) { c.Review.Verdict = "" },
		"odd finding":   func(c *store.Case) { c.Review.Finding = "cold" },
		"odd side":      func(c *store.Case) { c.Review.Side = "top" },
		"odd call":      func(c *store.Case) { c.Model.Call = "fine" },
		"probability 2": func(c *store.Case) { c.Model.Probability = 2 },
	} {
		c := reviewed("a", store.VerdictAgree, "")
		spoil(&c)
		if err := log.Save(t.Context(), c); err == nil {
			t.Errorf("%s: was saved", name)
		}
	}
	if left := all(t, log, true); len(left) != 0 {
		t.Errorf("%d rows are left of refused cases", len(left))
	}
}

func TestReviewsCannotBeChangedOrRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	save(t, openLog(t, path), reviewed("a", store.VerdictAgree, ""))
	db := rawDatabase(t, path)
	for _, statement := range []string{`UPDATE review SET verdict = 'disagree'`, `DELETE FROM review`} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s was obeyed", statement)
		}
	}
}

func TestTheWriteAheadLogIsOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	save(t, openLog(t, path), reviewed("a", store.VerdictAgree, ""))
	var mode string
	if err := rawDatabase(t, path).QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, error %v", mode, err)
	}
	if _, err := os.Stat(path + "-wal"); err != nil {
		t.Error(err)
	}
}

func TestManyWritersLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	const writers, each = 4, 25
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			log, err := store.Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer log.Close()
			for k := range each {
				c := reviewed("a", store.VerdictAgree, "")
				c.Film.SHA256 = fmt.Sprintf("%032d%032d", w, k)
				if err := log.Save(context.Background(), c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := len(all(t, openLog(t, path), false)); got != writers*each {
		t.Errorf("%d cases, want %d", got, writers*each)
	}
}

// writerVariable makes the test binary a process that saves reviews to the
// log it names until it is killed, and prints a line after each.
const writerVariable = "PNEUMOLIGHT_TEST_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		log, err := store.Open(context.Background(), path)
		if err != nil {
			panic(err)
		}
		for k := 0; ; k++ {
			c := reviewed("a", store.VerdictAgree, "")
			c.Film.SHA256 = fmt.Sprintf("%064d", k)
			if err := log.Save(context.Background(), c); err != nil {
				panic(err)
			}
			fmt.Println(k)
		}
	}
	os.Exit(m.Run())
}

func TestKilledInTheMiddleKeepsEverySavedReview(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	saved := 0
	for range 3 {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), writerVariable+"="+path)
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		last := -1
		for last < 20 {
			if _, err := fmt.Fscan(out, &last); err != nil {
				t.Fatal(err)
			}
		}
		if err := writer.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = writer.Wait() // killed: it says so
		saved += last + 1

		// Films repeat from run to run, so every review said to be saved
		// counts in the history.
		if got := len(all(t, openLog(t, path), true)); got < saved {
			t.Fatalf("%d reviews are left of %d", got, saved)
		} else {
			saved = got
		}
	}
}
