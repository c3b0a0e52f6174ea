package render

import (
	"image"
	"math"

	"pneumolight/dicomio"
	"pneumolight/inference"
)

// Film paints a whole film through a window at its own size, one picture
// pixel for each stored one; where those are not square, the picture is as
// wide as the film and as high as it has to be. Colour pictures are painted
// as they are.
func Film(film *dicomio.Film, window dicomio.Window) *image.RGBA {
	var layers Layers
	if !film.IsColour() {
		layers.Greys = Greys(film.Table(window), false)
	}
	view := View{Scale: 1}.Middle(film)
	height := max(1, int(math.Round(float64(film.Height)*view.Aspect)))
	return NewViewport(film).Paint(view, film.Width, height, layers)
}

// Overlay lays a heat map that covers the whole picture over it, as the
// window does: places below threshold, in the map's own unit (RegionThreshold
// where nothing speaks for another one), stay as they are. Opacity is 0 to 1.
func Overlay(picture *image.RGBA, m inference.HeatMap, threshold, opacity float64) {
	h := NewHeat(m, threshold)
	rect := image.Rect(0, 0, picture.Rect.Dx(), picture.Rect.Dy())
	if h == nil || rect.Empty() {
		return
	}
	x := axis{0, float64(m.Width) / float64(rect.Dx())}
	y := axis{0, float64(m.Height) / float64(rect.Dy())}
	values := make([]uint8, rect.Dx()*rect.Dy())
	h.paint(x, y, false, rect, contourLine(rect), values)
	v := Viewport{tints: tints(opacity)}
	for r := range rect.Dy() {
		start := picture.PixOffset(picture.Rect.Min.X, picture.Rect.Min.Y+r)
		v.heatRow(values[r*rect.Dx():(r+1)*rect.Dx()], picture.Pix[start:start+4*rect.Dx()])
	}
}
