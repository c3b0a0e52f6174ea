package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recorded is a log with a screening of so many films.
func recorded(b *testing.B, films int) (*Log, *Screening) {
	b.Helper()
	log, err := Open(b.Context(), filepath.Join(b.TempDir(), "cases.db"))
	if err != nil {
		b.Fatal(err)
	}
	s, err := log.BeginScreening(b.Context(), ScreeningRun{
		Folder: "/films", ModelName: "first", ModelVersion: "0.1.0", ModelSHA256: strings.Repeat("f", 64), Threshold: 0.3,
		StartedAt: time.Now(),
	}, false)
	if err != nil {
		b.Fatal(err)
	}
	for from := 0; from < films; from += 256 {
		if err := s.Record(b.Context(), screenedFilms(from, min(256, films-from))); err != nil {
			b.Fatal(err)
		}
	}
	return log, s
}

func screenedFilms(from, n int) []ScreenedFile {
	probability := 0.25
	files := make([]ScreenedFile, n)
	for k := range files {
		digest := fmt.Sprintf("%064x", (from+k)*2654435761)
		files[k] = ScreenedFile{
			Path: fmt.Sprintf("study-%06d/film-%06d.dcm", from+k, from+k), SHA256: digest,
			FileState: FileState{Bytes: 18_000_000, Modified: time.Now()},
			Film: &ScreenedFilm{
				SHA256: digest, Status: "ok", Codes: "no-tags", Probability: &probability, Call: "normal",
				Width: 3000, Height: 3000, StudyUID: "1.2.826.0.1.3680043.8.498." + digest[:30],
				SeriesUID: "1.2.826.0.1.3680043.8.498.1" + digest[:30], InstanceUID: "1.2.826.0.1.3680043.8.498.2" + digest[:30],
				Read: 40 * time.Millisecond, Infer: 20 * time.Millisecond, ScreenedAt: time.Now(),
			},
		}
	}
	return files
}

// BenchmarkChecks says what the checks of a log of 100,000 screened films cost.
func BenchmarkChecks(b *testing.B) {
	log, _ := recorded(b, 100_000)
	defer log.Close()
	for _, check := range []string{"quick_check(1)", "integrity_check(1)"} {
		b.Run(check, func(b *testing.B) {
			for b.Loop() {
				var found string
				if err := log.db.QueryRow(`PRAGMA ` + check).Scan(&found); err != nil || found != "ok" {
					b.Fatal(found, err)
				}
			}
		})
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if v, err := log.Verify(b.Context()); err != nil || len(v.Flaws) > 0 || v.Head.Rows < 100_000 {
				b.Fatal(v, err)
			}
		}
	})
}

// BenchmarkRecord says what a film costs in a screening's journal, and how much
// of that is its row of the audit.
func BenchmarkRecord(b *testing.B) {
	const batch = 256
	b.Run("film with audit row", func(b *testing.B) {
		_, s := recorded(b, 10_000)
		defer s.log.Close()
		for k := 0; b.Loop(); k++ {
			if err := s.Record(b.Context(), screenedFilms(10_000+k*batch, batch)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/film")
	})
	b.Run("audit row alone", func(b *testing.B) {
		log, s := recorded(b, 10_000)
		defer log.Close()
		events := make([]Event, batch)
		for k, file := range screenedFilms(0, batch) {
			events[k] = s.read(*file.Film)
		}
		for b.Loop() {
			if err := log.Append(b.Context(), events...); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/film")
	})
}
