package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pneumolight/triage"
	"pneumolight/ui/lightbox"
)

// The keys of what is kept from one start to the next, besides the keys and
// the recent films.
const (
	preferenceBlind       = "blind"
	preferenceWidth       = "width"
	preferenceHeight      = "height"
	preferenceFirstWindow = "first-window"
	preferenceHeat        = "heat"
	preferenceLanguage    = "language"
	preferenceOpacity     = "opacity"
	preferenceOverlays    = "overlays"
)

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

// keepSize keeps the window's size. Fyne does not tell where a window is, so
// that its place is left to the desktop.
func (w *Window) keepSize() {
	if w.window.FullScreen() {
		return
	}
	size := w.window.Canvas().Size()
	w.app.Preferences().SetFloat(preferenceWidth, float64(size.Width))
	w.app.Preferences().SetFloat(preferenceHeight, float64(size.Height))
}

// keptSize is the size of the last session, unless it makes no sense.
func (w *Window) keptSize() fyne.Size {
	p := w.app.Preferences()
	width := p.FloatWithFallback(preferenceWidth, windowWidth)
	height := p.FloatWithFallback(preferenceHeight, windowHeight)
	if !(width >= 640 && width <= 16384 && height >= 480 && height <= 16384) {
		width, height = windowWidth, windowHeight
	}
	return fyne.NewSize(float32(width), float32(height))
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

// showSettings offers what can be chosen. Each choice takes effect at once,
// but for the language.
func (w *Window) showSettings() {
	p := w.app.Preferences()
	blind := newCheck(tr("The model waits for my first impression"), func(on bool) {
		p.SetBool(preferenceBlind, on)
		w.box.SetBlind(on)
	})
	blind.Checked = w.box.Blind()

	windows := []lightbox.FirstWindow{lightbox.FirstAsFile, lightbox.FirstFull, lightbox.FirstAuto}
	names := []string{tr("As the file asks"), tr("Full range"), tr("Automatic, by percentiles")}
	window := widget.NewSelect(names, nil)
	for k, first := range windows {
		if first == lightbox.FirstWindow(p.String(preferenceFirstWindow)) {
			window.SetSelectedIndex(k)
		}
	}
	window.OnChanged = func(string) {
		first := windows[window.SelectedIndex()]
		p.SetString(preferenceFirstWindow, string(first))
		w.box.SetFirstWindow(first)
	}

	codes, languageNames := []string{""}, []string{tr("The system's")}
	for _, l := range languages {
		codes, languageNames = append(codes, l.code), append(languageNames, l.name)
	}
	language := widget.NewSelect(languageNames, nil)
	language.SetSelectedIndex(0)
	for k, code := range codes {
		if code == p.String(preferenceLanguage) {
			language.SetSelectedIndex(k)
		}
	}
	restart := small()
	language.OnChanged = func(string) {
		p.SetString(preferenceLanguage, codes[language.SelectedIndex()])
		restart.SetText(tr("The language changes at the next start."))
	}

	keys := newButton(tr("Keys…"), nil, func() { w.reading.Hide(); w.showKeys() })
	form := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Reading")), blind,
		widget.NewLabel(tr("First window")), window,
		widget.NewLabel(tr("Language")), language,
		widget.NewLabel(""), restart,
		widget.NewLabel(tr("Keyboard")), container.NewHBox(keys),
	)
	w.show(tr("Settings"), form)
}
