package screening_test

import (
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"pneumolight/screening"
)

func TestOnlyAPacedJobsWorkersGiveWay(t *testing.T) {
	// getpriority(2) returns 20 less the niceness.
	ours, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, pace := range []*screening.Pace{nil, screening.NewPace()} {
		dir := folder(t, 4)
		log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
		model := newCounting()
		var workers atomic.Int64
		model.before = func(int) error {
			priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0)
			workers.Store(int64(priority))
			return err
		}
		if _, err := (screening.Job{
			Folder: dir, Model: model, Journal: begin(t, log, dir, model, false), Workers: 1, Pace: pace,
		}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if gaveWay := int(workers.Load()) < ours; gaveWay != (pace != nil) && ours > 1 {
			t.Errorf("paced %v: the worker's priority is %d, the test's %d", pace != nil, workers.Load(), ours)
		}
	}
	if after, err := syscall.Getpriority(syscall.PRIO_PROCESS, 0); err != nil || after != ours {
		t.Errorf("the test's own priority is %d, was %d, error %v", after, ours, err)
	}
}
