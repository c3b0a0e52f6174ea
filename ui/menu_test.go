package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"pneumolight/dicomio"
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
