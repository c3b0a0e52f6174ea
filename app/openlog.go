package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"pneumolight/dicomio"
	"pneumolight/reading"
	"pneumolight/store"
)

// databasePath is where the user has the log.
func databasePath(s settings) (string, error) {
	if s.database != "" {
		return s.database, nil
	}
	return store.DefaultPath()
}

// openLog opens the log where the user has it.
func openLog(ctx context.Context, s settings) (*store.Log, error) {
	path, err := databasePath(s)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, path)
}

// openKeptLog opens a log that is there already, and says so where it is not.
func openKeptLog(ctx context.Context, s settings) (*store.Log, error) {
	path, err := keptLog(s)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, path)
}

// keptLog is where a log is that is there already.
func keptLog(s settings) (string, error) {
	path, err := databasePath(s)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no log at %s: check --db", path)
	}
	return path, nil
}

// tellAside says in one sentence that a damaged log was set aside.
func tellAside(log *store.Log, stderr io.Writer) {
	if log.SetAside() != "" {
		fmt.Fprintf(stderr, "pneumolight: the log %s was damaged, so it was moved to %s and a new one was begun: keep that file, and bring your last backup back with 'pneumolight restore FILE' if you have one\n",
			log.Path(), log.SetAside())
	}
}

// openingLog is a log that is opened and checked while other things are done.
// Whoever needs it waits; what is recorded meanwhile is kept for it. It is a
// [lightbox.CaseLog].
type openingLog struct {
	ready chan struct{}
	log   *store.Log
	err   error

	mu      sync.Mutex
	opened  bool
	waiting []store.Event
}

func startOpeningLog(ctx context.Context, s settings) *openingLog {
	o := &openingLog{ready: make(chan struct{})}
	go func() {
		defer close(o.ready)
		o.log, o.err = openLog(ctx, s)
		o.mu.Lock()
		defer o.mu.Unlock()
		o.opened = true
		if o.log != nil {
			for _, e := range o.waiting {
				o.log.Record(e)
			}
		}
		o.waiting = nil
	}()
	return o
}

// wait returns the log once it is open.
func (o *openingLog) wait(ctx context.Context) (*store.Log, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-o.ready:
		return o.log, o.err
	}
}

// Opened waits until the log is open, or says why it cannot be. Aside is where
// a damaged one was moved to.
func (o *openingLog) Opened(ctx context.Context) (aside string, err error) {
	log, err := o.wait(ctx)
	if err != nil {
		return "", err
	}
	return log.SetAside(), nil
}

// Record is store.Log's.
func (o *openingLog) Record(e store.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case !o.opened:
		o.waiting = append(o.waiting, e)
	case o.log != nil:
		o.log.Record(e)
	}
}

// Reviews is store.Log's.
func (o *openingLog) Reviews(ctx context.Context, sha256 string, frame int) ([]store.Case, error) {
	log, err := o.wait(ctx)
	if err != nil {
		return nil, err
	}
	return log.Reviews(ctx, sha256, frame)
}

// FirstImpression is store.Log's.
func (o *openingLog) FirstImpression(ctx context.Context, sha256 string, frame int) (impression string, known bool, err error) {
	log, err := o.wait(ctx)
	if err != nil {
		return "", false, err
	}
	return log.FirstImpression(ctx, sha256, frame)
}

// OnRecordFailure is store.Log's, of a log that is open.
func (o *openingLog) OnRecordFailure(report func(error)) { o.log.OnRecordFailure(report) }

// Save is store.Log's.
func (o *openingLog) Save(ctx context.Context, c store.Case) error {
	log, err := o.wait(ctx)
	if err != nil {
		return err
	}
	return log.Save(ctx, c)
}

// Cases is store.Log's.
func (o *openingLog) Cases(ctx context.Context, history bool, visit func(store.Case) error) error {
	log, err := o.wait(ctx)
	if err != nil {
		return err
	}
	return log.Cases(ctx, history, visit)
}

// Backup is store.Log's.
func (o *openingLog) Backup(ctx context.Context, path string, overwrite bool) (store.Head, error) {
	log, err := o.wait(ctx)
	if err != nil {
		return store.Head{}, err
	}
	return log.Backup(ctx, path, overwrite)
}

// review finds a film's latest review; nil where there is none.
func (o *openingLog) review(ctx context.Context, film *dicomio.Film) (*store.Case, error) {
	if film == nil {
		return nil, nil
	}
	log, err := o.wait(ctx)
	if err != nil {
		return nil, err
	}
	latest, found, err := log.Latest(ctx, film.SHA256, film.Frame)
	if err != nil || !found {
		return nil, err
	}
	return &latest, nil
}

// close writes what was recorded and closes the log, if it could be opened.
func (o *openingLog) close() error {
	<-o.ready
	if o.log == nil {
		return nil
	}
	return o.log.Close()
}

// trail is the audit of a command: what it did to films is recorded in the
// log. That it could not be is said, and is no reason not to do it.
type trail struct {
	*openingLog
	stderr io.Writer
}

// startTrail opens the log while the command goes on. The command ends the
// trail.
func startTrail(ctx context.Context, s settings, stderr io.Writer) *trail {
	// What was done before Ctrl+C was done.
	return &trail{startOpeningLog(context.WithoutCancel(ctx), s), stderr}
}

// analysed records what the model made of a film, if there is one.
func (t *trail) analysed(a reading.Analysis) {
	if a.Film != nil {
		t.Record(a.Event())
	}
}

// end writes the trail, or says that it could not be written.
func (t *trail) end() {
	if _, err := t.wait(context.Background()); err != nil {
		fmt.Fprintf(t.stderr, "pneumolight: what was done is not recorded: %v\n", err)
		return
	}
	tellAside(t.log, t.stderr)
	if err := t.close(); err != nil {
		fmt.Fprintf(t.stderr, "pneumolight: %v\n", err)
	}
}
