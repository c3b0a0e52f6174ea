package lightbox

import (
	"strings"

	"pneumolight/dicomio"
)

// Progress is how far a film has come through the reader's hands.
type Progress int

// The stages.
const (
	Unread Progress = iota
	// Seen: it was on the box in this session.
	Seen
	// InProgress: a review of it was begun and is not saved.
	InProgress
	// Reviewed: the log has a review of it.
	Reviewed
)

// Listed is one film of the worklist: as little as a row needs, since a
// folder may hold a hundred thousand.
type Listed struct {
	Path string
	// Patient, PatientID, Date (YYYYMMDD) and View are empty where the file
	// does not say.
	Patient, PatientID, Date, View string
	Progress                       Progress
	// Failed is set where the file could not be read.
	Failed bool
}

func listed(e dicomio.Entry) Listed {
	h := e.Header
	view := strings.Join(strings.Fields(h.Modality+" "+h.ViewPosition), " ")
	return Listed{
		Path: e.Path, Patient: h.PatientName, PatientID: h.PatientID, Date: h.StudyDate, View: view,
		Failed: e.Err != nil,
	}
}

// samePatient reports whether two films are of one patient, as far as the
// files say; films that say nothing are each on their own.
func samePatient(a, b Listed) bool {
	return (a.PatientID != "" || a.Patient != "") && a.PatientID == b.PatientID && a.Patient == b.Patient
}

// StepPatient shows the first film of the next patient, or of the one before.
func (l *Lightbox) StepPatient(by int) {
	k := l.place
	for k >= 0 && k < len(l.list) && (k == l.place || samePatient(l.list[k], l.list[l.place])) {
		k += by
	}
	if k < 0 || k >= len(l.list) {
		return
	}
	for by < 0 && k > 0 && samePatient(l.list[k-1], l.list[k]) {
		k--
	}
	l.Show(k)
}

// StepUnread shows the nearest film after this one, or before it, that was not
// on the box yet and is not known to be reviewed.
func (l *Lightbox) StepUnread(by int) {
	for k := l.place + by; k >= 0 && k < len(l.list); k += by {
		if l.list[k].Progress == Unread {
			l.Show(k)
			return
		}
	}
	l.say(NoticeQuiet, l.text("There is no unread film in this direction."))
}

// progress notes that the film at a path has come so far, at least.
func (l *Lightbox) progress(place int, path string, p Progress) {
	if place < 0 || place >= len(l.list) || l.list[place].Path != path || l.list[place].Progress >= p {
		return
	}
	l.list[place].Progress = p
	l.changed(ChangedRows)
}
