package ui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pneumolight/screening"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// ward is a screener whose folder holds films of our making. It goes on to the
// next batch when it is told to.
type ward struct {
	mu     sync.Mutex
	runs   []store.ScreeningSummary
	films  map[int64][]store.ScreenedFile
	next   chan []store.ScreenedFile // closed at the folder's end
	err    error
	orders []lightbox.ScreenOrder
}

func newWard() *ward {
	return &ward{films: map[int64][]store.ScreenedFile{}, next: make(chan []store.ScreenedFile)}
}

func (w *ward) Root(path string) (string, error) { return path, nil }

func (w *ward) Screen(ctx context.Context, order lightbox.ScreenOrder) (screening.Progress, error) {
	w.mu.Lock()
	w.orders = append(w.orders, order)
	if w.err != nil {
		w.mu.Unlock()
		return screening.Progress{}, w.err
	}
	run := store.ScreeningSummary{ID: int64(len(w.runs) + 1), ScreeningRun: store.ScreeningRun{
		Folder: order.Folder, ModelName: "small", ModelVersion: "1.2", ModelSHA256: strings.Repeat("c", 64), Threshold: 0.4, StartedAt: time.Now(),
	}}
	w.runs = append([]store.ScreeningSummary{run}, w.runs...)
	w.mu.Unlock()
	order.Begun(run)
	var p screening.Progress
	for {
		select {
		case files, more := <-w.next:
			if !more {
				p.Complete, p.Total = true, p.Done
				return p, nil
			}
			w.mu.Lock()
			w.films[run.ID] = append(w.films[run.ID], files...)
			w.mu.Unlock()
			p.Done += len(files)
			p.Total, p.Rate, p.Left = p.Done+100, 12.34, 3*time.Minute
			order.Recorded(files)
			order.Progress(p)
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
}

func (w *ward) Screenings(context.Context) ([]store.ScreeningSummary, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	runs := append([]store.ScreeningSummary{}, w.runs...)
	for k := range runs {
		runs[k].Files = len(w.films[runs[k].ID])
	}
	return runs, w.err
}

func (w *ward) Films(_ context.Context, id int64, visit func(store.ScreenedFilm, []string, store.FileState) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, file := range w.films[id] {
		if err := visit(*file.Film, []string{file.Path}, file.FileState); err != nil {
			return err
		}
	}
	return nil
}

func (w *ward) Reviewed(context.Context, int64, func(string)) error { return nil }

// screened is a film that came out with a probability; with one below zero,
// refused.
func screened(path string, probability float64) store.ScreenedFile {
	film := store.ScreenedFilm{SHA256: fmt.Sprintf("%064x", path), Status: "ok", Call: "pneumonia", Probability: &probability, ScreenedAt: time.Now()}
	switch {
	case probability < 0:
		film.Status, film.Call, film.Probability, film.Reason = "refused", "", nil, "This is a lateral film."
	case probability < 0.3:
		film.Call = "normal"
	case probability < 0.5:
		film.Call = "uncertain"
	}
	return store.ScreenedFile{Path: path, SHA256: film.SHA256, Film: &film}
}

func (d *desk) until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case f := <-d.queue:
			f()
		case <-deadline:
			t.Fatalf("waited in vain until %s; the bar says %q, the triage %q", what, d.screen.text.Text, d.triage.rest.Text)
		}
	}
}

func TestAFolderIsScreenedWhileItsTriageFills(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/folder")
	d.Do("screen.here")
	d.until(t, "it is asked whether to screen", func() bool { return d.screen.start.Visible() })
	d.box.StartScreen(false)
	d.Do("screen.triage")
	for n := range 5 {
		d.ward.next <- []store.ScreenedFile{screened(fmt.Sprintf("%d.dcm", n), 0.9-float64(n)/10)}
		d.until(t, "the film is in the triage", func() bool { return d.triage.counts["suspicious"].Text == fmt.Sprintf("Suspicious %d", min(n+1, 4)) })
	}
}
