package lightbox

import (
	"image"

	"pneumolight/render"
)

// MirrorView is how a second viewport of another size shows the film on the
// box: the same part of it, as much larger or smaller than the whole.
func (l *Lightbox) MirrorView(width, height int) render.View {
	v := l.look.View
	if l.film == nil || width < 1 || height < 1 {
		return v
	}
	whole := render.View{Quarters: v.Quarters, Flipped: v.Flipped}.Fit(l.film, width, height)
	if l.look.Fit || l.width == 0 {
		return whole
	}
	v.Scale *= whole.Scale / v.Fit(l.film, l.width, l.height).Scale
	return v
}

// PaintMirror paints the film on the box for a second viewport; nil where
// there is none. The picture is reused by the next PaintMirror.
func (l *Lightbox) PaintMirror(width, height int, draft bool) *image.RGBA {
	if l.film == nil || width < 1 || height < 1 {
		return nil
	}
	if l.mirror == nil {
		l.mirror = l.viewport.Another()
	}
	return l.mirror.Paint(l.MirrorView(width, height), width, height, l.layers(draft))
}
