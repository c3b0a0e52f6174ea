package lightbox

import (
	"context"
	"testing"

	"pneumolight/inference"
	"pneumolight/reading"
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

// others is a log whose reviews are another reader's.
type others struct{ *room }

func (others) FirstImpression(context.Context, string, int) (string, bool, error) {
	return "", false, nil
}

// newColleaguesRoom has a film that another reader disagreed with the model on.
func newColleaguesRoom(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, "a.png", "b.png")
	r.services.Log = others{r}
	for _, name := range r.order {
		r.films[name].Header.InstanceUID = "1." + name
	}
	r.cases = []store.Case{{
		Film:   store.Film{SHA256: r.films["a.png"].SHA256, Frame: 1, InstanceUID: "1.a.png"},
		Model:  store.Model{Name: "m", Version: "1", Call: "pneumonia", Probability: 0.8},
		Review: store.Review{Verdict: store.VerdictDisagree, Finding: store.FindingAtelectasis, Note: "no pneumonia", ReviewedAt: noon},
	}}
	r.SetBlind(true)
	return r
}

func TestAnEarlierReviewTellsABlindReaderNothing(t *testing.T) {
	r := newColleaguesRoom(t)
	gate := make(chan struct{})
	r.gate = gate
	r.Open("a.png")
	r.until(t, "the analysis is shown", func() bool { return r.Work().Label != "" && r.Film() != nil && r.Review().Earlier != nil })
	r.Cancel()
	r.settle(t)
	r.services.Reports = press{}
	if r.OpenReport(); r.Outcome().State != AnalysisCancelled || !r.Withheld() || r.Report().Open {
		t.Errorf("with the analysis cancelled, the reviews are withheld: %v, the report is open: %v", r.Withheld(), r.Report().Open)
	}
	close(gate)
	r.TryAgain()
	r.settle(t)
	r.SetImpression(inference.CallNormal)
	if r.OpenReport(); r.Withheld() || !r.Report().Open {
		t.Errorf("with the impression given, the reviews are withheld: %v, the report is open: %v", r.Withheld(), r.Report().Open)
	}
}

// A refused film has nothing to hide, until it is analysed all the same.
func TestAReportThatIsOpenWaitsForTheFirstImpression(t *testing.T) {
	r := newRoom(t, "a.png")
	r.services.Reports = press{}
	r.fates["a.png"] = reading.StatusRefused
	r.SetBlind(true)
	r.Open("a.png")
	r.settle(t)
	r.OpenReport()
	if doubt := r.ReportDoubt(); !r.Report().Open || doubt != nil {
		t.Fatalf("a refused film cannot be reported: %v", doubt)
	}
	r.AnalyseAnyway()
	r.settle(t)
	r.WriteReport(nil)
	r.settle(t)
	if r.ReportDoubt() == nil || len(r.Report().Written) != 0 {
		t.Errorf("without a first impression there was written %v", r.Report().Written)
	}
	r.SetImpression(inference.CallNormal)
	r.WriteReport(nil)
	r.settle(t)
	if doubt := r.ReportDoubt(); doubt != nil || len(r.Report().Written) != 1 {
		t.Errorf("with it, there was written %v: %v", r.Report().Written, doubt)
	}
}

func TestTheListAndTheAgreementTellABlindReaderNoCall(t *testing.T) {
	r := newColleaguesRoom(t)
	r.Open("folder")
	r.settle(t)
	r.Step(1) // no call is noted of the film that is left
	r.settle(t)
	wanted := func() int {
		r.SetFilter(Filter{})
		r.SetFilter(Filter{Call: inference.CallPneumonia})
		return r.Wanted()
	}
	told := func() (c store.Case) {
		r.LoadReviews(func(reviews Reviews) { c = reviews.Disagreements[0] })
		r.settle(t)
		return c
	}
	if c := told(); wanted() != 0 || c.Model.Call != "" || c.Model.Probability != 0 || c.Review.Finding != "" || c.Review.Note != "" || c.Film.SHA256 == "" {
		t.Errorf("the filter tells of %d films, the agreement of %+v", wanted(), c)
	}
	r.SetBlind(false)
	r.settle(t)
	if c := told(); wanted() == 0 || c.Model.Call != "pneumonia" {
		t.Errorf("with the model seen again, the filter tells of %d films, the agreement of %+v", wanted(), c)
	}
	// What was seen stays so.
	r.SetBlind(true)
	r.settle(t)
	r.Show(0)
	r.settle(t)
	r.SetImpression(inference.CallNormal)
	if c := told(); c.Model.Call != "pneumonia" || r.List()[0].Call != inference.CallPneumonia {
		t.Errorf("with the impression given, the agreement tells %+v, the list %q", c, r.List()[0].Call)
	}
}

// The log tells which calls this reader has seen in earlier sessions.
func TestABlindReadersOwnReviewsTellTheirCalls(t *testing.T) {
	r := newColleaguesRoom(t)
	r.services.Log = r
	r.order = []string{"b.png", "a.png"} // the reviewed one is not on the box
	r.Open("folder")
	r.settle(t)
	r.SetFilter(Filter{Call: inference.CallPneumonia})
	if r.Wanted() != 1 {
		t.Errorf("the filter leaves %d films", r.Wanted())
	}
}
