package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"pneumolight/dicomio"
	"pneumolight/ui/lightbox"
)

func mouse(x, y float32, button desktop.MouseButton) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: button}
}

const left = desktop.MouseButtonPrimary

// measured opens a film and draws a ruler on it with the mouse, whose tool stays.
func (d *desk) measured(t *testing.T) {
	t.Helper()
	d.open(t, "a.dcm")
	d.Do("tool.ruler")
	d.film.MouseDown(mouse(300, 300, left))
	d.film.MouseMoved(mouse(400, 300, left))
	d.film.MouseUp(mouse(400, 300, left))
}

// A point that was dragged out of the film and let go there stays where it is
// when the pointer comes back.
func TestAPointLetGoOutsideDoesNotFollowThePointer(t *testing.T) {
	d := newDesk(t)
	d.measured(t)
	d.film.MouseDown(mouse(400, 300, left)) // takes its end
	d.film.MouseMoved(mouse(500, 300, left))
	d.film.MouseOut()
	d.film.MouseIn(mouse(600, 500, 0))
	d.film.MouseMoved(mouse(610, 510, 0))
	at := d.film.onScreen(d.box.Look().Marks[0].Points[1].X, d.box.Look().Marks[0].Points[1].Y)
	if distance(at, fyne.NewPos(500, 300)) > 1 || d.box.Holding() {
		t.Errorf("let go at 500, 300 the point is at %v, held: %v", at, d.box.Holding())
	}
}

// A second button that is pressed while a point is moved must not leave the
// point at the pointer.
func TestASecondButtonLetsGoOfAPoint(t *testing.T) {
	d := newDesk(t)
	d.measured(t)
	d.film.MouseDown(mouse(400, 300, left))
	d.film.MouseDown(mouse(400, 300, desktop.MouseButtonTertiary))
	d.film.MouseUp(mouse(400, 300, left))
	d.film.MouseUp(mouse(400, 300, desktop.MouseButtonTertiary))
	if d.box.Holding() {
		t.Error("the point follows the pointer")
	}
}

// A drag ends with its film: the next one has a window of its own.
func TestADragDoesNotGoOnOverTheNextFilm(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/folder")
	d.film.MouseDown(mouse(300, 300, left))
	d.film.MouseMoved(mouse(350, 300, left))
	d.box.Step(1)
	d.settle(t)
	first := d.box.Look().Window
	d.film.MouseMoved(mouse(400, 300, left))
	if got := d.box.Look().Window; got != first {
		t.Errorf("the next film's window is %+v, at first %+v", got, first)
	}
}

// Over the prior, a mark of the film on the box does not follow the pointer,
// and the value under it is the prior's.
func TestOverThePriorThePointerIsThePriors(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.box.CompareWith("prior.dcm")
	d.until(t, "the prior is there", func() bool { return d.box.Prior() != nil })
	d.window.Canvas().Capture()
	d.Do("tool.ruler")
	d.film.MouseDown(mouse(100, 300, left))
	d.film.MouseMoved(mouse(200, 300, left))
	d.film.MouseUp(mouse(101, 300, left)) // a click: the end follows
	d.film.MouseMoved(mouse(300, 300, 0))
	before := d.box.Look().Marks[0].Points[1]
	d.film.MouseOut()
	middle := mouse(d.prior.Size().Width/2, d.prior.Size().Height/2, 0)
	d.prior.MouseIn(middle)
	d.prior.MouseMoved(middle)
	if got := d.box.Look().Marks[0].Points[1]; got != before {
		t.Errorf("the ruler's end went from %v to %v", before, got)
	}
	if got := strings.Join(d.prior.corners.all[bottomLeft].shown, "|"); !strings.HasPrefix(got, "150, 180: ") {
		t.Errorf("in the prior's middle it says %q", got)
	}
	d.prior.MouseOut()
	if got := d.prior.corners.all[bottomLeft].shown; len(got) != 1 {
		t.Errorf("without the pointer it says %q", got)
	}
}

// Where a film cannot be shown, the reason stands where it would be.
func TestAFilmThatCannotBeShownSaysWhy(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/bad.dcm")
	if m := d.film.missing; !m.Visible() || m.Text != "bad.dcm: the file is cut short." {
		t.Errorf("in the film's place it says %q", m.Text)
	}
	if d.ai.call.Text != "The film is not open" || d.ai.gauge.Visible() || !d.ai.againRow.Visible() {
		t.Errorf("the panel says %q, with a gauge: %v", d.ai.call.Text, d.ai.gauge.Visible())
	}
	d.open(t, "a.dcm")
	if d.film.missing.Visible() || !d.ai.gauge.Visible() || d.ai.againRow.Visible() {
		t.Error("a film that can be shown is said not to be")
	}
}

// Esc cancels what the reader waits for before it touches the view, and F5
// takes it up again.
func TestEscCancelsBeforeItResets(t *testing.T) {
	d := newDesk(t)
	gate := make(chan struct{})
	d.gate = gate
	d.Open("a.dcm")
	d.until(t, "the analysis takes long", func() bool { return d.box.Film() != nil && d.box.Work().Label != "" })
	d.Do("window.invert")
	d.typed("Esc")
	if d.box.Outcome().State != lightbox.AnalysisCancelled || !d.box.Look().Inverted || !strings.Contains(d.ai.again.Text, "F5") {
		t.Errorf("the analysis is %v, inverted: %v, the button says %q", d.box.Outcome().State, d.box.Look().Inverted, d.ai.again.Text)
	}
	d.typed("Esc")
	if d.box.Look().Inverted {
		t.Error("with nothing left to cancel, the view is not reset")
	}
	close(gate)
	d.typed("F5")
	d.settle(t)
	if d.ai.number.Text != "73 %" {
		t.Errorf("tried again, the panel says %q, %q", d.ai.call.Text, d.ai.number.Text)
	}
}

func TestThePriorSaysHowMuchEarlierItIs(t *testing.T) {
	of := func(taken, id string) dicomio.Header { return dicomio.Header{Taken: taken, PatientID: id} }
	for _, c := range []struct {
		prior, film dicomio.Header
		want        string
	}{
		{of("20240303060000", "1"), of("20240303180000", "1"), "PRIOR  −12 h"},
		{of("20240303060000", "1"), of("20240303071530", "1"), "PRIOR  −76 min"},
		{of("20240302230000", "1"), of("20240304010000", "1"), "PRIOR  −26 h"},
		{of("20240301", "1"), of("20240304010000", "1"), "PRIOR  −3 days"},
		{of("20240101", "1"), of("20240601", "1"), "PRIOR  −5 months"},
		{of("20240303180000", "1"), of("20240303060000", "1"), "LATER FILM  +12 h"},
		{of("20240303", "1"), of("20240303060000", "1"), "PRIOR"},
		{of("", "1"), of("20240303060000", "2"), "PRIOR  ANOTHER PATIENT"},
		{of("", ""), of("20240303060000", "2"), "PRIOR"},
		{dicomio.Header{PatientID: "1", PatientName: "Roe^Jane"}, dicomio.Header{PatientID: "1", PatientName: "Doe^Jane"}, "PRIOR"},
		{dicomio.Header{PatientName: "Roe^Jane"}, dicomio.Header{PatientID: "1", PatientName: "Doe^Jane"}, "PRIOR  ANOTHER PATIENT"},
	} {
		if got := priorText(c.prior, c.film); got != c.want {
			t.Errorf("%s beside %s is %q, want %q", c.prior.Taken, c.film.Taken, got, c.want)
		}
	}
}
