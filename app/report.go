package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/report"
	"pneumolight/store"
)

// reportOptions are the report command's flags.
type reportOptions struct {
	out, format, template, text, draft string
	film                               string // of a case
	words                              report.Text
	anyway                             bool
	frame                              int
}

func newReport(shared *settings) *cobra.Command {
	var o reportOptions
	command := &cobra.Command{
		Use:   "report FILE|CASE --out report.pdf",
		Short: "Write a film's report: PDF/A, HTML, JSON, FHIR or DICOM",
		Long: `Report reads a film, has the model judge it, and writes a report with patient
and study, the film with and without the heat map, the model's result, what the
reader wrote, and the reader's verdict where the log holds one.

The ending of --out tells the format: .pdf (PDF/A-2u), .html, .json, or
.fhir.json (FHIR R4 bundle). --format asks for a DICOM object: dicom-pdf
(Encapsulated PDF), dicom-sc (Secondary Capture of the heat map), dicom-sr
(Comprehensive SR, TID 1500), dicom-gsps (presentation state).

The text is the reader's. It comes from --template, from --text FILE (JSON, or
Markdown with a heading for each part), and from a flag for each part, the
latter taking precedence. --draft FILE writes that text as Markdown to be edited
and given back with --text, and no report; a draft that is there already is
replaced only where it is the --text, too.

In place of a file, CASE is the number of a review in the log, as 'pneumolight
log' prints it: verdict and note are then those of this review, and the film is
read from where it lay when it was reviewed, or from --film.

A film that the model refuses or that cannot be read gets a report that says so
and holds no probability; the exit code is then 1.`,
		Example: `  pneumolight report film.dcm --template normal --draft text.md
  pneumolight report film.dcm --text text.md --out report.pdf
  pneumolight report film.dcm --format dicom-sr --out result.dcm
  pneumolight report 12 --out report.pdf`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeReport(cmd, *shared, o, args[0])
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.out, "out", "", "the file to write")
	flags.StringVar(&o.format, "format", "", "pdf, html, json, fhir, dicom-pdf, dicom-sc, dicom-sr or dicom-gsps")
	flags.StringVar(&o.template, "template", "", "start from a template: "+strings.Join(report.TemplateNames(), ", "))
	flags.StringVar(&o.text, "text", "", "take the text from this JSON or Markdown file")
	flags.StringVar(&o.draft, "draft", "", "write the text to this Markdown file to be edited, and no report")
	flags.StringVar(&o.film, "film", "", "where the film of a case lies now")
	flags.StringVar(&o.words.Indication, "indication", "", "why the film was made")
	flags.StringVar(&o.words.Technique, "technique", "", "how the film was made")
	flags.StringVar(&o.words.Comparison, "comparison", "", "which earlier films were compared")
	flags.StringVar(&o.words.Findings, "findings", "", "what the reader sees")
	flags.StringVar(&o.words.Impression, "impression", "", "what the reader concludes")
	flags.BoolVar(&o.anyway, "anyway", false, "have a film judged that is not fit for the model; the report says so")
	flags.IntVar(&o.frame, "frame", 1, "which frame of a multi-frame file, from 1")
	return command
}

func writeReport(cmd *cobra.Command, shared settings, o reportOptions, file string) error {
	if o.draft != "" && o.out != "" {
		return usageError{errors.New("report takes either --draft or --out: edit the draft first")}
	}
	text, err := o.reader()
	if err != nil {
		return err
	}
	if o.draft != "" {
		return o.writeDraft(cmd.Context(), shared, file, text)
	}
	format, err := o.formatOf()
	if err != nil {
		return err
	}
	if text.Unfinished() {
		return usageError{errors.New("the text still has a [placeholder] of its template: write what you see in its place with --draft and --text")}
	}
	if _, err := os.Stat(shared.database); shared.database != "" && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no log at %s: check --db, or leave it out", shared.database)
	}
	review, err := o.named(cmd.Context(), shared, &file)
	if err != nil {
		return err
	}
	for _, from := range []string{file, o.text} {
		if err := keepSource(o.out, from, "report"); err != nil {
			return err
		}
	}
	model, err := openModel(shared)
	if err != nil {
		return err
	}
	defer model.Close()
	trail := startTrail(cmd.Context(), shared, cmd.ErrOrStderr())
	defer trail.end()
	r, err := newFilmReport(cmd.Context(), trail, model, file, review, o, text)
	if err != nil {
		return err
	}
	// The whole report is made before the file is touched.
	var made bytes.Buffer
	if err := r.Write(cmd.Context(), &made, format); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	if err := writeFile(o.out, func(w io.Writer) error {
		_, err := w.Write(made.Bytes())
		return err
	}); err != nil {
		return err
	}
	trail.Record(store.Reported(r.Film.SHA256, r.Film.Frame, string(format)))
	if r.Status != reading.StatusOK {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s: %s\n", file, r.Status, r.Reason)
		return errSomeFailed
	}
	return nil
}

// writeDraft writes the text to be edited.
func (o reportOptions) writeDraft(ctx context.Context, shared settings, file string, text report.Text) error {
	if _, err := o.named(ctx, shared, &file); err != nil {
		return err
	}
	if err := keepSource(o.draft, file, "draft"); err != nil {
		return err
	}
	if _, err := os.Lstat(o.draft); err == nil && keepSource(o.draft, o.text, "draft") == nil {
		return usageError{fmt.Errorf("%s is there already and may have been edited: name another file for the draft, or give this one with --text, too", o.draft)}
	}
	return writeFile(o.draft, func(w io.Writer) error {
		_, err := io.WriteString(w, text.Markdown())
		return err
	})
}

// reader collects what the reader wrote.
func (o reportOptions) reader() (report.Text, error) {
	text := o.words
	if o.text != "" {
		file, err := os.Open(o.text)
		if err != nil {
			return text, fmt.Errorf("reading the text: %w", err)
		}
		defer file.Close()
		read, err := report.ReadText(file, o.text)
		if err != nil {
			return text, fmt.Errorf("%s: %w", o.text, err)
		}
		text = text.Or(read)
	}
	if o.template != "" {
		template, err := report.Template(o.template)
		if err != nil {
			return text, usageError{err}
		}
		text = text.Or(template)
	}
	return text, nil
}

func (o reportOptions) formatOf() (report.Format, error) {
	if o.out == "" {
		return "", usageError{errors.New("report needs --out")}
	}
	if o.format == "" {
		format, ok := report.FormatOf(o.out)
		if !ok {
			return "", usageError{fmt.Errorf("the ending of %q tells no format: use .pdf, .html, .json or .fhir.json, or say --format", filepath.Base(o.out))}
		}
		return format, nil
	}
	for _, known := range report.Formats() {
		if string(known) == o.format {
			return known, nil
		}
	}
	return "", usageError{fmt.Errorf("there is no report format %q: choose one of %v", o.format, report.Formats())}
}

// newFilmReport reads and judges a film, and looks up its latest review where
// none was named.
func newFilmReport(ctx context.Context, trail *trail, model *inference.Model, path string, review *store.Case, o reportOptions, text report.Text) (*report.Report, error) {
	if review != nil {
		o.frame = review.Film.Frame
	}
	analysis, err := analyseFrame(ctx, model, path, o.frame, o.anyway)
	if err != nil {
		return nil, err
	}
	trail.analysed(analysis)
	if review == nil {
		review, err = trail.review(ctx, analysis.Film)
	} else {
		err = sameFilm(analysis, review)
	}
	if err != nil {
		return nil, err
	}
	return report.New(report.Source{
		Analysis: analysis, File: path, Model: model.Info(), Case: review, Text: text, Reader: store.UserName(),
		Program: "Pneumolight " + programVersion, At: time.Now(),
	}), nil
}

func analyseFrame(ctx context.Context, model reading.Predictor, path string, frame int, anyway bool) (reading.Analysis, error) {
	film, err := dicomio.ReadFrame(ctx, path, frame)
	if err != nil {
		if ctx.Err() != nil {
			return reading.Analysis{}, ctx.Err()
		}
		return reading.Analysis{Status: reading.StatusError, Err: err}, nil
	}
	return reading.Analyse(ctx, model, film, anyway)
}
