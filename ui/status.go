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
	cancel  *widget.Button
	label   *widget.Label
	// counted is for work whose end is known, bar for other work.
	counted *widget.ProgressBar
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
	s.label.Truncation = fyne.TextTruncateEllipsis
	s.counted = widget.NewProgressBar()
	s.counted.TextFormatter = func() string { return "" }
	s.counted.Hide()
	s.bar = widget.NewProgressBarInfinite()
	s.bar.Stop()
	s.bar.Hide()
	s.cancel = widget.NewButton(tr("Cancel"), func() { box.Cancel(); done() })
	bar := container.New(layout.NewCustomPaddedLayout(8, 8, 4, 4), container.NewGridWrap(fyne.NewSize(120, 16), container.NewStack(s.bar, s.counted)))
	s.work = container.NewBorder(nil, nil, nil, container.NewHBox(bar, s.cancel), s.label)
	s.work.Hide()
	s.dismiss.Hide()
	s.place = widget.NewLabel("")
	s.place.Importance = widget.LowImportance
	s.place.Truncation = fyne.TextTruncateEllipsis
	s.content = container.NewStack(s.ground, container.New(&statusLine{s}, s.work, s.message, s.dismiss, s.place))
	return s
}

// update draws the message, the work under way and the place in the list.
func (s *statusBar) update() {
	work := s.box.Work()
	now := statusState{progress: workText(work), cancel: s.box.CanCancel(), notice: s.box.Notice(), place: toolText(s.box.Tool())}
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
	s.show(work)
	setText(s.label, now.progress)
	visible(s.cancel, now.cancel)
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

// show draws how far work has come; a bar only moves where that is not known.
func (s *statusBar) show(work lightbox.Work) {
	counts := work.Done > 0 && work.Total > 0
	if counts {
		s.counted.SetValue(float64(work.Done) / float64(work.Total))
	}
	visible(s.counted, counts)
	// Hidden alone, it would go on moving.
	switch turns := work.Label != "" && !counts; {
	case turns && !s.bar.Visible():
		s.bar.Show()
		s.bar.Refresh()
	case !turns && s.bar.Visible():
		s.bar.Stop()
		s.bar.Hide()
	}
	visible(s.work, work.Label != "")
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
	cancel   bool
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
