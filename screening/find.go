package screening

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pneumolight/dicomio"
	"pneumolight/reading"
	"pneumolight/store"
)

// task is a file that a worker is to take through.
type task struct {
	path  string // as it can be opened
	below string // below the root
	state store.FileState
	entry dicomio.Entry
}

// find gives the workers every file of the folder that has no result yet and,
// for a watching job, what arrives later.
func (r *run) find(ctx context.Context) error {
	if !r.Watch {
		scanning := time.Now()
		err := dicomio.Scan(ctx, r.target, func(e dicomio.Entry) error {
			err := r.found(ctx, e, retryErrors, stateOf(e.Path), scanning)
			scanning = time.Now()
			return err
		})
		if err == nil {
			r.tally.complete()
		}
		return plain(err)
	}
	return r.watch(ctx)
}

// attempt says which recorded files are read again although they have not
// changed.
type attempt int

const (
	retryErrors  attempt = iota // those whose film failed: the cause may have gone
	retryNothing                // none
)

// found passes one entry of a scan on, unless its result is known. Since is
// when the scan began to look for it: waiting for a worker is no work.
func (r *run) found(ctx context.Context, entry dicomio.Entry, again attempt, state store.FileState, since time.Time) error {
	if r.Own != nil && r.Own(entry.Path) {
		return nil
	}
	if litter(entry) {
		return nil
	}
	t := task{path: entry.Path, below: r.below(entry.Path), state: state, entry: entry}
	before, status, err := r.Journal.File(ctx, t.below)
	if err != nil {
		return err
	}
	if status != "" && before.Equal(t.state) && (again == retryNothing || status != string(reading.StatusError)) {
		r.tally.earlier()
		return nil
	}
	if !r.flights.start(t.below, t.state) {
		return nil
	}
	r.tally.found()
	r.tally.spend(stageScan, since)
	select {
	case r.tasks <- t:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// litter reports whether a file is what systems leave in folders, such as
// .DS_Store: hidden, and no film.
func litter(entry dicomio.Entry) bool {
	return strings.HasPrefix(filepath.Base(entry.Path), ".") &&
		(errors.Is(entry.Err, dicomio.ErrNotAFilm) || errors.Is(entry.Err, dicomio.ErrNoPixels) || errors.Is(entry.Err, dicomio.ErrEmpty))
}

// below is a path below the root, which every path of a scan starts with.
func (r *run) below(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, r.root), string(filepath.Separator))
}

// stateOf tells a file's size and time, or those of the archive that it lies
// in. A file that is gone has none.
func stateOf(path string) store.FileState {
	info, err := os.Stat(dicomio.Holder(path))
	if err != nil {
		return store.FileState{}
	}
	return store.FileState{Bytes: info.Size(), Modified: info.ModTime(), Arrived: arrived(info)}
}

// arrived is when a file came into its folder: when it was last changed, moved
// or given its name, but not in the future.
func arrived(info fs.FileInfo) time.Time {
	at, now := changed(info), time.Now()
	if info.ModTime().After(at) {
		at = info.ModTime()
	}
	if at.After(now) {
		return now
	}
	return at
}

// count counts the folder's files ahead of the scan, which waits for the
// workers: without it nobody knows how long it takes.
func (r *run) count(ctx context.Context) {
	_ = filepath.WalkDir(r.target, func(path string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return fs.SkipAll
		}
		if err == nil && !d.IsDir() && (r.Own == nil || !r.Own(path)) {
			r.tally.counted()
		}
		return nil // what can't be listed, the scan reports
	})
}

// plain takes the operation and path out of a system's error where the
// sentence around it names the folder.
func plain(err error) error {
	var failed *fs.PathError
	if !errors.As(err, &failed) {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &advised{"there is no such folder: check the name and whether its drive is connected", err}
	case errors.Is(err, fs.ErrPermission):
		return &advised{"reading the folder is not permitted: ask whoever administers it for access", err}
	}
	return failed.Err
}

// advised is an error in the reader's words.
type advised struct {
	text string
	err  error
}

func (a *advised) Error() string { return a.text }

func (a *advised) Unwrap() error { return a.err }
