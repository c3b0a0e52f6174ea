package lightbox

import (
	"context"
	"slices"
	"time"

	"pneumolight/dicomio"
	"pneumolight/render"
)

// readAhead decodes the films next to the one on the box, first the one in the
// direction in which the reader is going, and resamples them for the screen,
// so that switching to them takes no time.
func (l *Lightbox) readAhead() {
	width, height, first := l.width, l.height, l.firstWindow
	neighbours := l.neighbours()
	for path := range l.ahead {
		if !slices.ContainsFunc(neighbours, func(n wanted) bool { return n.path == path }) {
			delete(l.ahead, path)
		}
	}
	missing := slices.DeleteFunc(neighbours, func(n wanted) bool { return l.ahead[n.path] != nil })
	if len(missing) == 0 {
		l.nextThumbnail()
		return
	}
	seen := l.unseen
	l.start(TaskAhead, "", func(ctx context.Context) func() {
		giveWay(ctx, seen)
		for _, next := range missing {
			film, err := l.services.Films.Read(ctx, next.path, 1)
			if err != nil {
				l.post(func() {
					if ctx.Err() == nil {
						l.setFailed(next.place, next.path, true)
					}
				})
				continue // why is told when the film is opened
			}
			loaded := prepare(film, first)
			loaded.prepaint(width, height)
			reviewed := l.reviewed(ctx, film)
			l.post(func() {
				if ctx.Err() != nil {
					return
				}
				l.keepAhead(next.path, loaded)
				if reviewed {
					l.progress(next.place, next.path, Reviewed)
				}
			})
		}
		return l.nextThumbnail
	})
}

// longestWait is how long work gives way to a film's first picture: a window
// that nobody sees is not painted.
const longestWait = 300 * time.Millisecond

// giveWay waits until a film is on the screen, so that its picture does not
// have to share the processors with the work that follows; nil does not wait.
func giveWay(ctx context.Context, seen <-chan struct{}) {
	if seen == nil {
		return
	}
	select {
	case <-seen:
	case <-ctx.Done():
	case <-time.After(longestWait):
	}
}

func (l *Lightbox) keepAhead(path string, loaded *loadedFilm) {
	if l.ahead == nil {
		l.ahead = map[string]*loadedFilm{}
	}
	l.ahead[path] = loaded
	l.keepThumbnail(path, loaded.small)
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

// reviewed asks the log for a film that is not on the box. Its errors are told
// when the film is opened.
func (l *Lightbox) reviewed(ctx context.Context, film *dicomio.Film) bool {
	reviews, err := l.services.Log.Reviews(ctx, film.SHA256, film.Frame)
	return err == nil && len(reviews) > 0
}

// neighbours are the films before and after the one on the box,
// the more likely one first.
func (l *Lightbox) neighbours() []wanted {
	var n []wanted
	step := 1
	if l.backwards {
		step = -1
	}
	for _, by := range []int{step, -step} {
		if k := l.neighbour(by); k >= 0 && !l.list[k].Failed {
			n = append(n, wanted{k, l.list[k].Path})
		}
	}
	return n
}
