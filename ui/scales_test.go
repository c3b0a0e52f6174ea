package ui

import (
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2/canvas"

	"pneumolight/dicomio"
)

func TestDivisionsCanBeToldApartAndFit(t *testing.T) {
	for _, c := range []struct {
		perMillimetre, room float64
		text                string
	}{
		{1.7, 300, "15 cm"},
		{0.2, 300, "100 cm"},
		{9, 300, "2 cm"},
		{60, 300, "5 mm"},
		{60, 30, ""},
		{0.01, 300, ""},
	} {
		step, count := divisions(c.perMillimetre, c.room)
		if c.text == "" {
			if count != 0 {
				t.Errorf("%v points a mm in %v: %d × %v mm", c.perMillimetre, c.room, count, step)
			}
			continue
		}
		if got := scaleText(step, count); got != c.text {
			t.Errorf("%v points a mm in %v: %s, want %s", c.perMillimetre, c.room, got, c.text)
		}
	}
}

// A scale has to be as long as it says, however the film is turned and even
// where its pixels are not square; and there is none of a length that nobody
// knows.
func TestScalesAreAsLongAsTheySay(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	if len(d.film.scales.objects) != 0 {
		t.Error("a film that says nothing of its size has scales")
	}
	d.reader.spacing = dicomio.Spacing{Kind: dicomio.SpacingDetector, Row: 1, Column: 0.5}
	d.open(t, "spaced.dcm")
	check := func() {
		t.Helper()
		var texts []string
		for _, o := range d.film.scales.objects {
			if text, ok := o.(*canvas.Text); ok {
				texts = append(texts, text.Text)
			}
		}
		if len(texts) != 2 || !strings.Contains(texts[0], "cm (at the detector)") {
			t.Fatalf("the scales say %q", texts)
		}
		across, down := d.film.pointsPerMillimetre()
		width, height := 300*0.5, 360*1.0
		if d.box.Look().View.Quarters%2 == 1 {
			width, height = height, width
		}
		a, b := d.film.onScreen(0, 0), d.film.onScreen(300, 360)
		if got := math.Abs(float64(b.X-a.X)) / width; math.Abs(got-across) > 0.01*got {
			t.Errorf("across, a millimetre is %.3f points, the scale takes it for %.3f", got, across)
		}
		if got := math.Abs(float64(b.Y-a.Y)) / height; math.Abs(got-down) > 0.01*got {
			t.Errorf("down, a millimetre is %.3f points, the scale takes it for %.3f", got, down)
		}
	}
	check()
	d.Do("view.right")
	check()
	for range 2 {
		d.Do("view.overlays")
	}
	if len(d.film.scales.objects) != 0 {
		t.Error("without overlays there are scales")
	}
}
