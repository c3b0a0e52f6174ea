package lightbox

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
)

// room is a lightbox with services that keep what they hold in memory. Its
// screen's goroutine is the test's: settle plays it.
type room struct {
	*Lightbox
	queue   chan func()
	changes Change

	mu      sync.Mutex
	films   map[string]*dicomio.Film
	order   []string
	fates   map[string]reading.Status
	gate    chan struct{} // where set, an analysis waits for it
	cases   []store.Case
	events  []store.Event
	aside   string
	noLog   error
	saveErr error
	noModel error
}

func newRoom(t *testing.T, films ...string) *room {
	t.Helper()
	return newRoomWith(t, func(*room) {}, films...)
}

// newRoomWith is a room whose services are set up before they are used.
func newRoomWith(t *testing.T, set func(*room), films ...string) *room {
	t.Helper()
	r := &room{queue: make(chan func(), 1000), films: map[string]*dicomio.Film{}, fates: map[string]reading.Status{}}
	for _, name := range films {
		r.films[name] = film(name)
		r.order = append(r.order, name)
	}
	set(r)
	r.Lightbox = New(Services{Films: r, Analyser: r, Log: r}, Options{
		Post:    func(f func()) { r.queue <- f },
		Changed: func(c Change) { r.changes |= c },
		Now:     func() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) },
	})
	t.Cleanup(r.Close)
	return r
}

func film(name string) *dicomio.Film {
	f := &dicomio.Film{
		Path: name, Format: dicomio.FormatPNG, SHA256: fmt.Sprintf("%064x", []byte(name)[0]), Frame: 1, Frames: 1,
		Width: 40, Height: 30, Bits: 8, PixelAspect: 1, Header: dicomio.Header{PatientAge: -1},
	}
	f.Stored = make([]uint16, 40*30)
	for k := range f.Stored {
		f.Stored[k] = uint16(k % 200)
	}
	return f
}

func (r *room) Read(ctx context.Context, path string, frame int) (*dicomio.Film, error) {
	if f := r.films[path]; f != nil {
		if f.Frames > 1 {
			other := *f
			other.Frame = frame
			f = &other
		}
		return f, ctx.Err()
	}
	return nil, fmt.Errorf("%s: the file is cut short.", path)
}

func (r *room) Count(context.Context, string) (int, error) { return 3, nil }

func (r *room) Scan(ctx context.Context, path string, visit func(dicomio.Entry) error) error {
	for _, name := range r.order {
		if path != "folder" && path != name {
			continue
		}
		e := dicomio.Entry{Info: dicomio.Info{Path: name}}
		if f := r.films[name]; f != nil {
			e.Header = f.Header
		}
		if strings.HasSuffix(name, ".txt") {
			e.Err = fmt.Errorf("%s: %w", name, dicomio.ErrNotAFilm)
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

func (r *room) Model(context.Context) (inference.Info, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return inference.Info{Name: "m", Version: "1", Threshold: 0.5}, r.noModel
}

func (r *room) Analyse(ctx context.Context, f *dicomio.Film, anyway bool) (reading.Analysis, error) {
	r.mu.Lock()
	gate, noModel, status := r.gate, r.noModel, r.fates[f.Path]
	r.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return reading.Analysis{}, ctx.Err()
		}
	}
	if noModel != nil {
		return reading.Analysis{}, noModel
	}
	a := reading.Analysis{Status: reading.StatusOK, Film: f, At: time.Unix(1, 0)}
	if status == reading.StatusRefused && !anyway {
		a.Status = reading.StatusRefused
		a.Reasons = []dicomio.Reason{{Code: "view", Text: "This is a lateral film."}}
		return a, nil
	}
	a.Forced = status == reading.StatusRefused
	a.Model = inference.Info{Name: "m", Version: "1", SHA256: strings.Repeat("a", 64), Threshold: 0.5}
	a.Prediction = inference.Prediction{
		Probability: 0.8, Call: inference.CallPneumonia,
		Map: inference.HeatMap{Width: 2, Height: 2, Values: []float32{0, 9, 0, 0}},
	}
	return a, nil
}

func (r *room) Opened(context.Context) (string, error) { return r.aside, r.noLog }

func (r *room) Reviews(_ context.Context, sha256 string, frame int) ([]store.Case, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var reviews []store.Case
	for _, c := range r.cases {
		if c.Film.SHA256 == sha256 && c.Film.Frame == frame {
			reviews = append(reviews, c)
		}
	}
	return reviews, nil
}

func (r *room) Record(e store.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *room) FirstImpression(ctx context.Context, sha256 string, frame int) (string, bool, error) {
	reviews, err := r.Reviews(ctx, sha256, frame)
	if len(reviews) == 0 {
		return "", false, err
	}
	return reviews[0].Review.Impression, true, err
}

func (r *room) OnRecordFailure(func(error)) {}

func (r *room) Backup(context.Context, string, bool) (store.Head, error) {
	return store.Head{}, r.noLog
}

func (r *room) Save(_ context.Context, c store.Case) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.saveErr == nil {
		r.cases = append(r.cases, c)
	}
	return r.saveErr
}

func (r *room) Cases(_ context.Context, _ bool, visit func(store.Case) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.cases {
		if err := visit(c); err != nil {
			return err
		}
	}
	return nil
}

// settle runs what is posted until nothing is under way.
func (r *room) settle(t *testing.T) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		busy := false
		for _, j := range r.running {
			busy = busy || j != nil
		}
		if !busy && len(r.queue) == 0 {
			return
		}
		select {
		case f := <-r.queue:
			f()
		case <-deadline:
			t.Fatal("the work does not end")
		}
	}
}

func TestOpeningShowsAnalysesAndLooksUp(t *testing.T) {
	r := newRoom(t, "a.png")
	r.Open("a.png")
	r.settle(t)
	if r.Film() == nil || r.Path() != "a.png" {
		t.Fatal("the film is not on the box")
	}
	if o := r.Outcome(); o.State != AnalysisDone || o.Analysis.Prediction.Probability != 0.8 {
		t.Errorf("the outcome is %+v", o)
	}
	if !r.HeatShown() {
		t.Error("the heat map is not shown")
	}
	if picture := r.Paint(80, 60, false); picture == nil || picture.Rect.Dx() != 80 {
		t.Error("nothing is painted")
	}
}

func TestSavingWritesOneRowAndReopeningShowsIt(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.Open("folder")
	r.settle(t)
	if r.CanSave() {
		t.Error("a review can be saved without a verdict")
	}
	r.SetVerdict(store.VerdictDisagree)
	r.SetNote("nipple shadow")
	r.Lightbox.Save()
	r.settle(t)
	if len(r.cases) != 1 || r.cases[0].Review.Verdict != store.VerdictDisagree || r.cases[0].Review.Note != "nipple shadow" {
		t.Fatalf("the log holds %+v", r.cases)
	}
	if r.CanSave() {
		t.Error("what is saved can be saved again")
	}
	r.Step(1)
	r.settle(t)
	if r.Review().Earlier != nil || r.Review().Verdict != "" {
		t.Error("the next film has the first one's review")
	}
	r.Step(-1)
	r.settle(t)
	if e := r.Review().Earlier; e == nil || e.Review.Verdict != store.VerdictDisagree {
		t.Error("the earlier review is not shown")
	}
}

func TestRefusedAndFailedFilmsNeverYieldARow(t *testing.T) {
	r := newRoom(t, "a.png")
	r.fates["a.png"] = reading.StatusRefused
	r.Open("a.png")
	r.settle(t)
	if r.Outcome().State != AnalysisRefused || len(r.Reasons()) != 1 {
		t.Fatalf("the outcome is %+v", r.Outcome())
	}
	r.SetVerdict(store.VerdictAgree)
	r.Lightbox.Save()
	r.settle(t)
	if len(r.cases) != 0 || r.CanReview() {
		t.Error("a refused film was reviewed")
	}
	r.AnalyseAnyway()
	r.settle(t)
	if o := r.Outcome(); o.State != AnalysisDone || !o.Analysis.Forced {
		t.Errorf("analysed anyway, the outcome is %+v", o)
	}
}

func TestAFailedSaveLosesNothing(t *testing.T) {
	r := newRoom(t, "a.png")
	r.saveErr = errors.New("the disk is full")
	r.Open("a.png")
	r.settle(t)
	r.SetVerdict(store.VerdictAgree)
	r.SetNote("keep me")
	r.Lightbox.Save()
	r.settle(t)
	if n := r.Notice(); n.Kind != NoticeError || !strings.Contains(n.Text, "the disk is full") {
		t.Errorf("the reader is told %+v", n)
	}
	if v := r.Review(); v.Verdict != store.VerdictAgree || v.Note != "keep me" || v.Saved || !r.CanSave() {
		t.Errorf("the review is %+v", v)
	}
}

func TestAResultForAFilmThatWasLeftIsDropped(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	gate := make(chan struct{})
	r.gate = gate
	r.Open("folder")
	for r.Film() == nil {
		(<-r.queue)()
	}
	r.mu.Lock()
	r.gate = nil
	r.fates["b.png"] = reading.StatusRefused
	r.mu.Unlock()
	r.Step(1)
	close(gate)
	r.settle(t)
	if r.Path() != "b.png" || r.Outcome().State != AnalysisRefused {
		t.Errorf("%s shows %+v", r.Path(), r.Outcome())
	}
}

func TestCancellingAnAnalysisKeepsTheFilm(t *testing.T) {
	r := newRoom(t, "a.png")
	r.gate = make(chan struct{})
	r.Open("a.png")
	for r.Work().Label == "" || r.Film() == nil {
		(<-r.queue)()
	}
	r.Cancel()
	r.settle(t)
	if r.Film() == nil || r.Outcome().State != AnalysisCancelled || r.Work().Label != "" {
		t.Errorf("after cancelling: %+v, progress %q", r.Outcome(), r.Work().Label)
	}
	close(r.gate)
	r.TryAgain()
	r.settle(t)
	if r.Outcome().State != AnalysisDone {
		t.Error("a cancelled analysis cannot be taken up again")
	}
}

// A file that is opened again may have changed.
func TestAFileThatIsOpenedAgainIsReadAgain(t *testing.T) {
	r := newRoom(t, "a.png")
	r.Open("a.png")
	r.settle(t)
	other := film("a.png")
	other.SHA256 = strings.Repeat("b", 64)
	r.films["a.png"] = other
	r.Open("a.png")
	r.settle(t)
	if r.Film() != other {
		t.Error("the film that the file held before is still shown")
	}
}

func TestBadFilesAreToldAndLeaveNothingBehind(t *testing.T) {
	r := newRoom(t, "a.png", "notes.txt", "cut.dcm")
	delete(r.films, "cut.dcm")
	r.Open("a.png")
	r.settle(t)
	told := func(name string) {
		t.Helper()
		if n := r.Notice(); n.Kind != NoticeError || !strings.Contains(n.Text, name) {
			t.Errorf("%s: the reader is told %+v", name, n)
		}
	}
	r.Open("notes.txt")
	r.settle(t)
	told("notes.txt")
	if r.Path() != "a.png" || r.Film() == nil || len(r.List()) != 1 {
		t.Error("a text file drove the film off the box")
	}
	r.Open("cut.dcm")
	r.settle(t)
	told("cut.dcm")
	if r.CanSave() || r.CanReview() {
		t.Error("a damaged film can be reviewed")
	}
	if r.Film() != nil {
		t.Error("the old film is still shown under the broken one's name")
	}
	r.Open("folder")
	r.settle(t)
	if len(r.List()) != 2 {
		t.Errorf("the list holds %d films; the text file does not belong there, the damaged film does", len(r.List()))
	}
}

func TestWithoutAModelFilmsAreStillShown(t *testing.T) {
	r := newRoom(t, "a.png")
	r.mu.Lock()
	r.noModel = errors.New("ONNX Runtime was not found")
	r.mu.Unlock()
	r.Open("a.png")
	r.settle(t)
	if r.Film() == nil || r.Outcome().State != AnalysisFailed || r.CanReview() {
		t.Errorf("the outcome is %+v", r.Outcome())
	}
}

func TestDraggingUpBrightensWhateverThePhotometricIs(t *testing.T) {
	r := newRoom(t, "a.png")
	r.Open("a.png")
	r.settle(t)
	for _, inverted := range []bool{false, true} {
		if inverted {
			r.Invert()
		}
		sum := func() (s int) {
			picture := r.Paint(40, 30, false)
			for k := 0; k < len(picture.Pix); k += 4 {
				s += int(picture.Pix[k])
			}
			return s
		}
		start := sum()
		r.DragWindow(r.Look().Window, 0, -100)
		if up := sum(); up <= start {
			t.Errorf("inverted %v: a drag upwards changed the brightness from %d to %d", inverted, start, up)
		}
		width := r.Look().Window.Width
		r.DragWindow(r.Look().Window, 100, 0)
		if r.Look().Window.Width <= width {
			t.Errorf("a drag to the right does not widen the window")
		}
		r.SetWindow(r.Presets()[0])
	}
}

func TestThePixelUnderThePointerIsTheOneOnTheScreen(t *testing.T) {
	r := newRoom(t, "a.png")
	r.Open("a.png")
	r.settle(t)
	r.Paint(400, 300, false)
	r.Turn(1)
	r.Flip()
	x, y := r.Look().View.ToScreen(7.5, 12.5, 400, 300)
	p := r.At(x, y)
	if !p.Inside || int(p.X) != 7 || int(p.Y) != 12 || p.Value != r.Film().Value(7, 12) {
		t.Errorf("under the pointer is %+v", p)
	}
	if r.At(1, 1).Inside {
		t.Error("a corner beside the film counts as film")
	}
}

// measured is a room with one film on the box, at ten device pixels for a
// stored one.
func measured(t *testing.T) *room {
	r := newRoom(t, "a.png")
	r.Open("a.png")
	r.settle(t)
	r.Paint(400, 300, false)
	return r
}

func TestRulerByDragAndByClicks(t *testing.T) {
	r := measured(t)
	r.Press(MarkRuler, 100, 100, 8)
	r.Hold(130, 140)
	r.Release(true)
	r.Press(MarkRuler, 200, 200, 8)
	r.Release(false)
	r.Hold(260, 280)
	r.Press(MarkRuler, 260, 280, 8)
	r.Release(false)
	marks := r.Look().Marks
	if len(marks) != 2 || r.Holding() {
		t.Fatalf("%d marks, still holding %v", len(marks), r.Holding())
	}
	for k, want := range []float64{5, 10} {
		if got, mm := r.Length(marks[k]); math.Abs(got-want) > 1e-9 || mm {
			t.Errorf("ruler %d is %v, millimetres %v; want %v pixels", k, got, mm, want)
		}
	}
	if !r.CalibrateByHand(20) {
		t.Fatal("there is no ruler to calibrate by")
	}
	if got, mm := r.Length(marks[0]); math.Abs(got-10) > 1e-9 || !mm || !r.Calibration().ByHand {
		t.Errorf("calibrated by the second ruler, the first is %v, millimetres %v", got, mm)
	}
}

// Unequal spacing and pixels that are not square must not bend a length.
func TestLengthUsesTheSpacingOfEachDirection(t *testing.T) {
	r := newRoom(t, "a.png")
	r.films["a.png"].Spacing = dicomio.Spacing{Kind: dicomio.SpacingDetector, Row: 2, Column: 1}
	r.films["a.png"].PixelAspect = 2
	r.Open("a.png")
	r.settle(t)
	m := Mark{Kind: MarkRuler, Points: []Place{{0, 0}, {3, 2}}}
	if got, mm := r.Length(m); got != 5 || !mm {
		t.Errorf("three columns of 1 mm and two rows of 2 mm make %v", got)
	}
	if c := r.Calibration(); c.Kind != dicomio.SpacingDetector || c.ByHand {
		t.Errorf("the calibration is %+v", c)
	}
}

func TestAngleAndRatio(t *testing.T) {
	r := measured(t)
	for _, p := range [][2]float64{{100, 100}, {200, 100}, {200, 200}} {
		r.Hold(p[0], p[1])
		r.Press(MarkAngle, p[0], p[1], 8)
		r.Release(false)
	}
	marks := r.Look().Marks
	if len(marks) != 1 || r.Holding() || math.Abs(r.Angle(marks[0])-90) > 1e-9 {
		t.Fatalf("the angle is %+v", marks)
	}
	ratio := Mark{Kind: MarkRatio, Upright: true, Points: []Place{{10, 9}, {19, 12}, {5, 20}, {25, 22}}}
	if got, ok := ratio.Ratio(); !ok || math.Abs(got-0.45) > 1e-9 {
		t.Errorf("a heart of 9 in a chest of 20 is %v", got)
	}
	if _, ok := (Mark{Kind: MarkRatio, Upright: true, Points: []Place{{1, 1}, {2, 2}, {3, 3}, {3, 9}}}).Ratio(); ok {
		t.Error("a chest without width has a ratio")
	}
}

func TestTheFilesOwnMarksAreHiddenOnOneFilmOnly(t *testing.T) {
	r := newRoomWith(t, func(r *room) {
		for _, name := range []string{"a", "b"} {
			r.films[name] = film(name)
			r.films[name].Overlays = []dicomio.Overlay{{Kind: dicomio.OverlayGraphics, Left: 20, Top: 15, Width: 1, Height: 1, Bits: []byte{1}}}
		}
		r.films["c"], r.order = film("c"), []string{"a", "b", "c"}
	})
	r.Open("folder")
	r.settle(t)
	marked := func() bool {
		p := r.Paint(40, 30, false)
		lens := r.Lens(20.5, 15.5, 9)
		at := p.RGBAAt(20, 15).R == 255
		if in := lens.RGBAAt(4, 4).R == 255; in != at {
			t.Errorf("under the magnifier a mark is shown: %t, on the film: %t", in, at)
		}
		return at
	}
	if !marked() {
		t.Fatal("the file's own mark is not shown")
	}
	r.ToggleOwnMarks()
	if marked() {
		t.Error("the mark is not hidden")
	}
	r.Undo()
	if !marked() {
		t.Error("undone, the mark is still hidden")
	}
	r.Redo()
	r.Step(1)
	r.settle(t)
	if !marked() {
		t.Error("a mark was hidden on a film for which nobody asked for it")
	}
	r.Step(1)
	r.settle(t)
	r.ToggleOwnMarks()
	if r.Look().Bare || r.Notice().Text == "" {
		t.Error("a film without marks is said to have some hidden, or nothing is said")
	}
}

func TestUndoAndRedo(t *testing.T) {
	r := measured(t)
	first := r.Look()
	for k := range 20 {
		r.DragWindow(first.Window, float64(k), 0)
	}
	r.Settle()
	r.Invert()
	r.Press(MarkRuler, 100, 100, 8)
	r.Hold(130, 140)
	r.Release(true)
	r.Undo()
	if len(r.Look().Marks) != 0 || !r.Look().Inverted {
		t.Error("one step back does not take the ruler away")
	}
	r.Undo()
	r.Undo()
	if got := r.Look(); got.Window != first.Window || got.Inverted {
		t.Errorf("a drag of many steps is not undone at once: %+v", got.Window)
	}
	r.Undo()
	r.Redo()
	r.Redo()
	r.Redo()
	if got := r.Look(); len(got.Marks) != 1 || !got.Inverted || got.Window == first.Window {
		t.Errorf("forth again, it is %+v", got)
	}
	r.Press(MarkAngle, 10, 10, 8)
	r.Undo()
	if got := r.Look(); len(got.Marks) != 1 || r.Holding() {
		t.Error("undoing while drawing takes back more than the drawing")
	}
}

func TestNeighboursAreReadAhead(t *testing.T) {
	r := newRoom(t, "a.png", "b.png", "c.png")
	r.Open("folder")
	r.settle(t)
	r.Paint(200, 150, false)
	r.Step(1)
	if r.Film() == nil || r.Path() != "b.png" {
		t.Fatal("the next film is not on the box at once")
	}
	if left := r.ahead["a.png"]; left == nil {
		t.Error("the film that was just left would have to be read again")
	}
	r.settle(t)
	if len(r.ahead) != 2 {
		t.Errorf("%d neighbours are kept, want both", len(r.ahead))
	}
	r.Step(1)
	r.settle(t)
	if r.ahead["a.png"] != nil {
		t.Error("a film that is no neighbour any more is kept")
	}
}

// What was read ahead, or left, goes by the window that was chosen then.
func TestAnotherFirstWindowIsTakenByTheNextFilm(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.films["b.png"].Stored[0] = 250
	r.Open("folder")
	r.settle(t)
	r.SetFirstWindow(FirstFull)
	r.settle(t)
	for _, by := range []int{1, -1} {
		r.Step(by)
		r.settle(t)
		if got := r.Look().Window; got != r.Film().FullWindow() {
			t.Errorf("%s is first seen through %+v", r.Path(), got)
		}
	}
}

func TestStepsOverPatientsAndReadFilms(t *testing.T) {
	r := newRoom(t, "a.png", "b.png", "c.png", "d.png", "e.png")
	for k, id := range []string{"1", "1", "2", "2", "3"} {
		r.films[r.order[k]].Header.PatientID = id
	}
	r.Open("folder")
	r.settle(t)
	steps := []struct {
		step func()
		want int
	}{
		{func() { r.StepPatient(1) }, 2},
		{func() { r.StepPatient(1) }, 4},
		{func() { r.StepPatient(1) }, 4},
		{func() { r.StepPatient(-1) }, 2},
		{func() { r.StepUnread(1) }, 3},
		{func() { r.StepUnread(-1) }, 1},
		{func() { r.StepUnread(-1) }, 1}, // the first one was on the box
	}
	for k, s := range steps {
		s.step()
		r.settle(t)
		if r.Place() != s.want {
			t.Fatalf("step %d led to film %d, want %d", k, r.Place(), s.want)
		}
	}
}

func TestTheListTellsWhatIsReviewed(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.Open("folder")
	r.settle(t)
	if r.List()[0].Progress != Seen || r.List()[1].Progress != Unread {
		t.Errorf("the list says %v", r.List())
	}
	r.SetVerdict(store.VerdictAgree)
	r.Lightbox.Save()
	r.Step(1) // saved all the same
	r.settle(t)
	if len(r.cases) != 1 || r.List()[0].Progress != Reviewed {
		t.Errorf("%d cases, the list says %v", len(r.cases), r.List()[0].Progress)
	}
}

// Opened anew, the log tells what is reviewed as soon as a film was read, be
// it as a neighbour or for its thumbnail.
func TestTheListLearnsWhatIsReviewedWithoutOpeningIt(t *testing.T) {
	r := newRoom(t, "a.png", "b.png", "c.png", "d.png")
	for _, name := range []string{"b.png", "d.png"} {
		r.cases = append(r.cases, store.Case{Film: store.Film{SHA256: r.films[name].SHA256, Frame: 1}})
	}
	r.Open("folder")
	r.settle(t)
	r.Thumbnail(2)
	r.Thumbnail(3)
	r.settle(t)
	for k, want := range []Progress{Seen, Reviewed, Unread, Reviewed} {
		if got := r.List()[k].Progress; got != want {
			t.Errorf("film %d is %v, want %v", k, got, want)
		}
		if r.Thumbnail(k) == nil {
			t.Errorf("film %d has no thumbnail", k)
		}
	}
}

func TestOnlyAPageOfThumbnailsIsKept(t *testing.T) {
	var names []string
	for k := range 200 {
		names = append(names, fmt.Sprintf("%03d.png", k))
	}
	r := newRoom(t, names...)
	r.Open("folder")
	r.settle(t)
	for k := range names {
		r.Thumbnail(k)
		if k%10 == 0 {
			r.settle(t)
		}
	}
	r.settle(t)
	if got := len(r.thumbnails.made); got > thumbnailsKept || got == 0 {
		t.Errorf("%d thumbnails are kept", got)
	}
	if r.Thumbnail(199) == nil {
		t.Error("what was looked at last has no thumbnail")
	}
}

// A hundred thousand films must not take longer than a breath to list.
func BenchmarkList(b *testing.B) {
	entries := make([]Listed, 100_000)
	for k := range entries {
		entries[k] = Listed{Path: fmt.Sprintf("%06d.dcm", k), PatientID: fmt.Sprint(k / 3)}
	}
	for b.Loop() {
		l := &Lightbox{report: func(Change) {}, place: 0}
		for k := 0; k < len(entries); k += 500 {
			l.add(entries[k:k+500], false)
		}
	}
}

func TestPriorIsTheLatestEarlierFilmAndFollowsTheView(t *testing.T) {
	r := newRoom(t, "a.png", "b.png", "c.png", "d.png")
	// The prior has twice the resolution of the film on the box.
	big := film("b.png")
	big.Width, big.Height = 80, 60
	big.Stored = make([]uint16, 80*60)
	for k := range big.Stored {
		big.Stored[k] = uint16(k % 200)
	}
	r.films["b.png"] = big
	r.Open("folder")
	r.settle(t)
	for k, date := range []string{"20200101", "20210101", "20230101", "20220101"} {
		r.list[k].PatientID, r.list[k].Date, r.list[k].Taken = "1", date, date
	}
	r.list[3].PatientID = "2"
	r.Show(2)
	r.settle(t)
	r.Compare()
	r.settle(t)
	if p := r.Prior(); p == nil || p.Path != "b.png" {
		t.Fatalf("the prior is %v", p)
	}
	r.Paint(200, 150, false)
	r.ZoomAt(3, 50, 40)
	if r.PaintPrior(200, 150, false) == nil {
		t.Fatal("the prior is not painted")
	}
	x, y := r.Look().View.ToFilm(20, 30, 200, 150)
	px, py := r.priorView(200, 150).ToFilm(20, 30, 200, 150)
	if math.Abs(px-2*x) > 1e-6 || math.Abs(py-2*y) > 1e-6 {
		t.Errorf("%.2f,%.2f on the film lies beside %.2f,%.2f on the prior", x, y, px, py)
	}
	before := r.PriorWindow()
	r.DragWindow(r.Look().Window, 100, 0)
	if r.PriorWindow().Width <= before.Width {
		t.Error("the prior's window does not follow")
	}
	r.Step(1)
	if r.Prior() != nil {
		t.Error("the prior stays beside the next film")
	}
	r.settle(t)
	r.Compare()
	r.settle(t)
	if r.Prior() != nil || r.Notice().Kind != NoticeQuiet {
		t.Error("a patient without an earlier film has a prior")
	}
}

func TestAgreementIsCountedByMonthAndModel(t *testing.T) {
	r := newRoom(t)
	add := func(month time.Month, version string, verdict store.Verdict, times int) {
		for range times {
			c := store.Case{}
			c.Model.Name, c.Model.Version = "m", version
			c.Review.Verdict = verdict
			c.Review.ReviewedAt = time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC)
			r.cases = append(r.cases, c)
		}
	}
	add(2, "1", store.VerdictAgree, 8)
	add(2, "1", store.VerdictDisagree, 2)
	add(2, "1", store.VerdictUncertain, 3)
	add(3, "1", store.VerdictUncertain, 1)
	add(3, "2", store.VerdictAgree, 1)
	var got Reviews
	r.LoadReviews(func(reviews Reviews) { got = reviews })
	r.settle(t)
	want := []Agreement{{"2026-02", "m 1", 8, 2, 3}, {"2026-03", "m 1", 0, 0, 1}, {"2026-03", "m 2", 1, 0, 0}}
	if !slices.Equal(got.Agreements, want) || len(got.Disagreements) != 2 {
		t.Fatalf("counted %v and %d disagreements", got.Agreements, len(got.Disagreements))
	}
	if rate, ok := want[0].Rate(); !ok || rate != 0.8 {
		t.Errorf("the rate is %v", rate)
	}
	if _, ok := want[1].Rate(); ok {
		t.Error("a month of uncertain reviews has a rate")
	}
	// Wilson's interval for 8 of 10, as in the textbooks.
	if low, high := want[0].Interval(); math.Abs(low-0.4902) > 5e-4 || math.Abs(high-0.9433) > 5e-4 {
		t.Errorf("the interval is %.4f to %.4f", low, high)
	}
}

func TestAnUnsavedReviewIsThereWhenTheFilmIsBack(t *testing.T) {
	r := newRoom(t, "a.png", "b.png")
	r.Open("folder")
	r.settle(t)
	r.SetVerdict(store.VerdictDisagree)
	r.SetNote("half a tho")
	r.Step(1)
	r.settle(t)
	if v := r.Review(); v.Verdict != "" || v.Note != "" {
		t.Fatal("the next film has the draft")
	}
	if r.Unsaved() != 1 || r.List()[0].Progress != InProgress {
		t.Errorf("%d unsaved, the list says %v", r.Unsaved(), r.List()[0].Progress)
	}
	r.Step(-1)
	r.settle(t)
	if v := r.Review(); v.Verdict != store.VerdictDisagree || v.Note != "half a tho" || !r.CanSave() {
		t.Errorf("back again, the review is %+v", v)
	}
	r.Lightbox.Save()
	r.settle(t)
	r.Step(1)
	r.settle(t)
	if r.Unsaved() != 0 || r.List()[0].Progress != Reviewed {
		t.Errorf("saved, %d are unsaved and the list says %v", r.Unsaved(), r.List()[0].Progress)
	}
}
