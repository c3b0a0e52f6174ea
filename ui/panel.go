package ui

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/render"
	"pneumolight/ui/lightbox"
)

// panelWidth is the width of the panel beside the film.
const panelWidth = 312

// aiPanel says what the model made of the film.
type aiPanel struct {
	box  *lightbox.Lightbox
	keys *keyMap

	call    *widget.Label
	number  *canvas.Text
	unit    *canvas.Text
	gauge   *gauge
	band    *widget.Label
	heat    *widget.Check
	opacity *widget.Slider
	percent *widget.Label
	region  *widget.Label
	domain  *widget.Label
	reasons *widget.Label
	anyway  *widget.Button
	again   *widget.Button
	blind   *widget.Label
	first   map[inference.Call]*widget.Button
	model   *widget.Label
	file    *widget.Label

	content   *fyne.Container
	numberRow *fyne.Container
	heatRow   *fyne.Container
	anywayRow fyne.CanvasObject
	againRow  fyne.CanvasObject
	blindRow  *fyne.Container
}

// newAIPanel makes the panel. Done gives the keys back to the film.
func newAIPanel(box *lightbox.Lightbox, keys *keyMap, done func()) *aiPanel {
	p := &aiPanel{box: box, keys: keys, gauge: newGauge()}
	p.call = wrapped(theme.SizeNameSubHeadingText)
	p.call.TextStyle.Bold = true
	p.number = canvas.NewText("", colourText)
	p.number.TextSize = sizeNumber
	p.number.TextStyle.Bold = true
	p.unit = canvas.NewText(tr("probability of pneumonia"), colourMuted)
	p.unit.TextSize = sizeSmall
	p.band = small()
	p.region = small()
	p.domain = small()
	p.reasons = wrapped("")
	p.reasons.Importance = widget.WarningImportance
	p.model = small()
	p.file = small()
	p.heat = widget.NewCheck("", func(on bool) { box.SetHeat(on); done() })
	p.opacity = widget.NewSlider(0, 100)
	p.opacity.Step = 1
	p.opacity.OnChanged = func(v float64) { box.SetOpacity(v / 100) }
	p.opacity.OnChangeEnded = func(float64) { done() }
	p.percent = widget.NewLabel("")
	p.anyway = widget.NewButton("", func() { box.AnalyseAnyway(); done() })
	p.again = widget.NewButton("", func() { box.TryAgain(); done() })
	p.blind = wrapped("")
	p.first = map[inference.Call]*widget.Button{}
	firsts := container.New(&even{gap: 6})
	for _, call := range impressions {
		p.first[call] = widget.NewButton("", func() { box.SetImpression(call); done() })
		firsts.Add(p.first[call])
	}
	p.blindRow = container.New(layout.NewCustomPaddedVBoxLayout(4), p.blind, inset(firsts))
	p.anywayRow, p.againRow = inset(p.anyway), inset(p.again)
	p.numberRow = container.NewHBox(gap(4), p.number, container.NewVBox(layout.NewSpacer(), p.unit, gap(1)))
	p.heatRow = container.NewBorder(nil, nil, p.heat, p.percent, p.opacity)
	p.content = container.New(layout.NewCustomPaddedVBoxLayout(0),
		heading(tr("Model")), p.call, p.blindRow, p.numberRow, inset(p.gauge), p.band, p.reasons, p.anywayRow, p.againRow,
		p.heatRow, p.region, p.domain, p.model, p.file)
	p.name()
	return p
}

// impressions are what a film may look like at first, in the order in which
// they are offered.
var impressions = []inference.Call{inference.CallNormal, inference.CallPneumonia, inference.CallUncertain}

// name writes the keys on what they do.
func (p *aiPanel) name() {
	p.heat.Text = p.keys.hint(tr("Heat map"), "ai.heat")
	p.heat.Refresh()
	var keys []string
	for _, call := range impressions {
		p.first[call].SetText(impressionText(call))
		keys = append(keys, p.keys.first("ai.first."+string(call)))
	}
	p.blind.SetText(tr("What does the film look like to you? The model waits for your first impression.") + " (" + strings.Join(keys, ", ") + ")")
	p.anyway.SetText(p.keys.hint(tr("Analyse anyway"), "ai.anyway"))
	p.again.SetText(p.keys.hint(tr("Try again"), "ai.again"))
}

// update draws the state of the analysis.
func (p *aiPanel) update() {
	info, known, modelErr := p.box.Model()
	outcome := p.box.Outcome()
	hidden := p.box.Hidden()
	done := outcome.State == lightbox.AnalysisDone && !hidden
	prediction := outcome.Analysis.Prediction
	if done {
		info, known, modelErr = outcome.Analysis.Model, true, nil
	}
	hasModel := known && modelErr == nil
	// A film that the model does not look at needs no scale.
	scale := hasModel && !hidden && !notOpen(p.box) && (done || outcome.State == lightbox.AnalysisRunning || outcome.State == lightbox.AnalysisNone)

	setText(p.call, p.headline(known, modelErr, outcome))
	importance := widget.MediumImportance
	if done {
		switch prediction.Call {
		case inference.CallPneumonia:
			importance = widget.DangerImportance
		case inference.CallUncertain:
			importance = widget.WarningImportance
		}
		p.number.Text = percent(prediction.Probability)
	}
	if p.call.Importance != importance {
		p.call.Importance = importance
		p.call.Refresh()
	}
	p.number.Refresh()
	visible(p.numberRow, done)
	visible(p.blindRow, hidden)
	p.gauge.set(info, hasModel, prediction.Probability, done)
	visible(p.gauge, scale)
	visible(p.band, scale)
	setText(p.band, bandText(info))

	reasons := p.reasonText(modelErr, outcome)
	setText(p.reasons, reasons)
	visible(p.reasons, reasons != "")
	visible(p.anywayRow, p.box.CanForce())
	visible(p.againRow, p.box.CanTryAgain() && (outcome.State != lightbox.AnalysisFailed || modelErr == nil))

	visible(p.heatRow, scale)
	if p.heat.Checked != p.box.HeatOn() {
		p.heat.Checked = p.box.HeatOn()
		p.heat.Refresh()
	}
	opacity := p.box.Opacity() * 100
	if p.opacity.Value != opacity {
		p.opacity.Value = opacity
		p.opacity.Refresh()
	}
	setText(p.percent, fmt.Sprintf("%.0f %%", opacity))
	region := tr("Where the model looked, not where disease is.")
	if done && !p.box.HasRegion() {
		region = tr(render.NoRegion(prediction.Call))
	}
	setText(p.region, region)
	visible(p.region, scale)
	domain := ""
	if scale {
		domain = domainText(info.Domain, p.box.Film())
	}
	setText(p.domain, domain)
	visible(p.domain, domain != "")

	switch {
	case hasModel:
		setText(p.model, tr("Model {{.Name}}, version {{.Version}}", map[string]any{"Name": info.Name, "Version": info.Version}))
	case !known:
		setText(p.model, tr("The model is being loaded."))
	}
	visible(p.model, hasModel || !known)
	setText(p.file, fileText(p.box.Film()))
	visible(p.file, p.file.Text != "")
	p.content.Refresh()
}

// fileText is what is odd about a film's file.
func fileText(film *dicomio.Film) string {
	if film == nil || len(film.Warnings) == 0 {
		return ""
	}
	var warnings []string
	for _, w := range film.Warnings {
		warnings = append(warnings, warningText(w))
	}
	return tr("About the file: {{.Warnings}}", map[string]any{"Warnings": strings.Join(warnings, " ")})
}

func (p *aiPanel) headline(known bool, modelErr error, outcome lightbox.Outcome) string {
	if p.box.Hidden() {
		return tr("The model is hidden")
	}
	switch outcome.State {
	case lightbox.AnalysisDone:
		return callText(outcome.Analysis.Prediction.Call)
	case lightbox.AnalysisRunning:
		if !known {
			return tr("Waiting for the model…")
		}
		return tr("Analysing…")
	case lightbox.AnalysisRefused:
		return tr("Not analysed")
	case lightbox.AnalysisCancelled:
		return tr("The analysis was cancelled")
	case lightbox.AnalysisFailed:
		if modelErr != nil {
			return tr("There is no model")
		}
		return tr("The analysis failed")
	}
	switch {
	case notOpen(p.box):
		return tr("The film is not open")
	case modelErr != nil:
		return tr("There is no model")
	case p.box.Busy(lightbox.TaskRead):
		return tr("Opening…")
	}
	return tr("No film is open")
}

// notOpen reports whether there is no film where one should be: it could not be
// read, or the reader did not wait for it.
func notOpen(box *lightbox.Lightbox) bool {
	return box.Path() != "" && box.Film() == nil && !box.Busy(lightbox.TaskRead)
}

// reasonText is why a film was refused or what is doubtful about it.
func (p *aiPanel) reasonText(modelErr error, outcome lightbox.Outcome) string {
	var lines []string
	switch outcome.State {
	case lightbox.AnalysisFailed:
		lines = append(lines, faultText(outcome.Err))
	case lightbox.AnalysisDone:
		if text := mirrorText(outcome.Analysis.Model, outcome.Analysis.Prediction); text != "" && !p.box.Hidden() {
			lines = append(lines, text)
		}
		if outcome.Analysis.Forced && !p.box.Hidden() {
			lines = append(lines, tr("Analysed at the reader's wish although the film is not fit for this model: do not rely on it."))
		}
	case lightbox.AnalysisNone:
		if modelErr != nil {
			lines = append(lines, faultText(modelErr))
		}
	}
	for _, reason := range p.box.Reasons() {
		lines = append(lines, reasonText(reason))
	}
	return strings.Join(lines, "\n")
}

// mirrorText says why the model abstains although the probability lies outside
// of its band.
func mirrorText(info inference.Info, p inference.Prediction) string {
	if p.Call != inference.CallUncertain || (p.Probability > info.Uncertain.Low && p.Probability < info.Uncertain.High) {
		return ""
	}
	return tr("The model judges the film's mirror image differently, with {{.Mirrored}}, so it abstains.",
		map[string]any{"Mirrored": percent(p.Mirrored)})
}

// bandText says in one line where the model decides and where it abstains.
func bandText(info inference.Info) string {
	if info.Uncertain.High <= info.Uncertain.Low {
		return ""
	}
	return tr("The model abstains between {{.Low}} and {{.High}}.",
		map[string]any{"Low": percent(info.Uncertain.Low), "High": percent(info.Uncertain.High)})
}

// heading names a part of the panel.
func heading(text string) fyne.CanvasObject {
	t := canvas.NewText(strings.ToUpper(text), colourMuted)
	t.TextSize = sizeSmall
	t.TextStyle.Bold = true
	return container.NewHBox(gap(4), t)
}

// wrapped is a label that breaks its lines.
func wrapped(size fyne.ThemeSizeName) *widget.Label {
	l := widget.NewLabel("")
	l.Wrapping = fyne.TextWrapWord
	if size != "" {
		l.SizeName = size
	}
	return l
}

// small is a wrapped label in small, muted print.
func small() *widget.Label {
	l := wrapped(theme.SizeNameCaptionText)
	l.Importance = widget.LowImportance
	return l
}

// setText changes a label where it is to say something else: laying text out
// is dear, and most updates change none.
func setText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

// visible shows or hides an object where it is not so yet.
func visible(o fyne.CanvasObject, show bool) {
	switch {
	case show == o.Visible():
	case show:
		o.Show()
	default:
		o.Hide()
	}
}

// gap is an empty space so many points wide.
func gap(width float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(width, 1))
	return r
}

// offEdge keeps an object whose left edge is text as far from the right edge as
// inset does.
func offEdge(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, 0, 8), o)
}

// inset keeps an object as far from the panel's edges as a label's text is.
func inset(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(2, 2, 8, 8), o)
}
