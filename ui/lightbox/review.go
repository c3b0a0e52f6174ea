package lightbox

import (
	"context"
	"path/filepath"
	"time"

	"pneumolight/inference"
	"pneumolight/store"
)

// Review is what the reader makes of the film on the box.
type Review struct {
	// Verdict is empty until the reader chooses one.
	Verdict store.Verdict
	// Finding and Side are empty where the reader names none.
	Finding store.Finding
	Side    store.Side
	Note    string
	// Impression is what the reader took the film for before the model's
	// call was shown; empty where the model did not wait for it.
	Impression inference.Call
	// History is the film's reviews in the log, the oldest first; Earlier
	// is the newest of them, if there is one.
	History []store.Case
	Earlier *store.Case
	// Saved is set where what is chosen is what was last saved.
	Saved bool
}

// kept is the review as the log keeps it.
func (r Review) kept(at time.Time) store.Review {
	return store.Review{
		Verdict: r.Verdict, Finding: r.Finding, Side: r.Side, Impression: string(r.Impression), Note: r.Note, ReviewedAt: at,
	}
}

// Review is what the reader makes of the film on the box.
func (l *Lightbox) Review() Review { return l.review }

// CanReview reports whether there is anything to agree or disagree with.
func (l *Lightbox) CanReview() bool {
	return l.outcome.State == AnalysisDone && l.logErr == nil && !l.Hidden()
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

// SetFinding names what the reader found; empty names nothing.
func (l *Lightbox) SetFinding(f store.Finding) {
	if !l.CanReview() || f == l.review.Finding {
		return
	}
	l.review.Finding, l.review.Saved = f, false
	if !f.HasSide() {
		l.review.Side = ""
	}
	l.changed(ChangedReview)
}

// ToggleFinding names a finding, or takes it back where it is named.
func (l *Lightbox) ToggleFinding(f store.Finding) {
	if l.review.Finding == f {
		f = ""
	}
	l.SetFinding(f)
}

// ToggleSide names the side of the finding, or takes it back.
func (l *Lightbox) ToggleSide(s store.Side) {
	if !l.CanReview() || !l.review.Finding.HasSide() {
		return
	}
	if l.review.Side == s {
		s = ""
	}
	l.review.Side, l.review.Saved = s, false
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
	saving := l.review.kept(l.now())
	c, err := l.outcome.Analysis.Case(saving)
	if err != nil {
		l.complain(err)
		return
	}
	if c.Path, err = filepath.Abs(l.filmPath); err != nil {
		c.Path = "" // the folder that the program was started in is gone
	}
	place, path, draft := l.place, l.filmPath, l.draftKey()
	l.start(TaskSave, l.text("Saving the review…"), func(ctx context.Context) func() {
		// A review that the reader asked to keep is written even where
		// the next film is opened meanwhile.
		err := l.services.Log.Save(context.WithoutCancel(ctx), c)
		return func() {
			if err == nil {
				l.kept(saving, draft, place, path)
			}
			switch {
			case err != nil:
				l.say(NoticeError, l.text("The review was not saved:")+" "+l.fault(err))
			case l.film != nil && l.film.SHA256 == c.Film.SHA256 && l.film.Frame == c.Film.Frame:
				l.review.Saved = l.review.kept(saving.ReviewedAt) == saving
				l.say(NoticeQuiet, l.text("Review saved."))
				l.lookup() // as it is in the log now
			}
			l.changed(ChangedReview)
		}
	})
	l.changed(ChangedReview)
}

// kept notes that a review is in the log. What the reader changed of it while it
// was being saved is not, and stays begun.
func (l *Lightbox) kept(saved store.Review, draft draftOf, place int, path string) {
	if left, begun := l.drafts[draft]; begun && left.kept(saved.ReviewedAt) != saved && !l.onBox(draft) {
		l.triageReviewed(path)
		return
	}
	l.progress(place, path, Reviewed)
	delete(l.drafts, draft)
}

// lookup fetches the film's reviews.
func (l *Lightbox) lookup() {
	if l.logErr != nil {
		return
	}
	place, path := l.place, l.filmPath
	sha256, frame, blind := l.film.SHA256, l.film.Frame, l.blind
	l.start(TaskLookup, "", func(ctx context.Context) func() {
		reviews, err := l.services.Log.Reviews(ctx, sha256, frame)
		var impression string
		var known bool
		if err == nil && blind {
			impression, known, err = l.services.Log.FirstImpression(ctx, sha256, frame)
		}
		return func() {
			if known {
				l.see(inference.Call(impression))
				l.noteCall()
				l.changed(ChangedAnalysis | ChangedReview | ChangedLook)
			}
			switch {
			case err != nil && l.logErr == nil:
				l.complain(err)
			case len(reviews) > 0:
				l.review.History, l.review.Earlier = reviews, &reviews[len(reviews)-1]
				l.progress(place, path, Reviewed)
				l.changed(ChangedReview)
			}
		}
	})
}
