package lightbox

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"pneumolight/dicomio"
)

// Study is one study of the worklist, whose films stand together under a
// header.
type Study struct {
	// Patient, PatientID, Date (YYYYMMDD), Time (HHMMSS) and Description are
	// empty where the files do not say.
	Patient, PatientID, Date, Time, Description string
	// Folder is where films lie that say of no patient and no study, as
	// pictures do; it stands in for the rest.
	Folder string
	// Number counts the list's studies from 1, in the order in which they
	// were found: a name that gives nobody away.
	Number int
	// Films are the places of its films, in the order of reading.
	Films []int
	// Folded hides its films.
	Folded bool

	about string // what a filter looks for words in, in lower case
}

// Row is a line of the worklist: a study's header, or a film of it.
type Row struct {
	Study *Study
	// Place is the film's place in the list; -1 for a header.
	Place int
}

// shelf is the order in which the list is read: patients as they were found,
// their studies by date and time, a study's films by series and instance. What was
// found later finds its place among the rest.
type shelf struct {
	patients []*shelved
	known    map[patientKey]*shelved
	studies  int

	// order are the list's places as they are read; position is where in it
	// each of them stands.
	order, position []int
	// rows are what the filter and the folded studies leave; rowOf is the
	// row of each place, -1 where it has none.
	rows  []Row
	rowOf []int
}

type patientKey struct{ name, id, folder string }

// shelved is a patient's studies, or a folder of pictures.
type shelved struct {
	studies []*Study
	known   map[string]*Study // by the study's UID, or by what else tells it
}

// take puts a film of the list on the shelf. The film shares its study's texts
// from then on: a hundred thousand films have few names.
func (s *shelf) take(place int, list []Listed) {
	film := &list[place]
	key := patientKey{name: film.Patient, id: film.PatientID}
	if !film.described() {
		key = patientKey{folder: folderOf(film.Path)}
	}
	p := s.known[key]
	if p == nil {
		p = &shelved{known: map[string]*Study{}}
		if s.known == nil {
			s.known = map[patientKey]*shelved{}
		}
		s.known[key] = p
		s.patients = append(s.patients, p)
	}
	which := cmp.Or(film.StudyUID, film.Date+" "+film.Study)
	study := p.known[which]
	if study == nil {
		s.studies++
		study = &Study{
			Patient: film.Patient, PatientID: film.PatientID, Date: film.Date, Time: film.Time, Description: film.Study,
			Folder: key.folder, Number: s.studies,
		}
		study.about = strings.ToLower(strings.Join([]string{film.Patient, film.PatientID, film.Date, film.Study}, " "))
		p.known[which] = study
		at, _ := slices.BinarySearchFunc(p.studies, study, func(a, b *Study) int {
			return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Time, b.Time), cmp.Compare(a.Number, b.Number))
		})
		p.studies = slices.Insert(p.studies, at, study)
	}
	film.study = study
	film.Patient, film.PatientID, film.Date, film.Time, film.Study = study.Patient, study.PatientID, study.Date, study.Time, study.Description
	at, _ := slices.BinarySearchFunc(study.Films, place, func(a, b int) int { return inStudy(list, a, b) })
	study.Films = slices.Insert(study.Films, at, place)
}

// inStudy orders two films of a study.
func inStudy(list []Listed, a, b int) int {
	return cmp.Or(
		cmp.Compare(list[a].Series, list[b].Series),
		cmp.Compare(list[a].Instance, list[b].Instance),
		cmp.Compare(a, b),
	)
}

// folderOf is the folder or archive that a film lies in, by its own name.
func folderOf(path string) string {
	if archive := dicomio.Holder(path); archive != path {
		return filepath.Base(archive)
	}
	return filepath.Base(filepath.Dir(path))
}

// arrange computes order and rows anew. The header of a study stands where any
// of its films is wanted.
func (s *shelf) arrange(wanted []bool) {
	s.order, s.rows = s.order[:0], s.rows[:0]
	for _, p := range s.patients {
		for _, study := range p.studies {
			s.order = append(s.order, study.Films...)
			header := len(s.rows)
			s.rows = append(s.rows, Row{study, -1})
			left := 0
			for _, place := range study.Films {
				if wanted != nil && !wanted[place] {
					continue
				}
				left++
				if !study.Folded {
					s.rows = append(s.rows, Row{study, place})
				}
			}
			if left == 0 {
				s.rows = s.rows[:header]
			}
		}
	}
	s.position = slices.Grow(s.position[:0], len(s.order))[:len(s.order)]
	s.rowOf = slices.Grow(s.rowOf[:0], len(s.order))[:len(s.order)]
	for k, place := range s.order {
		s.position[place], s.rowOf[place] = k, -1
	}
	for k, row := range s.rows {
		if row.Place >= 0 {
			s.rowOf[row.Place] = k
		}
	}
}

// Rows is how many lines the worklist has, headers and wanted films.
func (l *Lightbox) Rows() int { return len(l.shelf.rows) }

// Row is a line of the worklist; its Study is nil where there is none.
func (l *Lightbox) Row(k int) Row {
	if k < 0 || k >= len(l.shelf.rows) {
		return Row{Place: -1}
	}
	return l.shelf.rows[k]
}

// RowOf is the line of a film; -1 where it has none, being unwanted or in a
// folded study.
func (l *Lightbox) RowOf(place int) int {
	if place < 0 || place >= len(l.shelf.rowOf) {
		return -1
	}
	return l.shelf.rowOf[place]
}

// Position is where the film on the box stands among all films as they are
// read, from 0; -1 where there is none.
func (l *Lightbox) Position() int {
	if l.place < 0 || l.place >= len(l.shelf.position) {
		return -1
	}
	return l.shelf.position[l.place]
}

// Fold hides a study's films or shows them.
func (l *Lightbox) Fold(study *Study) {
	study.Folded = !study.Folded
	l.shelf.arrange(l.wanted)
	l.changed(ChangedList | ChangedPlace)
}

// unfold shows the films of the study that a film belongs to.
func (l *Lightbox) unfold(place int) {
	if study := l.list[place].study; study != nil && study.Folded {
		l.Fold(study)
	}
}

// Reviewed is how many of a study's films are reviewed, as far as is known.
func (l *Lightbox) Reviewed(study *Study) int {
	n := 0
	for _, place := range study.Films {
		if l.list[place].Progress == Reviewed {
			n++
		}
	}
	return n
}
