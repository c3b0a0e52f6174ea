package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// guide says, in an empty window, what to do first.
type guide struct {
	keys    *keyMap
	steps   *fyne.Container
	content fyne.CanvasObject
}

func newGuide(keys *keyMap) *guide {
	g := &guide{keys: keys, steps: container.New(layout.NewFormLayout())}
	title := widget.NewLabel(tr("Drop a chest film or a folder here"))
	title.SizeName = theme.SizeNameSubHeadingText
	title.Alignment = fyne.TextAlignCenter
	hint := widget.NewLabel(tr("DICOM, PNG, JPEG or TIFF, also in folders, ZIP files and from DICOMDIR"))
	hint.Importance = widget.LowImportance
	hint.Alignment = fyne.TextAlignCenter
	g.name()
	g.content = container.NewScroll(container.NewCenter(container.NewVBox(title, hint, gap(1), container.NewCenter(g.steps))))
	return g
}

// name writes the steps with the keys that they have.
func (g *guide) name() {
	g.steps.RemoveAll()
	step := func(key, text string) {
		name := widget.NewLabel(key)
		name.TextStyle.Bold = true
		name.Alignment = fyne.TextAlignTrailing
		g.steps.Add(name)
		g.steps.Add(widget.NewLabel(text))
	}
	key := g.keys.first
	step(key("film.open"), tr("Open a file"))
	for _, m := range gestures()[:4] {
		step(m.mouse, m.text)
	}
	step(key("ai.heat"), tr("Show or hide the heat map"))
	step(key("review.agree")+"  "+key("review.disagree")+"  "+key("review.uncertain"), tr("Agree, disagree, uncertain"))
	step(key("review.save"), tr("Save the review"))
	step(key("help.keys"), tr("List of keys"))
}

// gesture is something that the mouse does on the film.
type gesture struct{ mouse, text string }

// gestures are all of them, the most used first.
func gestures() []gesture {
	return []gesture{
		{tr("Left drag"), tr("Window and level")},
		{tr("Middle drag"), tr("Move the film")},
		{tr("Right drag, Ctrl+wheel"), tr("Zoom")},
		{tr("Wheel"), tr("Next film")},
		{tr("Double click"), tr("Give the film all the room")},
	}
}
