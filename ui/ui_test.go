package ui

import (
	"context"
	"fmt"
	"image/color"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// reader is a set of services that keep what they hold in memory.
type reader struct {
	mu     sync.Mutex
	cases  []store.Case
	events []store.Event
	aside  string
	noLog  error
	fate   reading.Status
	call   inference.Call
	p      float64
	peak   float32
	// spacing is the films'.
	spacing dicomio.Spacing
	domain  inference.Domain
	gate    chan struct{} // where set, an analysis waits for it
	writing chan struct{} // where set, a review that is saved does
	// windows are the films' own; nil for one called Lung.
	windows []dicomio.Window
}

func (r *reader) Read(_ context.Context, path string, frame int) (*dicomio.Film, error) {
	if strings.HasSuffix(path, "bad.dcm") {
		return nil, &dicomio.ReadError{Path: path, Offset: -1, Kind: dicomio.ErrTruncated}
	}
	f := &dicomio.Film{
		Path: path, Format: dicomio.FormatDICOM, SHA256: fmt.Sprintf("%064d", len(path)), Frame: 1, Frames: 1,
		Width: 300, Height: 360, Bits: 12, PixelAspect: 1, Spacing: r.spacing,
		Windows: []dicomio.Window{{Name: "Lung", Kind: dicomio.WindowLinear, Center: 900, Width: 1500}},
		Header:  dicomio.Header{PatientName: "Doe^Jane", PatientAge: 54, PatientSex: "F", Modality: "DX", ViewPosition: "PA"},
	}
	if r.windows != nil {
		f.Windows = r.windows
	}
	f.Stored = make([]uint16, f.Width*f.Height)
	for k := range f.Stored {
		f.Stored[k] = uint16(k % 2000)
	}
	return f, nil
}

func (r *reader) Count(context.Context, string) (int, error) { return 3, nil }

func (r *reader) Scan(_ context.Context, path string, visit func(dicomio.Entry) error) error {
	names := []string{path}
	if strings.HasSuffix(path, "folder") {
		names = []string{path + "/1.dcm", path + "/02.dcm", path + "/003.dcm"}
	}
	for _, name := range names {
		if err := visit(dicomio.Entry{Info: dicomio.Info{Path: name}}); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) info() inference.Info {
	return inference.Info{
		Name: "small", Version: "1.2", SHA256: strings.Repeat("c", 64), Threshold: 0.4,
		Reference: map[string]inference.ReferenceFilms{"kermany": {Pneumonia: []float64{0.3, 0.7, 0.8, 0.9}, Normal: []float64{0.1, 0.1, 0.2, 0.6}}},
		Uncertain: inference.Band{Low: 0.3, High: 0.5}, Domain: r.domain,
	}
}

func (r *reader) Model(context.Context) (inference.Info, error) { return r.info(), nil }

func (r *reader) Analyse(ctx context.Context, f *dicomio.Film, anyway bool) (reading.Analysis, error) {
	if r.gate != nil {
		select {
		case <-r.gate:
		case <-ctx.Done():
			return reading.Analysis{}, ctx.Err()
		}
	}
	a := reading.Analysis{Status: r.fate, Film: f, At: time.Now()}
	if a.Status == reading.StatusRefused && !anyway {
		a.Reasons = []dicomio.Reason{{Code: "test-only", Text: "This is a lateral film."}}
		return a, nil
	}
	a.Status = reading.StatusOK
	a.Model = r.info()
	a.Prediction = inference.Prediction{Probability: r.p, Call: r.call, Map: inference.HeatMap{Width: 2, Height: 2, Values: []float32{0, r.peak, 0, 0}}}
	return a, nil
}

func (r *reader) Opened(context.Context) (string, error) { return r.aside, r.noLog }

func (r *reader) Reviews(_ context.Context, sha256 string, frame int) ([]store.Case, error) {
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

func (r *reader) Record(e store.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func (r *reader) FirstImpression(_ context.Context, sha256 string, frame int) (string, bool, error) {
	reviews, err := r.Reviews(context.Background(), sha256, frame)
	if len(reviews) == 0 {
		return "", false, err
	}
	return reviews[0].Review.Impression, true, err
}

func (r *reader) OnRecordFailure(func(error)) {}

func (r *reader) Backup(context.Context, string, bool) (store.Head, error) {
	return store.Head{}, r.noLog
}

func (r *reader) Save(_ context.Context, c store.Case) error {
	if r.writing != nil {
		<-r.writing
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cases = append(r.cases, c)
	return nil
}

func (r *reader) Cases(_ context.Context, _ bool, visit func(store.Case) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.cases {
		if err := visit(c); err != nil {
			return err
		}
	}
	return nil
}

// desk is a window under test. What the window posts runs when settle is
// called, on the test's goroutine, which is Fyne's here.
type desk struct {
	*Window
	*reader
	ward  *ward
	press *press
	queue chan func()
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{reader: &reader{fate: reading.StatusOK, call: inference.CallPneumonia, p: 0.73, peak: 8}, ward: newWard(), press: &press{}, queue: make(chan func(), 10000)}
	app := test.NewTempApp(t)
	d.Window = New(app, Services{
		Films: d.reader, Analyser: d.reader, Log: d.reader, Card: "# Card", Version: "test", Screener: d.ward, Reports: d.press, Exporter: d.press,
		Post: func(f func()) { d.queue <- f },
	})
	d.window.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(d.box.Close)
	return d
}

func (d *desk) settle(t testing.TB) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		busy := false
		for _, task := range []lightbox.Task{lightbox.TaskModel, lightbox.TaskRead, lightbox.TaskAnalyse, lightbox.TaskScan, lightbox.TaskLookup, lightbox.TaskSave} {
			busy = busy || d.box.Busy(task)
		}
		if !busy && len(d.queue) == 0 {
			return
		}
		select {
		case f := <-d.queue:
			f()
		case <-deadline:
			t.Fatal("the work does not end")
		}
	}
}

func (d *desk) open(t testing.TB, path string) {
	t.Helper()
	d.Open(path)
	d.settle(t)
	d.window.Canvas().Capture() // paints the film
	d.settle(t)
}

func TestDroppedFilmIsShownWithTheModelsCall(t *testing.T) {
	d := newDesk(t)
	d.Drop([]fyne.URI{storage.NewFileURI("/films/a.dcm")})
	d.settle(t)
	d.window.Canvas().Capture()
	if d.ai.call.Text != "Pneumonia suspected" || d.ai.number.Text != "73 %" {
		t.Errorf("the panel says %q, %q", d.ai.call.Text, d.ai.number.Text)
	}
	if !strings.Contains(d.ai.model.Text, "small") || !strings.Contains(d.ai.model.Text, "1.2") {
		t.Errorf("the model is given as %q", d.ai.model.Text)
	}
	if got := strings.Join(d.film.corners.all[topLeft].shown, "|"); got != "Doe, Jane|54 years|female" {
		t.Errorf("the patient's corner is %q", got)
	}
	if d.guide.content.Visible() {
		t.Error("the guide for an empty window covers the film")
	}
	if got := d.window.Title(); strings.Contains(got, "Doe") || !strings.Contains(got, "a.dcm") {
		t.Errorf("the title is %q", got)
	}
}

func TestEachCallHasItsWords(t *testing.T) {
	for _, c := range []struct {
		call   inference.Call
		p      float64
		peak   float32
		words  string
		number string
		region string
	}{
		{inference.CallUncertain, 0.45, 1, "The model abstains", "45 %", "spread over the film"},
		{inference.CallPneumonia, 0.92, 1, "Pneumonia suspected", "92 %", "spread over the film"},
		{inference.CallNormal, 0.001, 1, "No pneumonia found by the model", "< 1 %", "No region found: nowhere"},
		{inference.CallUncertain, 0.45, 9, "The model abstains", "45 %", "not where disease is"},
		{inference.CallPneumonia, 0.999, 9, "Pneumonia suspected", "> 99 %", "not where disease is"},
	} {
		d := newDesk(t)
		d.call, d.p, d.peak = c.call, c.p, c.peak
		d.open(t, "a.dcm")
		if d.ai.call.Text != c.words || d.ai.number.Text != c.number {
			t.Errorf("%s is put as %q, %q", c.call, d.ai.call.Text, d.ai.number.Text)
		}
		if !strings.Contains(d.ai.region.Text, c.region) {
			t.Errorf("%s: of the heat map it says %q", c.call, d.ai.region.Text)
		}
	}
}

func TestReviewByKeysAlone(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	if !d.review.save.Disabled() {
		t.Error("Save is on offer without a verdict")
	}
	canvas := d.window.Canvas()
	test.TypeOnCanvas(canvas, "dn")
	if canvas.Focused() != fyne.Focusable(d.review.note) {
		t.Fatal("N does not lead to the note")
	}
	test.Type(d.review.note, "agree? no")
	d.review.note.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if canvas.Focused() != fyne.Focusable(d.film) {
		t.Fatal("Esc does not lead back to the film")
	}
	test.TypeOnCanvas(canvas, "s")
	d.settle(t)
	if len(d.cases) != 1 || d.cases[0].Review.Verdict != store.VerdictDisagree || d.cases[0].Review.Note != "agree? no" {
		t.Fatalf("the log holds %+v", d.cases)
	}
	if !strings.HasPrefix(d.review.state.Text, "Reviewed ") || !strings.Contains(d.review.state.Text, "Disagree") {
		t.Errorf("after saving it says %q", d.review.state.Text)
	}
	d.open(t, "a.dcm")
	if !strings.Contains(d.review.state.Text, "agree? no") {
		t.Errorf("reopened, it says %q", d.review.state.Text)
	}
}

func TestRefusedFilmOffersTheAnalysisAllTheSame(t *testing.T) {
	d := newDesk(t)
	d.fate = reading.StatusRefused
	d.open(t, "a.dcm")
	if !strings.Contains(d.ai.reasons.Text, "lateral") || !d.ai.anywayRow.Visible() || d.ai.numberRow.Visible() {
		t.Errorf("refused: %q", d.ai.reasons.Text)
	}
	for v, button := range d.review.verdicts {
		if !button.Disabled() {
			t.Errorf("%s is on offer for a film that was refused", v)
		}
	}
	test.Tap(d.ai.anyway)
	d.settle(t)
	if !d.ai.numberRow.Visible() || d.ai.anywayRow.Visible() {
		t.Error("analysed anyway, there is no number")
	}
}

func TestErrorIsOneSentenceInTheBar(t *testing.T) {
	d := newDesk(t)
	d.open(t, "bad.dcm")
	if d.status.message.Text != "bad.dcm: the file is cut short." || !d.status.dismiss.Visible() {
		t.Errorf("the bar says %q", d.status.message.Text)
	}
	test.Tap(d.status.dismiss)
	if d.status.message.Text != "" {
		t.Error("the message cannot be dismissed")
	}
}

func TestMouseOnTheFilm(t *testing.T) {
	d := newDesk(t)
	d.open(t, "folder")
	film := d.film
	drag := func(button desktop.MouseButton, from, to fyne.Position) {
		event := func(p fyne.Position, b desktop.MouseButton) *desktop.MouseEvent {
			return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: p}, Button: b}
		}
		film.MouseDown(event(from, button))
		film.MouseMoved(event(to, button))
		film.MouseUp(event(to, button))
		film.MouseMoved(event(from, 0))
	}
	start := d.box.Look()
	drag(desktop.MouseButtonPrimary, fyne.NewPos(200, 200), fyne.NewPos(260, 200))
	if got := d.box.Look(); got.Window.Width <= start.Window.Width || got.View != start.View {
		t.Errorf("a left drag to the right made the width %v of %v", got.Window.Width, start.Window.Width)
	}
	drag(desktop.MouseButtonTertiary, fyne.NewPos(200, 200), fyne.NewPos(240, 230))
	if got := d.box.Look(); got.View.CentreX >= start.View.CentreX || got.View.Scale != start.View.Scale {
		t.Errorf("a middle drag to the right moved the centre from %v to %v", start.View.CentreX, got.View.CentreX)
	}
	drag(desktop.MouseButtonSecondary, fyne.NewPos(200, 200), fyne.NewPos(200, 150))
	if got := d.box.Look(); got.View.Scale <= start.View.Scale {
		t.Errorf("a right drag upwards made the scale %v of %v", got.View.Scale, start.View.Scale)
	}
	film.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -25}})
	d.settle(t)
	if d.box.Place() != 1 {
		t.Errorf("a notch of the wheel led to film %d", d.box.Place())
	}
	test.TypeOnCanvas(d.window.Canvas(), "i")
	if !d.box.Look().Inverted {
		t.Error("I does not invert")
	}
	film.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if got := d.box.Look(); got.Inverted || !got.Fit {
		t.Error("Esc does not reset the view")
	}
}

func TestHeatMapIsHiddenByOneKey(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	with := d.window.Canvas().Capture()
	test.TypeOnCanvas(d.window.Canvas(), "h")
	without := d.window.Canvas().Capture()
	if d.ai.heat.Checked {
		t.Error("the box is still ticked")
	}
	tinted := func(x, y int, of interface{ At(x, y int) color.Color }) bool {
		r, g, b, _ := of.At(x, y).RGBA()
		return r != g || g != b
	}
	// The peak is in the film's top right quarter.
	size := d.film.Size()
	x, y := int(size.Width*0.6), int(size.Height*0.3)
	if !tinted(x, y, with) || tinted(x, y, without) {
		t.Errorf("tinted with the map %v, without %v", tinted(x, y, with), tinted(x, y, without))
	}
}

func TestKeysDoNothingBehindWhatIsToBeRead(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	test.TypeOnCanvas(d.window.Canvas(), "?")
	if d.window.Canvas().Overlays().Top() == nil {
		t.Fatal("? shows no list")
	}
	d.typed("D")
	if d.box.Review().Verdict != "" {
		t.Error("a key reached the review through the list of keys")
	}
	d.typed("Esc")
	if d.window.Canvas().Overlays().Top() != nil {
		t.Error("Esc does not close the list")
	}
}

func TestNoKeyHasTwoActions(t *testing.T) {
	owner := map[string]string{}
	ids := map[string]bool{}
	for _, a := range Actions() {
		if ids[a.ID] {
			t.Errorf("%s is there twice", a.ID)
		}
		ids[a.ID] = true
		for _, key := range a.Keys {
			if owner[key] != "" {
				t.Errorf("%s is both %s and %s", key, owner[key], a.ID)
			}
			owner[key] = a.ID
		}
	}
}

// Nothing may be cut off where the window is as small as laptops are.
func TestPanelFitsASmallWindow(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	size := d.window.Canvas().Size()
	if size.Width > 1280 || size.Height > 800 {
		t.Fatalf("the window insists on %v", size)
	}
	if got := d.panel.Size().Width; math.Abs(float64(got-panelWidth)) > 1 {
		t.Errorf("the panel is %v wide, meant to be %v", got, panelWidth)
	}
	bottom := fyne.CurrentApp().Driver().AbsolutePositionForObject(d.review.save).Y + d.review.save.Size().Height
	if bottom > size.Height-80 {
		t.Errorf("Save ends at %v of %v", bottom, size.Height)
	}
}

func TestKeysCanBeChangedAndAreKept(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("help.keys")
	test.Tap(d.keyList.buttons["review.agree"])
	d.typed("D") // disagree's
	if got := d.review.verdicts[store.VerdictAgree].Text; got != "Agree (D)" {
		t.Errorf("the button says %q", got)
	}
	if got := d.review.verdicts[store.VerdictDisagree].Text; got != "Disagree" {
		t.Errorf("the other button says %q, though it lost its key", got)
	}
	d.typed("Esc")
	test.TypeOnCanvas(d.window.Canvas(), "d")
	if got := d.box.Review().Verdict; got != store.VerdictAgree {
		t.Errorf("D now means %q", got)
	}
	again := newKeyMap(d.app.Preferences())
	if again.first("review.agree") != "D" || again.first("review.disagree") != "" {
		t.Error("the keys are forgotten at the next start")
	}
	again.reset()
	if again.first("review.agree") != "A" || again.first("review.disagree") != "D" {
		t.Error("the usual keys do not come back")
	}
}

func TestOrientationFollowsTheView(t *testing.T) {
	f := &dicomio.Film{Header: dicomio.Header{PatientOrientation: [2]string{"L", "F"}}}
	look := func(quarters int, flipped bool) (l lightbox.Look) {
		l.View.Quarters, l.View.Flipped = quarters, flipped
		return l
	}
	for _, c := range []struct {
		look lightbox.Look
		want string // left, top, right, bottom
	}{
		{look(0, false), "RHLF"}, {look(0, true), "LHRF"}, {look(1, false), "FRHL"}, {look(1, true), "FLHR"}, {look(2, false), "LFRH"},
	} {
		edges := edgeLetters(f, c.look)
		if got := strings.Join(edges[:], ""); got != c.want {
			t.Errorf("%d turns, flipped %v: %s, want %s", c.look.View.Quarters, c.look.View.Flipped, got, c.want)
		}
	}
	f.Header.PatientOrientation = [2]string{"", ""}
	if got := edgeLetters(f, look(0, false)); got != [4]string{} {
		t.Errorf("a film that does not say has %v", got)
	}
}

func TestWorklistFollowsTheReader(t *testing.T) {
	d := newDesk(t)
	d.open(t, "folder")
	for range 4 {
		d.window.Canvas().Capture()
		d.settle(t)
	}
	if !d.side.Visible() {
		t.Fatal("three films, and no list of them")
	}
	var rows []*filmRow
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *filmRow:
			rows = append(rows, o)
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(o).Objects() {
				walk(child)
			}
		case *fyne.Container:
			for _, child := range o.Objects {
				walk(child)
			}
		}
	}
	walk(d.list.List)
	if len(rows) != 4 || !rows[0].study {
		t.Fatalf("%d rows for a header and three films", len(rows))
	}
	header, rows := rows[0], rows[1:]
	for k, row := range rows {
		if !row.picture.Visible() {
			t.Errorf("row %d has no picture", k)
		}
	}
	test.TypeOnCanvas(d.window.Canvas(), "a")
	d.Do("review.save")
	d.settle(t)
	if want := progressMark(lightbox.Reviewed).Name(); rows[0].state.Resource == nil || rows[0].state.Resource.Name() != want {
		t.Error("the reviewed film's row does not say so")
	}
	if header.count.Text != "1/3" {
		t.Errorf("of the study it says %q", header.count.Text)
	}
	d.list.List.Select(3)
	d.settle(t)
	if d.box.Place() != 2 || d.window.Canvas().Focused() != fyne.Focusable(d.film) {
		t.Errorf("a click on the third row led to film %d", d.box.Place())
	}
}

// Nothing of what the model says may be seen before the reader has said what
// the film looks like.
func TestTheModelWaitsForTheFirstImpression(t *testing.T) {
	d := newDesk(t)
	d.app.Preferences().SetBool(preferenceBlind, true)
	d.restore()
	d.open(t, "a.dcm")
	tinted := func() bool {
		picture := d.window.Canvas().Capture()
		size := d.film.Size()
		for y := range int(size.Height) {
			for x := range int(size.Width) {
				if r, _, b, _ := picture.At(x, y+30).RGBA(); r > b+0x3000 {
					return true
				}
			}
		}
		return false
	}
	if d.ai.numberRow.Visible() || d.ai.gauge.Visible() || d.ai.region.Visible() || d.ai.call.Text != "The model is hidden" || tinted() {
		t.Errorf("before the first impression the window says %q", d.ai.call.Text)
	}
	test.TypeOnCanvas(d.window.Canvas(), "a")
	if d.box.Review().Verdict != "" {
		t.Error("a hidden call can be agreed with")
	}
	test.Tap(d.ai.first[inference.CallNormal])
	if d.ai.call.Text != "Pneumonia suspected" || !d.ai.numberRow.Visible() || !tinted() {
		t.Errorf("after it, the window says %q", d.ai.call.Text)
	}
	d.box.SetImpression(inference.CallPneumonia)
	test.TypeOnCanvas(d.window.Canvas(), "d")
	d.Do("review.save")
	d.settle(t)
	if len(d.cases) != 1 || d.cases[0].Review.Impression != "normal" {
		t.Errorf("the log holds %+v", d.cases)
	}
}

func TestSettingsAreKept(t *testing.T) {
	d := newDesk(t)
	d.Do("ai.heat")
	d.Do("ai.more")
	d.Do("view.overlays")
	opacity := d.box.Opacity()
	again := New(d.app, Services{Films: d.reader, Analyser: d.reader, Log: d.reader, Post: func(f func()) { d.queue <- f }})
	t.Cleanup(again.box.Close)
	if again.box.HeatOn() || again.box.Opacity() != opacity || again.film.overlays != overlaysAnonymous {
		t.Errorf("the next start has heat %v, opacity %v, overlays %v", again.box.HeatOn(), again.box.Opacity(), again.film.overlays)
	}
}

func TestPhrasesGoIntoTheNote(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("review.agree")
	d.insert("Consolidation, left")
	d.insert("Pleural effusion")
	if d.review.note.Text != "Consolidation, left; Pleural effusion" {
		t.Errorf("the note is %q", d.review.note.Text)
	}
	d.keepPhrase()
	d.keepPhrase()
	if own := d.app.Preferences().StringList(preferencePhrases); len(own) != 1 || own[0] != d.review.note.Text {
		t.Errorf("the phrases are %q", own)
	}
	d.Do("review.phrase")
	if d.window.Canvas().Overlays().Top() == nil {
		t.Error("no phrases are offered")
	}
}

func TestHistogramCountsEveryPixelOnce(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	low, high, counts := d.box.Histogram(100)
	sum := 0
	for _, c := range counts {
		sum += c
	}
	if film := d.box.Film(); sum != film.Width*film.Height || low != 0 || high != 1999 {
		t.Errorf("%d pixels from %v to %v", sum, low, high)
	}
	d.Do("window.histogram")
	d.window.Canvas().Capture()
	if !d.film.histogram.raster.Visible() {
		t.Error("the histogram is not shown")
	}
}

func TestUndoInTheNoteStaysInTheNote(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("window.invert")
	d.Do("review.note")
	test.Type(d.review.note, "oops")
	d.Do("tool.undo")
	if d.review.note.Text == "oops" || !d.box.Look().Inverted {
		t.Errorf("the note is %q, the film inverted: %v", d.review.note.Text, d.box.Look().Inverted)
	}
}

func TestClosingAsksForUnsavedReviews(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("review.agree")
	d.close()
	if d.window.Canvas().Overlays().Top() == nil {
		t.Error("a review that was begun is thrown away without a word")
	}
}

// The second window shows the same place of the film, whatever its size, and
// what is done in it is done in the first.
func TestSecondWindowLooksAtTheSamePlace(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("view.second")
	if d.second == nil {
		t.Fatal("there is no second window")
	}
	d.second.window.Resize(fyne.NewSize(500, 700))
	d.second.window.Canvas().Capture()
	d.box.ZoomAt(3, 100, 100)
	middle := fyne.NewPos(d.second.film.Size().Width/2, d.second.film.Size().Height/2)
	x, y := d.second.film.device(middle)
	width, height := d.box.Viewport()
	if math.Abs(x-float64(width)/2) > 1 || math.Abs(y-float64(height)/2) > 1 {
		t.Errorf("its middle is %.1f,%.1f of %d,%d in the first window", x, y, width, height)
	}
	before := d.box.Look().Window.Width
	for _, e := range []struct {
		do func(*desktop.MouseEvent)
		x  float32
	}{{d.second.film.MouseDown, 100}, {d.second.film.MouseMoved, 160}, {d.second.film.MouseUp, 160}} {
		e.do(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(e.x, 100)}, Button: desktop.MouseButtonPrimary})
	}
	if d.box.Look().Window.Width <= before {
		t.Error("a drag in the second window changes nothing")
	}
	d.Do("view.second")
	if d.second != nil {
		t.Error("the second window does not close")
	}
}
