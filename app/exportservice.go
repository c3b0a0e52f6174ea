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
	log   *openingLog
}

func (w windowExporter) Export(ctx context.Context, order lightbox.ExportOrder) (deidentify.Summary, error) {
	x, err := newExporter(exportOptions{
		out: order.Into, shift: order.ShiftDates, burnedIn: order.BurnedIn, reports: order.Reports, cases: order.Cases,
	})
	if err != nil {
		return deidentify.Summary{}, err
	}
	x.progress, x.reviews, x.record = order.Progress, w.review, w.log.Record
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
	if _, err := w.log.wait(ctx); err != nil && ctx.Err() == nil {
		return nil, nil // the window has said that there is no log
	}
	return w.log.review(ctx, film)
}
