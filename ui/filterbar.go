package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// filterBar is what stands above the list and says which films are wanted.
type filterBar struct {
	box     *lightbox.Lightbox
	text    *noteEntry
	unread  *widget.Check
	more    *widget.Button
	left    *widget.Label
	content fyne.CanvasObject
}

// newFilterBar makes the bar. More opens the whole filter below an object.
func newFilterBar(box *lightbox.Lightbox, done func(), more func(below fyne.CanvasObject)) *filterBar {
	b := &filterBar{box: box, text: newNoteEntry(done)}
	b.text.MultiLine, b.text.Wrapping = false, fyne.TextWrapOff
	b.text.SetMinRowsVisible(1)
	b.text.SetPlaceHolder(tr("Filter"))
	b.text.OnChanged = func(text string) {
		f := box.Filter()
		f.Text = text
		box.SetFilter(f)
	}
	b.text.OnSubmitted = func(string) { done() }
	b.unread = widget.NewCheck(tr("unread"), func(on bool) {
		f := box.Filter()
		f.State = lightbox.StateAny
		if on {
			f.State = lightbox.StateUnread
		}
		box.SetFilter(f)
		done()
	})
	b.more = widget.NewButtonWithIcon("", theme.MoreVerticalIcon(), func() { more(b.more) })
	b.more.Importance = widget.LowImportance
	b.left = widget.NewLabel("")
	b.left.SizeName = theme.SizeNameCaptionText
	b.left.Alignment = fyne.TextAlignTrailing
	b.content = container.NewVBox(
		container.NewBorder(nil, nil, nil, b.more, b.text),
		container.NewBorder(nil, nil, b.unread, nil, b.left))
	return b
}

// update follows the lightbox, which drops the filter with the list.
func (b *filterBar) update() {
	f := b.box.Filter()
	if unread := f.State == lightbox.StateUnread; b.unread.Checked != unread {
		b.unread.Checked = unread
		b.unread.Refresh()
	}
	if b.text.Text != f.Text {
		b.text.SetText(f.Text)
	}
	// How many films a filter hides is said wherever one does.
	importance, text := widget.LowImportance, tr("{{.Count}} films", map[string]any{"Count": len(b.box.List())})
	if !f.All() {
		importance = widget.WarningImportance
		text = tr("{{.Wanted}} of {{.Count}} films", map[string]any{"Wanted": b.box.Wanted(), "Count": len(b.box.List())})
	}
	if b.left.Importance != importance {
		b.left.Importance = importance
		b.left.Refresh()
	}
	setText(b.left, text)
}
