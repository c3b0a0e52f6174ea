package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// keyList shows every action with its keys, to be read and to be changed.
type keyList struct {
	window  *Window
	buttons map[string]*keyButton
	// waiting is the action that the next key is for; empty where none is.
	waiting string
}

// showKeys lists the actions in two columns of about the same length.
func (w *Window) showKeys() {
	l := &keyList{window: w, buttons: map[string]*keyButton{}}
	left, right := container.New(layout.NewCustomPaddedVBoxLayout(-4)), container.New(layout.NewCustomPaddedVBoxLayout(-4))
	actions := Actions()
	column, group := left, ""
	head := func(text string) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(12, 4, 0, 0), heading(text))
	}
	left.Add(head(tr("Mouse")))
	for _, m := range gestures() {
		left.Add(keyRow(widget.NewLabel(m.mouse), m.text))
	}
	for k, a := range actions {
		if a.Group != group {
			group = a.Group
			if k >= len(actions)/2-8 {
				column = right
			}
			column.Add(head(tr(group)))
		}
		column.Add(l.row(a))
	}
	columns := 2
	if w.dialogSize().Width < 700 {
		columns = 1
	}
	hint := small()
	hint.SetText(tr("Click a key to choose another one for it."))
	usual := widget.NewButton(tr("Usual keys"), func() {
		w.keys.reset()
		l.stopWaiting()
	})
	foot := container.NewBorder(nil, nil, nil, usual, hint)
	w.show(tr("Keys"), container.NewBorder(nil, foot, nil, nil, container.NewVScroll(container.NewGridWithColumns(columns, left, right))))
	w.reading.Resize(w.dialogSize())
	w.keyList = l
}

func (l *keyList) row(a Action) fyne.CanvasObject {
	b := newKeyButton(l, a.ID)
	b.Alignment = widget.ButtonAlignLeading
	b.Importance = widget.LowImportance
	l.buttons[a.ID] = b
	return keyRow(b, tr(a.Text))
}

// keyRow is what has to be done and what it is for.
func keyRow(what fyne.CanvasObject, text string) fyne.CanvasObject {
	label := widget.NewLabel(text)
	label.Truncation = fyne.TextTruncateEllipsis
	return container.NewBorder(nil, nil, container.NewGridWrap(fyne.NewSize(150, label.MinSize().Height), what), nil, label)
}

func (l *keyList) text(id string) string {
	var keys []string
	for _, key := range l.window.keys.of(id) {
		if l.window.keys.owner[stroke(key)] == id {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return "–"
	}
	return strings.Join(keys, "   ")
}

// wait has the next key bound to an action.
func (l *keyList) wait(id string) {
	l.stopWaiting()
	l.waiting = id
	l.buttons[id].SetText(tr("Press a key…"))
	// Only a widget that takes shortcuts is told of all that the reader may
	// choose; a canvas without a focus knows those that are taken already.
	l.window.window.Canvas().Focus(l.buttons[id])
}

func (l *keyList) stopWaiting() {
	l.waiting = ""
	for id, b := range l.buttons {
		b.SetText(l.text(id))
	}
	l.window.rekeyed()
}

// keyButton is an action's button in the list of keys, which takes the next
// key where the action waits for one.
type keyButton struct {
	widget.Button
	list *keyList
}

func newKeyButton(l *keyList, id string) *keyButton {
	b := &keyButton{list: l}
	b.Text, b.OnTapped = l.text(id), func() { l.wait(id) }
	b.ExtendBaseWidget(b)
	return b
}

// TypedRune takes a printable key; Space presses a button that has the focus.
func (b *keyButton) TypedRune(r rune) {
	if r == ' ' && b.list.waiting == "" {
		b.OnTapped()
		return
	}
	b.list.window.typed(runeStroke(r))
}

// TypedKey takes a key that prints nothing.
func (b *keyButton) TypedKey(e *fyne.KeyEvent) {
	if s, ok := keyStroke(e.Name); ok {
		b.list.window.typed(s)
	}
}

// TypedShortcut takes a key with a modifier.
func (b *keyButton) TypedShortcut(s fyne.Shortcut) { b.list.window.typed(shortcutStroke(s)) }

// typed takes the key that an action waits for; Esc leaves it as it is.
func (l *keyList) typed(key stroke) bool {
	if l.waiting == "" {
		return false
	}
	if key != "Esc" {
		l.window.keys.bind(l.waiting, key)
	}
	l.stopWaiting()
	l.window.window.Canvas().Unfocus()
	return true
}
