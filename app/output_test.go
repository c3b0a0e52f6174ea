package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/testdata"
)

func TestNoOutputReplacesTheFilmOrTheLog(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(testdata.Film(t, testdata.Chest))
	if err != nil {
		t.Fatal(err)
	}
	film, log := filepath.Join(dir, "film.dcm"), filepath.Join(dir, "cases.db")
	if err := os.WriteFile(film, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := pneumolight(t, nil, "predict", film, "--db", log); got.code != exitDone {
		t.Fatalf("predict ended with %d: %s", got.code, got.stderr)
	}
	for _, target := range []string{film, log} {
		before, err := os.ReadFile(target)
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"render", "pixels", "report"} {
			args := []string{command, film, "--out", target, "--db", log}
			if command == "report" {
				args = append(args, "--format", "json")
			}
			got := pneumolight(t, nil, args...)
			if got.code != exitUsage || !strings.Contains(got.stderr, "name another file") {
				t.Errorf("%s to %s ended with %d: %s", command, filepath.Base(target), got.code, got.stderr)
			}
		}
		// The log grows by what the commands did with the film.
		after, err := os.ReadFile(target)
		if err != nil || !bytes.Equal(before[:16], after[:16]) || target == film && !bytes.Equal(before, after) {
			t.Errorf("%s was replaced, error %v", filepath.Base(target), err)
		}
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
