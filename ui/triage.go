package ui

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/store"
	"pneumolight/triage"
	"pneumolight/ui/lightbox"
)

// preferenceWait keeps how long the least urgent film may wait, in minutes.
const preferenceWait = "longest-wait"

// triageView shows the films of a screening in the order in which they should
// be read. It takes the place of the film; choosing one brings the film back.
type triageView struct {
	window *Window
	box    *lightbox.Lightbox

	title     *widget.Label
	detail    *widget.Label
	counts    map[triage.Band]*canvas.Text
	rest      *widget.Label
	unread    *widget.Check
	noRoutine *widget.Check
	lowest    *widget.Slider
	lowestIs  *widget.Label
	wait      *widget.Select
	hidden    *widget.Label
	list      *widget.List
	empty     *widget.Label
	figures   *operatingPanel
	notice    *widget.Label
	// judged is what tells of the model's judgement of films, which waits
	// for the reader's where it has to.
	judged  []fyne.CanvasObject
	runs    *screeningList
	earlier *widget.Button
	back    *widget.Button
	content *fyne.Container
	pages   [2]fyne.CanvasObject // the worklist, and the list of screenings

	cursor  int
	setting bool // while the view itself sets what the reader could choose
	offset  float32
}

// waits are the caps on waiting that are on offer.
var waits = []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour}

// figuresWidth is the width of the column with the plot and the figures.
const figuresWidth = 440

func newTriageView(w *Window) *triageView {
	v := &triageView{window: w, box: w.box, counts: map[triage.Band]*canvas.Text{}}
	v.title, v.detail, v.rest, v.hidden = widget.NewLabel(""), small(), widget.NewLabel(""), widget.NewLabel("")
	v.detail.Wrapping, v.detail.Truncation = fyne.TextWrapOff, fyne.TextTruncateEllipsis
	v.detail.Alignment = fyne.TextAlignTrailing
	v.title.SizeName = theme.SizeNameSubHeadingText
	v.title.TextStyle.Bold = true
	v.title.Truncation = fyne.TextTruncateEllipsis
	v.notice = wrapped(theme.SizeNameCaptionText)
	v.notice.Importance = widget.WarningImportance
	v.earlier, v.back = widget.NewButton("", v.showRuns), widget.NewButton("", v.hide)
	v.name()
	head := container.NewBorder(nil, nil, nil, offEdge(container.NewHBox(v.earlier, v.back)), v.title)

	v.list = widget.NewList(v.box.TriageRows, func() fyne.CanvasObject { return newTriageRow() }, v.setRow)
	v.list.HideSeparators = true
	v.list.OnSelected = func(row widget.ListItemID) {
		v.list.UnselectAll()
		v.open(row)
	}
	v.empty = wrapped("")
	v.empty.Alignment = fyne.TextAlignCenter
	v.figures = newOperatingPanel(v.box)
	figures := container.NewStack(canvas.NewRectangle(colourPanel), container.NewBorder(gap(figuresWidth), nil, nil, nil, container.NewVScroll(v.figures.content)))
	top := container.New(layout.NewCustomPaddedVBoxLayout(-4), v.countsRow(), v.filterRow(), container.NewBorder(nil, nil, v.hidden, nil, v.detail), v.header(), separator())
	left := container.NewBorder(top, nil, nil, nil, container.NewStack(v.list, container.New(middle{fyne.NewSize(420, 60)}, v.empty)))
	// Of a stack, the layout sees nothing where the figures are hidden.
	v.pages[0] = container.New(figuresLayout{}, left, container.NewStack(figures))
	v.judged = append(v.judged, figures)
	v.runs = newScreeningList(v)
	v.pages[1] = v.runs.content
	v.content = container.NewStack(canvas.NewRectangle(colourGround),
		container.NewBorder(container.New(layout.NewCustomPaddedVBoxLayout(-4), head, v.notice), nil, nil, nil, container.NewStack(v.pages[0], v.pages[1])))
	v.content.Hide()
	return v
}

// name writes the keys on what they do.
func (v *triageView) name() {
	v.earlier.SetText(v.window.keys.hint(tr("Screenings…"), "screen.earlier"))
	v.back.SetText(v.window.keys.hint(tr("Back to the film"), "screen.triage"))
}

// countsRow says how many films are in which band.
func (v *triageView) countsRow() fyne.CanvasObject {
	bands := container.NewHBox(gap(6))
	for _, band := range triage.Bands() {
		mark := canvas.NewRectangle(bandColour(band))
		mark.CornerRadius = 2
		v.counts[band] = canvas.NewText("", bandColour(band))
		v.counts[band].TextSize = sizeText
		v.counts[band].TextStyle.Bold = true
		bands.Add(container.NewCenter(container.NewGridWrap(fyne.NewSquareSize(11), mark)))
		bands.Add(v.counts[band])
		bands.Add(gap(10))
	}
	v.rest.Importance = widget.LowImportance
	v.rest.Truncation = fyne.TextTruncateEllipsis
	v.judged = append(v.judged, bands)
	return container.NewBorder(nil, nil, bands, nil, v.rest)
}

// filterRow chooses what is shown. Films of which the model knows nothing are
// always shown, so that there is no choice to hide them.
func (v *triageView) filterRow() fyne.CanvasObject {
	v.unread = widget.NewCheck(tr("unread only"), func(bool) { v.filter() })
	v.noRoutine = widget.NewCheck(tr("without routine"), func(bool) { v.filter() })
	v.lowest = widget.NewSlider(0, 100)
	v.lowest.Step = 1
	v.lowestIs = widget.NewLabel("")
	v.lowest.OnChanged = func(float64) { v.filter() }
	var names []string
	for _, wait := range waits {
		names = append(names, tr("{{.Hours}} h", map[string]any{"Hours": int(wait.Hours())}))
	}
	v.wait = widget.NewSelect(names, func(string) {
		if v.setting {
			return
		}
		wait := waits[v.wait.SelectedIndex()]
		v.window.app.Preferences().SetInt(preferenceWait, int(wait.Minutes()))
		v.box.SetLongestWait(wait)
	})
	lowest := container.NewBorder(nil, nil, widget.NewLabel(tr("from")), container.NewGridWrap(fyne.NewSize(56, v.lowestIs.MinSize().Height), v.lowestIs),
		container.NewCenter(container.NewGridWrap(fyne.NewSize(120, 28), v.lowest)))
	wait := container.NewHBox(widget.NewLabel(tr("Longest wait")), v.wait)
	v.judged = append(v.judged, v.noRoutine, lowest, wait)
	return container.New(layout.NewRowWrapLayout(), v.unread, v.noRoutine, lowest, wait)
}

// header names the columns of the list.
func (v *triageView) header() fyne.CanvasObject {
	r := newTriageRow()
	for text, words := range map[*canvas.Text]string{r.band: tr("Band"), r.probability: tr("Probab."), r.due: tr("read by")} {
		setCanvasText(text, words, colourMuted)
	}
	r.file.Importance = widget.LowImportance
	setText(r.file, tr("File"))
	return r
}

func (v *triageView) setRow(row widget.ListItemID, o fyne.CanvasObject) {
	film, ok := v.box.TriageRow(row)
	if !ok {
		return
	}
	if at := v.list.GetScrollOffset(); at != v.offset {
		v.offset = at
		v.box.Attend()
	}
	view, _, _ := v.box.Triage()
	o.(*triageRow).set(view.Policy, film, row == v.cursor, time.Now())
}

// filter has the lightbox show what the reader wants.
func (v *triageView) filter() {
	if v.setting {
		return
	}
	f := triage.Filter{Unread: v.unread.Checked, LowestProbability: v.lowest.Value / 100}
	if v.noRoutine.Checked {
		f.Bands = []triage.Band{triage.BandSuspicious, triage.BandUnclear}
	}
	v.box.SetTriageFilter(f)
}

// show brings the view, with the list of screenings where none is open.
func (v *triageView) show() {
	_, _, open := v.box.Triage()
	v.content.Show()
	v.window.body.Hide()
	v.window.window.Canvas().Unfocus()
	if open {
		v.showPage(0)
		v.update()
		return
	}
	v.showRuns()
}

func (v *triageView) showPage(page int) {
	for k, o := range v.pages {
		visible(o, k == page)
	}
	v.content.Refresh()
}

func (v *triageView) showRuns() {
	v.box.LoadScreenings(func(runs []store.ScreeningSummary) {
		v.content.Show()
		v.window.body.Hide()
		v.showPage(1)
		v.update()
		v.runs.set(runs)
	})
}

// hide gives the room back to the film.
func (v *triageView) hide() {
	v.content.Hide()
	v.window.body.Show()
	v.window.focusFilm()
}

// open puts a film on the box.
func (v *triageView) open(row int) {
	if _, ok := v.box.TriageRow(row); !ok {
		return
	}
	v.cursor = row
	v.hide()
	v.box.ShowTriaged(row)
}

// covers reports whether an action is on the film that the triage hides.
func (v *triageView) covers(id string) bool {
	if !v.content.Visible() || strings.HasPrefix(id, "screen.") || strings.HasPrefix(id, "help.") {
		return false
	}
	return !slices.Contains([]string{"film.open", "film.folder", "film.backup", "film.settings", "film.quit", "view.full"}, id)
}

// typed moves among the films, opens one, or leaves, and reports whether the
// key was one of those.
func (v *triageView) typed(key stroke) bool {
	if !v.content.Visible() {
		return false
	}
	page := max(int(v.list.Size().Height/triageRowHeight)-1, 1)
	switch key {
	case "Down":
		v.moveTo(v.cursor + 1)
	case "Up":
		v.moveTo(v.cursor - 1)
	case "PageDown":
		v.moveTo(v.cursor + page)
	case "PageUp":
		v.moveTo(v.cursor - page)
	case "Home":
		v.moveTo(0)
	case "End":
		v.moveTo(v.box.TriageRows() - 1)
	case "Enter":
		if v.pages[0].Visible() {
			v.open(v.cursor)
		}
	case "Esc":
		v.hide()
	default:
		return false
	}
	return true
}

func (v *triageView) moveTo(row int) {
	before := v.cursor
	v.cursor = max(min(row, v.box.TriageRows()-1), 0)
	v.list.ScrollTo(v.cursor)
	v.list.RefreshItem(before)
	v.list.RefreshItem(v.cursor)
}

// update draws the state of the triage.
func (v *triageView) update() {
	if !v.content.Visible() {
		return
	}
	view, run, ok := v.box.Triage()
	if !ok {
		setText(v.title, tr("Screenings"))
		setText(v.detail, "")
		setText(v.notice, tr(triage.Notice))
		return
	}
	setText(v.title, tr("Triage of {{.Folder}}", map[string]any{"Folder": filepath.Base(run.Folder)}))
	setText(v.detail, tr("Screened {{.When}} by model {{.Name}}, version {{.Version}}, threshold {{.Threshold}}", map[string]any{
		"When": run.StartedAt.Local().Format("2006-01-02 15:04"), "Name": run.ModelName, "Version": run.ModelVersion, "Threshold": percent(run.Threshold),
	}))
	for _, band := range triage.Bands() {
		v.counts[band].Text = triageBandText(band) + " " + amount(view.Counts.By[band])
		v.counts[band].Refresh()
	}
	blind := v.box.Blind()
	if blind == v.judged[0].Visible() {
		for _, o := range v.judged {
			visible(o, !blind)
		}
		v.content.Refresh() // lays out anew what is left
	}
	counts := map[string]any{
		"Read": amount(view.Counts.Read), "Total": amount(view.Counts.Total), "Overdue": amount(view.Counts.Overdue),
		"Refused": amount(view.Counts.Refused), "Failed": amount(view.Counts.Failed),
	}
	if blind {
		setText(v.notice, tr("The model waits for your first impression: the films stand in the order in which they came, and what it says of each is shown once you have given yours."))
		setText(v.rest, tr("{{.Read}} of {{.Total}} reviewed", counts))
	} else {
		setText(v.notice, tr(triage.Notice))
		setText(v.rest, tr("{{.Read}} of {{.Total}} reviewed, {{.Overdue}} overdue; unclear: {{.Refused}} refused, {{.Failed}} unreadable", counts))
	}
	v.updateFilter(view)
	v.cursor = max(min(v.cursor, v.box.TriageRows()-1), 0)
	v.list.Refresh()
	v.figures.update()
}

func (v *triageView) updateFilter(view lightbox.TriageView) {
	v.setting = true
	defer func() { v.setting = false }()
	f := view.Filter
	for c, on := range map[*widget.Check]bool{v.unread: f.Unread, v.noRoutine: len(f.Bands) > 0} {
		if c.Checked != on {
			c.SetChecked(on)
		}
	}
	if v.lowest.Value != f.LowestProbability*100 {
		v.lowest.SetValue(f.LowestProbability * 100)
	}
	setText(v.lowestIs, percentPlain(f.LowestProbability))
	for k, wait := range waits {
		if wait == view.Policy.LongestWait && v.wait.SelectedIndex() != k {
			v.wait.SetSelectedIndex(k)
		}
	}
	text, importance := tr("Nothing is hidden."), widget.LowImportance
	if view.Hidden > 0 {
		text, importance = tr("The filter hides {{.Hidden}} unread films, which have to be read, too.", map[string]any{"Hidden": amount(view.Hidden)}), widget.WarningImportance
	}
	if v.hidden.Importance != importance {
		v.hidden.Importance = importance
		v.hidden.Refresh()
	}
	setText(v.hidden, text)
	nothing := ""
	switch {
	case view.Counts.Total == 0:
		nothing = tr("No film is screened yet.")
	case v.box.TriageRows() == 0:
		nothing = tr("The filter shows no film.")
	}
	setText(v.empty, nothing)
}
