package lightbox

import (
	"image"
	"slices"

	"pneumolight/dicomio"
	"pneumolight/render"
)

// Look is how a film is looked at.
type Look struct {
	Window   dicomio.Window
	Inverted bool
	// Bare leaves out the graphics that the file itself lays over the film.
	Bare bool
	View render.View
	// Fit keeps the whole film in sight when the viewport changes.
	Fit bool
	// Marks are what was measured, the newest last.
	Marks []Mark
	// ByHand is how many millimetres wide the reader says that a stored
	// pixel is; 0 where the reader has not said so.
	ByHand float64
}

// The limits of the scale, in device pixels for one stored pixel.
const (
	smallestScale = 0.01
	largestScale  = 40
)

// Look is how the film on the box is looked at, with the mark that is being
// drawn.
func (l *Lightbox) Look() Look {
	look := l.look
	if l.drawing != nil {
		look.Marks = append(slices.Clip(look.Marks), *l.drawing)
	}
	return look
}

// Paint paints the film for a viewport of device pixels; nil where there is
// no film. The picture is reused by the next Paint.
func (l *Lightbox) Paint(width, height int, draft bool) *image.RGBA {
	if width < 1 || height < 1 {
		return nil
	}
	if width != l.width || height != l.height {
		l.width, l.height = width, height
		l.refit()
		// Painting is no time to draw other things again.
		l.post(func() { l.changed(ChangedLook) })
	}
	if l.viewport == nil {
		return nil
	}
	if seen := l.unseen; seen != nil {
		// What is posted now is run when the picture is on the screen.
		l.unseen = nil
		l.post(func() { close(seen) })
	}
	return l.viewport.Paint(l.look.View, width, height, l.layers(draft))
}

// layers say how the film on the box is painted.
func (l *Lightbox) layers(draft bool) render.Layers {
	layers := render.Layers{Greys: l.table(), Inverted: l.look.Inverted, WithoutMarks: l.look.Bare, Draft: draft}
	if l.HeatShown() {
		layers.Heat, layers.Opacity = l.heat, l.opacity
	}
	return layers
}

// Viewport is the size of the last paint, in device pixels.
func (l *Lightbox) Viewport() (width, height int) { return l.width, l.height }

func (l *Lightbox) refit() {
	if l.film != nil && l.look.Fit && l.width > 0 {
		l.look.View = l.look.View.Fit(l.film, l.width, l.height)
	}
}

// retable forgets the tables of a window that is no longer looked through. A
// drag has more steps than there are pictures, and each table is dear.
func (l *Lightbox) retable() { l.greys, l.prior.greys = nil, nil }

// table takes the film's stored values to the screen's greys.
func (l *Lightbox) table() []uint8 {
	if l.greys == nil && l.film != nil && !l.film.IsColour() {
		l.greys = render.Greys(l.film.Table(l.look.Window), l.look.Inverted)
	}
	return l.greys
}

// SetWindow looks at the film through another window.
func (l *Lightbox) SetWindow(w dicomio.Window) { l.setWindow(w, "") }

func (l *Lightbox) setWindow(w dicomio.Window, movement string) {
	if l.film == nil || l.film.IsColour() {
		return
	}
	l.remember(movement)
	l.look.Window = w
	l.retable()
	l.changed(ChangedLook)
}

// DragWindow changes the window by a drag of dx, dy points of the screen from
// where it was: to the right widens it, up brightens the picture, a width of
// the window for every 400 points.
func (l *Lightbox) DragWindow(from dicomio.Window, dx, dy float64) {
	if l.film == nil || l.film.IsColour() {
		return
	}
	const points = 400
	step := from.Width / points
	w := from
	w.Name = ""
	if w.Kind == dicomio.WindowLUT {
		// A table has no width to change; its range does.
		w.Kind, w.LUT = dicomio.WindowLinear, nil
	}
	least := l.full.Width / 4096
	if w.Kind == dicomio.WindowLinear {
		least = max(least, 1)
	}
	w.Width = max(from.Width+dx*step*2, least)
	if l.film.Inverted() != l.look.Inverted {
		dy = -dy
	}
	w.Center = from.Center + dy*step
	l.setWindow(w, "window")
}

// Presets are the windows on offer, in the order of their keys: the file's own
// first, under its names, then computed ones.
func (l *Lightbox) Presets() []dicomio.Window { return l.presets }

// Preset looks at the film through a preset, counted from 0.
func (l *Lightbox) Preset(k int) {
	switch {
	case l.film == nil || l.film.IsColour():
	case k >= 0 && k < len(l.presets):
		l.SetWindow(l.presets[k])
	default:
		l.say(NoticeQuiet, l.text("This film has fewer windows than that."))
	}
}

// FullRange looks at the film through a window as wide as its values.
func (l *Lightbox) FullRange() {
	if l.film != nil && !l.film.IsColour() {
		l.SetWindow(l.full)
	}
}

// The percentiles of the automatic window: what is bone at one end and air at
// the other keeps a little of its detail.
const autoLow, autoHigh = 1, 99

// AutoWindow looks at the film through a window between two percentiles.
func (l *Lightbox) AutoWindow() {
	if l.film != nil && !l.film.IsColour() {
		l.SetWindow(l.film.PercentileWindow(autoLow, autoHigh))
	}
}

// Invert swaps black and white.
func (l *Lightbox) Invert() {
	if l.film == nil {
		return
	}
	l.remember("")
	l.look.Inverted = !l.look.Inverted
	l.retable()
	l.changed(ChangedLook)
}

// ToggleOwnMarks shows or hides the graphics that the file itself lays over
// the film. The next film shows its own again: a side marker may be among them.
func (l *Lightbox) ToggleOwnMarks() {
	if l.film == nil {
		return
	}
	prior := l.Prior()
	if !l.film.HasGraphics() && (prior == nil || !prior.HasGraphics()) {
		l.say(NoticeQuiet, l.text("The file lays no marks of its own over the film."))
		return
	}
	l.remember("")
	l.look.Bare = !l.look.Bare
	l.changed(ChangedLook)
}

// setView moves the film. A film cannot be pushed wholly out of sight.
func (l *Lightbox) setView(v render.View, fit bool, movement string) {
	if l.film == nil {
		return
	}
	l.remember(movement)
	v.Scale = min(max(v.Scale, smallestScale), largestScale)
	v.CentreX = min(max(v.CentreX, 0), float64(l.film.Width))
	v.CentreY = min(max(v.CentreY, 0), float64(l.film.Height))
	l.look.View, l.look.Fit = v, fit
	l.refit()
	l.changed(ChangedLook)
}

// Pan moves the film by device pixels.
func (l *Lightbox) Pan(dx, dy float64) { l.setView(l.look.View.Pan(dx, dy), false, "view") }

// ZoomAt enlarges the film by factor around a device pixel of the viewport.
func (l *Lightbox) ZoomAt(factor, x, y float64) {
	if l.film == nil || l.width == 0 {
		return
	}
	scale := l.look.View.Scale
	factor = min(max(scale*factor, smallestScale), largestScale) / scale
	l.setView(l.look.View.ZoomAt(factor, x, y, l.width, l.height), false, "view")
}

// Zoom enlarges the film by factor around the viewport's middle.
func (l *Lightbox) Zoom(factor float64) {
	l.ZoomAt(factor, float64(l.width)/2, float64(l.height)/2)
}

// FitFilm shows the whole film.
func (l *Lightbox) FitFilm() { l.setView(l.look.View, true, "") }

// ActualSize shows one device pixel for each stored one.
func (l *Lightbox) ActualSize() {
	v := l.look.View
	v.Scale = 1
	l.setView(v, false, "")
}

// Turn turns the film clockwise by quarter turns.
func (l *Lightbox) Turn(quarters int) { l.setView(l.look.View.Turn(quarters), l.look.Fit, "") }

// Flip mirrors what is on the screen left to right.
func (l *Lightbox) Flip() { l.setView(l.look.View.Flip(), l.look.Fit, "") }

// Reset looks at the film as it was first seen. What was measured stays: it is
// not a matter of how the film is looked at. Reset reports whether there was
// anything to change.
func (l *Lightbox) Reset() bool {
	now := l.look
	if l.film == nil || now.Window == l.first && !now.Inverted && !now.Bare && now.Fit && now.View.Quarters == 0 && !now.View.Flipped {
		return false
	}
	l.DropDrawing()
	l.remember("")
	l.firstLook()
	return true
}

func (l *Lightbox) firstLook() {
	l.look = Look{Window: l.first, Fit: true, View: l.view(), Marks: l.look.Marks, ByHand: l.look.ByHand}
	l.retable()
	l.refit()
	l.changed(ChangedLook)
}

// Point is what lies under a device pixel of the viewport.
type Point struct {
	// X and Y are film coordinates.
	X, Y float64
	// Inside is set where the point lies on the film.
	Inside bool
	// Value is the film's value there after the modality transformation;
	// Grey is set where there is one, on a grey film.
	Value float64
	Grey  bool
}

// At is what lies under a device pixel of the viewport.
func (l *Lightbox) At(x, y float64) Point {
	if l.film == nil || l.width == 0 {
		return Point{}
	}
	return pointAt(l.film, l.look.View, x, y, l.width, l.height)
}

func pointAt(film *dicomio.Film, view render.View, x, y float64, width, height int) Point {
	if view.Scale <= 0 {
		return Point{}
	}
	var p Point
	p.X, p.Y = view.ToFilm(x, y, width, height)
	column, row := int(p.X), int(p.Y)
	p.Inside = p.X >= 0 && p.Y >= 0 && column < film.Width && row < film.Height
	if p.Inside && !film.IsColour() {
		p.Value, p.Grey = film.Value(column, row), true
	}
	return p
}
