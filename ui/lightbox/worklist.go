package lightbox

import (
	"slices"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/inference"
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
	// Patient, PatientID, Date and Time (the study's, YYYYMMDD and HHMMSS),
	// Study (its description), StudyUID, InstanceUID and View are empty
	// where the file does not say.
	Patient, PatientID, Date, Time, Study, StudyUID, InstanceUID, View string
	Series, Instance                                                   int
	// Taken is when the film was taken, as in its header.
	Taken      string
	Projection dicomio.Projection
	Progress   Progress
	// Call is the model's, where it is known and the reader may see it.
	Call inference.Call
	// Failed is set where the file could not be read.
	Failed bool

	study *Study
}

func listed(e dicomio.Entry) Listed {
	h := e.Header
	view := strings.Join(strings.Fields(h.Modality+" "+h.ViewPosition), " ")
	return Listed{
		Path: e.Path, Patient: h.PatientName, PatientID: h.PatientID, Date: h.StudyDate, Time: h.StudyTime, Study: h.StudyDescription,
		Taken: h.Taken, Projection: h.Projection(),
		StudyUID: h.StudyUID, InstanceUID: h.InstanceUID, View: view, Series: h.SeriesNumber, Instance: h.InstanceNumber,
		Failed: e.Err != nil,
	}
}

// described reports whether a film says of a patient or a study.
func (f Listed) described() bool { return f.Patient != "" || f.PatientID != "" || f.StudyUID != "" }

// Patient is whom a film says that it is of; both are empty where it does not.
type Patient struct{ ID, Name string }

// Is reports whether two films are of one patient. Their IDs decide, since a
// name is written in many ways; their names do where one has no ID. Known is
// false where neither can.
func (p Patient) Is(other Patient) (same, known bool) {
	switch {
	case p.ID != "" && other.ID != "":
		return p.ID == other.ID, true
	case p.Name != "" && other.Name != "":
		return p.Name == other.Name, true
	}
	return false, false
}

// samePatient reports whether two films are of one patient, as far as the
// files say; films that say nothing are each on their own.
func samePatient(a, b Listed) bool {
	same, _ := Patient{a.PatientID, a.Patient}.Is(Patient{b.PatientID, b.Patient})
	return same
}

// Step shows a neighbour among the wanted films: 1 is the next film, -1 the
// one before.
func (l *Lightbox) Step(by int) {
	if to := l.neighbour(by); to >= 0 {
		l.Show(to)
	}
}

// neighbour is the place of the wanted film that lies by films away; -1 where
// there is none.
func (l *Lightbox) neighbour(by int) int {
	return l.along(by, func(Listed) bool {
		by -= sign(by)
		return by == 0
	})
}

// along is the place of the first wanted film, in the direction of by from the
// one on the box, that is asked for; -1 where there is none. All films lie after
// one that is not on the list any more, as where a filter took it off.
func (l *Lightbox) along(by int, asked func(Listed) bool) int {
	if by == 0 {
		return -1
	}
	step, from := sign(by), -1
	if l.place >= 0 {
		from = l.shelf.position[l.place]
	}
	order := l.shelf.order
	for k := from + step; k >= 0 && k < len(order); k += step {
		place := order[k]
		if (l.wanted == nil || l.wanted[place]) && asked(l.list[place]) {
			return place
		}
	}
	return -1
}

func sign(by int) int {
	if by < 0 {
		return -1
	}
	return 1
}

// ShowFirst shows the first of the wanted films, ShowLast the last.
func (l *Lightbox) ShowFirst() { l.showEnd(l.shelf.order) }

// ShowLast shows the last of the wanted films.
func (l *Lightbox) ShowLast() {
	backwards := slices.Clone(l.shelf.order)
	slices.Reverse(backwards)
	l.showEnd(backwards)
}

func (l *Lightbox) showEnd(order []int) {
	for _, place := range order {
		if l.wanted == nil || l.wanted[place] {
			if place != l.place {
				l.Show(place)
			}
			return
		}
	}
}

// StepPatient shows the first film of the next patient, or of the one before.
func (l *Lightbox) StepPatient(by int) {
	if l.place < 0 {
		return
	}
	here := l.list[l.place]
	to := l.along(by, func(f Listed) bool { return !samePatient(f, here) })
	if to < 0 {
		return
	}
	// Going back leads to the patient's last film: the first one is wanted.
	order := l.shelf.order
	for k := l.shelf.position[to] - 1; by < 0 && k >= 0 && samePatient(l.list[order[k]], l.list[to]); k-- {
		if l.wanted == nil || l.wanted[order[k]] {
			to = order[k]
		}
	}
	l.Show(to)
}

// StepUnread shows the nearest film after this one, or before it, that was not
// on the box yet and is not known to be reviewed, nor to be unreadable.
func (l *Lightbox) StepUnread(by int) {
	if to := l.along(by, func(f Listed) bool { return f.Progress == Unread && !f.Failed }); to >= 0 {
		l.Show(to)
		return
	}
	l.say(NoticeQuiet, l.text("There is no unread film in this direction."))
}

// setFailed notes whether the film at a path could be read the last time.
func (l *Lightbox) setFailed(place int, path string, failed bool) {
	if place < 0 || place >= len(l.list) || l.list[place].Path != path || l.list[place].Failed == failed {
		return
	}
	l.list[place].Failed = failed
	l.changed(ChangedRows)
}

// progress notes that the film at a path has come so far, at least.
func (l *Lightbox) progress(place int, path string, p Progress) {
	if p == Reviewed {
		l.triageReviewed(path)
	}
	if place < 0 || place >= len(l.list) || l.list[place].Path != path || l.list[place].Progress >= p {
		return
	}
	l.list[place].Progress = p
	l.changed(ChangedRows)
}
