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
	"testing"
	"time"

	"pneumolight/store"
)

func screeningRun() store.ScreeningRun {
	return store.ScreeningRun{
		Folder: "/films", ModelName: "first", ModelVersion: "0.1.0", ModelSHA256: strings.Repeat("f", 64), Threshold: 0.3,
		StartedAt: time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC),
	}
}

func beginScreening(t *testing.T, log *store.Log, run store.ScreeningRun, resume bool) *store.Screening {
	t.Helper()
	s, err := log.BeginScreening(t.Context(), run, resume)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// screenedFile is an analysed film of a digest that repeats digit.
func screenedFile(path, digit string) store.ScreenedFile {
	probability := 0.25
	at := time.Date(2026, 11, 23, 15, 5, 0, 0, time.UTC)
	digest := strings.Repeat(digit, 64)
	return store.ScreenedFile{
		Path: path, FileState: store.FileState{Bytes: 1234, Modified: at.Add(7 * time.Nanosecond)}, SHA256: digest,
		Film: &store.ScreenedFilm{
			SHA256: digest, Status: "ok", Codes: "no-tags", Reason: "The tags are missing.",
			Probability: &probability, Call: "normal", Width: 2000, Height: 1800,
			StudyUID: "1.2", SeriesUID: "1.2.3", InstanceUID: "1.2.3.4",
			Read: 12345 * time.Microsecond, Infer: 678 * time.Microsecond, ScreenedAt: at,
		},
	}
}

func release(t *testing.T, s *store.Screening) {
	t.Helper()
	if err := s.Release(); err != nil {
		t.Fatal(err)
	}
}

func recordFiles(t *testing.T, s *store.Screening, files ...store.ScreenedFile) {
	t.Helper()
	if err := s.Record(t.Context(), files); err != nil {
		t.Fatal(err)
	}
}

// screenedPaths lists each film's paths and status.
func screenedPaths(t *testing.T, s *store.Screening) []string {
	t.Helper()
	var all []string
	if err := s.Films(t.Context(), func(film store.ScreenedFilm, paths []string, _ store.FileState) error {
		all = append(all, film.Status+" "+strings.Join(paths, "|"))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAScreenedFilmComesBackAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	want := screenedFile(`odd "name", 病.dcm`, "a")
	first := beginScreening(t, openLog(t, path), screeningRun(), false)
	recordFiles(t, first, want)
	release(t, first)

	again := beginScreening(t, openLog(t, path), screeningRun(), true)
	if !again.Run().StartedAt.Equal(screeningRun().StartedAt) {
		t.Errorf("run %+v", again.Run())
	}
	if err := again.Films(t.Context(), func(film store.ScreenedFilm, paths []string, state store.FileState) error {
		if !reflect.DeepEqual(film, *want.Film) || !reflect.DeepEqual(paths, []string{want.Path}) || !state.Equal(want.FileState) {
			t.Errorf("got %+v %q %+v", film, paths, state)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	state, status, err := again.File(t.Context(), want.Path)
	if err != nil || status != "ok" || !state.Equal(want.FileState) {
		t.Errorf("%+v %q %v", state, status, err)
	}
}

func TestACopyBelongsToItsFilmWhicheverIsRecordedFirst(t *testing.T) {
	s := beginScreening(t, openLog(t, filepath.Join(t.TempDir(), "cases.db")), screeningRun(), false)
	first, copied := screenedFile("b.dcm", "a"), screenedFile("a.dcm", "a")
	copied.Film = nil
	recordFiles(t, s, copied)
	if _, status, err := s.File(t.Context(), "a.dcm"); err != nil || status != "" || len(screenedPaths(t, s)) != 0 {
		t.Errorf("a copy without its film has status %q, error %v", status, err)
	}
	recordFiles(t, s, first)
	if got := screenedPaths(t, s); !reflect.DeepEqual(got, []string{"ok a.dcm|b.dcm"}) {
		t.Errorf("%q", got)
	}
}

// A folder from an old Windows archive holds names in GBK, for one.
func TestNamesThatAreNotUTF8KeepTheirBytes(t *testing.T) {
	s := beginScreening(t, openLog(t, filepath.Join(t.TempDir(), "cases.db")), screeningRun(), false)
	first, second, copied := screenedFile("\xb2\xa1\xc8\xcb.dcm", "a"), screenedFile("\xb2\xa1\xc8\xa5.dcm", "b"), screenedFile("\xff.dcm", "a")
	copied.Film = nil
	recordFiles(t, s, first, second, copied)
	want := []string{"ok " + second.Path, "ok " + first.Path + "|" + copied.Path}
	if got := screenedPaths(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAFilmArrivesOnce(t *testing.T) {
	s := beginScreening(t, openLog(t, filepath.Join(t.TempDir(), "cases.db")), screeningRun(), false)
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	came := func(path, digit string, hour int) store.ScreenedFile {
		f := screenedFile(path, digit)
		f.Arrived = noon.Add(time.Duration(hour) * time.Hour)
		f.Modified = f.Arrived
		return f
	}
	cut := came("late.dcm", "c", 4)
	cut.Film = &store.ScreenedFilm{Status: "error", Reason: "It is cut short.", ScreenedAt: noon}
	recordFiles(t, s, came("touched.dcm", "a", 1), came("replaced.dcm", "b", 1), cut)
	again := screenedFile("late.dcm", "d") // read at last, and unchanged
	again.FileState = cut.FileState
	again.Arrived = noon.Add(5 * time.Hour)
	recordFiles(t, s, came("touched.dcm", "a", 2), came("copy.dcm", "a", 3), came("replaced.dcm", "e", 2), again)
	got := map[string]int{}
	if err := s.Films(t.Context(), func(_ store.ScreenedFilm, paths []string, state store.FileState) error {
		got[strings.Join(paths, " ")] = int(state.Arrived.Sub(noon) / time.Hour)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := map[string]int{"copy.dcm touched.dcm": 1, "replaced.dcm": 2, "late.dcm": 4}; !reflect.DeepEqual(got, want) {
		t.Errorf("the films came at %v, want %v", got, want)
	}
}

func TestUnreadableFilesStayApartUntilTheyCanBeRead(t *testing.T) {
	s := beginScreening(t, openLog(t, filepath.Join(t.TempDir(), "cases.db")), screeningRun(), false)
	failed := func(path string) store.ScreenedFile {
		return store.ScreenedFile{Path: path, Film: &store.ScreenedFilm{Status: "error", Reason: "It is gone.", ScreenedAt: time.Now()}}
	}
	recordFiles(t, s, failed("a.dcm"), failed("b.dcm"))
	if got := screenedPaths(t, s); !reflect.DeepEqual(got, []string{"error a.dcm", "error b.dcm"}) {
		t.Fatalf("%q", got)
	}
	recordFiles(t, s, screenedFile("b.dcm", "b"))
	if got := screenedPaths(t, s); !reflect.DeepEqual(got, []string{"error a.dcm", "ok b.dcm"}) {
		t.Errorf("%q", got)
	}
	tally, err := s.Tally(t.Context())
	if err != nil || tally["ok"] != 1 || tally["error"] != 1 {
		t.Errorf("%v, error %v", tally, err)
	}
	var digests []string
	if err := s.Digests(t.Context(), func(d string) { digests = append(digests, d) }); err != nil || len(digests) != 1 {
		t.Errorf("%q, error %v", digests, err)
	}
}

func TestResultsAreRecordedAllOrNone(t *testing.T) {
	s := beginScreening(t, openLog(t, filepath.Join(t.TempDir(), "cases.db")), screeningRun(), false)
	wrong := screenedFile("b.dcm", "b")
	wrong.Film.Call = "fine"
	if err := s.Record(t.Context(), []store.ScreenedFile{screenedFile("a.dcm", "a"), wrong}); err == nil {
		t.Error("an unknown call was recorded")
	}
	if got := screenedPaths(t, s); len(got) != 0 {
		t.Errorf("%q is left of it", got)
	}
}

func TestTheRunThatGotFarthestIsContinued(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	far := beginScreening(t, log, screeningRun(), false)
	recordFiles(t, far, screenedFile("a.dcm", "a"), screenedFile("b.dcm", "b"))
	recordFiles(t, beginScreening(t, log, screeningRun(), false), screenedFile("a.dcm", "a"))
	release(t, far)
	for name, change := range map[string]func(*store.ScreeningRun){
		"another folder": func(r *store.ScreeningRun) { r.Folder = "/others" },
		"another model":  func(r *store.ScreeningRun) { r.ModelSHA256 = strings.Repeat("0", 64) },
	} {
		other := screeningRun()
		change(&other)
		if got := screenedPaths(t, beginScreening(t, log, other, true)); len(got) != 0 {
			t.Errorf("%s continues with %q", name, got)
		}
	}
	again := beginScreening(t, log, screeningRun(), true)
	if got := screenedPaths(t, again); len(got) != 2 {
		t.Errorf("continued with %q", got)
	}
	// Once a run is through, what came before it is superseded.
	last := beginScreening(t, log, screeningRun(), false)
	recordFiles(t, last, screenedFile("c.dcm", "c"))
	if err := last.Finish(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	release(t, last)
	if got := screenedPaths(t, beginScreening(t, log, screeningRun(), true)); !reflect.DeepEqual(got, []string{"ok c.dcm"}) {
		t.Errorf("continued with %q", got)
	}
}

func TestARunIsGoneOnWithByOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	log := openLog(t, path)
	first := beginScreening(t, log, screeningRun(), false)
	recordFiles(t, first, screenedFile("a.dcm", "a"))
	for name, other := range map[string]*store.Log{"the same program": log, "another one": openLog(t, path)} {
		before := auditActions(t, log)
		if _, err := other.BeginScreening(t.Context(), screeningRun(), true); !errors.Is(err, store.ErrUnderWay) {
			t.Errorf("%s: error %v", name, err)
		}
		if after := auditActions(t, log); after != before {
			t.Errorf("%s: a run was taken up: %s", name, after)
		}
	}
	// A run of its own and another folder's are nobody else's.
	others := screeningRun()
	others.Folder = "/others"
	for _, s := range []*store.Screening{beginScreening(t, log, screeningRun(), false), beginScreening(t, log, others, true), first} {
		release(t, s)
	}
	again := beginScreening(t, log, screeningRun(), true)
	if got := screenedPaths(t, again); len(got) != 1 {
		t.Errorf("gone on with %q", got)
	}
	release(t, again)
	if left, err := filepath.Glob(path + ".screening*"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %q, error %v", left, err)
	}
}

func TestWhatAKilledRunWasHeldWithGoesWithTheNextOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	log := openLog(t, path)
	release(t, beginScreening(t, log, screeningRun(), false))
	if err := os.WriteFile(path+".screening-1.lock", nil, 0o600); err != nil { // as after a kill
		t.Fatal(err)
	}
	others := screeningRun()
	others.Folder = "/others"
	underWay := beginScreening(t, log, others, false)
	defer release(t, underWay)
	next := beginScreening(t, log, screeningRun(), false)
	if err := next.Finish(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	release(t, next)
	if left, err := filepath.Glob(path + ".screening*"); err != nil || len(left) != 1 || filepath.Base(left[0]) != "cases.db.screening-2.lock" {
		t.Errorf("left are %q, error %v; want that of the run under way", left, err)
	}
}

func TestABusyDatabaseIsToldApart(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the database's patience")
	}
	path := filepath.Join(t.TempDir(), "cases.db")
	s := beginScreening(t, openLog(t, path), screeningRun(), false)
	other, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Record(context.Background(), []store.ScreenedFile{screenedFile("a.dcm", "a")}); !errors.Is(err, store.ErrBusy) {
		t.Errorf("error %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	recordFiles(t, s, screenedFile("a.dcm", "a"))
	if got := fmt.Sprint(screenedPaths(t, s)); got != "[ok a.dcm]" {
		t.Errorf("%s", got)
	}
}

func TestARunWhosePlaceWasTakenSaysSo(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	slow, quick := beginScreening(t, log, screeningRun(), false), beginScreening(t, log, screeningRun(), false)
	recordFiles(t, slow, screenedFile("a.dcm", "a"))
	recordFiles(t, quick, screenedFile("a.dcm", "a"), screenedFile("b.dcm", "b"))
	if err := quick.Finish(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	nothing := func(store.ScreenedFilm, []string, store.FileState) error { return nil }
	for name, err := range map[string]error{
		"recording": slow.Record(t.Context(), []store.ScreenedFile{screenedFile("b.dcm", "b")}),
		"reading":   slow.Films(t.Context(), nothing),
		"finishing": slow.Finish(t.Context(), time.Now()),
	} {
		if !errors.Is(err, store.ErrReplaced) {
			t.Errorf("%s: error %v, want %v", name, err, store.ErrReplaced)
		}
	}
	if got := screenedPaths(t, quick); len(got) != 2 {
		t.Errorf("the run that was completed has %q", got)
	}
}

func TestAFolderThatCanBeListedAtLastIsNoErrorAnyMore(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	run := screeningRun()
	first := beginScreening(t, log, run, false)
	unread := func(path string) store.ScreenedFile {
		return store.ScreenedFile{Path: path, Film: &store.ScreenedFilm{Status: "error", Reason: "not permitted", ScreenedAt: run.StartedAt.Add(time.Minute)}}
	}
	recordFiles(t, first, unread("locked"), unread("locked2"), unread("shut"))
	if err := first.Finish(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	release(t, first)
	run.StartedAt = run.StartedAt.Add(time.Hour)
	again := beginScreening(t, log, run, true)
	recordFiles(t, again, screenedFile(filepath.Join("locked", "a.dcm"), "a"))
	if err := again.Finish(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	want := []string{"ok " + filepath.Join("locked", "a.dcm"), "error locked2", "error shut"}
	if got := screenedPaths(t, again); !reflect.DeepEqual(got, want) {
		t.Errorf("the rows are %q, want %q", got, want)
	}
}
