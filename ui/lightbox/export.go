package lightbox

import (
	"context"
	"errors"
	"path/filepath"

	"pneumolight/deidentify"
	"pneumolight/dicomio"
)

// Exporter copies films without what identifies the patient.
type Exporter interface {
	// Export copies films as the order says. What it did until it ended is
	// in the summary, and beside the films.
	Export(ctx context.Context, order ExportOrder) (deidentify.Summary, error)
}

// ExportOrder says what is to be exported, and how.
type ExportOrder struct {
	// Source is a film, or with Whole a folder or an archive.
	Source string
	Whole  bool
	// Into is a folder that is new or empty.
	Into string
	// ShiftDates shifts dates where they would be removed.
	ShiftDates bool
	// BurnedIn takes films that say that text is burned into them.
	BurnedIn bool
	// Reports writes a report of each film, Cases the log's reviews.
	Reports, Cases bool
	// Progress is told after each film; it is called from one goroutine.
	Progress func(done, total int)
}

// ExportState is how far an export is.
type ExportState int

// The states of an export.
const (
	ExportNone ExportState = iota
	ExportAsked
	ExportRunning
	ExportEnded
)

// Export is an export as the reader follows it.
type Export struct {
	State ExportState
	Order ExportOrder
	// Film is what is exported without Order.Whole, Folder what with it.
	Film, Folder string
	Done, Total  int
	// Summary says what was done, once it is.
	Summary deidentify.Summary
	Stopped bool
	Err     error
}

// exporting is an export with what only the lightbox needs.
type exporting struct {
	Export
	cancel context.CancelFunc
}

// Export is the export that is asked for, under way, or done.
func (l *Lightbox) Export() Export { return l.exporting.Export }

// AskExport begins the export of the film on the box, or of its folder. One
// that is under way is shown again.
func (l *Lightbox) AskExport() {
	switch {
	case l.exporting.State == ExportRunning:
	case l.services.Exporter == nil || l.filmPath == "":
		l.say(NoticeQuiet, l.text("Open a film first."))
		return
	default:
		order := l.exporting.Order
		order.Source, order.Whole, order.Into = l.filmPath, false, ""
		l.exporting = exporting{Export: Export{State: ExportAsked, Order: order, Film: l.filmPath, Folder: l.Source()}}
	}
	l.changed(ChangedExport)
}

// Source is the folder or archive that the films were opened from.
func (l *Lightbox) Source() string {
	switch {
	case l.triage.leading:
		return l.triage.run.Folder
	case len(l.opened) == 1 && l.opened[0] != l.filmPath:
		return l.opened[0]
	}
	return filepath.Dir(dicomio.Holder(l.filmPath))
}

// SetExport changes what is to be exported, and how.
func (l *Lightbox) SetExport(order ExportOrder) {
	if l.exporting.State != ExportAsked {
		return
	}
	order.Source = l.exporting.Film
	if order.Whole {
		order.Source = l.exporting.Folder
	}
	l.exporting.Order = order
	l.changed(ChangedExport)
}

// StartExport does what was chosen.
func (l *Lightbox) StartExport() {
	if l.exporting.State != ExportAsked || l.exporting.Order.Into == "" {
		return
	}
	ctx, cancel := context.WithCancel(l.ctx)
	l.exporting.State, l.exporting.cancel = ExportRunning, cancel
	order := l.exporting.Order
	order.Progress = func(done, total int) {
		l.post(func() {
			l.exporting.Done, l.exporting.Total = done, total
			l.changed(ChangedExport)
		})
	}
	l.start(TaskExport, "", func(context.Context) func() {
		defer cancel()
		summary, err := l.services.Exporter.Export(ctx, order)
		stopped := errors.Is(err, context.Canceled)
		return func() {
			e := &l.exporting
			e.State, e.Summary, e.Stopped = ExportEnded, summary, stopped
			if !stopped {
				e.Err = err
			}
			l.changed(ChangedExport)
		}
	})
	l.changed(ChangedExport)
}

// StopExport ends the export; the films that were exported stay.
func (l *Lightbox) StopExport() {
	if l.exporting.State == ExportRunning {
		l.exporting.cancel()
	}
}

// CloseExport puts the export away; one that is under way goes on.
func (l *Lightbox) CloseExport() {
	if l.exporting.State != ExportRunning {
		l.exporting = exporting{Export: Export{Order: l.exporting.Order}}
	}
	l.changed(ChangedExport)
}
