package ui

import (
	"image"

	"fyne.io/fyne/v2"
)

// second is a window for another monitor: the film on the box alone, as large
// as the monitor allows, looked at as in the main window.
type second struct {
	window fyne.Window
	placed placed
	film   *filmView
}

// toggleSecond opens the second window, or closes it.
func (w *Window) toggleSecond() {
	if w.second != nil {
		w.second.window.Close()
		return
	}
	s := &second{window: w.app.NewWindow("Pneumolight 2"), film: newFilmView(w.box, roleMirror)}
	s.film.overlays = w.film.overlays
	s.film.keys = func(key stroke) bool {
		if w.keys.owner[key] == "view.full" {
			s.window.SetFullScreen(!s.window.FullScreen())
			return true
		}
		return w.typed(key)
	}
	s.film.shortcut = func(shortcut fyne.Shortcut) { s.film.keys(shortcutStroke(shortcut)) }
	s.film.maximise = func() { s.window.SetFullScreen(!s.window.FullScreen()) }
	s.window.SetContent(s.film)
	s.window.SetPadded(false)
	s.placed = placed{window: s.window, prefix: "second-", usual: fyne.NewSize(900, 900), desktop: w.services.Desktop}
	s.film.painted = s.placed.painted
	s.window.SetOnClosed(func() {
		s.placed.keep(w.app.Preferences())
		w.second = nil
	})
	s.window.Canvas().SetOnTypedRune(s.film.TypedRune)
	s.window.Canvas().SetOnTypedKey(s.film.TypedKey)
	s.window.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.Drop(uris) })
	w.second = s
	var away image.Rectangle
	if w.placed.native != nil {
		away = w.placed.native.Bounds()
	}
	s.placed.show(w.app.Preferences(), away)
}
