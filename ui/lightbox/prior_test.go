package lightbox

import (
	"testing"

	"pneumolight/dicomio"
)

func TestThePriorIsTheFilmMostLikeIt(t *testing.T) {
	type film struct{ name, study, view, taken string }
	for what, c := range map[string]struct {
		films []film
		want  string
	}{
		"a PA beside the lateral of one study": {[]film{{"now", "3", "PA", "20240303"}, {"pa", "2", "PA", "20240202"}, {"lateral", "2", "LL", "20240202"}}, "pa"},
		"a lateral, for a lateral":             {[]film{{"now", "3", "LL", "20240303"}, {"lateral", "2", "LL", "20240202"}, {"pa", "2", "PA", "20240202"}}, "lateral"},
		"an older PA before a newer lateral":   {[]film{{"now", "3", "PA", "20240303"}, {"lateral", "2", "LL", "20240202"}, {"pa", "1", "PA", "20200101"}}, "pa"},
		"a newer AP before an older PA":        {[]film{{"now", "3", "PA", "20240303"}, {"ap", "2", "AP", "20240202"}, {"pa", "1", "PA", "20200101"}}, "ap"},
		"the same view of one study":           {[]film{{"now", "3", "PA", "20240303"}, {"ap", "2", "AP", "20240202120000"}, {"pa", "2", "PA", "20240202110000"}}, "pa"},
		"what says nothing before a lateral":   {[]film{{"now", "3", "PA", "20240303"}, {"lateral", "2", "LL", "20240202"}, {"unsaid", "1", "", "20200101"}}, "unsaid"},
		"a lateral where there is no other":    {[]film{{"now", "3", "PA", "20240303"}, {"lateral", "2", "LL", "20240202"}}, "lateral"},
		"a bedside film of the morning":        {[]film{{"now", "3", "AP", "20240303180000"}, {"morning", "2", "AP", "20240303060000"}, {"evening", "4", "AP", "20240303220000"}, {"day before", "1", "AP", "20240302060000"}}, "morning"},
		"a series of one study":                {[]film{{"now", "3", "AP", "20240303180000"}, {"morning", "3", "AP", "20240303060000"}}, "morning"},
		"not another try":                      {[]film{{"now", "3", "AP", "20240303180000"}, {"try", "3", "AP", "20240303175900"}, {"before", "2", "AP", "20240302060000"}}, "before"},
		"not the other view of the study":      {[]film{{"now", "3", "PA", "20240303180000"}, {"lateral", "3", "LL", "20240303175900"}}, ""},
		"not one of that day at no known time": {[]film{{"now", "3", "PA", "20240303180000"}, {"unsaid", "2", "PA", "20240303"}}, ""},
	} {
		r := newRoom(t)
		for _, f := range c.films {
			view := dicomio.Header{Modality: "DX", ViewPosition: f.view}
			r.add([]Listed{{
				Path: f.name, PatientID: "1", StudyUID: f.study, Date: f.taken[:8], Taken: f.taken,
				View: "DX " + f.view, Projection: view.Projection(),
			}}, false)
		}
		r.place = 0
		got := ""
		if k := r.earlierFilm(); k >= 0 {
			got = r.list[k].Path
		}
		if got != c.want {
			t.Errorf("%s: the prior is %q, want %q", what, got, c.want)
		}
	}
}

func TestStudiesOfADayStandInTheirOrder(t *testing.T) {
	r := newRoom(t)
	for _, at := range []string{"180000", "060000", "120000"} {
		r.add([]Listed{{Path: at, PatientID: "1", StudyUID: at, Date: "20240303", Time: at}}, false)
	}
	got := ""
	for k := range r.Rows() {
		if row := r.Row(k); row.Place >= 0 {
			got += r.list[row.Place].Path + " "
		}
	}
	if got != "060000 120000 180000 " {
		t.Errorf("the films stand as %s", got)
	}
}

func TestThePriorIsThePatientsWhateverTheNameIsWrittenLike(t *testing.T) {
	for _, c := range []struct {
		what    string
		earlier Patient
		want    bool
	}{
		{"the name as it was before", Patient{"1", "Roe^Jane"}, true},
		{"no name", Patient{"1", ""}, true},
		{"no ID", Patient{"", "Doe^Jane"}, true},
		{"another ID", Patient{"2", "Doe^Jane"}, false},
		{"another name and no ID", Patient{"", "Roe^Jane"}, false},
		{"neither", Patient{}, false},
	} {
		r := newRoom(t)
		r.add([]Listed{
			{Path: "now", PatientID: "1", Patient: "Doe^Jane", StudyUID: "2", Taken: "20240303", Date: "20240303"},
			{Path: "earlier", PatientID: c.earlier.ID, Patient: c.earlier.Name, StudyUID: "1", Taken: "20240202", Date: "20240202"},
		}, false)
		r.place = 0
		if got := r.earlierFilm() == 1; got != c.want {
			t.Errorf("%s: it is the prior: %v", c.what, got)
		}
	}
}
