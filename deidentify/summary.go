package deidentify

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Summary says what an export did. It holds no value of any attribute, no name
// of a file and no path.
type Summary struct {
	Edition  string  `json:"edition"`
	Dates    Dates   `json:"dates"`
	Films    []Entry `json:"films"`
	Exported int     `json:"exported"`
	Refused  int     `json:"refused"`
	// Skipped is how many files of a folder were no films.
	Skipped int `json:"skipped"`
}

// Entry is one film of an export.
type Entry struct {
	// File is the name that the film was given; empty where it was refused.
	File string `json:"file"`
	// Refusal says why; empty where it was exported.
	Refusal  string    `json:"refusal"`
	Removed  []Removed `json:"removed"`
	Warnings []string  `json:"warnings"`
}

// WriteText writes the summary to be read by people.
func (s Summary) WriteText(w io.Writer) error {
	dates := "removed"
	if s.Dates == DatesShifted {
		dates = "shifted back by one random number of days a patient; birth dates removed"
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "De-identified after %s.\nDates: %s.\nFilms: %d exported, %d refused; %d other files passed over.\n",
		s.Edition, dates, s.Exported, s.Refused, s.Skipped)
	fmt.Fprint(table, "X removed, Z emptied, D replaced by a dummy, U identifier replaced, C date shifted, scrubbed: text that held a removed name or number.\n")
	for k, film := range s.Films {
		if film.Refusal != "" {
			fmt.Fprintf(table, "\nFilm %d: not exported: %s\n", k+1, film.Refusal)
			continue
		}
		fmt.Fprintf(table, "\n%s\n", film.File)
		for _, warning := range film.Warnings {
			fmt.Fprintf(table, "  Warning: %s\n", warning)
		}
		for _, r := range film.Removed {
			fmt.Fprintf(table, "  %s\t%s\t%s\t%d\n", r.Tag, r.Name, r.Action, r.Count)
		}
	}
	return table.Flush()
}
