package ui

import (
	"fmt"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"pneumolight/triage"
)

var (
	_ fyne.Draggable      = (*distribution)(nil)
	_ fyne.Tappable       = (*distribution)(nil)
	_ desktop.Cursorable  = (*distribution)(nil)
	_ fyne.WidgetRenderer = (*distributionRenderer)(nil)
)

// distribution draws how the films of a triage lie over the probability, with
// the model's threshold and one that the reader moves.
type distribution struct {
	widget.BaseWidget

	bins    []triage.Bin
	model   float64 // the model's threshold
	weighed float64 // the one that is moved
	moved   func(threshold float64)
}

func newDistribution(moved func(float64)) *distribution {
	d := &distribution{moved: moved}
	d.ExtendBaseWidget(d)
	return d
}

func (d *distribution) set(bins []triage.Bin, model, weighed float64) {
	d.bins, d.model, d.weighed = bins, model, weighed
	d.Refresh()
}

// Tapped and Dragged move the threshold to the pointer.
func (d *distribution) Tapped(e *fyne.PointEvent) { d.moveTo(e.Position.X) }

// Dragged moves the threshold.
func (d *distribution) Dragged(e *fyne.DragEvent) { d.moveTo(e.Position.X) }

// DragEnd is part of fyne.Draggable.
func (d *distribution) DragEnd() {}

// Cursor shows that the threshold can be moved sideways.
func (d *distribution) Cursor() desktop.Cursor { return desktop.HResizeCursor }

func (d *distribution) moveTo(x float32) {
	share := float64((x - distributionLeft) / (d.Size().Width - distributionLeft - distributionRight))
	d.moved(math.Round(min(max(share, 0), 1)*100) / 100)
}

const (
	distributionHeight = 160
	distributionLeft   = 52
	distributionRight  = 26
	distributionTop    = 20
	distributionBottom = 22
)

// CreateRenderer draws the distribution.
func (d *distribution) CreateRenderer() fyne.WidgetRenderer {
	return &distributionRenderer{distribution: d}
}

type distributionRenderer struct {
	distribution *distribution
	drawing
}

func (r *distributionRenderer) MinSize() fyne.Size { return fyne.NewSize(320, distributionHeight) }

// Layout draws bars whose height is the root of their number, so that the few
// suspicious films are seen beside the many others; the scale says the numbers.
func (r *distributionRenderer) Layout(size fyne.Size) {
	r.objects = nil
	d := r.distribution
	width, height := size.Width-distributionLeft-distributionRight, size.Height-distributionTop-distributionBottom
	bottom := size.Height - distributionBottom
	x := func(p float64) float32 { return distributionLeft + width*float32(p) }
	most := 1
	for _, bin := range d.bins {
		most = max(most, bin.Judged+bin.Uncertain)
	}
	y := func(n int) float32 { return bottom - height*float32(math.Sqrt(float64(n)/float64(most))) }

	for _, n := range ticks(most) {
		r.line(fyne.NewPos(distributionLeft, y(n)), fyne.NewPos(size.Width-distributionRight, y(n)), colourLine, 1)
		r.text(fmt.Sprint(n), fyne.NewPos(distributionLeft-8, y(n)), fyne.TextAlignTrailing)
	}
	for _, bin := range d.bins {
		colour := colourBelow
		if bin.Low+(bin.High-bin.Low)/2 >= d.weighed {
			colour = colourAlarm
		}
		all := bin.Judged + bin.Uncertain
		r.stack(x(bin.Low)+0.5, x(bin.High)-0.5, y(0), y(bin.Judged), colour)
		r.stack(x(bin.Low)+0.5, x(bin.High)-0.5, y(bin.Judged), y(all), colourCaution)
	}
	for _, p := range []float64{0, 0.25, 0.5, 0.75, 1} {
		r.text(fmt.Sprintf("%.0f %%", p*100), fyne.NewPos(x(p), bottom+distributionBottom/2), fyne.TextAlignCenter)
	}
	for top := float32(distributionTop); top < bottom; top += 7 { // dashes: it does not move
		r.line(fyne.NewPos(x(d.model), top), fyne.NewPos(x(d.model), min(top+4, bottom)), colourText, 1.5)
	}
	r.line(fyne.NewPos(x(d.weighed), distributionTop-4), fyne.NewPos(x(d.weighed), bottom), colourAccent, 2.5)
	r.dot(fyne.NewPos(x(d.weighed), distributionTop-6), 11, colourAccent)
}

// stack draws a bar between two heights.
func (r *distributionRenderer) stack(left, right, from, to float32, colour color.Color) {
	if from > to {
		r.bar(fyne.NewPos(left, to), fyne.NewSize(right-left, from-to), colour)
	}
}

// ticks are numbers of films to write on a scale of roots: few, and round.
func ticks(most int) []int {
	list := []int{0}
	for step := 1; step <= most; step *= 10 {
		for _, n := range []int{step, 3 * step} {
			// Close together they could not be read.
			last := list[len(list)-1]
			if n <= most && math.Sqrt(float64(n)/float64(most))-math.Sqrt(float64(last)/float64(most)) > 0.13 {
				list = append(list, n)
			}
		}
	}
	return list
}

func (r *distributionRenderer) Refresh() {
	r.Layout(r.distribution.Size())
	canvas.Refresh(r.distribution)
}

func (r *distributionRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *distributionRenderer) Destroy() {}
