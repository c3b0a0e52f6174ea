package render

import (
	"image"
	"math"

	"pneumolight/dicomio"
)

// mark paints the film's own graphics white over it, as DCMTK does. However
// small the picture is, a marked pixel of the film is at least one of it, so
// that thin lines do not vanish. Regions of interest are left to those who
// ask for them.
func (v *Viewport) mark(view View, width, height int) {
	for k := range v.film.Overlays {
		o := &v.film.Overlays[k]
		if o.Kind != dicomio.OverlayGraphics {
			continue
		}
		for x, y := range o.Marked() {
			x0, y0 := view.ToScreen(float64(x), float64(y), width, height)
			x1, y1 := view.ToScreen(float64(x+1), float64(y+1), width, height)
			v.whiten(image.Rect(
				int(math.Floor(min(x0, x1)+0.5)), int(math.Floor(min(y0, y1)+0.5)),
				int(math.Floor(max(x0, x1)+0.5)), int(math.Floor(max(y0, y1)+0.5)),
			))
		}
	}
}

func (v *Viewport) whiten(r image.Rectangle) {
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	r = r.Intersect(v.picture.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		start := v.picture.PixOffset(r.Min.X, y)
		row := v.picture.Pix[start : start+4*r.Dx()]
		for k := range row {
			row[k] = 255
		}
	}
}
