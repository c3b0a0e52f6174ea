package ui

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// filmRow is a row of the worklist: a study's header or one of its films.
type filmRow struct {
	widget.BaseWidget
	picture *canvas.Image
	ground  *canvas.Rectangle
	name    *widget.Label
	detail  *widget.Label
	count   *canvas.Text
	line    *canvas.Rectangle
	fold    *widget.Icon
	state   *canvas.Image
	study   bool
}

func newFilmRow() *filmRow {
	r := &filmRow{
		picture: &canvas.Image{FillMode: canvas.ImageFillContain},
		ground:  canvas.NewRectangle(color.Black),
		name:    widget.NewLabel(""),
		detail:  widget.NewLabel(""),
		count:   canvas.NewText("", colourMuted),
		line:    canvas.NewRectangle(colourLine),
		fold:    widget.NewIcon(theme.MenuDropDownIcon()),
		state:   &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	for _, l := range []*widget.Label{r.name, r.detail} {
		l.Truncation = fyne.TextTruncateEllipsis
		l.SizeName = "helperText"
	}
	r.detail.Importance = widget.LowImportance
	r.count.TextSize = sizeSmall
	r.line.Hide()
	r.fold.Hide()
	r.ExtendBaseWidget(r)
	return r
}

// setStudy shows a study's header: whose and when, and how many of its films
// are reviewed. An anonymous one has its number for a name.
func (r *filmRow) setStudy(s *lightbox.Study, reviewed int, anonymous bool) {
	name, detail := personName(s.Patient), joined(date(s.Date), s.Description)
	for _, other := range []string{s.PatientID, s.Folder} {
		if name == "" {
			name = other
		}
	}
	if anonymous {
		name, detail = tr("Study {{.Number}}", map[string]any{"Number": s.Number}), ""
	}
	icon := theme.MenuDropDownIcon()
	if s.Folded {
		icon = theme.MenuExpandIcon()
	}
	if r.fold.Resource != icon {
		r.fold.SetResource(icon)
	}
	r.texts(name, detail, fmt.Sprintf("%d/%d", reviewed, len(s.Films)), true)
	r.picture.Hide()
	if reviewed == len(s.Films) {
		r.mark(progressMark(lightbox.Reviewed))
	} else {
		r.mark(nil)
	}
}

// setFilm shows a film; its thumbnail is nil while it is not made. A file's
// name may be its patient's.
func (r *filmRow) setFilm(f lightbox.Listed, row lightbox.Row, anonymous bool, thumbnail *image.RGBA) {
	file := filepath.Base(f.Path)
	if anonymous {
		file = ""
	}
	name, detail := f.View, file
	switch {
	case f.Failed:
		name, detail = file, tr("cannot be read")
	case name == "":
		name, detail = file, ""
	}
	if name == "" {
		name = tr("Film {{.Number}}", map[string]any{"Number": row.Place + 1})
	}
	r.texts(name, detail, "", false)
	if thumbnail == nil {
		r.picture.Hide()
	} else {
		if r.picture.Image != thumbnail {
			r.picture.Image = thumbnail
			r.picture.Refresh()
		}
		r.picture.Show()
	}
	if f.Failed && f.Progress == lightbox.Unread {
		r.mark(nil) // there is nothing to read
	} else {
		r.mark(progressMark(f.Progress))
	}
}

// texts writes the row's lines, and lays it out anew where their number or the
// kind of row changes.
func (r *filmRow) texts(name, detail, count string, study bool) {
	other := r.study != study || r.detail.Visible() != (detail != "")
	setText(r.name, name)
	setText(r.detail, detail)
	if r.count.Text != count {
		r.count.Text = count
		r.count.Refresh()
		other = true
	}
	r.study = study
	if other {
		visible(r.detail, detail != "")
		visible(r.ground, !study)
		visible(r.line, study)
		visible(r.fold, study)
		r.Refresh()
	}
}

// mark shows how far a film is read; nil shows nothing.
func (r *filmRow) mark(drawing fyne.Resource) {
	visible(r.state, drawing != nil)
	if drawing != nil && (r.state.Resource == nil || r.state.Resource.Name() != drawing.Name()) {
		r.state.Resource = drawing
		r.state.Refresh()
	}
}

const (
	rowPicture = 48
	rowMargin  = 4
	rowMark    = 12
	rowFold    = 18
)

// CreateRenderer lays the picture, two lines and the state out side by side.
func (r *filmRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(&rowLayout{r}, r.line, r.fold, r.ground, r.picture, r.name, r.detail, r.count, r.state))
}

type rowLayout struct{ row *filmRow }

// MinSize is the same for both kinds of row: a list finds its place among a
// hundred thousand rows at once where all are as high.
func (l *rowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, rowPicture+2*rowMargin)
}

func (l *rowLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	r := l.row
	r.line.Resize(fyne.NewSize(size.Width, 1))
	for _, picture := range []fyne.CanvasObject{r.ground, r.picture} {
		picture.Move(fyne.NewPos(rowMargin, rowMargin))
		picture.Resize(fyne.NewSquareSize(rowPicture))
	}
	left := float32(rowPicture + rowMargin)
	if r.study {
		left = rowFold
		r.fold.Move(fyne.NewPos(2, (size.Height-rowFold)/2))
		r.fold.Resize(fyne.NewSquareSize(rowFold))
	}
	count := r.count.MinSize()
	right := size.Width - rowMark - 2*rowMargin
	r.state.Move(fyne.NewPos(right, (size.Height-rowMark)/2))
	r.state.Resize(fyne.NewSquareSize(rowMark))
	if r.count.Text != "" {
		right -= count.Width + rowMargin
	}
	r.count.Move(fyne.NewPos(right, (size.Height-count.Height)/2))
	r.count.Resize(count)
	height := r.name.MinSize().Height
	// A label's own margins would hold the lines too far apart.
	top := (size.Height - 2*height + 10) / 2
	if !r.detail.Visible() {
		top = (size.Height - height) / 2
	}
	for k, text := range []*widget.Label{r.name, r.detail} {
		text.Move(fyne.NewPos(left, top+float32(k)*(height-10)))
		text.Resize(fyne.NewSize(right-left, height))
	}
}
