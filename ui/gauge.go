package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"pneumolight/inference"
)

// gauge shows a probability on a line from 0 to 100 %, with the threshold and
// the band in which the model abstains, so that where the mark stands can be
// seen without reading a number.
type gauge struct {
	widget.BaseWidget

	info        inference.Info
	probability float64
	shown       bool // whether there is a probability
	known       bool // whether the model's threshold is known
}

func newGauge() *gauge {
	g := &gauge{}
	g.ExtendBaseWidget(g)
	return g
}

// set shows a model's operating point, and a probability where shown.
func (g *gauge) set(info inference.Info, known bool, probability float64, shown bool) {
	g.info, g.known, g.probability, g.shown = info, known, probability, shown
	g.Refresh()
}

func (g *gauge) CreateRenderer() fyne.WidgetRenderer {
	r := &gaugeRenderer{
		gauge:     g,
		below:     canvas.NewRectangle(color.NRGBA{R: 0x33, G: 0x52, B: 0x4A, A: 0xFF}),
		band:      canvas.NewRectangle(color.NRGBA{R: 0x6B, G: 0x5A, B: 0x30, A: 0xFF}),
		above:     canvas.NewRectangle(color.NRGBA{R: 0x6E, G: 0x3B, B: 0x2E, A: 0xFF}),
		threshold: canvas.NewRectangle(colourText),
		mark:      canvas.NewRectangle(color.White),
		markEdge:  canvas.NewRectangle(color.Black),
	}
	for _, text := range []string{"0 %", "", "100 %"} {
		t := canvas.NewText(text, colourMuted)
		t.TextSize = sizeSmall
		r.labels = append(r.labels, t)
	}
	r.objects = []fyne.CanvasObject{r.below, r.band, r.above, r.threshold, r.markEdge, r.mark, r.labels[0], r.labels[1], r.labels[2]}
	r.Refresh()
	return r
}

type gaugeRenderer struct {
	gauge              *gauge
	below, band, above *canvas.Rectangle
	threshold          *canvas.Rectangle
	mark, markEdge     *canvas.Rectangle
	labels             []*canvas.Text // 0, the threshold, 100 %
	objects            []fyne.CanvasObject
}

const (
	gaugeBar  = 14 // the bar's height
	gaugeOver = 6  // how far the mark stands out above and below it
)

func (r *gaugeRenderer) MinSize() fyne.Size {
	return fyne.NewSize(200, gaugeBar+2*gaugeOver+r.labels[0].MinSize().Height+2)
}

func (r *gaugeRenderer) Layout(size fyne.Size) {
	info := r.gauge.info
	low, high := info.Uncertain.Low, info.Uncertain.High
	if high <= low {
		low, high = info.Threshold, info.Threshold
	}
	x := func(p float64) float32 { return size.Width * float32(p) }
	place := func(o fyne.CanvasObject, from, to, top, height float32) {
		o.Move(fyne.NewPos(from, top))
		o.Resize(fyne.NewSize(max(to-from, 0), height))
	}
	place(r.below, 0, x(low), gaugeOver, gaugeBar)
	place(r.band, x(low), x(high), gaugeOver, gaugeBar)
	place(r.above, x(high), size.Width, gaugeOver, gaugeBar)
	t := min(max(x(info.Threshold), 1), size.Width-1)
	place(r.threshold, t-1, t+1, gaugeOver-3, gaugeBar+6)
	p := min(max(x(r.gauge.probability), 3), size.Width-3)
	place(r.markEdge, p-4, p+4, 0, gaugeBar+2*gaugeOver)
	place(r.mark, p-2.5, p+2.5, 1.5, gaugeBar+2*gaugeOver-3)

	top := float32(gaugeBar + 2*gaugeOver + 1)
	r.labels[0].Move(fyne.NewPos(0, top))
	end := r.labels[2].MinSize().Width
	r.labels[2].Move(fyne.NewPos(size.Width-end, top))
	width := r.labels[1].MinSize().Width
	r.labels[1].Move(fyne.NewPos(min(max(t-width/2, 28), size.Width-end-width-10), top))
}

func (r *gaugeRenderer) Refresh() {
	g := r.gauge
	for _, o := range []fyne.CanvasObject{r.below, r.band, r.above, r.threshold, r.labels[0], r.labels[1], r.labels[2]} {
		if g.known {
			o.Show()
		} else {
			o.Hide()
		}
	}
	for _, o := range []fyne.CanvasObject{r.mark, r.markEdge} {
		if g.shown && g.known {
			o.Show()
		} else {
			o.Hide()
		}
	}
	r.labels[1].Text = tr("threshold {{.Percent}}", map[string]any{"Percent": percent(g.info.Threshold)})
	r.Layout(g.Size())
	canvas.Refresh(g)
}

func (r *gaugeRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *gaugeRenderer) Destroy() {}
