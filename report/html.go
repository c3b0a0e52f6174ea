package report

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"io"
	"strings"
)

//go:embed report.html.tmpl
var pageSource string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"percent": percent, "clock": clock, "date": date, "name": personName, "age": age, "call": callText,
	"time":   timeOfDay,
	"scaled": func(p float64) string { return fmt.Sprintf("%.2f", 100*p) },
	"width":  func(low, high float64) string { return fmt.Sprintf("%.2f", 100*(high-low)) },
	"lines":  func(s string) []string { return strings.Split(s, "\n") },
}).Parse(pageSource))

// writeHTML writes the report as one file that shows without a network.
func (r *Report) writeHTML(w io.Writer) error {
	film, with := r.pictures()
	shown := struct {
		*Report
		Title                         string
		Summary, Caution, State, Line string
		IDs                           []struct{ Label, Value string }
		FilmURL, OverlayURL           template.URL
		VerdictText, HeatCaption      string
	}{Report: r, Title: title, Summary: r.summary(), Caution: r.caution(), State: r.state(), Line: r.modelLine()}
	for _, f := range r.identifiers() {
		shown.IDs = append(shown.IDs, struct{ Label, Value string }{f.label, f.value})
	}
	if r.Verdict != nil {
		shown.VerdictText = r.Verdict.sentence()
	}
	if r.Result != nil {
		shown.HeatCaption = r.heatCaption()
	}
	var err error
	if shown.FilmURL, err = dataURL(film); err != nil {
		return err
	}
	if shown.OverlayURL, err = dataURL(with); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, shown); err != nil {
		return fmt.Errorf("setting the page: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// dataURL is a picture as a URL; empty for no picture.
func dataURL(picture *image.RGBA) (template.URL, error) {
	if picture == nil {
		return "", nil
	}
	data, err := encoded(picture)
	if err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(data)), nil
}
