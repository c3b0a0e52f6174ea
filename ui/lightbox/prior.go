package lightbox

import (
	"image"

	"pneumolight/dicomio"
	"pneumolight/render"
	"pneumolight/store"
)

// prior is an earlier film beside the one on the box.
type prior struct {
	*loadedFilm
	greys []uint8
}

// Prior is the film beside the one on the box; nil where there is none.
func (l *Lightbox) Prior() *dicomio.Film {
	if l.prior.loadedFilm == nil {
		return nil
	}
	return l.prior.film
}

// Compare shows the patient's latest earlier film of the list beside the one
// on the box, or takes the prior away where there is one.
func (l *Lightbox) Compare() {
	if l.prior.loadedFilm != nil || l.Busy(TaskPrior) {
		l.DropPrior()
		return
	}
	if l.film == nil {
		return
	}
	place := l.earlierFilm()
	if place < 0 {
		l.say(NoticeQuiet, l.text("There is no earlier film of this patient in the list; choose one with File, Compare with a film."))
		return
	}
	l.CompareWith(l.list[place].Path)
}

// CompareWith shows a film beside the one on the box.
func (l *Lightbox) CompareWith(path string) {
	if l.film == nil {
		return
	}
	l.answered()
	l.load(TaskPrior, l.text("Opening the prior film…"), path, 1, func(loaded *loadedFilm) {
		l.prior = prior{loadedFilm: loaded}
		l.services.Log.Record(store.FilmOpened(loaded.film.SHA256, loaded.film.Frame))
		l.retable()
		l.changed(ChangedPrior | ChangedLook)
	}, l.complain)
}

// DropPrior takes the prior away.
func (l *Lightbox) DropPrior() {
	l.stop(TaskPrior)
	if l.prior.loadedFilm != nil {
		l.prior = prior{}
		l.changed(ChangedPrior | ChangedLook)
	}
}

// earlierFilm is the place of the same patient's film before this one that is
// most like it; -1 where the list has none. A film of the same projection comes
// before others, one of another study before one of the same, where it may be
// another try; then the later one does, and of a study the one with the very
// same view.
func (l *Lightbox) earlierFilm() int {
	best := -1
	if l.place < 0 {
		return best
	}
	now := l.list[l.place]
	for k, other := range l.list {
		if other.Failed || !samePatient(other, now) || !before(other.Taken, now.Taken) {
			continue
		}
		alike := other.Projection == now.Projection && now.Projection != dicomio.ProjectionUnknown
		if sameStudy(other, now) && !alike {
			continue // another view of the examination is no prior of it
		}
		if best < 0 || now.likerPrior(other, l.list[best]) {
			best = k
		}
	}
	return best
}

// likerPrior reports whether a is the better prior of a film than b.
func (f Listed) likerPrior(a, b Listed) bool {
	if a, b := f.likeness(a), f.likeness(b); a != b {
		return a > b
	}
	if a, b := sameStudy(f, a), sameStudy(f, b); a != b {
		return b
	}
	if sameStudy(a, b) && (a.View == f.View) != (b.View == f.View) {
		return a.View == f.View
	}
	return a.Taken > b.Taken
}

// likeness is how alike the projections of two films are, from 0.
func (f Listed) likeness(other Listed) int {
	switch {
	case f.Projection == dicomio.ProjectionUnknown || other.Projection == dicomio.ProjectionUnknown:
		return 1 // perhaps alike
	case f.Projection == other.Projection:
		return 2
	}
	return 0
}

// sameStudy reports whether two films of a patient are of one study, or of one
// day where the files name no study.
func sameStudy(a, b Listed) bool {
	return a.StudyUID == b.StudyUID && (a.StudyUID != "" || a.Date == b.Date)
}

// before reports whether a film was taken before another, as far as their
// times say: a day without a time is neither before nor after that day.
func before(a, b string) bool {
	if len(a) < 8 || len(b) < 8 {
		return false
	}
	if a[:8] != b[:8] {
		return a[:8] < b[:8]
	}
	return len(a) == len(b) && a < b
}

// PaintPrior paints the prior as the film on the box is looked at: the same
// part of it, as much enlarged or reduced, through a window that stands to its
// own first window as the other film's does to its.
func (l *Lightbox) PaintPrior(width, height int, draft bool) *image.RGBA {
	p := l.prior
	if p.loadedFilm == nil || l.film == nil || width < 1 || height < 1 {
		return nil
	}
	return p.viewport.Paint(l.priorView(width, height), width, height,
		render.Layers{Greys: l.priorTable(), Inverted: l.look.Inverted, WithoutMarks: l.look.Bare, Draft: draft})
}

func (l *Lightbox) priorView(width, height int) render.View {
	v := l.look.View
	mine := v.Fit(l.film, l.width, l.height)
	own := render.View{Quarters: v.Quarters, Flipped: v.Flipped}.Fit(l.prior.film, width, height)
	if l.look.Fit || mine.Scale == 0 {
		return own
	}
	own.Scale *= v.Scale / mine.Scale
	own.CentreX = v.CentreX / float64(l.film.Width) * float64(l.prior.film.Width)
	own.CentreY = v.CentreY / float64(l.film.Height) * float64(l.prior.film.Height)
	return own
}

// PriorAt is what lies under a device pixel of the prior's viewport of a size.
func (l *Lightbox) PriorAt(x, y float64, width, height int) Point {
	if l.prior.loadedFilm == nil || l.film == nil || width < 1 || height < 1 {
		return Point{}
	}
	return pointAt(l.prior.film, l.priorView(width, height), x, y, width, height)
}

// PriorWindow is the window through which the prior is seen.
func (l *Lightbox) PriorWindow() dicomio.Window {
	p := l.prior
	if p.loadedFilm == nil || p.film.IsColour() {
		return dicomio.Window{}
	}
	w := p.first
	if l.film.IsColour() || l.look.Window == l.first || l.first.Width == 0 {
		return w
	}
	if w.Kind == dicomio.WindowLUT {
		w.Kind, w.LUT = dicomio.WindowLinear, nil
	}
	shift := (l.look.Window.Center - l.first.Center) / l.first.Width
	if p.film.Inverted() != l.film.Inverted() {
		shift = -shift // brighter is the other way along its values
	}
	w.Center += shift * p.first.Width
	w.Width = max(p.first.Width*l.look.Window.Width/l.first.Width, 1)
	w.Name = ""
	return w
}

// priorTable takes the prior's stored values to the screen's greys.
func (l *Lightbox) priorTable() []uint8 {
	if l.prior.greys == nil && !l.prior.film.IsColour() {
		l.prior.greys = render.Greys(l.prior.film.Table(l.PriorWindow()), l.look.Inverted)
	}
	return l.prior.greys
}
