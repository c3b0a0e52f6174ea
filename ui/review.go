package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// reviewPanel is where the reader agrees or disagrees with the model.
type reviewPanel struct {
	box  *lightbox.Lightbox
	keys *keyMap

	state    *widget.Label
	verdicts map[store.Verdict]*button
	note     *noteEntry
	save     *button

	content *fyne.Container
}

// newReviewPanel makes the panel. Done gives the keys back to the film.
func newReviewPanel(box *lightbox.Lightbox, keys *keyMap, done func()) *reviewPanel {
	p := &reviewPanel{box: box, keys: keys, state: small(), verdicts: map[store.Verdict]*button{}}
	row := container.New(&even{gap: 6})
	for _, v := range store.Verdicts() {
		p.verdicts[v] = newButton("", nil, func() { box.SetVerdict(v); done() })
		row.Add(p.verdicts[v])
	}
	p.note = newNoteEntry(done)
	p.note.OnChanged = box.SetNote
	p.save = newButton("", nil, func() { box.Save(); done() })
	p.save.Importance = widget.HighImportance
	p.content = container.New(layout.NewCustomPaddedVBoxLayout(4),
		heading(tr("Your review")), p.state, inset(row), inset(p.note), inset(p.save))
	p.name()
	return p
}

// name writes the keys on what they do.
func (p *reviewPanel) name() {
	for v, button := range p.verdicts {
		button.SetText(p.keys.hint(verdictText(v), "review."+string(v)))
	}
	p.note.SetPlaceHolder(p.keys.hint(tr("Note"), "review.note"))
	p.save.SetText(p.keys.hint(tr("Save review"), "review.save"))
}

// update draws the state of the review.
func (p *reviewPanel) update() {
	review := p.box.Review()
	can := p.box.CanReview()
	for v, button := range p.verdicts {
		importance := widget.MediumImportance
		if review.Verdict == v {
			importance = widget.HighImportance
		}
		if button.Importance != importance {
			button.Importance = importance
			button.Refresh()
		}
		enable(button, can)
	}
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
	if p.box.Hidden() {
		return "" // an earlier review tells of the model, too
	}
	if review.Earlier == nil {
		if p.box.Film() != nil && p.box.CanReview() {
			return tr("Not reviewed yet.")
		}
		return ""
	}
	earlier := review.Earlier.Review
	text := tr("Reviewed {{.When}}: {{.Verdict}}.", map[string]any{
		"When":    earlier.ReviewedAt.Local().Format("2006-01-02 15:04"),
		"Verdict": verdictText(earlier.Verdict),
	})
	if earlier.Note != "" {
		text += "\n" + tr("Note: {{.Note}}", map[string]any{"Note": earlier.Note})
	}
	return text
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
