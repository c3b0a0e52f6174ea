package ui

import (
	"image"
	"image/color"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// listWidth is the width of the worklist.
const listWidth = 232

// filmList is the worklist: the films that are open, where there are several.
// Only the rows in sight exist.
type filmList struct {
	// List is what is put into a window; it is a widget of its own.
	List *widget.List
	box  *lightbox.Lightbox
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
			if place := box.Row(k); place >= 0 {
				o.(*filmRow).set(box.List()[place], box.Thumbnail(place))
			}
		})
	l.List.HideSeparators = true
	l.List.OnSelected = func(k widget.ListItemID) {
		if l.following {
			return
		}
		if place := box.Row(k); place != box.Place() {
			box.Show(place)
		}
		done()
	}
	return l
}

// follow selects the film on the box.
func (l *filmList) follow() {
	l.following = true
	if row, wanted := l.box.RowOf(l.box.Place()); wanted {
		l.List.Select(row)
	} else {
		l.List.UnselectAll()
	}
	l.following = false
}

// filterBar is the line above the list that says which films are wanted.
type filterBar struct {
	box     *lightbox.Lightbox
	text    *noteEntry
	unread  *check
	content fyne.CanvasObject
}

func newFilterBar(box *lightbox.Lightbox, done func()) *filterBar {
	b := &filterBar{box: box, text: newNoteEntry(done)}
	b.text.MultiLine, b.text.Wrapping = false, fyne.TextWrapOff
	b.text.SetMinRowsVisible(1)
	b.text.SetPlaceHolder(tr("Filter"))
	b.text.OnChanged = func(string) { b.apply() }
	b.text.OnSubmitted = func(string) { done() }
	b.unread = newCheck(tr("unread"), func(bool) { b.apply(); done() })
	b.content = container.NewBorder(nil, nil, nil, b.unread, b.text)
	return b
}

func (b *filterBar) apply() {
	b.box.SetFilter(lightbox.Filter{Text: b.text.Text, UnreadOnly: b.unread.Checked})
}

// update follows the lightbox, which drops the filter with the list.
func (b *filterBar) update() {
	f := b.box.Filter()
	if b.unread.Checked != f.UnreadOnly {
		b.unread.Checked = f.UnreadOnly
		b.unread.Refresh()
	}
	if b.text.Text != f.Text {
		b.text.SetText(f.Text)
	}
}

// filmRow is one film of the worklist.
type filmRow struct {
	widget.BaseWidget
	picture *canvas.Image
	ground  *canvas.Rectangle
	name    *widget.Label
	detail  *widget.Label
	state   *canvas.Circle
}

func newFilmRow() *filmRow {
	r := &filmRow{
		picture: &canvas.Image{FillMode: canvas.ImageFillContain},
		ground:  canvas.NewRectangle(color.Black),
		name:    widget.NewLabel(""),
		detail:  widget.NewLabel(""),
		state:   canvas.NewCircle(color.Transparent),
	}
	for _, l := range []*widget.Label{r.name, r.detail} {
		l.Truncation = fyne.TextTruncateEllipsis
		l.SizeName = "helperText"
	}
	r.detail.Importance = widget.LowImportance
	r.ExtendBaseWidget(r)
	return r
}

// set shows a film; its thumbnail is nil while it is not made.
func (r *filmRow) set(f lightbox.Listed, thumbnail *image.RGBA) {
	name := personName(f.Patient)
	if name == "" {
		name = f.PatientID
	}
	detail := joined(date(f.Date), f.View)
	switch {
	case f.Failed:
		detail = tr("cannot be read")
	case name == "":
		name = filepath.Base(f.Path)
	case detail == "":
		detail = filepath.Base(f.Path)
	}
	if name == "" {
		name = filepath.Base(f.Path)
	}
	r.name.SetText(name)
	r.detail.SetText(detail)
	if r.detail.Visible() != (detail != "") {
		visible(r.detail, detail != "")
		r.Refresh()
	}
	if thumbnail == nil {
		r.picture.Hide()
	} else {
		if r.picture.Image != thumbnail {
			r.picture.Image = thumbnail
			r.picture.Refresh()
		}
		r.picture.Show()
	}
	fill := map[lightbox.Progress]color.Color{
		lightbox.Unread: colourAccent, lightbox.Seen: color.Transparent, lightbox.InProgress: colourCaution, lightbox.Reviewed: colourCalm,
	}[f.Progress]
	if r.state.FillColor != fill {
		r.state.FillColor = fill
		r.state.Refresh()
	}
}

const (
	rowPicture = 48
	rowMargin  = 4
	rowDot     = 8
)

// CreateRenderer lays the picture, two lines and the state out side by side.
func (r *filmRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(rowLayout{}, r.ground, r.picture, r.name, r.detail, r.state))
}

type rowLayout struct{}

func (rowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, rowPicture+2*rowMargin)
}

func (rowLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	for _, picture := range o[:2] {
		picture.Move(fyne.NewPos(rowMargin, rowMargin))
		picture.Resize(fyne.NewSquareSize(rowPicture))
	}
	left := float32(rowPicture + rowMargin)
	height := o[2].MinSize().Height
	// A label's own margins would hold the lines too far apart.
	top := (size.Height - 2*height + 10) / 2
	if !o[3].Visible() {
		top = (size.Height - height) / 2
	}
	for k, text := range o[2:4] {
		text.Move(fyne.NewPos(left, top+float32(k)*(height-10)))
		text.Resize(fyne.NewSize(size.Width-left-rowDot-rowMargin, height))
	}
	o[4].Move(fyne.NewPos(size.Width-rowDot-2*rowMargin, (size.Height-rowDot)/2))
	o[4].Resize(fyne.NewSquareSize(rowDot))
}
