package report_test

import (
	"testing"

	"pneumolight/dicomio"
	"pneumolight/report"
	"pneumolight/store"
)

func TestAReportBeginsWithWhatTheReaderHasSaid(t *testing.T) {
	film := &dicomio.Film{Format: dicomio.FormatDICOM, Header: dicomio.Header{Modality: "DX", BodyPart: "CHEST", ViewPosition: "PA"}}
	for _, c := range []struct {
		review   store.Review
		findings string
	}{
		{store.Review{}, ""},
		{store.Review{Finding: store.FindingConsolidation, Side: store.SideLeft}, "Consolidation, left."},
		{store.Review{Finding: store.FindingNone, Note: "Old film compared"}, "No abnormality found.\nOld film compared"},
		{store.Review{Finding: store.FindingOther, Note: "A swallowed coin"}, "A swallowed coin"},
		{store.Review{Note: "[first impression: normal] Behind the heart"}, "Behind the heart"},
	} {
		text := report.Prefill(film, &store.Case{Review: c.review, Model: store.Model{Call: "pneumonia"}}, report.English)
		if text.Findings != c.findings || text.Technique != "Digital radiograph of the chest, PA view." || text.Impression != "" || text.Unfinished() {
			t.Errorf("%+v: the report begins with %+v", c.review, text)
		}
	}
	if text := report.Prefill(nil, nil, report.English); text != (report.Text{}) {
		t.Errorf("of nothing is known %+v", text)
	}
	for _, f := range store.Findings() {
		if text := report.Prefill(nil, &store.Case{Review: store.Review{Finding: f}}, report.English); text.Findings == "" && f != store.FindingOther {
			t.Errorf("the finding %s is lost", f)
		}
	}
}

func TestATemplateGivesWayToAnother(t *testing.T) {
	normal, err := report.Template("normal")
	if err != nil {
		t.Fatal(err)
	}
	mine := report.Text{Indication: "Cough"}
	if got := mine.Or(normal).Without(normal); got != mine {
		t.Errorf("without its template the text is %+v", got)
	}
}
