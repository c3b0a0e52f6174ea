package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/store"
)

// casesOf saves two reviews of a film that lies somewhere to a new log.
func casesOf(t *testing.T, film, path string) (db string) {
	t.Helper()
	db = reviewInLog(t, film, "First look")
	log, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := log.Cases(t.Context(), false, func(c store.Case) error {
		c.Review.Note, c.Review.Verdict, c.Path = "Second thought", store.VerdictAgree, path
		return log.Save(t.Context(), c)
	}); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestACaseIsReportedByItsNumber(t *testing.T) {
	// A name that is written like an archive's member, and is none.
	dir := filepath.Join(t.TempDir(), "films!")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	film := filepath.Join(dir, "film.dcm")
	data := copyChest(t, film)
	db := casesOf(t, film, film)
	printed := pneumolight(t, nil, "log", "--history", "--format", "json", "--db", db)
	var numbers []int64
	for decoder := json.NewDecoder(strings.NewReader(printed.stdout)); decoder.More(); {
		var row struct{ Number int64 }
		if err := decoder.Decode(&row); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, row.Number)
	}
	if len(numbers) != 2 || numbers[0] != 1 || numbers[1] != 2 {
		t.Fatalf("the log prints the numbers %v", numbers)
	}
	report := func(args ...string) reportRun {
		out := filepath.Join(t.TempDir(), "report.json")
		got := pneumolight(t, nil, append([]string{"report", "--db", db, "--out", out}, args...)...)
		var r reportRun
		r.code, r.stderr = got.code, got.stderr
		if data, err := os.ReadFile(out); err == nil {
			if err := json.Unmarshal(data, &r.written); err != nil {
				t.Fatal(err)
			}
		}
		return r
	}
	for number, note := range map[string]string{"1": "First look", "2": "Second thought"} {
		if got := report(number); got.code != exitDone || got.written.Verdict.Note != note || got.written.Film.File != "film.dcm" {
			t.Errorf("case %s: exit code %d, %+v, %s", number, got.code, got.written, got.stderr)
		}
	}

	moved := filepath.Join(dir, "elsewhere.dcm")
	if err := os.Rename(film, moved); err != nil {
		t.Fatal(err)
	}
	if got := report("2", "--film", moved); got.code != exitDone || got.written.Film.File != "elsewhere.dcm" {
		t.Errorf("moved: exit code %d, %+v, %s", got.code, got.written, got.stderr)
	}
	changed := filepath.Join(dir, "changed.dcm")
	if err := os.WriteFile(changed, append(data, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		args []string
		says string
		code int
	}{
		"moved":          {[]string{"2"}, "--film", exitFailed},
		"no such case":   {[]string{"77"}, "no case 77", exitFailed},
		"another film":   {[]string{"1", "--film", badInput(t)["text"]}, "", exitFailed},
		"changed":        {[]string{"1", "--film", changed}, "changed since", exitFailed},
		"not for a file": {[]string{moved, "--film", moved}, "--film", exitUsage},
	} {
		if got := report(c.args...); got.code != c.code || !strings.Contains(got.stderr, c.says) || got.stderr == "" {
			t.Errorf("%s: exit code %d, %q", what, got.code, got.stderr)
		}
	}
}

// reportRun is a run of the report command with what it wrote.
type reportRun struct {
	code    int
	stderr  string
	written struct {
		Film    struct{ File string }
		Verdict struct{ Note string }
	}
}
