package lightbox

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
)

func TestFindingSideAndFirstImpressionAreSaved(t *testing.T) {
	r := newRoom(t, "a.png")
	r.SetBlind(true)
	r.Open("a.png")
	r.settle(t)
	r.SetFinding(store.FindingEffusion)
	if r.Review().Finding != "" {
		t.Error("a finding was named before the first impression")
	}
	r.SetImpression(inference.CallNormal)
	r.ToggleSide(store.SideLeft)
	if r.Review().Side != "" {
		t.Error("a side was named without a finding")
	}
	r.ToggleFinding(store.FindingEffusion)
	r.ToggleSide(store.SideLeft)
	r.SetVerdict(store.VerdictAgree)
	r.Lightbox.Save()
	r.settle(t)
	if len(r.cases) != 1 {
		t.Fatal("nothing was saved")
	}
	c := r.cases[0].Review
	if c.Finding != store.FindingEffusion || c.Side != store.SideLeft || c.Impression != "normal" || c.Note != "" {
		t.Errorf("saved was %+v", c)
	}
	if r.CanSave() {
		t.Error("what is saved can be saved again")
	}
	// The heart has no side; what is named twice is taken back.
	r.SetFinding(store.FindingCardiomegaly)
	if r.Review().Side != "" || !r.CanSave() {
		t.Errorf("the review is %+v", r.Review())
	}
	r.ToggleFinding(store.FindingCardiomegaly)
	if r.Review().Finding != "" {
		t.Error("a finding named twice stays")
	}
}

func TestEveryReviewOfAFilmIsThere(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.Open("folder")
	r.settle(t)
	for _, verdict := range []store.Verdict{store.VerdictAgree, store.VerdictDisagree} {
		r.SetVerdict(verdict)
		r.Lightbox.Save()
		r.settle(t)
	}
	review := r.Review()
	if len(review.History) != 2 || review.History[0].Review.Verdict != store.VerdictAgree || review.Earlier.Review.Verdict != store.VerdictDisagree {
		t.Errorf("the reviews are %+v", review.History)
	}
	r.Step(1)
	r.settle(t)
	if len(r.Review().History) != 0 {
		t.Error("the next film has the first one's reviews")
	}
}

func TestWhatIsDoneIsRecordedInOrder(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.fates["b.png"] = reading.StatusRefused
	r.SetBlind(true)
	r.Open("folder")
	r.settle(t)
	film := r.Film()
	want := []store.Event{store.FilmOpened(film.SHA256, 1), r.Outcome().Analysis.Event()}
	r.SetImpression(inference.CallPneumonia)
	want = append(want, store.ImpressionGiven(film.SHA256, 1, "pneumonia"))
	r.Step(1)
	r.settle(t)
	want = append(want, store.FilmOpened(r.Film().SHA256, 1), r.Outcome().Analysis.Event())
	if len(r.events) != len(want) {
		t.Fatalf("%d events, want %d", len(r.events), len(want))
	}
	for k := range want {
		if got := r.events[k].String(); got != want[k].String() {
			t.Errorf("event %d is %s, want %s", k, got, want[k])
		}
	}
}

func TestADisagreementIsLookedAtAgain(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.films["b.png"].Frames = 3
	r.Open("folder")
	r.settle(t)
	lain := func(path, digest string, frame int) store.Case {
		return store.Case{Film: store.Film{SHA256: digest, Frame: frame}, Path: path}
	}
	r.Revisit(lain("b.png", r.films["b.png"].SHA256, 2))
	r.settle(t)
	if r.Path() != "b.png" || r.Film().Frame != 2 || len(r.List()) != 2 {
		t.Errorf("the box shows frame %d of %s in a list of %d", r.Film().Frame, r.Path(), len(r.List()))
	}
	// The log knows the whole path of a film that was opened by a part of it.
	r.Step(-1)
	r.settle(t)
	whole, err := filepath.Abs("b.png")
	if err != nil {
		t.Fatal(err)
	}
	r.films[whole] = r.films["b.png"]
	r.Revisit(lain(whole, r.films["b.png"].SHA256, 3))
	r.settle(t)
	if r.Path() != "b.png" || r.Film().Frame != 3 || len(r.List()) != 2 {
		t.Errorf("by its whole path, the box shows frame %d of %s in a list of %d", r.Film().Frame, r.Path(), len(r.List()))
	}
	for want, c := range map[string]store.Case{
		"It is not known":          lain("", r.films["a.png"].SHA256, 1),
		"cannot be opened":         lain("gone.png", r.films["a.png"].SHA256, 1),
		"is not the film any more": lain("a.png", strings.Repeat("0", 64), 1),
	} {
		r.Revisit(c)
		r.settle(t)
		if n := r.Notice(); n.Kind != NoticeError || !strings.Contains(n.Text, want) || r.Path() != "b.png" {
			t.Errorf("%s: the reader is told %+v", want, n)
		}
	}
}

func TestWhatIsWrongWithTheLogIsToldUntilItIsRead(t *testing.T) {
	for want, room := range map[string]*room{
		"the disk is full":         newRoomWith(t, func(r *room) { r.noLog = errors.New("the disk is full") }, "a.png", "b.png"),
		"cases.db.damaged-2026112": newRoomWith(t, func(r *room) { r.aside = "cases.db.damaged-20261123" }, "a.png", "b.png"),
	} {
		room.settle(t)
		room.Open("folder")
		room.settle(t)
		room.Step(1)
		room.settle(t)
		if n := room.Notice(); n.Kind != NoticeError || !strings.Contains(n.Text, want) {
			t.Errorf("%s: the reader is told %+v", want, n)
		}
		if can := room.CanReview(); can != (room.noLog == nil) {
			t.Errorf("%s: films can be reviewed: %v", want, can)
		}
		if room.Dismiss(); room.Notice().Kind != NoticeNone {
			t.Errorf("%s: it cannot be dismissed", want)
		}
	}
}

func TestAPanicOfATaskComesToTheScreensGoroutine(t *testing.T) {
	r := newRoom(t)
	r.start(TaskReviews, "", func(context.Context) func() { panic("broken") })
	defer func() {
		if broken, ok := recover().(Broken); !ok || broken.Value != "broken" || len(broken.Stack) == 0 {
			t.Errorf("it came as %+v", broken)
		}
	}()
	r.settle(t)
}

// saving holds a review back on its way to the log.
type saving struct {
	*room
	written chan struct{}
}

func (s saving) Save(ctx context.Context, c store.Case) error {
	<-s.written
	return s.room.Save(ctx, c)
}

func TestANoteChangedWhileItsReviewIsSavedIsKept(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	log := saving{r, make(chan struct{})}
	r.services.Log = log
	r.Open("folder")
	r.settle(t)
	r.SetVerdict(store.VerdictAgree)
	r.SetNote("left")
	r.Lightbox.Save()
	r.SetNote("left lower lobe")
	r.Step(1)
	close(log.written)
	r.settle(t)
	if len(r.cases) != 1 || r.cases[0].Review.Note != "left" || r.Unsaved() != 1 || r.List()[0].Progress != InProgress {
		t.Errorf("the log holds %+v, %d reviews are not saved, the film's progress is %d", r.cases, r.Unsaved(), r.List()[0].Progress)
	}
	r.Step(-1)
	r.settle(t)
	if got := r.Review().Note; got != "left lower lobe" || !r.CanSave() {
		t.Errorf("back at the film the note is %q, to be saved: %v", got, r.CanSave())
	}
	r.Lightbox.Save()
	r.Step(1)
	r.settle(t)
	if r.Unsaved() != 0 || r.List()[0].Progress != Reviewed {
		t.Errorf("saved as it was left, %d reviews are not saved, the progress is %d", r.Unsaved(), r.List()[0].Progress)
	}
}
