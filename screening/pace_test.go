package screening_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pneumolight/screening"
)

func TestAPausedJobTakesOnNothingAndGoesOnWhereItWas(t *testing.T) {
	dir := folder(t, 40)
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	model := newCounting()
	pace := screening.NewPace()
	reached := make(chan struct{})
	var once sync.Once
	model.before = func(films int) error {
		if films >= 10 {
			once.Do(func() {
				pace.Allow(0)
				close(reached)
			})
		}
		return nil
	}
	var last screening.Progress
	ended := make(chan error, 1)
	go func() {
		done, err := screening.Job{
			Folder: dir, Model: model, Journal: begin(t, log, dir, model, false), Workers: 1, Pace: pace,
		}.Run(t.Context())
		last = done
		ended <- err
	}()
	<-reached
	time.Sleep(200 * time.Millisecond) // whoever did not pause would be through by now
	model.mu.Lock()
	paused := model.films
	model.mu.Unlock()
	if paused >= 20 {
		t.Errorf("paused after 10 films, it judged %d", paused)
	}
	pace.Allow(-1)
	if err := <-ended; err != nil || last.OK != 40 {
		t.Errorf("in the end %d of 40 films are judged, error %v", last.OK, err)
	}
}

func TestAPausedJobCanBeStopped(t *testing.T) {
	dir := folder(t, 5)
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	model := newCounting()
	pace := screening.NewPace()
	pace.Allow(0)
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, stop)
	done, err := screening.Job{
		Folder: dir, Model: model, Journal: begin(t, log, dir, model, false), Workers: 2, Pace: pace,
	}.Run(ctx)
	if !errors.Is(err, context.Canceled) || done.Done != 0 {
		t.Errorf("%d films, error %v", done.Done, err)
	}
}
