package reading

import (
	"fmt"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/inference"
)

func TestWhatIsOutsideOfTheModelsDomain(t *testing.T) {
	domain := inference.Domain{
		Ages:  []inference.AgeSpan{{From: 1, To: 6}, {From: 18, To: 120}},
		Views: []string{"PA", "AP"}, Equipment: []string{"Philips"},
	}
	for _, c := range []struct {
		header dicomio.Header
		want   string
	}{
		{dicomio.Header{PatientAge: 54, ViewPosition: "PA", Manufacturer: "PHILIPS "}, "[]"},
		{dicomio.Header{PatientAge: -1}, "[{age } {view } {equipment }]"},
		{dicomio.Header{PatientAge: 0.4, ViewPosition: "AP", Manufacturer: "Philips"}, "[{age years}]"},
		{dicomio.Header{PatientAge: 12, ViewPosition: "LLD", Manufacturer: "Fuji"}, "[{age years} {view LLD} {equipment Fuji}]"},
		{dicomio.Header{PatientAge: 5.9, StudyDescription: "XR chest AP portable", Manufacturer: "Philips"}, "[{bedside PORTABLE}]"},
		{dicomio.Header{PatientAge: 6, StudyDescription: "Rapport", Manufacturer: "Philips"}, "[{age years} {view }]"},
	} {
		if got := fmt.Sprint(Outside(domain, &dicomio.Film{Header: c.header})); got != c.want {
			t.Errorf("%+v: %s, want %s", c.header, got, c.want)
		}
	}
}
