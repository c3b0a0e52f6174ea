package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pneumolight/store"
)

// obey does what Fyne's window does when a menu's shortcut is typed: it looks
// for it in the menus whatever is shown over the film.
func (d *desk) obey(t *testing.T, shortcut stroke) {
	t.Helper()
	for _, menu := range d.window.MainMenu().Items {
		for _, item := range menu.Items {
			if s := shortcut.shortcut(); item.Shortcut != nil && item.Shortcut.ShortcutName() == s.ShortcutName() {
				item.Action()
				return
			}
		}
	}
	if focused, takes := d.window.Canvas().Focused().(fyne.Shortcutable); takes {
		focused.TypedShortcut(shortcut.shortcut())
	}
}

func TestNothingHappensBehindADialogue(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("help.keys")
	d.obey(t, "Ctrl+T")
	if d.triage.content.Visible() {
		t.Error("Ctrl+T opens the triage behind the list of keys")
	}
	d.typed("Esc")
	d.obey(t, "Ctrl+T")
	if !d.triage.content.Visible() {
		t.Error("Ctrl+T does nothing once the list is closed")
	}
}

func TestAKeyWithCtrlCanBeChosen(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	for _, key := range []stroke{"Ctrl+K", "Ctrl+T", "Alt+X"} { // free, in a menu, free
		d.Do("help.keys")
		test.Tap(d.keyList.buttons["review.agree"])
		d.obey(t, key)
		if got := d.keys.of("review.agree"); !slices.Contains(got, string(key)) {
			t.Errorf("%s was pressed, the keys are %q", key, got)
		}
		d.typed("Esc")
		if d.window.Canvas().Overlays().Top() != nil {
			t.Fatal("Esc does not close the list of keys after a key was chosen")
		}
	}
	if got := d.keys.of("review.agree"); len(got) != 2 || got[0] != "A" {
		t.Errorf("the keys are %v: A should be left and Alt+X be the one with a modifier", got)
	}
	d.focusFilm()
	d.film.TypedShortcut(&desktop.CustomShortcut{KeyName: "X", Modifier: fyne.KeyModifierAlt})
	if d.box.Review().Verdict == "" {
		t.Error("the key that was chosen does nothing")
	}
}

func TestCalibratingObeysEnterAndEsc(t *testing.T) {
	d := newDesk(t)
	d.measured(t)
	type entry interface {
		fyne.Focusable
		SetText(string)
	}
	d.Do("tool.calibrate")
	field := d.window.Canvas().Focused().(entry)
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if d.window.Canvas().Overlays().Top() == nil {
		t.Fatal("Enter takes no length for an answer")
	}
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if d.window.Canvas().Overlays().Top() != nil || d.box.Calibration().ByHand {
		t.Fatal("Esc does not leave the dialogue")
	}
	d.Do("tool.calibrate")
	field = d.window.Canvas().Focused().(entry)
	field.SetText("25")
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if d.window.Canvas().Overlays().Top() != nil || !d.box.Calibration().ByHand {
		t.Error("Enter does not calibrate")
	}
}

// The dialogue for a backup is left out: Fyne's own field for the name has the
// keys in it.
func TestEscLeavesEveryDialogue(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("review.agree") // so that closing asks first
	for _, id := range []string{
		"film.open", "film.folder", "film.compareWith", "film.quit", "film.settings", "screen.folder", "help.keys", "review.history",
	} {
		d.Do(id)
		if d.window.Canvas().Overlays().Top() == nil {
			t.Fatalf("%s shows nothing", id)
		}
		d.typed("Esc")
		if d.window.Canvas().Overlays().Top() != nil {
			t.Fatalf("Esc does not leave what %s shows", id)
		}
	}
}

func TestTheReportAndTheExportAreToggled(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/folder")
	shown := func() string {
		switch {
		case !d.drawer.Visible():
			return "nothing"
		case d.report.content.Visible():
			return "report"
		case d.export.content.Visible():
			return "export"
		case d.panel.Visible():
			return "panel"
		}
		return "an empty drawer"
	}
	for k, step := range []struct{ id, want string }{
		{"report.write", "report"},
		{"report.write", "panel"},
		{"report.write", "report"},
		{"export.open", "export"},
		{"report.write", "report"},
		{"view.panel", "nothing"},
		{"view.panel", "report"},
		{"view.panel", "nothing"},
		{"report.write", "report"},
		{"view.panel", "nothing"},
		{"export.open", "export"},
		{"view.panel", "nothing"},
		{"export.open", "export"},
		{"export.open", "panel"},
	} {
		d.Do(step.id)
		if got := shown(); got != step.want {
			t.Fatalf("step %d: %s shows %s beside the film, not %s", k, step.id, got, step.want)
		}
	}
}

func TestTheSecondWindowHasTheTextsAtOnce(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("view.second")
	d.second.window.Canvas().Capture()
	if len(d.second.film.corners.all[topLeft].shown) == 0 {
		t.Error("the second window opens without the patient's name")
	}
}

// On a monitor of 1280×800 at scale 2 the window has 640×400 points, of which
// the menu takes the uppermost.
func TestNothingIsCutOffInTheSmallestWindow(t *testing.T) {
	d := newDesk(t)
	d.open(t, "folder")
	d.window.Resize(fyne.NewSize(640, 365))
	inside := func(what string, o fyne.CanvasObject) {
		t.Helper()
		place := d.app.Driver().AbsolutePositionForObject
		at, whole := place(o).Subtract(place(d.whole)), d.whole.Size()
		if whole.Width > 640 || whole.Height > 365 {
			t.Fatalf("%s: the window insists on %v", what, whole)
		}
		if at.X < 0 || at.Y < 0 || at.X+o.Size().Width > whole.Width || at.Y+o.Size().Height > whole.Height || o.Size().Width < o.MinSize().Width {
			t.Errorf("%s lies at %v with %v", what, at, o.Size())
		}
	}
	for _, button := range d.review.verdicts {
		inside("a verdict's button", button)
	}
	inside("the button to save", d.review.save)
	d.Do("tool.ratio")
	inside("the tool's name", d.status.place)
	d.Do("report.write")
	inside("the report's button", d.report.save)
	inside("the report's template", d.report.template)
	if !d.film.Visible() || d.film.Size().Width < filmNarrowest {
		t.Errorf("beside the report the film is %v wide", d.film.Size().Width)
	}
	d.Do("export.open")
	inside("the export", d.export.content)
	d.Do("export.open")
	c := store.Case{Model: store.Model{Name: "m", Version: "1"}, Review: store.Review{Verdict: store.VerdictDisagree, ReviewedAt: time.Now()}}
	for range 30 {
		d.cases = append(d.cases, c)
	}
	d.Do("review.agreement")
	d.until(t, "the agreement is shown", func() bool { return d.window.Canvas().Overlays().Top() != nil })
	list := widgetIn[*widget.List](d)
	if list == nil || list.Size().Height < 4*widget.NewLabel("").MinSize().Height {
		t.Errorf("the disagreements have %v", list.Size())
	}
}

// widgetIn is the first widget of a type in what is shown over the film.
func widgetIn[T fyne.CanvasObject](d *desk) (found T) {
	var walk func(fyne.CanvasObject) bool
	walk = func(o fyne.CanvasObject) bool {
		if w, ok := o.(T); ok {
			found = w
			return true
		}
		switch o := o.(type) {
		case fyne.Widget:
			return slices.ContainsFunc(test.WidgetRenderer(o).Objects(), walk)
		case *fyne.Container:
			return slices.ContainsFunc(o.Objects, walk)
		}
		return false
	}
	walk(d.window.Canvas().Overlays().Top())
	return found
}

func TestEnterThrowsNoReviewAway(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("review.agree")
	d.Do("film.quit")
	d.typed("Enter")
	if d.window.Canvas().Overlays().Top() != nil {
		t.Error("Enter does not lead back to the films")
	}
	d.Do("review.save")
	d.settle(t)
	if len(d.cases) != 1 {
		t.Error("the review cannot be saved any more")
	}
}

// Ctrl+Delete takes a word of a text away, also where the reader gave it to an
// action that a menu has.
func TestNoKeyOfATextRemovesMarks(t *testing.T) {
	d := newDesk(t)
	d.measured(t)
	for _, bound := range []bool{false, true} {
		if bound {
			d.keys.bind("tool.removeAll", "Ctrl+Delete")
			d.rekeyed()
		}
		d.Do("review.note")
		d.review.note.SetText("two words")
		d.review.note.CursorColumn = 3
		d.obey(t, "Ctrl+Delete")
		if marks := len(d.box.Look().Marks); marks != 1 || d.review.note.Text != "two" {
			t.Errorf("given to the marks: %v, there are %d of them, and the note is %q", bound, marks, d.review.note.Text)
		}
		d.focusFilm()
	}
	d.obey(t, "Ctrl+Delete")
	if len(d.box.Look().Marks) != 0 {
		t.Error("with no text being written, the marks stay")
	}
}
