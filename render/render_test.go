package render

import (
	"image"
	"math"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/inference"
)

// grey makes a film of the given size whose stored value at x, y is value's.
func grey(width, height, bits int, value func(x, y int) int) *dicomio.Film {
	f := &dicomio.Film{Format: dicomio.FormatPNG, Frame: 1, Frames: 1, Width: width, Height: height, Bits: bits, PixelAspect: 1}
	f.Stored = make([]uint16, width*height)
	for y := range height {
		for x := range width {
			f.Stored[y*width+x] = uint16(value(x, y))
		}
	}
	return f
}

func level(picture *image.RGBA, x, y int) int {
	c := picture.RGBAAt(x, y)
	if c.R != c.G || c.G != c.B || c.A != 255 {
		return -1
	}
	return int(c.R)
}

func TestFilmShowsEveryStoredValueThroughItsTable(t *testing.T) {
	f := grey(300, 200, 12, func(x, y int) int { return (x*13 + y*7) % 4096 })
	window := dicomio.Window{Kind: dicomio.WindowLinear, Center: 1800, Width: 2200}
	table := f.Table(window)
	picture := Film(f, window)
	if picture.Rect != image.Rect(0, 0, 300, 200) {
		t.Fatalf("the picture is %v", picture.Rect)
	}
	for y := range 200 {
		for x := range 300 {
			want := int(math.Round(float64(table[f.Stored[y*300+x]]) / 257))
			if got := level(picture, x, y); got != want {
				t.Fatalf("pixel %d,%d is %d, want %d", x, y, got, want)
			}
		}
	}
}

func TestFilmIsAsHighAsItsPixelsAre(t *testing.T) {
	f := grey(100, 50, 8, func(x, y int) int { return 5 * y })
	f.PixelAspect = 2
	picture := Film(f, f.DefaultWindow())
	if picture.Rect.Dy() != 100 {
		t.Fatalf("a film of 50 rows twice as high as wide is shown %d high", picture.Rect.Dy())
	}
	if top, bottom := level(picture, 50, 1), level(picture, 50, 98); top > 5 || bottom < 240 {
		t.Errorf("the film was not stretched evenly: %d at the top, %d at the bottom", top, bottom)
	}
}

func TestColourPicturesStayAsTheyAre(t *testing.T) {
	f := &dicomio.Film{Format: dicomio.FormatPNG, Width: 2, Height: 1, Bits: 8, PixelAspect: 1, Colour: []uint8{10, 200, 30, 255, 250, 0, 5, 255}}
	picture := Film(f, dicomio.Window{})
	if got := picture.RGBAAt(0, 0); got.R != 10 || got.G != 200 || got.B != 30 {
		t.Errorf("the first pixel is %v", got)
	}
	if got := picture.RGBAAt(1, 0); got.R != 250 || got.G != 0 || got.B != 5 {
		t.Errorf("the second pixel is %v", got)
	}
}

// A fine pattern that is reduced has to become its mean, or a film full of
// fine lines would show lines that are not there.
func TestReducingAveragesAllOfTheFilm(t *testing.T) {
	f := grey(1000, 1000, 16, func(x, y int) int { return 65535 * ((x + y) % 2) })
	greys := Greys(f.Table(f.FullWindow()), false)
	for _, size := range []int{333, 250, 91} {
		view := View{}.Fit(f, size, size)
		picture := NewViewport(f).Paint(view, size, size, Layers{Greys: greys})
		for y := range size {
			for x := range size {
				if got := level(picture, x, y); got < 95 || got > 160 {
					t.Fatalf("at %d pixels, %d,%d is %d; the pattern's mean is 127", size, x, y, got)
				}
			}
		}
	}
}

func TestEnlargingAddsNoHalo(t *testing.T) {
	f := grey(20, 20, 8, func(x, y int) int {
		if x < 10 {
			return 50
		}
		return 200
	})
	greys := Greys(f.Table(dicomio.Window{Kind: dicomio.WindowLinearExact, Center: 127.5, Width: 255}), false)
	view := View{}.Fit(f, 317, 317)
	picture := NewViewport(f).Paint(view, 317, 317, Layers{Greys: greys})
	for x := range 317 {
		if got := level(picture, x, 150); got < 50 || got > 200 {
			t.Fatalf("column %d is %d, though the film holds only 50 and 200", x, got)
		}
	}
}

// Whatever the view, a stored pixel is painted where the view says that it is.
func TestFilmIsPaintedWhereTheViewSays(t *testing.T) {
	const markX, markY = 70, 25
	f := grey(120, 90, 8, func(x, y int) int {
		if x == markX && y == markY {
			return 255
		}
		return 0
	})
	greys := Greys(f.Table(f.FullWindow()), false)
	for quarters := range 4 {
		for _, flipped := range []bool{false, true} {
			view := View{Quarters: quarters, Flipped: flipped}.Fit(f, 400, 300)
			view = view.ZoomAt(1.3, 100, 80, 400, 300).Pan(7, -5)
			picture := NewViewport(f).Paint(view, 400, 300, Layers{Greys: greys})
			brightX, brightY, brightest := 0, 0, -1
			for y := range 300 {
				for x := range 400 {
					if got := level(picture, x, y); got > brightest {
						brightX, brightY, brightest = x, y, got
					}
				}
			}
			x, y := view.ToScreen(markX+0.5, markY+0.5, 400, 300)
			if math.Abs(x-float64(brightX)-0.5) > 1.5 || math.Abs(y-float64(brightY)-0.5) > 1.5 {
				t.Errorf("%d turns, flipped %v: the mark is at %d,%d, the view says %.1f,%.1f", quarters, flipped, brightX, brightY, x, y)
			}
			fx, fy := view.ToFilm(x, y, 400, 300)
			if math.Abs(fx-markX-0.5) > 1e-6 || math.Abs(fy-markY-0.5) > 1e-6 {
				t.Errorf("%d turns, flipped %v: there and back is %.3f,%.3f", quarters, flipped, fx, fy)
			}
		}
	}
}

func TestFlippingMirrorsTheScreen(t *testing.T) {
	f := grey(60, 40, 8, func(x, y int) int { return x + y })
	for quarters := range 4 {
		view := View{}.Turn(quarters).Fit(f, 200, 200)
		x, y := view.ToScreen(12, 31, 200, 200)
		flippedX, flippedY := view.Flip().ToScreen(12, 31, 200, 200)
		if math.Abs(flippedX-(200-x)) > 1e-9 || math.Abs(flippedY-y) > 1e-9 {
			t.Errorf("after %d turns, %.1f,%.1f is flipped to %.1f,%.1f", quarters, x, y, flippedX, flippedY)
		}
	}
}

func TestZoomingKeepsThePlaceUnderThePointer(t *testing.T) {
	f := grey(60, 40, 8, func(x, y int) int { return 0 })
	view := View{Flipped: true}.Turn(1).Fit(f, 200, 160)
	x, y := view.ToFilm(33, 44, 200, 160)
	zoomed := view.ZoomAt(2.5, 33, 44, 200, 160)
	nowX, nowY := zoomed.ToFilm(33, 44, 200, 160)
	if math.Abs(x-nowX) > 1e-9 || math.Abs(y-nowY) > 1e-9 {
		t.Errorf("the pointer was over %.2f,%.2f and is over %.2f,%.2f", x, y, nowX, nowY)
	}
}

func TestRepaintAfterEveryChangeEqualsAFreshPaint(t *testing.T) {
	f := grey(240, 200, 10, func(x, y int) int { return (x*y + 3*x) % 1024 })
	m := bump(8, 8, 0.9)
	table := Greys(f.Table(f.FullWindow()), false)
	narrow := Greys(f.Table(dicomio.Window{Kind: dicomio.WindowLinear, Center: 300, Width: 200}), true)
	fit := View{}.Fit(f, 150, 130)
	steps := []struct {
		view          View
		width, height int
		layers        Layers
	}{
		{fit, 150, 130, Layers{Greys: table}},
		{fit, 150, 130, Layers{Greys: narrow}},
		{fit, 150, 130, Layers{Greys: narrow, Heat: NewHeat(m, 0.5), Opacity: 0.5}},
		{fit.Pan(80, 10), 150, 130, Layers{Greys: narrow, Heat: NewHeat(m, 0.5), Opacity: 0.2}},
		{fit.Turn(1), 150, 130, Layers{Greys: table, Heat: NewHeat(m, 0.5), Opacity: 0.2}},
		{fit.Turn(1), 90, 160, Layers{Greys: table, Draft: true}},
		{fit.Turn(1), 90, 160, Layers{Greys: table}},
		{fit.Pan(10000, 0), 90, 160, Layers{Greys: table, Heat: NewHeat(m, 0.5)}},
	}
	used := NewViewport(f)
	for k, s := range steps {
		got := used.Paint(s.view, s.width, s.height, s.layers)
		want := NewViewport(f).Paint(s.view, s.width, s.height, s.layers)
		if string(got.Pix) != string(want.Pix) {
			t.Errorf("step %d paints something else than a new viewport does", k)
		}
	}
}

// bump is a heat map with one peak off the middle.
func bump(width, height int, peak float64) inference.HeatMap {
	m := inference.HeatMap{Width: width, Height: height}
	for y := range height {
		for x := range width {
			d := math.Hypot(float64(x-width/2-1), float64(y-height/2+1))
			m.Values = append(m.Values, float32(peak*math.Exp(-d*d/3)))
		}
	}
	return m
}

func TestHeatMapBelowTheThresholdPaintsNothing(t *testing.T) {
	f := grey(100, 100, 8, func(x, y int) int { return x })
	m := bump(14, 14, 0.49)
	clean, overlaid := Film(f, f.DefaultWindow()), Film(f, f.DefaultWindow())
	Overlay(overlaid, m, 0.5, 1)
	if string(clean.Pix) != string(overlaid.Pix) {
		t.Error("a map that nowhere reaches the threshold left its mark on the film")
	}
	if HasRegion(m, 0.5) || HasRegion(inference.HeatMap{}, 0) {
		t.Error("HasRegion sees a region where none is")
	}
}

func TestHeatMapIsPaintedWhereTheModelLooked(t *testing.T) {
	f := grey(280, 280, 8, func(x, y int) int { return 90 })
	m := bump(14, 14, 0.95)
	picture := Film(f, f.DefaultWindow())
	Overlay(picture, m, 0.5, 0.6)
	peakX, peakY := (14/2+1)*20+10, (14/2-1)*20+10
	if level(picture, peakX, peakY) != -1 {
		t.Error("nothing is painted at the peak")
	}
	if got := level(picture, 20, 260); got != 90 {
		t.Errorf("the film far from the peak is %d, want its own 90", got)
	}
}

func TestWindowAndFilePaintTheSameOverlay(t *testing.T) {
	f := grey(200, 160, 8, func(x, y int) int { return (x + y) % 256 })
	m := bump(10, 8, 0.9)
	file := Film(f, f.DefaultWindow())
	Overlay(file, m, 0.4, 0.45)
	window := NewViewport(f).Paint(View{}.Fit(f, 200, 160), 200, 160,
		Layers{Greys: Greys(f.Table(f.DefaultWindow()), false), Heat: NewHeat(m, 0.4), Opacity: 0.45})
	if string(file.Pix) != string(window.Pix) {
		t.Error("the file and the window differ")
	}
}

func TestContourRunsRoundTheHighestRegionOnly(t *testing.T) {
	m := inference.HeatMap{Width: 16, Height: 16, Values: make([]float32, 256)}
	for _, at := range []struct {
		x, y int
		p    float32
	}{{3, 3, 0.7}, {12, 12, 0.95}} {
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				m.Values[(at.y+dy)*16+at.x+dx] = at.p
			}
		}
	}
	picture := image.NewRGBA(image.Rect(0, 0, 320, 320))
	Overlay(picture, m, 0.5, 0)
	first, second := 0, 0
	for y := range 320 {
		for x := range 320 {
			if c := picture.RGBAAt(x, y); c.B > 200 {
				if x < 160 {
					first++
				} else {
					second++
				}
			}
		}
	}
	if first != 0 || second < 100 {
		t.Errorf("%d pixels of contour round the lower region, %d round the highest", first, second)
	}
}

// The absolute scale: the same local probability has the same colour on every
// film, whatever the film's peak is.
func TestColourMeansTheSameOnEveryFilm(t *testing.T) {
	paint := func(p float32) image.RGBA {
		m := inference.HeatMap{Width: 4, Height: 4, Values: make([]float32, 16)}
		for k := range m.Values {
			m.Values[k] = 0.6
		}
		m.Values[15] = p
		picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
		Overlay(picture, m, 0.5, 0.8)
		return *picture
	}
	low, high := paint(0.6), paint(1.2)
	if low.RGBAAt(5, 5) != high.RGBAAt(5, 5) {
		t.Errorf("0.6 is %v on one film and %v on another", low.RGBAAt(5, 5), high.RGBAAt(5, 5))
	}
}
