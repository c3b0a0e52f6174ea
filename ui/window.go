package ui

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// Services is what the window is handed.
type Services struct {
	// Films, Analyser and Log are described in package lightbox.
	Films    lightbox.FilmReader
	Analyser lightbox.Analyser
	Log      lightbox.CaseLog
	Screener lightbox.Screener
	Reports  lightbox.ReportWriter
	Exporter lightbox.Exporter
	// Desktop is where windows are put; nil leaves it to the desktop.
	Desktop Desktop
	// Card is the model card, in Markdown.
	Card string
	// Version is the program's.
	Version string
	// Post runs a function on Fyne's goroutine, later; nil is fyne.Do.
	Post func(func())
}

// Window is the program's window. Its methods are called on Fyne's goroutine.
type Window struct {
	app      fyne.App
	window   fyne.Window
	placed   placed // the window
	services Services
	box      *lightbox.Lightbox

	film   *filmView
	prior  *filmView // beside the film, where there is a prior
	second *second   // on another monitor; nil where there is none
	ai     *aiPanel
	review *reviewPanel
	status *statusBar
	list   *filmList
	filter *filterBar
	guide  *guide // what to do while no film is open

	triage *triageView // in the film's place
	screen *screenBar  // above the status bar, while a folder is screened
	report *reportEditor
	export *exportPanel

	panel fyne.CanvasObject
	parts *fyne.Container   // the panel's, one below the other
	side  fyne.CanvasObject // the list, where there are several films
	// drawer has the panel, or what is in its place.
	drawer *fyne.Container
	body   *fyne.Container
	whole  *fyne.Container // the body, with the bars below it
	films  *fyne.Container

	actions map[string]Action
	keys    *keyMap
	presets []string // the names in the menu

	// reading is what is shown over the film to be read, if anything.
	reading dialog.Dialog
	// asked is what is asked for over the film, and over what is read.
	asked   *question
	keyList *keyList
	// maximised is set while the film has all the room.
	maximised bool
	// restored is set once the last session's settings are taken up.
	restored bool
}

// The window's first size; small laptops still show all of it.
const (
	windowWidth  = 1280
	windowHeight = 800
)

// New makes the window, not shown yet, on an app that the main package made.
func New(app fyne.App, services Services) *Window {
	translate(app.Preferences().String(preferenceLanguage))
	choosePalette(app.Preferences().String(preferencePalette))
	app.Settings().SetTheme(darkTheme{})
	w := &Window{app: app, services: services, actions: map[string]Action{}, keys: newKeyMap(app.Preferences())}
	for _, a := range Actions() {
		w.actions[a.ID] = a
	}
	post := services.Post
	if post == nil {
		post = fyne.Do
	}
	w.window = app.NewWindow("Pneumolight")
	w.window.SetMaster()
	w.placed = placed{window: w.window, usual: fyne.NewSize(windowWidth, windowHeight), desktop: services.Desktop}
	w.box = lightbox.New(lightbox.Services{
		Films: services.Films, Analyser: services.Analyser, Log: services.Log,
		Screener: services.Screener, Reports: services.Reports, Exporter: services.Exporter,
	}, lightbox.Options{Post: post, Changed: w.changed, Text: func(s string) string { return tr(s) }, Fault: faultText, Words: tr, Now: time.Now})
	w.build()
	w.restore()
	w.recordSettings()
	w.window.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.Drop(uris) })
	w.window.SetCloseIntercept(w.close)
	w.update(^lightbox.Change(0))
	w.focusFilm()
	return w
}

// Open shows a file, folder or archive, or several of them.
func (w *Window) Open(paths ...string) {
	if len(paths) == 0 {
		return
	}
	w.remember(paths[0])
	w.box.Open(paths...)
}

// Summon opens what another start of the program was given, and brings the
// window to the front.
func (w *Window) Summon(paths ...string) {
	w.Open(paths...)
	w.window.RequestFocus()
}

// Drop opens what was dropped on the window.
func (w *Window) Drop(uris []fyne.URI) {
	var paths []string
	for _, u := range uris {
		if u.Scheme() == "file" {
			paths = append(paths, filepath.FromSlash(u.Path()))
		}
	}
	w.Open(paths...)
}

// ShowAndRun shows the window and runs the app until it is closed.
// A review that is being written when it is closed, as at a logout, is written
// first.
func (w *Window) ShowAndRun() {
	w.placed.show(w.app.Preferences(), image.Rectangle{})
	w.app.Run()
	w.box.Close()
}

// Do performs an action by its ID, as its key would. Behind the triage nothing
// is done to a film that nobody sees.
func (w *Window) Do(id string) {
	if w.triage.covers(id) {
		w.box.Tell(w.keys.hint(tr("The film is behind the triage: go back to it first."), "screen.triage"))
		return
	}
	if a, known := w.actions[id]; known {
		a.do(w)
	}
}

// close ends the program. Reviews that were begun and not saved are asked for
// first: they would be lost.
func (w *Window) close() {
	n := w.box.Unsaved()
	if n == 0 {
		w.end()
		return
	}
	text := tr("Reviews that are not saved will be lost: {{.Count}}.", map[string]any{"Count": n})
	d := dialog.NewConfirm(tr("Close Pneumolight?"), text, func(confirmed bool) {
		if confirmed {
			w.end()
			return
		}
		w.focusFilm()
	}, w.window)
	d.SetConfirmText(tr("Close without saving"))
	d.SetDismissText(tr("Back to the films"))
	w.ask(d, d.Dismiss)
}

func (w *Window) end() {
	w.placed.keep(w.app.Preferences())
	if w.second != nil {
		w.second.window.Close()
	}
	w.box.Close()
	w.window.Close()
}

// build puts the window's parts together.
func (w *Window) build() {
	w.film, w.prior = newFilmView(w.box, roleMain), newFilmView(w.box, rolePrior)
	for _, v := range []*filmView{w.film, w.prior} {
		v.keys = w.typed
		v.shortcut = func(s fyne.Shortcut) { w.typed(shortcutStroke(s)) }
		v.maximise = w.togglePanel
	}
	w.film.painted = w.placed.painted
	w.prior.Hide()
	w.ai = newAIPanel(w.box, w.keys, w.focusFilm)
	w.review = newReviewPanel(w.box, w.keys, w.focusFilm)
	w.status = newStatusBar(w.box, w.focusFilm)
	w.list = newFilmList(w.box, w.focusFilm)
	w.guide = newGuide(w.keys)

	line := canvas.NewRectangle(colourLine)
	line.SetMinSize(fyne.NewSize(1, 1))
	caution := widget.NewLabel(tr("Research use only – not for diagnosis, nor to rule out disease."))
	caution.Wrapping = fyne.TextWrapWord
	caution.Importance = widget.WarningImportance
	caution.SizeName = "helperText"
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(panelWidth, 1))
	w.parts = container.NewVBox(w.ai.content, gap(1), separator(), w.review.content)
	panel := container.NewBorder(width, container.NewVBox(w.review.foot, separator(), caution), nil, nil, container.NewVScroll(w.parts))
	w.panel = container.NewStack(canvas.NewRectangle(colourPanel), panel)

	w.filter = newFilterBar(w.box, w.focusFilm, func(below fyne.CanvasObject) { w.showFilter(below) })
	side := canvas.NewRectangle(color.Transparent)
	side.SetMinSize(fyne.NewSize(listWidth, 1))
	w.side = container.NewStack(canvas.NewRectangle(colourPanel), container.NewBorder(container.NewVBox(side, w.filter.content), nil, nil, nil, w.list.List))
	w.side.Hide()

	w.films = container.New(beside{}, w.film, w.prior)
	w.triage = newTriageView(w)
	w.screen = newScreenBar(w)
	w.report, w.export = newReportEditor(w), newExportPanel(w)
	w.drawer = container.NewStack(w.panel, w.report.content, w.export.content)
	w.body = container.New(&roomLayout{window: w}, w.side, w.drawer, container.NewStack(w.films, w.guide.content))
	w.whole = container.New(tightBorder{}, container.NewStack(w.body, w.triage.content),
		container.New(layout.NewCustomPaddedVBoxLayout(0), w.screen.content, w.status.content))
	w.window.SetContent(w.whole)
	w.window.SetPadded(false)
	w.window.SetMainMenu(w.menu())
	w.window.Canvas().SetOnTypedRune(w.film.TypedRune)
	w.window.Canvas().SetOnTypedKey(w.film.TypedKey)
	w.addShortcuts()
}

// addShortcuts has the keys with a modifier work where nothing has the keys.
func (w *Window) addShortcuts() {
	for key := range w.keys.owner {
		if s := key.shortcut(); s != nil {
			w.window.Canvas().AddShortcut(s, func(fyne.Shortcut) { w.typed(key) })
		}
	}
}

func separator() fyne.CanvasObject {
	line := canvas.NewRectangle(colourLine)
	line.SetMinSize(fyne.NewSize(1, 1))
	return line
}

// changed draws again what a change of the lightbox touches.
func (w *Window) changed(what lightbox.Change) {
	if w.film != nil {
		w.update(what)
	}
}

func (w *Window) update(what lightbox.Change) {
	any := func(c lightbox.Change) bool { return what&c != 0 }
	if any(lightbox.ChangedFilm | lightbox.ChangedLook | lightbox.ChangedAnalysis) {
		w.film.repaint()
		if w.second != nil {
			w.second.film.repaint()
		}
	}
	if any(lightbox.ChangedPrior) {
		visible(w.prior, w.box.Prior() != nil)
		w.films.Refresh()
	}
	if any(lightbox.ChangedPrior|lightbox.ChangedLook) && w.prior.Visible() {
		w.prior.repaint()
	}
	if any(lightbox.ChangedFilm | lightbox.ChangedAnalysis | lightbox.ChangedProgress) {
		w.ai.update()
	}
	if any(lightbox.ChangedFilm | lightbox.ChangedAnalysis | lightbox.ChangedReview) {
		w.review.update()
	}
	if any(lightbox.ChangedFilm | lightbox.ChangedAnalysis | lightbox.ChangedReview | lightbox.ChangedProgress) {
		w.parts.Refresh() // a part may have become higher or lower
	}
	if any(lightbox.ChangedAnalysis) {
		w.keepHeat()
	}
	if any(lightbox.ChangedList) {
		if w.listed() != w.side.Visible() {
			w.arrange()
		}
	}
	if any(lightbox.ChangedList | lightbox.ChangedRows) {
		w.list.List.Refresh()
	}
	if any(lightbox.ChangedPlace | lightbox.ChangedList) {
		w.list.follow() // a study found later may stand above it
		w.filter.update()
	}
	if any(lightbox.ChangedFilm | lightbox.ChangedPlace) {
		visible(w.guide.content, w.box.Path() == "")
		w.window.SetTitle(w.title())
		// Between two films there are no windows to be named.
		if !w.box.Busy(lightbox.TaskRead) && !slices.Equal(w.presets, w.presetNames()) {
			w.window.SetMainMenu(w.menu())
		}
	}
	if any(lightbox.ChangedNotice | lightbox.ChangedProgress | lightbox.ChangedList | lightbox.ChangedPlace | lightbox.ChangedLook) {
		w.status.update()
	}
	w.updateScreening(what)
}

// title names the film's file, never the patient: a title is seen in lists
// of windows and on shared screens. Where the overlays are anonymous it does
// not even do that.
func (w *Window) title() string {
	if w.box.Path() == "" || w.film.overlays != overlaysAll {
		return "Pneumolight"
	}
	return fmt.Sprintf("%s – Pneumolight", filepath.Base(w.box.Path()))
}

// typed performs the action of a key and reports whether it has one. While
// something is shown over the film, keys only close it.
func (w *Window) typed(key stroke) bool {
	if w.keyList != nil && w.keyList.typed(key) {
		return true
	}
	if top := w.window.Canvas().Overlays().Top(); top != nil {
		form, isForm := top.(*widget.PopUp)
		switch {
		case w.asked != nil:
			w.asked.typed(key)
		case w.reading != nil && (key == "Esc" || key == "?" || key == "Enter" || key == "Space"):
			w.reading.Hide()
		case isForm && key == "Esc":
			form.Hide()
		}
		return true
	}
	if w.triage.typed(key) {
		return true
	}
	id, bound := w.keys.owner[key]
	if bound {
		w.Do(id)
	}
	return bound
}

// rekeyed names the keys anew after they changed.
func (w *Window) rekeyed() {
	w.ai.name()
	w.review.name()
	w.guide.name()
	w.triage.name()
	w.screen.name()
	w.window.SetMainMenu(w.menu())
	w.addShortcuts()
}

// focusFilm gives the keys to the film.
func (w *Window) focusFilm() { w.window.Canvas().Focus(w.film) }

func (w *Window) focusFilter() {
	if w.side.Visible() {
		w.window.Canvas().Focus(w.filter.text)
	}
}

// openFilter shows all of the filter, with the keys in its first field.
func (w *Window) openFilter() {
	if w.side.Visible() {
		w.window.Canvas().Focus(w.showFilter(w.filter.more).from)
	}
}

// entry is the field that is being written in; nil where none is.
func (w *Window) entry() *noteEntry {
	e, _ := w.window.Canvas().Focused().(*noteEntry)
	return e
}

// undo takes the last step back: of what is being written, else on the film.
func (w *Window) undo() {
	if e := w.entry(); e != nil {
		e.Undo()
		return
	}
	w.box.Undo()
}

func (w *Window) redo() {
	if e := w.entry(); e != nil {
		e.Redo()
		return
	}
	w.box.Redo()
}

func (w *Window) focusNote() {
	if w.box.CanReview() {
		w.window.Canvas().Focus(w.review.note)
	}
}

// save saves the review and gives the keys back to the film, where the next
// one is a key away.
func (w *Window) save() {
	w.box.Save()
	w.focusFilm()
}

func (w *Window) zoomIn()  { w.film.moving(); w.box.Zoom(1.25) }
func (w *Window) zoomOut() { w.film.moving(); w.box.Zoom(1 / 1.25) }

// escape leaves full screen first, then a mark that is being drawn, cancels
// what the reader waits for, and resets the view. The search for films is
// cancelled last: the reader may have forgotten it.
func (w *Window) escape() {
	if w.window.FullScreen() {
		w.window.SetFullScreen(false)
		return
	}
	if w.box.DropDrawing() || w.box.Awaited() && w.box.Cancel() {
		return
	}
	w.box.Dismiss()
	if !w.box.Reset() {
		w.box.Cancel()
	}
}

func (w *Window) cycleOverlays() {
	w.film.overlays = (w.film.overlays + 1) % overlaysStates
	w.prior.overlays = w.film.overlays
	w.prior.repaint()
	if w.second != nil {
		w.second.film.overlays = w.film.overlays
		w.second.film.repaint()
	}
	w.app.Preferences().SetInt(preferenceOverlays, int(w.film.overlays))
	w.film.repaint()
	w.conceal()
}

// conceal takes what may tell who the film is of off the list and the title
// where the overlays do not say it either.
func (w *Window) conceal() {
	w.list.conceal(w.film.overlays != overlaysAll)
	w.window.SetTitle(w.title())
}

func (w *Window) toggleHistogram() {
	w.film.histogram.shown = !w.film.histogram.shown
	w.film.repaint()
}

func (w *Window) magnify() {
	w.film.magnify = !w.film.magnify
	w.film.updateLens()
}

func (w *Window) toggleFullScreen() { w.window.SetFullScreen(!w.window.FullScreen()) }

// togglePanel gives the film all the room, or takes it back.
func (w *Window) togglePanel() {
	w.maximised = !w.maximised
	w.arrangeDrawer()
	w.arrange()
}

// arrange shows the worklist where there are several films and room for it.
func (w *Window) arrange() {
	w.body.Refresh() // lays it out
	if w.side.Visible() {
		w.list.scroll()
	}
}
