package lightbox

import (
	"context"
	"strings"
	"testing"

	"pneumolight/report"
)

// press writes no report, but says that it did.
type press struct{}

func (press) Folder() string { return "/home/reader" }

func (press) Write(_ context.Context, _ report.Source, files ReportFiles) ([]string, error) {
	return []string{files.Folder + "/" + files.Name + ".pdf"}, nil
}

// What is written stands beside the report as long as it is the report's. A
// reader who went on is told where it is all the same.
func TestAReportThatWasChangedWhileItWasWrittenIsTold(t *testing.T) {
	for name, goOn := range map[string]func(r *room){
		"nothing": func(*room) {},
		"the text": func(r *room) {
			text := r.Report().Text
			text.Findings = "None."
			r.SetReportText(text)
		},
		"the name": func(r *room) {
			files := r.Report().Files
			files.Name = "other"
			r.SetReportFiles(files)
		},
		"the film": func(r *room) { r.Step(1) },
	} {
		r := newRoom(t, "a.png", "b.png")
		r.services.Reports = press{}
		r.Open("folder")
		r.settle(t)
		r.OpenReport()
		file := r.Report().Files.Name + ".pdf"
		r.WriteReport(nil)
		goOn(r)
		r.settle(t)
		written, told := len(r.Report().Written) == 1, strings.Contains(r.Notice().Text, file)
		if same := name == "nothing"; written != same || told == same {
			t.Errorf("with %s changed, it stands there as written: %v; the reader is told %q", name, written, r.Notice().Text)
		}
	}
}
