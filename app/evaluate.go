package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pneumolight/evaluation"
	"pneumolight/inference"
	"pneumolight/reading"
)

func newEvaluate(shared *settings) *cobra.Command {
	var list, root string
	var asJSON bool
	command := &cobra.Command{
		Use:   "evaluate --csv films.csv [--root DIR]",
		Short: "Measure the model on films whose truth you know",
		Long: `Evaluate has the model judge every film of a list and compares it with the
truth: a check to make on your own films before you lean on the model.

The list is a CSV file with a first line that names its columns, of which
"file" and "label" are used; a label is normal or pneumonia (or 0 or 1). Files
are looked for under --root, by default the list's own folder. Films that are
refused or cannot be read are counted, and left out of the other figures.
Intervals are 95 %, from a bootstrap over films.`,
		Example: "  pneumolight evaluate --csv films.csv --root films",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if list == "" {
				return usageError{errors.New("evaluate needs --csv")}
			}
			if root == "" {
				root = filepath.Dir(list)
			}
			films, err := readLabels(list)
			if err != nil {
				return err
			}
			model, err := openModel(*shared)
			if err != nil {
				return err
			}
			defer model.Close()
			trail := startTrail(cmd.Context(), *shared, cmd.ErrOrStderr())
			defer trail.end()
			report, err := evaluate(cmd.Context(), model, trail, films, root, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			write := report.text
			if asJSON {
				write = report.json
			}
			if err := write(cmd.OutOrStdout(), model.Info()); err != nil {
				return err
			}
			if report.Failed > 0 {
				return errSomeFailed
			}
			return nil
		},
	}
	command.Flags().StringVar(&list, "csv", "", "the list of films, with the columns file and label")
	command.Flags().StringVar(&root, "root", "", "the folder that the list's files lie under")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return command
}

// labelled is one line of the list.
type labelled struct {
	file      string
	pneumonia bool
}

// readLabels reads a list of films with their labels.
func readLabels(path string) ([]labelled, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the list: %w", err)
	}
	defer file.Close()
	lines := csv.NewReader(file)
	header, err := lines.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the list %s: %w", path, err)
	}
	column := map[string]int{}
	for k, name := range header {
		column[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = k
	}
	fileColumn, hasFile := column["file"]
	labelColumn, hasLabel := column["label"]
	if !hasFile || !hasLabel {
		return nil, fmt.Errorf("the list %s needs a first line that names the columns file and label", path)
	}
	var films []labelled
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return films, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the list %s: %w", path, err)
		}
		film := labelled{file: fields[fileColumn]}
		switch strings.ToLower(strings.TrimSpace(fields[labelColumn])) {
		case "normal", "0":
		case "pneumonia", "1":
			film.pneumonia = true
		default:
			line, _ := lines.FieldPos(labelColumn)
			return nil, fmt.Errorf("the list %s, line %d: a label is normal or pneumonia, not %q", path, line, fields[labelColumn])
		}
		films = append(films, film)
	}
}

// evaluationReport is what evaluate prints.
type evaluationReport struct {
	evaluation.Result
	Listed, Refused, Failed int
}

// evaluate has every film judged; films that fail are named on stderr.
func evaluate(ctx context.Context, model reading.Predictor, trail *trail, films []labelled, root string, stderr io.Writer) (evaluationReport, error) {
	report := evaluationReport{Listed: len(films)}
	var judged []evaluation.Film
	for _, film := range films {
		path := film.file
		if !filepath.IsAbs(path) {
			path = filepath.Join(root, path)
		}
		analysis, err := reading.Open(ctx, model, path)
		if err != nil {
			return report, err
		}
		trail.analysed(analysis)
		switch analysis.Status {
		case reading.StatusOK:
			judged = append(judged, evaluation.Film{
				Pneumonia:   film.pneumonia,
				Probability: analysis.Prediction.Probability,
				Uncertain:   analysis.Prediction.Call == inference.CallUncertain,
			})
		case reading.StatusRefused:
			report.Refused++
		default:
			report.Failed++
			fmt.Fprintf(stderr, "%s: %s\n", film.file, analysis.Reason())
		}
	}
	result, err := evaluation.Measure(judged, model.Info().Threshold)
	report.Result = result
	return report, err
}

// figures names the report's figures in the order in which they are printed.
func (r evaluationReport) figures() []namedFigure {
	return []namedFigure{
		{"auc", "AUC", r.AUC},
		{"sensitivity", "sensitivity", r.Sensitivity},
		{"specificity", "specificity", r.Specificity},
		{"balanced_accuracy", "balanced accuracy", r.BalancedAccuracy},
		{"uncertain", "model abstains", r.Uncertain},
		{"decided_accuracy", "accuracy where it does not", r.DecidedAccuracy},
		{"ece", "calibration error (ECE)", r.ECE},
		{"brier", "Brier score", r.Brier},
	}
}

type namedFigure struct {
	key, text string
	evaluation.Figure
}

func (r evaluationReport) text(out io.Writer, info inference.Info) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "model\t%s %s, threshold %.3f\n", info.Name, info.Version, info.Threshold)
	fmt.Fprintf(w, "films listed\t%d\n", r.Listed)
	fmt.Fprintf(w, "judged\t%d, %d with pneumonia\n", r.Films, r.Pneumonia)
	fmt.Fprintf(w, "refused\t%d\n", r.Refused)
	fmt.Fprintf(w, "failed\t%d\n", r.Failed)
	for _, f := range r.figures() {
		if math.IsNaN(f.Value) {
			fmt.Fprintf(w, "%s\tcannot be told from these films\n", f.text)
			continue
		}
		fmt.Fprintf(w, "%s\t%.3f\t(%.3f to %.3f)\n", f.text, f.Value, f.Low, f.High)
	}
	return w.Flush()
}

func (r evaluationReport) json(out io.Writer, info inference.Info) error {
	document := map[string]any{
		"model":  rowModel{Name: info.Name, Version: info.Version, SHA256: info.SHA256},
		"listed": r.Listed, "judged": r.Films, "pneumonia": r.Pneumonia, "refused": r.Refused, "failed": r.Failed,
		"threshold": info.Threshold,
	}
	for _, f := range r.figures() {
		if math.IsNaN(f.Value) {
			document[f.key] = nil
			continue
		}
		document[f.key] = map[string]float64{"value": f.Value, "low": f.Low, "high": f.High}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(document)
}
