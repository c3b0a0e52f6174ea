package ui

import (
	"context"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pneumolight/dicomio"
	"pneumolight/ui/lightbox"
)

// archive is a reader whose folder has many films of named patients.
type archive struct {
	*reader
	films int
}

func (a archive) Scan(ctx context.Context, _ string, visit func(dicomio.Entry) error) error {
	for k := range a.films {
		h := dicomio.Header{
			PatientName: fmt.Sprintf("Family%d^Given", k/3), PatientID: fmt.Sprint(k / 3), StudyUID: fmt.Sprintf("1.%d", k/3),
			StudyDate: "20240102", Modality: "DX", ViewPosition: "PA",
		}
		if err := visit(dicomio.Entry{Info: dicomio.Info{Path: fmt.Sprintf("/a/Family%d-%06d.dcm", k/3, k), Header: h}}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func newArchiveDesk(t testing.TB, films int) *desk {
	t.Helper()
	d := newDesk(t)
	d.box.Close()
	d.Window = New(test.NewTempApp(t), Services{
		Films: archive{d.reader, films}, Analyser: d.reader, Log: d.reader, Post: func(f func()) { d.queue <- f },
	})
	d.window.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(d.box.Close)
	d.open(t, "folder")
	return d
}

// shownRows are the rows of the list that exist.
func shownRows(d *desk) []*filmRow {
	var rows []*filmRow
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *filmRow:
			rows = append(rows, o)
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		}
	}
	walk(d.list.List)
	return rows
}

func TestOnlyThePageInSightExists(t *testing.T) {
	d := newArchiveDesk(t, 5000)
	if d.box.Rows() != 5000+1667 {
		t.Fatalf("%d rows", d.box.Rows())
	}
	d.list.List.ScrollTo(3000)
	d.window.Canvas().Capture()
	if rows := len(shownRows(d)); rows < 5 || rows > 30 {
		t.Errorf("%d rows exist", rows)
	}
}

// Where the overlays name nobody, neither does the list nor the title.
func TestAnonymousOverlaysAreAnonymousInTheListToo(t *testing.T) {
	d := newArchiveDesk(t, 6)
	texts := func() string {
		all := d.window.Title()
		for _, row := range shownRows(d) {
			all += "|" + row.name.Text + "|" + row.detail.Text
		}
		return all
	}
	if got, want := texts(), "Family0-000000.dcm – Pneumolight|Family0, Given|2024-01-02|DX PA|Family0-000000.dcm"; len(got) < len(want) || got[:len(want)] != want {
		t.Fatalf("the list says %q", got)
	}
	for range 2 {
		d.Do("view.overlays")
		if got, want := texts(), "Pneumolight|Study 1||DX PA||DX PA||DX PA||Study 2||DX PA||DX PA||DX PA|"; got != want {
			t.Errorf("anonymous, the list says %q, want %q", got, want)
		}
	}
}

func TestFiltersAreKeptUnderAName(t *testing.T) {
	d := newArchiveDesk(t, 60)
	d.showFilter(d.filter.more)
	form := d.window.Canvas().Overlays().Top().(*widget.PopUp)
	if !form.Visible() {
		t.Fatal("there is no form")
	}
	d.typed("Esc")
	if d.window.Canvas().Overlays().Top() != nil {
		t.Error("Esc does not close the form")
	}
	d.box.SetFilter(lightbox.Filter{Text: "family1", From: firstDay("2024"), To: lastDay("2024-01"), View: "pa"})
	if got := d.box.Wanted(); got != 3*11 { // 1 and 10 to 19
		t.Fatalf("%d films are wanted", got)
	}
	if d.filter.left.Text != "33 of 60 films" {
		t.Errorf("the list says %q", d.filter.left.Text)
	}
	saved := newSavedFilters(d.app.Preferences())
	saved.keep(" January,  family 1 ", d.box.Filter())
	saved.keep("nothing", lightbox.Filter{})
	again := newSavedFilters(d.app.Preferences())
	if len(again.list) != 1 || again.list[0].Name != "January, family 1" || again.list[0].Filter != d.box.Filter() {
		t.Errorf("the next start has %+v", again.list)
	}
	again.forget("January, family 1")
	if left := newSavedFilters(d.app.Preferences()).list; len(left) != 0 {
		t.Errorf("forgotten, there is %+v", left)
	}
}

func TestDatesOfAFilter(t *testing.T) {
	for _, c := range []struct{ typed, first, last, shown string }{
		{"", "", "", ""},
		{"20", "", "", ""},
		{"2024", "20240000", "20249999", "2024"},
		{"2024-1", "20240000", "20249999", "2024"},
		{"2024-10", "20241000", "20241099", "2024-10"},
		{"2024/10/01", "20241001", "20241001", "2024-10-01"},
		{"20201231", "20201231", "20201231", "2020-12-31"},
	} {
		if first, last := firstDay(c.typed), lastDay(c.typed); first != c.first || last != c.last {
			t.Errorf("%q is from %s to %s", c.typed, first, last)
		}
		if first, last := dayText(c.first, "00"), dayText(c.last, "99"); first != c.shown || last != c.shown {
			t.Errorf("%q is shown as %q and %q", c.typed, first, last)
		}
	}
}

func TestAClickOnAStudyFoldsIt(t *testing.T) {
	d := newArchiveDesk(t, 6)
	for _, want := range []int{8 - 3, 8} {
		d.list.List.Select(4) // the second study's header
		if got := d.box.Rows(); got != want {
			t.Fatalf("a click on the header leaves %d rows, want %d", got, want)
		}
		if d.box.Place() != 0 {
			t.Error("a click on a header shows another film")
		}
	}
}

// BenchmarkScrollHundredThousand is a notch of the wheel over a list of a
// hundred thousand films, its rows and thumbnails being asked for.
func BenchmarkScrollHundredThousand(b *testing.B) {
	d := newArchiveDesk(b, 100_000)
	at := float32(0)
	for b.Loop() {
		at += 75
		d.list.List.ScrollToOffset(at)
	}
}

// On a small screen that shows everything twice as large, the film and the
// panel are what there is room for; nothing is cut off.
func TestANarrowWindowLeavesTheListOut(t *testing.T) {
	d := newArchiveDesk(t, 6)
	if !d.side.Visible() {
		t.Fatal("there is room for the list")
	}
	d.window.Resize(fyne.NewSize(640, 400))
	if size := d.window.Canvas().Size(); size.Width > 640 || size.Height > 400 {
		t.Errorf("the window insists on %v", size)
	}
	if d.side.Visible() || d.film.Size().Width < 300 {
		t.Errorf("the list is shown: %v, the film is %v wide", d.side.Visible(), d.film.Size().Width)
	}
	d.window.Resize(fyne.NewSize(1280, 800))
	if !d.side.Visible() {
		t.Error("the list does not come back")
	}
}
