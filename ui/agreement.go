package ui

import (
	"fmt"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pneumolight/inference"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// showAgreement shows how often the reader agreed with the model, and where
// not.
func (w *Window) showAgreement() {
	w.box.LoadReviews(func(r lightbox.Reviews) {
		w.show(tr("Agreement with the model"), agreementView(r, func(c store.Case) {
			w.reading.Hide()
			w.box.Revisit(c)
		}))
		w.reading.Resize(w.dialogSize())
	})
}

// agreementView shows the reviews; again is called with one to look at again.
func agreementView(r lightbox.Reviews, again func(store.Case)) fyne.CanvasObject {
	if len(r.Agreements) == 0 {
		return widget.NewLabel(tr("No film is reviewed yet."))
	}
	legend := container.NewVBox()
	for k, model := range modelsOf(r) {
		dot := canvas.NewCircle(plotColours[k%len(plotColours)])
		legend.Add(container.NewHBox(gap(6), container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(10), dot)), widget.NewLabel(totalText(r, model))))
	}
	note := small()
	note.SetText(tr("Share of films on which you agreed, by month of review, with 95 % intervals. Agreement is not accuracy: the model may have led you."))
	head := container.NewVBox(newPlot(r), legend, note, separator(), heading(tr("Disagreements: click one to look at it again")))
	list := widget.NewList(func() int { return len(r.Disagreements) },
		func() fyne.CanvasObject {
			label := widget.NewLabel("")
			label.Truncation = fyne.TextTruncateEllipsis
			return label
		},
		func(k widget.ListItemID, o fyne.CanvasObject) {
			o.(*widget.Label).SetText(disagreementText(r.Disagreements[k]))
		})
	list.OnSelected = func(k widget.ListItemID) { again(r.Disagreements[k]) }
	// The whole scrolls where it is higher than the window, and the list has
	// what a high window leaves.
	height := canvas.NewRectangle(color.Transparent)
	height.SetMinSize(fyne.NewSize(1, float32(min(len(r.Disagreements), listLeast))*(widget.NewLabel("").MinSize().Height+4)))
	return container.NewVScroll(container.NewBorder(head, nil, nil, nil, container.NewStack(height, list)))
}

// listLeast is how many disagreements are listed in the lowest of windows.
const listLeast = 8

func modelsOf(r lightbox.Reviews) []string {
	var models []string
	for _, a := range r.Agreements {
		if !slices.Contains(models, a.Model) {
			models = append(models, a.Model)
		}
	}
	return models
}

// totalText says one model's sum in a line.
func totalText(r lightbox.Reviews, model string) string {
	total := r.Total(model)
	text := model + ": " + tr("agreed {{.Agreed}}, disagreed {{.Disagreed}}, uncertain {{.Uncertain}}", map[string]any{
		"Agreed": total.Agreed, "Disagreed": total.Disagreed, "Uncertain": total.Uncertain,
	})
	if rate, ok := total.Rate(); ok {
		low, high := total.Interval()
		text += fmt.Sprintf("  (%.0f %%, %.0f–%.0f %%)", rate*100, low*100, high*100)
	}
	return text
}

func disagreementText(c store.Case) string {
	at := c.Review.ReviewedAt.Local().Format("2006-01-02 15:04")
	if c.Model.Call == "" {
		return joined(at, tr("The model is hidden"))
	}
	return joined(at,
		callText(inference.Call(c.Model.Call))+", "+percent(c.Model.Probability),
		findingText(c.Review.Finding), sideText(c.Review.Side), c.Review.Note)
}

// plotColours tell models apart, with any colour vision (Okabe and Ito).
var plotColours = []color.NRGBA{
	{R: 0x56, G: 0xB4, B: 0xE9, A: 0xFF},
	{R: 0xE6, G: 0x9F, B: 0x00, A: 0xFF},
	{R: 0x00, G: 0x9E, B: 0x73, A: 0xFF},
	{R: 0xCC, G: 0x79, B: 0xA7, A: 0xFF},
}

// plot draws the rate of agreement by month with its interval.
type plot struct {
	widget.BaseWidget
	reviews lightbox.Reviews
}

func newPlot(r lightbox.Reviews) *plot {
	p := &plot{reviews: r}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer draws the plot.
func (p *plot) CreateRenderer() fyne.WidgetRenderer { return &plotRenderer{plot: p} }

type plotRenderer struct {
	plot *plot
	drawing
}

const (
	plotHeight = 210
	plotLeft   = 56
	plotBottom = 24
	plotTop    = 10
	// plotMonths is how many of the latest months are drawn.
	plotMonths = 24
)

func (r *plotRenderer) MinSize() fyne.Size { return fyne.NewSize(360, plotHeight) }

func (r *plotRenderer) Layout(size fyne.Size) {
	r.objects = nil
	if size.Width < r.MinSize().Width {
		return // it is laid out once before it is given its room
	}
	y := func(rate float64) float32 {
		return plotTop + (size.Height-plotTop-plotBottom)*float32(1-rate)
	}
	for _, rate := range []float64{0, 0.25, 0.5, 0.75, 1} {
		r.line(fyne.NewPos(plotLeft, y(rate)), fyne.NewPos(size.Width-8, y(rate)), colourLine, 1)
		r.text(fmt.Sprintf("%.0f %%", rate*100), fyne.NewPos(plotLeft-8, y(rate)), fyne.TextAlignTrailing)
	}
	var months []string
	for _, a := range r.plot.reviews.Agreements {
		if !slices.Contains(months, a.Month) {
			months = append(months, a.Month)
		}
	}
	months = months[max(0, len(months)-plotMonths):]
	models := modelsOf(r.plot.reviews)
	// Each model has its column in each month, and in all of them together,
	// which stand apart on the right.
	step := (size.Width - plotLeft - 8) / float32(len(months)+1)
	column := func(k int, a lightbox.Agreement) {
		if rate, ok := a.Rate(); ok {
			model := slices.Index(models, a.Model)
			x := plotLeft + step*(float32(k)+0.5) + (float32(model)-float32(len(models)-1)/2)*12
			low, high := a.Interval()
			r.whiskers(x, y(low), y(high), plotColours[model%len(plotColours)])
			r.dot(fyne.NewPos(x, y(rate)), 9, plotColours[model%len(plotColours)])
		}
	}
	label := func(k int, text string) {
		r.text(text, fyne.NewPos(plotLeft+step*(float32(k)+0.5), size.Height-plotBottom/2), fyne.TextAlignCenter)
	}
	for k, month := range months {
		if every := 1 + int(60/step); k%every == 0 {
			label(k, month)
		}
		for _, a := range r.plot.reviews.Agreements {
			if a.Month == month {
				column(k, a)
			}
		}
	}
	apart := plotLeft + step*float32(len(months))
	r.line(fyne.NewPos(apart, plotTop), fyne.NewPos(apart, size.Height-plotBottom), colourLine, 2)
	label(len(months), tr("all"))
	for _, model := range models {
		column(len(months), r.plot.reviews.Total(model))
	}
}

func (r *plotRenderer) Refresh() {
	r.Layout(r.plot.Size())
	canvas.Refresh(r.plot)
}

func (r *plotRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *plotRenderer) Destroy() {}
