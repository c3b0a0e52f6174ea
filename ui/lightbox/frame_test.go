package lightbox

import (
	"testing"

	"pneumolight/store"
)

func TestStepsThroughFrames(t *testing.T) {
	r := newRoom(t, "a.dcm", "b.png")
	r.films["a.dcm"].Frames = 40
	r.Open("folder")
	r.settle(t)
	r.Paint(80, 60, false)
	r.Invert()
	r.SetNote("here")
	for _, s := range []struct{ by, want int }{{1, 2}, {1, 3}, {-5, 1}, {100, 40}, {1, 40}} {
		r.StepFrame(s.by)
		r.settle(t)
		if got := r.Film().Frame; got != s.want {
			t.Fatalf("a step by %d led to frame %d, want %d", s.by, got, s.want)
		}
	}
	if !r.Look().Inverted {
		t.Error("another frame is looked at in another way")
	}
	if r.Review().Note != "" {
		t.Error("a note on the first frame stands at the last one")
	}
	r.StepFrame(-39)
	r.settle(t)
	if r.Review().Note != "here" {
		t.Error("the note on the first frame is lost")
	}
	r.Step(1)
	r.settle(t)
	r.StepFrame(1)
	r.settle(t)
	if f := r.Film(); f.Path != "b.png" || f.Frame != 1 {
		t.Errorf("a film of one frame went to frame %d of %s", f.Frame, f.Path)
	}
}

// While a key is held, each press counts, although none is waited for.
func TestFramesAreNotLostWhileOneIsRead(t *testing.T) {
	r := newRoom(t, "a.dcm")
	r.films["a.dcm"].Frames = 40
	r.Open("folder")
	r.settle(t)
	for range 10 {
		r.StepFrame(1)
	}
	r.settle(t)
	if got := r.Film().Frame; got != 11 {
		t.Errorf("ten presses led to frame %d", got)
	}
	// What is saved is the review of the frame that was on the box.
	r.SetVerdict(store.VerdictAgree)
	r.Lightbox.Save()
	r.settle(t)
	if len(r.cases) != 1 || r.cases[0].Film.Frame != 11 {
		t.Errorf("the log holds %+v", r.cases)
	}
}
