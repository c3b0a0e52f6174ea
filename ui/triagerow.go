package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pneumolight/triage"
	"pneumolight/ui/lightbox"
)

// triageRow is one film of the triage: its band in colour and word, its
// probability, its file or why the model has nothing to say, and until when it
// should be read.
type triageRow struct {
	widget.BaseWidget
	ground      *canvas.Rectangle
	stripe      *canvas.Rectangle
	band        *canvas.Text
	probability *canvas.Text
	file        *widget.Label
	due         *canvas.Text
	state       *canvas.Text
}

func newTriageRow() *triageRow {
	text := func() *canvas.Text {
		t := canvas.NewText("", colourText)
		t.TextSize = sizeSmall
		return t
	}
	r := &triageRow{
		ground: canvas.NewRectangle(color.Transparent), stripe: canvas.NewRectangle(color.Transparent),
		band: text(), probability: text(), file: widget.NewLabel(""), due: text(), state: text(),
	}
	r.file.Truncation = fyne.TextTruncateEllipsis
	r.file.SizeName = "helperText"
	r.probability.Alignment, r.due.Alignment, r.state.Alignment = fyne.TextAlignTrailing, fyne.TextAlignTrailing, fyne.TextAlignTrailing
	r.due.Color = colourMuted
	r.state.Color = colourCalm
	r.ExtendBaseWidget(r)
	return r
}

// set shows a film.
func (r *triageRow) set(policy triage.Policy, film lightbox.Triaged, current bool, now time.Time) {
	band, stripe := policy.Band(film.Film), color.Color(color.Transparent)
	text, probability, why := "", "–", ""
	if !film.Hidden {
		stripe, text, why = bandColour(band), triageBandText(band), outcomeText(film.Outcome)
		if film.Outcome == triage.Judged || film.Outcome == triage.Uncertain {
			probability = percent(film.Probability)
		}
	}
	setFill(r.stripe, stripe)
	ground := color.Color(color.Transparent)
	if current {
		ground = colourRaised
	}
	setFill(r.ground, ground)
	setCanvasText(r.band, text, bandColour(band))
	setCanvasText(r.probability, probability, colourText)
	file := film.ID
	if why != "" {
		file += "  –  " + why
		if film.Reason != "" && film.Outcome != triage.Uncertain {
			file += ": " + film.Reason
		}
	}
	setText(r.file, file)
	due, colour, state := "", color.Color(colourMuted), ""
	switch {
	case film.Reviewed:
		state = tr("reviewed")
	case !film.Hidden: // until when it should be read tells its band
		at := policy.Due(film.Film)
		due = clockOrDay(at, now)
		if now.After(at) {
			due, colour = tr("overdue"), colourCaution
		}
	}
	setCanvasText(r.due, due, colour)
	setCanvasText(r.state, state, colourCalm)
}

// clockOrDay is the time of day today, and the day with it otherwise.
func clockOrDay(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format("15:04")
	}
	return at.Format("01-02 15:04")
}

func setFill(r *canvas.Rectangle, fill color.Color) {
	if r.FillColor != fill {
		r.FillColor = fill
		r.Refresh()
	}
}

func setCanvasText(t *canvas.Text, text string, colour color.Color) {
	if t.Text != text || t.Color != colour {
		t.Text, t.Color = text, colour
		t.Refresh()
	}
}

// The columns of a row, in points from its edges.
const (
	triageRowHeight = 30
	triageStripe    = 5
	triageBandAt    = 14
	triageBandWide  = 84
	triageShareWide = 52
	triageDueWide   = 92
	triageStateWide = 74
)

// CreateRenderer lays the columns out side by side.
func (r *triageRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(triageRowLayout{}, r.ground, r.stripe, r.band, r.probability, r.file, r.due, r.state))
}

type triageRowLayout struct{}

func (triageRowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(420, triageRowHeight)
}

func (triageRowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, width float32) {
		height := min(o.MinSize().Height, size.Height)
		o.Move(fyne.NewPos(x, (size.Height-height)/2))
		o.Resize(fyne.NewSize(width, height))
	}
	o[0].Resize(size)
	o[1].Move(fyne.NewPos(2, 3))
	o[1].Resize(fyne.NewSize(triageStripe, size.Height-6))
	place(o[2], triageBandAt, triageBandWide)
	place(o[3], triageBandAt+triageBandWide, triageShareWide)
	left, right := float32(triageBandAt+triageBandWide+triageShareWide+6), size.Width-triageStateWide-triageDueWide-12
	place(o[4], left, max(right-left, 0))
	place(o[5], right, triageDueWide)
	place(o[6], right+triageDueWide, triageStateWide)
}
