package store

import (
	"context"
	"database/sql"
	"fmt"
	"os/user"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// recorder holds the events that wait to be written, so that nobody who
// records one waits for the disk.
type recorder struct {
	mu      sync.Mutex
	waiting []Event
	failed  func(error)

	// writing is held by whoever writes, so that what waits is written
	// before what is done later.
	writing sync.Mutex

	wake  chan struct{}
	stop  chan struct{}
	ended sync.WaitGroup
}

// retryEvery is how often events are tried again that could not be written.
const retryEvery = 2 * time.Second

// Record has an event written to the audit, after those before it and before
// any later review. It returns at once; Close waits until it is written.
func (l *Log) Record(e Event) {
	l.recorder.mu.Lock()
	l.recorder.waiting = append(l.recorder.waiting, e)
	l.recorder.mu.Unlock()
	select {
	case l.recorder.wake <- struct{}{}:
	default: // it has been told
	}
}

// OnRecordFailure has report called where events could not be written, once
// until they are. They are tried again. It is called on a goroutine of the log.
func (l *Log) OnRecordFailure(report func(error)) {
	l.recorder.mu.Lock()
	defer l.recorder.mu.Unlock()
	l.recorder.failed = report
}

// Append writes events to the audit before it returns.
func (l *Log) Append(ctx context.Context, events ...Event) error {
	err := l.change(ctx, func(*sql.Tx) ([]Event, error) { return events, nil })
	return l.failed("writing the audit", err)
}

// startRecording runs until stopRecording.
func (l *Log) startRecording() {
	r := &l.recorder
	r.wake, r.stop = make(chan struct{}, 1), make(chan struct{})
	r.ended.Go(func() {
		told := false
		for {
			var again <-chan time.Time
			if told {
				again = time.After(retryEvery)
			}
			select {
			case <-r.stop:
				return
			case <-r.wake:
			case <-again:
			}
			err := l.failed("writing the audit", l.flush())
			if err != nil && !told {
				r.mu.Lock()
				report := r.failed
				r.mu.Unlock()
				if report != nil {
					report(err)
				}
			}
			told = err != nil
		}
	})
}

// stopRecording writes what waits.
func (l *Log) stopRecording() error {
	close(l.recorder.stop)
	l.recorder.ended.Wait()
	if err := l.flush(); err != nil {
		return l.failed(fmt.Sprintf("writing %d last deeds to the audit", len(l.recorder.waiting)), err)
	}
	return nil
}

// flush writes the events that wait.
func (l *Log) flush() error {
	l.recorder.mu.Lock()
	n := len(l.recorder.waiting)
	l.recorder.mu.Unlock()
	if n == 0 {
		return nil
	}
	return l.change(context.Background(), func(*sql.Tx) ([]Event, error) { return nil, nil })
}

// change does work in one transaction, after the events that wait, and appends
// the events that it returns to the audit.
func (l *Log) change(ctx context.Context, work func(*sql.Tx) ([]Event, error)) (err error) {
	r := &l.recorder
	r.writing.Lock()
	defer r.writing.Unlock()
	r.mu.Lock()
	waiting := r.waiting
	r.waiting = nil
	r.mu.Unlock()
	defer func() {
		if err != nil {
			r.mu.Lock()
			r.waiting = append(waiting, r.waiting...)
			r.mu.Unlock()
		}
	}()

	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := chain(ctx, tx, l.actor, waiting); err != nil {
		return err
	}
	events, err := work(tx)
	if err != nil {
		return err
	}
	if err := chain(ctx, tx, l.actor, events); err != nil {
		return err
	}
	return tx.Commit()
}

// UserName is the operating system's name of the user.
func UserName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "uid " + strconv.Itoa(syscall.Getuid())
}
