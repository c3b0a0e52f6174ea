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

// CaseLog keeps the reviewed cases.
type CaseLog interface {
	// Latest is the newest review of a film, if it has any.
	Latest(ctx context.Context, sha256 string, frame int) (store.Case, bool, error)
	Save(ctx context.Context, c store.Case) error
	// Cases gives each reviewed film to visit, oldest first, in its latest
	// review; with history, every review.
	Cases(ctx context.Context, history bool, visit func(store.Case) error) error
}

// Services is what the lightbox is handed.
type Services struct {
	Films    FilmReader
	Analyser Analyser
	// Log is nil where it could not be opened; LogError then says why.
	Log      CaseLog
	LogError error
	// Screener is nil where there is no log to keep a screening in.
	Screener Screener
	Reports  ReportWriter
	Exporter Exporter
}

// LogError is why there is no log; nil where there is one.
func (l *Lightbox) LogError() error { return l.services.LogError }
