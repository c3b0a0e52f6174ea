package ui

import (
	"fmt"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pneumolight/dicomio"
	"pneumolight/ui/lightbox"
)

// colourMark is the marks': apart from the heat map's colours and from grey.
var colourMark = color.NRGBA{R: 0x8A, G: 0xF0, B: 0xB4, A: 0xFF}

// marks draws what was measured over the film.
type marks struct {
	objects []fyne.CanvasObject
}

// update makes the marks' lines anew. They are few, and change with every
// movement of the film.
func (m *marks) update(v *filmView) {
	m.objects = m.objects[:0]
	if v.box.Film() == nil || v.role == rolePrior {
		return
	}
	for _, mark := range v.box.Look().Marks {
		points := make([]fyne.Position, len(mark.Points))
		for k, p := range mark.Points {
			points[k] = v.onScreen(p.X, p.Y)
		}
		switch mark.Kind {
		case lightbox.MarkRuler, lightbox.MarkAngle:
			for k := 1; k < len(points); k++ {
				m.line(points[k-1], points[k])
			}
		case lightbox.MarkRatio:
			for k := 1; k < len(points); k += 2 {
				m.line(points[k-1], points[k])
			}
		}
		for _, p := range points {
			m.handle(p)
		}
		m.label(points[len(points)-1], markText(v.box, mark), v.Size())
	}
}

func (m *marks) line(a, b fyne.Position) {
	// The dark line below keeps the bright one visible on white bone.
	for _, stroke := range []struct {
		colour color.Color
		width  float32
	}{{color.NRGBA{A: 0xB0}, 3.5}, {colourMark, 1.5}} {
		l := canvas.NewLine(stroke.colour)
		l.StrokeWidth = stroke.width
		l.Position1, l.Position2 = a, b
		m.objects = append(m.objects, l)
	}
}

const handleRadius = 3.5

func (m *marks) handle(p fyne.Position) {
	c := canvas.NewCircle(color.Transparent)
	c.StrokeColor, c.StrokeWidth = colourMark, 1.5
	c.Position1 = p.SubtractXY(handleRadius, handleRadius)
	c.Position2 = p.AddXY(handleRadius, handleRadius)
	m.objects = append(m.objects, c)
}

// label writes a mark's result beside a point, inside the film's widget.
func (m *marks) label(at fyne.Position, text string, bounds fyne.Size) {
	t := canvas.NewText(text, colourMark)
	t.TextSize = sizeText
	size := t.MinSize()
	x := min(max(at.X+12, 4), bounds.Width-size.Width-8)
	y := min(max(at.Y+6, 4), bounds.Height-size.Height-4)
	ground := canvas.NewRectangle(colourOverFilm)
	ground.CornerRadius = 3
	ground.Move(fyne.NewPos(x-4, y-1))
	ground.Resize(fyne.NewSize(size.Width+8, size.Height+2))
	t.Move(fyne.NewPos(x, y))
	t.Resize(size)
	m.objects = append(m.objects, ground, t)
}

// markText is what a mark measures, or what to do next to complete it.
func markText(box *lightbox.Lightbox, mark lightbox.Mark) string {
	switch mark.Kind {
	case lightbox.MarkAngle:
		if mark.Complete() {
			return fmt.Sprintf("%.1f°", box.Angle(mark))
		}
		return tr("Angle: set the vertex")
	case lightbox.MarkRatio:
		return ratioText(mark)
	}
	length, millimetres := box.Length(mark)
	if !millimetres {
		return fmt.Sprintf("%.0f px", length)
	}
	return lengthText(length) + " " + calibrationText(box.Calibration())
}

func lengthText(mm float64) string {
	if mm < 100 {
		return fmt.Sprintf("%.1f mm", mm)
	}
	return fmt.Sprintf("%.0f mm", mm)
}

// calibrationText says how a length is known, which decides what it is worth.
func calibrationText(c lightbox.Calibration) string {
	switch {
	case c.ByHand:
		return tr("(calibrated by hand)")
	case c.Kind == dicomio.SpacingDetector:
		return tr("(at the detector)")
	case c.Kind == dicomio.SpacingEstimated:
		return tr("(estimated in the patient)")
	case c.Kind == dicomio.SpacingCorrected:
		return tr("(corrected for magnification)")
	case c.Kind == dicomio.SpacingCalibrated:
		return tr("(calibrated)")
	case c.Kind == dicomio.SpacingUnsaid:
		return tr("(perhaps at the detector)")
	}
	return tr("(as the file says)")
}

// ratioText is the ratio, or where to click next; the first click begins the
// mark.
func ratioText(mark lightbox.Mark) string {
	switch len(mark.Points) {
	case 2:
		return tr("Heart: set the other border")
	case 3:
		return tr("Chest: set the inner border of the ribs on one side")
	}
	ratio, ok := mark.Ratio()
	if !ok {
		return tr("Chest: set the inner border on the other side")
	}
	return tr("Cardiothoracic ratio {{.Ratio}}", map[string]any{"Ratio": fmt.Sprintf("%.2f", ratio)})
}

// onScreen is where a film coordinate lies in the widget.
func (v *filmView) onScreen(x, y float64) fyne.Position {
	sx, sy := v.view().ToScreen(x, y, v.width, v.height)
	s := float64(v.scale())
	return fyne.NewPos(float32(sx/s), float32(sy/s))
}

// letters are the patient's directions at the film's edges, and the mark of a
// flipped film.
type letters struct {
	edges   [4]*canvas.Text // left, top, right, bottom
	grounds [4]*canvas.Rectangle
	flipped *canvas.Text
	warning *canvas.Rectangle
}

func newLetters() *letters {
	l := &letters{flipped: canvas.NewText("", colourOnAccent), warning: canvas.NewRectangle(colourCaution)}
	for k := range l.edges {
		l.edges[k] = canvas.NewText("", colourText)
		l.edges[k].TextSize = 17
		l.edges[k].TextStyle.Bold = true
		l.grounds[k] = canvas.NewRectangle(colourOverFilm)
		l.grounds[k].CornerRadius = 3
	}
	l.flipped.TextStyle.Bold = true
	l.flipped.TextSize = sizeSmall
	l.warning.CornerRadius = 3
	return l
}

func (l *letters) objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{l.warning, l.flipped}
	for k := range l.edges {
		objects = append(objects, l.grounds[k], l.edges[k])
	}
	return objects
}

func (l *letters) update(v *filmView) {
	size := v.Size()
	var texts [4]string
	if film := v.shown(); film != nil && v.overlays != overlaysNone {
		texts = edgeLetters(film, v.box.Look())
	}
	right, bottom := size.Width-14, size.Height-18
	if v.scales.shown() {
		right, bottom = right-scaleMargin-scaleLong, bottom-scaleRoom
	}
	middles := [4]fyne.Position{{X: 14, Y: size.Height / 2}, {X: size.Width / 2, Y: 18}, {X: right, Y: size.Height / 2}, {X: size.Width / 2, Y: bottom}}
	for k, text := range l.edges {
		text.Text = texts[k]
		m := text.MinSize()
		at := middles[k].SubtractXY(m.Width/2, m.Height/2)
		at.X = min(max(at.X, 6), right+8-m.Width)
		text.Move(at)
		text.Resize(m)
		l.grounds[k].Move(at.SubtractXY(4, 0))
		l.grounds[k].Resize(m.AddWidthHeight(8, 0))
		visible(text, texts[k] != "")
		visible(l.grounds[k], texts[k] != "")
	}
	// That the film is mirrored is said in any state of the overlays.
	flipped := v.shown() != nil && v.box.Look().View.Flipped
	l.flipped.Text = tr("FLIPPED")
	m := l.flipped.MinSize()
	at := fyne.NewPos((size.Width-m.Width)/2, 34)
	l.flipped.Move(at)
	l.flipped.Resize(m)
	l.warning.Move(at.SubtractXY(6, 2))
	l.warning.Resize(m.AddWidthHeight(12, 4))
	visible(l.flipped, flipped)
	visible(l.warning, flipped)
}

// edgeLetters are the patient's directions at the screen's left, top, right
// and bottom, from Patient Orientation (0020,0020), which names where a row
// and a column run to; empty where the file does not say.
func edgeLetters(f *dicomio.Film, look lightbox.Look) [4]string {
	row, column := f.Header.PatientOrientation[0], f.Header.PatientOrientation[1]
	edges := [4]string{opposite(row), opposite(column), row, column}
	if look.View.Flipped {
		edges[0], edges[2] = edges[2], edges[0]
	}
	for range look.View.Quarters {
		edges = [4]string{edges[3], edges[0], edges[1], edges[2]}
	}
	return edges
}

// opposite is the other way along each of a direction's letters (PS3.3
// C.7.6.1.1.1).
func opposite(direction string) string {
	other := map[rune]rune{'L': 'R', 'R': 'L', 'A': 'P', 'P': 'A', 'H': 'F', 'F': 'H'}
	var text []rune
	for _, r := range direction {
		o, known := other[r]
		if !known {
			return ""
		}
		text = append(text, o)
	}
	return string(text)
}

// lens is a square of the film under the pointer, enlarged.
type lens struct {
	raster *canvas.Raster
	border *canvas.Rectangle
}

// lensSize is the magnifier's side.
const lensSize = 230

func (v *filmView) updateLens() {
	show := v.magnify && v.over && v.role == roleMain && v.box.Film() != nil
	visible(v.lens.raster, show)
	visible(v.lens.border, show)
	if !show {
		return
	}
	at := v.pointer.SubtractXY(lensSize/2, lensSize/2)
	v.lens.raster.Move(at)
	v.lens.raster.Resize(fyne.NewSize(lensSize, lensSize))
	v.lens.border.Move(at)
	v.lens.border.Resize(fyne.NewSize(lensSize, lensSize))
	v.lens.raster.Refresh()
}

// distance is how far apart two places on the screen are.
func distance(a, b fyne.Position) float64 {
	return math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y))
}
