package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/inference"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// reviewPanel is where the reader agrees or disagrees with the model. The
// verdict and the button to save stand apart: they are in sight however long
// the rest is, and however low the window.
type reviewPanel struct {
	box  *lightbox.Lightbox
	keys *keyMap

	state    *widget.Label
	verdicts map[store.Verdict]*widget.Button
	finding  *widget.Button
	sides    map[store.Side]*widget.Button
	sideRow  fyne.CanvasObject
	note     *noteEntry
	save     *widget.Button

	content *fyne.Container
	// foot has the verdicts and the button to save.
	foot *fyne.Container
}

// newReviewPanel makes the panel. Done gives the keys back to the film.
func newReviewPanel(box *lightbox.Lightbox, keys *keyMap, done func()) *reviewPanel {
	p := &reviewPanel{box: box, keys: keys, state: small(), verdicts: map[store.Verdict]*widget.Button{}, sides: map[store.Side]*widget.Button{}}
	row := container.New(&even{gap: 6})
	for _, v := range store.Verdicts() {
		p.verdicts[v] = widget.NewButton("", func() { box.SetVerdict(v); done() })
		row.Add(p.verdicts[v])
	}
	p.finding = widget.NewButtonWithIcon("", theme.MenuDropDownIcon(), func() { p.chooseFinding(done) })
	p.finding.IconPlacement = widget.ButtonIconTrailingText
	p.finding.Alignment = widget.ButtonAlignLeading
	sides := container.New(&even{gap: 6})
	for _, s := range store.Sides() {
		p.sides[s] = widget.NewButton("", func() { box.ToggleSide(s); done() })
		sides.Add(p.sides[s])
	}
	p.sideRow = inset(sides)
	p.note = newNoteEntry(done)
	p.note.SetMinRowsVisible(2)
	p.note.OnChanged = box.SetNote
	p.save = widget.NewButton("", func() { box.Save(); done() })
	p.save.Importance = widget.HighImportance
	p.content = container.New(layout.NewCustomPaddedVBoxLayout(2),
		heading(tr("Your review")), p.state, inset(p.finding), p.sideRow, inset(p.note))
	p.foot = container.New(layout.NewCustomPaddedVBoxLayout(2), inset(row), inset(p.save))
	p.name()
	return p
}

// name writes the keys on what they do.
func (p *reviewPanel) name() {
	for v, button := range p.verdicts {
		button.SetText(p.keys.hint(verdictText(v), "review."+string(v)))
	}
	for s, button := range p.sides {
		button.SetText(sideText(s))
	}
	p.note.SetPlaceHolder(p.keys.hint(tr("Note"), "review.note"))
	p.save.SetText(p.keys.hint(tr("Save review"), "review.save"))
}

// update draws the state of the review.
func (p *reviewPanel) update() {
	review := p.box.Review()
	can := p.box.CanReview()
	for v, button := range p.verdicts {
		choose(button, review.Verdict == v)
		enable(button, can)
	}
	finding := tr("Finding…")
	if review.Finding != "" {
		finding = findingText(review.Finding)
	}
	if p.finding.Text != finding {
		p.finding.SetText(finding)
	}
	enable(p.finding, can)
	for s, button := range p.sides {
		choose(button, review.Side == s)
		enable(button, can)
	}
	visible(p.sideRow, review.Finding.HasSide())
	if p.note.Text != review.Note {
		p.note.SetText(review.Note)
	}
	enable(p.note, can)
	enable(p.save, p.box.CanSave())
	setText(p.state, p.stateText(review))
	visible(p.state, p.state.Text != "")
	p.content.Refresh()
}

func (p *reviewPanel) stateText(review lightbox.Review) string {
	if p.box.LogError() != nil {
		return tr("The log could not be opened, so reviews cannot be saved.")
	}
	if p.box.Withheld() {
		return ""
	}
	if review.Earlier == nil {
		if p.box.Film() != nil && p.box.CanReview() {
			return tr("Not reviewed yet.")
		}
		return ""
	}
	text := tr("Reviewed") + " " + reviewText(review.Earlier.Review)
	if n := len(review.History); n > 1 {
		text += "\n" + p.keys.hint(tr("{{.Count}} reviews in all", map[string]any{"Count": n}), "review.history")
	}
	return text
}

// reviewText is a saved review in a few lines.
func reviewText(r store.Review) string {
	text := r.ReviewedAt.Local().Format("2006-01-02 15:04")
	if r.Reviewer != "" {
		text += ", " + r.Reviewer
	}
	text += ": " + verdictText(r.Verdict)
	if r.Finding != "" {
		text += "; " + findingText(r.Finding)
	}
	if r.Side != "" {
		text += ", " + sideText(r.Side)
	}
	text += "."
	if r.Impression != "" {
		text += "\n" + tr("First impression: {{.Call}}", map[string]any{"Call": impressionText(inference.Call(r.Impression))})
	}
	if r.Note != "" {
		text += "\n" + tr("Note: {{.Note}}", map[string]any{"Note": r.Note})
	}
	return text
}

// choose marks a button as chosen, or not.
func choose(b *widget.Button, chosen bool) {
	importance := widget.MediumImportance
	if chosen {
		importance = widget.HighImportance
	}
	if b.Importance != importance {
		b.Importance = importance
		b.Refresh()
	}
}

// chooseFinding offers the findings, above the button that they are for: below
// it there is not always room.
func (p *reviewPanel) chooseFinding(done func()) {
	var items []*fyne.MenuItem
	for _, f := range store.Findings() {
		item := fyne.NewMenuItem(p.keys.hint(findingText(f), "finding."+string(f)), func() { p.box.SetFinding(f); done() })
		item.Checked = p.box.Review().Finding == f
		items = append(items, item)
	}
	none := fyne.NewMenuItem(tr("Name none"), func() { p.box.SetFinding(""); done() })
	items = append(items, fyne.NewMenuItemSeparator(), none)
	driver := fyne.CurrentApp().Driver()
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), driver.CanvasForObject(p.finding))
	at := driver.AbsolutePositionForObject(p.finding)
	// Fyne takes the keys from whatever a click has shown, so that this has to
	// wait until the click is over.
	fyne.Do(func() { menu.ShowAtPosition(fyne.NewPos(at.X, max(at.Y-menu.MinSize().Height-4, 0))) })
}

// showHistory shows every review of the film on the box, the newest first.
func (w *Window) showHistory() {
	reviews := w.box.Review().History
	if w.box.Film() == nil {
		return
	}
	if w.box.Withheld() {
		w.box.Tell(tr("The reviews tell what the model says: give your first impression first."))
		return
	}
	list := container.NewVBox()
	for _, c := range slices.Backward(reviews) {
		text := wrapped("")
		text.SetText(reviewText(c.Review) + "\n" + tr("The model, version {{.Version}}, had said: {{.Call}}, {{.Probability}}", map[string]any{
			"Version": c.Model.Version, "Call": callText(inference.Call(c.Model.Call)), "Probability": percent(c.Model.Probability),
		}))
		list.Add(text)
		list.Add(separator())
	}
	if len(reviews) == 0 {
		list.Add(widget.NewLabel(tr("Not reviewed yet.")))
	}
	w.show(tr("Reviews of this film"), container.NewVScroll(list))
}

func enable(d fyne.Disableable, on bool) {
	if on == !d.Disabled() {
		return
	}
	if on {
		d.Enable()
	} else {
		d.Disable()
	}
}

// noteEntry is a text field that gives the keys back to the film on Esc.
type noteEntry struct {
	widget.Entry
	done func()
}

func newNoteEntry(done func()) *noteEntry {
	e := &noteEntry{done: done}
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.SetMinRowsVisible(3)
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey leaves the note on Esc.
func (e *noteEntry) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		e.done()
		return
	}
	e.Entry.TypedKey(key)
}

// even lays objects out side by side, each wide enough for its text, and
// shares what is left of the width among them.
type even struct{ gap float32 }

func (l *even) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(l.gap*float32(len(objects)-1), 0)
	for _, o := range objects {
		m := o.MinSize()
		size.Width += m.Width
		size.Height = max(size.Height, m.Height)
	}
	return size
}

func (l *even) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := max(size.Width-l.MinSize(objects).Width, 0) / float32(len(objects))
	x := float32(0)
	for _, o := range objects {
		width := o.MinSize().Width + left
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(width, size.Height))
		x += width + l.gap
	}
}
