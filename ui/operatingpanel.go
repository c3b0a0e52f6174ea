package ui

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pneumolight/triage"
	"pneumolight/ui/lightbox"
)

// operatingPanel shows how the films of a triage lie over the probability, and
// what a threshold would do among films like the model's validation films.
type operatingPanel struct {
	box *lightbox.Lightbox

	plot       *distribution
	threshold  *widget.Slider
	weighed    *widget.Label
	domain     *widget.Select
	prevalence *widget.Slider
	share      *widget.Label
	figures    [4]*figure
	natural    *widget.Label
	caveat     *widget.Label
	reference  *fyne.Container // what needs reference films
	content    *fyne.Container
	setting    bool
}

// sliderInset is how far from its edges a slider's line ends: the slider below
// the plot has its handle under the threshold.
const sliderInset = 14

// prevalences are those on offer: a slider's even steps would leave none
// between 0 and 1 %.
var prevalences = []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9}

func newOperatingPanel(box *lightbox.Lightbox) *operatingPanel {
	p := &operatingPanel{box: box}
	p.plot = newDistribution(p.weigh)
	p.threshold = widget.NewSlider(0, 1)
	p.threshold.Step = 0.01
	p.threshold.OnChanged = p.weigh
	p.weighed, p.natural, p.caveat = wrapped(""), wrapped(""), small()
	p.domain = widget.NewSelect(nil, func(string) {
		p.change(func(o *lightbox.Operating) { o.Domain = p.box.Domains()[p.domain.SelectedIndex()] })
	})
	p.prevalence = widget.NewSlider(0, float64(len(prevalences)-1))
	p.prevalence.OnChanged = func(k float64) {
		p.change(func(o *lightbox.Operating) { o.Prevalence = prevalences[int(k)] })
	}
	p.share = widget.NewLabel("")
	legend := container.NewHBox(gap(4), key(colourAlarm, tr("at or above")), key(colourBelow, tr("below")), key(colourCaution, tr("the model abstains")))
	table := container.New(layout.NewCustomPaddedVBoxLayout(-6))
	for k, name := range []string{tr("Sensitivity"), tr("Specificity"), tr("PPV"), tr("NPV")} {
		p.figures[k] = newFigure(name)
		table.Add(p.figures[k])
	}
	choice := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Films like")), p.domain,
		widget.NewLabel(tr("Prevalence")), container.NewBorder(nil, nil, nil, container.NewGridWrap(fyne.NewSize(64, 30), p.share), p.prevalence))
	p.reference = container.New(layout.NewCustomPaddedVBoxLayout(0), choice, inset(table), p.natural)
	slider := container.New(layout.NewCustomPaddedLayout(-6, -6, distributionLeft-sliderInset, distributionRight-sliderInset), p.threshold)
	p.content = container.New(layout.NewCustomPaddedVBoxLayout(0),
		gap(1), heading(tr("Distribution")), p.plot, slider, legend, p.weighed,
		heading(tr("What this threshold would do")), p.reference, p.caveat)
	return p
}

// key is a colour with its meaning.
func key(colour color.Color, text string) fyne.CanvasObject {
	mark := canvas.NewRectangle(colour)
	l := small()
	l.Wrapping = fyne.TextWrapOff
	l.SetText(text)
	return container.New(layout.NewCustomPaddedHBoxLayout(-2), container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(10), mark)), l)
}

// weigh moves the threshold that is weighed.
func (p *operatingPanel) weigh(threshold float64) {
	p.change(func(o *lightbox.Operating) { o.Threshold = threshold })
}

func (p *operatingPanel) change(what func(*lightbox.Operating)) {
	if p.setting {
		return
	}
	o := p.box.Operating()
	what(&o)
	p.box.SetOperating(o)
}

// update draws the state of the triage and the figures.
func (p *operatingPanel) update() {
	view, run, _ := p.box.Triage()
	o := p.box.Operating()
	p.setting = true
	defer func() { p.setting = false }()
	p.plot.set(view.Bins, run.Threshold, o.Threshold)
	if math.Abs(p.threshold.Value-o.Threshold) > p.threshold.Step/2 {
		p.threshold.SetValue(o.Threshold)
	}
	above := 0
	for _, bin := range view.Bins {
		if bin.Low+(bin.High-bin.Low)/2 >= o.Threshold {
			above += bin.Judged + bin.Uncertain
		}
	}
	text := tr("At {{.Threshold}}: about {{.Above}} films of this list lie at or above it; {{.Without}} have no probability.", map[string]any{
		"Threshold": percentPlain(o.Threshold), "Above": amount(above), "Without": amount(view.Without),
	})
	if math.Abs(o.Threshold-run.Threshold) > 0.005 {
		text += " " + tr("The list keeps the model's threshold, {{.Threshold}} (dashed).", map[string]any{"Threshold": percentPlain(run.Threshold)})
	}
	setText(p.weighed, text)
	point, err := p.box.OperatingPoint()
	visible(p.reference, err == nil)
	if err != nil {
		setText(p.caveat, operatingErrorText(err))
		return
	}
	p.updateChoice(o)
	for k, e := range []triage.Estimate{point.Sensitivity, point.Specificity, point.PPV, point.NPV} {
		p.figures[k].set(e)
	}
	setText(p.natural, naturalText(point))
	setText(p.caveat, tr("From {{.Pneumonia}} films with and {{.Normal}} without pneumonia, by which the model's threshold was chosen: a little too good, and true of films like these only. Ranges are 95 % intervals.", map[string]any{
		"Pneumonia": amount(point.Pneumonia), "Normal": amount(point.Normal),
	}))
}

func (p *operatingPanel) updateChoice(o lightbox.Operating) {
	domains := p.box.Domains()
	names := make([]string, len(domains))
	for k, domain := range domains {
		names[k] = referenceText(domain)
	}
	if !slices.Equal(p.domain.Options, names) {
		p.domain.SetOptions(names)
	}
	if k := slices.Index(domains, o.Domain); k != p.domain.SelectedIndex() {
		p.domain.SetSelectedIndex(k)
	}
	nearest := 0
	for k, share := range prevalences {
		if math.Abs(share-o.Prevalence) < math.Abs(prevalences[nearest]-o.Prevalence) {
			nearest = k
		}
	}
	if p.prevalence.Value != float64(nearest) {
		p.prevalence.SetValue(float64(nearest))
	}
	setText(p.share, percentPlain(o.Prevalence))
}

func operatingErrorText(err error) string {
	switch {
	case errors.Is(err, lightbox.ErrNoReference):
		return tr("This model's file holds no validation films, so that nothing can be said of sensitivity and specificity.")
	case errors.Is(err, lightbox.ErrOtherModel):
		return tr("Another model than the one that is loaded made this screening: its figures are not known here.")
	}
	return faultText(err)
}

// referenceText names what a model was validated on.
func referenceText(domain string) string {
	switch domain {
	case "kermany":
		return tr("Children of 1 to 5 years (Kermany)")
	case "nih":
		return tr("Adults (NIH)")
	}
	return domain
}

// naturalText says the figures as numbers of films, which are misread less
// than shares.
func naturalText(p triage.OperatingPoint) string {
	const films = 1000
	ill := films * p.Prevalence
	caught := ill * p.Sensitivity.Value
	alarms := (films - ill) * (1 - p.Specificity.Value)
	return tr("Of 1000 such films, {{.Ill}} show pneumonia: {{.Caught}} of these lie at or above the threshold, {{.Missed}} below it. {{.Alarms}} films without pneumonia lie above it, too.", map[string]any{
		"Ill": amount(int(math.Round(ill))), "Caught": amount(int(math.Round(caught))),
		"Missed": amount(int(math.Round(ill)) - int(math.Round(caught))), "Alarms": amount(int(math.Round(alarms))),
	})
}

// percentPlain writes a share that the reader has chosen.
func percentPlain(p float64) string {
	if p < 0.01 && p > 0 {
		return fmt.Sprintf("%.1f %%", p*100)
	}
	return fmt.Sprintf("%.0f %%", p*100)
}

// figure is a share with its interval, as number and as a mark on a line.
type figure struct {
	widget.BaseWidget
	name     string
	estimate triage.Estimate
}

func newFigure(name string) *figure {
	f := &figure{name: name}
	f.ExtendBaseWidget(f)
	return f
}

func (f *figure) set(e triage.Estimate) {
	if f.estimate != e {
		f.estimate = e
		f.Refresh()
	}
}

func (f *figure) text() string {
	e := f.estimate
	if math.IsNaN(e.Value) {
		return "–"
	}
	return fmt.Sprintf("%s %%  (%s–%s %%)", percentFigure(e.Value), percentFigure(e.Low), percentFigure(e.High))
}

// percentFigure writes a measured share without its sign, with a decimal where
// it would be rounded to none or all.
func percentFigure(share float64) string {
	if share > 0.985 && share < 1 || share < 0.015 && share > 0 {
		return fmt.Sprintf("%.1f", min(max(share*100, 0.1), 99.9))
	}
	return fmt.Sprintf("%.0f", share*100)
}

// CreateRenderer draws the figure.
func (f *figure) CreateRenderer() fyne.WidgetRenderer { return &figureRenderer{figure: f} }

type figureRenderer struct {
	figure *figure
	drawing
}

const (
	figureHeight = 26
	figureText   = 96  // from here the number stands
	figureLine   = 236 // from here the line goes
)

func (r *figureRenderer) MinSize() fyne.Size { return fyne.NewSize(360, figureHeight) }

func (r *figureRenderer) Layout(size fyne.Size) {
	r.objects = nil
	middle := size.Height / 2
	e := r.figure.estimate
	r.text(r.figure.name, fyne.NewPos(0, middle), fyne.TextAlignLeading)
	r.text(r.figure.text(), fyne.NewPos(figureText, middle), fyne.TextAlignLeading)
	r.objects[1].(*canvas.Text).Color = colourText
	x := func(share float64) float32 { return figureLine + (size.Width-figureLine-6)*float32(share) }
	r.line(fyne.NewPos(x(0), middle), fyne.NewPos(x(1), middle), colourLine, 2)
	if !math.IsNaN(e.Value) {
		r.line(fyne.NewPos(x(e.Low), middle), fyne.NewPos(x(e.High), middle), colourAccent, 4)
		r.dot(fyne.NewPos(x(e.Value), middle), 9, colourText)
	}
}

func (r *figureRenderer) Refresh() {
	r.Layout(r.figure.Size())
	canvas.Refresh(r.figure)
}

func (r *figureRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *figureRenderer) Destroy() {}
