package main

import (
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"pneumolight/store"
)

func newAudit(shared *settings) *cobra.Command {
	command := &cobra.Command{
		Use:   "audit verify|list|head",
		Short: "Check or print the record of what was done",
		Long: `Every film opened, every reading by the model, review, report, export,
screening, change of a setting, backup and restore is a row of the audit, each
chained to the one before by its SHA-256. It holds no names, patient IDs, birth
dates or file names.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usageError{errors.New("audit needs verify, list or head")}
		},
	}
	command.AddCommand(newAuditVerify(shared), newAuditList(shared), newAuditHead(shared))
	for _, sub := range command.Commands() {
		sub.Args = usageArgs(cobra.NoArgs)
	}
	return command
}

func newAuditVerify(shared *settings) *cobra.Command {
	var noted []string
	command := &cobra.Command{
		Use:   "verify [--head HEAD]...",
		Short: "Find audit rows and reviews that were changed, removed, added or reordered",
		Long: `Verify checks the database's integrity, follows the audit's chain from its first
row to its head, and compares each review with what the audit says of it. What
is wrong is one line each, with the row. It changes nothing, not even where the
log is damaged.

Who can write to the file can also make all of the chain anew. Only a head that
was noted elsewhere at the time ('pneumolight audit head') shows that: name it
with --head.

Exit codes: 0 nothing is wrong, 1 something is or the log cannot be read, 2
wrong usage.`,
		Example: "  pneumolight audit verify --head 1042:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var heads []store.Head
			for _, text := range noted {
				head, err := store.ParseHead(text)
				if err != nil {
					return usageError{err}
				}
				heads = append(heads, head)
			}
			return withAudit(cmd, *shared, func(ctx context.Context, log *store.Log) error {
				return verifyAudit(ctx, log, heads, cmd.OutOrStdout())
			})
		},
	}
	command.Flags().StringArrayVar(&noted, "head", nil, "a head noted earlier that must be part of the chain")
	return command
}

// withAudit does something with the audit of a log that is there. It writes to
// nothing that it is to check.
func withAudit(cmd *cobra.Command, s settings, do func(context.Context, *store.Log) error) (err error) {
	path, err := keptLog(s)
	if err != nil {
		return err
	}
	log, err := store.Read(cmd.Context(), path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	return do(cmd.Context(), log)
}

func verifyAudit(ctx context.Context, log *store.Log, noted []store.Head, out io.Writer) error {
	found, err := log.Verify(ctx, noted...)
	if err != nil {
		return err
	}
	for _, flaw := range found.Flaws {
		if _, err := fmt.Fprintln(out, flaw.Text); err != nil {
			return err
		}
	}
	if len(found.Flaws) > 0 {
		return fmt.Errorf("%s is not as Pneumolight wrote it: keep this file, and compare it with your last backup", log.Path())
	}
	_, err = fmt.Fprintf(out, "%d audit rows and %d reviews are as they were written. Head: %s\n",
		found.Head.Rows, found.Reviews, found.Head)
	return err
}

func newAuditHead(shared *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "head",
		Short: "Print the audit's length and last hash, to be noted elsewhere",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAudit(cmd, *shared, func(ctx context.Context, log *store.Log) error {
				head, err := log.Head(ctx)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), head)
				return err
			})
		},
	}
}

func newAuditList(shared *settings) *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:   "list",
		Short: "Print the audit",
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, known := auditWriters[format]
			if !known {
				return usageError{fmt.Errorf("--format is csv or json, not %q", format)}
			}
			return withAudit(cmd, *shared, func(ctx context.Context, log *store.Log) error {
				return write(ctx, log, cmd.OutOrStdout())
			})
		},
	}
	command.Flags().StringVar(&format, "format", "csv", "csv, or json (one object a line)")
	return command
}

var auditWriters = map[string]func(context.Context, *store.Log, io.Writer) error{"csv": auditCSV, "json": auditJSON}

func auditCSV(ctx context.Context, log *store.Log, out io.Writer) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"row", "at", "actor", "action", "film_sha256", "frame", "details", "previous", "hash"}); err != nil {
		return err
	}
	err := log.Audit(ctx, func(r store.AuditRow) error {
		return w.Write([]string{
			strconv.FormatInt(r.ID, 10), r.At, cell(r.Actor), string(r.Action), r.Film, strconv.Itoa(r.Frame), r.Details,
			hex.EncodeToString(r.Previous[:]), hex.EncodeToString(r.Hash[:]),
		})
	})
	w.Flush()
	return errors.Join(err, w.Error())
}

func auditJSON(ctx context.Context, log *store.Log, out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return log.Audit(ctx, func(r store.AuditRow) error {
		return encoder.Encode(struct {
			Row      int64           `json:"row"`
			At       string          `json:"at"`
			Actor    string          `json:"actor"`
			Action   store.Action    `json:"action"`
			Film     string          `json:"film_sha256"`
			Frame    int             `json:"frame"`
			Details  json.RawMessage `json:"details"`
			Previous string          `json:"previous"`
			Hash     string          `json:"hash"`
		}{
			r.ID, r.At, r.Actor, r.Action, r.Film, r.Frame, json.RawMessage(r.Details),
			hex.EncodeToString(r.Previous[:]), hex.EncodeToString(r.Hash[:]),
		})
	})
}
