package lightbox

// Begun reports whether a review holds anything that is not saved.
func (r Review) Begun() bool {
	return !r.Saved && (r.Verdict != "" || r.Finding != "" || r.Note != "")
}

// draftOf says which frame of which film a draft is of.
type draftOf struct {
	path  string
	frame int
}

func (l *Lightbox) draftKey() draftOf { return draftOf{l.filmPath, l.film.Frame} }

// onBox reports whether a draft's film is on the box, and the draft thus with
// it.
func (l *Lightbox) onBox(draft draftOf) bool { return l.film != nil && l.draftKey() == draft }

// keepDraft keeps a review that was begun and not saved until its film is on
// the box again, so that going to another film loses nothing.
func (l *Lightbox) keepDraft() {
	if l.film == nil {
		return
	}
	if !l.review.Begun() {
		delete(l.drafts, l.draftKey())
		return
	}
	if l.drafts == nil {
		l.drafts = map[draftOf]Review{}
	}
	draft := l.review
	draft.History, draft.Earlier = nil, nil // they are looked up anew
	l.drafts[l.draftKey()] = draft
	l.progress(l.place, l.filmPath, InProgress)
}

// Unsaved is how many reviews are begun and not saved.
func (l *Lightbox) Unsaved() int {
	n := len(l.drafts)
	if l.film == nil {
		return n
	}
	if _, kept := l.drafts[l.draftKey()]; kept {
		n--
	}
	if l.review.Begun() {
		n++
	}
	return n
}
