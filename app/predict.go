package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"pneumolight/inference"
	"pneumolight/reading"
)

func newPredict(shared *settings) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "predict FILE...",
		Short: "Print the model's prediction for each film",
		Long: `Predict reads each film, decides whether the model may judge it, and prints
what the model says: one line a film, in the order given. With --json a line
is one object: file, status (ok, refused, error), reason, probability, call
(normal, pneumonia, uncertain), threshold, model {name, version, sha256} and
ms {read, infer}. A film that was refused or failed has no probability and no
call, and the exit code is 1.`,
		Example: "  pneumolight predict --json film.dcm other.png",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			model, err := openModel(*shared)
			if err != nil {
				return err
			}
			defer model.Close()
			trail := startTrail(cmd.Context(), *shared, cmd.ErrOrStderr())
			defer trail.end()
			write := writeLine
			if asJSON {
				write = writeJSON
			}
			return predict(cmd.Context(), model, trail, files, func(r row) error { return write(cmd.OutOrStdout(), r) })
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return command
}

// predict gives each film's row to write, in order.
func predict(ctx context.Context, model reading.Predictor, trail *trail, files []string, write func(row) error) error {
	failed := false
	for _, file := range files {
		analysis, err := reading.Open(ctx, model, file)
		if err != nil {
			return err
		}
		trail.analysed(analysis)
		if err := write(newRow(file, analysis, model.Info())); err != nil {
			return err
		}
		failed = failed || analysis.Status != reading.StatusOK
	}
	if failed {
		return errSomeFailed
	}
	return nil
}

// row is one film's line.
type row struct {
	File        string          `json:"file"`
	Status      reading.Status  `json:"status"`
	Reason      string          `json:"reason"`
	Probability *float64        `json:"probability"`
	Call        *inference.Call `json:"call"`
	Threshold   float64         `json:"threshold"`
	Model       rowModel        `json:"model"`
	MS          rowTimes        `json:"ms"`
}

type rowModel struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

type rowTimes struct {
	Read  float64 `json:"read"`
	Infer float64 `json:"infer"`
}

func newRow(file string, a reading.Analysis, info inference.Info) row {
	r := row{
		File: file, Status: a.Status, Reason: a.Reason(), Threshold: info.Threshold,
		Model: rowModel{Name: info.Name, Version: info.Version, SHA256: info.SHA256},
		MS:    rowTimes{Read: milliseconds(a.Read), Infer: milliseconds(a.Infer)},
	}
	if a.Status == reading.StatusOK {
		r.Probability, r.Call = &a.Prediction.Probability, &a.Prediction.Call
	}
	return r
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}

func writeJSON(out io.Writer, r row) error {
	r.File, r.Reason = legible(r.File), legible(r.Reason)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// legible is a text with a name in it that need not be UTF-8, as no JSON or
// CSV can hold it: in such a text each byte that is none of a character is \x
// and two digits, and a backslash is two. printf '%b' makes the name of it.
func legible(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, text[0])
		case r == '\\':
			out.WriteString(`\\`)
		default:
			out.WriteString(text[:size])
		}
		text = text[size:]
	}
	return out.String()
}

func writeLine(out io.Writer, r row) error {
	var err error
	switch {
	case r.Status != reading.StatusOK:
		_, err = fmt.Fprintf(out, "%s: %s: %s\n", r.File, r.Status, r.Reason)
	case r.Reason != "":
		_, err = fmt.Fprintf(out, "%s: %s, probability of pneumonia %.1f %% (threshold %.1f %%). %s\n",
			r.File, *r.Call, 100**r.Probability, 100*r.Threshold, r.Reason)
	default:
		_, err = fmt.Fprintf(out, "%s: %s, probability of pneumonia %.1f %% (threshold %.1f %%)\n",
			r.File, *r.Call, 100**r.Probability, 100*r.Threshold)
	}
	return err
}
