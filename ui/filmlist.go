package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// listWidth is the width of the worklist.
const listWidth = 232

// filmList is the worklist: the studies that are open with their films, where
// there are several. Only the rows in sight exist.
type filmList struct {
	// List is what is put into a window; it is a widget of its own.
	List *widget.List
	box  *lightbox.Lightbox
	// anonymous leaves out what tells who a film is of.
	anonymous bool
	// following is set while the list is told which film is on the box, so
	// that it does not ask for it again.
	following bool
}

func newFilmList(box *lightbox.Lightbox, done func()) *filmList {
	l := &filmList{box: box}
	l.List = widget.NewList(
		box.Rows,
		func() fyne.CanvasObject { return newFilmRow() },
		func(k widget.ListItemID, o fyne.CanvasObject) {
			row, shown := box.Row(k), o.(*filmRow)
			switch {
			case row.Study == nil:
			case row.Place < 0:
				shown.setStudy(row.Study, box.Reviewed(row.Study), l.anonymous)
			default:
				shown.setFilm(box.List()[row.Place], row, l.anonymous, box.Thumbnail(row.Place))
			}
		})
	l.List.HideSeparators = true
	l.List.OnSelected = func(k widget.ListItemID) {
		if l.following {
			return
		}
		switch row := box.Row(k); {
		case row.Study == nil:
		case row.Place < 0:
			box.Fold(row.Study)
		case row.Place != box.Place():
			box.Show(row.Place)
		}
		l.follow() // a header is not selected, the film on the box is
		done()
	}
	return l
}

// follow selects the film on the box.
func (l *filmList) follow() {
	l.following = true
	if row := l.box.RowOf(l.box.Place()); row >= 0 {
		l.List.Select(row)
	} else {
		l.List.UnselectAll()
	}
	l.following = false
}

// scroll brings the film on the box into sight, with the header above it where
// it is the study's first.
func (l *filmList) scroll() {
	if row := l.box.RowOf(l.box.Place()); row >= 0 {
		l.List.ScrollTo(row - 1)
		l.List.ScrollTo(row)
	}
}

// conceal leaves out what tells who a film is of, or writes it again.
func (l *filmList) conceal(anonymous bool) {
	if l.anonymous != anonymous {
		l.anonymous = anonymous
		l.List.Refresh()
	}
}
