package lightbox

import "testing"

// The work on a film gives way to its picture.
func TestAFilmIsOnTheScreenBeforeItIsAnalysed(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.Paint(100, 80, false) // the empty box, so that the screen's size is known
	r.Open("folder")
	for r.Film() == nil {
		(<-r.queue)()
	}
	seen := r.unseen
	if seen == nil || r.Outcome().State != AnalysisRunning {
		t.Fatalf("the film is not waited for, and its analysis is %v", r.Outcome().State)
	}
	if r.Paint(100, 80, false) == nil {
		t.Fatal("the film is not painted")
	}
	r.settle(t)
	select {
	case <-seen:
	default:
		t.Error("the film is on the screen and still waited for")
	}
	if r.Outcome().State != AnalysisDone {
		t.Errorf("the analysis is %v", r.Outcome().State)
	}
}

// What a step changes is drawn once, when it is done.
func TestAStepIsReportedOnce(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.Open("folder")
	r.settle(t)
	reports := 0
	r.report = func(Change) {
		reports++
		if r.Film() == nil {
			t.Error("the screen is drawn without a film between two that are ready")
		}
	}
	r.Step(1)
	if reports != 1 || r.Path() != "b.png" {
		t.Errorf("%d reports, on the box: %s", reports, r.Path())
	}
}
