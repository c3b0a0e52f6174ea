package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
	"pneumolight/testdata"
)

// reviewInLog saves a review of a film to a new log.
func reviewInLog(t *testing.T, film, note string) string {
	t.Helper()
	db := filepath.Join(t.TempDir(), "cases.db")
	log, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	read, err := dicomio.ReadFile(t.Context(), film)
	if err != nil {
		t.Fatal(err)
	}
	analysis := reading.Analysis{
		Status: reading.StatusOK, Film: read, At: time.Now(),
		Prediction: inference.Prediction{Probability: 0.25, Call: inference.CallNormal},
		Model:      inference.Info{Name: "an older model", Version: "0.0.1", SHA256: strings.Repeat("0", 64), Threshold: 0.5},
	}
	c, err := analysis.Case(store.Review{Verdict: store.VerdictDisagree, Note: note, ReviewedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestReportWritesEveryFormat(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	db := reviewInLog(t, film, "Consolidation behind the heart")
	dir := t.TempDir()
	text := filepath.Join(dir, "text.md")
	if got := pneumolight(t, nil, "report", film, "--template", "normal", "--indication", "Fever and cough for three days. 发热咳嗽三天。",
		"--technique", "Portable AP film, upright.", "--findings", "Airspace opacity behind the heart on the left.\nNo pleural effusion or pneumothorax.", "--draft", text); got.code != exitDone {
		t.Fatal(got.stderr)
	}
	for _, args := range [][]string{
		{"report.pdf"},
		{"report.html"},
		{"report.json"},
		{"report.fhir.json"},
		{"pdf.dcm", "--format", "dicom-pdf"},
		{"sc.dcm", "--format", "dicom-sc"},
		{"sr.dcm", "--format", "dicom-sr"},
		{"gsps.dcm", "--format", "dicom-gsps"},
	} {
		out := filepath.Join(dir, args[0])
		got := pneumolight(t, nil, append([]string{"report", film, "--db", db, "--text", text, "--impression", "Left lower lobe pneumonia. Follow-up until resolution.", "--out", out}, args[1:]...)...)
		if got.code != exitDone {
			t.Fatalf("%v: exit code %d, %s", args, got.code, got.stderr)
		}
		if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 || info.Size() < 1000 {
			t.Errorf("%v: %v, error %v", args, info, err)
		}
	}
	documentPage(t, filepath.Join(dir, "report.pdf"))
	data, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Result  struct{ Probability float64 }
		Verdict struct {
			Verdict, Note string
			On            struct{ Name string }
		}
		Text struct{ Findings, Impression string }
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.Verdict.Verdict != "disagree" || r.Verdict.Note != "Consolidation behind the heart" || r.Verdict.On.Name != "an older model" {
		t.Errorf("verdict %+v", r.Verdict)
	}
	if !strings.HasPrefix(r.Text.Findings, "Airspace opacity") || !strings.HasPrefix(r.Text.Impression, "Left lower lobe") {
		t.Errorf("text %+v", r.Text)
	}
	if want := *predictRows(t, exitDone, film)[0].Probability; r.Result.Probability != want {
		t.Errorf("the report says %v, predict %v", r.Result.Probability, want)
	}
}

// documentPage keeps the report's first page as a picture for the documents,
// where `make screenshots` asks for it.
func documentPage(t *testing.T, document string) {
	t.Helper()
	folder := os.Getenv(screenshotsVariable)
	if folder == "" {
		return
	}
	if out, err := exec.Command("pdftoppm", "-r", "72", "-f", "1", "-singlefile", "-png", document, filepath.Join(folder, "report")).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestReportOfWhatIsNotJudgedSaysSo(t *testing.T) {
	dir := t.TempDir()
	for kind, film := range badInput(t) {
		out := filepath.Join(dir, kind+".json")
		got := pneumolight(t, nil, "report", film, "--out", out)
		if got.code != exitFailed || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q", kind, got.code, got.stderr)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "probability") || !strings.Contains(string(data), `"result": null`) || strings.Contains(string(data), `"reason": ""`) {
			t.Errorf("%s: %s", kind, data)
		}
	}
}

func TestReportRefusesInOneSentenceAndWritesNothing(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	dir := t.TempDir()
	kept := filepath.Join(dir, "kept.pdf")
	if err := os.WriteFile(kept, []byte("an earlier report"), 0o600); err != nil {
		t.Fatal(err)
	}
	own := []byte("a film, not to be replaced by its report")
	if err := os.WriteFile(filepath.Join(dir, "own.dcm"), own, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(dir, "text.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitUsage, []string{film}},
		{exitUsage, []string{film, "--out", filepath.Join(dir, "report.dcm")}},
		{exitUsage, []string{film, "--out", kept, "--format", "docx"}},
		{exitUsage, []string{film, "--out", kept, "--template", "tumour"}},
		{exitUsage, []string{film, "--out", kept, "--template", "pneumonia"}}, // its placeholders are left
		{exitUsage, []string{film, "--out", kept, "--draft", broken}},
		{exitFailed, []string{film, "--out", kept, "--text", filepath.Join(dir, "missing.md")}},
		{exitFailed, []string{film, "--out", kept, "--text", broken}},
		{exitFailed, []string{film, "--out", kept, "--db", filepath.Join(dir, "missing.db")}},
		{exitFailed, []string{film, "--out", filepath.Join(dir, "nowhere", "report.pdf")}},
		{exitUsage, []string{filepath.Join(dir, "own.dcm"), "--out", filepath.Join(dir, "own.dcm"), "--format", "dicom-sr"}},
		{exitFailed, []string{badInput(t)["colour photograph"], "--out", kept, "--format", "dicom-sr"}},
		{exitFailed, []string{badInput(t)["CT slice"], "--out", kept, "--format", "dicom-sc"}},
		{exitFailed, []string{film, "--out", kept, "--model", broken}},
	} {
		got := pneumolight(t, nil, append([]string{"report"}, c.args...)...)
		if got.code != c.code || got.stderr == "" || strings.Contains(got.stderr, "goroutine") {
			t.Errorf("%v: exit code %d, %q", c.args, got.code, got.stderr)
		}
		t.Logf("%s", strings.TrimSpace(got.stderr))
	}
	if data, err := os.ReadFile(kept); err != nil || string(data) != "an earlier report" {
		t.Errorf("the earlier report now holds %d bytes, error %v", len(data), err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "own.dcm")); err != nil || string(data) != string(own) {
		t.Errorf("the film now holds %d bytes, error %v", len(data), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Errorf("the folder holds %v, error %v", entries, err)
	}
}
