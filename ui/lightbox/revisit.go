package lightbox

import (
	"context"
	"path/filepath"
	"slices"

	"pneumolight/store"
)

// Revisit puts a reviewed film on the box again, where its file still lies
// where it lay then and holds the same film.
func (l *Lightbox) Revisit(c store.Case) {
	if c.Path == "" {
		l.say(NoticeError, l.text("It is not known where this film's file lies: open it by hand."))
		return
	}
	l.start(TaskRevisit, l.text("Opening the film…"), func(ctx context.Context) func() {
		film, err := l.services.Films.Read(ctx, c.Path, c.Film.Frame)
		return func() {
			switch {
			case err != nil:
				l.say(NoticeError, l.text("The reviewed film cannot be opened where it lay:")+" "+l.fault(err))
			case film.SHA256 != c.Film.SHA256:
				l.say(NoticeError, l.text("This file is not the film any more that was reviewed:")+" "+c.Path)
			default:
				l.showPath(c.Path, c.Film.Frame)
			}
		}
	})
}

// showPath shows a frame of a film of the list, or opens the film in place of
// the list. The log has whole paths, the list those that it was opened by.
func (l *Lightbox) showPath(path string, frame int) {
	here, err := filepath.Abs(".")
	place := slices.IndexFunc(l.list, func(film Listed) bool {
		return film.Path == path || err == nil && !filepath.IsAbs(film.Path) && filepath.Join(here, film.Path) == path
	})
	if place < 0 {
		l.goTo = draftOf{path, frame}
		l.Open(path)
		return
	}
	l.goTo = draftOf{l.list[place].Path, frame}
	l.Show(place)
}

// goOn steps to the frame that was reviewed, once its film is on the box.
func (l *Lightbox) goOn() {
	to := l.goTo
	l.goTo = draftOf{}
	if to.path == l.filmPath {
		l.StepFrame(to.frame - l.film.Frame)
	}
}
