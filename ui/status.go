package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/ui/lightbox"
)

// statusBar is the line below the film: a message, or the work under way with
// its cancel, and at the end the tool and the place in the list.
type statusBar struct {
	box *lightbox.Lightbox

	ground  *canvas.Rectangle
	message *widget.Label
	dismiss *button
	work    *fyne.Container
	label   *widget.Label
	bar     *widget.ProgressBarInfinite
	place   *widget.Label

	content *fyne.Container
}

func newStatusBar(box *lightbox.Lightbox, done func()) *statusBar {
	s := &statusBar{box: box, ground: canvas.NewRectangle(colourPanel)}
	s.message = widget.NewLabel("")
	s.message.Wrapping = fyne.TextWrapWord
	s.dismiss = newButton("", theme.CancelIcon(), func() { box.Dismiss(); done() })
	s.dismiss.Importance = widget.LowImportance
	s.label = widget.NewLabel("")
	s.bar = widget.NewProgressBarInfinite()
	s.bar.Stop()
	cancel := newButton(tr("Cancel"), nil, func() { box.Cancel(); done() })
	bar := container.New(layout.NewCustomPaddedLayout(8, 8, 4, 4), container.NewGridWrap(fyne.NewSize(180, 16), s.bar))
	s.work = container.NewHBox(s.label, bar, cancel)
	s.work.Hide()
	s.place = widget.NewLabel("")
	s.place.Importance = widget.LowImportance
	line := container.NewBorder(nil, nil, s.work, container.NewHBox(s.dismiss, s.place), s.message)
	s.content = container.NewStack(s.ground, line)
	return s
}

// update draws the message, the work under way and the place in the list.
func (s *statusBar) update() {
	progress := s.box.Progress()
	switch {
	case progress != "" && !s.work.Visible():
		s.work.Show()
		s.bar.Start()
	case progress == "" && s.work.Visible():
		s.bar.Stop()
		s.work.Hide()
	}
	s.label.SetText(progress)

	notice := s.box.Notice()
	s.message.Importance = widget.MediumImportance
	if notice.Kind == lightbox.NoticeError {
		s.message.Importance = widget.WarningImportance
	}
	s.message.SetText(notice.Text)
	s.message.Refresh()
	visible(s.dismiss, notice.Kind == lightbox.NoticeError)

	place := toolText(s.box.Tool())
	if films := len(s.box.List()); films > 1 {
		place += fmt.Sprintf("   %d / %d", s.box.Place()+1, films)
	}
	s.place.SetText(place)
	s.content.Refresh()
}

func toolText(t lightbox.Tool) string {
	switch t {
	case lightbox.ToolPan:
		return tr("Drag: move")
	case lightbox.ToolZoom:
		return tr("Drag: zoom")
	case lightbox.ToolRuler:
		return tr("Ruler")
	case lightbox.ToolAngle:
		return tr("Angle")
	case lightbox.ToolRatio:
		return tr("Cardiothoracic ratio: begin at one border of the heart")
	}
	return tr("Drag: window/level")
}
