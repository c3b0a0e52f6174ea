package lightbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/store"
)

// lines writes the worklist down: a header as patient date, a film as its name.
func (r *room) lines() []string {
	var lines []string
	for k := range r.Rows() {
		row := r.Row(k)
		if row.Place >= 0 {
			lines = append(lines, r.List()[row.Place].Path)
			continue
		}
		lines = append(lines, strings.TrimSpace("# "+row.Study.Patient+row.Study.Folder+" "+row.Study.Date))
	}
	return lines
}

// clinic is a folder in the order in which its files are found: studies of two
// patients among each other, and pictures.
func clinic(t *testing.T) *room {
	t.Helper()
	r := newRoom(t, "a.dcm", "b.dcm", "c.dcm", "d.dcm", "e.dcm", "snaps/f.png", "snaps/g.png")
	for name, h := range map[string]dicomio.Header{
		"a.dcm": {PatientName: "Doe^Jane", PatientID: "1", StudyUID: "1.2", StudyDate: "20240301", InstanceNumber: 2, Modality: "DX", ViewPosition: "LL", InstanceUID: "9.1"},
		"b.dcm": {PatientName: "Roe^Ann", PatientID: "2", StudyUID: "1.3", StudyDate: "20240102", Modality: "CR", ViewPosition: "AP", InstanceUID: "9.2"},
		"c.dcm": {PatientName: "Doe^Jane", PatientID: "1", StudyUID: "1.2", StudyDate: "20240301", InstanceNumber: 1, Modality: "DX", ViewPosition: "PA", InstanceUID: "9.3"},
		"d.dcm": {PatientName: "Doe^Jane", PatientID: "1", StudyUID: "1.1", StudyDate: "20230505", Modality: "DX", ViewPosition: "PA", InstanceUID: "9.4"},
		"e.dcm": {PatientName: "Roe^Ann", PatientID: "2", StudyDate: "20250102", StudyDescription: "Chest", Modality: "CR", ViewPosition: "PA", InstanceUID: "9.5"},
	} {
		r.films[name].Header = h
	}
	return r
}

func TestTheListIsStudiesOfPatients(t *testing.T) {
	r := clinic(t)
	r.Open("folder")
	r.settle(t)
	want := []string{
		"# Doe^Jane 20230505", "d.dcm", "# Doe^Jane 20240301", "c.dcm", "a.dcm",
		"# Roe^Ann 20240102", "b.dcm", "# Roe^Ann 20250102", "e.dcm", "# snaps", "snaps/f.png", "snaps/g.png",
	}
	if got := r.lines(); !slices.Equal(got, want) {
		t.Fatalf("the list is %q", got)
	}
	// Next and previous go the way of the list.
	r.ShowFirst()
	for _, want := range []string{"c.dcm", "a.dcm", "b.dcm", "e.dcm", "snaps/f.png", "snaps/g.png", "snaps/g.png"} {
		r.Step(1)
		r.settle(t)
		if r.Path() != want {
			t.Fatalf("the next film is %s, want %s", r.Path(), want)
		}
	}
	r.ShowLast()
	r.StepPatient(-1)
	r.settle(t)
	if r.Path() != "snaps/f.png" { // a picture says of no patient
		t.Errorf("the patient before the last picture is %s", r.Path())
	}
	r.StepPatient(-1)
	r.StepPatient(-1)
	r.settle(t)
	if r.Path() != "d.dcm" {
		t.Errorf("two patients back, the first film is %s", r.Path())
	}
}

func TestAFoldedStudyOpensForItsFilm(t *testing.T) {
	r := clinic(t)
	r.Open("folder")
	r.settle(t)
	study := r.Row(2).Study
	r.Fold(study)
	if got := r.lines()[2:4]; !slices.Equal(got, []string{"# Doe^Jane 20240301", "# Roe^Ann 20240102"}) {
		t.Fatalf("folded, the list goes on with %q", got)
	}
	if r.RowOf(2) != -1 {
		t.Error("a folded film has a row")
	}
	r.ShowFirst()
	r.Step(1)
	r.settle(t)
	if r.Path() != "c.dcm" || study.Folded {
		t.Errorf("the next film is %s, its study folded: %v", r.Path(), study.Folded)
	}
}

func TestFilterLeavesTheWantedFilms(t *testing.T) {
	r := clinic(t)
	r.cases = []store.Case{{Film: store.Film{InstanceUID: "9.5"}, Model: store.Model{Call: "uncertain"}}}
	r.Open("folder")
	r.settle(t)
	r.Show(2) // c.dcm; a.dcm was shown first
	r.settle(t)
	for _, c := range []struct {
		filter Filter
		want   string
	}{
		{Filter{Text: " doe  chest"}, ""},
		{Filter{Text: "roe CHEST"}, "e.dcm"},
		{Filter{View: "dx pa"}, "d.dcm c.dcm"},
		{Filter{From: "20240101", To: "20240301"}, "c.dcm a.dcm b.dcm"},
		{Filter{To: "20230505"}, "d.dcm"},
		{Filter{State: StateUnread, Text: ".dcm"}, "d.dcm b.dcm"},
		{Filter{State: StateOpen, Text: ".dcm"}, "d.dcm c.dcm a.dcm b.dcm"},
		{Filter{State: StateReviewed}, "e.dcm"},
		{Filter{Call: inference.CallUncertain}, "e.dcm"},
		{Filter{Call: inference.CallPneumonia}, "c.dcm a.dcm"}, // both were on the box
		{Filter{Text: "snaps"}, ""},                            // a folder is no text of a film
	} {
		r.SetFilter(c.filter)
		films := slices.DeleteFunc(r.lines(), func(s string) bool { return strings.HasPrefix(s, "#") })
		if got := strings.Join(films, " "); got != c.want || r.Wanted() != len(films) {
			t.Errorf("%+v leaves %q (%d), want %q", c.filter, got, r.Wanted(), c.want)
		}
	}
	if r.Path() != "c.dcm" {
		t.Error("the film on the box went away")
	}
	// From a film that is not wanted, the next wanted one is next.
	r.SetFilter(Filter{Text: "roe"})
	for _, s := range []struct {
		by   int
		want string
	}{{1, "b.dcm"}, {1, "e.dcm"}, {1, "e.dcm"}, {-1, "b.dcm"}, {-1, "b.dcm"}} {
		r.Step(s.by)
		r.settle(t)
		if r.Path() != s.want {
			t.Errorf("a step by %d led to %s, want %s", s.by, r.Path(), s.want)
		}
	}
	r.SetFilter(Filter{})
	if r.Wanted() != 7 {
		t.Error("without a filter, films are missing")
	}
}

// A film that is read stays on the list of unread ones until the filter is
// chosen anew: the list must not move under the hand.
func TestTheListDoesNotMoveUnderTheHand(t *testing.T) {
	r := clinic(t)
	r.Open("folder")
	r.settle(t)
	r.SetFilter(Filter{State: StateUnread})
	before := r.lines()
	r.Step(1)
	r.settle(t)
	if got := r.lines(); !slices.Equal(got, before) {
		t.Errorf("of %q there is left %q", before, got)
	}
}

// Where the model waits for the reader, a filter must not tell its call.
func TestTheFilterDoesNotTellAHiddenCall(t *testing.T) {
	r := clinic(t)
	r.SetBlind(true)
	r.Open("folder")
	r.settle(t)
	if got := r.List()[r.Place()].Call; got != "" {
		t.Errorf("the list knows the hidden call %q", got)
	}
	r.SetImpression(inference.CallNormal)
	if got := r.List()[r.Place()].Call; got != inference.CallPneumonia {
		t.Errorf("after the first impression the list knows %q", got)
	}
}

// What cannot be read is marked so, however that was found out, and is no
// unread film to be led to.
func TestAnUnreadableFilmIsMarkedAndPassedOver(t *testing.T) {
	r := newRoom(t, "a.png", "b.png", "c.png", "d.png", "e.png", "f.png", "g.png")
	for _, name := range []string{"b.png", "c.png", "e.png", "g.png"} {
		delete(r.films, name)
	}
	r.Open("folder")
	r.settle(t)
	r.Step(2) // c, with b before and d after it
	r.settle(t)
	if r.FilmError() == nil || !r.List()[2].Failed || r.List()[2].Progress != Seen {
		t.Errorf("the film on the box is %+v, error %v", r.List()[2], r.FilmError())
	}
	r.Thumbnail(6) // which is no neighbour
	r.settle(t)
	if !r.List()[6].Failed {
		t.Error("a film without a thumbnail is not marked")
	}
	r.StepUnread(-1)
	r.settle(t)
	if r.Path() != "c.png" {
		t.Errorf("the unread film before is %s", r.Path())
	}
	r.StepUnread(1)
	r.settle(t)
	if r.Path() != "d.png" || !r.List()[4].Failed {
		t.Errorf("the next unread film is %s, the one read ahead of it %+v", r.Path(), r.List()[4])
	}
	r.StepUnread(1)
	r.settle(t)
	if r.Path() != "f.png" {
		t.Errorf("the next unread film is %s", r.Path())
	}
	// Mended, it is opened by another try.
	r.Show(2)
	r.settle(t)
	r.films["c.png"] = film("c.png")
	r.TryAgain()
	r.settle(t)
	if r.Film() == nil || r.List()[2].Failed || r.FilmError() != nil {
		t.Errorf("mended, it is %+v, error %v", r.List()[2], r.FilmError())
	}
}

// hospital is a hundred thousand films of 40,000 studies in the order of a
// file server, a few of each.
func hospital() []Listed {
	films := make([]Listed, 100_000)
	for k := range films {
		study := (k * 7919) % 40_000
		patient := study % 25_000
		films[k] = Listed{
			Path: fmt.Sprintf("/archive/2024/%02d/%06d/IM%06d.dcm", k%12+1, k/10, k), Patient: fmt.Sprintf("Family%d^Given", patient), PatientID: fmt.Sprint(patient),
			Date: fmt.Sprintf("2024%02d%02d", study%12+1, study%28+1), StudyUID: fmt.Sprintf("1.2.826.0.1.3680043.8.498.%030d", study),
			InstanceUID: fmt.Sprintf("1.2.826.0.1.3680043.8.498.%030d", k), View: "DX PA",
		}
	}
	return films
}

// BenchmarkHundredThousandFilmsFound is the list's own work while a folder of
// a hundred thousand films is looked through, in batches as Open sends them.
func BenchmarkHundredThousandFilmsFound(b *testing.B) {
	films := hospital()
	for b.Loop() {
		var list []Listed
		var s shelf
		for from := 0; from < len(films); from += 500 {
			list = append(list, films[from:from+500]...)
			for place := from; place < len(list); place++ {
				s.take(place, list)
			}
			s.arrange(nil)
		}
		if len(s.order) != len(films) {
			b.Fatal("films are missing")
		}
	}
}

// BenchmarkHundredThousandFilmsFiltered is a letter typed into the filter.
func BenchmarkHundredThousandFilmsFiltered(b *testing.B) {
	l := &Lightbox{report: func(Change) {}, list: hospital()}
	for place := range l.list {
		l.shelf.take(place, l.list)
	}
	for b.Loop() {
		l.SetFilter(Filter{Text: "family12"})
		l.SetFilter(Filter{})
	}
}
