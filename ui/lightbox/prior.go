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

// earlierFilm is the place of the same patient's latest film before this one;
// -1 where the list has none.
func (l *Lightbox) earlierFilm() int {
	best := -1
	if l.place < 0 {
		return best
	}
	now := l.list[l.place]
	for k, other := range l.list {
		earlier := other.Date != "" && other.Date < now.Date && samePatient(other, now) && !other.Failed
		if earlier && (best < 0 || other.Date > l.list[best].Date) {
			best = k
		}
	}
	return best
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
