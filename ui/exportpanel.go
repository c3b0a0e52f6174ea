package ui

import (
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pneumolight/deidentify"
	"pneumolight/ui/lightbox"
)

// exportPanel is where films are copied without what identifies the patient,
// beside the film.
type exportPanel struct {
	window *Window
	box    *lightbox.Lightbox

	source  *widget.RadioGroup
	dates   *widget.RadioGroup
	burned  *widget.Check
	reports *widget.Check
	cases   *widget.Check
	into    *widget.Label
	state   *widget.Label
	bar     *widget.ProgressBar
	start   *widget.Button
	stop    *widget.Button
	open    *widget.Button
	found   *widget.Label
	choices *fyne.Container
	content *fyne.Container
	setting bool
}

func newExportPanel(w *Window) *exportPanel {
	e := &exportPanel{window: w, box: w.box}
	e.source = widget.NewRadioGroup([]string{tr("This film"), ""}, func(string) { e.chosen() })
	e.dates = widget.NewRadioGroup([]string{tr("Remove dates"), tr("Shift dates by a random number of days a patient")}, func(string) { e.chosen() })
	for _, group := range []*widget.RadioGroup{e.source, e.dates} {
		group.Required = true
		group.Selected = group.Options[0]
	}
	e.burned = widget.NewCheck(tr("also films that say that text is burned in"), func(bool) { e.chosen() })
	e.reports = widget.NewCheck(tr("with a report of each film"), func(bool) { e.chosen() })
	e.cases = widget.NewCheck(tr("with the log's reviews, without notes"), func(bool) { e.chosen() })
	e.into, e.state, e.found = wrapped(""), wrapped(""), wrapped("")
	e.into.Importance = widget.LowImportance
	warning := wrapped("")
	warning.SetText(tr("The picture itself is not changed: text that is burned into it stays. Look at each film before you hand it on."))
	warning.Importance = widget.WarningImportance
	what := small()
	what.SetText(tr("After the basic profile of DICOM PS3.15: identifiers are replaced, names, private data and free text removed."))
	choose := widget.NewButton(tr("Into a new or empty folder…"), e.chooseFolder)
	e.bar = widget.NewProgressBar()
	e.start = widget.NewButton(tr("Export"), func() { e.box.StartExport(); w.focusFilm() })
	e.start.Importance = widget.HighImportance
	e.stop = widget.NewButton(tr("Stop"), func() { e.box.StopExport(); w.focusFilm() })
	e.open = widget.NewButton(tr("Show the folder"), func() { w.openOutside(e.box.Export().Order.Into) })
	done := widget.NewButton(tr("Close"), w.closeExport)
	head := container.NewBorder(nil, nil, heading(tr("Export without identity")), done)
	e.choices = container.New(layout.NewCustomPaddedVBoxLayout(2), what, e.source, e.dates, e.burned, e.reports, e.cases, inset(choose), e.into)
	body := container.NewVScroll(container.New(layout.NewCustomPaddedVBoxLayout(2),
		e.choices, warning, e.state, inset(e.bar), inset(e.start), inset(e.stop), inset(e.open), e.found))
	e.content = container.NewStack(canvas.NewRectangle(colourPanel), container.NewBorder(container.NewVBox(gap(drawerWidth), offEdge(head)), nil, nil, nil, body))
	e.content.Hide()
	return e
}

// chosen takes up what the reader chose.
func (e *exportPanel) chosen() {
	if e.setting {
		return
	}
	order := e.box.Export().Order
	order.Whole = e.source.Selected == e.source.Options[1]
	order.ShiftDates = e.dates.Selected == e.dates.Options[1]
	order.BurnedIn, order.Reports, order.Cases = e.burned.Checked, e.reports.Checked, e.cases.Checked
	e.box.SetExport(order)
}

func (e *exportPanel) chooseFolder() {
	e.window.pickFolder(func(folder string) {
		order := e.box.Export().Order
		order.Into = folder
		e.box.SetExport(order)
	})
}

// update draws the export as it is.
func (e *exportPanel) update() {
	x := e.box.Export()
	asked, running, ended := x.State == lightbox.ExportAsked, x.State == lightbox.ExportRunning, x.State == lightbox.ExportEnded
	if x.State == lightbox.ExportNone {
		return
	}
	e.setting = true
	defer func() { e.setting = false }()
	whole := tr("All of {{.Folder}}", map[string]any{"Folder": filepath.Base(x.Folder)})
	if e.source.Options[1] != whole {
		e.source.Options[1] = whole
		e.source.Refresh()
	}
	e.source.SetSelected(e.source.Options[index(x.Order.Whole)])
	e.dates.SetSelected(e.dates.Options[index(x.Order.ShiftDates)])
	for c, on := range map[*widget.Check]bool{e.burned: x.Order.BurnedIn, e.reports: x.Order.Reports, e.cases: x.Order.Cases} {
		if c.Checked != on {
			c.SetChecked(on)
		}
	}
	into := tr("No folder is chosen yet.")
	if x.Order.Into != "" {
		into = x.Order.Into
	}
	setText(e.into, into)
	setText(e.state, exportText(x))
	importance := widget.MediumImportance
	if x.Err != nil {
		importance = widget.WarningImportance
	}
	if e.state.Importance != importance {
		e.state.Importance = importance
		e.state.Refresh()
	}
	if x.Total > 0 {
		e.bar.SetValue(float64(x.Done) / float64(x.Total))
	}
	setText(e.found, exportWarnings(x.Summary))
	visible(e.choices, asked)
	visible(e.state, running || ended)
	visible(e.bar, running)
	visible(e.start, asked)
	enable(e.start, x.Order.Into != "")
	visible(e.stop, running)
	visible(e.open, ended && x.Summary.Exported > 0)
	visible(e.found, ended && e.found.Text != "")
	e.content.Refresh()
}

func index(second bool) int {
	if second {
		return 1
	}
	return 0
}

// exportText is the state of an export in one sentence.
func exportText(x lightbox.Export) string {
	data := map[string]any{
		"Done": amount(x.Done), "Total": amount(x.Total), "Exported": amount(x.Summary.Exported), "Refused": amount(x.Summary.Refused),
		"Skipped": amount(x.Summary.Skipped), "Folder": x.Order.Into,
	}
	switch {
	case x.State == lightbox.ExportRunning && x.Total == 0:
		return tr("Looking for films…")
	case x.State == lightbox.ExportRunning:
		return tr("{{.Done}} of {{.Total}} films", data)
	case x.Err != nil:
		return tr("The export ended:") + " " + strings.TrimRight(faultText(x.Err), ".。") + ". " + tr("{{.Exported}} films were exported.", data)
	case x.Stopped:
		return tr("Stopped. {{.Exported}} films were exported to {{.Folder}}.", data)
	}
	return tr("{{.Exported}} films were exported to {{.Folder}}, {{.Refused}} refused, {{.Skipped}} other files passed over. What was removed stands in deidentification.txt beside them.", data)
}

// mostWarnings bounds what is listed of an export; all of it is in its files.
const mostWarnings = 20

// exportWarnings are what has to be looked at, each once with how often.
func exportWarnings(s deidentify.Summary) string {
	times := map[string]int{}
	var order []string
	count := func(text string) {
		if times[text] == 0 {
			order = append(order, text)
		}
		times[text]++
	}
	for _, film := range s.Films {
		if film.Refusal != "" {
			count(tr("Not exported:") + " " + film.Refusal)
		}
		for _, warning := range film.Warnings {
			count(warning)
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return times[b] - times[a] })
	var lines []string
	for _, text := range order[:min(len(order), mostWarnings)] {
		lines = append(lines, amount(times[text])+" × "+text)
	}
	return strings.Join(lines, "\n")
}
