package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

func TestANameIsShownAsTheReaderReadsIt(t *testing.T) {
	for _, c := range []struct{ pn, want string }{
		{"Doe^Jane", "Doe, Jane"},
		{"Doe^Jane^Mary^Dr.", "Doe, Jane Mary Dr."},
		{"Doe", "Doe"},
		{"Doe^", "Doe"},
		{"^Jane", "Jane"},
		{"", ""},
		{"Wang^XiaoDong=王^小東", "Wang, XiaoDong (王小東)"},
		{"Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田太郎)"},
		{"Hong^Gildong=洪^吉洞=홍^길동", "Hong, Gildong (洪吉洞)"},
		{"=王^小東", "王小東"},
		{"==やまだ^たろう", "やまだたろう"},
		{"王^小東=王^小東", "王小東"},
	} {
		if got := personName(c.pn); got != c.want {
			t.Errorf("%s is shown as %q, not %q", c.pn, got, c.want)
		}
	}
}

// On a narrow film the patient's name must not be written over.
func TestCornersDoNotLieOverEachOther(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	for _, width := range []float32{900, 200} {
		d.film.Resize(fyne.NewSize(width, 600))
		for _, left := range []int{topLeft, bottomLeft} {
			var boxes []*canvas.Rectangle
			for _, k := range []int{left, left + 1} {
				for n, ground := range d.film.corners.all[k].grounds {
					if ground.Visible() {
						boxes = append(boxes, ground)
					}
					if ground.Visible() != d.film.corners.all[k].lines[n].Visible() {
						t.Errorf("%v wide: a line without its ground", width)
					}
				}
			}
			if len(boxes) == 0 {
				t.Fatalf("%v wide: nothing is written", width)
			}
			for k, a := range boxes {
				for _, b := range boxes[:k] {
					apart := a.Position().X+a.Size().Width <= b.Position().X || b.Position().X+b.Size().Width <= a.Position().X ||
						a.Position().Y+a.Size().Height <= b.Position().Y || b.Position().Y+b.Size().Height <= a.Position().Y
					if !apart {
						t.Errorf("%v wide: %v %v lies over %v %v", width, a.Position(), a.Size(), b.Position(), b.Size())
					}
				}
			}
		}
	}
}
