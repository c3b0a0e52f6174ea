package lightbox

import (
	"pneumolight/inference"
	"pneumolight/store"
)

// Reading without the model first: where the reader asks for it, what the
// model says of a film stays hidden until the reader has said what it looks
// like, so that the model cannot lead the eye.

// SetBlind has the model wait for the reader's first impression, or not.
func (l *Lightbox) SetBlind(blind bool) {
	if blind == l.blind {
		return
	}
	l.blind = blind
	l.changed(ChangedAnalysis | ChangedReview | ChangedLook)
}

// Blind reports whether the model waits for the reader's first impression.
func (l *Lightbox) Blind() bool { return l.blind }

// Hidden reports whether what the model says of this film is hidden. A film
// that was refused is not: there is nothing in it that could lead the eye.
func (l *Lightbox) Hidden() bool {
	return l.blind && l.review.Impression == "" &&
		(l.outcome.State == AnalysisRunning || l.outcome.State == AnalysisDone)
}

// SetImpression notes the reader's first impression and shows what the model
// says. It cannot be changed once the model has been seen.
func (l *Lightbox) SetImpression(call inference.Call) {
	if !l.Hidden() {
		return
	}
	l.review.Impression = call
	l.noteCall()
	l.services.Log.Record(store.ImpressionGiven(l.film.SHA256, l.film.Frame, string(call)))
	l.changed(ChangedAnalysis | ChangedReview | ChangedLook)
}
