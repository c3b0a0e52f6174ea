package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// drawing collects what a plot is made of.
type drawing struct{ objects []fyne.CanvasObject }

func (d *drawing) line(a, b fyne.Position, colour color.Color, width float32) {
	l := canvas.NewLine(colour)
	l.StrokeWidth = width
	l.Position1, l.Position2 = a, b
	d.objects = append(d.objects, l)
}

// bar fills a rectangle.
func (d *drawing) bar(at fyne.Position, size fyne.Size, colour color.Color) {
	b := canvas.NewRectangle(colour)
	b.Move(at)
	b.Resize(size)
	d.objects = append(d.objects, b)
}

func (d *drawing) dot(at fyne.Position, size float32, colour color.Color) {
	c := canvas.NewCircle(colour)
	c.Move(at.SubtractXY(size/2, size/2))
	c.Resize(fyne.NewSquareSize(size))
	d.objects = append(d.objects, c)
}

// text writes beside or under a point.
func (d *drawing) text(text string, at fyne.Position, align fyne.TextAlign) {
	t := canvas.NewText(text, colourMuted)
	t.TextSize = sizeSmall
	size := t.MinSize()
	at.Y -= size.Height / 2
	switch align {
	case fyne.TextAlignTrailing:
		at.X -= size.Width
	case fyne.TextAlignCenter:
		at.X -= size.Width / 2
	}
	t.Move(at)
	t.Resize(size)
	d.objects = append(d.objects, t)
}

// whiskers draw an interval that stands upright, with its ends.
func (d *drawing) whiskers(x, low, high float32, colour color.Color) {
	d.line(fyne.NewPos(x, low), fyne.NewPos(x, high), colour, 2)
	for _, end := range []float32{low, high} {
		d.line(fyne.NewPos(x-4, end), fyne.NewPos(x+4, end), colour, 2)
	}
}
