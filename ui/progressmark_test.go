package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"pneumolight/ui/lightbox"
)

func TestHowFarAFilmIsReadShowsWithoutColour(t *testing.T) {
	test.NewTempApp(t)
	const side = 36
	states := []lightbox.Progress{lightbox.Unread, lightbox.Seen, lightbox.InProgress, lightbox.Reviewed}
	drawn := map[lightbox.Progress][]bool{}
	for _, p := range states {
		picture := &canvas.Image{Resource: progressMark(p), FillMode: canvas.ImageFillContain}
		w := test.NewWindow(picture)
		w.SetPadded(false)
		w.Resize(fyne.NewSquareSize(side))
		shown := w.Canvas().Capture()
		ground := shown.At(0, 0)
		for k := range side * side {
			drawn[p] = append(drawn[p], shown.At(k%side, k/side) != ground)
		}
		w.Close()
	}
	for k, a := range states {
		for _, b := range states[:k] {
			n := 0
			for at := range drawn[a] {
				if drawn[a][at] != drawn[b][at] {
					n++
				}
			}
			if n < side*side/20 {
				t.Errorf("the marks %d and %d differ in %d of %d points", a, b, n, side*side)
			}
		}
	}
}
