package lightbox

import (
	"pneumolight/inference"
	"pneumolight/store"
)

// Reading without the model first: where the reader asks for it, what the
// model says of a film stays hidden until the reader has said what it looks
// like, so that the model cannot lead the eye.

// pictured is one frame of a film, wherever its file lies.
type pictured struct {
	sha256 string
	frame  int
}

func (l *Lightbox) pictured() pictured { return pictured{l.film.SHA256, l.film.Frame} }

// SetBlind has the model wait for the reader's first impression, or not.
func (l *Lightbox) SetBlind(blind bool) {
	if blind == l.blind {
		return
	}
	l.blind = blind
	l.noteCall()
	if blind && l.film != nil {
		l.lookup()
	}
	l.recogniseAll()
	if blind && len(l.list) > 0 {
		l.learn() // what this reader has seen
	}
	l.stop(TaskTriage) // it puts the films in the other order
	l.refreshTriage()
	l.changed(ChangedAnalysis | ChangedReview | ChangedLook | ChangedTriage)
}

// Blind reports whether the model waits for the reader's first impression.
func (l *Lightbox) Blind() bool { return l.blind }

// Hidden reports whether what the model says of this film is hidden. A film
// that was refused is not: there is nothing in it that could lead the eye.
func (l *Lightbox) Hidden() bool {
	return l.blind && (l.outcome.State == AnalysisRunning || l.outcome.State == AnalysisDone) && !l.seen(l.pictured())
}

// Withheld reports whether the film's reviews are kept from the reader: they tell
// of the model, which waits for the first impression, also where the model was
// not let finish or did not look.
func (l *Lightbox) Withheld() bool {
	return l.Hidden() || l.blind && l.film != nil && l.review.Earlier != nil && !l.seen(l.pictured())
}

// seen reports whether there is no first impression to be given of a film any
// more: it was given, or the model's call was seen without one.
func (l *Lightbox) seen(film pictured) bool {
	_, seen := l.impressions[film]
	return seen
}

// see keeps what the reader took the film on the box for when the model's call
// of it was first seen; empty where nobody asked.
func (l *Lightbox) see(impression inference.Call) {
	if l.impressions == nil {
		l.impressions = map[pictured]inference.Call{}
	}
	l.impressions[l.pictured()], l.review.Impression = impression, impression
	l.changed(ChangedTriage)
}

// SetImpression notes the reader's first impression and shows what the model
// says. It cannot be changed once the model has been seen.
func (l *Lightbox) SetImpression(call inference.Call) {
	if !l.Hidden() {
		return
	}
	l.see(call)
	l.noteCall()
	l.services.Log.Record(store.ImpressionGiven(l.film.SHA256, l.film.Frame, string(call)))
	l.changed(ChangedAnalysis | ChangedReview | ChangedLook)
}
