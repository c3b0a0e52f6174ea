package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"pneumolight/inference"
	"pneumolight/screening"
	"pneumolight/store"
)

func newScreen(shared *settings) *cobra.Command {
	var s screenCommand
	command := &cobra.Command{
		Use:   "screen FOLDER --out results.csv|results.jsonl",
		Short: "Screen a whole folder of films, with one row for each",
		Long: `Screen takes every film in a folder, the folders below it and the archives in
them through the model, and writes one row a film: result, refusal or error
with its reason. The fields are those of predict --json, and sha256, paths
(every file that holds the film; it is analysed once), bytes, width, height,
study_uid, series_uid and instance_uid. Rows are in the order of the paths.

What is done is kept in a journal beside the results (results.csv.journal), or
in the database that --db names. After Ctrl+C, a crash or a full disk the same
command with --resume goes on where it stopped: unchanged files are not read
again, failed ones are. Without --resume it starts over. The results are
replaced as a whole, from time to time and at the end.

With --watch it goes on and screens new films as they arrive, until Ctrl+C.

The results order films at best; they exclude nothing: every film still has to
be read.`,
		Example: `  pneumolight screen incoming --out results.csv
  pneumolight screen incoming --out results.jsonl --watch --resume`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s.folder, s.settings, s.stderr = args[0], *shared, cmd.ErrOrStderr()
			return s.run(cmd.Context())
		},
	}
	command.Flags().StringVar(&s.out, "out", "", "the results, .csv or .jsonl")
	command.Flags().IntVar(&s.workers, "workers", 0, "how many films are worked on at once (default: one a core)")
	command.Flags().BoolVar(&s.resume, "resume", false, "go on where an earlier run stopped")
	command.Flags().BoolVar(&s.watch, "watch", false, "go on and screen films as they arrive, until Ctrl+C")
	return command
}

// screenCommand is one call of the command.
type screenCommand struct {
	folder, out   string
	workers       int
	resume, watch bool
	settings      settings
	stderr        io.Writer
}

func (s *screenCommand) run(ctx context.Context) (err error) {
	if err := s.check(); err != nil {
		return err
	}
	root, err := screening.Root(s.folder)
	if err != nil {
		return fmt.Errorf("%s cannot be opened: %w", s.folder, cause(err))
	}
	if err := s.checkOut(); err != nil {
		return err
	}
	// The workers run the model side by side; one thread a run wastes least.
	model, err := openModelThreads(s.settings, 1)
	if err != nil {
		return err
	}
	defer model.Close()
	log, err := store.Open(ctx, s.journal())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	tellAside(log, s.stderr)
	journal, err := log.BeginScreening(ctx, screeningRun(root, model.Info()), s.resume)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, journal.Release()) }()
	if journal.Only() {
		s.clearOut()
	}
	if s.settings.database != "" {
		return s.screen(ctx, model, journal) // the journal is the log
	}
	s.keepBegun(ctx, journal)
	err = s.screen(ctx, model, journal)
	s.keepHead(context.WithoutCancel(ctx), log, journal)
	return err
}

// keepBegun records in the user's log that a screening begins whose journal,
// with the audit of its films, is a file of its own: if it is killed, nothing
// else will.
func (s *screenCommand) keepBegun(ctx context.Context, journal *store.Screening) {
	trail := startTrail(ctx, s.settings, s.stderr)
	defer trail.end()
	trail.Record(journal.Begun())
}

// keepHead records in the user's log what came of it.
func (s *screenCommand) keepHead(ctx context.Context, log *store.Log, journal *store.Screening) {
	trail := startTrail(ctx, s.settings, s.stderr)
	defer trail.end()
	head, err := log.Head(ctx)
	films, failed := journal.Tally(ctx)
	if err = errors.Join(err, failed); err != nil {
		fmt.Fprintf(s.stderr, "pneumolight: the screening is not recorded in the log: %v\n", err)
		return
	}
	trail.Record(store.ScreeningKept(head, films))
}

// screeningRun is a run of a model over a folder that begins now.
func screeningRun(root string, info inference.Info) store.ScreeningRun {
	return store.ScreeningRun{
		Folder: root, ModelName: info.Name, ModelVersion: info.Version, ModelSHA256: info.SHA256,
		Threshold: info.Threshold, StartedAt: time.Now(),
	}
}

// check refuses a wrong call before anything is opened.
func (s *screenCommand) check() error {
	switch {
	case s.out == "":
		return usageError{errors.New("screen needs --out")}
	case s.rows() == nil:
		return usageError{fmt.Errorf("--out ends in .csv or .jsonl, not in %q", filepath.Ext(s.out))}
	case s.workers < 0:
		return usageError{fmt.Errorf("--workers is at least 1, not %d", s.workers)}
	case s.workers > screening.MostWorkers():
		return usageError{fmt.Errorf("--workers is at most %d on this machine, eight a core, not %d", screening.MostWorkers(), s.workers)}
	}
	return nil
}

// journal is the database that keeps what is done.
func (s *screenCommand) journal() string {
	if s.settings.database != "" {
		return s.settings.database
	}
	return s.out + ".journal"
}

// checkOut finds out at the start rather than at the end whether the results can
// be written.
func (s *screenCommand) checkOut() error {
	if info, err := os.Stat(s.out); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file: name another one for the results", s.out)
	}
	if !isResults(s.out) {
		return usageError{fmt.Errorf("%s holds something else than a screening's results: name another file for them", s.out)}
	}
	probe, err := os.CreateTemp(filepath.Dir(s.out), "."+filepath.Base(s.out)+".*")
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", s.out, cause(err))
	}
	err = os.Remove(probe.Name())
	if errors.Is(err, os.ErrNotExist) {
		err = nil // another run has taken it for a killed one's
	}
	if err := errors.Join(probe.Close(), err); err != nil {
		return fmt.Errorf("%s cannot be written: %w", s.out, cause(err))
	}
	return nil
}

// clearOut removes what a killed run left of the results, once it is known that
// no other one is writing them.
func (s *screenCommand) clearOut() {
	entries, err := os.ReadDir(filepath.Dir(s.out))
	if err != nil {
		return // a folder that can be written but not listed
	}
	for _, entry := range entries {
		number, ours := strings.CutPrefix(entry.Name(), "."+filepath.Base(s.out)+".")
		if ours && number != "" && strings.Trim(number, "0123456789") == "" {
			_ = os.Remove(filepath.Join(filepath.Dir(s.out), entry.Name()))
		}
	}
}

// screen runs the job and writes what came of it, however it ended.
func (s *screenCommand) screen(ctx context.Context, model *inference.Model, journal *store.Screening) error {
	progress := newProgressLine(s.stderr)
	write := func(ctx context.Context) error { return s.write(ctx, journal, model.Info()) }
	done, failure := screening.Job{
		Folder: s.folder, Model: model, Journal: journal, Workers: s.workers, Watch: s.watch,
		Own: s.own(), Progress: progress.show, Checkpoint: write,
	}.Run(ctx)
	progress.end()

	whole := context.WithoutCancel(ctx) // what is done is written after Ctrl+C too
	unwritten := write(whole)
	cancelled := errors.Is(failure, context.Canceled)
	switch {
	case failure != nil && !cancelled:
		return s.kept(whole, journal, failure) // that the results can't be written either adds nothing
	case unwritten != nil:
		return s.kept(whole, journal, unwritten)
	case cancelled:
		return fmt.Errorf("stopped after %d of %d files; what is done is in %s. Go on with: %s",
			done.Done, done.Total, s.out, s.again())
	}
	return s.conclude(whole, journal, done)
}

// kept says that an error has lost nothing, if there is something to lose.
func (s *screenCommand) kept(ctx context.Context, journal *store.Screening, err error) error {
	if tally, failed := journal.Tally(ctx); failed == nil && len(tally) == 0 {
		return err
	}
	return fmt.Errorf("%w. What is done is kept in %s. Go on with: %s", err, s.journal(), s.again())
}

// conclude says how many films fared how.
func (s *screenCommand) conclude(ctx context.Context, journal *store.Screening, done screening.Progress) error {
	tally, err := journal.Tally(ctx)
	if err != nil {
		return err
	}
	films := tally["ok"] + tally["refused"] + tally["error"]
	fmt.Fprintf(s.stderr, "%d films in %d files: %d analysed, %d refused, %d failed. The results are in %s. The model orders them at best, it removes none: every film has to be read.\n",
		films, done.Done, tally["ok"], tally["refused"], tally["error"], s.out)
	if s.watch {
		fmt.Fprintf(s.stderr, "Go on with: %s\n", s.again())
	}
	if tally["ok"] < films {
		return errSomeFailed
	}
	return nil
}

// again is the command that continues this one.
func (s *screenCommand) again() string {
	words := []string{"pneumolight", "screen", s.folder, "--out", s.out}
	if s.settings.database != "" {
		words = append(words, "--db", s.settings.database)
	}
	if s.settings.model != "" {
		words = append(words, "--model", s.settings.model)
	}
	if s.workers != 0 {
		words = append(words, "--workers", fmt.Sprint(s.workers))
	}
	if s.watch {
		words = append(words, "--watch")
	}
	for k, word := range words {
		if strings.ContainsAny(word, " '\"\\$&()*;<>?[]`|~#!\t\n") {
			words[k] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(append(words, "--resume"), " ")
}

// own tells the files that the command itself writes, which may lie in the
// folder.
func (s *screenCommand) own() func(string) bool { return written(s.out, s.journal()) }

// written tells the files that are made where the named ones are written,
// results or databases: themselves, and what lies beside them meanwhile.
func written(names ...string) func(string) bool {
	prefixes := map[string]bool{}
	var absolutes []string
	for _, path := range names {
		absolute, err := filepath.Abs(path)
		if err != nil {
			continue
		}
		if folder, err := filepath.EvalSymlinks(filepath.Dir(absolute)); err == nil {
			absolute = filepath.Join(folder, filepath.Base(absolute))
		}
		absolutes = append(absolutes, absolute)
		for _, suffix := range []string{"", "-wal", "-shm", "-journal", ".lock"} {
			prefixes[absolute+suffix] = true
		}
	}
	return func(path string) bool {
		if prefixes[path] || slices.ContainsFunc(absolutes, func(log string) bool { return store.IsBeside(path, log) }) {
			return true
		}
		// .results.csv.12345 is what the results are written to first.
		folder, base := filepath.Split(path)
		hidden, ok := strings.CutPrefix(base, ".")
		cut := strings.LastIndex(hidden, ".")
		return ok && cut > 0 && prefixes[folder+hidden[:cut]]
	}
}

// cause is what the system says, without the path, which the sentence has.
func cause(err error) error {
	var failed *os.PathError
	switch {
	case errors.Is(err, os.ErrNotExist):
		return errors.New("there is no such folder: check the name and whether its drive is connected")
	case errors.Is(err, syscall.ENOSPC):
		return store.ErrFull
	case errors.As(err, &failed):
		return failed.Err
	}
	return err
}
