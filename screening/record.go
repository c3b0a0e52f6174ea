package screening

import (
	"context"
	"errors"
	"time"

	"pneumolight/store"
)

const (
	// recordFiles and recordEvery bound what a crash makes the next run do
	// again, and spread the cost of a transaction over many films.
	recordFiles = 256
	recordEvery = 500 * time.Millisecond
	// busyPatience is how long another program may hold the database.
	busyPatience = time.Minute
	// A checkpoint is made every so often, and takes at most a twentieth of
	// the time.
	checkpointEvery    = 30 * time.Second
	checkpointWatching = 2 * time.Second
	checkpointShare    = 20
)

// record keeps results until the workers have ended. On an error it stops the
// job by fail, and takes no more.
func (r *run) record(ctx context.Context, fail context.CancelCauseFunc) error {
	var waiting []store.ScreenedFile
	checkpoints := r.newCheckpoints()
	tick := time.NewTicker(recordEvery)
	defer tick.Stop()
	for {
		open, due := true, false
		var file store.ScreenedFile
		select {
		case file, open = <-r.results:
			if open {
				waiting = append(waiting, file)
			}
		case <-tick.C:
			due = true
		}
		if len(waiting) >= recordFiles || len(waiting) > 0 && (due || !open) {
			if err := r.write(ctx, waiting); err != nil {
				fail(err)
				for range r.results { // let the workers end
				}
				return err
			}
			waiting = waiting[:0]
			checkpoints.dirty = true
		}
		if !open {
			return nil
		}
		checkpoints.make(ctx)
	}
}

// write records results, with patience for other users of the database.
func (r *run) write(ctx context.Context, files []store.ScreenedFile) error {
	start := time.Now()
	err := patiently(func() error { return r.Journal.Record(ctx, files) })
	r.tally.spend(stageRecord, start)
	if err != nil {
		return err
	}
	r.flights.end(files)
	r.tally.recorded(files)
	return nil
}

// patiently tries again what another user of the database is in the way of.
func patiently(try func() error) error {
	start := time.Now()
	err := try()
	for errors.Is(err, store.ErrBusy) && time.Since(start) < busyPatience {
		err = try()
	}
	return err
}

// checkpoints calls a job's Checkpoint when it is due.
type checkpoints struct {
	call  func(context.Context) error
	every time.Duration
	next  time.Time
	dirty bool
}

func (r *run) newCheckpoints() *checkpoints {
	c := &checkpoints{call: r.Checkpoint, every: checkpointEvery}
	if r.Watch {
		c.every = checkpointWatching
	}
	c.next = time.Now().Add(c.every)
	return c
}

func (c *checkpoints) make(ctx context.Context) {
	if c.call == nil || !c.dirty || time.Now().Before(c.next) {
		return
	}
	start := time.Now()
	c.dirty = c.call(ctx) != nil
	c.next = time.Now().Add(max(c.every, checkpointShare*time.Since(start)))
}
