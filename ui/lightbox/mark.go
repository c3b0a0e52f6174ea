package lightbox

import (
	"math"
	"slices"

	"pneumolight/dicomio"
)

// MarkKind is what a mark measures.
type MarkKind int

// The kinds of mark.
const (
	// MarkRuler is a length between two points.
	MarkRuler MarkKind = iota
	// MarkAngle is the angle at the second of three points.
	MarkAngle
	// MarkRatio is the cardiothoracic ratio: the heart's width between the
	// first two points by the chest's inner width between the last two.
	MarkRatio
)

// points is how many points a mark of a kind has.
func (k MarkKind) points() int { return [...]int{2, 3, 4}[k] }

// Place is a place on the film in stored pixels.
type Place struct{ X, Y float64 }

// Mark is something measured on the film. Marks are not changed once they are
// part of a Look; a moved point makes a new mark.
type Mark struct {
	Kind   MarkKind
	Points []Place
	// Upright is set where the patient's left and right were beside each
	// other on the screen along the film's rows, not its columns.
	Upright bool
}

// Complete reports whether all of a mark's points are set.
func (m Mark) Complete() bool { return len(m.Points) == m.Kind.points() }

// Calibration is how the lengths on the film are known.
type Calibration struct {
	// Kind is the file's, unless ByHand is set.
	Kind   dicomio.SpacingKind
	ByHand bool
	// Column and Row are millimetres for one stored pixel across and down;
	// zero where nothing is known.
	Column, Row float64
}

// Calibration is how the lengths on the film on the box are known.
func (l *Lightbox) Calibration() Calibration {
	if l.film == nil {
		return Calibration{Kind: dicomio.SpacingUnknown}
	}
	if mm := l.look.ByHand; mm > 0 {
		return Calibration{Kind: dicomio.SpacingUnknown, ByHand: true, Column: mm, Row: mm * l.look.View.Aspect}
	}
	s := l.film.Spacing
	if s.Kind == dicomio.SpacingUnknown || !(s.Row > 0) || !(s.Column > 0) {
		return Calibration{Kind: dicomio.SpacingUnknown}
	}
	return Calibration{Kind: s.Kind, Column: s.Column, Row: s.Row}
}

// Known reports whether lengths are in millimetres.
func (c Calibration) Known() bool { return c.Column > 0 }

// vector is from a to b in millimetres, or in stored pixels' widths where the
// calibration is not known.
func (l *Lightbox) vector(a, b Place) (x, y float64) {
	c := l.Calibration()
	if !c.Known() {
		c.Column, c.Row = 1, l.look.View.Aspect
	}
	return (b.X - a.X) * c.Column, (b.Y - a.Y) * c.Row
}

// Length is a ruler's, in millimetres where millimetres is set, else in
// pixels.
func (l *Lightbox) Length(m Mark) (length float64, millimetres bool) {
	x, y := l.vector(m.Points[0], m.Points[1])
	return math.Hypot(x, y), l.Calibration().Known()
}

// Angle is a complete angle's, in degrees from 0 to 180.
func (l *Lightbox) Angle(m Mark) float64 {
	ax, ay := l.vector(m.Points[1], m.Points[0])
	bx, by := l.vector(m.Points[1], m.Points[2])
	return math.Abs(math.Atan2(ax*by-ay*bx, ax*bx+ay*by)) * 180 / math.Pi
}

// Ratio is a complete cardiothoracic ratio; ok is false where the chest has no
// width. It needs no calibration, since both widths are along one axis.
func (m Mark) Ratio() (ratio float64, ok bool) {
	width := func(a, b Place) float64 {
		if m.Upright {
			return math.Abs(b.X - a.X)
		}
		return math.Abs(b.Y - a.Y)
	}
	chest := width(m.Points[2], m.Points[3])
	if chest == 0 {
		return 0, false
	}
	return width(m.Points[0], m.Points[1]) / chest, true
}

// CalibrateByHand says how long the newest ruler really is, in millimetres.
// It reports whether there is a ruler to say it of.
func (l *Lightbox) CalibrateByHand(millimetres float64) bool {
	ruler, found := l.newestRuler()
	if !found || !(millimetres > 0) {
		return false
	}
	a, b := ruler.Points[0], ruler.Points[1]
	pixels := math.Hypot(b.X-a.X, (b.Y-a.Y)*l.look.View.Aspect)
	if pixels == 0 {
		return false
	}
	l.remember("")
	l.look.ByHand = millimetres / pixels
	l.changed(ChangedLook)
	return true
}

// DropCalibration measures by what the file says again.
func (l *Lightbox) DropCalibration() {
	if l.film == nil || l.look.ByHand == 0 {
		l.say(NoticeQuiet, l.text("There is no calibration by hand to drop."))
		return
	}
	l.remember("")
	l.look.ByHand = 0
	l.changed(ChangedLook)
}

// scanned are the frames of a file that are alike: what is calibrated by hand.
type scanned struct {
	sha256        string
	width, height int
}

func (l *Lightbox) scanned() scanned { return scanned{l.film.SHA256, l.film.Width, l.film.Height} }

// measures are what was measured on films until the program ends.
type measures struct {
	marks  map[pictured][]Mark
	byHand map[scanned]float64
}

// keepMeasured keeps what was measured on the film on the box until it is there
// again.
func (l *Lightbox) keepMeasured() {
	if l.film == nil {
		return
	}
	if l.measured.marks == nil {
		l.measured = measures{map[pictured][]Mark{}, map[scanned]float64{}}
	}
	l.measured.marks[l.pictured()] = l.look.Marks
	l.measured.byHand[l.scanned()] = l.look.ByHand
	if len(l.look.Marks) == 0 {
		delete(l.measured.marks, l.pictured())
	}
	if l.look.ByHand == 0 {
		delete(l.measured.byHand, l.scanned())
	}
}

// HasRuler reports whether there is a ruler to calibrate by.
func (l *Lightbox) HasRuler() bool {
	_, found := l.newestRuler()
	return found
}

func (l *Lightbox) newestRuler() (Mark, bool) {
	for _, m := range slices.Backward(l.look.Marks) {
		if m.Kind == MarkRuler && m.Complete() {
			return m, true
		}
	}
	return Mark{}, false
}

// held is the point of a mark that the pointer has taken hold of.
type held struct {
	mark, point int
	moved       bool
}

// Press sets a point of a mark of a kind at a device pixel: the one that
// follows the pointer, where a mark is being drawn; else it takes hold of a
// point within reach pixels of it, or begins a mark. A mark can be drawn by
// drags or by clicks. While it is drawn, it is no step of the history and not
// in the way of those that are taken meanwhile.
func (l *Lightbox) Press(kind MarkKind, x, y, reach float64) {
	if l.film == nil || l.width == 0 {
		return
	}
	if l.drawing != nil && l.drawing.Kind == kind {
		l.Hold(x, y)
		l.fix()
		return
	}
	l.DropDrawing()
	if at, found := l.pointNear(x, y, reach); found {
		l.held = &at
		return
	}
	place := l.placeAt(x, y)
	l.drawing = &Mark{Kind: kind, Points: []Place{place, place}, Upright: l.look.View.Quarters%2 == 0}
	l.changed(ChangedLook)
}

// fix leaves the drawn mark's point that follows the pointer where it is; the
// next one follows, if it has another.
func (l *Lightbox) fix() {
	m := *l.drawing
	if m.Complete() {
		l.drawing = nil
		l.remember("")
		l.look.Marks = append(slices.Clip(l.look.Marks), m)
	} else {
		m.Points = append(slices.Clone(m.Points), m.Points[len(m.Points)-1])
		l.drawing = &m
	}
	l.changed(ChangedLook)
}

// Hold moves the point that follows the pointer to a device pixel.
func (l *Lightbox) Hold(x, y float64) {
	switch {
	case l.drawing != nil:
		m := l.drawing.moved(len(l.drawing.Points)-1, l.placeAt(x, y))
		l.drawing = &m
	case l.held != nil:
		if !l.held.moved {
			l.remember("")
			l.held.moved = true
		}
		// A list of its own: the history keeps the old one.
		l.look.Marks = slices.Clone(l.look.Marks)
		l.look.Marks[l.held.mark] = l.look.Marks[l.held.mark].moved(l.held.point, l.placeAt(x, y))
	default:
		return
	}
	l.changed(ChangedLook)
}

// moved is the mark with a point elsewhere.
func (m Mark) moved(point int, to Place) Mark {
	m.Points = slices.Clone(m.Points)
	m.Points[point] = to
	return m
}

// Release lets go of the button: after a drag the point stays where it is,
// after a click that begins or goes on with a mark it follows the pointer.
func (l *Lightbox) Release(dragged bool) {
	l.held = nil
	if l.drawing != nil && dragged {
		l.fix()
	}
}

// Holding reports whether a point follows the pointer.
func (l *Lightbox) Holding() bool { return l.held != nil || l.drawing != nil }

// DropDrawing forgets the mark that is being drawn and reports whether there
// was one.
func (l *Lightbox) DropDrawing() bool {
	l.held = nil
	if l.drawing == nil {
		return false
	}
	l.drawing = nil
	l.changed(ChangedLook)
	return true
}

// RemoveMark takes the newest mark away.
func (l *Lightbox) RemoveMark() { l.removeMarks(len(l.look.Marks) - 1) }

// RemoveMarks takes all marks away.
func (l *Lightbox) RemoveMarks() { l.removeMarks(0) }

// removeMarks takes away the mark that is being drawn, or else all from one
// on.
func (l *Lightbox) removeMarks(from int) {
	if l.DropDrawing() || len(l.look.Marks) == 0 {
		return
	}
	l.remember("")
	l.look.Marks = slices.Clip(l.look.Marks[:from])
	l.changed(ChangedLook)
}

func (l *Lightbox) placeAt(x, y float64) Place {
	fx, fy := l.look.View.ToFilm(x, y, l.width, l.height)
	return Place{min(max(fx, 0), float64(l.film.Width)), min(max(fy, 0), float64(l.film.Height))}
}

// pointNear finds a point of a mark near a device pixel.
func (l *Lightbox) pointNear(x, y, reach float64) (held, bool) {
	for k, m := range slices.Backward(l.look.Marks) {
		for p, place := range m.Points {
			px, py := l.look.View.ToScreen(place.X, place.Y, l.width, l.height)
			if math.Hypot(px-x, py-y) <= reach {
				return held{mark: k, point: p}, true
			}
		}
	}
	return held{}, false
}
