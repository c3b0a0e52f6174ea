package main

import (
	"fmt"
	"image"
	"math"
	"os"
	"slices"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/jezek/xgb/xproto"

	"pneumolight/inference"
)

// How often each figure is taken.
const (
	dragRuns  = 5
	startRuns = 7
)

// figure is one line of the table: what was measured, several times.
type figure struct {
	what   string
	unit   string
	values []float64
	target float64
	// most is set where the target is a bound from above.
	most bool
}

func (f *figure) add(v float64) { f.values = append(f.values, v) }

// addTime adds milliseconds.
func (f *figure) addTime(d time.Duration) { f.add(float64(d.Microseconds()) / 1000) }

// median and best are those of the values.
func (f *figure) median() float64 {
	sorted := slices.Sorted(slices.Values(f.values))
	return sorted[len(sorted)/2]
}

func (f *figure) best() float64 {
	if f.most {
		return slices.Min(f.values)
	}
	return slices.Max(f.values)
}

// bound writes the target as a bound; empty where there is none.
func (f *figure) bound() string {
	switch {
	case f.target == 0:
		return ""
	case f.most:
		return fmt.Sprintf("≤ %g", f.target)
	}
	return fmt.Sprintf("≥ %g", f.target)
}

// verdict says whether the median keeps to the target.
func (f *figure) verdict() string {
	switch {
	case f.target == 0:
		return ""
	case f.most == (f.median() <= f.target):
		return "yes"
	}
	return "no"
}

// BenchmarkWindow measures the real window, from outside, with ten films of
// 3000×3000 pixels in 16 bits under software GL, and prints a table of what
// was measured against what it should be.
func BenchmarkWindow(b *testing.B) {
	w := newWatch(b)
	folder := makeLargeFilms(b)
	var table []*figure
	for _, part := range []struct {
		name    string
		measure func(*testing.B, *watch, string) []*figure
	}{{"start", measureStart}, {"drag", measureDrag}, {"switch", measureSwitch}} {
		b.Run(part.name, func(b *testing.B) {
			var figures []*figure
			for b.Loop() {
				figures = part.measure(b, w.of(b), folder)
			}
			for _, f := range figures {
				b.ReportMetric(f.median(), f.unit)
			}
			b.ReportMetric(0, "ns/op")
			table = append(table, figures...)
		})
	}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "\nfigure\tunit\tmedian\tbest\truns\ttarget\tkept\n")
	for _, f := range table {
		fmt.Fprintf(out, "%s\t%s\t%.0f\t%.0f\t%d\t%s\t%s\n", f.what, f.unit, f.median(), f.best(), len(f.values), f.bound(), f.verdict())
	}
	fmt.Fprintln(out)
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
}

func (w *watch) of(b *testing.B) *watch {
	other := *w
	other.desktop = w.desktop.of(b)
	return &other
}

// grey is the screen's at a place.
func (w *watch) grey(at image.Point) uint8 {
	return w.see(image.Rectangle{at, at.Add(image.Pt(1, 1))}).Pix[1]
}

// Where the window at 1280×800 shows a badge, and a line across the film.
var (
	badgeAt   = image.Pt(282, 404)
	filmLine  = image.Rect(400, 400, 900, 401)
	panelBack = image.Pt(1276, 790)
)

// showsFilm reports whether a large film is on the screen.
func (w *watch) showsFilm(k int) bool {
	return math.Abs(float64(w.grey(badgeAt))-float64(badgeGrey(k))) <= 6
}

// mostDelay is how much later than without a model, in milliseconds, the first
// film's picture may be with one: less than what a reader sees.
const mostDelay = 100

// measureStart takes the times from the program's start to its window, to the
// film's picture, with a model and without, and to what the model says of it.
func measureStart(b *testing.B, w *watch, folder string) []*figure {
	window := &figure{what: "start to the window painted", unit: "ms/window", target: 700, most: true}
	picture := &figure{what: "start to the film's picture", unit: "ms/picture", most: true}
	without := &figure{what: "the same without a model", unit: "ms/picture-without-model", most: true}
	delay := &figure{what: "the model's delay of the picture", unit: "ms/delay", target: mostDelay, most: true}
	judged := &figure{what: "start to the model's judgement", unit: "ms/judged", most: true}
	home := b.TempDir()
	for k := range 2 * startRuns {
		environment := []string{released}
		if k%2 == 1 {
			environment = append(environment, inference.LibraryVariable+"=/nowhere")
		}
		w.until("the screen is empty", func() bool { return w.grey(panelBack) == 0 })
		w.forget()
		start := time.Now()
		p := w.launch(home, environment, folder)
		painted := w.shown("the window is painted", func() bool { return w.grey(panelBack) != 0 })
		shown := w.shown("the film is shown", func() bool { return w.showsFilm(0) })
		if k%2 == 0 {
			window.addTime(painted.Sub(start))
			picture.addTime(shown.Sub(start))
			judged.addTime(w.lastChange(p, modelRegion).Sub(start))
		} else {
			without.addTime(shown.Sub(start))
			// One start beside the next: the machine's mood is much the same.
			delay.add(picture.values[k/2] - without.values[k/2])
		}
		w.idle(p)
		w.close(p)
	}
	return []*figure{window, picture, without, delay, judged}
}

// released runs the program as users have it.
const released = runVariable + "=" + asReleased

// open starts the program with a folder of large films and waits for the first
// one's picture.
func (w *watch) open(home, folder string) *program {
	w.Helper()
	p := w.launch(home, []string{released}, folder)
	w.shown("the first film is shown", func() bool { return w.showsFilm(0) })
	w.focus(w.window("Pneumolight"))
	w.idle(p)
	return p
}

// measureDrag counts the pictures that a reader sees while the left button
// drags window and level, with the heat map over the film and without.
func measureDrag(b *testing.B, w *watch, folder string) []*figure {
	p := w.open(b.TempDir(), folder)
	drag := &figure{what: "window/level drag", unit: "frames/s", target: 30}
	for range dragRuns {
		middle := image.Pt(600, 400)
		w.point(middle)
		w.fake(xproto.ButtonPress, 1, middle)
		n, took := w.frames(filmLine, func() { w.circle(middle, 3*time.Second) })
		w.fake(xproto.ButtonRelease, 1, middle)
		w.key("1")
		w.idle(p)
		drag.add(float64(n) / took.Seconds())
	}
	w.close(p)
	return []*figure{drag}
}

// circle moves the mouse round a point as fast as a mouse reports, 125 times a
// second.
func (w *watch) circle(middle image.Point, whole time.Duration) {
	tick := time.NewTicker(8 * time.Millisecond)
	defer tick.Stop()
	for start := time.Now(); time.Since(start) < whole; <-tick.C {
		sin, cos := math.Sincos(time.Since(start).Seconds() * 2 * math.Pi)
		w.point(middle.Add(image.Pt(int(60*cos), int(120*sin))))
	}
}

// measureSwitch visits all films, waiting before each as a reader does who
// looks at the one before, and then what the program holds.
func measureSwitch(b *testing.B, w *watch, folder string) []*figure {
	p := w.open(b.TempDir(), folder)
	figures := make([]*figure, len(codings))
	for k, c := range codings {
		figures[k] = &figure{what: "key to the neighbour's picture, " + c.name, unit: fmt.Sprintf("ms/switch-%d", k), target: 50, most: true}
	}
	visit := func(k int, key string) {
		w.idle(p)
		w.forget()
		start := time.Now()
		w.key(key)
		shown := w.shown(fmt.Sprintf("film %d is shown", k), func() bool { return w.showsFilm(k) })
		figures[k%len(codings)].addTime(shown.Sub(start))
	}
	for k := 1; k < largeFilms; k++ {
		visit(k, "Down")
	}
	w.idle(p)
	m := memoryOf(b, p)
	for k := largeFilms - 2; k >= 0; k-- {
		visit(k, "Up")
	}
	w.close(p)
	return append(figures,
		&figure{what: "memory after ten films, at its peak", unit: "MiB", values: []float64{m.peak}, target: 400, most: true},
		&figure{what: "memory after ten films", unit: "MiB-after", values: []float64{m.resident}, target: 400, most: true},
		&figure{what: "of it the software renderer's libraries", unit: "MiB-renderer", values: []float64{m.graphics}, most: true})
}
