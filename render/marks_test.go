package render

import (
	"image"
	"testing"

	"pneumolight/dicomio"
)

// marked is a dark film whose overlay marks a thin line down its column 60 and
// the pixel at its bottom left.
func marked(kind dicomio.OverlayKind) *dicomio.Film {
	f := grey(100, 80, 8, func(x, y int) int { return 10 })
	o := dicomio.Overlay{Kind: kind, Left: 0, Top: 0, Width: 100, Height: 80, Bits: make([]byte, 1000)}
	set := func(x, y int) { o.Bits[(y*100+x)/8] |= 1 << ((y*100 + x) % 8) }
	for y := range 40 {
		set(60, y)
	}
	set(0, 79)
	f.Overlays = []dicomio.Overlay{o}
	return f
}

func whites(picture *image.RGBA) (n int) {
	for k := 0; k < len(picture.Pix); k += 4 {
		if picture.Pix[k] == 255 {
			n++
		}
	}
	return n
}

func TestTheFilesOwnMarksAreShown(t *testing.T) {
	f := marked(dicomio.OverlayGraphics)
	picture := Film(f, f.DefaultWindow())
	if level(picture, 60, 0) != 255 || level(picture, 60, 39) != 255 || level(picture, 0, 79) != 255 || whites(picture) != 41 {
		t.Errorf("%d pixels are marked, or not the right ones", whites(picture))
	}
	greys := Greys(f.Table(f.DefaultWindow()), false)
	for name, c := range map[string]struct {
		view View
		line image.Point // in a picture of 300 by 300, three pixels a film's
	}{
		"enlarged": {View{}.Fit(f, 300, 300), image.Pt(181, 60)},
		"turned":   {View{Quarters: 1}.Fit(f, 300, 300), image.Pt(240, 181)},
		"mirrored": {View{Flipped: true}.Fit(f, 300, 300), image.Pt(118, 60)},
	} {
		picture := NewViewport(f).Paint(c.view, 300, 300, Layers{Greys: greys})
		if level(picture, c.line.X, c.line.Y) != 255 {
			t.Errorf("%s: the line is not at %v", name, c.line)
		}
		x, y := c.view.ToScreen(0.5, 79.5, 300, 300)
		if level(picture, int(x), int(y)) != 255 {
			t.Errorf("%s: the corner is not marked", name)
		}
	}
}

func TestAThinMarkSurvivesReducing(t *testing.T) {
	f := marked(dicomio.OverlayGraphics)
	greys := Greys(f.Table(f.DefaultWindow()), false)
	picture := NewViewport(f).Paint(View{}.Fit(f, 13, 13), 13, 13, Layers{Greys: greys})
	if n := whites(picture); n < 5 || n > 9 {
		t.Errorf("a line of 40 pixels reduced eight times marks %d", n)
	}
}

func TestMarksCanBeLeftOut(t *testing.T) {
	f := marked(dicomio.OverlayGraphics)
	layers := Layers{Greys: Greys(f.Table(f.DefaultWindow()), false), WithoutMarks: true}
	v := NewViewport(f)
	view := View{}.Fit(f, 100, 80)
	v.Paint(view, 100, 80, Layers{Greys: layers.Greys})
	if n := whites(v.Paint(view, 100, 80, layers)); n != 0 {
		t.Errorf("%d marked pixels are left", n)
	}
	region := marked(dicomio.OverlayRegion)
	if n := whites(Film(region, region.DefaultWindow())); n != 0 {
		t.Errorf("a region of interest was painted over %d pixels of the film", n)
	}
}
