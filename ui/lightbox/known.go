package lightbox

import (
	"context"

	"pneumolight/inference"
	"pneumolight/store"
)

// What the log knows of the films on the list without decoding them, by their
// instance UID. Pictures have none: the log is asked about them once they are
// read.

// knownFilm is a film that is reviewed.
type knownFilm struct {
	film pictured
	call inference.Call
	// seen is whether this reader has seen the call, as far as the log tells;
	// it is asked only where the model waits for first impressions.
	seen bool
}

// learn has the log tell which films are reviewed, beside the search for them.
func (l *Lightbox) learn() {
	log, blind := l.services.Log, l.blind
	l.start(TaskKnown, "", func(ctx context.Context) func() {
		known := map[string]knownFilm{}
		err := log.Cases(ctx, false, func(c store.Case) error {
			if c.Film.InstanceUID != "" {
				known[c.Film.InstanceUID] = knownFilm{film: pictured{c.Film.SHA256, c.Film.Frame}, call: inference.Call(c.Model.Call)}
			}
			return ctx.Err()
		})
		for uid, k := range known {
			if err != nil || !blind {
				break
			}
			_, k.seen, err = log.FirstImpression(ctx, k.film.sha256, k.film.frame)
			known[uid] = k
		}
		if err != nil {
			return nil // it is told where the film's own review is looked up
		}
		return func() {
			l.known = known
			l.recogniseAll()
		}
	})
}

func (l *Lightbox) recogniseAll() {
	for place := range l.list {
		l.recognise(place)
	}
	if l.filter.Call != "" {
		l.resift() // it has chosen by what was known before
	}
	l.changed(ChangedRows)
}

// recognise notes what the log says of a film, without a call that the reader
// must not see yet.
func (l *Lightbox) recognise(place int) {
	film := &l.list[place]
	k, known := l.known[film.InstanceUID]
	if !known {
		return
	}
	film.Progress = max(film.Progress, Reviewed)
	switch {
	case l.blind && !k.seen && !l.seen(k.film):
		film.Call = ""
	case film.Call == "":
		film.Call = k.call
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
