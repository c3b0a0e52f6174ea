package lightbox

import (
	"testing"

	"pneumolight/inference"
	"pneumolight/store"
	"pneumolight/triage"
)

// Once the model was seen there is no first impression any more, wherever the
// reader has been in between.
func TestAFirstImpressionIsGivenOnce(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.films["a.png"].Frames = 2
	r.SetBlind(true)
	r.Open("folder")
	r.settle(t)
	r.SetImpression(inference.CallPneumonia)
	if r.Unsaved() != 0 {
		t.Error("a first impression counts as a review that is not saved")
	}
	given := func(when string) {
		t.Helper()
		r.settle(t)
		r.SetImpression(inference.CallNormal)
		if r.Hidden() || r.Review().Impression != inference.CallPneumonia {
			t.Errorf("%s, the model is hidden: %v, the first impression: %q", when, r.Hidden(), r.Review().Impression)
		}
	}
	r.Step(1)
	r.settle(t)
	if !r.Hidden() {
		t.Error("the next film's call is shown")
	}
	r.Step(-1)
	given("there and back")
	r.StepFrame(1)
	r.settle(t)
	if !r.Hidden() {
		t.Error("another frame's call is shown")
	}
	r.StepFrame(-1)
	given("on its frame again")
	r.SetVerdict(store.VerdictAgree)
	r.Lightbox.Save()
	given("saved")
	if len(r.cases) != 1 || r.cases[0].Review.Impression != "pneumonia" {
		t.Errorf("the log holds %+v", r.cases)
	}
	r.Step(1)
	r.settle(t)
	r.Step(-1)
	given("saved and left")

	// The next session knows it of the log.
	next := newRoomWith(t, func(n *room) { n.cases = r.cases }, "a.png")
	next.SetBlind(true)
	next.Open("a.png")
	next.settle(t)
	if next.Hidden() || next.Review().Impression != inference.CallPneumonia {
		t.Errorf("in the next session it is hidden: %v, the first impression: %q", next.Hidden(), next.Review().Impression)
	}
}

// A call that was seen before the model had to wait is no secret any more, and
// what is thought of the film then no first impression.
func TestWhatWasSeenIsNotAskedFor(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.Open("folder")
	r.settle(t)
	r.SetBlind(true)
	r.settle(t)
	r.SetImpression(inference.CallNormal)
	if r.Hidden() || r.Review().Impression != "" {
		t.Errorf("hidden: %v, the first impression: %q", r.Hidden(), r.Review().Impression)
	}
	r.Step(1)
	r.settle(t)
	if !r.Hidden() {
		t.Error("a film that was not seen is shown with its call")
	}
}

func TestATriageTellsABlindReaderNothing(t *testing.T) {
	r := newRoom(t, "/root/folder/c")
	r.films["/root/folder/c"].SHA256 = screened("c", 0, "").Film.SHA256
	w := newWard(r)
	r.settle(t)
	r.triaged(t, w, screened("c", 0.9, inference.CallPneumonia), screened("b", 0.5, inference.CallUncertain),
		screened("a", 0.1, inference.CallNormal), unjudged("d", "refused"))
	if got := r.ids(); got != "c b d a" {
		t.Fatalf("by the model's judgement the order is %s", got)
	}
	r.SetTriageFilter(triage.Filter{LowestProbability: 0.3})
	r.settle(t)
	r.SetBlind(true)
	r.settle(t)
	hidden := func() (ids string) {
		for row := range r.TriageRows() {
			if film, _ := r.TriageRow(row); film.Hidden {
				ids += film.ID
			}
		}
		return ids
	}
	if got := r.ids(); got != "a b c d" || hidden() != "abc" {
		t.Errorf("the order is %s, hidden are %s", got, hidden())
	}
	if view, _, _ := r.Triage(); view.Bins != nil || len(view.Counts.By) != 0 || view.Counts.Overdue != 0 || view.Counts.Total != 4 {
		t.Errorf("the model's judgement is counted: %+v", view)
	}
	r.ShowTriaged(2)
	r.settle(t)
	r.SetImpression(inference.CallNormal)
	if got := hidden(); got != "ab" {
		t.Errorf("with the first impression of c given, hidden are %s", got)
	}
	r.SetBlind(false)
	r.settle(t)
	if got := r.ids(); got != "c b d" || hidden() != "" {
		t.Errorf("with the model seen again, the order is %s, hidden are %s", got, hidden())
	}
}
