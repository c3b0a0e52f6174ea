package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/store"
)

func TestTheFirstImpressionIsTheOneThatCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	log.Record(store.ImpressionGiven(a, 1, "pneumonia"))
	log.Record(store.ImpressionGiven(a, 1, "normal"))
	log.Record(store.ImpressionGiven(a, 2, "uncertain"))
	shown := reviewed("b", store.VerdictAgree, "")
	shown.Review.Impression = ""
	save(t, log, shown)
	save(t, log, reviewed("b", store.VerdictDisagree, ""))
	if err := log.Close(); err != nil { // which writes what was recorded
		t.Fatal(err)
	}
	log = openLog(t, path)
	for _, f := range []struct {
		film  string
		frame int
		want  string
		known bool
	}{{a, 1, "pneumonia", true}, {a, 2, "uncertain", true}, {b, 1, "", true}, {c, 1, "", false}, {a, 3, "", false}} {
		got, known, err := log.FirstImpression(t.Context(), f.film, f.frame)
		if err != nil || got != f.want || known != f.known {
			t.Errorf("frame %d of %.4s…: %q, %v, error %v; want %q, %v", f.frame, f.film, got, known, err, f.want, f.known)
		}
	}
}
