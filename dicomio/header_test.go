package dicomio

import "testing"

func TestTakenIsTheAcquisitionOrElseTheStudy(t *testing.T) {
	for name, c := range map[string]struct {
		says []testElement
		want string
	}{
		"nothing":     {[]testElement{{tagStudyDate, "DA", ""}, {tagStudyTime, "TM", ""}}, ""},
		"study":       {[]testElement{{tagStudyDate, "DA", "20240102"}, {tagStudyTime, "TM", "0815"}}, "20240102081500"},
		"study's day": {[]testElement{{tagStudyDate, "DA", "20240102"}, {tagStudyTime, "TM", ""}}, "20240102"},
		"acquisition": {[]testElement{{tagStudyDate, "DA", "20240102"}, {tagStudyTime, "TM", "0815"}, {tagAcquisitionDate, "DA", "20240103"}, {tagAcquisitionTime, "TM", "000501.25"}}, "20240103000501"},
		"its time":    {[]testElement{{tagStudyDate, "DA", "20240102"}, {tagStudyTime, "TM", "0815"}, {tagAcquisitionTime, "TM", "0930"}}, "20240102093000"},
		"both in one": {[]testElement{{tagStudyDate, "DA", "20240102"}, {tagAcquisitionDateTime, "DT", "20240104123456.000-0500"}}, "20240104123456"},
		"a day of it": {[]testElement{{tagAcquisitionDateTime, "DT", "20240104"}}, "20240104"},
		"nonsense":    {[]testElement{{tagStudyDate, "DA", "20240102"}, {tagStudyTime, "TM", "0815"}, {tagAcquisitionDateTime, "DT", "99-99-99+1"}}, "20240102081500"},
	} {
		if got := readTest(t, filmFile("MONOCHROME2", 2, 8, ramp(4)).with(c.says...)).Header.Taken; got != c.want {
			t.Errorf("%s: taken %q, want %q", name, got, c.want)
		}
	}
}
