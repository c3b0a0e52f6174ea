package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

// BenchmarkStep is what the window does on its own goroutine when the reader
// goes to the next film, decoding and painting not counted.
func BenchmarkStep(b *testing.B) {
	d := newDesk(b)
	d.open(b, "folder")
	by := 1
	for b.Loop() {
		d.box.Step(by)
		if d.box.Place() != 1 {
			by = -by
		}
		b.StopTimer()
		d.settle(b)
		b.StartTimer()
	}
}

// BenchmarkWindowStep is what the window does beside painting for one step of
// a window/level drag.
func BenchmarkWindowStep(b *testing.B) {
	d := newDesk(b)
	d.open(b, "a.dcm")
	from, k := d.box.Look().Window, 0
	for b.Loop() {
		k++
		d.box.DragWindow(from, float64(k%100), 0)
	}
}

// BenchmarkKeystroke is a key that inverts the film.
func BenchmarkKeystroke(b *testing.B) {
	d := newDesk(b)
	d.open(b, "a.dcm")
	for b.Loop() {
		test.TypeOnCanvas(d.window.Canvas(), "i")
	}
}
