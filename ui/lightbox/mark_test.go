package lightbox

import (
	"math"
	"testing"
)

// drag draws a ruler.
func (r *room) drag(x, y, toX, toY float64) {
	r.Press(MarkRuler, x, y, 8)
	r.Hold(toX, toY)
	r.Release(true)
}

// A mark that is being drawn is given up alone, whatever was done meanwhile.
func TestGivingUpADrawingTakesBackNothingElse(t *testing.T) {
	for name, giveUp := range map[string]func(*room){
		"Undo": func(r *room) { r.Undo() }, "Esc": func(r *room) { r.DropDrawing() }, "Delete": func(r *room) { r.RemoveMark() },
	} {
		r := measured(t)
		r.drag(100, 100, 130, 140)
		r.Press(MarkAngle, 200, 100, 8)
		r.Release(false)
		before := r.Look().View.Scale
		r.Zoom(1.25)
		if len(r.Look().Marks) != 2 {
			t.Fatalf("%s: the drawing is lost while the film is enlarged", name)
		}
		giveUp(r)
		if marks := r.Look().Marks; len(marks) != 1 || r.Look().View.Scale <= before || r.Holding() {
			t.Errorf("%s leaves %d marks, scale %v of %v", name, len(marks), r.Look().View.Scale, before)
		}
		r.Undo()
		if got := r.Look(); len(got.Marks) != 1 || got.View.Scale != before {
			t.Errorf("%s, and the enlarging undone: %d marks, scale %v", name, len(got.Marks), got.View.Scale)
		}
		r.Undo()
		if got := r.Look(); len(got.Marks) != 0 {
			t.Errorf("%s, and the ruler undone: %d marks", name, len(got.Marks))
		}
	}
}

func TestAMovedPointIsOneStepAndAClickOnItNone(t *testing.T) {
	r := measured(t)
	r.drag(100, 100, 130, 140)
	r.Press(MarkRuler, 130, 140, 8)
	r.Release(false) // a click only
	r.Press(MarkRuler, 130, 140, 8)
	for x := 140.0; x <= 200; x += 10 {
		r.Hold(x, 140)
	}
	r.Release(true)
	if got := r.Look().Marks[0].Points[1].X; got != 20 {
		t.Fatalf("the point was moved to %v", got)
	}
	r.Undo()
	if got := r.Look().Marks; len(got) != 1 || got[0].Points[1].X != 13 {
		t.Errorf("undone, the marks are %+v", got)
	}
	r.Undo()
	if len(r.Look().Marks) != 0 {
		t.Error("undone twice, the ruler is still there")
	}
}

// measuredFrames is a room with a file of two frames on the box, a ruler on the
// first, and another film after it.
func measuredFrames(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, "a.dcm", "b.png")
	r.films["a.dcm"].Frames = 2
	r.Open("folder")
	r.settle(t)
	r.Paint(400, 300, false)
	r.drag(100, 100, 200, 100)
	return r
}

func TestACalibrationByHandIsAStepAndTheFiles(t *testing.T) {
	r := measuredFrames(t)
	if !r.CalibrateByHand(20) {
		t.Fatal("there is no ruler")
	}
	calibrated := func(when string, want float64) {
		t.Helper()
		if c := r.Calibration(); math.Abs(c.Column-want) > 1e-9 || c.ByHand != (want > 0) {
			t.Errorf("%s, the calibration is %+v, want %v", when, c, want)
		}
	}
	calibrated("set", 2)
	r.Undo()
	calibrated("undone", 0)
	r.Redo()
	calibrated("done again", 2)
	r.Reset()
	calibrated("with the view reset", 2)
	r.StepFrame(1)
	r.settle(t)
	calibrated("on another frame", 2)
	r.Step(1)
	r.settle(t)
	calibrated("on another film", 0)
	r.Step(-1)
	r.settle(t)
	calibrated("back again", 2)
	r.DropCalibration()
	calibrated("dropped", 0)
	r.Step(1)
	r.settle(t)
	r.Step(-1)
	r.settle(t)
	calibrated("dropped and back again", 0)
	// What is still being drawn is nothing to calibrate by.
	r.Press(MarkRuler, 100, 100, 8)
	if r.HasRuler() {
		t.Error("a ruler without an end can be calibrated by")
	}
}

func TestResettingTheViewKeepsWhatWasMeasured(t *testing.T) {
	r := measured(t)
	r.drag(100, 100, 130, 140)
	r.drag(200, 100, 230, 140)
	r.Invert()
	if !r.Reset() || len(r.Look().Marks) != 2 || r.Look().Inverted {
		t.Errorf("reset, it is %+v", r.Look())
	}
	if r.Reset() {
		t.Error("there is still something to reset")
	}
	r.RemoveMarks()
	if len(r.Look().Marks) != 0 {
		t.Error("not all marks are removed")
	}
	r.Undo()
	if len(r.Look().Marks) != 2 {
		t.Error("removed marks do not come back")
	}
}

func TestAQuietMessageGoesOnceItIsAnswered(t *testing.T) {
	r := measured(t)
	r.Tell("Draw a ruler first.")
	r.SetTool(ToolRuler)
	r.Press(MarkRuler, 100, 100, 8)
	if r.Notice().Text == "" {
		t.Error("it is gone before it is answered")
	}
	r.Hold(130, 140)
	r.Release(true)
	if n := r.Notice(); n.Text != "" {
		t.Errorf("with the ruler drawn it still says %q", n.Text)
	}
	r.warn("The disk is full.")
	r.Invert()
	if r.Notice().Text == "" {
		t.Error("a warning went by itself")
	}
}

func TestWhatWasMeasuredIsThereWhenTheFilmIsBack(t *testing.T) {
	r := measuredFrames(t)
	marks := func(where string, want int) {
		t.Helper()
		r.settle(t)
		if got := len(r.Look().Marks); got != want {
			t.Errorf("%s there are %d marks, want %d", where, got, want)
		}
	}
	r.StepFrame(1)
	marks("on another frame", 0)
	r.Step(1)
	marks("on another film", 0)
	r.Step(-1)
	marks("on the frame that was left", 0)
	r.StepFrame(-1)
	marks("back again", 1)
	r.RemoveMark()
	r.Step(1)
	r.settle(t)
	r.Step(-1)
	marks("removed, and back again", 0)
}
