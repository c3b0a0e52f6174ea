package lightbox

import (
	"context"
	"fmt"
	"strings"

	"pneumolight/inference"
	"pneumolight/store"
)

// Review is what the reader makes of the film on the box.
type Review struct {
	// Verdict is empty until the reader chooses one.
	Verdict store.Verdict
	Note    string
	// Impression is what the reader took the film for before the model's
	// call was shown; empty where the model did not wait for it.
	Impression inference.Call
	// Earlier is the film's newest review in the log, if it has one.
	Earlier *store.Case
	// Saved is set where what is chosen is what was last saved.
	Saved bool
}

// Review is what the reader makes of the film on the box.
func (l *Lightbox) Review() Review { return l.review }

// CanReview reports whether there is anything to agree or disagree with.
func (l *Lightbox) CanReview() bool {
	return l.outcome.State == AnalysisDone && l.services.Log != nil && !l.Hidden()
}

// CanSave reports whether there is a verdict that is not saved yet.
func (l *Lightbox) CanSave() bool {
	return l.CanReview() && l.review.Verdict != "" && !l.review.Saved && !l.Busy(TaskSave)
}

// SetVerdict chooses a verdict; choosing it again takes it back.
func (l *Lightbox) SetVerdict(v store.Verdict) {
	if !l.CanReview() {
		return
	}
	if l.review.Verdict == v && !l.review.Saved {
		v = ""
	}
	if l.review.Verdict != v {
		l.review.Saved = false
	}
	l.review.Verdict = v
	l.changed(ChangedReview)
}

// SetNote changes the note.
func (l *Lightbox) SetNote(note string) {
	if note == l.review.Note {
		return
	}
	l.review.Note, l.review.Saved = note, false
	l.changed(ChangedReview)
}

// Save writes the review to the log. What was reviewed stays on the screen
// until it is written, and is still there if it could not be.
func (l *Lightbox) Save() {
	if !l.CanSave() {
		return
	}
	c, err := l.outcome.Analysis.Case(l.review.Verdict, l.review.fullNote(), l.now())
	if err != nil {
		l.say(NoticeError, err.Error())
		return
	}
	place, path, draft := l.place, l.filmPath, l.draftKey()
	l.start(TaskSave, l.text("Saving the review…"), func(ctx context.Context) func() {
		// A review that the reader asked to keep is written even where
		// the next film is opened meanwhile.
		err := l.services.Log.Save(context.WithoutCancel(ctx), c)
		return func() {
			if err == nil {
				l.progress(place, path, Reviewed)
				delete(l.drafts, draft)
			}
			switch {
			case err != nil:
				l.say(NoticeError, fmt.Sprintf("%s %s", l.text("The review was not saved:"), err))
			case l.film != nil && l.film.SHA256 == c.Film.SHA256 && l.film.Frame == c.Film.Frame:
				l.review.Earlier = &c
				l.review.Saved = l.review.Verdict == c.Review.Verdict && l.review.fullNote() == c.Review.Note
				l.say(NoticeQuiet, l.text("Review saved."))
			}
			l.changed(ChangedReview)
		}
	})
	l.changed(ChangedReview)
}

// fullNote is the note with the first impression at its head, which the log
// has no field of its own for. It is English, whatever the window speaks.
func (r Review) fullNote() string {
	if r.Impression == "" {
		return r.Note
	}
	return strings.TrimSpace(fmt.Sprintf("[first impression: %s] %s", r.Impression, r.Note))
}

// lookup fetches the film's earlier review.
func (l *Lightbox) lookup() {
	if l.services.Log == nil {
		return
	}
	place, path := l.place, l.filmPath
	sha256, frame := l.film.SHA256, l.film.Frame
	l.start(TaskLookup, "", func(ctx context.Context) func() {
		c, found, err := l.services.Log.Latest(ctx, sha256, frame)
		return func() {
			switch {
			case err != nil:
				l.say(NoticeError, err.Error())
			case found:
				l.review.Earlier = &c
				l.progress(place, path, Reviewed)
				l.changed(ChangedReview)
			}
		}
	})
}
