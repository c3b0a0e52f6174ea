package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/inference"
	"pneumolight/ui/lightbox"
)

// filterForm has all parts of the list's filter, which take effect as they are
// changed, and the filters that were kept under a name.
type filterForm struct {
	box   *lightbox.Lightbox
	saved *savedFilters
	popUp *widget.PopUp

	state    *widget.Select
	from, to *noteEntry
	view     *noteEntry
	call     *widget.Select
	name     *noteEntry
	keep     *widget.Button
	kept     *fyne.Container
}

// formWidth is the form's; its fields are as wide as their longest choice.
const formWidth = 320

// showFilter opens the form below an object.
func (w *Window) showFilter(below fyne.CanvasObject) *filterForm {
	f := &filterForm{box: w.box, saved: newSavedFilters(w.app.Preferences())}
	close := func() { f.popUp.Hide(); w.focusFilm() }
	f.state = widget.NewSelect(stateTexts(), nil)
	f.call = widget.NewSelect(callChoices(), nil)
	field := func(hint string) *noteEntry {
		e := newNoteEntry(close)
		e.MultiLine, e.Wrapping = false, fyne.TextWrapOff
		e.SetMinRowsVisible(1)
		e.SetPlaceHolder(hint)
		e.OnSubmitted = func(string) { close() }
		return e
	}
	f.from, f.to, f.view, f.name = field("2024"), field("2024-06"), field("DX PA"), field(tr("Name"))
	f.keep = widget.NewButton(tr("Keep"), func() { f.saved.keep(f.name.Text, w.box.Filter()); f.list() })
	f.kept = container.NewVBox()
	all := widget.NewButton(tr("All films"), func() { f.apply(lightbox.Filter{}) })
	fields := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Read")), f.state,
		widget.NewLabel(tr("Study date")), container.NewGridWithColumns(2, f.from, f.to),
		widget.NewLabel(tr("Modality, view")), f.view,
		widget.NewLabel(tr("Model's call")), f.call,
	)
	known := small()
	known.SetText(tr("The call is known of films that were on the box or are reviewed."))
	content := container.NewVBox(fields, known, inset(all), separator(), heading(tr("Kept filters")), f.kept,
		container.NewBorder(nil, nil, nil, f.keep, f.name))
	f.show(w.box.Filter())
	f.list()
	f.state.OnChanged = func(string) { f.read() }
	f.call.OnChanged = func(string) { f.read() }
	for _, e := range []*noteEntry{f.from, f.to, f.view} {
		e.OnChanged = func(string) { f.read() }
	}
	f.popUp = widget.NewPopUp(content, w.window.Canvas())
	f.popUp.Resize(fyne.NewSize(formWidth, content.MinSize().Height))
	at := w.app.Driver().AbsolutePositionForObject(below)
	f.popUp.ShowAtPosition(at.AddXY(0, below.Size().Height))
	return f
}

// read takes up what the form says.
func (f *filterForm) read() {
	filter := f.box.Filter()
	filter.State = lightbox.ReadStates()[max(f.state.SelectedIndex(), 0)]
	filter.From, filter.To = firstDay(f.from.Text), lastDay(f.to.Text)
	filter.View = f.view.Text
	filter.Call = calls[max(f.call.SelectedIndex(), 0)]
	f.box.SetFilter(filter)
}

// show writes a filter into the form.
func (f *filterForm) show(filter lightbox.Filter) {
	for k, state := range lightbox.ReadStates() {
		if state == filter.State {
			f.state.SetSelectedIndex(k)
		}
	}
	for k, call := range calls {
		if call == filter.Call {
			f.call.SetSelectedIndex(k)
		}
	}
	f.from.SetText(dayText(filter.From, "00"))
	f.to.SetText(dayText(filter.To, "99"))
	f.view.SetText(filter.View)
}

// apply chooses a filter and shows it.
func (f *filterForm) apply(filter lightbox.Filter) {
	f.show(filter)
	f.box.SetFilter(filter)
}

// list shows the kept filters, each with a button that forgets it.
func (f *filterForm) list() {
	f.kept.RemoveAll()
	for _, s := range f.saved.list {
		choose := widget.NewButton(s.Name, func() { f.name.SetText(s.Name); f.apply(s.Filter) })
		choose.Alignment = widget.ButtonAlignLeading
		choose.Importance = widget.LowImportance
		forget := widget.NewButtonWithIcon("", theme.DeleteIcon(), func() { f.saved.forget(s.Name); f.list() })
		forget.Importance = widget.LowImportance
		f.kept.Add(container.NewBorder(nil, nil, nil, forget, choose))
	}
	if f.popUp != nil {
		f.popUp.Resize(fyne.NewSize(formWidth, f.popUp.MinSize().Height))
	}
}

// calls are the calls to choose from, the first of which is any.
var calls = []inference.Call{"", inference.CallPneumonia, inference.CallNormal, inference.CallUncertain}

func callChoices() []string {
	texts := []string{tr("Any")}
	for _, call := range calls[1:] {
		texts = append(texts, impressionText(call))
	}
	return texts
}

func stateTexts() []string {
	return []string{tr("Any"), tr("Unread"), tr("Not reviewed"), tr("In progress"), tr("Reviewed")}
}

// firstDay and lastDay are the days that a date begins and ends with, which
// may be a year or a month alone, as DICOM writes them; empty for no date.
func firstDay(text string) string { return day(text, "00000000") }

func lastDay(text string) string { return day(text, "99999999") }

func day(text, rest string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
	if len(digits) < 4 {
		return ""
	}
	// A month or day that is half written does not count yet.
	digits = digits[:min(len(digits), 8)&^1]
	return digits + rest[len(digits):]
}

// dayText is a day as it is typed, without the two figures each that stood in
// for month and day.
func dayText(day, rest string) string {
	day = strings.TrimSuffix(strings.TrimSuffix(day, rest), rest)
	switch len(day) {
	case 8:
		return day[:4] + "-" + day[4:6] + "-" + day[6:]
	case 6:
		return day[:4] + "-" + day[4:]
	}
	return day
}
