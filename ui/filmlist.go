package ui

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// filmList names the films that are open, where there are several.
type filmList struct {
	*widget.List
	box *lightbox.Lightbox
	// chosen is set while the list is told which film is on the box, so
	// that it does not ask for it again.
	chosen bool
}

func newFilmList(box *lightbox.Lightbox, done func()) *filmList {
	l := &filmList{box: box}
	l.List = widget.NewList(
		func() int { return len(box.List()) },
		func() fyne.CanvasObject {
			label := widget.NewLabel("")
			label.Truncation = fyne.TextTruncateEllipsis
			return label
		},
		func(k widget.ListItemID, o fyne.CanvasObject) {
			if list := box.List(); k < len(list) {
				o.(*widget.Label).SetText(filepath.Base(list[k].Path))
			}
		})
	l.HideSeparators = true
	l.OnSelected = func(k widget.ListItemID) {
		if !l.chosen && k != box.Place() {
			box.Show(k)
		}
		done()
	}
	return l
}

// update follows the lightbox.
func (l *filmList) update() {
	l.Refresh()
	if place := l.box.Place(); place >= 0 {
		l.chosen = true
		l.Select(place)
		l.chosen = false
	}
}
