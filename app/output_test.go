package main

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNoOutputReplacesTheFilmOrTheLog(t *testing.T) {
	dir := t.TempDir()
	film, log := filepath.Join(dir, "film.dcm"), filepath.Join(dir, "cases.db")
	copyChest(t, film)
	if got := pneumolight(t, nil, "predict", film, "--db", log); got.code != exitDone {
		t.Fatalf("predict ended with %d: %s", got.code, got.stderr)
	}
	for _, target := range []string{film, log} {
		before, err := os.ReadFile(target)
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"render", film, "--out"},
			{"pixels", film, "--out"},
			{"report", film, "--format", "json", "--out"},
			{"report", film, "--draft"},
		} {
			got := pneumolight(t, nil, append(args, target, "--db", log)...)
			if got.code != exitUsage || !strings.Contains(got.stderr, "name another file") {
				t.Errorf("%s to %s ended with %d: %s", args, filepath.Base(target), got.code, got.stderr)
			}
		}
		// The log grows by what the commands did with the film.
		after, err := os.ReadFile(target)
		if err != nil || !bytes.Equal(before[:16], after[:16]) || target == film && !bytes.Equal(before, after) {
			t.Errorf("%s was replaced, error %v", filepath.Base(target), err)
		}
	}
}

func TestNoReportReplacesACasesFilmOrTheArchiveThatItLiesIn(t *testing.T) {
	dir := t.TempDir()
	film := filepath.Join(dir, "film.dcm")
	data := copyChest(t, film)
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	member, err := z.Create("film.dcm")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "films.zip")
	if err := os.WriteFile(archive, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	db := casesOf(t, film, film)
	for _, c := range []struct {
		args   []string
		target string
	}{
		{[]string{"2"}, film},
		{[]string{"2", "--film", film}, film},
		{[]string{"2", "--film", archive + "!film.dcm"}, archive},
		{[]string{archive + "!film.dcm"}, archive},
	} {
		before, err := os.ReadFile(c.target)
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range [][]string{{"--draft", c.target}, {"--format", "json", "--out", c.target}} {
			args := append(append([]string{"report"}, c.args...), to...)
			got := pneumolight(t, nil, append(args, "--db", db)...)
			if got.code != exitUsage || !strings.Contains(got.stderr, "name another file") {
				t.Errorf("%s ended with %d: %s", args, got.code, got.stderr)
			}
		}
		if after, err := os.ReadFile(c.target); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: %s was replaced, error %v", c.args, filepath.Base(c.target), err)
		}
	}
	// What is no film of the case is written.
	draft := filepath.Join(dir, "draft.md")
	if got := pneumolight(t, nil, "report", "2", "--draft", draft, "--findings", "Clear.", "--db", db); got.code != exitDone {
		t.Errorf("the draft ended with %d: %s", got.code, got.stderr)
	}
	if text, err := os.ReadFile(draft); err != nil || !strings.Contains(string(text), "Clear.") {
		t.Errorf("the draft is %q, error %v", text, err)
	}
	// What was written into it is neither lost to a second draft nor to the report.
	another := filepath.Join(dir, "text.json")
	for name, text := range map[string]string{draft: "# Findings\n\nEdited by hand.\n", another: `{"findings": "Another."}`} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, to := range [][]string{
		{"--draft", draft},
		{"--draft", draft, "--text", another},
		{"--text", draft, "--format", "json", "--out", draft},
	} {
		args := append([]string{"report", "2", "--db", db}, to...)
		if got := pneumolight(t, nil, args...); got.code != exitUsage || !strings.Contains(got.stderr, "name another file") {
			t.Errorf("%s ended with %d: %s", args, got.code, got.stderr)
		}
		if text, err := os.ReadFile(draft); err != nil || !strings.Contains(string(text), "Edited by hand.") {
			t.Errorf("%s: the draft is %q, error %v", args, text, err)
		}
	}
	if got := pneumolight(t, nil, "report", "2", "--draft", draft, "--text", draft, "--impression", "Well.", "--db", db); got.code != exitDone {
		t.Errorf("going on with the draft ended with %d: %s", got.code, got.stderr)
	}
	if text, err := os.ReadFile(draft); err != nil || !strings.Contains(string(text), "Edited by hand.") || !strings.Contains(string(text), "Well.") {
		t.Errorf("the draft is %q, error %v", text, err)
	}
}

func TestACellIsNoFormula(t *testing.T) {
	for _, text := range []string{"=1+1", "+1", "-1", "@A1", "\t=1+1", "\r=1+1", "\n=1+1"} {
		if got := cell(text); got != "'"+text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	for _, text := range []string{"", "left, base", "'quoted"} {
		if got := cell(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
