package ui

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// Desktop tells of the desktop what Fyne does not. All is in the screen's own
// coordinates.
type Desktop interface {
	// Areas are what windows may cover of each monitor, the main one first.
	Areas() []image.Rectangle
	// Painted is the window that is painted at this moment; nil where none is.
	Painted() NativeWindow
}

// NativeWindow is a window as the desktop has it, with its frame.
type NativeWindow interface {
	Bounds() image.Rectangle
	// Move puts the upper left corner at a point.
	Move(to image.Point)
}

// placed is a window whose size and place are kept from one session to the
// next.
type placed struct {
	window fyne.Window
	// prefix is what the names of its preferences begin with.
	prefix string
	// usual is its size at first.
	usual   fyne.Size
	desktop Desktop
	native  NativeWindow // nil where it cannot be placed
}

// The names of what is kept of a window, after its prefix.
const (
	preferenceWidth      = "width"
	preferenceHeight     = "height"
	preferenceX          = "x"
	preferenceY          = "y"
	preferenceFullScreen = "full-screen"
)

// nowhere is the place of a window of which none is kept.
const nowhere = math.MinInt32

// painted notes which of the desktop's windows this one is, which is known
// only while it is painted.
func (p *placed) painted() {
	if p.native == nil && p.desktop != nil && !onWayland(p.window) {
		p.native = p.desktop.Painted()
	}
}

// onWayland reports whether the desktop lets no window know where it is.
func onWayland(w fyne.Window) (wayland bool) {
	if native, ok := w.(driver.NativeWindow); ok {
		native.RunNative(func(context any) { _, wayland = context.(driver.WaylandWindowContext) })
	}
	return wayland
}

// keep keeps the window's size and place, and whether it fills the screen.
func (p *placed) keep(preferences fyne.Preferences) {
	full := p.window.FullScreen()
	preferences.SetBool(p.prefix+preferenceFullScreen, full)
	if p.native != nil {
		at := p.native.Bounds().Min // of a full screen, the monitor's
		preferences.SetInt(p.prefix+preferenceX, at.X)
		preferences.SetInt(p.prefix+preferenceY, at.Y)
	}
	if full {
		return // the size is the monitor's
	}
	size := p.window.Canvas().Size()
	preferences.SetFloat(p.prefix+preferenceWidth, float64(size.Width))
	preferences.SetFloat(p.prefix+preferenceHeight, float64(size.Height))
}

// size is the size of the last session, unless it makes no sense.
func (p *placed) size(preferences fyne.Preferences) fyne.Size {
	width := preferences.FloatWithFallback(p.prefix+preferenceWidth, float64(p.usual.Width))
	height := preferences.FloatWithFallback(p.prefix+preferenceHeight, float64(p.usual.Height))
	if !(width >= 320 && width <= 16384 && height >= 240 && height <= 16384) {
		return p.usual
	}
	return fyne.NewSize(float32(width), float32(height))
}

// show shows the window where it was, or, where no place is kept, away from
// another one; a monitor that is gone or smaller now has all of it in sight.
func (p *placed) show(preferences fyne.Preferences, away image.Rectangle) {
	p.window.Resize(p.size(preferences))
	p.window.Show()
	if p.native != nil {
		p.fit(image.Pt(preferences.IntWithFallback(p.prefix+preferenceX, nowhere), preferences.IntWithFallback(p.prefix+preferenceY, nowhere)), away)
	}
	if preferences.Bool(p.prefix + preferenceFullScreen) {
		p.window.SetFullScreen(true)
	}
}

// fit moves the window to a point and onto a monitor, and makes it no larger
// than that.
func (p *placed) fit(to image.Point, away image.Rectangle) {
	areas, now := p.desktop.Areas(), p.native.Bounds()
	if len(areas) == 0 {
		return
	}
	wanted := now.Add(to.Sub(now.Min))
	if to.X == nowhere || to.Y == nowhere {
		wanted = now
		if !away.Empty() {
			wanted = elsewhere(now, away, areas)
		}
	}
	fitted := fitted(wanted, areas)
	if smaller := now.Size().Sub(fitted.Size()); smaller != (image.Point{}) {
		canvas := p.window.Canvas()
		size, scale := canvas.Size(), canvas.Scale()
		p.window.Resize(fyne.NewSize(size.Width-float32(smaller.X)/scale, size.Height-float32(smaller.Y)/scale))
	}
	if fitted.Min != now.Min {
		p.native.Move(fitted.Min)
	}
}

// elsewhere is a window in the middle of a monitor that another one is not on,
// where there is such a monitor.
func elsewhere(window, other image.Rectangle, areas []image.Rectangle) image.Rectangle {
	for _, area := range areas {
		if !area.Overlaps(other) {
			return window.Add(area.Min.Add(area.Max).Sub(window.Min.Add(window.Max)).Div(2))
		}
	}
	return window
}

// fitted is a window on the monitor that has the most of it, the main one
// where none has any, moved and made smaller until all of it is in sight.
func fitted(window image.Rectangle, areas []image.Rectangle) image.Rectangle {
	most, best := 0, areas[0]
	for _, area := range areas {
		part := window.Intersect(area).Size()
		if n := part.X * part.Y; n > most {
			most, best = n, area
		}
	}
	size := image.Pt(min(window.Dx(), best.Dx()), min(window.Dy(), best.Dy()))
	at := image.Pt(
		max(min(window.Min.X, best.Max.X-size.X), best.Min.X),
		max(min(window.Min.Y, best.Max.Y-size.Y), best.Min.Y))
	return image.Rectangle{at, at.Add(size)}
}
