package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pneumolight/store"
)

// screeningList offers the screenings in the log, to be opened as a triage.
type screeningList struct {
	view    *triageView
	runs    []store.ScreeningSummary
	list    *widget.List
	empty   *widget.Label
	content fyne.CanvasObject
}

func newScreeningList(v *triageView) *screeningList {
	l := &screeningList{view: v, empty: wrapped("")}
	l.list = widget.NewList(func() int { return len(l.runs) },
		func() fyne.CanvasObject {
			label := widget.NewLabel("")
			label.Truncation = fyne.TextTruncateEllipsis
			return label
		},
		func(k widget.ListItemID, o fyne.CanvasObject) { setText(o.(*widget.Label), screeningText(l.runs[k])) })
	l.list.OnSelected = func(k widget.ListItemID) {
		l.list.UnselectAll()
		v.cursor = 0
		v.box.OpenTriage(l.runs[k])
		v.show()
	}
	l.content = container.NewBorder(l.empty, nil, nil, nil, l.list)
	return l
}

func (l *screeningList) set(runs []store.ScreeningSummary) {
	l.runs = runs
	text := tr("Choose a screening to see its films in the order in which they should be read.")
	if len(runs) == 0 {
		text = tr("No folder is screened yet. Open a folder and choose “Screen this folder”.")
	}
	setText(l.empty, text)
	l.list.Refresh()
}

// screeningText is a run in a line.
func screeningText(run store.ScreeningSummary) string {
	state := tr("stopped before its end")
	if !run.FinishedAt.IsZero() {
		state = tr("complete")
	}
	return run.StartedAt.Local().Format("2006-01-02 15:04") + "   " +
		tr("{{.Files}} files", map[string]any{"Files": amount(run.Files)}) + ", " + state + "   " +
		run.Folder + "   (" + run.ModelName + " " + run.ModelVersion + ")"
}
