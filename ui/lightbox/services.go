package lightbox

import (
	"context"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
)

// FilmReader opens films. Its errors are sentences for the reader.
type FilmReader interface {
	// Read decodes a frame, from 1, of the film at path.
	Read(ctx context.Context, path string, frame int) (*dicomio.Film, error)
	// Scan visits what can be opened under a file, folder or archive, in
	// the order in which it is found.
	Scan(ctx context.Context, path string, visit func(dicomio.Entry) error) error
	// Count counts the files under a file or folder, not looking into them.
	Count(ctx context.Context, path string) (int, error)
}

// Analyser runs the model.
type Analyser interface {
	// Model waits until the model is loaded and describes it. The error
	// says why there is none; the films can be read without it.
	Model(ctx context.Context) (inference.Info, error)
	// Analyse is reading.Analyse with the loaded model; it waits for it.
	Analyse(ctx context.Context, film *dicomio.Film, anyway bool) (reading.Analysis, error)
}

// CaseLog keeps the reviewed cases and what was done. It may still be opening:
// what needs it waits.
type CaseLog interface {
	// Opened waits until the log is open. The error says why there is none;
	// aside is where a damaged one was moved to, empty as a rule.
	Opened(ctx context.Context) (aside string, err error)
	// Reviews are a film's, the oldest first.
	Reviews(ctx context.Context, sha256 string, frame int) ([]store.Case, error)
	// FirstImpression is what the user of this process took a film for
	// before its call was shown; empty where it did not wait for that.
	// Known is false where the log has no word of the film by this user.
	FirstImpression(ctx context.Context, sha256 string, frame int) (impression string, known bool, err error)
	// Save keeps a review, by the user of this process.
	Save(ctx context.Context, c store.Case) error
	// Record keeps what was done, without making anybody wait for it;
	// OnRecordFailure has report called, from any goroutine, where that
	// could not be.
	Record(e store.Event)
	OnRecordFailure(report func(error))
	// Backup copies the log to a new file; an error where there is one.
	Backup(ctx context.Context, path string, overwrite bool) (store.Head, error)
	// Cases gives each reviewed film to visit, oldest first, in its latest
	// review; with history, every review.
	Cases(ctx context.Context, history bool, visit func(store.Case) error) error
}

// Services is what the lightbox is handed.
type Services struct {
	Films    FilmReader
	Analyser Analyser
	Log      CaseLog
	Screener Screener
	Reports  ReportWriter
	Exporter Exporter
}

// LogError is why there is no log; nil where there is one, or where it is
// still opening.
func (l *Lightbox) LogError() error { return l.logErr }

// openLog waits for the log and tells what is wrong with it.
func (l *Lightbox) openLog() {
	log := l.services.Log
	l.start(TaskLog, "", func(ctx context.Context) func() {
		aside, err := log.Opened(ctx)
		if ctx.Err() != nil {
			return nil
		}
		return func() {
			switch {
			case err != nil:
				l.logErr = err
				l.warn(l.fault(err))
				l.changed(ChangedReview)
				return
			case aside != "":
				l.warn(l.text("The log was damaged, so a new one was begun: bring your last backup back with 'pneumolight restore', and keep the damaged log, which is now") + " " + aside)
			}
			log.OnRecordFailure(func(err error) {
				l.post(func() { l.warn(l.fault(err)) })
			})
		}
	})
}
