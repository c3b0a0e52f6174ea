package lightbox

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pneumolight/reading"
	"pneumolight/report"
)

// ReportWriter writes reports to files.
type ReportWriter interface {
	// Folder is where reports are offered to be written.
	Folder() string
	// Write writes a film's report in each of the formats and returns the
	// files. It overwrites none and writes all of them or none.
	Write(ctx context.Context, source report.Source, files ReportFiles) ([]string, error)
}

// ReportFiles says where a report is to be written.
type ReportFiles struct {
	Folder string
	// Name is the files' name without its ending.
	Name    string
	Formats []report.Format
}

func (f ReportFiles) equal(other ReportFiles) bool {
	return f.Folder == other.Folder && f.Name == other.Name && slices.Equal(f.Formats, other.Formats)
}

// Reporting is the report of the film on the box, as it is being written.
type Reporting struct {
	Open  bool
	Text  report.Text
	Files ReportFiles
	// Written are the files of the report, once they are.
	Written []string

	path   string                 // the film's
	drafts map[string]report.Text // of films that are not on the box
}

// Report is the report of the film on the box.
func (l *Lightbox) Report() Reporting { return l.reporting }

// OpenReport begins the report of the film on the box, or takes it up again.
func (l *Lightbox) OpenReport() {
	switch {
	case l.services.Reports == nil || l.filmPath == "" || l.film == nil && l.filmErr == nil:
		l.say(NoticeQuiet, l.text("Open a film first: a report is about a film."))
	case l.reportWaits() != nil:
		l.say(NoticeQuiet, l.reportWaits().Error())
	default:
		r := &l.reporting
		text, begun := r.drafts[l.filmPath]
		if !begun {
			text = report.Prefill(l.film, l.review.Earlier, l.words)
		}
		r.Open, r.path, r.Text, r.Written = true, l.filmPath, text, nil
		r.Files.Name = l.reportName()
		if r.Files.Folder == "" {
			r.Files.Folder = l.services.Reports.Folder()
		}
		if len(r.Files.Formats) == 0 {
			r.Files.Formats = []report.Format{report.PDF}
		}
		l.changed(ChangedReport)
	}
}

// reportWaits is what the report of a film waits for whose call, or reviews, the
// reader must not see yet; nil where it may be written.
func (l *Lightbox) reportWaits() error {
	switch {
	case l.Hidden():
		return errors.New(l.text("The report tells what the model says: give your first impression first."))
	case l.Withheld():
		return errors.New(l.text("An earlier review of this film tells what the model says: have it analysed and give your first impression first."))
	}
	return nil
}

// reportName is a name that tells the report's film and day, and nobody's
// name: a file's own name often is a patient's.
func (l *Lightbox) reportName() string {
	name := "report-" + l.now().Format("20060102-1504")
	if l.film != nil {
		name += "-" + l.film.SHA256[:min(len(l.film.SHA256), 8)]
	}
	return name
}

// CloseReport puts the report away. Its text is kept until the program ends.
func (l *Lightbox) CloseReport() {
	r := &l.reporting
	if !r.Open {
		return
	}
	if r.drafts == nil {
		r.drafts = map[string]report.Text{}
	}
	r.drafts[r.path] = r.Text
	r.Open = false
	l.changed(ChangedReport)
}

// SetReportText changes the report's text.
func (l *Lightbox) SetReportText(text report.Text) {
	if text == l.reporting.Text {
		return
	}
	l.reporting.Text, l.reporting.Written = text, nil
	l.changed(ChangedReport)
}

// SetReportFiles changes where the report is written.
func (l *Lightbox) SetReportFiles(files ReportFiles) {
	l.reporting.Files, l.reporting.Written = files, nil
	l.changed(ChangedReport)
}

// FillReport takes a template's text where the reader wrote none. What the
// reader wrote stays; it is told where that kept the template from being used.
func (l *Lightbox) FillReport(template string) {
	text, err := report.Template(template)
	if err != nil {
		l.complain(err)
		return
	}
	// What another template left is no text of the reader's.
	mine := l.reporting.Text
	for _, name := range report.TemplateNames() {
		if other, err := report.Template(name); err == nil {
			mine = mine.Without(other)
		}
	}
	l.SetReportText(mine.Or(text))
}

// ReportFormats are those that the film can be reported in.
func (l *Lightbox) ReportFormats() []report.Format {
	isDICOM := l.film != nil && l.film.Header.InstanceUID != ""
	return slices.DeleteFunc(report.Formats(), func(f report.Format) bool {
		return f.IsDICOM() && !isDICOM || f.NeedsResult() && l.outcome.State != AnalysisDone
	})
}

// ErrPlaceholders says that a report has a placeholder of its template.
var ErrPlaceholders = errors.New("a [placeholder] is left")

// ReportDoubt is what should be put right before the report is written; nil
// where nothing is. [ErrPlaceholders] keeps it from being written.
func (l *Lightbox) ReportDoubt() error {
	r := l.reporting
	waits := l.reportWaits()
	switch {
	case waits != nil:
		return waits
	case l.outcome.State == AnalysisRunning:
		return errors.New(l.text("The model still looks at the film: the report waits for it."))
	case r.Text.Unfinished():
		return ErrPlaceholders
	case strings.TrimSpace(r.Files.Name) == "" || strings.ContainsAny(r.Files.Name, `/\`):
		return errors.New(l.text("The files need a name without a slash."))
	case len(l.reportFiles().Formats) == 0:
		return errors.New(l.text("Choose at least one format."))
	}
	return nil
}

// reportFiles are the files without formats that the film cannot have.
func (l *Lightbox) reportFiles() ReportFiles {
	files, possible := l.reporting.Files, l.ReportFormats()
	files.Formats = slices.DeleteFunc(slices.Clone(files.Formats), func(f report.Format) bool { return !slices.Contains(possible, f) })
	files.Name = strings.TrimSpace(files.Name)
	return files
}

// WriteReport writes the report. Measured is what a complete mark measures, as
// it is written beside it.
func (l *Lightbox) WriteReport(measured func(Mark) string) {
	if !l.reporting.Open || l.ReportDoubt() != nil || l.Busy(TaskReport) {
		return
	}
	files, asked, path := l.reportFiles(), l.reporting.Files, l.reporting.path
	source := report.Source{
		Analysis: l.reportAnalysis(), File: path, Model: l.model, Case: l.review.Earlier, Text: l.reporting.Text, Look: l.reportLook(measured), At: l.now(),
	}
	l.start(TaskReport, l.text("Writing the report…"), func(ctx context.Context) func() {
		written, err := l.services.Reports.Write(ctx, source, files)
		return func() {
			if err != nil {
				l.say(NoticeError, l.text("The report was not written:")+" "+l.fault(err))
				return
			}
			if r := &l.reporting; r.Open && r.path == path && r.Text == source.Text && r.Files.equal(asked) {
				r.Written = written
			} else {
				l.say(NoticeQuiet, l.text("The report was written, as it stood when you asked for it:")+" "+strings.Join(written, ", "))
			}
			l.changed(ChangedReport)
		}
	})
	l.changed(ChangedReport)
}

// reportLook is how the film on the box is looked at; nil where there is none.
func (l *Lightbox) reportLook(measured func(Mark) string) *report.Look {
	if l.film == nil {
		return nil
	}
	look := &report.Look{
		Window: l.look.Window, Inverted: l.look.Inverted, Flipped: l.look.View.Flipped, Quarters: l.look.View.Quarters,
	}
	for _, m := range l.look.Marks {
		if !m.Complete() {
			continue
		}
		points := make([]report.Point, len(m.Points))
		for k, p := range m.Points {
			points[k] = report.Point(p)
		}
		lines := [][]report.Point{points}
		if m.Kind == MarkRatio {
			lines = [][]report.Point{points[:2], points[2:]}
		}
		look.Marks = append(look.Marks, report.Mark{Lines: lines, Text: measured(m), At: points[len(points)-1]})
	}
	return look
}

// reportAnalysis is what the report says of the film's analysis, also where
// there was none.
func (l *Lightbox) reportAnalysis() reading.Analysis {
	a := l.outcome.Analysis
	if l.outcome.State == AnalysisDone || l.outcome.State == AnalysisRefused {
		return a
	}
	a = reading.Analysis{Status: reading.StatusError, Film: l.film, Err: l.filmErr}
	switch {
	case a.Err != nil:
	case l.outcome.Err != nil:
		a.Err = l.outcome.Err
	default:
		a.Err = errors.New("the analysis was cancelled")
	}
	return a
}
