package lightbox

import (
	"context"
	"errors"
	"image"

	"pneumolight/dicomio"
	"pneumolight/render"
)

// loadedFilm is a film with what has to be computed from all of its pixels
// before it can be shown.
type loadedFilm struct {
	film     *dicomio.Film
	viewport *render.Viewport
	first    dicomio.Window
	by       FirstWindow // what first goes by
	full     dicomio.Window
	presets  []dicomio.Window
	small    *image.RGBA // its thumbnail, which is dear to make another time
}

// load reads a film in place of what the task was reading; then is called with
// it, or failed with what is wrong with it. Neither is called where the task is
// stopped.
func (l *Lightbox) load(task Task, label, path string, frame int, then func(*loadedFilm), failed func(error)) {
	first := l.firstWindow
	l.start(task, label, func(ctx context.Context) func() {
		film, err := l.services.Films.Read(ctx, path, frame)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		if err != nil {
			return func() { failed(err) }
		}
		loaded := prepare(film, first)
		return func() { then(loaded) }
	})
}

// prepare computes what a film needs to be shown.
func prepare(film *dicomio.Film, first FirstWindow) *loadedFilm {
	loaded := &loadedFilm{film: film, viewport: render.NewViewport(film), small: thumbnail(film), by: first}
	if !film.IsColour() {
		loaded.first, loaded.full, loaded.presets = first.of(film), film.FullWindow(), film.Presets()
	}
	return loaded
}

// FirstWindow is through which window a film is first seen.
type FirstWindow string

// The first windows.
const (
	// FirstAsFile is the file's own window, the rule for reading.
	FirstAsFile FirstWindow = ""
	FirstFull   FirstWindow = "full"
	FirstAuto   FirstWindow = "auto"
)

func (w FirstWindow) of(film *dicomio.Film) dicomio.Window {
	switch w {
	case FirstFull:
		return film.FullWindow()
	case FirstAuto:
		return film.PercentileWindow(autoLow, autoHigh)
	}
	return film.DefaultWindow()
}

// SetFirstWindow chooses through which window the films opened from now on
// are first seen.
func (l *Lightbox) SetFirstWindow(w FirstWindow) {
	l.firstWindow = w
	l.ahead = nil
	if l.film != nil {
		l.readAhead()
	}
}
