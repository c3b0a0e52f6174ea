package main

import (
	"context"
	"errors"

	"pneumolight/deidentify"
	"pneumolight/dicomio"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// windowExporter exports films for the window.
type windowExporter struct {
	model *loadingModel
	// log is nil where it could not be opened.
	log *store.Log
}

func (w windowExporter) Export(ctx context.Context, order lightbox.ExportOrder) (deidentify.Summary, error) {
	x, err := newExporter(exportOptions{
		out: order.Into, shift: order.ShiftDates, burnedIn: order.BurnedIn, reports: order.Reports, cases: order.Cases,
	})
	if err != nil {
		return deidentify.Summary{}, err
	}
	x.progress, x.reviews = order.Progress, w.review
	if order.Reports {
		if x.model, err = w.model.wait(ctx); err != nil {
			return x.summary, err
		}
	}
	films := []string{order.Source}
	if order.Whole {
		if films, err = x.find(ctx, order.Source); err != nil {
			return x.summary, err
		}
	}
	err = x.all(ctx, films)
	if err != nil && !errors.Is(err, context.Canceled) {
		err = writeCause(err)
	}
	return x.summary, err
}

// review is a film's latest review; nil where there is none.
func (w windowExporter) review(ctx context.Context, film *dicomio.Film) (*store.Case, error) {
	if w.log == nil {
		return nil, nil
	}
	c, found, err := w.log.Latest(ctx, film.SHA256, film.Frame)
	if err != nil || !found {
		return nil, err
	}
	return &c, nil
}
