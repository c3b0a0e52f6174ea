package lightbox

import (
	"image"

	"pneumolight/render"
)

// lensPower is how much larger a magnifier shows what is under it, and
// lensLeast the least device pixels that it gives a stored one.
const (
	lensPower = 2.5
	lensLeast = 1
)

// Lens paints what lies around a device pixel of the viewport, enlarged, as a
// square of size device pixels; nil where there is no film. The picture is
// reused by the next Lens.
func (l *Lightbox) Lens(x, y float64, size int) *image.RGBA {
	if l.film == nil || l.width == 0 || size < 1 {
		return nil
	}
	if l.lens == nil {
		l.lens = l.viewport.Another()
	}
	view := l.look.View
	view.CentreX, view.CentreY = view.ToFilm(x, y, l.width, l.height)
	view.Scale = max(view.Scale*lensPower, lensLeast)
	return l.lens.Paint(view, size, size, render.Layers{Greys: l.table(), Inverted: l.look.Inverted, WithoutMarks: l.look.Bare})
}
