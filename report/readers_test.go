package report_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"pneumolight/report"
	"pneumolight/testdata"
)

// Other programs read reports with these libraries: what they make of one is
// the test of the standards that it follows.
func TestOtherLibrariesReadTheReport(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(cache, "pneumolight", "venv-readers", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Skip("pydicom, highdicom and fhir.resources are not installed: setup/readers.sh installs them")
	}
	film := testdata.Film(t, testdata.Chest)
	r := of(t, steady{}, film, func(s *report.Source) {
		reviewed(s)
		looked(s)
	})
	folder := t.TempDir()
	for name, format := range map[string]report.Format{
		"pdf.dcm": report.EncapsulatedPDF, "capture.dcm": report.SecondaryCapture,
		"structured.dcm": report.StructuredReport, "state.dcm": report.PresentationState, "report.json": report.FHIR,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), write(t, r, format), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command(python, "testdata/readers.py", folder, film)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("a library refuses the report: %v", err)
	}
	type object struct {
		Class        string
		Refers       bool
		Shape        []int
		PDF          string
		Groups       int
		Measurements [][3]any
	}
	var found struct {
		PDF, Capture, Structured, State object
		FHIR                            []string
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for class, o := range map[string]object{
		"Encapsulated PDF Storage":                      found.PDF,
		"Secondary Capture Image Storage":               found.Capture,
		"Comprehensive SR Storage":                      found.Structured,
		"Grayscale Softcopy Presentation State Storage": found.State,
	} {
		if o.Class != class || !o.Refers {
			t.Errorf("pydicom finds a %s that refers to the film: %v; it should be a %s", o.Class, o.Refers, class)
		}
	}
	if shape := found.Capture.Shape; len(shape) != 3 || shape[1] != r.Film.Width || shape[2] != 3 {
		t.Errorf("pydicom decodes a picture of %v", shape)
	}
	if found.PDF.PDF != "%PDF-" {
		t.Errorf("the document begins with %q", found.PDF.PDF)
	}
	certainty := [3]any{"Certainty of Finding", 81.25, "%"}
	if found.Structured.Groups != 1 || !slices.Contains(found.Structured.Measurements, certainty) {
		t.Errorf("highdicom finds %d groups with %v", found.Structured.Groups, found.Structured.Measurements)
	}
	if !slices.Contains(found.FHIR, "DiagnosticReport") || !slices.Contains(found.FHIR, "Observation") {
		t.Errorf("the bundle holds %v", found.FHIR)
	}
}
