package ui

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pneumolight/screening"
	"pneumolight/ui/lightbox"
)

// screenBar is the line in which a folder's screening is started, followed and
// stopped, while the films can be read as ever.
type screenBar struct {
	box  *lightbox.Lightbox
	keys *keyMap

	text    *widget.Label
	bar     *widget.ProgressBar
	barBox  fyne.CanvasObject
	watch   *widget.Check
	start   *widget.Button
	resume  *widget.Button
	stop    *widget.Button
	triage  *widget.Button
	dismiss *widget.Button
	content *fyne.Container
}

func newScreenBar(w *Window) *screenBar {
	box := w.box
	s := &screenBar{box: box, keys: w.keys, text: widget.NewLabel("")}
	s.text.Wrapping = fyne.TextWrapWord
	s.bar = widget.NewProgressBar()
	s.bar.TextFormatter = func() string { return "" }
	s.barBox = container.New(layout.NewCustomPaddedLayout(9, 9, 4, 4), container.NewGridWrap(fyne.NewSize(170, 14), s.bar))
	s.watch = widget.NewCheck(tr("and watch it for new films"), func(on bool) { box.SetWatch(on); w.focusFilm() })
	s.start = widget.NewButton("", func() { box.StartScreen(false); w.focusFilm() })
	s.resume = widget.NewButton(tr("Go on"), func() { box.StartScreen(true); w.focusFilm() })
	s.stop = widget.NewButton(tr("Stop"), func() { box.StopScreen(); w.focusFilm() })
	s.triage = widget.NewButton("", w.triage.show)
	s.name()
	s.dismiss = widget.NewButtonWithIcon("", theme.CancelIcon(), func() { box.DismissScreen(); w.focusFilm() })
	s.dismiss.Importance = widget.LowImportance
	right := container.NewHBox(s.barBox, s.watch, s.resume, s.start, s.stop, s.triage, s.dismiss)
	s.content = container.NewStack(canvas.NewRectangle(colourFlat), container.New(&oneOrTwoRows{}, s.text, right))
	s.content.Hide()
	return s
}

// name writes the key on what it does.
func (s *screenBar) name() { s.triage.SetText(s.keys.hint(tr("Triage"), "screen.triage")) }

// update draws the state of the screening and reports whether the bar has
// become higher or lower.
func (s *screenBar) update() (resized bool) {
	now := s.box.Screen()
	before := s.height()
	asked, running, ended := now.State == lightbox.ScreenAsked, now.State == lightbox.ScreenRunning, now.State == lightbox.ScreenEnded
	setText(s.text, screenText(now))
	importance := widget.MediumImportance
	if now.Err != nil {
		importance = widget.WarningImportance
	}
	if s.text.Importance != importance {
		s.text.Importance = importance
		s.text.Refresh()
	}
	primary, label := widget.HighImportance, tr("Start")
	if now.Earlier != nil {
		primary, label = widget.MediumImportance, tr("Start over")
	}
	if s.start.Text != label {
		s.start.Importance = primary
		s.start.SetText(label)
	}
	if s.watch.Checked != now.Watch {
		s.watch.Checked = now.Watch
		s.watch.Refresh()
	}
	visible(s.watch, asked)
	visible(s.start, asked)
	visible(s.resume, asked && now.Earlier != nil || ended && (now.Err != nil || now.Stopped))
	visible(s.stop, running)
	visible(s.barBox, running && !watching(now))
	visible(s.triage, now.Run != 0)
	visible(s.dismiss, asked || ended)
	if running && now.Progress.Total > 0 {
		if share := float64(now.Progress.Done) / float64(now.Progress.Total); share != s.bar.Value {
			s.bar.SetValue(share)
		}
	}
	visible(s.content, now.State != lightbox.ScreenNone)
	return s.height() != before
}

// height is the room that the bar takes.
func (s *screenBar) height() float32 {
	if !s.content.Visible() {
		return 0
	}
	return s.content.MinSize().Height
}

// watching reports whether a screening is through and waits for what arrives.
func watching(s lightbox.Screen) bool {
	return s.Watch && s.Progress.Complete && s.Progress.Done >= s.Progress.Total
}

// screenText is the state of a screening in one sentence.
func screenText(s lightbox.Screen) string {
	folder := map[string]any{"Folder": filepath.Base(s.Folder)}
	switch s.State {
	case lightbox.ScreenAsked:
		if s.Earlier != nil {
			folder["Files"] = amount(s.Earlier.Files)
			return tr("Screen “{{.Folder}}”? An earlier run was stopped after {{.Files}} files.", folder)
		}
		return tr("Screen “{{.Folder}}”? The model goes through all of its films in the background.", folder)
	case lightbox.ScreenRunning:
		return runningText(s)
	case lightbox.ScreenEnded:
		return endedText(s)
	}
	return ""
}

func runningText(s lightbox.Screen) string {
	p := s.Progress
	data := map[string]any{"Folder": filepath.Base(s.Folder), "Done": amount(p.Done), "Total": amount(p.Total), "Rate": fmt.Sprintf("%.1f", p.Rate), "Left": leftText(p)}
	switch {
	case p.Total == 0:
		return tr("Screening “{{.Folder}}”: looking for films…", data)
	case watching(s):
		return tr("Watching “{{.Folder}}”: {{.Done}} files are screened, new ones as they arrive.", data)
	}
	return tr("Screening “{{.Folder}}”: {{.Done}} of {{.Total}} files, {{.Rate}} films a second, {{.Left}}", data)
}

// leftText is how long it will take, as coarsely as it is known.
func leftText(p screening.Progress) string {
	if p.Rate == 0 {
		return tr("time left unknown")
	}
	return durationText(p.Left)
}

func durationText(left time.Duration) string {
	switch {
	case left < time.Minute:
		return tr("less than a minute left")
	case left < 90*time.Minute:
		return tr("{{.Minutes}} min left", map[string]any{"Minutes": int(left.Minutes() + 0.5)})
	}
	return tr("{{.Hours}} h left", map[string]any{"Hours": int(left.Hours() + 0.5)})
}

func endedText(s lightbox.Screen) string {
	p := s.Progress
	data := map[string]any{"Folder": filepath.Base(s.Folder), "Done": amount(p.Done), "Total": amount(p.Total), "Refused": amount(p.Refused), "Failed": amount(p.Failed)}
	switch {
	case s.Err != nil:
		return tr("The screening ended:") + " " + strings.TrimRight(faultText(s.Err), ".。") + ". " + tr("What is done is kept.")
	case s.Stopped && !watching(s):
		return tr("Stopped after {{.Done}} of {{.Total}} files of “{{.Folder}}”. What is done is kept.", data)
	}
	return tr("“{{.Folder}}” is screened: {{.Done}} files, {{.Refused}} refused, {{.Failed}} could not be read.", data)
}
