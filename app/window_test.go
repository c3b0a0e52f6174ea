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

// The parts of the window at 1280×800, with a worklist, that the tests look at.
var (
	filmRegion   = image.Rect(300, 130, 900, 680) // between the texts in its corners
	listRegion   = image.Rect(0, 100, 230, 400)
	modelRegion  = image.Rect(972, 50, 1275, 210)
	reviewRegion = image.Rect(972, 340, 1275, 700)
	statusRegion = image.Rect(0, 768, 960, 800)
)

// callRegion is where the model's probability stands.
var callRegion = image.Rect(974, 96, 1050, 124)

// changedShare is the share of a region's pixels that look otherwise in two
// pictures.
func changedShare(a, b *image.RGBA, region image.Rectangle) float64 {
	n := 0
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			if pixel := image.Rect(x, y, x+1, y+1); difference(a, b, pixel) > 20 {
				n++
			}
		}
	}
	return float64(n) / float64(region.Dx()*region.Dy())
}

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

func TestAReaderOpensAFilmReadsReviewsAndGoesOn(t *testing.T) {
	d := newDesktop(t)
	home := t.TempDir()
	db, films := filepath.Join(home, "cases.db"), filepath.Join(home, "films")
	if err := os.Mkdir(films, 0o700); err != nil {
		t.Fatal(err)
	}
	now := filepath.Join(films, "1.dcm")
	writeTwoFilms(t, now, filepath.Join(films, "2.dcm"), "Example^Erik")
	first := d.start(home, "--db", db, films)
	d.until("the film is shown", func() bool { return bright(d.screenshot(""), filmRegion) > 0.2 })
	d.until("the model has spoken", func() bool { return bright(d.screenshot(""), callRegion) > 0.05 })
	opened := d.settled()

	// Window and level, zoom, and back.
	d.drag(image.Pt(480, 400), image.Pt(480, 560))
	d.changed("dragging changes window and level", opened, filmRegion, 5)
	d.key("1")
	d.returned("the file's own window is back", opened, filmRegion, 0.1)
	d.key("+", "+", "+")
	d.changed("the film is larger", opened, filmRegion, 5)
	d.key("Escape")
	d.returned("the film is as it was first seen", opened, filmRegion, 0.1)

	// A ruler, with its length beside it, until it is taken away.
	d.key("l")
	from, to := image.Pt(430, 400), image.Pt(760, 400)
	d.drag(from, to)
	d.point(image.Pt(600, 600))
	d.changed("the ruler is drawn", opened, filmRegion, 0.1)
	ruled := d.settled()
	along := image.Rect(from.X+20, from.Y-2, to.X-20, from.Y+3)
	if share := changedShare(opened, ruled, along); share < 0.2 {
		t.Errorf("the ruler covers %.2f of where it was drawn", share)
	}
	d.key("Delete")
	d.returned("the ruler is taken away", opened, filmRegion, 0.1)
	d.key("w")

	// The heat map goes and comes back.
	d.key("h")
	d.changed("H takes the heat map away", opened, filmRegion, 0.05)
	d.key("h")
	d.returned("H brings the same heat map back", opened, filmRegion, 0.1)

	// The review.
	before := d.settled()
	d.key("d", "n")
	d.write("Old scar, unchanged")
	d.settled()
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
	r := predictRows(t, exitDone, now)[0]
	if c.Model.Probability != *r.Probability || c.Model.Call != string(*r.Call) || c.Model.SHA256 != r.Model.SHA256 {
		t.Errorf("the window says %+v, predict %+v", c.Model, r)
	}
	d.changed("the window shows that the film was reviewed", before, reviewRegion, 0)
	reviewed := d.screenshot("reviewed")

	// The next film, and back to the first with its review.
	d.key("Up")
	d.changed("the other film is on the screen", reviewed, filmRegion, 5)
	d.changed("the other film's row is selected", reviewed, listRegion, 0.5)
	d.key("Down")
	d.returned("the first film is on the screen again", reviewed, filmRegion, 0.1)

	// The film has all the room, and another monitor.
	d.key("b")
	d.changed("the film has all the room", reviewed, listRegion, 5)
	d.key("b")
	d.returned("the film gives the room back", reviewed, filmRegion, 0.1)
	d.key("F12")
	d.until("a second window is open", func() bool { return d.window("Pneumolight 2") != 0 })
	d.focus(first.window)
	d.key("F12")
	d.until("the second window is closed", func() bool { return d.window("Pneumolight 2") == 0 })
	d.quit(first)

	// Another day: the film comes back with its review.
	second := d.start(home, "--db", db, now)
	d.until("the model has spoken again", func() bool { return bright(d.screenshot(""), callRegion) > 0.05 })
	d.changed("the film reopened shows its review", opened, reviewRegion, 0)
	d.close(second)
}

// A monitor of 1280×800 has to hold all of the window of a reader who chose to
// have everything twice as large.
func TestAtScale2NothingIsCutOff(t *testing.T) {
	d := newDesktop(t)
	p := d.startWithoutList(`{"enlarged": 2}`, "Example^Erik")
	screen := image.Rect(0, 0, int(d.screen.WidthInPixels), int(d.screen.HeightInPixels))
	// Where a part that is cut off would not be, or would run into the edge.
	verdicts, status, edge := image.Rect(660, 480, 1270, 580), image.Rect(800, 736, 1260, 796), image.Rect(screen.Max.X-2, 60, screen.Max.X, 736)
	whole := func(what string) *image.RGBA {
		t.Helper()
		picture := d.settled()
		if got := d.bounds(p.window); !got.In(screen) {
			t.Errorf("%s: the window lies at %v", what, got)
		}
		if bright(picture, status) < 0.01 {
			t.Errorf("%s: the status bar is out of sight", what)
		}
		if bright(picture, edge) > 0 {
			t.Errorf("%s: something runs off the right edge", what)
		}
		return picture
	}
	opened := whole("a film")
	if bright(opened, verdicts) < 0.03 {
		t.Error("the verdicts' buttons are out of sight")
	}
	d.key("Ctrl+r")
	d.changed("the report stands beside the film", opened, verdicts, 5)
	whole("a report")
	d.key("Ctrl+e")
	whole("an export")
	d.key("Ctrl+e")
	d.returned("the panel is back", opened, verdicts, 0.1)
	d.key("Ctrl+t")
	d.changed("the screenings are listed", opened, verdicts, 5)
	whole("the screenings")
	d.close(p)
}

func TestTheWindowComesBackOnTheMonitorThatIsThere(t *testing.T) {
	d := newDesktop(t)
	for _, c := range []struct {
		kept string
		want image.Rectangle
	}{
		{`{"x": 150, "y": 60, "width": 1000, "height": 700}`, image.Rect(150, 60, 1150, 760)},
		{`{"x": 2200, "y": -40, "width": 1000, "height": 700}`, image.Rect(280, 0, 1280, 700)},
		{`{"x": 100, "y": 100, "width": 3000, "height": 2000}`, image.Rect(0, 0, 1280, 800)},
	} {
		home := t.TempDir()
		preferences := filepath.Join(home, "config", "fyne", appID)
		if err := os.MkdirAll(preferences, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(preferences, "preferences.json"), []byte(c.kept), 0o600); err != nil {
			t.Fatal(err)
		}
		p := d.start(home, "--db", filepath.Join(home, "cases.db"))
		d.until("the window lies at "+c.want.String(), func() bool { return d.bounds(p.window) == c.want })
		d.settled() // the first paint is through: only then is there a place to keep
		d.quit(p)
		var kept struct{ X, Y, Width, Height float64 }
		data, err := os.ReadFile(filepath.Join(preferences, "preferences.json"))
		if err == nil {
			err = json.Unmarshal(data, &kept)
		}
		if err != nil {
			t.Fatal(err)
		}
		got := image.Rect(int(kept.X), int(kept.Y), int(kept.X+kept.Width), int(kept.Y+kept.Height))
		if got != c.want {
			t.Errorf("of a window at %v %v is kept", c.want, got)
		}
	}
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
