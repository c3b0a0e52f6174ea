package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"pneumolight/ui"
)

// The exit codes, the same for every command.
const (
	exitDone   = 0
	exitFailed = 1 // some film failed, or the work could not be done
	exitUsage  = 2
)

// usageError marks an error in how the program was called.
type usageError struct{ error }

// errSomeFailed ends a command that has already said what failed.
var errSomeFailed = errors.New("some films failed")

// run runs the program with its arguments and returns its exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "pneumolight: %v\nSee 'pneumolight --help'.\n", usage)
		return exitUsage
	case errors.Is(err, errSomeFailed):
		return exitFailed
	default:
		fmt.Fprintf(stderr, "pneumolight: %v\n", err)
		return exitFailed
	}
}

// settings are what several commands share.
type settings struct {
	model    string // path of another model than the shipped one, or ui.PaperModel
	database string // path of the log; empty: store.DefaultPath
	threads  int    // how many the model may use; 0: one for each core
}

func newRoot() *cobra.Command {
	var shared settings
	root := &cobra.Command{
		Use:   "pneumolight [FILE|FOLDER]...",
		Short: "Open chest films, see the model's prediction over them, log the review",
		Long: `Pneumolight opens chest films (DICOM, PNG, JPEG), runs a pneumonia classifier
on this machine, lays the prediction over the film and logs what the reader
decided. Without a command it opens its window on the films named.

Research use only: results are not for standalone decisions, nor to rule
disease out.

Exit codes: 0 all done, 1 some film failed, 2 wrong usage.`,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return openWindow(cmd.Context(), shared, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	root.PersistentFlags().StringVar(&shared.model, "model", "", "use this model file instead of the shipped one; "+ui.PaperModel+" for the paper's network, which is shipped, too")
	root.PersistentFlags().StringVar(&shared.database, "db", "", "keep the log of reviewed cases in this file")
	root.AddCommand(
		newPredict(&shared),
		newScreen(&shared),
		newRender(&shared),
		newPixels(&shared),
		newLog(&shared),
		newAudit(&shared),
		newBackup(&shared),
		newRestore(&shared),
		newModel(&shared),
		newReport(&shared),
		newExport(&shared),
		newEvaluate(&shared),
	)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	for _, command := range root.Commands() {
		command.Args = usageArgs(command.Args)
	}
	root.Version = programVersion
	return root
}

// usageArgs marks what a command says of its arguments as a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}
