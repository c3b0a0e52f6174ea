package screening_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"pneumolight/screening"
	"pneumolight/store"
)

// watched is a job that watches a folder while a test changes it.
type watched struct {
	dir     string
	model   *counting
	journal *store.Screening
	stop    func() error
}

const settle = 200 * time.Millisecond

func watch(t *testing.T, dir string) *watched {
	t.Helper()
	w := &watched{dir: dir, model: newCounting()}
	w.start(t, begin(t, openLog(t, filepath.Join(t.TempDir(), "j.db")), dir, w.model, false))
	return w
}

func (w *watched) start(t *testing.T, journal *store.Screening) {
	t.Helper()
	w.journal = journal
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := screening.Job{
			Folder: w.dir, Model: w.model, Journal: w.journal, Workers: 2, Watch: true, Settle: settle,
			Own: func(path string) bool { return filepath.Base(path) == "results.csv" },
		}.Run(ctx)
		ended <- err
	}()
	w.stop = func() error {
		cancel()
		return <-ended
	}
	t.Cleanup(cancel)
}

// waitFor waits until the journal holds n films, all analysed.
func (w *watched) waitFor(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		tally, err := w.journal.Tally(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if tally["ok"] == n && tally["error"] == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("after half a minute there are %v, want %d: %+v", tally, n, outcomes(t, w.journal))
		}
	}
}

func TestFilmsAreScreenedAsTheyArrive(t *testing.T) {
	dir := folder(t, 3)
	w := watch(t, dir)
	w.waitFor(t, 3)
	write(t, filepath.Join(dir, "new.png"), film(t, 10))
	w.waitFor(t, 4)
	// A whole folder that is moved in, with one inside.
	outside := t.TempDir()
	write(t, filepath.Join(outside, "in", "deep", "er", "a.png"), film(t, 11))
	write(t, filepath.Join(outside, "in", "b.png"), film(t, 12))
	if err := os.Rename(filepath.Join(outside, "in"), filepath.Join(dir, "moved")); err != nil {
		t.Fatal(err)
	}
	w.waitFor(t, 6)
	write(t, filepath.Join(dir, "moved", "deep", "er", "c.png"), film(t, 13))
	w.waitFor(t, 7)
	write(t, filepath.Join(dir, "results.csv"), []byte("our own file"))
	write(t, filepath.Join(dir, "copy.png"), film(t, 13))
	write(t, filepath.Join(dir, "last.png"), film(t, 14))
	w.waitFor(t, 8)
	if err := w.stop(); err != nil {
		t.Errorf("stopping: %v", err)
	}
	if w.model.films != 8 {
		t.Errorf("8 films were judged %d times", w.model.films)
	}
}

func TestAFilmIsReadOnlyOnceItHasStoppedGrowing(t *testing.T) {
	dir := folder(t, 1)
	w := watch(t, dir)
	w.waitFor(t, 1)
	data := film(t, 20)
	path := filepath.Join(dir, "slow.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	const pieces = 8
	for k := range pieces {
		if _, err := file.Write(data[k*len(data)/pieces : (k+1)*len(data)/pieces]); err != nil {
			t.Fatal(err)
		}
		time.Sleep(settle / 3)
		if got := outcomes(t, w.journal); len(got) > 1 && k < pieces-1 {
			t.Fatalf("the film was read after %d of %d pieces: %+v", k+1, pieces, got)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	// What a copying program writes first and then renames.
	temporary := filepath.Join(dir, ".incoming.part")
	write(t, temporary, film(t, 21))
	if err := os.Rename(temporary, filepath.Join(dir, "renamed.png")); err != nil {
		t.Fatal(err)
	}
	w.waitFor(t, 3)
	if err := w.stop(); err != nil {
		t.Error(err)
	}
	for _, o := range outcomes(t, w.journal) {
		if o.status != "ok" {
			t.Errorf("%+v", o)
		}
	}
}

func TestAWatchThatIsStoppedWithNothingLeftIsFinished(t *testing.T) {
	dir := folder(t, 3)
	w := &watched{dir: dir, model: newCounting()}
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))
	finished := func() bool {
		runs, err := log.Screenings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(runs) == 1 && !runs[0].FinishedAt.IsZero()
	}
	// Stopped in its first pass, the run is to be gone on with.
	ctx, stop := context.WithCancel(t.Context())
	w.model.before = func(int) error { stop(); return nil }
	journal := begin(t, log, dir, w.model, false)
	if _, err := (screening.Job{Folder: dir, Model: w.model, Journal: journal, Workers: 1, Watch: true, Settle: settle}).Run(ctx); err != nil || finished() {
		t.Errorf("stopped at once: error %v, finished %v", err, finished())
	}
	w.model.before = nil
	w.start(t, journal)
	w.waitFor(t, 3)
	if finished() {
		t.Error("it is finished while it goes on")
	}
	if err := w.stop(); err != nil || !finished() {
		t.Errorf("stopped with nothing left: error %v, finished %v", err, finished())
	}
}

func TestAWatchThatIsStoppedBeforeAFilmSettlesIsNotFinished(t *testing.T) {
	dir := folder(t, 1)
	old := time.Now().Add(-2 * time.Hour)
	films, err := filepath.Glob(filepath.Join(dir, "*", "*.png"))
	if err != nil || len(films) != 1 {
		t.Fatalf("films %q, error %v", films, err)
	}
	if err := os.Chtimes(films[0], old, old); err != nil {
		t.Fatal(err)
	}
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))
	model := newCounting()
	// This one is being copied still.
	write(t, filepath.Join(dir, "growing.png"), film(t, 1))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	if _, err := (screening.Job{
		Folder: dir, Model: model, Journal: begin(t, log, dir, model, false), Workers: 1, Watch: true, Settle: time.Hour,
		Progress: func(p screening.Progress) {
			if p.Complete && p.Done == 1 {
				stop()
			}
		},
	}).Run(ctx); err != nil {
		t.Fatal(err)
	}
	if runs, err := log.Screenings(t.Context()); err != nil || len(runs) != 1 || !runs[0].FinishedAt.IsZero() {
		t.Errorf("the runs are %+v, error %v: a film was not screened", runs, err)
	}
}

// moveIn makes a film of last year beside the folder and moves it in: the time of
// its content comes along, as with cp -p and rsync -a.
func moveIn(t *testing.T, path string, seed int) {
	t.Helper()
	outside := filepath.Join(t.TempDir(), "old.png")
	write(t, outside, film(t, seed))
	lastYear := time.Now().AddDate(-1, 0, 0)
	if err := os.Chtimes(outside, lastYear, lastYear); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(outside, path); err != nil {
		t.Fatal(err)
	}
}

// arrivals are when each film came, by its path.
func arrivals(t *testing.T, journal *store.Screening) map[string]time.Time {
	t.Helper()
	at := map[string]time.Time{}
	if err := journal.Films(t.Context(), func(_ store.ScreenedFilm, paths []string, state store.FileState) error {
		at[paths[0]] = state.Arrived
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAnOldFilmThatComesLateArrivesLate(t *testing.T) {
	dir := folder(t, 2)
	w := watch(t, dir)
	w.waitFor(t, 2)
	before := time.Now()
	moveIn(t, filepath.Join(dir, "old.png"), 30)
	w.waitFor(t, 3)
	if err := w.stop(); err != nil {
		t.Fatal(err)
	}
	if at := arrivals(t, w.journal)["old.png"]; at.Before(before) || at.After(time.Now()) {
		t.Errorf("moved in after %v, it arrived %v", before, at)
	}
	if runtime.GOOS != "linux" {
		t.Skip("this system does not tell when a file was moved")
	}
	between := time.Now()
	moveIn(t, filepath.Join(dir, "older.png"), 31)
	time.Sleep(20 * time.Millisecond) // the system's clock of files ticks
	resumed := time.Now()
	if _, err := (screening.Job{Folder: dir, Model: w.model, Journal: w.journal}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at := arrivals(t, w.journal)["older.png"]; at.Before(between.Add(-20*time.Millisecond)) || at.After(resumed) {
		t.Errorf("moved in between two runs, at %v, it arrived %v", between, at)
	}
}
