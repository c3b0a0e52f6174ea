package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// choices are the drop-down lists of what is shown over the film.
func choices(d *desk) []*widget.Select {
	var found []*widget.Select
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Select:
			found = append(found, o)
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		}
	}
	walk(d.window.Canvas().Overlays().Top())
	return found
}

func TestWhatIsChosenForTheNextStartIsThere(t *testing.T) {
	t.Cleanup(func() { choosePalette("") })
	d := newDesk(t)
	if got := StartupOf(d.app.Preferences()); got != (Startup{Enlarged: 1}) {
		t.Errorf("at first there is %+v", got)
	}
	d.Do("film.settings")
	for _, s := range choices(d) {
		s.SetSelectedIndex(len(s.Options) - 1)
	}
	if got := StartupOf(d.app.Preferences()); got.Threads < 1 {
		t.Errorf("the next start has %d threads", got.Threads)
	}
	if got := StartupOf(d.app.Preferences()).Enlarged; got != 2 {
		t.Errorf("the next start is enlarged %v times", got)
	}
	again := New(d.app, Services{Films: d.reader, Analyser: d.reader, Log: d.reader, Post: func(f func()) { d.queue <- f }})
	t.Cleanup(again.box.Close)
	if last := palettes[len(palettes)-1]; colourPanel != last.panel {
		t.Error("the next start has not the palette that was chosen")
	}
}
