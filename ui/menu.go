package ui

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"
)

// menu is the window's menu; every entry is an action with a key.
func (w *Window) menu() *fyne.MainMenu {
	named := func(id, text string) *fyne.MenuItem {
		key := stroke(w.keys.first(id))
		if key != "" {
			text += "   (" + string(key) + ")"
		}
		m := fyne.NewMenuItem(text, func() { w.fromMenu(id, key) })
		if shortcut := key.shortcut(); shortcut != nil {
			m.Shortcut = unwritten{shortcut}
		}
		return m
	}
	item := func(id string) *fyne.MenuItem { return named(id, tr(w.actions[id].Text)) }
	items := func(ids ...string) []*fyne.MenuItem {
		var list []*fyne.MenuItem
		for _, id := range ids {
			if id == "" {
				list = append(list, fyne.NewMenuItemSeparator())
				continue
			}
			list = append(list, item(id))
		}
		return list
	}
	recent := fyne.NewMenuItem(tr("Recent"), nil)
	recent.ChildMenu = fyne.NewMenu("", w.recentItems()...)
	file := append(items("film.open", "film.folder"), recent)
	file = append(file, items("", "film.compare", "film.compareWith", "", "film.next", "film.previous", "film.unread", "film.unreadBefore", "film.patient", "film.patientBefore", "", "film.frame", "film.frameBefore")...)
	file = append(file, items("", "report.write", "export.open", "film.backup", "", "film.settings")...)
	quit := item("film.quit")
	quit.IsQuit = true
	file = append(file, fyne.NewMenuItemSeparator(), quit)

	window := items("window.full", "window.auto", "")
	w.presets = w.presetNames()
	for k, name := range w.presets {
		if id := presetID(k); w.actions[id].do != nil {
			window = append(window, named(id, name))
			continue
		}
		window = append(window, fyne.NewMenuItem(name, func() { w.box.Preset(k); w.focusFilm() }))
	}
	window = append(window, items("", "window.invert", "window.histogram")...)

	return fyne.NewMainMenu(
		fyne.NewMenu(tr("File"), file...),
		fyne.NewMenu(tr("View"), items("view.fit", "view.actual", "view.in", "view.out", "", "view.right", "view.left", "view.flip", "view.reset", "", "view.overlays", "view.marks", "view.panel", "view.full", "view.second")...),
		fyne.NewMenu(tr("Window and level"), window...),
		fyne.NewMenu(tr("Tools"), items("tool.window", "tool.pan", "tool.zoom", "tool.magnify", "", "tool.ruler", "tool.angle", "tool.ratio", "tool.calibrate", "tool.uncalibrate", "tool.remove", "tool.removeAll", "", "tool.undo", "tool.redo")...),
		fyne.NewMenu(tr("Model"), items("ai.heat", "ai.more", "ai.less", "ai.anyway", "ai.again", "", "ai.first.normal", "ai.first.pneumonia", "ai.first.uncertain")...),
		fyne.NewMenu(tr("Review"), items("review.agree", "review.disagree", "review.uncertain", "review.note", "review.phrase", "review.save", "", "review.history", "review.agreement")...),
		fyne.NewMenu(tr("Screening"), items("screen.here", "screen.folder", "", "screen.triage", "screen.earlier")...),
		fyne.NewMenu(tr("Help"), items("help.keys", "help.card", "help.about")...),
	)
}

// presetNames are the names of the windows that the film on the box can be seen
// through, in the order of their keys.
func (w *Window) presetNames() []string {
	var names []string
	for _, preset := range w.box.Presets() {
		names = append(names, windowText(preset.Name))
	}
	return names
}

// fromMenu performs the action of a menu's entry. Fyne has menus obey their
// shortcuts whatever is shown over the film, where keys mean something else.
func (w *Window) fromMenu(id string, key stroke) {
	e := w.entry()
	switch {
	case w.window.Canvas().Overlays().Top() == nil && e != nil && key.edits():
		e.TypedShortcut(key.shortcut())
	case w.window.Canvas().Overlays().Top() == nil:
		w.Do(id)
		if w.entry() == nil && w.window.Canvas().Overlays().Top() == nil {
			w.focusFilm()
		}
	case key.shortcut() != nil:
		w.typed(key)
	}
}

// unwritten is a shortcut that a menu obeys, even while a text is written, but
// does not write down: Fyne does so in a grey that can hardly be read, and
// without arrows.
type unwritten struct{ fyne.Shortcut }

// preferenceRecent is the key of the list of what was opened last.
const preferenceRecent = "recent"

const recentMost = 10

// remember puts a path at the head of the recent ones.
func (w *Window) remember(path string) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	list := w.app.Preferences().StringList(preferenceRecent)
	list = slices.DeleteFunc(list, func(p string) bool { return p == absolute })
	list = append([]string{absolute}, list...)
	w.app.Preferences().SetStringList(preferenceRecent, list[:min(len(list), recentMost)])
	w.window.SetMainMenu(w.menu())
}

func (w *Window) recentItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, path := range w.app.Preferences().StringList(preferenceRecent) {
		items = append(items, fyne.NewMenuItem(path, func() { w.Open(path) }))
	}
	if len(items) == 0 {
		none := fyne.NewMenuItem(tr("Nothing yet"), nil)
		none.Disabled = true
		items = append(items, none)
	}
	return items
}

// chooseFile lets the reader choose a film.
func (w *Window) chooseFile() { w.choose(func(u fyne.URI) { w.Drop([]fyne.URI{u}) }) }

// choosePrior lets the reader choose a film to compare with.
func (w *Window) choosePrior() {
	if w.box.Film() != nil {
		w.choose(func(u fyne.URI) { w.box.CompareWith(filepath.FromSlash(u.Path())) })
	}
}

// choose asks for a file. The dialogue opens it, too; only its name is used.
func (w *Window) choose(chosen func(fyne.URI)) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		w.focusFilm()
		if err != nil || file == nil {
			return
		}
		if err := file.Close(); err != nil {
			fyne.LogError("Closing the chosen file", err)
		}
		chosen(file.URI())
	}, w.window)
	w.locate(d)
	d.Resize(w.dialogSize())
	w.ask(d, nil)
}

// chooseBackup asks where the log is to be copied to. The dialogue makes an
// empty file of that name, which must not be taken for a backup.
func (w *Window) chooseBackup() {
	d := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		w.focusFilm()
		if err != nil || file == nil {
			return
		}
		path := filepath.FromSlash(file.URI().Path())
		if err := errors.Join(file.Close(), os.Remove(path)); err != nil {
			fyne.LogError("Making room for the backup", err)
		}
		w.box.Backup(path)
	}, w.window)
	d.SetFileName("pneumolight-" + time.Now().Format("2006-01-02") + ".db")
	d.Resize(w.dialogSize())
	w.ask(d, nil)
}

// locate begins a file dialogue where the last film was opened.
func (w *Window) locate(d *dialog.FileDialog) {
	recent := w.app.Preferences().StringList(preferenceRecent)
	if len(recent) == 0 {
		return
	}
	if folder, err := storage.ListerForURI(storage.NewFileURI(filepath.Dir(recent[0]))); err == nil {
		d.SetLocation(folder)
	}
}

func (w *Window) chooseFolder() {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		w.focusFilm()
		if err != nil || folder == nil {
			return
		}
		w.Drop([]fyne.URI{folder})
	}, w.window)
	w.locate(d)
	d.Resize(w.dialogSize())
	w.ask(d, nil)
}

// dialogSize leaves a margin of the window around a dialogue.
func (w *Window) dialogSize() fyne.Size {
	size := w.window.Canvas().Size()
	return fyne.NewSize(min(size.Width*0.85, 900), min(size.Height*0.85, 700))
}

// calibrate asks how long the newest ruler really is.
func (w *Window) calibrate() {
	if !w.box.HasRuler() {
		w.box.Tell(tr("Draw a ruler along something of known length first (L)."))
		return
	}
	length := newNoteEntry(w.dismissAsked)
	length.MultiLine, length.Wrapping = false, fyne.TextWrapOff
	length.SetMinRowsVisible(1)
	length.Validator = func(text string) error {
		if _, ok := millimetres(text); !ok {
			return errors.New(tr("a length in millimetres, such as 25"))
		}
		return nil
	}
	d := dialog.NewForm(tr("Calibrate by hand"), tr("Calibrate"), tr("Cancel"),
		[]*widget.FormItem{widget.NewFormItem(tr("The newest ruler is, in mm"), length)},
		func(confirmed bool) {
			w.focusFilm()
			if mm, ok := millimetres(length.Text); confirmed && ok {
				w.box.CalibrateByHand(mm)
			}
		}, w.window)
	length.OnSubmitted = func(string) { d.Submit() }
	d.Resize(fyne.NewSize(420, 160))
	w.ask(d, d.Submit)
	w.window.Canvas().Focus(length)
}

// millimetres reads a length, with a decimal point or comma.
func millimetres(text string) (float64, bool) {
	mm, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(text), ",", "."), 64)
	return mm, err == nil && mm > 0 && mm < 10000
}

func (w *Window) showCard() {
	text := widget.NewRichTextFromMarkdown(w.services.Card)
	text.Wrapping = fyne.TextWrapWord
	w.show(tr("Model card"), container.NewVScroll(text))
}

func (w *Window) showAbout() {
	text := wrapped("")
	text.SetText(tr("Pneumolight {{.Version}} shows chest films, has a pneumonia classifier look at them on this machine, and keeps a log of what the reader decided. Nothing leaves the machine.",
		map[string]any{"Version": w.services.Version}) + "\n\n" +
		tr("Research use only – not for diagnosis, nor to rule out disease."))
	w.show(tr("About"), container.NewVScroll(text))
}

// question is a dialogue that asks for something; yes is what its Enter key
// does, nil where it has none.
type question struct {
	dialog dialog.Dialog
	yes    func()
}

// ask shows a dialogue over the film that Enter answers and Esc leaves.
func (w *Window) ask(d dialog.Dialog, yes func()) {
	q := &question{d, yes}
	d.SetOnClosed(func() {
		if w.asked == q {
			w.asked = nil
		}
	})
	w.asked = q
	d.Show()
}

// dismissAsked leaves what is asked for unanswered.
func (w *Window) dismissAsked() {
	if w.asked != nil {
		w.asked.dialog.Dismiss()
	}
}

func (q *question) typed(key stroke) {
	switch {
	case key == "Esc":
		q.dialog.Dismiss()
	case key == "Enter" && q.yes != nil:
		q.yes()
	}
}

// show shows something to read over the film, closed by one key.
func (w *Window) show(title string, content fyne.CanvasObject) {
	d := dialog.NewCustom(title, tr("Close"), content, w.window)
	d.SetOnClosed(func() { w.reading, w.keyList = nil, nil; w.focusFilm() })
	if _, scrolls := content.(*container.Scroll); scrolls {
		d.Resize(w.dialogSize())
	}
	w.reading = d
	d.Show()
}
