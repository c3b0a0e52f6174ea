package ui

import "pneumolight/ui/lightbox"

// groupScreen holds what is done to many films at once, or handed over.
const groupScreen = "Screening and reports"

// screenActions are the actions on folders, and those that hand films over.
func screenActions() []Action {
	return []Action{
		{"screen.here", groupScreen, "Screen this folder…", []string{"Ctrl+Shift+S"}, (*Window).screenHere},
		{"screen.folder", groupScreen, "Screen a folder…", []string{"Ctrl+Shift+F"}, (*Window).screenFolder},
		{"screen.triage", groupScreen, "Triage", []string{"Ctrl+T"}, (*Window).toggleTriage},
		{"screen.earlier", groupScreen, "Screenings…", []string{"Ctrl+Shift+T"}, func(w *Window) { w.triage.showRuns() }},
		{"report.write", groupScreen, "Write a report", []string{"Ctrl+R"}, (*Window).toggleReport},
		{"export.open", groupScreen, "Export without identity…", []string{"Ctrl+E"}, (*Window).toggleExport},
	}
}

// screenHere offers to screen what the films were opened from.
func (w *Window) screenHere() {
	if w.box.Path() == "" {
		w.screenFolder()
		return
	}
	w.box.AskScreen(w.box.Source())
}

// screenFolder offers to screen a folder of one's choice.
func (w *Window) screenFolder() { w.pickFolder(w.box.AskScreen) }

// toggleTriage shows the triage, or the film again.
func (w *Window) toggleTriage() {
	if w.triage.content.Visible() {
		w.triage.hide()
		return
	}
	w.triage.show()
}

// toggleReport shows the film's report, or puts it away; its text is kept.
func (w *Window) toggleReport() {
	if w.report.content.Visible() {
		w.closeReport()
		return
	}
	if !w.box.Report().Open {
		w.box.OpenReport()
	}
	if w.box.Report().Open {
		w.minimise()
	}
}

func (w *Window) closeReport() {
	w.box.CloseReport()
	w.focusFilm()
}

// toggleExport shows the export of films, which takes a report's place, or
// puts it away.
func (w *Window) toggleExport() {
	if w.export.content.Visible() && !w.maximised {
		w.closeExport()
		return
	}
	w.box.AskExport()
	if w.box.Export().State == lightbox.ExportNone {
		return
	}
	w.box.CloseReport()
	w.export.content.Show()
	w.minimise()
}

func (w *Window) closeExport() {
	w.box.CloseExport()
	w.export.content.Hide()
	w.arrangeDrawer()
	w.focusFilm()
}

// minimise takes back the room that the film had, for what is to stand beside
// it.
func (w *Window) minimise() {
	w.maximised = false
	w.arrangeDrawer()
	w.arrange()
}

// arrangeDrawer shows, beside the film, what the reader is at: the report, an
// export, or else the panel. A film that has all the room leaves none to them.
func (w *Window) arrangeDrawer() {
	report := w.box.Report().Open
	visible(w.export.content, w.export.content.Visible() && !report && w.box.Export().State != lightbox.ExportNone)
	export := w.export.content.Visible()
	visible(w.report.content, report && !w.maximised)
	visible(w.panel, !report && !export && !w.maximised)
	visible(w.drawer, !w.maximised)
	w.body.Refresh()
}

// updateScreening draws again what a change touches of screening, triage,
// report and export.
func (w *Window) updateScreening(what lightbox.Change) {
	if what&lightbox.ChangedScreen != 0 && w.screen.update() {
		w.whole.Refresh()
	}
	if what&lightbox.ChangedTriage != 0 {
		w.triage.update()
	} else if what&lightbox.ChangedAnalysis != 0 && w.triage.content.Visible() {
		w.triage.figures.update() // the model may have come
	}
	if what&(lightbox.ChangedReport|lightbox.ChangedAnalysis|lightbox.ChangedReview|lightbox.ChangedProgress) != 0 {
		w.report.update()
	}
	if what&lightbox.ChangedExport != 0 {
		w.export.update()
	}
	if what&(lightbox.ChangedReport|lightbox.ChangedExport) != 0 {
		w.arrangeDrawer()
	}
}
