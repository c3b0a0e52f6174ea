package lightbox

import (
	"context"
	"testing"
	"time"
)

func TestWorkTellsHowLongItWillTake(t *testing.T) {
	begun := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		done, total int
		want        Work
	}{
		{0, 0, Work{}},
		{25, 100, Work{Done: 25, Total: 100, Left: 30 * time.Second}},
		{25, 0, Work{Done: 25}},
		{120, 100, Work{Done: 120}}, // an archive held more than was counted
	} {
		j := job{begun: begun, done: c.done, total: c.total}
		if got := j.work(begun.Add(10 * time.Second)); got != c.want {
			t.Errorf("%d of %d: %+v, want %+v", c.done, c.total, got, c.want)
		}
	}
}

// hangs has a task under way that is shown until it is stopped.
func (r *room) hangs(task Task, label string) {
	r.start(task, label, func(ctx context.Context) func() {
		<-ctx.Done()
		return nil
	})
	r.running[task].slow = true
}

// Cancelling stops what is shown, one work at a time, and never a review that
// is being saved.
func TestOnlyTheWorkThatIsShownIsCancelled(t *testing.T) {
	r := newRoom(t, "a.png")
	r.Open("a.png")
	r.settle(t)
	if r.Cancel() || r.Awaited() {
		t.Error("there is nothing to cancel")
	}
	// The reader waits for the prior, and not for what goes on beside it.
	r.hangs(TaskScan, "Looking")
	r.hangs(TaskSave, "Saving")
	r.hangs(TaskPrior, "Opening")
	if r.Work().Label != "Opening" || !r.Awaited() {
		t.Errorf("shown is %+v", r.Work())
	}
	if !r.Cancel() || r.Busy(TaskPrior) || !r.Busy(TaskScan) {
		t.Error("what is not shown was cancelled, or what is was not")
	}
	if r.Work().Label != "Saving" || r.Awaited() || r.CanCancel() || r.Cancel() || !r.Busy(TaskSave) {
		t.Errorf("shown is %+v; a review that is being written can be dropped", r.Work())
	}
	r.stop(TaskSave)
	if r.Awaited() || !r.Cancel() || r.Busy(TaskScan) {
		t.Error("the search was not cancelled")
	}
}

// Where the reader did not wait for a frame, the next step counts from the one
// on the box.
func TestACancelledFrameIsNotSteppedFrom(t *testing.T) {
	r := newRoom(t, "a.dcm")
	r.films["a.dcm"].Frames = 40
	r.Open("a.dcm")
	r.settle(t)
	r.hangs(TaskFrame, "Opening the frame")
	r.StepFrame(20)
	r.Cancel()
	r.StepFrame(1)
	r.settle(t)
	if got := r.Film().Frame; got != 2 {
		t.Errorf("a step from the first frame led to %d", got)
	}
}

// The films beside one whose reading was cancelled are read ahead, as those
// beside any other.
func TestACancelledReadKeepsNothingElseFromBeingRead(t *testing.T) {
	r := newRoom(t, "a.png", "b.png", "c.png")
	r.Open("folder")
	r.settle(t)
	delete(r.ahead, "b.png")
	r.Step(1)
	r.hangs(TaskRead, "Opening the film")
	r.Cancel()
	r.settle(t)
	if r.Film() != nil || r.ahead["c.png"] == nil {
		t.Errorf("%s is on the box, the film after it is read ahead: %v", r.Path(), r.ahead["c.png"] != nil)
	}
}
