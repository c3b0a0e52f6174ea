package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pneumolight/dicomio"
	"pneumolight/ui/lightbox"
)

// entries are the texts of a menu, found by one of them.
func entries(d *desk, has string) (texts []string, items []*fyne.MenuItem) {
	for _, menu := range d.window.MainMenu().Items {
		if slices.ContainsFunc(menu.Items, func(m *fyne.MenuItem) bool { return strings.Contains(m.Label, has) }) {
			for _, item := range menu.Items {
				texts = append(texts, item.Label)
			}
			return texts, menu.Items
		}
	}
	return nil, nil
}

func TestTheMenuNamesTheFilmsWindows(t *testing.T) {
	d := newDesk(t)
	for k := range 11 {
		d.windows = append(d.windows, dicomio.Window{Name: "Made " + string(rune('A'+k)), Kind: dicomio.WindowLinear, Center: float64(100 * (k + 1)), Width: 1500})
	}
	if texts, _ := entries(d, "Invert"); slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "reset") }) {
		t.Errorf("without a film the menu has %q", texts)
	}
	d.open(t, "a.dcm")
	texts, items := entries(d, "Invert")
	for _, want := range []string{"Made A   (1)", "Made I   (9)", "Made K"} {
		if k := slices.Index(texts, want); k < 0 {
			t.Errorf("%q is not in the menu: %q", want, texts)
		} else {
			items[k].Action()
			if got := d.box.Look().Window.Name; !strings.HasPrefix(want, got) {
				t.Errorf("%s shows %s", want, got)
			}
		}
	}
	d.windows = d.windows[:1]
	d.open(t, "b.dcm")
	if texts, _ := entries(d, "Invert"); slices.Contains(texts, "Made B   (2)") || !slices.Contains(texts, "Made A   (1)") {
		t.Errorf("another film's menu has %q", texts)
	}
}

// texts are all labels and buttons in an object.
func texts(o fyne.CanvasObject) (found []string) {
	switch o := o.(type) {
	case *widget.Label:
		return []string{o.Text}
	case *widget.Button:
		return []string{o.Text}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			found = append(found, texts(child)...)
		}
	case *fyne.Container:
		for _, child := range o.Objects {
			found = append(found, texts(child)...)
		}
	}
	return found
}

func TestChangedKeysAreNamedEverywhere(t *testing.T) {
	d := newDesk(t)
	d.keys.bind("review.agree", "#")
	d.keys.bind("screen.triage", "Ctrl+K")
	d.rekeyed()
	for what, o := range map[string]fyne.CanvasObject{"the first guide": d.guide.content, "the review": d.review.foot} {
		if all := strings.Join(texts(o), "|"); !strings.Contains(all, "#") {
			t.Errorf("%s names another key: %s", what, all)
		}
	}
	for what, o := range map[string]fyne.CanvasObject{"the triage": d.triage.content, "the screening": d.screen.content} {
		if all := strings.Join(texts(o), "|"); !strings.Contains(all, "Ctrl+K") {
			t.Errorf("%s names another key: %s", what, all)
		}
	}
}

func TestTheListOfKeysHasTheMouse(t *testing.T) {
	d := newDesk(t)
	d.Do("help.keys")
	all := texts(d.window.Canvas().Overlays().Top())
	for _, m := range gestures() {
		if !slices.Contains(all, m.mouse) {
			t.Errorf("%s is not listed", m.mouse)
		}
	}
}

func TestTheWholeFilterAndTheCardHaveKeys(t *testing.T) {
	d := newDesk(t)
	d.open(t, "folder")
	for id, what := range map[string]string{"film.conditions": "filter", "help.card": "card", "report.write": "report"} {
		if d.keys.first(id) == "" {
			t.Errorf("there is no key for the %s", what)
		}
	}
	d.Do("film.conditions")
	field, ok := d.window.Canvas().Focused().(*noteEntry)
	if !ok {
		t.Fatal("the filter does not take the keys")
	}
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if d.window.Canvas().Overlays().Top() != nil {
		t.Error("Esc does not leave the filter")
	}
	d.typed("Ctrl+M")
	if d.reading == nil {
		t.Error("the model card does not open")
	}
}

func TestCountedWorkShowsHowFarItIs(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		work  lightbox.Work
		share float64 // negative where it is not known
	}{
		{lightbox.Work{Label: "Looking"}, -1},
		{lightbox.Work{Label: "Looking", Done: 30, Total: 120}, 0.25},
		{lightbox.Work{Label: "Looking", Done: 500}, -1},
	} {
		d.status.show(c.work)
		if known := c.share >= 0; d.status.counted.Visible() != known || d.status.bar.Visible() == known || known && d.status.counted.Value != c.share {
			t.Errorf("%+v: counted %v at %v, moving %v", c.work, d.status.counted.Visible(), d.status.counted.Value, d.status.bar.Visible())
		}
	}
	d.status.show(lightbox.Work{})
	if d.status.work.Visible() || d.status.bar.Visible() {
		t.Error("a bar is left when the work is done")
	}
}

func TestEveryActionHasAKeyOfItsOwn(t *testing.T) {
	d := newDesk(t)
	for _, a := range Actions() {
		if d.keys.first(a.ID) == "" {
			t.Errorf("%s has no key", a.Text)
		}
	}
}

// Making the menu anew takes long enough to be felt at every step.
func TestTheMenuStaysBetweenFilmsWithTheSameWindows(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/folder")
	menu := d.window.MainMenu()
	d.box.ShowLast() // is not read ahead
	if d.box.Film() != nil {
		t.Fatal("the film was read ahead")
	}
	between := d.window.MainMenu()
	d.settle(t)
	if between != menu || d.window.MainMenu() != menu {
		t.Error("the menu is made anew for a film with the same windows")
	}
}
