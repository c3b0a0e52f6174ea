package store_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"pneumolight/store"
)

func TestEarlierScreeningsAreListedAndOpened(t *testing.T) {
	log, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "cases.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	first := beginScreening(t, log, screeningRun(), false)
	recordFiles(t, first, screenedFile("a.dcm", "a"), screenedFile("b.dcm", "b"))
	finished := time.Date(2026, 11, 23, 16, 0, 0, 0, time.UTC)
	if err := first.Finish(t.Context(), finished); err != nil {
		t.Fatal(err)
	}
	other := screeningRun()
	other.Folder = "/other films"
	second := beginScreening(t, log, other, false)
	recordFiles(t, second, screenedFile("c.dcm", "c"))

	list, err := log.Screenings(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, error %v", list, err)
	}
	if got := list[0]; got.ID != second.ID() || got.Folder != "/other films" || got.Files != 1 || !got.FinishedAt.IsZero() {
		t.Errorf("the newest is %+v", got)
	}
	if got := list[1]; got.ID != first.ID() || got.ScreeningRun != screeningRun() || got.Files != 2 || !got.FinishedAt.Equal(finished) {
		t.Errorf("the older one is %+v", got)
	}

	opened, err := log.Screening(t.Context(), first.ID())
	if err != nil {
		t.Fatal(err)
	}
	if got := screenedPaths(t, opened); len(got) != 2 || opened.Run() != screeningRun() {
		t.Errorf("opened, it holds %v of %+v", got, opened.Run())
	}
	if _, err := log.Screening(t.Context(), 77); !errors.Is(err, store.ErrNoScreening) {
		t.Errorf("one that never was: %v", err)
	}
}

func TestReviewedFilmsAreToldOnce(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	known := func() []string {
		var digests []string
		if err := log.ReviewedFilms(t.Context(), func(sha256 string) { digests = append(digests, sha256) }); err != nil {
			t.Fatal(err)
		}
		return digests
	}
	if got := known(); len(got) != 0 {
		t.Errorf("before any review: %v", got)
	}
	for range 2 {
		save(t, log, reviewed("b", store.VerdictAgree, ""))
	}
	if got := known(); len(got) != 1 || got[0] != reviewed("b", store.VerdictAgree, "").Film.SHA256 {
		t.Errorf("reviewed are %v", got)
	}
}
