package render

import (
	"math"

	"pneumolight/dicomio"
)

// View says which part of a film is seen, how large and which way round.
//
// Film coordinates are in stored pixels from the film's top left corner, so
// that the first pixel's centre is at 0.5, 0.5. Screen coordinates are in
// device pixels from the top left corner of the viewport.
type View struct {
	// CentreX and CentreY are the film coordinates in the middle of the
	// viewport.
	CentreX, CentreY float64
	// Scale is how many device pixels wide one stored pixel is.
	Scale float64
	// Aspect is a stored pixel's height divided by its width.
	Aspect float64
	// Quarters is the number of clockwise quarter turns, 0 to 3.
	Quarters int
	// Flipped is true where the film is mirrored; it is mirrored left to
	// right before it is turned.
	Flipped bool
}

// aspect is a film's PixelAspect, 1 where it makes no sense.
func aspect(f *dicomio.Film) float64 {
	if f.PixelAspect > 0 && !math.IsInf(f.PixelAspect, 0) {
		return f.PixelAspect
	}
	return 1
}

// Fit is the view that shows the whole film as large as a viewport of
// width×height device pixels allows, turned as v is.
func (v View) Fit(f *dicomio.Film, width, height int) View {
	v = v.Middle(f)
	w, h := float64(f.Width), float64(f.Height)*v.Aspect
	if v.Quarters%2 == 1 {
		w, h = h, w
	}
	v.Scale = min(float64(width)/w, float64(height)/h)
	return v
}

// Middle is v with the film's middle in the middle of the viewport.
func (v View) Middle(f *dicomio.Film) View {
	v.Aspect = aspect(f)
	v.CentreX, v.CentreY = float64(f.Width)/2, float64(f.Height)/2
	return v
}

// ToScreen maps a film coordinate to the viewport of width×height.
func (v View) ToScreen(x, y float64, width, height int) (sx, sy float64) {
	a, b := (x-v.CentreX)*v.Scale, (y-v.CentreY)*v.Aspect*v.Scale
	if v.Flipped {
		a = -a
	}
	for range v.Quarters {
		a, b = -b, a
	}
	return a + float64(width)/2, b + float64(height)/2
}

// ToFilm maps a viewport's coordinate to the film's; the result may lie
// outside of the film.
func (v View) ToFilm(sx, sy float64, width, height int) (x, y float64) {
	a, b := sx-float64(width)/2, sy-float64(height)/2
	for range v.Quarters {
		a, b = b, -a
	}
	if v.Flipped {
		a = -a
	}
	return v.CentreX + a/v.Scale, v.CentreY + b/(v.Aspect*v.Scale)
}

// Pan moves the film by a distance on the screen.
func (v View) Pan(dx, dy float64) View {
	v.CentreX, v.CentreY = v.ToFilm(-dx, -dy, 0, 0)
	return v
}

// ZoomAt changes the scale by factor and keeps the film point under the
// screen coordinate sx, sy where it is.
func (v View) ZoomAt(factor, sx, sy float64, width, height int) View {
	x, y := v.ToFilm(sx, sy, width, height)
	v.Scale *= factor
	nowX, nowY := v.ToFilm(sx, sy, width, height)
	v.CentreX += x - nowX
	v.CentreY += y - nowY
	return v
}

// Turn adds clockwise quarter turns; negative ones turn the other way.
func (v View) Turn(quarters int) View {
	v.Quarters = ((v.Quarters+quarters)%4 + 4) % 4
	return v
}

// Flip mirrors what is on the screen left to right.
func (v View) Flip() View {
	v.Flipped = !v.Flipped
	// A mirror image of a turned film is the mirrored film turned the
	// other way.
	return v.Turn(-2 * v.Quarters)
}

// axis maps an index of output pixels to a source coordinate.
type axis struct{ origin, step float64 }

func (a axis) at(i int) float64 { return a.origin + a.step*(float64(i)+0.5) }

// span is the range of indices below n whose coordinate lies in [0, size).
func (a axis) span(n int, size float64) (from, to int) {
	low, high := (0-a.origin)/a.step-0.5, (size-a.origin)/a.step-0.5
	if low > high {
		low, high = high, low
	}
	from = min(max(0, int(math.Ceil(low-1e-9))), n)
	to = min(n, int(math.Ceil(high-1e-9)))
	return from, max(from, to)
}

// axes are the film's x and y as functions of output pixels. Where the view
// is on its side, swapped is set: then x follows the output's rows and y its
// columns.
func (v View) axes(width, height int) (x, y axis, swapped bool) {
	swapped = v.Quarters%2 == 1
	x0, y0 := v.ToFilm(0, 0, width, height)
	dx, dy := v.ToFilm(1, 1, width, height)
	return axis{x0, dx - x0}, axis{y0, dy - y0}, swapped
}
