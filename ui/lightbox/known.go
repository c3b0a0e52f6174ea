package lightbox

import (
	"context"

	"pneumolight/inference"
	"pneumolight/store"
)

// What the log knows of the films on the list without decoding them, by their
// instance UID. Pictures have none: the log is asked about them once they are
// read.

// learn has the log tell which films are reviewed, beside the search for them.
func (l *Lightbox) learn() {
	l.start(TaskKnown, "", func(ctx context.Context) func() {
		known := map[string]inference.Call{}
		err := l.services.Log.Cases(ctx, false, func(c store.Case) error {
			if c.Film.InstanceUID != "" {
				known[c.Film.InstanceUID] = inference.Call(c.Model.Call)
			}
			return ctx.Err()
		})
		if err != nil {
			return nil // it is told where the film's own review is looked up
		}
		return func() {
			l.known = known
			for place := range l.list {
				l.recognise(place)
			}
			l.changed(ChangedRows)
		}
	})
}

// recognise notes what the log says of a film.
func (l *Lightbox) recognise(place int) {
	film := &l.list[place]
	if call, known := l.known[film.InstanceUID]; known {
		film.Progress, film.Call = max(film.Progress, Reviewed), call
	}
}

// noteCall keeps that the reader has seen the model's call of the film on the
// box, once it is so, and the call for the list.
func (l *Lightbox) noteCall() {
	if l.outcome.State != AnalysisDone || l.Hidden() {
		return
	}
	if !l.seen(l.pictured()) {
		l.see("")
	}
	if l.place < 0 || l.list[l.place].Path != l.filmPath {
		return
	}
	l.list[l.place].Call = l.outcome.Analysis.Prediction.Call
}
