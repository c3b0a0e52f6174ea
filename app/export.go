package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"pneumolight/deidentify"
	"pneumolight/dicomio"
	"pneumolight/reading"
	"pneumolight/report"
	"pneumolight/store"
)

// The files that an export holds beside its films.
const (
	exportSummary     = "deidentification.json"
	exportSummaryText = "deidentification.txt"
	exportCases       = "cases.jsonl"
)

type exportOptions struct {
	out             string
	shift, burnedIn bool
	reports, cases  bool
}

func newExport(shared *settings) *cobra.Command {
	var o exportOptions
	command := &cobra.Command{
		Use:   "export FILE|FOLDER --out DIR",
		Short: "Copy films without what identifies the patient",
		Long: `Export writes a de-identified copy of each film into DIR, a folder that is new
or empty, after the Basic Application Level Confidentiality Profile of DICOM
PS3.15. Patients get a pseudonym, unique identifiers others, the same for the
same within the export; private attributes, overlays and free text go; dates go
too, or are shifted with --shift-dates. The pixels stay as they are: text that
is burned into a picture is warned about, not removed, and a film that says it
has such text is refused unless --allow-burned-in is given.

DIR also gets deidentification.json and .txt, which say what was removed from
each film, without any value. With --reports each film gets a report beside it,
with --cases the log's reviews of the films are written to cases.jsonl, without
notes, age and sex.

A film that cannot be de-identified is not written; the exit code is then 1.`,
		Example: "  pneumolight export study/ --out anonymous/ --shift-dates --reports",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.out == "" {
				return usageError{errors.New("export needs --out")}
			}
			return exportFilms(cmd, *shared, o, args[0])
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.out, "out", "", "the new or empty folder to write to")
	flags.BoolVar(&o.shift, "shift-dates", false, "shift dates by a random number of days a patient instead of removing them")
	flags.BoolVar(&o.burnedIn, "allow-burned-in", false, "also export films that say that text is burned into their picture")
	flags.BoolVar(&o.reports, "reports", false, "write a PDF report of each de-identified film")
	flags.BoolVar(&o.cases, "cases", false, "write the log's reviews of the films, de-identified")
	return command
}

// exporter writes one export.
type exporter struct {
	options exportOptions
	export  *deidentify.Export
	source  dicomio.Source // of the originals' digests
	// model is nil where no reports are asked for.
	model reading.Predictor
	// reviews finds a film's latest review; nil where there is none.
	reviews func(context.Context, *dicomio.Film) (*store.Case, error)
	// record keeps in the log what was done.
	record func(store.Event)
	// refused is told which film is not exported and why; progress, after
	// each film, how many of how many are done.
	refused  func(path string, err error)
	progress func(done, total int)

	summary deidentify.Summary
	cases   bytes.Buffer
}

// newExporter begins an export with a key of its own.
func newExporter(o exportOptions) (*exporter, error) {
	dates := deidentify.DatesRemoved
	if o.shift {
		dates = deidentify.DatesShifted
	}
	export, err := deidentify.New(deidentify.Options{Dates: dates, BurnedIn: o.burnedIn})
	return &exporter{
		options: o, export: export,
		refused: func(string, error) {}, progress: func(int, int) {},
		summary: deidentify.Summary{Edition: deidentify.Edition, Dates: dates, Films: []deidentify.Entry{}},
	}, err
}

func exportFilms(cmd *cobra.Command, shared settings, o exportOptions, source string) (err error) {
	x, err := newExporter(o)
	if err != nil {
		return err
	}
	x.refused = func(path string, err error) {
		fmt.Fprintf(cmd.ErrOrStderr(), "not exported: %v\n", named(path, err))
	}
	films, err := x.find(cmd.Context(), source)
	if err != nil {
		return err
	}
	if o.reports {
		model, err := openModel(shared)
		if err != nil {
			return err
		}
		defer model.Close()
		x.model = model
	}
	trail := startTrail(cmd.Context(), shared, cmd.ErrOrStderr())
	defer trail.end()
	x.reviews, x.record = trail.review, trail.Record
	if err := x.all(cmd.Context(), films); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d films exported to %s, %d refused, %d other files passed over. See %s, and look at each picture before you hand it on.\n",
		x.summary.Exported, o.out, x.summary.Refused, x.summary.Skipped, exportSummaryText)
	if x.summary.Refused > 0 || x.summary.Exported == 0 {
		return errSomeFailed
	}
	return nil
}

// all exports films and describes what it did, also where it was stopped.
func (x *exporter) all(ctx context.Context, films []string) error {
	if err := emptyFolder(x.options.out); err != nil {
		return err
	}
	defer x.source.Close()
	for k, path := range films {
		x.progress(k, len(films))
		if err := x.film(ctx, path); err != nil {
			// What was exported until now is described all the same, if that
			// is still possible.
			_ = x.finish()
			return err
		}
	}
	x.progress(len(films), len(films))
	return x.finish()
}

// find lists the films of a file or folder. What a folder holds besides films
// is passed over; a file that was named is not.
func (x *exporter) find(ctx context.Context, source string) ([]string, error) {
	var films []string
	info, err := os.Stat(source)
	folder := err == nil && info.IsDir()
	err = dicomio.Scan(ctx, source, func(e dicomio.Entry) error {
		if folder && (errors.Is(e.Err, dicomio.ErrNotAFilm) || errors.Is(e.Err, dicomio.ErrNoPixels)) {
			x.summary.Skipped++
			return nil
		}
		films = append(films, e.Path)
		return nil
	})
	if err == nil && len(films) == 0 {
		err = fmt.Errorf("%s holds no film", filepath.Base(source))
	}
	return films, err
}

// emptyFolder makes a folder, or takes one that holds nothing: films of two
// exports in one would have two names for one patient.
func emptyFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("making the folder for the export: %w", err)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return fmt.Errorf("looking into the folder for the export: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: give a new folder, so that two exports are not mixed", path)
	}
	return nil
}

// film exports one film. An error is one of the export as a whole.
func (x *exporter) film(ctx context.Context, path string) error {
	film, err := x.export.File(ctx, path)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		x.refused(path, err)
		x.summary.Refused++
		x.summary.Films = append(x.summary.Films, deidentify.Entry{Refusal: unnamed(err)})
		return nil
	}
	name := fmt.Sprintf("film-%04d%s", x.summary.Exported+1, film.Extension)
	target := filepath.Join(x.options.out, name)
	if err := writeFile(target, film.Write); err != nil {
		return err
	}
	x.summary.Exported++
	original, err := x.source.Load(ctx, path, nil)
	if err != nil {
		return err
	}
	x.record(store.Exported(original.SHA256, x.options.reports))
	x.summary.Films = append(x.summary.Films, deidentify.Entry{File: name, Removed: film.Removed, Warnings: film.Warnings})
	if !x.options.reports && !x.options.cases {
		return nil
	}
	review, err := x.review(ctx, path, film)
	if err != nil {
		return err
	}
	if x.options.cases && review != nil {
		if err := json.NewEncoder(&x.cases).Encode(review); err != nil {
			return err
		}
	}
	if x.options.reports {
		return x.report(ctx, target, review)
	}
	return nil
}

// named puts the file's name before an error that has none.
func named(path string, err error) error {
	var read *dicomio.ReadError
	if errors.As(err, &read) {
		return err
	}
	return fmt.Errorf("%s: %w", filepath.Base(path), err)
}

// unnamed is an error's text without the file's name, which may be a patient's.
func unnamed(err error) string {
	var read *dicomio.ReadError
	if errors.As(err, &read) {
		for _, kind := range []error{
			dicomio.ErrEmpty, dicomio.ErrNotAFilm, dicomio.ErrTruncated, dicomio.ErrUnsupported,
			dicomio.ErrTooLarge, dicomio.ErrNoPixels, dicomio.ErrMalformed,
		} {
			if errors.Is(err, kind) {
				return kind.Error()
			}
		}
		return "the file could not be read"
	}
	return err.Error()
}

// review is the log's latest review of a film as it may be handed on: with the
// new film's identifiers, its times shifted like the patient's dates, and
// without note, age and sex. Nil where there is none.
func (x *exporter) review(ctx context.Context, path string, film *deidentify.Film) (*store.Case, error) {
	original, err := dicomio.ReadFile(ctx, path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, nil // it cannot have been reviewed
	}
	c, err := x.reviews(ctx, original)
	if err != nil || c == nil {
		return nil, err
	}
	c.Film = store.Film{
		SHA256: film.SHA256(), Frame: c.Film.Frame,
		StudyUID: film.StudyUID, SeriesUID: film.SeriesUID, InstanceUID: film.InstanceUID,
	}
	c.Model.AnalysedAt = c.Model.AnalysedAt.AddDate(0, 0, film.Days)
	c.Review.ReviewedAt = c.Review.ReviewedAt.AddDate(0, 0, film.Days)
	c.Review.Note, c.Review.Reviewer, c.Path = "", "", ""
	return c, nil
}

// report writes a report of a film that was exported.
func (x *exporter) report(ctx context.Context, film string, review *store.Case) error {
	analysis, err := analyseFrame(ctx, x.model, film, 1, false)
	if err != nil {
		return err
	}
	x.record(analysis.Event())
	r := report.New(report.Source{
		Analysis: analysis, File: film, Model: x.model.Info(), Case: review,
		Program: "Pneumolight " + programVersion, At: time.Now(),
	})
	return writeFile(film+".pdf", func(w io.Writer) error { return r.Write(ctx, w, report.PDF) })
}

// finish writes what the export did, and the cases.
func (x *exporter) finish() error {
	if x.options.cases {
		if err := writeFile(filepath.Join(x.options.out, exportCases), func(w io.Writer) error {
			_, err := w.Write(x.cases.Bytes())
			return err
		}); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(x.options.out, exportSummaryText), x.summary.WriteText); err != nil {
		return err
	}
	return writeFile(filepath.Join(x.options.out, exportSummary), func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(x.summary)
	})
}
