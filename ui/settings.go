package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"pneumolight/triage"
	"pneumolight/ui/lightbox"
)

// The keys of what is kept from one start to the next, besides the keys and
// the recent films.
const (
	preferenceBlind       = "blind"
	preferenceFirstWindow = "first-window"
	preferenceHeat        = "heat"
	preferenceLanguage    = "language"
	preferenceOpacity     = "opacity"
	preferenceOverlays    = "overlays"
	preferencePalette     = "palette"
	preferenceDatabase    = "database"
	preferenceModel       = "model"
	preferenceThreads     = "threads"
	preferenceEnlarged    = "enlarged"
)

// Startup is what the reader has chosen for the next start, before there is a
// window.
type Startup struct {
	// Database is the path of the log; empty for the usual one.
	Database string
	// Model is empty for the shipped one, or [PaperModel].
	Model string
	// Threads is how many the model may use; 0 for one for each core.
	Threads int
	// Enlarged is how many times as large as usual everything but the films
	// is drawn.
	Enlarged float64
}

// sizes are the sizes of the window's texts on offer.
var sizes = []struct {
	name  string // English, to be translated
	times float64
}{
	{"Small", 0.9}, {"Usual", 1}, {"Large", 1.2}, {"Larger", 1.5}, {"Twice as large", 2},
}

// PaperModel names the second model that the program carries, the paper's
// network.
const PaperModel = "paper"

// StartupOf reads what the reader has chosen from an app's preferences.
func StartupOf(p fyne.Preferences) Startup {
	s := Startup{Database: p.String(preferenceDatabase), Model: p.String(preferenceModel), Threads: max(p.Int(preferenceThreads), 0), Enlarged: 1}
	for _, size := range sizes {
		if kept := p.Float(preferenceEnlarged); kept == size.times {
			s.Enlarged = kept
		}
	}
	return s
}

// restore takes up the settings of the last session.
func (w *Window) restore() {
	p := w.app.Preferences()
	w.box.SetBlind(p.Bool(preferenceBlind))
	w.box.SetFirstWindow(lightbox.FirstWindow(p.String(preferenceFirstWindow)))
	w.box.SetHeat(p.BoolWithFallback(preferenceHeat, w.box.HeatOn()))
	w.box.SetOpacity(p.FloatWithFallback(preferenceOpacity, w.box.Opacity()))
	w.box.SetLongestWait(time.Duration(max(p.IntWithFallback(preferenceWait, int(triage.DefaultLongestWait.Minutes())), 1)) * time.Minute)
	w.film.overlays = overlays(min(max(p.Int(preferenceOverlays), 0), int(overlaysStates)-1))
	w.prior.overlays = w.film.overlays
	w.conceal()
	w.restored = true
}

// keepHeat keeps how the heat map is shown.
func (w *Window) keepHeat() {
	if !w.restored {
		return
	}
	p := w.app.Preferences()
	if p.BoolWithFallback(preferenceHeat, true) != w.box.HeatOn() {
		p.SetBool(preferenceHeat, w.box.HeatOn())
	}
	if p.Float(preferenceOpacity) != w.box.Opacity() {
		p.SetFloat(preferenceOpacity, w.box.Opacity())
	}
}
