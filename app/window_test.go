package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"pneumolight/store"
)

// screenshotsVariable names a folder that the window's tests leave their
// pictures in; `make screenshots` sets it to docs/images.
const screenshotsVariable = "PNEUMOLIGHT_SCREENSHOTS"

// patience is how long a test waits for the window to do what it should; a
// slow machine needs more than a fast one, a broken window never gets there.
const patience = 90 * time.Second

// desktop is an X server of a test's own, with the program's window on it.
type desktop struct {
	t       *testing.T
	display string
}

// newDesktop starts an X server in memory; the test is skipped where the
// tools to run and drive one are missing.
func newDesktop(t *testing.T) *desktop {
	t.Helper()
	for _, tool := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: the real window is not driven", tool)
		}
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// Without -noreset the server starts anew when a window closes, and the
	// next one may find it gone for a moment.
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // killed: it says so
	})
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return &desktop{t, ":" + strings.TrimSpace(number)}
}

// program is a running Pneumolight.
type program struct {
	command *exec.Cmd
	stderr  bytes.Buffer
	ended   chan struct{}
}

// environment is the program's, with a home of its own.
func (d *desktop) environment(home string) []string {
	return append(os.Environ(), runVariable+"=1", "DISPLAY="+d.display, "WAYLAND_DISPLAY=",
		"LANG=en_US.UTF-8", "LC_ALL=en_US.UTF-8", "LIBGL_ALWAYS_SOFTWARE=1",
		"XDG_CONFIG_HOME="+filepath.Join(home, "config"), "XDG_RUNTIME_DIR="+home)
}

// start opens the program's window with a home of its own.
func (d *desktop) start(home string, args ...string) *program {
	d.t.Helper()
	executable, err := os.Executable()
	if err != nil {
		d.t.Fatal(err)
	}
	p := &program{command: exec.Command(executable, args...), ended: make(chan struct{})}
	p.command.Env = d.environment(home)
	p.command.Stderr = &p.stderr
	// A session bus that the desktop's libraries start would outlive the
	// program and hold its stderr open.
	p.command.WaitDelay = 5 * time.Second
	if err := p.command.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() {
		_ = p.command.Wait() // how it ended shows in ProcessState
		close(p.ended)
	}()
	d.t.Cleanup(func() {
		_ = p.command.Process.Kill() // does nothing to one that has ended
		<-p.ended
		if complaint := p.stderr.String(); strings.Contains(complaint, "Error in Fyne call thread") {
			d.t.Errorf("the window was changed off its thread:\n%s", complaint)
		}
	})
	d.until("the window is open", func() bool { return d.try("search", "--onlyvisible", "--name", "Pneumolight") })
	d.xdotool("search", "--onlyvisible", "--name", "Pneumolight", "windowfocus")
	return p
}

// close ends the program as the desktop does when the user logs out.
func (d *desktop) close(p *program) {
	d.t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	d.ended(p)
}

// quit ends the program by its key.
func (d *desktop) quit(p *program) {
	d.t.Helper()
	d.key("ctrl+q")
	d.ended(p)
}

// ended waits for a program that was told to end.
func (d *desktop) ended(p *program) {
	d.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		// SIGQUIT has Go print what every goroutine is waiting for.
		if err := p.command.Process.Signal(syscall.SIGQUIT); err != nil {
			d.t.Fatal(err)
		}
		<-p.ended
		d.t.Fatalf("the program did not end when it was told to:\n%s", p.stderr.String())
	}
	if code := p.command.ProcessState.ExitCode(); code != 0 {
		d.t.Errorf("exit code %d: %s", code, p.stderr.String())
	}
}

func (d *desktop) xdotool(args ...string) {
	d.t.Helper()
	if !d.try(args...) {
		d.t.Fatalf("xdotool %v failed", args)
	}
}

func (d *desktop) try(args ...string) bool {
	command := exec.Command("xdotool", args...)
	command.Env = append(os.Environ(), "DISPLAY="+d.display)
	return command.Run() == nil
}

func (d *desktop) key(keys ...string) {
	d.t.Helper()
	d.xdotool(append([]string{"key", "--delay", "30"}, keys...)...)
}

// drag moves the mouse with its left button down, in steps as a hand does.
func (d *desktop) drag(from, to image.Point) {
	d.t.Helper()
	move := func(p image.Point) { d.xdotool("mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y)) }
	move(from)
	d.xdotool("mousedown", "1")
	for k := 1; k <= 10; k++ {
		move(from.Add(to.Sub(from).Mul(k).Div(10)))
	}
	d.xdotool("mouseup", "1")
}

// screenshot is what the reader sees; under a name it is kept for the
// documents.
func (d *desktop) screenshot(name string) *image.RGBA {
	d.t.Helper()
	command := exec.Command("import", "-window", "root", "png:-")
	command.Env = append(os.Environ(), "DISPLAY="+d.display)
	data, err := command.Output()
	if err != nil {
		d.t.Fatal(err)
	}
	if folder := os.Getenv(screenshotsVariable); folder != "" && name != "" {
		if err := os.WriteFile(filepath.Join(folder, name+".png"), data, 0o644); err != nil {
			d.t.Fatal(err)
		}
	}
	decoded, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		d.t.Fatal(err)
	}
	picture := image.NewRGBA(decoded.Bounds())
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			picture.Set(x, y, decoded.At(x, y))
		}
	}
	return picture
}

// until waits for something to become true.
func (d *desktop) until(what string, holds func() bool) {
	d.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if holds() {
			return
		}
	}
	d.screenshot("failed")
	d.t.Fatalf("waited in vain until %s", what)
}

// settled waits until the picture stands still, and returns it.
func (d *desktop) settled(name string) *image.RGBA {
	d.t.Helper()
	last := d.screenshot("")
	d.until("the picture stands still", func() bool {
		now := d.screenshot("")
		still := difference(last, now, now.Rect) == 0
		last = now
		return still
	})
	if name == "" {
		return last
	}
	return d.screenshot(name)
}

// The parts of the window at 1280×800 that the tests look at.
var (
	filmRegion   = image.Rect(200, 40, 780, 760)
	modelRegion  = image.Rect(970, 50, 1275, 310)
	reviewRegion = image.Rect(970, 320, 1275, 380)
	statusRegion = image.Rect(0, 768, 960, 800)
)

// difference is the mean difference of two pictures' channels in a region, in
// grey levels.
func difference(a, b *image.RGBA, region image.Rectangle) float64 {
	sum := 0
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			i, j := a.PixOffset(x, y), b.PixOffset(x, y)
			for c := range 3 {
				d := int(a.Pix[i+c]) - int(b.Pix[j+c])
				sum += max(d, -d)
			}
		}
	}
	return float64(sum) / float64(3*region.Dx()*region.Dy())
}

// bright is the share of a region's pixels as bright as a film or a text.
func bright(picture *image.RGBA, region image.Rectangle) float64 {
	n := 0
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			if picture.Pix[picture.PixOffset(x, y)+1] > 110 {
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

func TestAReaderOpensAFilmReadsReviewsAndComesBack(t *testing.T) {
	d := newDesktop(t)
	home := t.TempDir()
	db := filepath.Join(home, "cases.db")
	film := moduleFilm(t, "4.dcm")
	first := d.start(home, "--db", db, film)
	d.until("the film is shown", func() bool { return bright(d.screenshot(""), filmRegion) > 0.2 })
	d.until("the model has spoken", func() bool { return bright(d.screenshot(""), modelRegion) > 0.03 })
	opened := d.settled("")

	// The heat map goes and comes back.
	d.key("h")
	bare := d.settled("")
	if difference(opened, bare, filmRegion) == 0 {
		t.Error("H did not take the heat map away")
	}
	d.key("h")
	if again := d.settled(""); difference(opened, again, filmRegion) != 0 {
		t.Error("H did not bring the same heat map back")
	}

	// Window and level, zoom, and back.
	d.drag(image.Pt(480, 400), image.Pt(480, 560))
	if darker := d.settled(""); difference(opened, darker, filmRegion) < 5 {
		t.Error("dragging did not change window and level")
	}
	d.key("plus", "plus", "plus")
	zoomed := d.settled("")
	d.key("Escape")
	d.key("1")
	if back := d.settled(""); difference(opened, back, filmRegion) > 1 {
		t.Errorf("Escape and the file's own window left a difference of %.1f", difference(opened, back, filmRegion))
	}
	if difference(opened, zoomed, filmRegion) < 5 {
		t.Error("zooming did not change the picture")
	}

	// The review.
	before := d.settled("")
	d.key("d", "n")
	d.xdotool("type", "--delay", "40", "Old scar, unchanged")
	d.key("ctrl+s")
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
	reviewed := d.settled("reviewed")
	if difference(before, reviewed, reviewRegion) == 0 {
		t.Error("the window does not show that the film was reviewed")
	}
	d.quit(first)

	// Another day: the film comes back with its review.
	second := d.start(home, "--db", db, film)
	d.until("the model has spoken again", func() bool { return bright(d.screenshot(""), modelRegion) > 0.03 })
	if again := d.settled(""); difference(opened, again, reviewRegion) == 0 {
		t.Error("the film reopened looks as if it had never been reviewed")
	}
	d.close(second)
}

func TestBadInputNeitherCrashesTheWindowNorIsLogged(t *testing.T) {
	d := newDesktop(t)
	for kind, file := range badInput(t) {
		t.Run(kind, func(t *testing.T) {
			d := &desktop{t, d.display}
			home := t.TempDir()
			db := filepath.Join(home, "cases.db")
			p := d.start(home, "--db", db, file)
			d.until("the window says something", func() bool {
				picture := d.screenshot("")
				return bright(picture, statusRegion) > 0.005 || bright(picture, modelRegion) > 0.02
			})
			d.key("a")
			d.key("ctrl+s")
			d.settled("")
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
	command := exec.Command(program, moduleFilm(t, "4.dcm"))
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
