package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// preferencePhrases holds the phrases that the reader made.
const preferencePhrases = "phrases"

// mostPhrases bounds the list, which has to fit a small screen.
const mostPhrases = 12

// findings and sides are the phrases that are always on offer: what a reader
// notes most beside the model's call, and where.
func findings() []string {
	return []string{
		tr("Consolidation"), tr("Interstitial opacities"), tr("Pleural effusion"), tr("Atelectasis"),
		tr("Cardiac enlargement"), tr("Not pneumonia: artefact or device"), tr("Poor inspiration or rotation"),
	}
}

func sides() []string { return []string{tr("right"), tr("left"), tr("both sides")} }

// showPhrases offers phrases for the note below it.
func (w *Window) showPhrases() {
	if !w.box.CanReview() {
		return
	}
	var items []*fyne.MenuItem
	for _, finding := range findings() {
		item := fyne.NewMenuItem(finding, func() { w.insert(finding) })
		var children []*fyne.MenuItem
		for _, side := range sides() {
			children = append(children, fyne.NewMenuItem(side, func() { w.insert(finding + ", " + side) }))
		}
		item.ChildMenu = fyne.NewMenu("", children...)
		items = append(items, item)
	}
	items = append(items, fyne.NewMenuItemSeparator())
	own := w.app.Preferences().StringList(preferencePhrases)
	for _, phrase := range own {
		items = append(items, fyne.NewMenuItem(phrase, func() { w.insert(phrase) }))
	}
	keep := fyne.NewMenuItem(tr("Keep this note as a phrase"), w.keepPhrase)
	keep.Disabled = strings.TrimSpace(w.box.Review().Note) == ""
	items = append(items, keep)
	if len(own) > 0 {
		items = append(items, fyne.NewMenuItem(tr("Forget the newest phrase"), w.forgetPhrase))
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), w.window.Canvas())
	at := w.app.Driver().AbsolutePositionForObject(w.review.note)
	// To the left of the note, so that what opens beside it has room.
	menu.ShowAtPosition(fyne.NewPos(max(at.X-menu.MinSize().Width-8, 0), max(min(at.Y, w.window.Canvas().Size().Height-menu.MinSize().Height), 0)))
}

// insert adds a phrase to the note.
func (w *Window) insert(phrase string) {
	note := strings.TrimRight(w.box.Review().Note, " \n")
	if note != "" {
		note += "; "
	}
	w.box.SetNote(note + phrase)
	w.focusFilm()
}

func (w *Window) keepPhrase() {
	phrase := strings.Join(strings.Fields(w.box.Review().Note), " ")
	own := slices.DeleteFunc(w.app.Preferences().StringList(preferencePhrases), func(p string) bool { return p == phrase })
	own = append(own, phrase)
	w.app.Preferences().SetStringList(preferencePhrases, own[max(0, len(own)-mostPhrases):])
	w.focusFilm()
}

func (w *Window) forgetPhrase() {
	own := w.app.Preferences().StringList(preferencePhrases)
	w.app.Preferences().SetStringList(preferencePhrases, own[:max(len(own)-1, 0)])
	w.focusFilm()
}
