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
		{"report.write", groupScreen, "Write a report", []string{"Ctrl+R"}, func(w *Window) { w.box.OpenReport() }},
		{"export.open", groupScreen, "Export without identity…", []string{"Ctrl+E"}, (*Window).askExport},
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

func (w *Window) askExport() {
	w.box.AskExport()
	visible(w.export.content, w.box.Export().State != lightbox.ExportNone)
	w.arrangeDrawer()
}

// arrangeDrawer shows, beside the film, what the reader is at: the report, an
// export, or else the panel.
func (w *Window) arrangeDrawer() {
	report := w.box.Report().Open
	visible(w.report.content, report)
	visible(w.export.content, w.export.content.Visible() && !report && w.box.Export().State != lightbox.ExportNone)
	visible(w.panel, !w.maximised && !report && !w.export.content.Visible())
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
