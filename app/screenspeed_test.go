package main

import (
	"fmt"
	"image"
	"path/filepath"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"pneumolight/store"
)

// screenedFilms is how many large films the window screens while the drag is
// measured: so many that it is not through before the end.
const screenedFilms = 100

// BenchmarkDragWhileScreening counts the pictures that a reader sees while the
// left button drags window and level on a film of 3000×3000 pixels in 16 bits,
// first with the window at rest, then while it screens a folder of such films.
func BenchmarkDragWhileScreening(b *testing.B) {
	w := newWatch(b)
	folder := b.TempDir()
	pixels := enlarged(realChest(b))
	for k := range screenedFilms {
		writeLargeFilm(b, filepath.Join(folder, fmt.Sprintf("film%02d.dcm", k)), k, pixels)
	}
	alone := &figure{what: "window/level drag", unit: "frames/s-alone", target: 30}
	screening := &figure{what: "the same while a folder is screened", unit: "frames/s-screening", target: 30}
	for b.Loop() {
		home := b.TempDir()
		db := filepath.Join(home, "cases.db")
		p := w.launch(home, []string{released}, "--db", db, folder)
		w.shown("the first film is shown", func() bool { return w.showsFilm(0) })
		w.focus(w.window("Pneumolight"))
		w.idle(p)
		w.dragged(alone)
		w.key("Ctrl+S") // with Shift
		w.clickWhenThere(startRegion)
		w.until("the screening has begun", func() bool { return screenedIn(b, db) > 0 })
		w.dragged(screening)
		if n := screenedIn(b, db); n >= screenedFilms {
			b.Fatalf("all of %d films were screened before the last drag: nothing was measured", n)
		}
		w.close(p)
	}
	for _, f := range []*figure{alone, screening} {
		b.ReportMetric(f.median(), f.unit)
	}
	b.ReportMetric(0, "ns/op")
}

// dragged adds drags of three seconds each, a second apart.
func (w *watch) dragged(f *figure) {
	for range dragRuns {
		time.Sleep(time.Second)
		middle := image.Pt(600, 400)
		w.point(middle)
		w.fake(xproto.ButtonPress, 1, middle)
		n, took := w.frames(filmLine, func() { w.circle(middle, 3*time.Second) })
		w.fake(xproto.ButtonRelease, 1, middle)
		f.add(float64(n) / took.Seconds())
	}
}

// screenedIn is how many files the log's newest screening has recorded.
func screenedIn(b *testing.B, db string) int {
	b.Helper()
	log, err := store.Open(b.Context(), db)
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	runs, err := log.Screenings(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if len(runs) == 0 {
		return 0
	}
	return runs[0].Files
}
