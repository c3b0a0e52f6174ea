package ui

import (
	"fmt"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// scales are the rulers at the film's lower and right edge. There are none
// where it is not known how long anything is.
type scales struct {
	objects []fyne.CanvasObject
	made    scalesState
}

// scalesState is all that the scales depend on: they are made anew when it
// changes, which it does not while the window is dragged.
type scalesState struct {
	across, down float64 // points of the screen for a millimetre; 0: none
	size         fyne.Size
	known        string // how the lengths are known
}

func (s *scales) shown() bool { return s.made.across > 0 }

// update makes the scales for what is on the box.
func (s *scales) update(v *filmView) {
	state := scalesState{size: v.Size()}
	room := state.size.Width >= scaleLeast && state.size.Height >= scaleLeast
	if room && v.box.Film() != nil && v.role != rolePrior && v.overlays != overlaysNone {
		state.across, state.down = v.pointsPerMillimetre()
		state.known = calibrationText(v.box.Calibration())
	}
	if state == s.made {
		return
	}
	s.made, s.objects = state, nil
	if !s.shown() {
		return
	}
	const share = 0.4 // of the edge, so that the corners stay free
	if step, count := divisions(state.across, float64(state.size.Width)*share); count > 0 {
		length := float32(step * float64(count) * state.across)
		from := fyne.NewPos((state.size.Width-length)/2, state.size.Height-scaleMargin)
		s.draw(from, fyne.NewDelta(length/float32(count), 0), fyne.NewDelta(0, -1), count)
		s.label(scaleText(step, count)+" "+state.known, state.size.Width/2, state.size.Height-scaleMargin-scaleLong-scaleLabel/2-2)
	}
	if step, count := divisions(state.down, float64(state.size.Height)*share); count > 0 {
		length := float32(step * float64(count) * state.down)
		from := fyne.NewPos(state.size.Width-scaleMargin, (state.size.Height-length)/2)
		s.draw(from, fyne.NewDelta(0, length/float32(count)), fyne.NewDelta(-1, 0), count)
		s.label(scaleText(step, count), state.size.Width, from.Y+length+scaleLabel/2+2)
	}
}

const (
	scaleMargin = 4
	scaleShort  = 5
	scaleLong   = 9  // every fifth division
	scaleLabel  = 17 // the height of a label
	// scaleLeast is the side of a film's view in which corners and scales
	// do not meet.
	scaleLeast = 520
	// scaleRoom is what the scales need of an edge, for what else stands
	// there.
	scaleRoom = scaleMargin + scaleLong + scaleLabel
)

// draw draws a line along an edge with a tick at every division.
func (s *scales) draw(from fyne.Position, step, inwards fyne.Delta, count int) {
	end := from.AddXY(step.DX*float32(count), step.DY*float32(count))
	type line struct{ a, b fyne.Position }
	lines := []line{{from, end}}
	for k := range count + 1 {
		length := float32(scaleShort)
		if k%5 == 0 || k == count {
			length = scaleLong
		}
		at := from.AddXY(step.DX*float32(k), step.DY*float32(k))
		lines = append(lines, line{at, at.AddXY(inwards.DX*length, inwards.DY*length)})
	}
	// The dark lines lie below all bright ones, which they keep visible on
	// white bone.
	for _, stroke := range []struct {
		colour color.Color
		width  float32
	}{{color.NRGBA{A: 0xB0}, 3}, {colourText, 1}} {
		for _, l := range lines {
			o := canvas.NewLine(stroke.colour)
			o.StrokeWidth = stroke.width
			o.Position1, o.Position2 = l.a, l.b
			s.objects = append(s.objects, o)
		}
	}
}

// label writes around a point, inside of the film's widget.
func (s *scales) label(text string, x, y float32) {
	t := canvas.NewText(text, colourText)
	t.TextSize = sizeSmall
	size := t.MinSize()
	at := fyne.NewPos(min(x-size.Width/2, s.made.size.Width-size.Width-scaleMargin-4), y-size.Height/2)
	ground := canvas.NewRectangle(colourOverFilm)
	ground.CornerRadius = 3
	ground.Move(at.SubtractXY(4, 0))
	ground.Resize(size.AddWidthHeight(8, 0))
	t.Move(at)
	t.Resize(size)
	s.objects = append(s.objects, ground, t)
}

// divisions are of 1 mm, 1 cm or 5 cm, whichever can be told apart on the
// screen, and as many as there is room for, in whole fives from five on.
func divisions(pointsPerMillimetre, room float64) (millimetres float64, count int) {
	const apart, most = 5, 20
	for _, millimetres := range []float64{1, 10, 50} {
		if width := millimetres * pointsPerMillimetre; width >= apart {
			count := min(int(room/width), most)
			if count > 5 {
				count -= count % 5
			}
			return millimetres, count
		}
	}
	return 0, 0
}

func scaleText(step float64, count int) string {
	if length := step * float64(count); length >= 10 {
		return fmt.Sprintf("%.0f cm", length/10)
	}
	return fmt.Sprintf("%.0f mm", step*float64(count))
}

// pointsPerMillimetre is how large a millimetre of the film is on the screen,
// across and down it; zero where that is not known.
func (v *filmView) pointsPerMillimetre() (across, down float64) {
	c := v.box.Calibration()
	if !c.Known() || v.width == 0 {
		return 0, 0
	}
	const far = 1000 // pixels, so that rounding means nothing
	origin := v.onScreen(0, 0)
	column, row := v.onScreen(far, 0).Subtract(origin), v.onScreen(0, far).Subtract(origin)
	across = math.Hypot(float64(column.X), float64(column.Y)) / far / c.Column
	down = math.Hypot(float64(row.X), float64(row.Y)) / far / c.Row
	if math.Abs(float64(column.Y)) > math.Abs(float64(column.X)) { // on its side
		return down, across
	}
	return across, down
}
