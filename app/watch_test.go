package main

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
)

// watch is a desktop that is told whenever something on its screen is drawn.
type watch struct {
	*desktop
	drawn chan time.Time
	// mapped gets the moment at which a window is put on the screen.
	mapped chan time.Time
}

func newWatch(b *testing.B) *watch {
	b.Helper()
	w := &watch{newDesktop(b), make(chan time.Time, 1<<16), make(chan time.Time, 64)}
	x, err := xgb.NewConnDisplay(w.display)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(x.Close)
	if err := damage.Init(x); err != nil {
		b.Fatal(err)
	}
	if _, err := damage.QueryVersion(x, 1, 1).Reply(); err != nil {
		b.Fatal(err)
	}
	id, err := damage.NewDamageId(x)
	if err != nil {
		b.Fatal(err)
	}
	root := xproto.Setup(x).DefaultScreen(x).Root
	if err := damage.CreateChecked(x, id, xproto.Drawable(root), damage.ReportLevelRawRectangles).Check(); err != nil {
		b.Fatal(err)
	}
	if err := xproto.ChangeWindowAttributesChecked(x, root, xproto.CwEventMask, []uint32{xproto.EventMaskSubstructureNotify}).Check(); err != nil {
		b.Fatal(err)
	}
	go func() {
		for {
			event, err := x.WaitForEvent()
			if event == nil && err == nil {
				return // the connection is closed
			}
			switch event.(type) {
			case damage.NotifyEvent:
				w.drawn <- time.Now()
			case xproto.MapNotifyEvent:
				w.mapped <- time.Now()
			}
		}
	}()
	return w
}

// forget drops what was drawn up to now.
func (w *watch) forget() {
	for len(w.drawn) > 0 {
		<-w.drawn
	}
}

// shown waits until what is drawn fulfils a condition and returns the moment
// at which it was drawn.
func (w *watch) shown(what string, holds func() bool) time.Time {
	w.Helper()
	last := time.Now()
	end := time.After(patience)
	for !holds() {
		select {
		case last = <-w.drawn:
			// Several rectangles may make up one picture.
			for len(w.drawn) > 0 {
				last = <-w.drawn
			}
		case <-end:
			w.screenshot("failed")
			w.Fatalf("waited in vain until %s", what)
		}
	}
	return last
}

// lastChange waits until a program is at rest and returns when a region of the
// screen was drawn in another way for the last time.
func (w *watch) lastChange(p *program, region image.Rectangle) time.Time {
	w.Helper()
	rest := make(chan struct{})
	go func() {
		defer close(rest)
		w.idle(p)
	}()
	last, when := w.see(region), time.Now()
	for {
		select {
		case drawn := <-w.drawn:
			if now := w.see(region); !bytes.Equal(now.Pix, last.Pix) {
				last, when = now, drawn
			}
		case <-rest:
			return when
		}
	}
}

// frames counts the different pictures that a line of the screen shows while
// something is done.
func (w *watch) frames(line image.Rectangle, during func()) (n int, took time.Duration) {
	w.Helper()
	done := make(chan struct{})
	last := w.see(line)
	w.forget()
	start := time.Now()
	go func() {
		defer close(done)
		during()
	}()
	for {
		select {
		case <-w.drawn:
			if now := w.see(line); !bytes.Equal(now.Pix, last.Pix) {
				n, last = n+1, now
			}
		case <-done:
			return n, time.Since(start)
		}
	}
}

// idle waits until a program has nothing to do.
func (w *watch) idle(p *program) {
	w.Helper()
	const look, ticks = 300 * time.Millisecond, 3 // of a hundredth of a second
	before := cpuTicks(w, p)
	w.until("the program is at rest", func() bool {
		time.Sleep(look)
		now := cpuTicks(w, p)
		still := now-before <= ticks
		before = now
		return still
	})
}

// cpuTicks is the processor time that a program has used (proc(5), stat).
func cpuTicks(tb testing.TB, p *program) int {
	tb.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, errUser := strconv.Atoi(fields[11])
	system, errSystem := strconv.Atoi(fields[12])
	if errUser != nil || errSystem != nil {
		tb.Fatalf("the kernel says %q", stat)
	}
	return user + system
}

// memory is what a program holds, in MiB (proc(5)).
type memory struct {
	peak, resident float64
	// graphics is what the software renderer's libraries have of it, which
	// a graphics card's driver would not.
	graphics float64
}

func memoryOf(tb testing.TB, p *program) memory {
	tb.Helper()
	var m memory
	for line := range lines(tb, p, "status") {
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "VmHWM":
			m.peak = mebibytes(tb, value)
		case "VmRSS":
			m.resident = mebibytes(tb, value)
		}
	}
	graphics := false
	for line := range lines(tb, p, "smaps") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case strings.Contains(name, "-"): // a mapping's addresses
			graphics = slices.ContainsFunc([]string{"libLLVM", "gallium", "_dri.so"}, func(s string) bool { return strings.Contains(line, s) })
		case name == "Rss" && graphics:
			m.graphics += mebibytes(tb, value)
		}
	}
	return m
}

func lines(tb testing.TB, p *program, file string) func(func(string) bool) {
	tb.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.command.Process.Pid, file))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.Lines(string(data))
}

func mebibytes(tb testing.TB, kilobytes string) float64 {
	tb.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kilobytes), "kB")))
	if err != nil {
		tb.Fatal(err)
	}
	return float64(n) / 1024
}
