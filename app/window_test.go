package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/store"
	"pneumolight/testdata"
)

// The parts of the window at 1280×800 that the tests look at.
var (
	filmRegion   = image.Rect(200, 40, 780, 760)
	modelRegion  = image.Rect(970, 50, 1275, 310)
	reviewRegion = image.Rect(970, 320, 1275, 460)
	statusRegion = image.Rect(0, 768, 960, 800)
)

// loggedCases are the cases that the log command prints.
func loggedCases(t *testing.T, db string) []store.Case {
	t.Helper()
	got := pneumolight(t, nil, "log", "--format", "json", "--db", db)
	if got.code != exitDone {
		t.Fatal(got.stderr)
	}
	var cases []store.Case
	decoder := json.NewDecoder(strings.NewReader(got.stdout))
	for decoder.More() {
		var c store.Case
		if err := decoder.Decode(&c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

func TestAReaderOpensAFilmReadsReviewsAndComesBack(t *testing.T) {
	d := newDesktop(t)
	home := t.TempDir()
	db := filepath.Join(home, "cases.db")
	film := testdata.Film(t, testdata.Chest)
	first := d.start(home, "--db", db, film)
	d.until("the film is shown", func() bool { return bright(d.screenshot(""), filmRegion) > 0.2 })
	d.until("the model has spoken", func() bool { return bright(d.screenshot(""), modelRegion) > 0.03 })
	opened := d.settled()

	// The heat map goes and comes back.
	d.key("h")
	d.changed("H takes the heat map away", opened, filmRegion, 0)
	d.key("h")
	d.returned("H brings the same heat map back", opened, filmRegion, 0)

	// Window and level, zoom, and back.
	d.drag(image.Pt(480, 400), image.Pt(480, 560))
	d.changed("dragging changes window and level", opened, filmRegion, 5)
	d.key("1")
	d.returned("the file's own window is back", opened, filmRegion, 1)
	d.key("+", "+", "+")
	d.changed("the film is larger", opened, filmRegion, 5)
	d.key("Escape")
	d.returned("the film is as it was first seen", opened, filmRegion, 1)

	// The review.
	before := d.settled()
	d.key("d", "n")
	d.write("Old scar, unchanged")
	d.key("Ctrl+s")
	var cases []store.Case
	d.until("the review is in the log", func() bool {
		cases = loggedCases(t, db)
		return len(cases) > 0
	})
	c := cases[0]
	if len(cases) != 1 || c.Review.Verdict != store.VerdictDisagree || c.Review.Note != "Old scar, unchanged" {
		t.Errorf("the log holds %+v", cases)
	}
	if c.Film.PatientAge == nil || *c.Film.PatientAge != 67 || c.Film.PatientSex != "M" || c.Film.InstanceUID == "" {
		t.Errorf("film %+v", c.Film)
	}
	r := predictRows(t, exitDone, film)[0]
	if c.Model.Probability != *r.Probability || c.Model.Call != string(*r.Call) || c.Model.SHA256 != r.Model.SHA256 {
		t.Errorf("the window says %+v, predict %+v", c.Model, r)
	}
	d.changed("the window shows that the film was reviewed", before, reviewRegion, 0)
	d.screenshot("reviewed")
	d.quit(first)

	// Another day: the film comes back with its review.
	second := d.start(home, "--db", db, film)
	d.until("the model has spoken again", func() bool { return bright(d.screenshot(""), modelRegion) > 0.03 })
	d.changed("the film reopened shows its review", opened, reviewRegion, 0)
	d.close(second)
}

func TestBadInputNeitherCrashesTheWindowNorIsLogged(t *testing.T) {
	d := newDesktop(t)
	for kind, file := range badInput(t) {
		t.Run(kind, func(t *testing.T) {
			d := d.of(t)
			home := t.TempDir()
			db := filepath.Join(home, "cases.db")
			p := d.start(home, "--db", db, file)
			d.until("the window says something", func() bool {
				picture := d.screenshot("")
				return bright(picture, statusRegion) > 0.005 || bright(picture, modelRegion) > 0.02
			})
			d.key("a")
			d.key("Ctrl+s")
			d.settled()
			d.close(p)
			if cases := loggedCases(t, db); len(cases) != 0 {
				t.Errorf("the log holds %+v", cases)
			}
		})
	}
}

func TestWithoutADisplayTheFilmIsReadHeadless(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, testdata.Film(t, testdata.Chest))
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), runVariable+"=1", "DISPLAY=", "WAYLAND_DISPLAY=")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if !strings.Contains(stderr.String(), "no display") || !strings.Contains(stdout.String(), "probability of pneumonia") {
		t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
	}
	overlay := readPNG(t, filepath.Join(command.Dir, "4.overlay.png"))
	if fmt.Sprint(overlay.Bounds().Size()) != "(1760,2140)" {
		t.Errorf("the overlay is %v", overlay.Bounds())
	}
}
