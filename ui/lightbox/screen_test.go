package lightbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pneumolight/inference"
	"pneumolight/screening"
	"pneumolight/store"
	"pneumolight/triage"
)

// ward is a screener whose folder holds films of our making, which are found
// when the test says so.
type ward struct {
	mu       sync.Mutex
	runs     []store.ScreeningSummary
	films    map[int64][]store.ScreenedFile
	reviewed []string
	found    chan []store.ScreenedFile // closed at the folder's end
	err      error
	order    ScreenOrder
}

func newWard(room *room) *ward {
	w := &ward{films: map[int64][]store.ScreenedFile{}, found: make(chan []store.ScreenedFile)}
	room.services.Screener = w
	return w
}

func (w *ward) Root(path string) (string, error) { return "/root/" + path, nil }

func (w *ward) Screen(ctx context.Context, order ScreenOrder) (screening.Progress, error) {
	w.mu.Lock()
	w.order = order
	run := wardRun(int64(len(w.runs)+1), "/root/"+order.Folder)
	w.runs = append(w.runs, run)
	w.mu.Unlock()
	order.Begun(run)
	var p screening.Progress
	for {
		select {
		case files, more := <-w.found:
			if !more {
				return p, w.err
			}
			w.mu.Lock()
			w.films[run.ID] = append(w.films[run.ID], files...)
			w.mu.Unlock()
			p.Done += len(files)
			order.Recorded(files)
			order.Progress(p)
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
}

func (w *ward) Screenings(context.Context) ([]store.ScreeningSummary, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.runs), nil
}

func (w *ward) Films(_ context.Context, id int64, visit func(store.ScreenedFilm, []string, store.FileState) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, file := range w.films[id] {
		if file.Film == nil {
			continue
		}
		if err := visit(*file.Film, []string{file.Path}, file.FileState); err != nil {
			return err
		}
	}
	return nil
}

func (w *ward) Reviewed(_ context.Context, visit func(string)) error {
	for _, sha256 := range w.reviewed {
		visit(sha256)
	}
	return nil
}

// noon is when the wards' screenings begin.
var noon = time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)

func wardRun(id int64, folder string) store.ScreeningSummary {
	return store.ScreeningSummary{ID: id, ScreeningRun: store.ScreeningRun{
		Folder: folder, ModelName: "m", ModelVersion: "1", Threshold: 0.5, StartedAt: noon,
	}}
}

// screened is a film that came out with a probability.
func screened(path string, probability float64, call inference.Call) store.ScreenedFile {
	return store.ScreenedFile{Path: path, Film: &store.ScreenedFilm{
		SHA256: fmt.Sprintf("%064x", path[0]), Status: "ok", Call: string(call), Probability: &probability, ScreenedAt: noon.Add(time.Minute),
	}}
}

// unjudged is a film without a probability.
func unjudged(path, status string) store.ScreenedFile {
	return store.ScreenedFile{Path: path, Film: &store.ScreenedFilm{Status: status, Reason: "It is a lateral film.", ScreenedAt: noon.Add(time.Minute)}}
}

// until runs what is posted until something holds.
func (r *room) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case f := <-r.queue:
			f()
		case <-deadline:
			t.Fatalf("waited in vain until %s: notice %q, %+v", what, r.Notice().Text, r.Screen())
		}
	}
}

// ids are the triage's rows.
func (r *room) ids() string {
	var ids []string
	for row := range r.TriageRows() {
		film, _ := r.TriageRow(row)
		ids = append(ids, film.ID)
	}
	return strings.Join(ids, " ")
}

// triage opens a screening of these films.
func (r *room) triaged(t *testing.T, w *ward, files ...store.ScreenedFile) {
	t.Helper()
	run := wardRun(7, "/root/folder")
	w.films[run.ID] = files
	r.OpenTriage(run)
	r.settle(t)
}

func TestAScreeningIsAskedForRunsAndEnds(t *testing.T) {
	r := newRoom(t, "a.png")
	w := newWard(r)
	w.reviewed = []string{screened("c.png", 0, "").Film.SHA256}
	r.AskScreen("folder")
	r.settle(t)
	if s := r.Screen(); s.State != ScreenAsked || s.Earlier != nil {
		t.Fatalf("asked, it is %+v", s)
	}
	r.SetWatch(true)
	r.StartScreen(false)
	w.found <- []store.ScreenedFile{screened("b.png", 0.2, inference.CallNormal)}
	w.found <- []store.ScreenedFile{screened("c.png", 0.9, inference.CallPneumonia), {Path: "copy of c.png"}}
	// What the log has a review of comes last, though it is found later.
	r.until(t, "both films are in the triage", func() bool { return r.ids() == "b.png c.png" })
	if !w.order.Watch || w.order.Resume || r.Screen().Progress.Done != 3 {
		t.Errorf("the order was %+v, the screening is %+v", w.order, r.Screen())
	}
	r.AskScreen("another")
	if r.Screen().State != ScreenRunning || r.Notice().Text == "" {
		t.Error("a second screening was begun beside the first")
	}
	close(w.found)
	r.until(t, "it is through", func() bool { return r.Screen().State == ScreenEnded })
	if s := r.Screen(); s.Stopped || s.Err != nil || s.Run != 1 {
		t.Errorf("ended, it is %+v", s)
	}
	r.DismissScreen()
	if r.Screen().State != ScreenNone || r.ids() != "b.png c.png" {
		t.Error("dismissing the screening did more or less than that")
	}
}

func TestAStoppedScreeningIsOfferedAgain(t *testing.T) {
	r := newRoom(t, "a.png")
	w := newWard(r)
	for k, files := range []int{3, 40, 5} { // of this folder
		run := wardRun(int64(k+1), "/root/folder")
		run.Files = files
		w.runs = append(w.runs, run)
	}
	finished, foreign, elsewhere := wardRun(4, "/root/folder"), wardRun(5, "/root/folder"), wardRun(6, "/root/other")
	finished.Files, foreign.Files, elsewhere.Files = 90, 90, 90
	finished.FinishedAt, foreign.ModelSHA256 = noon, "another"
	w.runs = append(w.runs, finished, foreign, elsewhere)
	r.AskScreen("folder")
	r.settle(t)
	if s := r.Screen(); s.Earlier == nil || s.Earlier.ID != 2 {
		t.Fatalf("on offer is %+v", s.Earlier)
	}
	r.StartScreen(true)
	w.found <- []store.ScreenedFile{screened("b.png", 0.2, inference.CallNormal)}
	r.until(t, "it has begun", func() bool { return r.ids() == "b.png" })
	r.StopScreen()
	r.until(t, "it is stopped", func() bool { return r.Screen().State == ScreenEnded })
	if s := r.Screen(); !w.order.Resume || !s.Stopped || s.Err != nil {
		t.Errorf("stopped, it is %+v", s)
	}
	r.StartScreen(true) // go on
	r.until(t, "it goes on", func() bool { return r.Screen().State == ScreenRunning && r.Screen().Run != 0 })
	w.err = errors.New("the disk is full: free some space and try again")
	close(w.found)
	r.until(t, "it has failed", func() bool { return r.Screen().State == ScreenEnded })
	if s := r.Screen(); s.Stopped || s.Err == nil {
		t.Errorf("failed, it is %+v", s)
	}
}

func TestWithoutALogNothingIsScreened(t *testing.T) {
	r := newRoom(t, "a.png")
	newWard(r)
	r.settle(t)
	r.logErr = errors.New("the disk is full")
	r.AskScreen("folder")
	r.settle(t)
	if r.Screen().State != ScreenNone || r.Notice().Kind != NoticeError {
		t.Errorf("the screening is %+v, the notice %+v", r.Screen(), r.Notice())
	}
}

func TestAScreeningRestsWhileTheHandIsAtWork(t *testing.T) {
	r := newRoom(t, "a.png")
	w := newWard(r)
	now := noon
	r.now = func() time.Time { return now }
	r.Open("a.png")
	r.settle(t)
	r.AskScreen("folder")
	r.settle(t)
	r.StartScreen(false)
	r.until(t, "it has begun", func() bool { return r.Screen().Run != 0 })
	now = now.Add(time.Minute)
	r.Pan(1, 1)
	if workers := w.order.Pace.Allowed(); workers != 0 {
		t.Errorf("while the film is moved, %d workers work", workers)
	}
	now = now.Add(2 * handStill)
	w.found <- nil // which tells of progress
	r.until(t, "it goes on", func() bool { return w.order.Pace.Allowed() > 0 })
}

func TestTriageOrdersFilmsAndLeadsFromOneToTheNext(t *testing.T) {
	sep := string(os.PathSeparator)
	films := []string{"/root/folder" + sep + "low", "/root/folder" + sep + "high", "/root/folder" + sep + "lateral", "elsewhere"}
	r := newRoom(t, films...)
	w := newWard(r)
	r.Open("elsewhere")
	r.settle(t)
	r.triaged(t, w, screened("low", 0.1, inference.CallNormal), unjudged("lateral", "refused"), screened("high", 0.9, inference.CallPneumonia), unjudged("text", "error"))
	if got := r.ids(); got != "high lateral text low" {
		t.Fatalf("the order is %s", got)
	}
	if r.Path() != "elsewhere" || len(r.List()) != 1 {
		t.Error("opening the triage took the film off the box")
	}
	r.Open(films[0])
	r.settle(t)
	r.ShowTriaged(0)
	r.settle(t)
	if got := r.List()[3]; got.Path != films[0] || got.Progress != Seen {
		t.Errorf("the film that was read last is %+v", got)
	}
	if r.Path() != films[1] || len(r.List()) != 4 || r.Place() != 0 {
		t.Fatalf("on the box is %s, place %d of %d", r.Path(), r.Place(), len(r.List()))
	}
	r.Step(1)
	r.settle(t)
	if r.Path() != films[2] {
		t.Errorf("the next film is %s", r.Path())
	}
	r.Step(2)
	r.settle(t)
	if r.Path() != films[0] {
		t.Errorf("the last film is %s", r.Path())
	}
	r.Open("elsewhere")
	r.settle(t)
	if len(r.List()) != 1 {
		t.Error("the triage stayed the list after another film was opened")
	}
}

func TestAReviewedFilmIsMarkedWhereItStands(t *testing.T) {
	sep := string(os.PathSeparator)
	r := newRoom(t, "/root/folder"+sep+"a", "/root/folder"+sep+"b")
	w := newWard(r)
	r.films["/root/folder"+sep+"b"].SHA256 = strings.Repeat("b", 64)
	w.reviewed = []string{screened("c", 0, "").Film.SHA256}
	r.triaged(t, w, screened("a", 0.9, inference.CallPneumonia), screened("b", 0.2, inference.CallNormal), screened("c", 0.95, inference.CallPneumonia))
	if got := r.ids(); got != "a b c" {
		t.Fatalf("the order is %s: what the log has a review of comes last", got)
	}
	r.ShowTriaged(0)
	r.settle(t)
	r.SetVerdict(store.VerdictAgree)
	r.Lightbox.Save()
	r.settle(t)
	if film, _ := r.TriageRow(0); film.ID != "a" || !film.Reviewed {
		t.Errorf("after its review the first row is %+v", film)
	}
	r.SetTriageFilter(triage.Filter{Unread: true})
	r.settle(t)
	if got := r.ids(); got != "b" {
		t.Errorf("unread are %s", got)
	}
	// The film on the box was taken off the list: the first one is next.
	r.Step(1)
	r.settle(t)
	if !strings.HasSuffix(r.Path(), "b") {
		t.Errorf("after the film that was taken off the list comes %s", r.Path())
	}
	if view, _, _ := r.Triage(); view.Counts.Read != 2 {
		t.Errorf("counted are %+v", view.Counts)
	}
}

func TestATriageThatGrowsKeepsItsFilmOnTheBox(t *testing.T) {
	sep := string(os.PathSeparator)
	r := newRoom(t, "/root/folder"+sep+"a", "/root/folder"+sep+"b")
	w := newWard(r)
	r.AskScreen("folder")
	r.settle(t)
	r.StartScreen(false)
	w.found <- []store.ScreenedFile{screened("a", 0.5, inference.CallPneumonia)}
	r.until(t, "the first film is there", func() bool { return r.ids() == "a" })
	r.ShowTriaged(0)
	r.until(t, "it is on the box", func() bool { return r.Film() != nil })
	w.found <- []store.ScreenedFile{screened("b", 0.8, inference.CallPneumonia)}
	r.until(t, "the second film stands before it", func() bool { return r.ids() == "b a" && r.Place() == 1 })
	if r.Path() != "/root/folder"+sep+"a" {
		t.Errorf("on the box is %s", r.Path())
	}
	r.Step(-1)
	r.until(t, "the more urgent film is on the box", func() bool { return strings.HasSuffix(r.Path(), "b") })
}

func TestFilmsThatLayThereTogetherArriveTogether(t *testing.T) {
	run := wardRun(1, "/root")
	early, late := noon.Add(-time.Hour), noon.Add(time.Hour)
	for _, c := range []struct{ came, screened, want time.Time }{
		{early, noon.Add(time.Minute), noon},
		{late, late.Add(time.Minute), late},
		{late, noon.Add(time.Minute), noon.Add(time.Minute)}, // a clock is wrong
	} {
		// An old film that is copied in with its time keeps that as Modified.
		state := store.FileState{Modified: early, Arrived: c.came}
		if got := arrived(run, store.ScreenedFilm{ScreenedAt: c.screened}, state); !got.Equal(c.want) {
			t.Errorf("came %v, screened %v: it arrived %v", c.came, c.screened, got)
		}
	}
}

func TestAThresholdIsWeighedAndChangesNothing(t *testing.T) {
	r := newRoom(t, "a.png")
	w := newWard(r)
	r.settle(t)
	r.triaged(t, w, screened("a", 0.9, inference.CallPneumonia), screened("b", 0.2, inference.CallNormal))
	if _, err := r.OperatingPoint(); !errors.Is(err, ErrNoReference) {
		t.Errorf("a model without reference films: %v", err)
	}
	r.model.Reference = map[string]inference.ReferenceFilms{
		"children": {Pneumonia: []float64{0.3, 0.7, 0.8, 0.9}, Normal: []float64{0.1, 0.1, 0.2, 0.6}},
		"adults":   {Pneumonia: []float64{0.1}, Normal: []float64{0.9}},
	}
	if got := r.Operating(); got.Threshold != 0.5 || got.Domain != "adults" {
		t.Errorf("at first is weighed %+v", got)
	}
	r.SetOperating(Operating{Domain: "children", Threshold: 0.25, Prevalence: 0.5})
	point, err := r.OperatingPoint()
	if err != nil || point.Missed != 0 || point.FalseAlarms != 1 || point.PPV.Value != 0.8 {
		t.Errorf("the figures are %+v, error %v", point, err)
	}
	view, run, _ := r.Triage()
	if view.Policy.Threshold != 0.5 || run.Threshold != 0.5 || r.ids() != "a b" || view.Counts.By[triage.BandRoutine] != 1 {
		t.Errorf("weighing a threshold changed the triage: %+v", view)
	}
	r.triage.run.ModelSHA256 = "another"
	if _, err := r.OperatingPoint(); !errors.Is(err, ErrOtherModel) {
		t.Errorf("another model's screening: %v", err)
	}
}

// slowWard keeps the films of a screening until it is told to give them.
type slowWard struct {
	*ward
	given chan struct{}
}

func (w slowWard) Films(ctx context.Context, id int64, visit func(store.ScreenedFilm, []string, store.FileState) error) error {
	<-w.given
	return w.ward.Films(ctx, id, visit)
}

// What cancels what is shown does not end the triage that a screening fills.
func TestCancellingLeavesTheTriageOfAScreeningOpen(t *testing.T) {
	r := newRoom(t)
	w := slowWard{newWard(r), make(chan struct{})}
	r.services.Screener = w
	r.settle(t)
	r.AskScreen("folder")
	r.settle(t)
	r.StartScreen(false)
	r.until(t, "the triage is read", func() bool { return r.Busy(TaskTriageLoad) })
	r.hangs(TaskBackup, "Copying")
	for _, j := range r.running {
		if j != nil {
			j.slow = j.label != "" // as after a while
		}
	}
	r.Cancel()
	if _, _, open := r.Triage(); !open || !r.Busy(TaskTriageLoad) || r.Busy(TaskBackup) {
		t.Errorf("the triage is open: %v, being read: %v, other work is cancelled: %v", open, r.Busy(TaskTriageLoad), !r.Busy(TaskBackup))
	}
	close(w.given)
	w.found <- []store.ScreenedFile{screened("a", 0.9, inference.CallPneumonia)}
	close(w.found)
	r.until(t, "the film is in the triage", func() bool { return r.TriageRows() == 1 })
	r.settle(t)
}

func TestWhatIsWrongWithTheScreeningsIsToldInTheReadersWords(t *testing.T) {
	r := newRoom(t)
	r.services.Screener = brokenWard{}
	r.fault = func(error) string { return "日志" }
	r.LoadScreenings(func([]store.ScreeningSummary) { t.Error("there are screenings") })
	r.settle(t)
	if n := r.Notice(); n.Kind != NoticeError || n.Text != "日志" {
		t.Errorf("the reader is told %+v", n)
	}
}

// brokenWard cannot read its screenings.
type brokenWard struct{ Screener }

func (brokenWard) Screenings(context.Context) ([]store.ScreeningSummary, error) {
	return nil, store.ErrBusy
}
