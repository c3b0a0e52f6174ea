package ui

import (
	"strconv"

	"pneumolight/inference"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// Action is something that the reader can have done with a key.
type Action struct {
	// ID is stable: the key map is kept under it.
	ID string
	// Group and Text are English, to be translated.
	Group, Text string
	// Keys are the keys that it has unless the reader chose others.
	Keys []string

	do func(*Window)
}

// The groups of actions, in the order of the list of keys.
const (
	groupFilm   = "Film"
	groupTool   = "Tools"
	groupWindow = "Window and level"
	groupView   = "View"
	groupAI     = "Model"
	groupReview = "Review"
	groupHelp   = "Help"
)

// Actions are all actions with their usual keys, group by group.
func Actions() []Action {
	box := func(do func(*lightbox.Lightbox)) func(*Window) { return func(w *Window) { do(w.box) } }
	finding := func(f store.Finding) func(*Window) {
		return box(func(l *lightbox.Lightbox) { l.ToggleFinding(f) })
	}
	side := func(s store.Side) func(*Window) { return box(func(l *lightbox.Lightbox) { l.ToggleSide(s) }) }
	actions := []Action{
		{"film.open", groupFilm, "Open a file", []string{"Ctrl+O"}, (*Window).chooseFile},
		{"film.folder", groupFilm, "Open a folder", []string{"Ctrl+Shift+O"}, (*Window).chooseFolder},
		{"film.compare", groupFilm, "Compare with the prior", []string{"V"}, box((*lightbox.Lightbox).Compare)},
		{"film.compareWith", groupFilm, "Compare with a film…", []string{"Ctrl+P"}, (*Window).choosePrior},
		{"film.backup", groupFilm, "Back up the log…", []string{"Ctrl+Shift+B"}, (*Window).chooseBackup},
		{"film.settings", groupFilm, "Settings", []string{"Ctrl+,"}, (*Window).showSettings},
		{"film.quit", groupFilm, "Quit", []string{"Ctrl+Q"}, (*Window).close},
		{"film.next", groupFilm, "Next film", []string{"Down", "PageDown"}, box(func(l *lightbox.Lightbox) { l.Step(1) })},
		{"film.previous", groupFilm, "Previous film", []string{"Up", "PageUp"}, box(func(l *lightbox.Lightbox) { l.Step(-1) })},
		{"film.unread", groupFilm, "Next unread film", []string{"."}, box(func(l *lightbox.Lightbox) { l.StepUnread(1) })},
		{"film.unreadBefore", groupFilm, "Previous unread film", []string{","}, box(func(l *lightbox.Lightbox) { l.StepUnread(-1) })},
		{"film.patient", groupFilm, "Next patient", []string{"Ctrl+Down"}, box(func(l *lightbox.Lightbox) { l.StepPatient(1) })},
		{"film.patientBefore", groupFilm, "Previous patient", []string{"Ctrl+Up"}, box(func(l *lightbox.Lightbox) { l.StepPatient(-1) })},
		{"film.frame", groupFilm, "Next frame", []string{"Right"}, box(func(l *lightbox.Lightbox) { l.StepFrame(1) })},
		{"film.frameBefore", groupFilm, "Previous frame", []string{"Left"}, box(func(l *lightbox.Lightbox) { l.StepFrame(-1) })},
		{"film.filter", groupFilm, "Filter the list", []string{"Ctrl+F"}, (*Window).focusFilter},
		{"film.conditions", groupFilm, "All of the list's filter", []string{"Ctrl+G"}, (*Window).openFilter},
		{"film.first", groupFilm, "First film", []string{"Home"}, box((*lightbox.Lightbox).ShowFirst)},
		{"film.last", groupFilm, "Last film", []string{"End"}, box((*lightbox.Lightbox).ShowLast)},

		{"tool.window", groupTool, "Drag changes window and level", []string{"W"}, box(func(l *lightbox.Lightbox) { l.SetTool(lightbox.ToolWindow) })},
		{"tool.pan", groupTool, "Drag moves the film", []string{"P"}, box(func(l *lightbox.Lightbox) { l.SetTool(lightbox.ToolPan) })},
		{"tool.zoom", groupTool, "Drag zooms", []string{"Z"}, box(func(l *lightbox.Lightbox) { l.SetTool(lightbox.ToolZoom) })},
		{"tool.ruler", groupTool, "Ruler", []string{"L"}, box(func(l *lightbox.Lightbox) { l.SetTool(lightbox.ToolRuler) })},
		{"tool.angle", groupTool, "Angle", []string{"G"}, box(func(l *lightbox.Lightbox) { l.SetTool(lightbox.ToolAngle) })},
		{"tool.ratio", groupTool, "Cardiothoracic ratio", []string{"C"}, box(func(l *lightbox.Lightbox) { l.SetTool(lightbox.ToolRatio) })},
		{"tool.calibrate", groupTool, "Calibrate by the newest ruler", []string{"K"}, (*Window).calibrate},
		{"tool.uncalibrate", groupTool, "Drop the calibration by hand", []string{"Ctrl+K"}, box((*lightbox.Lightbox).DropCalibration)},
		{"tool.remove", groupTool, "Remove the newest mark", []string{"Delete", "Backspace"}, box((*lightbox.Lightbox).RemoveMark)},
		{"tool.removeAll", groupTool, "Remove all marks", []string{"Ctrl+Shift+Delete"}, box((*lightbox.Lightbox).RemoveMarks)},
		{"tool.magnify", groupTool, "Magnifier", []string{"M"}, (*Window).magnify},
		{"tool.undo", groupTool, "Undo", []string{"Ctrl+Z"}, (*Window).undo},
		{"tool.redo", groupTool, "Redo", []string{"Ctrl+Y"}, (*Window).redo},

		{"window.full", groupWindow, "Full range", []string{"0"}, box((*lightbox.Lightbox).FullRange)},
		{"window.auto", groupWindow, "Automatic, by percentiles", []string{"Q"}, box((*lightbox.Lightbox).AutoWindow)},
		{"window.histogram", groupWindow, "Histogram", []string{"'"}, (*Window).toggleHistogram},
		{"window.invert", groupWindow, "Invert", []string{"I"}, box((*lightbox.Lightbox).Invert)},
	}
	for k := range 9 {
		text := presetTexts[k]
		actions = append(actions, Action{
			presetID(k), groupWindow, text,
			[]string{string(rune('1' + k))},
			box(func(l *lightbox.Lightbox) { l.Preset(k) }),
		})
	}
	actions = append(actions, []Action{
		{"view.fit", groupView, "Fit the film", []string{"F"}, box((*lightbox.Lightbox).FitFilm)},
		{"view.actual", groupView, "One to one", []string{"O"}, box((*lightbox.Lightbox).ActualSize)},
		{"view.in", groupView, "Zoom in", []string{"+", "="}, (*Window).zoomIn},
		{"view.out", groupView, "Zoom out", []string{"-"}, (*Window).zoomOut},
		{"view.right", groupView, "Turn clockwise", []string{"R"}, box(func(l *lightbox.Lightbox) { l.Turn(1) })},
		{"view.left", groupView, "Turn anticlockwise", []string{"E"}, box(func(l *lightbox.Lightbox) { l.Turn(-1) })},
		{"view.flip", groupView, "Flip left to right", []string{"X"}, box((*lightbox.Lightbox).Flip)},
		{"view.reset", groupView, "Cancel, or reset the view", []string{"Esc"}, (*Window).escape},
		{"view.overlays", groupView, "Texts: all, anonymous, none", []string{"Space"}, (*Window).cycleOverlays},
		{"view.marks", groupView, "Show or hide the file's own marks", []string{";"}, box((*lightbox.Lightbox).ToggleOwnMarks)},
		{"view.panel", groupView, "Give the film all the room", []string{"B"}, (*Window).togglePanel},
		{"view.second", groupView, "Second window, for another monitor", []string{"F12"}, (*Window).toggleSecond},
		{"view.full", groupView, "Full screen", []string{"F11"}, (*Window).toggleFullScreen},

		{"ai.heat", groupAI, "Show or hide the heat map", []string{"H"}, box(func(l *lightbox.Lightbox) { l.SetHeat(!l.HeatOn()) })},
		{"ai.more", groupAI, "Heat map denser", []string{"]"}, box(func(l *lightbox.Lightbox) { l.SetOpacity(l.Opacity() + 0.1) })},
		{"ai.less", groupAI, "Heat map fainter", []string{"["}, box(func(l *lightbox.Lightbox) { l.SetOpacity(l.Opacity() - 0.1) })},
		{"ai.first.normal", groupAI, "First impression: normal", []string{"F2"}, box(func(l *lightbox.Lightbox) { l.SetImpression(inference.CallNormal) })},
		{"ai.first.pneumonia", groupAI, "First impression: pneumonia", []string{"F3"}, box(func(l *lightbox.Lightbox) { l.SetImpression(inference.CallPneumonia) })},
		{"ai.first.uncertain", groupAI, "First impression: unsure", []string{"F4"}, box(func(l *lightbox.Lightbox) { l.SetImpression(inference.CallUncertain) })},
		{"ai.anyway", groupAI, "Analyse a refused film anyway", []string{"Y"}, box((*lightbox.Lightbox).AnalyseAnyway)},
		{"ai.again", groupAI, "Try again what failed or was cancelled", []string{"F5"}, box((*lightbox.Lightbox).TryAgain)},

		{"review.agree", groupReview, "Agree with the model", []string{"A"}, box(func(l *lightbox.Lightbox) { l.SetVerdict(store.VerdictAgree) })},
		{"review.disagree", groupReview, "Disagree with the model", []string{"D"}, box(func(l *lightbox.Lightbox) { l.SetVerdict(store.VerdictDisagree) })},
		{"review.uncertain", groupReview, "Uncertain", []string{"U"}, box(func(l *lightbox.Lightbox) { l.SetVerdict(store.VerdictUncertain) })},
		{"review.note", groupReview, "Write a note", []string{"N"}, (*Window).focusNote},
		{"review.phrase", groupReview, "Add a phrase to the note", []string{"T"}, (*Window).showPhrases},
		{"review.save", groupReview, "Save the review", []string{"Ctrl+S", "S"}, (*Window).save},

		{"finding.consolidation", groupReview, "Consolidation", []string{"Ctrl+1"}, finding(store.FindingConsolidation)},
		{"finding.interstitial", groupReview, "Interstitial, ground glass", []string{"Ctrl+2"}, finding(store.FindingInterstitial)},
		{"finding.effusion", groupReview, "Pleural effusion", []string{"Ctrl+3"}, finding(store.FindingEffusion)},
		{"finding.atelectasis", groupReview, "Atelectasis", []string{"Ctrl+4"}, finding(store.FindingAtelectasis)},
		{"finding.pneumothorax", groupReview, "Pneumothorax", []string{"Ctrl+5"}, finding(store.FindingPneumothorax)},
		{"finding.nodule", groupReview, "Nodule or mass", []string{"Ctrl+6"}, finding(store.FindingNodule)},
		{"finding.cardiomegaly", groupReview, "Cardiac enlargement", []string{"Ctrl+7"}, finding(store.FindingCardiomegaly)},
		{"finding.other", groupReview, "Other finding", []string{"Ctrl+8"}, finding(store.FindingOther)},
		{"finding.none", groupReview, "No finding", []string{"Ctrl+9"}, finding(store.FindingNone)},
		{"side.right", groupReview, "Finding: right", []string{"Alt+R"}, side(store.SideRight)},
		{"side.left", groupReview, "Finding: left", []string{"Alt+L"}, side(store.SideLeft)},
		{"side.both", groupReview, "Finding: both sides", []string{"Alt+B"}, side(store.SideBoth)},
		{"review.history", groupReview, "All reviews of this film", []string{"Ctrl+H"}, (*Window).showHistory},

		{"review.agreement", groupReview, "Agreement with the model", []string{"J"}, (*Window).showAgreement},
	}...)
	actions = append(actions, screenActions()...)
	return append(actions, []Action{
		{"help.keys", groupHelp, "List of keys", []string{"?", "F1"}, (*Window).showKeys},
		{"help.card", groupHelp, "Model card", []string{"Ctrl+M"}, (*Window).showCard},
		{"help.about", groupHelp, "About", []string{"Ctrl+Shift+A"}, (*Window).showAbout},
	}...)
}

// presetID is the action of a preset, from 0.
func presetID(k int) string { return "window.preset" + strconv.Itoa(k+1) }

// presetTexts are whole sentences, so that each can be translated.
var presetTexts = [9]string{
	"First preset", "Second preset", "Third preset", "Fourth preset", "Fifth preset",
	"Sixth preset", "Seventh preset", "Eighth preset", "Ninth preset",
}
