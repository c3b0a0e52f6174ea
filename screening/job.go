package screening

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/store"
)

// Model is a loaded model; [inference.Model] is one. One thread a run is best:
// the workers run it side by side.
type Model interface {
	Info() inference.Info
	Run(ctx context.Context, batch []inference.Tensor) ([]inference.Prediction, error)
}

// Journal keeps what became of each file; [store.Screening] is one.
type Journal interface {
	// File returns a file's state when it was recorded and its film's
	// status, which is empty where there is no result.
	File(ctx context.Context, path string) (store.FileState, string, error)
	// Digests gives visit each film's digest that has its result.
	Digests(ctx context.Context, visit func(sha256 string)) error
	// Record keeps results, all or none.
	Record(ctx context.Context, files []store.ScreenedFile) error
	// Finish marks the folder as screened to its end.
	Finish(ctx context.Context, at time.Time) error
}

// Job is a folder to be screened.
type Job struct {
	// Folder is a folder, an archive or a single film.
	Folder  string
	Model   Model
	Journal Journal
	// Workers is how many films are worked on at once, at most
	// [MostWorkers]; 0: one a core.
	Workers int
	// Pace keeps the job in the background of a program that somebody works
	// with; nil: it takes what it can get.
	Pace *Pace
	// Watch goes on after the folder's end and screens what arrives, until
	// the context ends.
	Watch bool
	// Settle is how long a file that has just been written must stay
	// unchanged before it is read, for Watch; 0: two seconds.
	Settle time.Duration
	// Own reports whether a path is a file that the screening itself
	// writes, such as its results; nil: none is.
	Own func(path string) bool
	// Progress is told how far the job is, at most ten times a second and
	// once at the end, from one goroutine; nil: nobody.
	Progress func(Progress)
	// Checkpoint is called from time to time when there are new records,
	// from one goroutine, and not at the end; nil: never. Its error is only
	// a missed checkpoint.
	Checkpoint func(ctx context.Context) error
}

// Error says that a screening could not go on. What was recorded stays so.
type Error struct {
	// Folder is the job's.
	Folder string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("screening %s: %v", e.Folder, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// defaultSettle is how long a file must stay unchanged before it is read.
const defaultSettle = 2 * time.Second

// Root returns the folder that paths in the journal are below: the absolute
// path of a folder, or of the folder that holds a single file.
func Root(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	// A link to a folder is screened as the folder.
	resolved, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(resolved)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return filepath.Dir(resolved), nil
	}
	return resolved, nil
}

// Run screens the job's folder and returns how far it came. The error is the
// context's where that ended the job, except for a watching one, which ends no
// other way; else it is an [*Error]. In all cases what was recorded is kept.
func (j Job) Run(ctx context.Context) (Progress, error) {
	r, err := newRun(ctx, j)
	if err != nil {
		return Progress{}, &Error{Folder: j.Folder, Err: err}
	}
	err = r.all(ctx)
	progress := r.tally.snapshot()
	switch {
	case j.Watch && ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())):
		return progress, nil
	case err == nil || ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return progress, err
	}
	return progress, &Error{Folder: j.Folder, Err: err}
}

// watchedToItsEnd reports whether a watch was told to stop after the folder was
// gone through, with a record of every file that it came upon.
func (r *run) watchedToItsEnd(ctx context.Context, err error) bool {
	return r.Watch && ctx.Err() != nil && errors.Is(err, ctx.Err()) && r.tally.snapshot().Complete && !r.awaited && r.flights.none()
}

// run is a job under way.
type run struct {
	Job
	info    inference.Info
	target  string // what is scanned: the root or the file in it
	root    string // what recorded paths are below
	source  dicomio.Source
	tasks   chan task
	results chan store.ScreenedFile
	digests *digests
	flights *flights
	tally   *tally
	awaited bool // files have come that a watch has not got to; known when it has ended
}

// MostWorkers is how many films can be worked on at once: each worker has a
// thread of the system and the memory for a film of its own, and more of them
// than cores only wait for each other, or for a slow disk.
func MostWorkers() int { return 8 * runtime.GOMAXPROCS(0) }

// queue is how many found files may wait for a worker.
const queue = 64

func newRun(ctx context.Context, j Job) (*run, error) {
	root, err := Root(j.Folder)
	if err != nil {
		return nil, plain(err)
	}
	target, err := filepath.EvalSymlinks(j.Folder)
	if err == nil {
		target, err = filepath.Abs(target)
	}
	if err != nil {
		return nil, plain(err)
	}
	if err := readable(target); err != nil {
		return nil, plain(err)
	}
	if j.Workers <= 0 {
		j.Workers = runtime.GOMAXPROCS(0)
	}
	j.Workers = min(j.Workers, MostWorkers())
	if j.Settle <= 0 {
		j.Settle = defaultSettle
	}
	r := &run{
		Job: j, info: j.Model.Info(), root: root, target: target,
		tasks: make(chan task, queue), results: make(chan store.ScreenedFile, queue),
		digests: newDigests(), flights: newFlights(), tally: newTally(time.Now()),
	}
	return r, j.Journal.Digests(ctx, r.digests.add)
}

// readable tells early that a folder cannot be listed: a scan would report it
// as a file that cannot be read.
func readable(path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return err
	}
	_, err = os.ReadDir(path)
	return err
}

// all runs the pipeline. Its stages end in order: the scan closes tasks, the
// workers' end closes results, the recorder's end is the end. A stage that
// fails cancels the others with its error as the cause.
func (r *run) all(ctx context.Context) error {
	working, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	defer r.source.Close()

	var reporting sync.WaitGroup
	recorded := make(chan struct{})
	if r.Progress != nil {
		reporting.Go(func() { r.report(recorded) })
	}
	var workers sync.WaitGroup
	for worker := range r.Workers {
		workers.Go(func() { r.work(working, worker) })
	}
	var finding sync.WaitGroup
	finding.Go(func() { r.count(working) })
	finding.Go(func() {
		defer close(r.tasks)
		if err := r.find(working); err != nil {
			fail(err)
		}
	})
	go func() {
		workers.Wait()
		close(r.results)
	}()
	// What is done is recorded even when the job was told to stop.
	if err := r.record(context.WithoutCancel(ctx), fail); err != nil {
		fail(err)
	}
	finding.Wait()
	close(recorded)
	reporting.Wait()
	err := context.Cause(working)
	if err != nil && !r.watchedToItsEnd(ctx, err) {
		return err
	}
	return patiently(func() error { return r.Journal.Finish(context.WithoutCancel(ctx), time.Now()) })
}
