package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"pneumolight/store"
)

func newLog(shared *settings) *cobra.Command {
	var format string
	var history bool
	command := &cobra.Command{
		Use:   "log",
		Short: "Print the reviewed cases",
		Long: `Log prints the reviewed cases, each in its latest review, oldest first. It
holds no names, patient IDs or birth dates. Each review has a number, by which
'pneumolight report' finds it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "csv" && format != "json" {
				return usageError{fmt.Errorf("--format is csv or json, not %q", format)}
			}
			path, err := databasePath(*shared)
			if err != nil {
				return err
			}
			log, err := store.Read(cmd.Context(), path)
			if err != nil {
				return err
			}
			defer log.Close()
			if format == "json" {
				return logJSON(cmd.Context(), log, history, cmd.OutOrStdout())
			}
			return logCSV(cmd.Context(), log, history, cmd.OutOrStdout())
		},
	}
	command.Flags().StringVar(&format, "format", "csv", "csv, or json (one object a line)")
	command.Flags().BoolVar(&history, "history", false, "every review, not only each case's latest")
	return command
}

func logJSON(ctx context.Context, log *store.Log, history bool, out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return log.Numbered(ctx, history, func(row int64, c store.Case) error {
		return encoder.Encode(struct {
			Number int64 `json:"number"`
			store.Case
		}{row, c})
	})
}

// csvHeader names logCSV's columns.
var csvHeader = []string{
	"film_sha256", "frame", "study_uid", "series_uid", "instance_uid", "patient_age", "patient_sex",
	"model_name", "model_version", "model_sha256", "probability", "threshold", "call", "caution", "forced",
	"analysed_at", "verdict", "note", "reviewed_at", "finding", "side", "first_impression", "reviewer",
	"number",
}

func logCSV(ctx context.Context, log *store.Log, history bool, out io.Writer) error {
	w := csv.NewWriter(out)
	if err := w.Write(csvHeader); err != nil {
		return err
	}
	err := log.Numbered(ctx, history, func(row int64, c store.Case) error {
		age := ""
		if c.Film.PatientAge != nil {
			age = number(*c.Film.PatientAge)
		}
		return w.Write([]string{
			c.Film.SHA256, strconv.Itoa(c.Film.Frame), c.Film.StudyUID, c.Film.SeriesUID, c.Film.InstanceUID,
			age, c.Film.PatientSex,
			c.Model.Name, c.Model.Version, c.Model.SHA256,
			number(c.Model.Probability), number(c.Model.Threshold), c.Model.Call,
			c.Model.Caution, strconv.FormatBool(c.Model.Forced), c.Model.AnalysedAt.Format(time.RFC3339),
			string(c.Review.Verdict), cell(c.Review.Note), c.Review.ReviewedAt.Format(time.RFC3339),
			string(c.Review.Finding), string(c.Review.Side), c.Review.Impression, cell(c.Review.Reviewer),
			strconv.FormatInt(row, 10),
		})
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// cell keeps a spreadsheet from running a note as a formula, which may also
// begin after a tab or a line's end.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
