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
	dismiss *widget.Button
	work    *fyne.Container
	label   *widget.Label
	bar     *widget.ProgressBarInfinite
	place   *widget.Label
	shown   statusState

	content *fyne.Container
}

func newStatusBar(box *lightbox.Lightbox, done func()) *statusBar {
	s := &statusBar{box: box, ground: canvas.NewRectangle(colourPanel)}
	s.message = widget.NewLabel("")
	s.message.Wrapping = fyne.TextWrapWord
	s.dismiss = widget.NewButtonWithIcon("", theme.CancelIcon(), func() { box.Dismiss(); done() })
	s.dismiss.Importance = widget.LowImportance
	s.label = widget.NewLabel("")
	s.bar = widget.NewProgressBarInfinite()
	s.bar.Stop()
	cancel := widget.NewButton(tr("Cancel"), func() { box.Cancel(); done() })
	bar := container.New(layout.NewCustomPaddedLayout(8, 8, 4, 4), container.NewGridWrap(fyne.NewSize(180, 16), s.bar))
	s.work = container.NewHBox(s.label, bar, cancel)
	s.work.Hide()
	s.dismiss.Hide()
	s.place = widget.NewLabel("")
	s.place.Importance = widget.LowImportance
	line := container.NewBorder(nil, nil, s.work, container.NewHBox(s.dismiss, s.place), s.message)
	s.content = container.NewStack(s.ground, line)
	return s
}

// update draws the message, the work under way and the place in the list.
func (s *statusBar) update() {
	now := statusState{progress: workText(s.box.Work()), notice: s.box.Notice(), place: toolText(s.box.Tool())}
	if film := s.box.Film(); film != nil && film.Frames > 1 {
		now.place += "   " + frameText(film)
	}
	if films := len(s.box.List()); films > 1 {
		now.place += fmt.Sprintf("   %d / %d", s.box.Position()+1, films)
	}
	if now == s.shown {
		return // as at most steps of a drag
	}
	s.shown = now
	switch {
	case now.progress != "" && !s.work.Visible():
		s.work.Show()
		s.bar.Start()
	case now.progress == "" && s.work.Visible():
		s.bar.Stop()
		s.work.Hide()
	}
	setText(s.label, now.progress)
	importance := widget.MediumImportance
	if now.notice.Kind == lightbox.NoticeError {
		importance = widget.WarningImportance
	}
	if s.message.Importance != importance {
		s.message.Importance = importance
		s.message.Refresh()
	}
	setText(s.message, now.notice.Text)
	visible(s.dismiss, now.notice.Kind == lightbox.NoticeError)
	setText(s.place, now.place)
	s.content.Refresh()
}

// workText says what is under way, how far it has come and how long it will
// take, as far as that is known.
func workText(w lightbox.Work) string {
	switch {
	case w.Done == 0:
		return w.Label
	case w.Total == 0:
		return w.Label + "  " + amount(w.Done)
	}
	text := w.Label + "  " + tr("{{.Done}} of {{.Total}}", map[string]any{"Done": amount(w.Done), "Total": amount(w.Total)})
	if w.Left > 0 {
		text += ", " + durationText(w.Left)
	}
	return text
}

// statusState is what the line shows.
type statusState struct {
	progress string
	notice   lightbox.Notice
	place    string
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
