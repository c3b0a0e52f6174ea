package ui

import "fyne.io/fyne/v2"

// roomLayout puts the worklist to the left of the film and a drawer with a
// panel to its right. A window too narrow for all three, as on a small screen
// that shows everything enlarged, has no list: the keys go to the next film all
// the same.
type roomLayout struct{ window *Window }

const (
	// filmLeast is the width of the film from which on there is a list
	// beside it.
	filmLeast = 420
	// roomGap lies between the film and what stands beside it.
	roomGap = 4
)

// listed reports whether there is a worklist to show, and room for it.
func (w *Window) listed() bool {
	return len(w.box.List()) > 1 && !w.maximised && w.body.Size().Width >= listWidth+panelWidth+filmLeast
}

// MinSize leaves the list out, so that the window can be made narrow.
func (l *roomLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	drawer, films := o[1], o[2]
	size := films.MinSize()
	if least := drawer.MinSize(); least.Width > 0 {
		size.Width += least.Width + roomGap
		size.Height = max(size.Height, least.Height)
	}
	return size
}

// Layout gives the films what list and drawer leave.
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
	if width := drawer.MinSize().Width; width > 0 { // nothing is in it else
		right -= width
		drawer.Move(fyne.NewPos(right, 0))
		drawer.Resize(fyne.NewSize(size.Width-right, size.Height))
		right -= roomGap
	}
	films.Move(fyne.NewPos(left, 0))
	films.Resize(fyne.NewSize(right-left, size.Height))
}

// tightBorder gives the second object its height at the bottom, the first one
// all the rest, with nothing between them.
type tightBorder struct{}

func (tightBorder) MinSize(objects []fyne.CanvasObject) fyne.Size {
	a, b := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
}

func (tightBorder) Layout(objects []fyne.CanvasObject, size fyne.Size) {
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
