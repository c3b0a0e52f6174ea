package ui

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pneumolight/ui/lightbox"
)

// histogram draws how often each value occurs in the film, with the range of
// the window.
type histogram struct {
	ground *canvas.Rectangle
	raster *canvas.Raster
	shown  bool
}

const (
	histogramWidth  = 260
	histogramHeight = 90
)

func newHistogram(box *lightbox.Lightbox) *histogram {
	h := &histogram{ground: canvas.NewRectangle(color.NRGBA{A: 0xC0})}
	h.ground.CornerRadius = 3
	h.raster = canvas.NewRaster(func(width, height int) image.Image { return paintHistogram(box, width, height) })
	h.ground.Hide()
	h.raster.Hide()
	return h
}

// update places the histogram at the film's lower edge.
func (h *histogram) update(v *filmView) {
	show := h.shown && v.role == roleMain && v.box.Film() != nil && !v.box.Film().IsColour()
	visible(h.ground, show)
	visible(h.raster, show)
	if !show {
		return
	}
	at := fyne.NewPos((v.Size().Width-histogramWidth)/2, v.Size().Height-histogramHeight-34-scaleRoom)
	h.ground.Move(at.SubtractXY(6, 6))
	h.ground.Resize(fyne.NewSize(histogramWidth+12, histogramHeight+12))
	h.raster.Move(at)
	h.raster.Resize(fyne.NewSize(histogramWidth, histogramHeight))
	h.raster.Refresh()
}

// paintHistogram draws bars of the root of each value's frequency, so that the
// rare ones are seen beside the background, and shades the window.
func paintHistogram(box *lightbox.Lightbox, width, height int) image.Image {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	low, high, counts := box.Histogram(width)
	if len(counts) == 0 || high <= low {
		return picture
	}
	most := 0.0
	for _, c := range counts {
		most = max(most, math.Sqrt(float64(c)))
	}
	w := box.Look().Window
	from, to := w.Center-w.Width/2, w.Center+w.Width/2
	for x := range width {
		value := low + (high-low)*(float64(x)+0.5)/float64(width)
		inside := value >= from && value <= to
		bar := 0
		if most > 0 {
			bar = int(math.Sqrt(float64(counts[x*len(counts)/width])) / most * float64(height))
		}
		for y := range height {
			switch {
			case y >= height-bar && inside:
				picture.SetNRGBA(x, y, colourText)
			case y >= height-bar:
				picture.SetNRGBA(x, y, color.NRGBA{R: 0x6A, G: 0x72, B: 0x7C, A: 0xFF})
			case inside:
				picture.SetNRGBA(x, y, color.NRGBA{R: 0x62, G: 0xA9, B: 0xE0, A: 0x38})
			}
		}
	}
	return picture
}
