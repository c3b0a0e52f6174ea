package lightbox

// begun reports whether a review holds anything that is not saved.
func (r Review) begun() bool {
	return !r.Saved && (r.Verdict != "" || r.Note != "")
}

// keepDraft keeps a review that was begun and not saved until its film is on
// the box again, so that going to another film loses nothing.
func (l *Lightbox) keepDraft() {
	if l.film == nil {
		return
	}
	if !l.review.begun() {
		delete(l.drafts, l.filmPath)
		return
	}
	if l.drafts == nil {
		l.drafts = map[string]Review{}
	}
	draft := l.review
	draft.Earlier = nil // it is looked up anew
	l.drafts[l.filmPath] = draft
	l.progress(l.place, l.filmPath, InProgress)
}

// Unsaved is how many reviews are begun and not saved.
func (l *Lightbox) Unsaved() int {
	n := len(l.drafts)
	if _, kept := l.drafts[l.filmPath]; kept {
		n--
	}
	if l.film != nil && l.review.begun() {
		n++
	}
	return n
}
