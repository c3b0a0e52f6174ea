package lightbox

import (
	"path/filepath"
	"slices"
	"strings"

	"pneumolight/inference"
)

// Filter says which films of the list are wanted: those that all of its parts
// want. The zero Filter wants all.
type Filter struct {
	// Text has words that a film's patient, ID, date, view, study or file
	// name must have, each of them, in any case.
	Text string `json:"text,omitempty"`
	// State is how far a film has come through the reader's hands.
	State ReadState `json:"state,omitempty"`
	// From and To are the first and last day of study, YYYYMMDD; films
	// without a date are wanted where both are empty.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// View has words that must be among a film's modality and view, such as
	// "dx pa".
	View string `json:"view,omitempty"`
	// Call is the model's, as far as it is known: of films that were on the
	// box or are reviewed.
	Call inference.Call `json:"call,omitempty"`
}

// ReadState is what a filter asks of a film's progress.
type ReadState string

// The states.
const (
	StateAny ReadState = ""
	// StateUnread: it was not on the box and is not known to be reviewed.
	StateUnread ReadState = "unread"
	// StateOpen: there is no review of it, as far as is known.
	StateOpen       ReadState = "open"
	StateInProgress ReadState = "in-progress"
	StateReviewed   ReadState = "reviewed"
)

// ReadStates lists the states in the order in which they are offered.
func ReadStates() []ReadState {
	return []ReadState{StateAny, StateUnread, StateOpen, StateInProgress, StateReviewed}
}

func (s ReadState) wants(p Progress) bool {
	switch s {
	case StateUnread:
		return p == Unread
	case StateOpen:
		return p != Reviewed
	case StateInProgress:
		return p == InProgress
	case StateReviewed:
		return p == Reviewed
	}
	return true
}

// All reports whether the filter wants every film.
func (f Filter) All() bool {
	f.Text, f.View = strings.TrimSpace(f.Text), strings.TrimSpace(f.View)
	return f == Filter{}
}

// sieve is a filter made ready for many films.
type sieve struct {
	Filter
	text, view []string // words in lower case
}

func (f Filter) sieve() sieve {
	return sieve{f, strings.Fields(strings.ToLower(f.Text)), strings.Fields(strings.ToLower(f.View))}
}

func (s sieve) wants(film Listed) bool {
	switch {
	case !s.State.wants(film.Progress),
		s.Call != "" && film.Call != s.Call,
		s.From != "" && film.Date < s.From,
		s.To != "" && (film.Date == "" || film.Date > s.To):
		return false
	}
	view := strings.ToLower(film.View)
	return words(s.view, view) && words(s.text, film.study.about, view, strings.ToLower(filepath.Base(film.Path)))
}

// words reports whether each word is in one of the texts.
func words(words []string, texts ...string) bool {
	for _, word := range words {
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, word) }) {
			return false
		}
	}
	return true
}

// Filter is which films of the list are wanted.
func (l *Lightbox) Filter() Filter { return l.filter }

// Wanted is how many films the filter leaves.
func (l *Lightbox) Wanted() int {
	if l.wanted == nil {
		return len(l.list)
	}
	n := 0
	for _, wanted := range l.wanted {
		if wanted {
			n++
		}
	}
	return n
}

// SetFilter chooses which films of the list are wanted. The film on the box
// stays there, wanted or not, and what becomes of a film from then on, such as
// that it is read, does not take it off the list.
func (l *Lightbox) SetFilter(f Filter) {
	if f == l.filter {
		return
	}
	l.filter = f
	l.resift()
}

// resift asks the filter about all films anew.
func (l *Lightbox) resift() {
	l.wanted = nil
	l.sift()
	l.shelf.arrange(l.wanted)
	l.changed(ChangedList | ChangedPlace)
}

// sift asks the filter about the films that it was not asked about yet.
func (l *Lightbox) sift() {
	if l.filter.All() {
		return
	}
	sieve := l.filter.sieve()
	for k := len(l.wanted); k < len(l.list); k++ {
		l.wanted = append(l.wanted, sieve.wants(l.list[k]))
	}
}
