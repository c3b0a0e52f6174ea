package lightbox

import (
	"path/filepath"
	"slices"
	"strings"
)

// Filter says which films of the list are wanted.
type Filter struct {
	// Text has words that a film's patient, ID, date, view or file name
	// must have, each of them, in any case.
	Text string
	// UnreadOnly leaves out what was on the box or is reviewed.
	UnreadOnly bool
}

func (f Filter) all() bool { return strings.TrimSpace(f.Text) == "" && !f.UnreadOnly }

func (f Filter) wants(film Listed) bool {
	if f.UnreadOnly && film.Progress != Unread {
		return false
	}
	about := strings.ToLower(strings.Join([]string{film.Patient, film.PatientID, film.Date, film.View, filepath.Base(film.Path)}, " "))
	for word := range strings.FieldsSeq(strings.ToLower(f.Text)) {
		if !strings.Contains(about, word) {
			return false
		}
	}
	return true
}

// Filter is which films of the list are wanted.
func (l *Lightbox) Filter() Filter { return l.filter }

// SetFilter chooses which films of the list are wanted. The film on the box
// stays there, wanted or not.
func (l *Lightbox) SetFilter(f Filter) {
	if f == l.filter {
		return
	}
	l.filter, l.rows = f, nil
	if !f.all() {
		l.rows = []int{}
		l.sift(0)
	}
	l.changed(ChangedList | ChangedPlace)
}

// sift adds the wanted films from a place on to the rows.
func (l *Lightbox) sift(from int) {
	for k := from; k < len(l.list); k++ {
		if l.filter.wants(l.list[k]) {
			l.rows = append(l.rows, k)
		}
	}
}

// Rows is how many films are wanted; Row is the place of one of them in the
// list.
func (l *Lightbox) Rows() int {
	if l.rows == nil {
		return len(l.list)
	}
	return len(l.rows)
}

// Row is the place in the list of a wanted film; -1 where there is none.
func (l *Lightbox) Row(row int) int {
	switch {
	case row < 0 || row >= l.Rows():
		return -1
	case l.rows == nil:
		return row
	}
	return l.rows[row]
}

// RowOf is the row of a place in the list; wanted is false where it has none,
// and row is then the one that it would stand before.
func (l *Lightbox) RowOf(place int) (row int, wanted bool) {
	if l.rows == nil {
		return place, place >= 0
	}
	return slices.BinarySearch(l.rows, place)
}
