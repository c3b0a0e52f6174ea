package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// roomLayout puts the worklist to the left of the film and a drawer with a
// panel to its right. A window too narrow for all three, as on a small screen
// that shows everything enlarged, has no list: the keys go to the next film all
// the same.
type roomLayout struct{ window *Window }

const (
	// filmLeast is the width of the film from which on there is a list
	// beside it.
	filmLeast = 420
	// filmNarrowest is the least width in which a film is still shown beside
	// a drawer.
	filmNarrowest = 200
	// roomGap lies between the film and what stands beside it.
	roomGap = 4
)

// listed reports whether there is a worklist to show, and room for it.
func (w *Window) listed() bool {
	return len(w.box.List()) > 1 && !w.maximised && w.body.Size().Width >= listWidth+max(panelWidth, w.drawer.MinSize().Width)+filmLeast
}

// MinSize leaves the list out, and asks for no more than the wider of film and
// drawer, so that the window can be made narrow.
func (l *roomLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	drawer, films := o[1], o[2]
	size := films.MinSize()
	if drawer.Visible() {
		size = size.Max(drawer.MinSize())
	}
	return size
}

// Layout gives the films what list and drawer leave, and the drawer everything
// where that is too little to see a film in.
func (l *roomLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	list, drawer, films := o[0], o[1], o[2]
	visible(list, l.window.listed())
	left, right := float32(0), size.Width
	if list.Visible() {
		left = list.MinSize().Width
		list.Move(fyne.NewPos(0, 0))
		list.Resize(fyne.NewSize(left, size.Height))
		left += roomGap
	}
	if drawer.Visible() {
		right -= drawer.MinSize().Width
		if right-roomGap-left < filmNarrowest {
			right = left
		}
		drawer.Move(fyne.NewPos(right, 0))
		drawer.Resize(fyne.NewSize(size.Width-right, size.Height))
		right -= roomGap
	}
	visible(films, right > left)
	films.Move(fyne.NewPos(left, 0))
	films.Resize(fyne.NewSize(max(right-left, 0), size.Height))
}

// tightBorder gives the second object its height at the bottom, the first one
// all the rest, with nothing between them.
type tightBorder struct{}

func (tightBorder) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

func (tightBorder) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	// How high it has to be may depend on its width.
	objects[1].Resize(fyne.NewSize(size.Width, objects[1].Size().Height))
	bottom := objects[1].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, size.Height-bottom))
	objects[1].Move(fyne.NewPos(0, size.Height-bottom))
	objects[1].Resize(fyne.NewSize(size.Width, bottom))
}

// beside gives each visible object the same share of the width.
type beside struct{}

func (beside) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var shown []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	const line = 2
	width := (size.Width - float32(len(shown)-1)*line) / float32(max(len(shown), 1))
	for k, o := range shown {
		o.Move(fyne.NewPos(float32(k)*(width+line), 0))
		o.Resize(fyne.NewSize(width, size.Height))
	}
}

// figuresLayout puts the figures to the right of the triage's list. A window
// too narrow for both has the list alone.
type figuresLayout struct{}

func (figuresLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (figuresLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	list, figures := o[0], o[1]
	width := figures.MinSize().Width
	both := size.Width >= list.MinSize().Width+width+roomGap
	visible(figures, both)
	list.Resize(size)
	if both {
		list.Resize(fyne.NewSize(size.Width-width-roomGap, size.Height))
		figures.Move(fyne.NewPos(size.Width-width, 0))
		figures.Resize(fyne.NewSize(width, size.Height))
	}
}

// statusLine lays the work under way, the message, its cross and the place in
// the list out from left to right. The message has what the others leave; the
// last has at most half of the line, so that nothing runs off its end.
type statusLine struct{ bar *statusBar }

func (l *statusLine) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, part := range o {
		if part.Visible() {
			size.Height = max(size.Height, part.MinSize().Height)
		}
	}
	return size
}

func (l *statusLine) Layout(o []fyne.CanvasObject, size fyne.Size) {
	work, message, dismiss, place := o[0], o[1], o[2], o[3]
	put := func(part fyne.CanvasObject, x, width float32) {
		part.Move(fyne.NewPos(x, 0))
		part.Resize(fyne.NewSize(max(width, 0), size.Height))
	}
	left, right := float32(0), size.Width
	width := min(lineWidth(l.bar.place), size.Width/2)
	right -= width
	put(place, right, width)
	if dismiss.Visible() {
		width := dismiss.MinSize().Width
		right -= width
		put(dismiss, right, width)
	}
	if work.Visible() {
		left = min(work.MinSize().Width+lineWidth(l.bar.label), right)
		put(work, 0, left)
	}
	put(message, left, right-left)
}

// lineWidth is the width of a label's text in one line, which the label itself
// does not tell once it may shorten it.
func lineWidth(l *widget.Label) float32 {
	return fyne.MeasureText(l.Text, sizeText, l.TextStyle).Width + 2*theme.InnerPadding() + 4
}

// oneOrTwoRows puts a text and what is done about it side by side, or one below
// the other where that would leave the text too narrow to be read.
type oneOrTwoRows struct{ width float32 }

// textNarrowest is the least width of a text beside buttons.
const textNarrowest = 300

func (l *oneOrTwoRows) MinSize(o []fyne.CanvasObject) fyne.Size {
	text, right := o[0].MinSize(), o[1].MinSize()
	if l.two(right) {
		return fyne.NewSize(right.Width, text.Height+right.Height)
	}
	return fyne.NewSize(right.Width, max(text.Height, right.Height))
}

func (l *oneOrTwoRows) two(right fyne.Size) bool {
	return l.width > 0 && l.width-right.Width < textNarrowest
}

func (l *oneOrTwoRows) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	right := o[1].MinSize()
	height, width := size.Height, size.Width-right.Width
	if l.two(right) {
		height, width = size.Height-right.Height, size.Width
	}
	o[0].Resize(fyne.NewSize(width, height))
	o[1].Resize(fyne.NewSize(right.Width, right.Height))
	o[1].Move(fyne.NewPos(size.Width-right.Width, size.Height-right.Height))
}

// middle centres an object of a size, without asking for the room.
type middle struct{ size fyne.Size }

func (middle) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (m middle) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(m.size)
	o[0].Move(fyne.NewPos((size.Width-m.size.Width)/2, (size.Height-m.size.Height)/2))
}
