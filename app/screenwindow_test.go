package main

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/store"
	"pneumolight/testdata"
)

// The parts of the window at 1280×800 that the screening's test looks at or
// clicks on.
var (
	startRegion        = image.Rect(1200, 740, 1235, 760)
	triageRowRegion    = image.Rect(10, 218, 640, 244)
	triageFigureRegion = image.Rect(845, 470, 1270, 640)
	writeRegion        = image.Rect(900, 704, 1250, 724)
)

// clickWhenThere presses a highlighted button once it is.
func (d *desktop) clickWhenThere(button image.Rectangle) {
	d.Helper()
	d.until("the button is there", func() bool { return bright(d.screenshot(""), button) > 0.5 })
	d.settled()
	d.click(button)
}

// click presses the mouse's left button.
func (d *desktop) click(at image.Rectangle) {
	d.Helper()
	middle := at.Min.Add(at.Max).Div(2)
	d.drag(middle, middle)
}

// incoming is a folder with the public chest film, a picture that is none, and
// a text. The chest film's name is a patient's.
func incoming(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "incoming")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	film, err := os.ReadFile(testdata.Film(t, testdata.Chest))
	if err != nil {
		t.Fatal(err)
	}
	noise := image.NewGray(image.Rect(0, 0, 600, 600))
	random := rand.New(rand.NewPCG(1, 2))
	for k := range noise.Pix {
		noise.Pix[k] = uint8(random.Uint32())
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, noise); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"Featherstonehaugh.dcm": film, "noise.png": picture.Bytes(), "notes.txt": []byte("not a film")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if os.Getenv(screenshotsVariable) != "" {
		fill(t, dir)
	}
	return dir
}

// fill puts films into a folder that make a worklist worth a picture.
func fill(t *testing.T, dir string) {
	t.Helper()
	films, err := filepath.Glob(filepath.Join(testdata.Folder(t, "nih/512"), "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, film := range films[:min(len(films), 150)] {
		if err := os.Symlink(film, filepath.Join(dir, filepath.Base(film))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFolderIsScreenedReadInOrderAndReported(t *testing.T) {
	d := newDesktop(t)
	home, folder := t.TempDir(), incoming(t)
	db := filepath.Join(home, "cases.db")
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", cache) // where ONNX Runtime lies
	t.Setenv("HOME", home)            // where reports go
	p := d.start(home, "--db", db, folder)
	d.until("a film is shown", func() bool { return bright(d.screenshot(""), filmRegion) > 0.2 })

	d.key("Ctrl+S") // with Shift
	d.clickWhenThere(startRegion)
	d.until("the folder is screened", func() bool {
		runs := screeningsIn(t, db)
		return len(runs) == 1 && runs[0].Files >= 3 && !runs[0].FinishedAt.IsZero()
	})
	d.key("Ctrl+t")
	d.until("the triage is shown", func() bool {
		now := d.screenshot("")
		return bright(now, filmRegion) < 0.1 && bright(now, triageRowRegion) > 0.01 && bright(now, triageFigureRegion) > 0.01
	})
	d.settled()
	d.screenshot("triage")

	// The most urgent film comes back to the box, and leads to the next.
	d.click(triageRowRegion)
	d.until("a film is on the box", func() bool { return bright(d.screenshot(""), filmRegion) > 0.2 })
	d.until("the model has spoken", func() bool { return bright(d.screenshot(""), modelRegion) > 0.03 })
	d.key("Ctrl+r")
	d.clickWhenThere(writeRegion)
	var written []string
	d.until("the report is written", func() bool {
		written, err = filepath.Glob(filepath.Join(home, "report-*.pdf"))
		return err == nil && len(written) == 1
	})
	info, err := os.Stat(written[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, error %v", info, err)
	}
	data, err := os.ReadFile(written[0])
	if err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) || strings.Contains(written[0], "Featherstone") {
		t.Errorf("%s begins with %.8q, error %v", written[0], data, err)
	}
	d.quit(p)
}

// screeningsIn lists the screenings of a log that the window has open.
func screeningsIn(t *testing.T, db string) []store.ScreeningSummary {
	t.Helper()
	log, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	runs, err := log.Screenings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return runs
}
