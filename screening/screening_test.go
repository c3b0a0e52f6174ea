package screening_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pneumolight/inference"
	"pneumolight/screening"
	"pneumolight/store"
)

// counting is a model that takes the mean of a film for its probability and
// counts how often it saw each film.
type counting struct {
	mu     sync.Mutex
	judged map[string]int // by the tensor's own bytes, roughly: its mean
	films  int
	before func(films int) error // called before each run
}

func newCounting() *counting { return &counting{judged: map[string]int{}} }

func (c *counting) Info() inference.Info {
	return inference.Info{
		Name: "counting", Version: "1.0.0", SHA256: strings.Repeat("5", 64), Threshold: 0.5,
		Input: inference.Input{
			Width: 32, Height: 32, Resample: "triangle", PercentileLow: 0, PercentileHigh: 100,
			MinimumRange: 1, Mean: 0, Std: 1,
		},
	}
}

func (c *counting) Run(ctx context.Context, batch []inference.Tensor) ([]inference.Prediction, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	c.mu.Lock()
	before := c.films
	c.mu.Unlock()
	if c.before != nil {
		if err := c.before(before); err != nil {
			return nil, err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	predictions := make([]inference.Prediction, len(batch))
	for k, tensor := range batch {
		sum := 0.0
		for _, v := range tensor.Values {
			sum += float64(v)
		}
		mean := min(max(sum/float64(len(tensor.Values)), 0), 1)
		predictions[k] = inference.Prediction{Probability: mean, Call: inference.CallNormal}
		c.judged[fmt.Sprint(tensor.Values[:64])]++
		c.films++
	}
	return predictions, nil
}

// film is a small grey PNG of noise that belongs to seed.
func film(t testing.TB, seed int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(seed), 7))
	picture := image.NewGray(image.Rect(0, 0, 160, 160))
	for k := range picture.Pix {
		picture.Pix[k] = uint8(random.Uint32N(256))
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// folder makes a folder of n films.
func folder(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	for k := range n {
		write(t, filepath.Join(dir, fmt.Sprintf("ward-%d", k%3), fmt.Sprintf("film-%03d.png", k)), film(t, k))
	}
	return dir
}

func openLog(t testing.TB, path string) *store.Log {
	t.Helper()
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	return log
}

func begin(t testing.TB, log *store.Log, dir string, model screening.Model, resume bool) *store.Screening {
	t.Helper()
	root, err := screening.Root(dir)
	if err != nil {
		t.Fatal(err)
	}
	info := model.Info()
	journal, err := log.BeginScreening(t.Context(), store.ScreeningRun{
		Folder: root, ModelName: info.Name, ModelVersion: info.Version, ModelSHA256: info.SHA256,
		Threshold: info.Threshold, StartedAt: time.Now(),
	}, resume)
	if err != nil {
		t.Fatal(err)
	}
	return journal
}

// release ends with a run that is gone on with later.
func release(t testing.TB, journal *store.Screening) {
	t.Helper()
	if err := journal.Release(); err != nil {
		t.Fatal(err)
	}
}

// outcome is what a journal says of a film.
type outcome struct {
	status, reason string
	paths          string
	probability    float64
}

func outcomes(t testing.TB, journal *store.Screening) []outcome {
	t.Helper()
	var all []outcome
	if err := journal.Films(t.Context(), func(film store.ScreenedFilm, paths []string, _ store.FileState) error {
		o := outcome{status: film.Status, reason: film.Reason, paths: strings.Join(paths, " ")}
		if film.Probability != nil {
			o.probability = *film.Probability
		}
		all = append(all, o)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryFileEndsInOneRecord(t *testing.T) {
	dir := folder(t, 9)
	write(t, filepath.Join(dir, "notes.txt"), []byte("please call back"))
	write(t, filepath.Join(dir, "cut.png"), film(t, 77)[:200])
	write(t, filepath.Join(dir, "empty.dcm"), nil)
	write(t, filepath.Join(dir, ".DS_Store"), []byte("what systems leave behind"))
	small := image.NewGray(image.Rect(0, 0, 8, 8))
	var tiny bytes.Buffer
	if err := png.Encode(&tiny, small); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "icon.png"), tiny.Bytes())

	model := newCounting()
	journal := begin(t, openLog(t, filepath.Join(t.TempDir(), "j.db")), dir, model, false)
	progress, err := screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 3}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"notes.txt": "error", "cut.png": "error", "empty.dcm": "error", "icon.png": "refused"}
	all := outcomes(t, journal)
	if len(all) != 13 {
		t.Errorf("%d records of 13 files: %+v", len(all), all)
	}
	for _, o := range all {
		status := want[o.paths]
		if status == "" {
			status = "ok"
		}
		if o.status != status || status != "ok" && len(o.reason) < 15 {
			t.Errorf("%s: %s %q, want %s", o.paths, o.status, o.reason, status)
		}
	}
	if progress.OK != 9 || progress.Refused != 1 || progress.Failed != 3 || progress.Done != 13 || progress.Total != 13 || !progress.Complete {
		t.Errorf("progress %+v", progress)
	}
}

func TestDuplicatesAreAnalysedOnceAndListedTogether(t *testing.T) {
	dir := folder(t, 4)
	for _, name := range []string{"a/copy.png", "z/copy.png", "z/another.png"} {
		write(t, filepath.Join(dir, name), film(t, 2))
	}
	model := newCounting()
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))
	journal := begin(t, log, dir, model, false)
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 4}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if model.films != 4 {
		t.Errorf("4 films in 7 files were judged %d times", model.films)
	}
	// A copy that comes later belongs to the same film too.
	write(t, filepath.Join(dir, "late.png"), film(t, 2))
	release(t, journal)
	journal = begin(t, log, dir, model, true)
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 4}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := outcomes(t, journal)
	if len(all) != 4 || model.films != 4 || all[0].paths != "a/copy.png late.png ward-2/film-002.png z/another.png z/copy.png" {
		t.Errorf("after %d judgements: %+v", model.films, all)
	}
}

func TestAStoppedRunContinuesWithoutLossOrRepetition(t *testing.T) {
	const films = 120
	dir := folder(t, films)
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))

	whole := newCounting()
	reference := begin(t, openLog(t, filepath.Join(t.TempDir(), "whole.db")), dir, whole, false)
	if _, err := (screening.Job{Folder: dir, Model: whole, Journal: reference, Workers: 2}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}

	model := newCounting()
	runs := 0
	for stopAt := 25; ; stopAt += 25 {
		runs++
		ctx, stop := context.WithCancel(t.Context())
		model.before = func(judged int) error {
			if judged >= stopAt {
				stop()
			}
			return nil
		}
		journal := begin(t, log, dir, model, true)
		progress, err := screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 2}.Run(ctx)
		stop()
		release(t, journal)
		if err == nil {
			if progress.Earlier == 0 {
				t.Error("the last run did everything again")
			}
			if got, want := outcomes(t, journal), outcomes(t, reference); !slices.Equal(got, want) {
				t.Errorf("in pieces: %+v\nat once: %+v", got, want)
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if progress.Complete && progress.Total != films {
			t.Errorf("a folder of %d files is said to hold %d", films, progress.Total)
		}
	}
	if runs < 3 {
		t.Errorf("the run was stopped %d times only", runs-1)
	}
	// Of each stopped run, no more than what was under way is judged again.
	if again := model.films - films; again < 0 || again > 8*(runs-1) {
		t.Errorf("%d films were judged again after %d stops", again, runs-1)
	}
}

func TestAFilmRemovedMeanwhileIsOneError(t *testing.T) {
	dir := folder(t, 60)
	last := filepath.Join(dir, "ward-2", "film-059.png")
	model := newCounting()
	var once sync.Once
	model.before = func(int) error {
		once.Do(func() { os.Remove(last) })
		return nil
	}
	journal := begin(t, openLog(t, filepath.Join(t.TempDir(), "j.db")), dir, model, false)
	// The scan is ahead of the workers by the queue's length at most, and
	// notes what is in the folder as it goes.
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 1}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, o := range outcomes(t, journal) {
		counts[o.status]++
		if o.status == "error" && !strings.Contains(o.reason, "no such file") {
			t.Errorf("the reason is %q", o.reason)
		}
	}
	if counts["ok"] != 59 || counts["error"] > 1 {
		t.Errorf("%v", counts)
	}
}

func TestAFailingModelIsTheErrorOfThatFilmAlone(t *testing.T) {
	dir := folder(t, 10)
	model := newCounting()
	failing := 0
	model.before = func(judged int) error {
		if judged == 4 && failing < 2 { // its batch, then the film alone
			failing++
			return errors.New("out of memory")
		}
		return nil
	}
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))
	journal := begin(t, log, dir, model, false)
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 1}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	tally, err := journal.Tally(t.Context())
	if err != nil || tally["ok"] != 9 || tally["error"] != 1 {
		t.Fatalf("%v, error %v", tally, err)
	}
	// The next run tries what has failed again, and only that.
	judged := model.films
	release(t, journal)
	journal = begin(t, log, dir, model, true)
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 1}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if tally, err := journal.Tally(t.Context()); err != nil || tally["ok"] != 10 || tally["error"] != 0 || model.films != judged+1 {
		t.Errorf("%v, error %v, %d judged again", tally, err, model.films-judged)
	}
}

// troubled is a journal whose Record fails in a way of its own.
type troubled struct {
	*store.Screening
	records int
	fail    func(record int) error
}

// Finish fails as a record would.
func (j *troubled) Finish(ctx context.Context, at time.Time) error {
	j.records++
	if err := j.fail(j.records); err != nil {
		return err
	}
	return j.Screening.Finish(ctx, at)
}

func (j *troubled) Record(ctx context.Context, files []store.ScreenedFile) error {
	j.records++
	if err := j.fail(j.records); err != nil {
		return err
	}
	return j.Screening.Record(ctx, files)
}

func TestABusyDatabaseIsWaitedFor(t *testing.T) {
	dir := folder(t, 10)
	model := newCounting()
	journal := begin(t, openLog(t, filepath.Join(t.TempDir(), "j.db")), dir, model, false)
	busy := &troubled{journal, 0, func(record int) error {
		if record < 4 {
			return fmt.Errorf("recording: %w", store.ErrBusy)
		}
		return nil
	}}
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: busy}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(outcomes(t, journal)); got != 10 {
		t.Errorf("%d records", got)
	}
}

func TestABusyDatabaseIsWaitedForAtTheEnd(t *testing.T) {
	dir := folder(t, 1)
	model := newCounting()
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))
	busy := &troubled{begin(t, log, dir, model, false), 0, func(record int) error {
		if record == 2 || record == 3 {
			return fmt.Errorf("finishing: %w", store.ErrBusy)
		}
		return nil
	}}
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: busy}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if runs, err := log.Screenings(t.Context()); err != nil || len(runs) != 1 || runs[0].FinishedAt.IsZero() {
		t.Errorf("the runs are %+v, error %v", runs, err)
	}
}

func TestAFullDiskEndsTheRunAndLosesNothing(t *testing.T) {
	dir := folder(t, 40)
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))
	model := newCounting()
	full := &troubled{begin(t, log, dir, model, false), 0, func(int) error { return fmt.Errorf("recording: %w", store.ErrFull) }}
	_, err := screening.Job{Folder: dir, Model: model, Journal: full, Workers: 2}.Run(t.Context())
	var failure *screening.Error
	if !errors.Is(err, store.ErrFull) || !errors.As(err, &failure) {
		t.Fatalf("error %v", err)
	}
	release(t, full.Screening)
	journal := begin(t, log, dir, model, true)
	if _, err := (screening.Job{Folder: dir, Model: model, Journal: journal, Workers: 2}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(outcomes(t, journal)); got != 40 {
		t.Errorf("%d records", got)
	}
}

func TestAChangedFileIsReadAgain(t *testing.T) {
	dir := folder(t, 3)
	log := openLog(t, filepath.Join(t.TempDir(), "j.db"))
	model := newCounting()
	for _, seed := range []int{0, 50} {
		write(t, filepath.Join(dir, "ward-0", "film-000.png"), film(t, seed))
		journal := begin(t, log, dir, model, true)
		if _, err := (screening.Job{Folder: dir, Model: model, Journal: journal}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := outcomes(t, journal); len(got) != 3 {
			t.Errorf("%d records of 3 films", len(got))
		}
		release(t, journal)
	}
	if model.films != 4 {
		t.Errorf("judged %d films, want the 3 first ones and the changed one", model.films)
	}
}

func TestProgressComesAtMostTenTimesASecondAndAtTheEnd(t *testing.T) {
	dir := folder(t, 60)
	model := newCounting()
	model.before = func(int) error {
		time.Sleep(10 * time.Millisecond)
		return nil
	}
	var reports []screening.Progress
	start := time.Now()
	journal := begin(t, openLog(t, filepath.Join(t.TempDir(), "j.db")), dir, model, false)
	if _, err := (screening.Job{
		Folder: dir, Model: model, Journal: journal, Workers: 1,
		Progress: func(p screening.Progress) { reports = append(reports, p) },
	}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if limit := int(time.Since(start).Seconds()*10) + 1; len(reports) > limit || len(reports) == 0 {
		t.Errorf("%d reports, at most %d are wanted", len(reports), limit)
	}
	if last := reports[len(reports)-1]; last.Done != 60 || last.Total != 60 || last.Rate <= 0 || last.Left != 0 {
		t.Errorf("the last report is %+v", last)
	}
}

func TestAnUnreadableFolderIsSaidAtOnce(t *testing.T) {
	model := newCounting()
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := screening.Job{Folder: missing, Model: model}.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), "no such folder") {
		t.Errorf("error %v", err)
	}
}
