package main

import (
	"context"
	"errors"

	"pneumolight/screening"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// screener screens folders for the window and keeps what came of them in the
// log.
type screener struct {
	settings settings
	log      *openingLog
}

func (screener) Root(path string) (string, error) {
	root, err := screening.Root(path)
	if err != nil {
		return "", &screening.Error{Folder: path, Err: cause(err)}
	}
	return root, nil
}

func (s screener) Screen(ctx context.Context, order lightbox.ScreenOrder) (_ screening.Progress, err error) {
	root, err := s.Root(order.Folder)
	if err != nil {
		return screening.Progress{}, err
	}
	// The window's own model works on one film with all threads; here each
	// worker has a film of its own.
	model, err := openModelThreads(s.settings, 1)
	if err != nil {
		return screening.Progress{}, err
	}
	defer model.Close()
	log, err := s.log.wait(ctx)
	if err != nil {
		return screening.Progress{}, err
	}
	journal, err := log.BeginScreening(ctx, screeningRun(root, model.Info()), order.Resume)
	if err != nil {
		return screening.Progress{}, err
	}
	defer func() { err = errors.Join(err, journal.Release()) }()
	order.Begun(store.ScreeningSummary{ID: journal.ID(), ScreeningRun: journal.Run()})
	return screening.Job{
		Folder: order.Folder, Model: model, Journal: tellingJournal{journal, order.Recorded},
		Pace: order.Pace, Watch: order.Watch, Own: written(log.Path()), Progress: order.Progress,
	}.Run(ctx)
}

// tellingJournal tells what it has recorded.
type tellingJournal struct {
	*store.Screening
	recorded func([]store.ScreenedFile)
}

func (j tellingJournal) Record(ctx context.Context, files []store.ScreenedFile) error {
	if err := j.Screening.Record(ctx, files); err != nil {
		return err
	}
	j.recorded(files)
	return nil
}

func (s screener) Screenings(ctx context.Context) ([]store.ScreeningSummary, error) {
	log, err := s.log.wait(ctx)
	if err != nil {
		return nil, err
	}
	return log.Screenings(ctx)
}

func (s screener) Films(ctx context.Context, id int64, visit func(store.ScreenedFilm, []string, store.FileState) error) error {
	run, err := s.screening(ctx, id)
	if err != nil {
		return err
	}
	return run.Films(ctx, visit)
}

func (s screener) Reviewed(ctx context.Context, visit func(sha256 string)) error {
	log, err := s.log.wait(ctx)
	if err != nil {
		return err
	}
	return log.ReviewedFilms(ctx, visit)
}

func (s screener) screening(ctx context.Context, id int64) (*store.Screening, error) {
	log, err := s.log.wait(ctx)
	if err != nil {
		return nil, err
	}
	return log.Screening(ctx, id)
}
