package ui

import (
	"context"
	"fmt"
	"image/color"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"pneumolight/deidentify"
	"pneumolight/dicomio"
	"pneumolight/report"
	"pneumolight/screening"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// ward is a screener whose folder holds films of our making. It goes on to the
// next batch when it is told to.
type ward struct {
	mu     sync.Mutex
	runs   []store.ScreeningSummary
	films  map[int64][]store.ScreenedFile
	next   chan []store.ScreenedFile // closed at the folder's end
	err    error
	orders []lightbox.ScreenOrder
}

func newWard() *ward {
	return &ward{films: map[int64][]store.ScreenedFile{}, next: make(chan []store.ScreenedFile)}
}

func (w *ward) Root(path string) (string, error) { return path, nil }

func (w *ward) Screen(ctx context.Context, order lightbox.ScreenOrder) (screening.Progress, error) {
	w.mu.Lock()
	w.orders = append(w.orders, order)
	if w.err != nil {
		w.mu.Unlock()
		return screening.Progress{}, w.err
	}
	run := store.ScreeningSummary{ID: int64(len(w.runs) + 1), ScreeningRun: store.ScreeningRun{
		Folder: order.Folder, ModelName: "small", ModelVersion: "1.2", ModelSHA256: strings.Repeat("c", 64), Threshold: 0.4, StartedAt: time.Now(),
	}}
	w.runs = append([]store.ScreeningSummary{run}, w.runs...)
	w.mu.Unlock()
	order.Begun(run)
	var p screening.Progress
	for {
		select {
		case files, more := <-w.next:
			if !more {
				p.Complete, p.Total = true, p.Done
				return p, nil
			}
			w.mu.Lock()
			w.films[run.ID] = append(w.films[run.ID], files...)
			w.mu.Unlock()
			p.Done += len(files)
			p.Total, p.Rate, p.Left = p.Done+100, 12.34, 3*time.Minute
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
	runs := append([]store.ScreeningSummary{}, w.runs...)
	for k := range runs {
		runs[k].Files = len(w.films[runs[k].ID])
	}
	return runs, w.err
}

func (w *ward) Films(_ context.Context, id int64, visit func(store.ScreenedFilm, []string, store.FileState) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, file := range w.films[id] {
		if err := visit(*file.Film, []string{file.Path}, file.FileState); err != nil {
			return err
		}
	}
	return nil
}

func (w *ward) Reviewed(context.Context, func(string)) error { return nil }

// screened is a film that came out with a probability; with one below zero,
// refused.
func screened(path string, probability float64) store.ScreenedFile {
	film := store.ScreenedFilm{SHA256: fmt.Sprintf("%064x", path), Status: "ok", Call: "pneumonia", Probability: &probability, ScreenedAt: time.Now()}
	switch {
	case probability < 0:
		film.Status, film.Call, film.Probability, film.Reason = "refused", "", nil, "This is a lateral film."
	case probability < 0.3:
		film.Call = "normal"
	case probability < 0.5:
		film.Call = "uncertain"
	}
	return store.ScreenedFile{Path: path, SHA256: film.SHA256, Film: &film}
}

func (d *desk) until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case f := <-d.queue:
			f()
		case <-deadline:
			t.Fatalf("waited in vain until %s; the bar says %q, the triage %q", what, d.screen.text.Text, d.triage.rest.Text)
		}
	}
}

func TestAFolderIsScreenedWhileItsTriageFills(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/folder")
	d.Do("screen.here")
	d.until(t, "it is asked whether to screen", func() bool { return d.screen.start.Visible() })
	d.box.StartScreen(false)
	d.Do("screen.triage")
	for n := range 5 {
		d.ward.next <- []store.ScreenedFile{screened(fmt.Sprintf("%d.dcm", n), 0.9-float64(n)/10)}
		d.until(t, "the film is in the triage", func() bool { return d.triage.counts["suspicious"].Text == fmt.Sprintf("Suspicious %d", min(n+1, 4)) })
	}
}

// screenedDesk has a window with the triage of these films open.
func screenedDesk(t testing.TB, files ...store.ScreenedFile) *desk {
	t.Helper()
	d := newDesk(t)
	run := store.ScreeningSummary{ID: 1, ScreeningRun: store.ScreeningRun{
		Folder: "/films/folder", ModelName: "small", ModelVersion: "1.2", ModelSHA256: strings.Repeat("c", 64), Threshold: 0.4, StartedAt: time.Now(),
	}}
	d.ward.runs = []store.ScreeningSummary{run}
	d.ward.films[1] = files
	d.settle(t)
	d.box.OpenTriage(run)
	d.until(t, "the triage is open", func() bool { return d.box.TriageRows() == len(files) })
	d.Do("screen.triage")
	return d
}

func TestTheTriageSaysWhatItHides(t *testing.T) {
	d := screenedDesk(t, screened("low.dcm", 0.05), screened("high.dcm", 0.95), screened("middle.dcm", 0.4), screened("lateral.dcm", -1))
	if d.triage.hidden.Text != "Nothing is hidden." || d.body.Visible() {
		t.Errorf("at first it says %q", d.triage.hidden.Text)
	}
	texts := d.triage.counts["suspicious"].Text + ", " + d.triage.counts["unclear"].Text + ", " + d.triage.counts["routine"].Text
	if texts != "Suspicious 1, Unclear 2, Routine 1" {
		t.Errorf("the bands are %s", texts)
	}
	test.Tap(d.triage.noRoutine)
	d.until(t, "the routine film is hidden", func() bool { return d.box.TriageRows() == 3 })
	if !strings.Contains(d.triage.hidden.Text, "hides 1 unread") {
		t.Errorf("it says %q", d.triage.hidden.Text)
	}
	test.Tap(d.triage.noRoutine)
	d.triage.lowest.SetValue(100)
	d.until(t, "all that can be are hidden", func() bool { return strings.Contains(d.triage.hidden.Text, "hides 2 unread") })
	if d.box.TriageRows() != 2 {
		t.Errorf("%d films are shown: what is unclear must not be hidden", d.box.TriageRows())
	}
}

// Before the reader's first impressions, nothing in the triage tells what the
// model says.
func TestTheTriageIsSilentWhileTheModelWaits(t *testing.T) {
	d := screenedDesk(t, screened("low.dcm", 0.05), screened("high.dcm", 0.95), screened("middle.dcm", 0.4))
	says := func() string {
		all := d.triage.notice.Text + "|" + d.triage.rest.Text
		for k := range d.box.TriageRows() {
			row := newTriageRow()
			d.triage.setRow(k, row)
			all += "|" + row.band.Text + row.probability.Text + row.due.Text
			if row.stripe.FillColor != color.Color(color.Transparent) {
				all += " coloured"
			}
		}
		return all
	}
	d.box.SetBlind(true)
	d.until(t, "they are in the order in which they came", func() bool { f, _ := d.box.TriageRow(0); return f.ID == "high.dcm" })
	if got := says(); !strings.HasPrefix(got, "The model waits") || !strings.HasSuffix(got, "|0 of 3 reviewed|–|–|–") {
		t.Errorf("it says %q", got)
	}
	for _, o := range d.triage.judged {
		if o.Visible() {
			t.Errorf("a %T that tells of the model is shown", o)
		}
	}
	d.box.SetBlind(false)
	d.until(t, "the model orders them", func() bool { return strings.Contains(d.triage.rest.Text, "overdue") })
	if got := says(); !strings.HasPrefix(got, "The model orders this list") || !strings.Contains(got, "Suspicious95 %") {
		t.Errorf("it says %q", got)
	}
}

func TestTheTriageIsGoneThroughByKeys(t *testing.T) {
	d := screenedDesk(t, screened("1.dcm", 0.95), screened("02.dcm", 0.9), screened("003.dcm", 0.2))
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn} {
		d.film.TypedKey(&fyne.KeyEvent{Name: key})
	}
	d.settle(t)
	if d.box.Path() != "/films/folder/02.dcm" || d.triage.content.Visible() || !d.body.Visible() {
		t.Errorf("on the box is %q, the triage visible %v", d.box.Path(), d.triage.content.Visible())
	}
	test.TypeOnCanvas(d.window.Canvas(), "d")
	d.box.Save()
	d.settle(t)
	d.film.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	d.settle(t)
	if d.box.Path() != "/films/folder/003.dcm" {
		t.Errorf("the next film is %q", d.box.Path())
	}
	d.Do("screen.triage")
	row := newTriageRow()
	film, _ := d.box.TriageRow(1)
	view, _, _ := d.box.Triage()
	row.set(view.Policy, film, false, time.Now())
	if row.state.Text != "reviewed" || row.due.Text != "" || row.band.Text != "Suspicious" {
		t.Errorf("the reviewed film's row says %q, %q, %q", row.band.Text, row.due.Text, row.state.Text)
	}
	d.film.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !d.body.Visible() {
		t.Error("Esc does not lead back to the film")
	}
}

func TestTheThresholdMovesTheFiguresAndNotTheList(t *testing.T) {
	d := screenedDesk(t, screened("1.dcm", 0.95), screened("2.dcm", 0.2))
	panel := d.triage.figures
	if !panel.reference.Visible() || panel.domain.Options[0] != "Children of 1 to 5 years (Kermany)" {
		t.Fatalf("it says %q", panel.caveat.Text)
	}
	before := panel.figures[0].text()
	panel.plot.Tapped(&fyne.PointEvent{Position: fyne.NewPos(panel.plot.Size().Width-distributionRight-1, 50)})
	if o := d.box.Operating(); o.Threshold < 0.98 {
		t.Fatalf("a click at the plot's right end weighs %v", o.Threshold)
	}
	if after := panel.figures[0].text(); after == before || !strings.HasPrefix(after, "0 %") {
		t.Errorf("the sensitivity was %s and is %s", before, after)
	}
	if !strings.Contains(panel.weighed.Text, "keeps the model's threshold, 40 %") || d.triage.counts["suspicious"].Text != "Suspicious 1" {
		t.Errorf("it says %q", panel.weighed.Text)
	}
	panel.prevalence.SetValue(0)
	if panel.share.Text != "0.1 %" {
		t.Errorf("the prevalence is %s", panel.share.Text)
	}
}

func TestFiguresAreNeverRoundedToCertainty(t *testing.T) {
	for share, want := range map[float64]string{0: "0", 1: "100", 0.9999: "99.9", 0.996: "99.6", 0.0001: "0.1", 0.5: "50"} {
		if got := percentFigure(share); got != want {
			t.Errorf("%v is written %s", share, got)
		}
	}
}

func TestEarlierScreeningsAreOffered(t *testing.T) {
	d := newDesk(t)
	d.Do("screen.earlier")
	d.until(t, "it says that there is none", func() bool { return strings.Contains(d.triage.runs.empty.Text, "No folder") })
	d.ward.runs = []store.ScreeningSummary{{ID: 3, Files: 12, ScreeningRun: store.ScreeningRun{Folder: "/ward", StartedAt: time.Now()}}}
	d.ward.films[3] = []store.ScreenedFile{screened("a.dcm", 0.9)}
	d.Do("screen.earlier")
	d.until(t, "the screening is listed", func() bool { return len(d.triage.runs.runs) == 1 })
	d.triage.runs.list.Select(0)
	d.until(t, "its film is shown", func() bool { return d.box.TriageRows() == 1 })
	if d.triage.title.Text != "Triage of ward" || !d.triage.pages[0].Visible() {
		t.Errorf("the title is %q", d.triage.title.Text)
	}
}

func TestTheScreeningsLineSaysHowItEnded(t *testing.T) {
	for _, c := range []struct {
		screen lightbox.Screen
		says   string
	}{
		{lightbox.Screen{State: lightbox.ScreenAsked, Folder: "/a/ward"}, "Screen “ward”?"},
		{lightbox.Screen{State: lightbox.ScreenAsked, Folder: "/a/ward", Earlier: &store.ScreeningSummary{Files: 1234}}, "after 1\u202f234 files"},
		{lightbox.Screen{State: lightbox.ScreenRunning, Folder: "/a/ward", Progress: screening.Progress{Done: 5, Total: 50, Rate: 2.5, Left: 5 * time.Minute}}, "5 of 50 files, 2.5 films a second, 5 min left"},
		{lightbox.Screen{State: lightbox.ScreenRunning, Watch: true, Folder: "/a/ward", Progress: screening.Progress{Complete: true, Done: 5, Total: 5}}, "Watching “ward”"},
		{lightbox.Screen{State: lightbox.ScreenEnded, Stopped: true, Folder: "/a/ward", Progress: screening.Progress{Done: 5, Total: 50}}, "Stopped after 5 of 50"},
		{lightbox.Screen{State: lightbox.ScreenEnded, Folder: "/a/ward", Err: store.ErrFull}, "the disk is full: free some space and try again. What is done is kept."},
	} {
		if got := screenText(c.screen); !strings.Contains(got, c.says) {
			t.Errorf("it says %q, not %q", got, c.says)
		}
	}
}

// press is a set of services that write nothing and remember what they were to
// write.
type press struct {
	source report.Source
	files  lightbox.ReportFiles
	order  lightbox.ExportOrder
	err    error
}

func (p *press) Folder() string { return "/home/reader" }

func (p *press) Write(_ context.Context, source report.Source, files lightbox.ReportFiles) ([]string, error) {
	p.source, p.files = source, files
	return []string{files.Folder + "/" + files.Name + ".pdf"}, p.err
}

func (p *press) Export(_ context.Context, order lightbox.ExportOrder) (deidentify.Summary, error) {
	p.order = order
	order.Progress(1, 1)
	return deidentify.Summary{Exported: 1, Films: []deidentify.Entry{{File: "film-0001.dcm", Warnings: []string{"Text may be burned in."}}}}, p.err
}

func TestAReportIsWrittenBesideTheFilm(t *testing.T) {
	d := newDesk(t)
	d.Do("report.write")
	if d.report.content.Visible() {
		t.Fatal("there is a report without a film")
	}
	d.open(t, "/films/Doe_Jane.dcm")
	d.Do("report.write")
	if !d.report.content.Visible() || d.panel.Visible() || !d.film.Visible() {
		t.Fatal("the report does not stand beside the film")
	}
	if name := d.report.name.Text; strings.Contains(name, "Doe") || !strings.HasPrefix(name, "report-") {
		t.Errorf("the file's name is %q", name)
	}
	d.report.template.SetSelected("Template: pneumonia")
	if !strings.Contains(d.report.doubt.Text, "[placeholder]") || !d.report.save.Disabled() {
		t.Errorf("with a placeholder left it says %q", d.report.doubt.Text)
	}
	d.report.template.SetSelected("Template: normal")
	if d.report.doubt.Visible() || !strings.Contains(d.report.parts[3].Text, "lungs are clear") {
		t.Errorf("another template left %q, %q", d.report.doubt.Text, d.report.parts[3].Text)
	}
	d.report.parts[4].SetText("No pneumonia.")
	d.report.formats[report.HTML].SetChecked(true)
	test.Tap(d.report.save)
	d.until(t, "it is written", func() bool { return d.report.written.Visible() })
	if !strings.Contains(d.report.written.Text, "/home/reader/report-") || d.press.source.Text.Impression != "No pneumonia." ||
		len(d.press.files.Formats) != 2 || d.press.source.File != "/films/Doe_Jane.dcm" {
		t.Errorf("written is %+v with %+v", d.press.files, d.press.source.Text)
	}
	// Another film has another report; coming back, nothing is lost.
	d.open(t, "b.dcm")
	if d.report.content.Visible() || !d.panel.Visible() {
		t.Error("the report stands beside another film")
	}
	d.open(t, "/films/Doe_Jane.dcm")
	d.Do("report.write")
	if d.report.parts[4].Text != "No pneumonia." {
		t.Errorf("taken up again it says %q", d.report.parts[4].Text)
	}
	d.press.err = store.ErrFull
	test.Tap(d.report.save)
	d.until(t, "it says why not", func() bool { return strings.Contains(d.box.Notice().Text, "the disk is full") })
}

func TestAReportHasTheReadersLook(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/a.png")
	d.box.SetWindow(dicomio.Window{Kind: dicomio.WindowLinear, Center: 700, Width: 300})
	d.box.Invert()
	d.box.Turn(1)
	d.box.Flip()
	for _, place := range [][2]float64{{200, 200}, {260, 280}} {
		d.box.Press(lightbox.MarkRuler, place[0], place[1], 8)
		d.box.Release(false)
	}
	for _, place := range [][2]float64{{150, 150}, {170, 150}, {140, 180}, {190, 180}} {
		d.box.Press(lightbox.MarkRatio, place[0], place[1], 8)
		d.box.Release(false)
	}
	marks := d.box.Look().Marks
	// A mark that is being drawn measures nothing yet.
	d.box.Press(lightbox.MarkRuler, 210, 110, 8)
	d.box.Release(false)
	d.Do("report.write")
	test.Tap(d.report.save)
	d.until(t, "it is written", func() bool { return d.report.written.Visible() })
	look := d.press.source.Look
	if look == nil || len(look.Marks) != 2 {
		t.Fatalf("the look is %+v", look)
	}
	if look.Window.Center != 700 || look.Window.Width != 300 || !look.Inverted || !look.Flipped || look.Quarters != d.box.Look().View.Quarters || look.Quarters == 0 {
		t.Errorf("the film is looked at as %+v", look)
	}
	for k, lines := range []int{1, 2} {
		m := look.Marks[k]
		if len(m.Lines) != lines || m.Text != markText(d.box, marks[k]) || m.Lines[0][0] != report.Point(marks[k].Points[0]) {
			t.Errorf("mark %d is %+v", k, m)
		}
	}
}

func TestAFilmIsExportedWithoutIdentity(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/folder")
	d.Do("export.open")
	if !d.export.content.Visible() || !d.export.start.Disabled() {
		t.Fatal("an export without a folder can be started")
	}
	order := d.box.Export().Order
	order.Into = "/anonymous"
	d.box.SetExport(order)
	d.export.source.SetSelected(d.export.source.Options[1])
	d.export.dates.SetSelected(d.export.dates.Options[1])
	test.Tap(d.export.reports)
	test.Tap(d.export.start)
	d.until(t, "it is done", func() bool { return d.box.Export().State == lightbox.ExportEnded })
	if o := d.press.order; o.Source != "/films/folder" || !o.Whole || !o.ShiftDates || !o.Reports || o.BurnedIn || o.Into != "/anonymous" {
		t.Errorf("the order was %+v", o)
	}
	if !strings.Contains(d.export.state.Text, "1 films were exported to /anonymous") || !strings.Contains(d.export.found.Text, "1 × Text may be burned in.") {
		t.Errorf("it says %q, %q", d.export.state.Text, d.export.found.Text)
	}
}

// manyFilms are a screening's as a large department has them in a week.
func manyFilms(n int) []store.ScreenedFile {
	files := make([]store.ScreenedFile, n)
	for k := range files {
		files[k] = screened(fmt.Sprintf("ward/%06d.dcm", k), float64(k%97)/97)
	}
	return files
}

// BenchmarkTriageScroll steps through the triage of 100,000 films by a row and
// a half, as a notch of the wheel does.
func BenchmarkTriageScroll(b *testing.B) {
	d := screenedDesk(b, manyFilms(100_000)...)
	list := d.triage.list
	b.ReportAllocs()
	for b.Loop() {
		at := list.GetScrollOffset() + 45
		if at > 3e6 {
			at = 0
		}
		list.ScrollToOffset(at)
	}
}

// Keys and menus act on nothing that the triage hides.
func TestNothingIsDoneToTheFilmBehindTheTriage(t *testing.T) {
	d := newDesk(t)
	d.box.SetBlind(true)
	d.open(t, "a.dcm")
	d.Do("screen.triage")
	d.events = nil
	d.typed("F3")
	d.obey(t, "Ctrl+1")
	d.typed("A")
	d.typed("S")
	d.obey(t, "Ctrl+R")
	d.settle(t)
	if review := d.box.Review(); len(d.events) != 0 || len(d.cases) != 0 || review.Impression != "" || review.Begun() || d.box.Report().Open {
		t.Errorf("behind the triage the film has %+v, the log %v and %+v", review, d.events, d.cases)
	}
	if got := d.status.message.Text; !strings.Contains(got, "behind the triage") {
		t.Errorf("the reader is told %q", got)
	}
	d.typed("F11")
	if !d.window.FullScreen() {
		t.Error("the triage keeps the window from the whole screen")
	}
	d.typed("?")
	if d.reading == nil {
		t.Error("the triage keeps the list of keys away")
	}
	d.typed("Esc")
	d.obey(t, "Ctrl+T")
	d.typed("F3")
	if d.box.Review().Impression == "" {
		t.Error("back at the film, its key does nothing")
	}
}
