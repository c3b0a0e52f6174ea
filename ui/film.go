package ui

import (
	"image"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"pneumolight/dicomio"
	"pneumolight/render"
	"pneumolight/ui/lightbox"
)

var (
	_ fyne.Focusable    = (*filmView)(nil)
	_ fyne.Shortcutable = (*filmView)(nil)
	_ fyne.Scrollable   = (*filmView)(nil)
	_ desktop.Hoverable = (*filmView)(nil)
	_ desktop.Mouseable = (*filmView)(nil)
	_ desktop.Keyable   = (*filmView)(nil)
)

// filmView is the film on the box with the texts in its corners. It turns the
// mouse and the keys into what the lightbox does.
type filmView struct {
	widget.BaseWidget
	box  *lightbox.Lightbox
	role role
	keys func(stroke) bool
	// maximise is called on a double click.
	maximise func()
	// painted is called while the film is painted; nil is not.
	painted func()
	// shortcut is called for keys with a modifier that the canvas knows.
	shortcut func(fyne.Shortcut)

	raster *canvas.Raster
	empty  *image.RGBA
	draft  bool
	width  int // of the last paint, in device pixels
	height int
	refine *time.Timer

	drag      drag
	lastClick time.Time
	clickAt   fyne.Position
	wheel     float32
	pointer   fyne.Position
	over      bool
	corners   *corners
	marks     marks
	letters   *letters
	scales    scales
	lens      lens
	histogram *histogram
	missing   *widget.Label // why there is no film
	magnify   bool
	overlays  overlays
}

// overlays is how much is written over the film.
type overlays int

// The states of the overlays.
const (
	overlaysAll overlays = iota
	overlaysAnonymous
	overlaysNone
	overlaysStates
)

// role is what a view shows. What is done to one view is done to all.
type role int

// The roles.
const (
	// roleMain: the film on the box.
	roleMain role = iota
	// rolePrior: the film beside it.
	rolePrior
	// roleMirror: the film on the box, in a second window.
	roleMirror
)

// drag is a movement of the mouse with a button held.
type drag struct {
	button desktop.MouseButton // 0 where there is none
	tool   lightbox.Tool
	start  fyne.Position
	last   fyne.Position
	film   *dicomio.Film  // on the box at the start
	window dicomio.Window // at the start
}

func newFilmView(box *lightbox.Lightbox, role role) *filmView {
	v := &filmView{box: box, role: role, corners: newCorners(), letters: newLetters(), histogram: newHistogram(box)}
	v.raster = canvas.NewRaster(v.paint)
	v.raster.ScaleMode = canvas.ImageScalePixels
	v.lens.raster = canvas.NewRaster(v.paintLens)
	v.lens.raster.ScaleMode = canvas.ImageScalePixels
	v.lens.border = canvas.NewRectangle(color.Transparent)
	v.lens.border.StrokeColor, v.lens.border.StrokeWidth = colourMuted, 1
	v.lens.raster.Hide()
	v.lens.border.Hide()
	v.missing = wrapped("")
	v.missing.Alignment = fyne.TextAlignCenter
	v.missing.Importance = widget.WarningImportance
	v.missing.Hide()
	v.ExtendBaseWidget(v)
	return v
}

func (v *filmView) paintLens(width, height int) image.Image {
	x, y := v.device(v.pointer)
	if picture := v.box.Lens(x, y, min(width, height)); picture != nil {
		return picture
	}
	return image.NewRGBA(image.Rect(0, 0, 1, 1))
}

// paint is called with the size in device pixels.
func (v *filmView) paint(width, height int) image.Image {
	if v.painted != nil {
		v.painted()
	}
	v.width, v.height = width, height
	paint := map[role]func(int, int, bool) *image.RGBA{
		roleMain: v.box.Paint, rolePrior: v.box.PaintPrior, roleMirror: v.box.PaintMirror,
	}[v.role]
	if picture := paint(width, height, v.draft); picture != nil {
		return picture
	}
	if v.empty == nil || v.empty.Rect.Dx() != width || v.empty.Rect.Dy() != height {
		v.empty = image.NewRGBA(image.Rect(0, 0, width, height))
		for k := 3; k < len(v.empty.Pix); k += 4 {
			v.empty.Pix[k] = 0xFF
		}
	}
	return v.empty
}

// shown is the film in this view; nil where there is none.
func (v *filmView) shown() *dicomio.Film {
	if v.role == rolePrior {
		return v.box.Prior()
	}
	return v.box.Film()
}

// repaint draws the film again and what is written over it.
func (v *filmView) repaint() {
	v.raster.Refresh()
	v.corners.update(v)
	v.scales.update(v)
	v.letters.update(v)
	v.marks.update(v)
	v.histogram.update(v)
	v.updateMissing()
	v.updateLens()
	canvas.Refresh(v)
}

// updateMissing says in the middle of the view why it shows no film.
func (v *filmView) updateMissing() {
	text := ""
	if v.role != rolePrior && notOpen(v.box) {
		text = tr("Opening was cancelled.")
		if err := v.box.FilmError(); err != nil {
			text = faultText(err)
		}
	}
	setText(v.missing, text)
	visible(v.missing, text != "")
	width := v.Size().Width * 0.7
	v.missing.Resize(fyne.NewSize(width, 0))
	height := v.missing.MinSize().Height
	v.missing.Move(fyne.NewPos((v.Size().Width-width)/2, (v.Size().Height-height)/2))
	v.missing.Resize(fyne.NewSize(width, height))
}

const rest = 120 * time.Millisecond

func (v *filmView) moving() {
	v.draft = true
	if v.refine != nil {
		v.refine.Stop()
	}
	v.refine = time.AfterFunc(rest, func() {
		fyne.Do(func() {
			v.draft = false
			v.raster.Refresh()
		})
	})
}

// scale is how many device pixels there are to a point of the screen.
func (v *filmView) scale() float32 {
	if v.width > 0 && v.Size().Width > 0 {
		return float32(v.width) / v.Size().Width
	}
	return 1
}

// view is how this view shows the film on the box.
func (v *filmView) view() render.View {
	if v.role == roleMirror {
		return v.box.MirrorView(v.width, v.height)
	}
	return v.box.Look().View
}

// device is a place in this view in the device pixels that the lightbox knows,
// which are those of the main view.
func (v *filmView) device(p fyne.Position) (x, y float64) {
	s := v.scale()
	x, y = float64(p.X*s), float64(p.Y*s)
	if v.role == roleMirror && v.box.Film() != nil {
		fx, fy := v.view().ToFilm(x, y, v.width, v.height)
		width, height := v.box.Viewport()
		return v.box.Look().View.ToScreen(fx, fy, width, height)
	}
	return x, y
}

// MouseDown begins a drag: the left button does what the tool says, the
// middle one pans, the right one zooms.
func (v *filmView) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(v); c != nil {
		c.Focus(v)
	}
	if v.box.Film() == nil {
		return
	}
	d := drag{button: e.Button, start: e.Position, last: e.Position, film: v.box.Film(), window: v.box.Look().Window}
	switch e.Button {
	case desktop.MouseButtonPrimary:
		d.tool = v.box.Tool()
		_, marks := d.tool.Marks()
		if marks && v.role == rolePrior {
			return // marks are measured on the film on the box
		}
		if !marks && time.Since(v.lastClick) < fyne.CurrentApp().Driver().DoubleTapDelay() && near(v.clickAt, e.Position) {
			v.lastClick = time.Time{}
			if v.maximise != nil {
				v.maximise()
			}
			return
		}
		v.lastClick, v.clickAt = time.Now(), e.Position
	case desktop.MouseButtonTertiary:
		d.tool = lightbox.ToolPan
	case desktop.MouseButtonSecondary:
		d.tool = lightbox.ToolZoom
	}
	v.drag = d
	if kind, marks := d.tool.Marks(); marks && e.Button == desktop.MouseButtonPrimary {
		x, y := v.device(e.Position)
		v.box.Press(kind, x, y, float64(reach*v.scale()))
	}
}

// reach is how near to a point of a mark the pointer has to be to take it.
const reach = 8

func near(a, b fyne.Position) bool {
	d := a.Subtract(b)
	return d.X*d.X+d.Y*d.Y <= 25
}

// MouseUp ends a drag.
func (v *filmView) MouseUp(e *desktop.MouseEvent) { v.letGo(distance(v.drag.start, e.Position) > 4) }

func (v *filmView) letGo(dragged bool) {
	_, marks := v.drag.tool.Marks()
	v.box.Release(dragged && marks && v.drag.button != 0)
	v.drag = drag{}
	v.box.Settle()
}

// MouseIn notes where the pointer is.
func (v *filmView) MouseIn(e *desktop.MouseEvent) { v.over = true; v.MouseMoved(e) }

// MouseOut forgets the pointer.
func (v *filmView) MouseOut() {
	v.over = false
	v.corners.update(v)
	v.updateLens()
}

// MouseMoved follows a drag. A button that was let go outside of the film
// ends it, and so does another film.
func (v *filmView) MouseMoved(e *desktop.MouseEvent) {
	v.pointer = e.Position
	if v.drag.button != 0 && (e.Button&v.drag.button == 0 || v.drag.film != v.box.Film()) {
		v.letGo(true)
	}
	if _, marks := v.drag.tool.Marks(); marks || v.drag.button == 0 {
		if v.box.Holding() && v.role != rolePrior { // marks are of the other film
			v.box.Hold(v.device(e.Position))
		}
		v.corners.update(v)
		v.updateLens()
		return
	}
	from := v.drag.last
	v.drag.last = e.Position
	moved := e.Position.Subtract(from)
	if moved.X == 0 && moved.Y == 0 {
		return
	}
	switch v.drag.tool {
	case lightbox.ToolWindow:
		whole := e.Position.Subtract(v.drag.start)
		v.box.DragWindow(v.drag.window, float64(whole.X), float64(whole.Y))
	case lightbox.ToolPan:
		v.moving()
		x, y := v.device(e.Position)
		fromX, fromY := v.device(from)
		v.box.Pan(x-fromX, y-fromY)
	case lightbox.ToolZoom:
		v.moving()
		x, y := v.device(v.drag.start)
		v.box.ZoomAt(zoomFactor(-moved.Y), x, y)
	}
}

// zoomFactor doubles the scale every 140 points.
func zoomFactor(points float32) float64 {
	factor := 1 + float64(points)/200
	return min(max(factor, 0.5), 2)
}

// notch is what one notch of the wheel scrolls.
const notch = 25

// Scrolled takes the wheel: with Ctrl, or where there is only one film of one
// frame, it zooms; else it goes to the next or the previous film, or through
// the frames of the only one.
func (v *filmView) Scrolled(e *fyne.ScrollEvent) {
	v.wheel += e.Scrolled.DY
	steps := int(v.wheel / notch)
	if steps == 0 {
		return
	}
	v.wheel -= float32(steps) * notch
	film := v.box.Film()
	alone := len(v.box.List()) < 2
	framed := alone && film != nil && film.Frames > 1
	if alone && !framed || modifiers()&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0 {
		v.moving()
		x, y := v.device(e.Position)
		factor := 1.0
		for range max(steps, -steps) {
			factor *= 1.15
		}
		if steps < 0 {
			factor = 1 / factor
		}
		v.box.ZoomAt(factor, x, y)
		return
	}
	if framed {
		v.box.StepFrame(-steps)
		return
	}
	v.box.Step(-steps)
}

// modifiers are the keys held down, as far as the driver knows.
func modifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// FocusGained does nothing: the film shows no focus.
func (v *filmView) FocusGained() {}

// FocusLost does nothing.
func (v *filmView) FocusLost() {}

// KeyDown does nothing; TypedKey acts.
func (v *filmView) KeyDown(*fyne.KeyEvent) {}

// KeyUp does nothing.
func (v *filmView) KeyUp(*fyne.KeyEvent) {}

// TypedRune acts on a printable key.
func (v *filmView) TypedRune(r rune) { v.keys(runeStroke(r)) }

// TypedKey acts on a key that prints nothing.
func (v *filmView) TypedKey(e *fyne.KeyEvent) {
	if s, ok := keyStroke(e.Name); ok {
		v.keys(s)
	}
}

// TypedShortcut acts on a key with a modifier.
func (v *filmView) TypedShortcut(s fyne.Shortcut) { v.shortcut(s) }

// CreateRenderer draws the film and what is written over it.
func (v *filmView) CreateRenderer() fyne.WidgetRenderer { return &filmRenderer{view: v} }

type filmRenderer struct{ view *filmView }

func (r *filmRenderer) MinSize() fyne.Size { return fyne.NewSize(320, 240) }

func (r *filmRenderer) Layout(size fyne.Size) {
	r.view.raster.Resize(size)
	r.view.corners.layout(size)
	r.view.corners.update(r.view)
	r.view.scales.update(r.view)
	r.view.letters.update(r.view)
	r.view.marks.update(r.view)
	r.view.histogram.update(r.view)
	r.view.updateMissing()
}

func (r *filmRenderer) Refresh() { r.view.repaint() }

func (r *filmRenderer) Objects() []fyne.CanvasObject {
	v := r.view
	objects := []fyne.CanvasObject{v.raster}
	objects = append(objects, v.marks.objects...)
	objects = append(objects, v.scales.objects...)
	objects = append(objects, v.letters.objects()...)
	objects = append(objects, v.corners.objects()...)
	objects = append(objects, v.histogram.ground, v.histogram.raster)
	return append(objects, v.missing, v.lens.raster, v.lens.border)
}

func (r *filmRenderer) Destroy() {}
