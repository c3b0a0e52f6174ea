package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"pneumolight/store"
)

func newBackup(shared *settings) *cobra.Command {
	var overwrite bool
	command := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the log to a file, also while it is in use",
		Long: `Backup copies the log of reviewed cases, with its audit, to one file while the
window or a screening may go on writing to it, and checks the copy. Only its
owner can read it. A file that is there already is left alone, unless
--overwrite is given.`,
		Example: "  pneumolight backup /media/stick/cases-2026-11-23.db",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			log, err := openKeptLog(cmd.Context(), *shared)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, log.Close()) }()
			if log.SetAside() != "" {
				// A backup of the new, empty log is not what was wanted.
				tellAside(log, cmd.ErrOrStderr())
				return errSomeFailed
			}
			head, err := log.Backup(cmd.Context(), args[0], overwrite)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "The log is backed up to %s and the copy is sound. Its audit's head is %s\n", args[0], head)
			return err
		},
	}
	command.Flags().BoolVar(&overwrite, "overwrite", false, "replace the file if it is there already")
	return command
}

func newRestore(shared *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the log's place",
		Long: `Restore checks a backup and puts a copy of it in the log's place. The log that
is there is moved aside under a dated name, never removed. Close the window
first: a log in use is not replaced.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := databasePath(*shared)
			if err != nil {
				return err
			}
			aside, err := store.Restore(cmd.Context(), path, args[0])
			if errors.Is(err, store.ErrBusy) {
				return fmt.Errorf("the log %s is in use: close every Pneumolight and try again", path)
			}
			if err != nil {
				return err
			}
			kept := "There was none before."
			if aside != "" {
				kept = "The one that was there is now " + aside + "."
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "The log %s is restored from %s. %s\n", path, args[0], kept)
			return err
		},
	}
}
