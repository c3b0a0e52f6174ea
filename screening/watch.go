package screening

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"pneumolight/dicomio"
	"pneumolight/store"
)

const (
	// pollEvery is how often a watched folder is walked for what nobody
	// announced: network shares announce nothing, and a burst of files can
	// overflow the system's queue. A walk takes at most a twentieth of the
	// time.
	pollEvery = time.Minute
	pollShare = 20
)

// watcher waits for files in a folder to arrive whole. Only its own goroutine
// touches its fields after it has been started.
type watcher struct {
	run      *run
	notify   *fsnotify.Watcher
	settling map[string]settling
	ready    chan settled // to the scan, unbuffered
	queue    []settled    // not yet taken
	late     chan string  // files that the first scan found fresh
}

// settling is a file that may still be growing.
type settling struct {
	state store.FileState
	since time.Time
}

// settled is a file that has stopped growing, and when it had.
type settled struct {
	path string
	at   time.Time
}

// watch screens the folder, then what arrives, until ctx ends.
func (r *run) watch(ctx context.Context) error {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watching the folder: %w", err)
	}
	defer notify.Close()
	w := &watcher{
		run: r, notify: notify, settling: map[string]settling{},
		ready: make(chan settled), late: make(chan string),
	}
	// The watch begins before the scan, so that nothing falls between them.
	if err := w.addFolders(ctx, r.target, false); err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(ctx)
	var following sync.WaitGroup
	following.Go(func() { end(w.loop(ctx)) })
	cut := false // in the midst of a file's films
	defer func() {
		end(nil)
		following.Wait()
		r.awaited = cut || len(w.settling) > 0 || len(w.queue) > 0
	}()
	err = dicomio.Scan(ctx, r.target, func(e dicomio.Entry) error {
		state := stateOf(e.Path)
		if time.Since(state.Modified) < r.Settle {
			return w.later(ctx, e.Path)
		}
		return r.found(ctx, e, retryErrors, state, time.Now())
	})
	if err == nil {
		r.tally.complete()
	}
	for err == nil {
		select {
		case file := <-w.ready:
			err = r.arrived(ctx, file)
			cut = err != nil
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx) // the loop's error, where it has failed
	}
	return plain(err)
}

// later leaves a file of the first scan to the watch.
func (w *watcher) later(ctx context.Context, path string) error {
	select {
	case w.late <- path:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// arrived passes a settled file on, or the films in it.
func (r *run) arrived(ctx context.Context, file settled) error {
	err := dicomio.Scan(ctx, file.path, func(e dicomio.Entry) error {
		if errors.Is(e.Err, fs.ErrNotExist) {
			return nil // it was a copying program's temporary file
		}
		// Not every file system tells when it came; here somebody saw it.
		state := stateOf(e.Path)
		state.Arrived = file.at
		return r.found(ctx, e, retryNothing, state, time.Now())
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// loop follows the system's announcements.
func (w *watcher) loop(ctx context.Context) error {
	tick := time.NewTicker(w.run.Settle / 4)
	defer tick.Stop()
	poll := time.NewTimer(pollEvery)
	defer poll.Stop()
	for {
		// A send on a nil channel never happens.
		var ready chan settled
		var first settled
		if len(w.queue) > 0 {
			ready, first = w.ready, w.queue[0]
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case ready <- first:
			w.queue = w.queue[1:]
		case path := <-w.late:
			w.touch(path)
		case event := <-w.notify.Events:
			if err := w.announced(ctx, event); err != nil {
				return err
			}
		case err := <-w.notify.Errors:
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watching the folder: %w", err)
			}
			poll.Reset(0)
		case <-tick.C:
			w.settle()
		case <-poll.C:
			start := time.Now()
			if err := w.addFolders(ctx, w.run.target, true); err != nil {
				return err
			}
			poll.Reset(max(pollEvery, pollShare*time.Since(start)))
		}
	}
}

func (w *watcher) announced(ctx context.Context, event fsnotify.Event) error {
	if !event.Has(fsnotify.Create) && !event.Has(fsnotify.Write) {
		return nil
	}
	info, err := os.Stat(event.Name)
	if err != nil {
		return nil // gone again
	}
	if !info.IsDir() {
		w.touch(event.Name)
		return nil
	}
	// Files may have come into a new folder before it was watched.
	return w.addFolders(ctx, event.Name, true)
}

// addFolders watches a folder and all below it and, with files, looks at their
// files too.
func (w *watcher) addFolders(ctx context.Context, root string, files bool) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return nil // it is gone, or the scan reports it
		case d.IsDir():
			return w.add(path)
		case files:
			return w.compare(ctx, path)
		}
		return nil
	})
}

func (w *watcher) add(folder string) error {
	err := w.notify.Add(folder)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EMFILE):
		return errors.New("the system watches no more folders: raise fs.inotify.max_user_watches, or watch a smaller folder")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return nil
	}
	return err
}

// compare has a file read that is not recorded as it is now.
func (w *watcher) compare(ctx context.Context, path string) error {
	recorded, status, err := w.run.Journal.File(ctx, w.run.below(path))
	if err != nil {
		return err
	}
	if status == "" || !recorded.Equal(stateOf(path)) {
		w.touch(path)
	}
	return nil
}

// touch begins or restarts the wait for a file to settle.
func (w *watcher) touch(path string) {
	if w.run.Own == nil || !w.run.Own(path) {
		w.settling[path] = settling{stateOf(path), time.Now()}
	}
}

// settle moves files that have stopped growing to the queue.
func (w *watcher) settle() {
	now := time.Now()
	for path, s := range w.settling {
		state := stateOf(path)
		switch {
		case state == (store.FileState{}):
			delete(w.settling, path) // gone
		case !state.Equal(s.state):
			w.settling[path] = settling{state, now}
		case now.Sub(s.since) >= w.run.Settle:
			delete(w.settling, path)
			w.queue = append(w.queue, settled{path, s.since})
		}
	}
}
