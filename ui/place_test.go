package ui

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestAWindowIsPutOntoAMonitorThatIsThere(t *testing.T) {
	large, right := image.Rect(0, 30, 1920, 1080), image.Rect(1920, 0, 3200, 800)
	for _, c := range []struct {
		what   string
		window image.Rectangle
		areas  []image.Rectangle
		want   image.Rectangle
	}{
		{"it lies well", image.Rect(100, 100, 900, 700), []image.Rectangle{large, right}, image.Rect(100, 100, 900, 700)},
		{"on the other monitor", image.Rect(2000, 50, 2800, 650), []image.Rectangle{large, right}, image.Rect(2000, 50, 2800, 650)},
		{"the other monitor is gone", image.Rect(2000, 50, 2800, 650), []image.Rectangle{large}, image.Rect(1120, 50, 1920, 650)},
		{"left of everything", image.Rect(-5000, -90, -4200, 510), []image.Rectangle{large}, image.Rect(0, 30, 800, 630)},
		{"larger than the monitor", image.Rect(0, 0, 2560, 1600), []image.Rectangle{right}, right},
		{"mostly on the right", image.Rect(1800, 300, 2600, 1000), []image.Rectangle{large, right}, image.Rect(1920, 100, 2720, 800)},
	} {
		if got := fitted(c.window, c.areas); got != c.want {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
}

// screens are a desktop with one window on it.
type screens struct {
	areas  []image.Rectangle
	bounds image.Rectangle
}

func (s *screens) Areas() []image.Rectangle { return s.areas }

func (s *screens) Painted() NativeWindow { return s }

func (s *screens) Bounds() image.Rectangle { return s.bounds }

func (s *screens) Move(to image.Point) { s.bounds = s.bounds.Add(to.Sub(s.bounds.Min)) }

func TestAWindowComesBackWhereItWas(t *testing.T) {
	app := test.NewTempApp(t)
	area := image.Rect(0, 0, 1280, 800)
	window := func(s *screens) *placed {
		return &placed{window: app.NewWindow(""), prefix: "second-", usual: fyne.NewSize(900, 900), desktop: s}
	}
	first := &screens{areas: []image.Rectangle{area}, bounds: image.Rect(0, 0, 900, 900)}
	p := window(first)
	p.painted()
	p.show(app.Preferences(), image.Rectangle{})
	if got := p.window.Canvas().Size(); got != fyne.NewSize(900, 800) {
		t.Errorf("on a monitor 800 high it has %v", got)
	}
	first.bounds = image.Rect(0, 0, 900, 800)
	first.Move(image.Pt(130, 0))
	p.keep(app.Preferences())

	again := &screens{areas: first.areas, bounds: image.Rect(0, 0, 900, 800)}
	p = window(again)
	p.painted()
	p.show(app.Preferences(), area)
	if again.bounds.Min != image.Pt(130, 0) || p.window.Canvas().Size() != fyne.NewSize(900, 800) {
		t.Errorf("it comes back at %v with %v", again.bounds.Min, p.window.Canvas().Size())
	}
}

func TestASecondWindowOpensOnAnotherMonitor(t *testing.T) {
	app := test.NewTempApp(t)
	left, right := image.Rect(0, 0, 1280, 800), image.Rect(1280, 0, 3200, 1200)
	s := &screens{areas: []image.Rectangle{left, right}, bounds: image.Rect(10, 10, 910, 710)}
	p := &placed{window: app.NewWindow(""), usual: fyne.NewSize(900, 700), desktop: s}
	p.painted()
	p.show(app.Preferences(), image.Rect(0, 0, 1280, 800))
	if s.bounds != image.Rect(1790, 250, 2690, 950) {
		t.Errorf("it opens at %v", s.bounds)
	}
}
