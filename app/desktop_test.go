package main

import (
	"bufio"
	"bytes"
	"image"
	"image/png"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// screenshotsVariable names a folder that the window's tests leave their
// pictures in; `make screenshots` sets it to docs/images.
const screenshotsVariable = "PNEUMOLIGHT_SCREENSHOTS"

// patience is how long a test waits for the window to do what it should; a
// slow machine needs more than a fast one, a broken window never gets there.
const patience = 90 * time.Second

// desktop is an X server of a test's own with the program's window on it, and
// a connection to it that sees the screen and moves mouse and keys as a
// reader does.
type desktop struct {
	testing.TB
	display string
	x       *xgb.Conn
	screen  *xproto.ScreenInfo
	// keys are the keycodes that type a keysym, and whether with Shift.
	keys map[xproto.Keysym]keycode
}

type keycode struct {
	code    byte
	shifted bool
}

// newDesktop starts an X server in memory; the test is skipped where there is
// none to start.
func newDesktop(tb testing.TB) *desktop {
	tb.Helper()
	if _, err := exec.LookPath("Xvfb"); err != nil {
		tb.Skip("Xvfb is not installed: the real window is not driven")
	}
	read, write, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	// Without -noreset the server starts anew when a window closes, and the
	// next one may find it gone for a moment.
	// -r: on a busy machine, a key that is let go late must not repeat.
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset", "-r")
	server.ExtraFiles = []*os.File{write}
	if err := server.Start(); err != nil {
		tb.Fatal(err)
	}
	write.Close()
	tb.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // killed: it says so
	})
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	d := &desktop{TB: tb, display: ":" + strings.TrimSpace(number)}
	d.connect()
	return d
}

func (d *desktop) connect() {
	d.Helper()
	// It reports on stderr that a server without passwords has none.
	xgb.Logger = log.New(io.Discard, "", 0)
	x, err := xgb.NewConnDisplay(d.display)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(x.Close)
	if err := xtest.Init(x); err != nil {
		d.Fatal(err)
	}
	setup := xproto.Setup(x)
	d.x, d.screen, d.keys = x, setup.DefaultScreen(x), map[xproto.Keysym]keycode{}
	first := setup.MinKeycode
	mapping, err := xproto.GetKeyboardMapping(x, first, byte(setup.MaxKeycode-first+1)).Reply()
	if err != nil {
		d.Fatal(err)
	}
	columns := int(mapping.KeysymsPerKeycode)
	for k, symbol := range mapping.Keysyms {
		if _, known := d.keys[symbol]; !known && k%columns < 2 {
			d.keys[symbol] = keycode{byte(first) + byte(k/columns), k%columns == 1}
		}
	}
}

// of is the same desktop for a subtest.
func (d *desktop) of(tb testing.TB) *desktop {
	other := *d
	other.TB = tb
	return &other
}

// program is a running Pneumolight.
type program struct {
	command *exec.Cmd
	window  xproto.Window
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
	d.Helper()
	p := d.launch(home, nil, args...)
	d.until("the window is open", func() bool {
		p.window = d.window("Pneumolight")
		return p.window != 0
	})
	d.focus(p.window)
	return p
}

// launch starts the program and does not wait for its window.
func (d *desktop) launch(home string, environment []string, args ...string) *program {
	d.Helper()
	executable, err := os.Executable()
	if err != nil {
		d.Fatal(err)
	}
	p := &program{command: exec.Command(executable, args...), ended: make(chan struct{})}
	p.command.Env = append(d.environment(home), environment...)
	p.command.Stderr = &p.stderr
	// A session bus that the desktop's libraries start would outlive the
	// program and hold its stderr open.
	p.command.WaitDelay = 5 * time.Second
	if err := p.command.Start(); err != nil {
		d.Fatal(err)
	}
	go func() {
		_ = p.command.Wait() // how it ended shows in ProcessState
		close(p.ended)
	}()
	d.Cleanup(func() {
		_ = p.command.Process.Kill() // does nothing to one that has ended
		<-p.ended
		if complaint := p.stderr.String(); strings.Contains(complaint, "Error in Fyne call thread") {
			d.Errorf("the window was changed off its thread:\n%s", complaint)
		}
	})
	return p
}

// window is a visible window with a text in its title; 0 where there is none.
func (d *desktop) window(text string) xproto.Window {
	tree, err := xproto.QueryTree(d.x, d.screen.Root).Reply()
	if err != nil {
		d.Fatal(err)
	}
	for _, w := range tree.Children {
		// A window may be gone between one question and the next.
		name, err := xproto.GetProperty(d.x, false, w, xproto.AtomWmName, xproto.GetPropertyTypeAny, 0, 64).Reply()
		if err != nil || !strings.Contains(string(name.Value), text) {
			continue
		}
		attributes, err := xproto.GetWindowAttributes(d.x, w).Reply()
		if err == nil && attributes.MapState == xproto.MapStateViewable {
			return w
		}
	}
	return 0
}

// bounds is where a window lies on the screen.
func (d *desktop) bounds(w xproto.Window) image.Rectangle {
	d.Helper()
	size, err := xproto.GetGeometry(d.x, xproto.Drawable(w)).Reply()
	if err != nil {
		d.Fatal(err)
	}
	at, err := xproto.TranslateCoordinates(d.x, w, d.screen.Root, 0, 0).Reply()
	if err != nil {
		d.Fatal(err)
	}
	corner := image.Pt(int(at.DstX), int(at.DstY))
	return image.Rectangle{corner, corner.Add(image.Pt(int(size.Width), int(size.Height)))}
}

// focus gives a window the keys, which a window manager would do.
func (d *desktop) focus(w xproto.Window) {
	d.Helper()
	if err := xproto.SetInputFocusChecked(d.x, xproto.InputFocusParent, w, xproto.TimeCurrentTime).Check(); err != nil {
		d.Fatal(err)
	}
}

// close ends the program as the desktop does when the user logs out.
func (d *desktop) close(p *program) {
	d.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		d.Fatal(err)
	}
	d.ended(p)
}

// quit ends the program by its key.
func (d *desktop) quit(p *program) {
	d.Helper()
	d.key("Ctrl+q")
	d.ended(p)
}

// ended waits for a program that was told to end.
func (d *desktop) ended(p *program) {
	d.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		// SIGQUIT has Go print what every goroutine is waiting for.
		if err := p.command.Process.Signal(syscall.SIGQUIT); err != nil {
			d.Fatal(err)
		}
		<-p.ended
		d.Fatalf("the program did not end when it was told to:\n%s", p.stderr.String())
	}
	if code := p.command.ProcessState.ExitCode(); code != 0 {
		d.Errorf("exit code %d: %s", code, p.stderr.String())
	}
}

// keysyms are those of the keys that print nothing; every other key's is its
// character.
var keysyms = map[string]xproto.Keysym{
	"Escape": 0xFF1B, "Enter": 0xFF0D, "Up": 0xFF52, "Down": 0xFF54, "Delete": 0xFFFF,
	"F2": 0xFFBF, "F11": 0xFFC8, "F12": 0xFFC9, "Shift": 0xFFE1, "Ctrl": 0xFFE3,
}

// key presses keys one after the other, such as "h", "+" or "Ctrl+s".
func (d *desktop) key(names ...string) {
	d.Helper()
	for _, name := range names {
		var held []byte
		if rest, ctrl := strings.CutPrefix(name, "Ctrl+"); ctrl {
			held, name = append(held, d.keys[keysyms["Ctrl"]].code), rest
		}
		symbol, named := keysyms[name]
		if !named {
			symbol = xproto.Keysym(name[0])
		}
		key, known := d.keys[symbol]
		if !known {
			d.Fatalf("the keyboard has no key %q", name)
		}
		if key.shifted {
			held = append(held, d.keys[keysyms["Shift"]].code)
		}
		held = append(held, key.code)
		for _, code := range held {
			d.fake(xproto.KeyPress, code, image.Point{})
		}
		for k := len(held) - 1; k >= 0; k-- {
			d.fake(xproto.KeyRelease, held[k], image.Point{})
		}
	}
}

// write types a text.
func (d *desktop) write(text string) {
	d.Helper()
	for _, r := range text {
		d.key(string(r))
	}
}

// point moves the mouse.
func (d *desktop) point(at image.Point) { d.fake(xproto.MotionNotify, 0, at) }

// drag moves the mouse with its left button down, in steps as a hand does.
func (d *desktop) drag(from, to image.Point) {
	d.Helper()
	d.point(from)
	d.fake(xproto.ButtonPress, 1, from)
	for k := 1; k <= 10; k++ {
		d.point(from.Add(to.Sub(from).Mul(k).Div(10)))
	}
	d.fake(xproto.ButtonRelease, 1, to)
}

// fake does one thing with the keyboard or the mouse.
func (d *desktop) fake(event, detail byte, at image.Point) {
	d.Helper()
	err := xtest.FakeInputChecked(d.x, event, detail, 0, d.screen.Root, int16(at.X), int16(at.Y), 0).Check()
	if err != nil {
		d.Fatal(err)
	}
}

// see is a part of what the reader sees.
func (d *desktop) see(part image.Rectangle) *image.RGBA {
	d.Helper()
	got, err := xproto.GetImage(d.x, xproto.ImageFormatZPixmap, xproto.Drawable(d.screen.Root),
		int16(part.Min.X), int16(part.Min.Y), uint16(part.Dx()), uint16(part.Dy()), 0xFFFFFFFF).Reply()
	if err != nil {
		d.Fatal(err)
	}
	picture := image.NewRGBA(part)
	for k := 0; k+4 <= len(got.Data); k += 4 { // blue, green, red and nothing
		picture.Pix[k], picture.Pix[k+1], picture.Pix[k+2], picture.Pix[k+3] = got.Data[k+2], got.Data[k+1], got.Data[k], 0xFF
	}
	return picture
}

// screenshot is what the reader sees; under a name it is kept for the
// documents.
func (d *desktop) screenshot(name string) *image.RGBA {
	d.Helper()
	picture := d.see(image.Rect(0, 0, int(d.screen.WidthInPixels), int(d.screen.HeightInPixels)))
	folder := os.Getenv(screenshotsVariable)
	if folder == "" || name == "" {
		return picture
	}
	file, err := os.Create(filepath.Join(folder, name+".png"))
	if err != nil {
		d.Fatal(err)
	}
	defer file.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(file, picture); err != nil {
		d.Fatal(err)
	}
	return picture
}

// until waits for something to become true.
func (d *desktop) until(what string, holds func() bool) {
	d.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if holds() {
			return
		}
	}
	d.screenshot("failed")
	d.Fatalf("waited in vain until %s", what)
}

// stillness is how long a picture has to stand to be taken as finished.
const stillness = 300 * time.Millisecond

// settled waits until the picture stands still, and returns it.
func (d *desktop) settled() *image.RGBA {
	d.Helper()
	last, since := d.screenshot(""), time.Now()
	d.until("the picture stands still", func() bool {
		now := d.screenshot("")
		if !bytes.Equal(last.Pix, now.Pix) {
			last, since = now, time.Now()
		}
		return time.Since(since) > stillness
	})
	return last
}

// changed waits until a region differs from how it was by more than some grey
// levels and the picture stands still, and returns it.
func (d *desktop) changed(what string, before *image.RGBA, region image.Rectangle, levels float64) *image.RGBA {
	d.Helper()
	d.until(what, func() bool { return difference(before, d.screenshot(""), region) > levels })
	return d.settled()
}

// returned waits until a region is as it was, but for some grey levels.
func (d *desktop) returned(what string, before *image.RGBA, region image.Rectangle, levels float64) {
	d.Helper()
	d.until(what, func() bool { return difference(before, d.screenshot(""), region) <= levels })
}

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
