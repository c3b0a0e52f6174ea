package lightbox

import (
	"context"
	"slices"

	"pneumolight/render"
)

// readAhead decodes the films next to the one on the box, first the one in the
// direction in which the reader is going, and resamples them for the screen,
// so that switching to them takes no time.
func (l *Lightbox) readAhead() {
	width, height, first := l.width, l.height, l.firstWindow
	neighbours := l.neighbours()
	for path := range l.ahead {
		if !slices.Contains(neighbours, path) {
			delete(l.ahead, path)
		}
	}
	missing := slices.DeleteFunc(neighbours, func(path string) bool { return l.ahead[path] != nil })
	if len(missing) == 0 {
		l.nextThumbnail()
		return
	}
	l.start(TaskAhead, "", func(ctx context.Context) func() {
		for _, path := range missing {
			film, err := l.services.Films.Read(ctx, path)
			if err != nil {
				continue // it is told when the film is opened
			}
			loaded := load(film, first)
			loaded.prepaint(width, height)
			l.post(func() {
				if ctx.Err() == nil {
					l.keepAhead(path, loaded)
				}
			})
		}
		return l.nextThumbnail
	})
}

func (l *Lightbox) keepAhead(path string, loaded *loadedFilm) {
	if l.ahead == nil {
		l.ahead = map[string]*loadedFilm{}
	}
	l.ahead[path] = loaded
}

// prepaint resamples the film for a viewport as it will first be seen.
func (f *loadedFilm) prepaint(width, height int) {
	if width < 1 || height < 1 {
		return
	}
	var layers render.Layers
	if !f.film.IsColour() {
		layers.Greys = render.Greys(f.film.Table(f.first), false)
	}
	f.viewport.Paint(f.view().Fit(f.film, width, height), width, height, layers)
}

// view is the film's before it is fitted.
func (f *loadedFilm) view() render.View { return render.View{Scale: 1}.Middle(f.film) }

// neighbours are the paths of the films before and after the one on the box,
// the more likely one first.
func (l *Lightbox) neighbours() []string {
	var p []string
	step := 1
	if l.backwards {
		step = -1
	}
	for _, by := range []int{step, -step} {
		if k := l.neighbour(by); k >= 0 && !l.list[k].Failed {
			p = append(p, l.list[k].Path)
		}
	}
	return p
}
