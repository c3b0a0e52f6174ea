package render

import (
	"fmt"
	"testing"

	"pneumolight/dicomio"
)

// The film and the viewport of the painting figures.
const (
	benchSide   = 3000
	benchWidth  = 1392
	benchHeight = 1030
)

func benchFilm() *dicomio.Film {
	return grey(benchSide, benchSide, 16, func(x, y int) int { return (x*x/90 + y*31 + x*y/7) % 65536 })
}

// BenchmarkWindowDrag is one step of a window/level drag: the table for a new
// window, and the paint.
func BenchmarkWindowDrag(b *testing.B) {
	f := benchFilm()
	for _, heat := range []bool{false, true} {
		b.Run(fmt.Sprintf("heat=%v", heat), func(b *testing.B) {
			v := NewViewport(f)
			view := View{}.Fit(f, benchWidth, benchHeight)
			layers := Layers{Opacity: 0.45}
			if heat {
				layers.Heat = NewHeat(bump(14, 14, 0.9), 0.4)
			}
			k := 0
			for b.Loop() {
				k++
				layers.Greys = Greys(f.Table(dicomio.Window{Kind: dicomio.WindowLinear, Center: 30000 + float64(k%500), Width: 20000}), false)
				v.Paint(view, benchWidth, benchHeight, layers)
			}
			frames(b)
		})
	}
}

// BenchmarkZoom is one step of a zoom: the film resampled anew, coarsely as
// while it moves, and finely as when it rests.
func BenchmarkZoom(b *testing.B) {
	f := benchFilm()
	greys := Greys(f.Table(f.FullWindow()), false)
	for _, scale := range []float64{0.34, 1, 3} {
		for _, draft := range []bool{true, false} {
			b.Run(fmt.Sprintf("scale=%g/draft=%v", scale, draft), func(b *testing.B) {
				v := NewViewport(f)
				view := View{Scale: scale}.Middle(f)
				k := 0
				for b.Loop() {
					k++
					view.CentreX = benchSide/2 + float64(k%100)/10
					v.Paint(view, benchWidth, benchHeight, Layers{Greys: greys, Draft: draft})
				}
				frames(b)
			})
		}
	}
}

// BenchmarkFirstPaint is a film's first picture after it has been decoded.
func BenchmarkFirstPaint(b *testing.B) {
	f := benchFilm()
	window := f.FullWindow()
	for b.Loop() {
		greys := Greys(f.Table(window), false)
		NewViewport(f).Paint(View{}.Fit(f, benchWidth, benchHeight), benchWidth, benchHeight, Layers{Greys: greys})
	}
	frames(b)
}

func frames(b *testing.B) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
	b.ReportMetric(0, "ns/op")
}
