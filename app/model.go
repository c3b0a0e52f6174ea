package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"pneumolight/inference"
)

func newModel(shared *settings) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "model",
		Short: "Describe the model: version, size, thresholds, data, licence",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			model, err := openModel(*shared)
			if err != nil {
				return err
			}
			defer model.Close()
			if asJSON {
				return modelJSON(cmd.OutOrStdout(), model.Info())
			}
			return modelText(cmd.OutOrStdout(), model.Info())
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return command
}

func modelJSON(out io.Writer, info inference.Info) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		inference.Info
		SHA256 string `json:"sha256"`
	}{info, info.SHA256})
}

func modelText(out io.Writer, info inference.Info) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"name", info.Name},
		{"version", info.Version},
		{"created", info.Created.Format("2006-01-02")},
		{"sha256", info.SHA256},
		{"parameters", fmt.Sprintf("%.3f M", float64(info.Parameters)/1e6)},
		{"MACs a film", fmt.Sprintf("%.1f M", float64(info.MACs)/1e6)},
		{"input", fmt.Sprintf("%d×%d, grey", info.Input.Width, info.Input.Height)},
		{"threshold", fmt.Sprintf("%.3f", info.Threshold)},
		{"uncertain", fmt.Sprintf("between %.3f and %.3f", info.Uncertain.Low, info.Uncertain.High)},
		{"data", info.Data},
		{"licence", info.Licence},
	} {
		if _, err := fmt.Fprintf(w, "%s\t%s\n", line[0], line[1]); err != nil {
			return err
		}
	}
	return w.Flush()
}
