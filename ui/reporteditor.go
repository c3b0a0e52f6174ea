package ui

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"pneumolight/report"
	"pneumolight/ui/lightbox"
)

// drawerWidth is the width of what takes the panel's place beside the film.
const drawerWidth = 420

// reportEditor is where the reader writes a film's report, beside the film.
type reportEditor struct {
	window *Window
	box    *lightbox.Lightbox

	template *widget.Select
	parts    [5]*noteEntry
	formats  map[report.Format]*widget.Check
	folder   *widget.Label
	name     *noteEntry
	doubt    *widget.Label
	written  *widget.Label
	open     *widget.Button
	reveal   *widget.Button
	after    fyne.CanvasObject // what can be done with what is written
	save     *widget.Button
	body     *container.Scroll
	content  *fyne.Container
	setting  bool
}

func newReportEditor(w *Window) *reportEditor {
	e := &reportEditor{window: w, box: w.box, formats: map[report.Format]*widget.Check{}}
	names := report.TemplateNames()
	var shown []string
	for _, name := range names {
		shown = append(shown, templateText(name))
	}
	e.template = widget.NewSelect(shown, func(string) {
		if k := e.template.SelectedIndex(); k >= 0 && !e.setting {
			e.box.FillReport(names[k])
		}
	})
	e.template.PlaceHolder = tr("Template…")
	parts := container.New(layout.NewCustomPaddedVBoxLayout(0))
	for k, part := range []struct {
		name string
		rows int
	}{{tr("Indication"), 1}, {tr("Technique"), 2}, {tr("Comparison"), 1}, {tr("Findings"), 5}, {tr("Impression"), 3}} {
		e.parts[k] = newNoteEntry(e.leave)
		e.parts[k].SetMinRowsVisible(part.rows)
		e.parts[k].OnChanged = func(string) { e.typed() }
		parts.Add(container.New(layout.NewCustomPaddedLayout(4, 2, 4, 0), heading(part.name)))
		parts.Add(inset(e.parts[k]))
	}
	boxes := container.NewGridWithColumns(2)
	for _, f := range report.Formats() {
		e.formats[f] = widget.NewCheck(formatText(f), func(bool) { e.typed() })
		boxes.Add(e.formats[f])
	}
	e.folder = widget.NewLabel("")
	e.folder.Truncation = fyne.TextTruncateEllipsis
	choose := widget.NewButton(tr("Folder…"), e.chooseFolder)
	e.name = newNoteEntry(e.leave)
	e.name.MultiLine, e.name.Wrapping = false, fyne.TextWrapOff
	e.name.SetMinRowsVisible(1)
	e.name.OnChanged = func(string) { e.typed() }
	e.doubt = wrapped("")
	e.doubt.Importance = widget.WarningImportance
	e.written = wrapped("")
	e.written.Importance = widget.SuccessImportance
	e.open = widget.NewButton(tr("Open"), func() { e.show(false) })
	e.reveal = widget.NewButton(tr("Show the folder"), func() { e.show(true) })
	e.save = widget.NewButton(tr("Write the report"), func() {
		e.box.WriteReport(func(m lightbox.Mark) string { return markText(e.box, m) })
	})
	e.save.Importance = widget.HighImportance
	done := widget.NewButton(tr("Close"), w.closeReport)
	head := container.NewBorder(nil, nil, heading(tr("Report")), container.NewHBox(container.NewGridWrap(fyne.NewSize(190, e.template.MinSize().Height), e.template), done))
	files := container.New(layout.NewFormLayout(),
		widget.NewLabel(tr("Into")), container.NewBorder(nil, nil, nil, choose, e.folder),
		widget.NewLabel(tr("Name")), e.name)
	e.after = inset(container.New(&even{gap: 6}, e.open, e.reveal))
	foot := container.New(layout.NewCustomPaddedVBoxLayout(0), e.doubt, inset(e.save))
	e.body = container.NewVScroll(container.New(layout.NewCustomPaddedVBoxLayout(-2), parts, inset(boxes), offEdge(files), e.written, e.after))
	e.content = container.NewStack(canvas.NewRectangle(colourPanel), container.NewBorder(container.NewVBox(gap(drawerWidth), offEdge(head)), foot, nil, nil, e.body))
	e.content.Hide()
	return e
}

// templateText is a template's name.
func templateText(name string) string {
	switch name {
	case "normal":
		return tr("Template: normal")
	case "pneumonia":
		return tr("Template: pneumonia")
	case "blank":
		return tr("Template: blank")
	}
	return name
}

// formatText names a format.
func formatText(f report.Format) string {
	switch f {
	case report.PDF:
		return "PDF/A"
	case report.EncapsulatedPDF:
		return tr("DICOM: PDF")
	case report.SecondaryCapture:
		return tr("DICOM: picture")
	case report.StructuredReport:
		return tr("DICOM: structured")
	case report.PresentationState:
		return tr("DICOM: presentation")
	}
	return strings.ToUpper(string(f))
}

// leave gives the keys back to the film; the report stays open.
func (e *reportEditor) leave() { e.window.focusFilm() }

// fields are where the text's parts are.
func fields(t *report.Text) [5]*string {
	return [5]*string{&t.Indication, &t.Technique, &t.Comparison, &t.Findings, &t.Impression}
}

// typed takes up what the reader wrote or chose.
func (e *reportEditor) typed() {
	if e.setting {
		return
	}
	var text report.Text
	for k, field := range fields(&text) {
		*field = e.parts[k].Text
	}
	files := e.box.Report().Files
	files.Name = e.name.Text
	chosen := files.Formats
	files.Formats = nil
	for _, f := range report.Formats() {
		// A format that this film cannot have stays chosen for the next.
		if e.formats[f].Checked || e.formats[f].Disabled() && slices.Contains(chosen, f) {
			files.Formats = append(files.Formats, f)
		}
	}
	e.box.SetReportText(text)
	e.box.SetReportFiles(files)
}

func (e *reportEditor) chooseFolder() {
	e.window.pickFolder(func(folder string) {
		files := e.box.Report().Files
		files.Folder = folder
		e.box.SetReportFiles(files)
	})
}

// pickFolder asks for a folder.
func (w *Window) pickFolder(chosen func(string)) {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		if err == nil && folder != nil {
			chosen(filepath.FromSlash(folder.Path()))
		}
	}, w.window)
	w.locate(d)
	d.Resize(w.dialogSize())
	w.ask(d, nil)
}

// show opens what was written, or its folder, with the desktop's program.
func (e *reportEditor) show(folder bool) {
	written := e.box.Report().Written
	if len(written) == 0 {
		return
	}
	path := written[0]
	if folder {
		path = filepath.Dir(path)
	}
	e.window.openOutside(path)
}

// openOutside opens a file or folder with the desktop's program.
func (w *Window) openOutside(path string) {
	if err := w.app.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}); err != nil {
		w.box.Tell(tr("The desktop could not open it: {{.Reason}}", map[string]any{"Reason": err.Error()}))
	}
}

// update draws the report as it is.
func (e *reportEditor) update() {
	r := e.box.Report()
	if !r.Open {
		return
	}
	e.setting = true
	defer func() { e.setting = false }()
	for k, field := range fields(&r.Text) {
		if e.parts[k].Text != *field {
			e.parts[k].SetText(*field)
		}
	}
	possible := e.box.ReportFormats()
	for f, c := range e.formats {
		can := slices.Contains(possible, f)
		on := can && slices.Contains(r.Files.Formats, f)
		if c.Checked != on {
			c.SetChecked(on)
		}
		enable(c, can)
	}
	if e.name.Text != r.Files.Name {
		e.name.SetText(r.Files.Name)
	}
	setText(e.folder, r.Files.Folder)
	doubt := ""
	err := e.box.ReportDoubt()
	switch {
	case errors.Is(err, lightbox.ErrPlaceholders):
		doubt = tr("A [placeholder] of the template is left: write what you see in its place.")
	case err != nil:
		doubt = err.Error()
	case e.box.Review().Begun():
		doubt = tr("Your review is not saved: the report tells the last one that is.")
	}
	setText(e.doubt, doubt)
	visible(e.doubt, doubt != "")
	written := ""
	if len(r.Written) > 0 {
		written = tr("Written, readable by you alone:") + "\n" + strings.Join(r.Written, "\n")
	}
	fresh := written != "" && written != e.written.Text
	setText(e.written, written)
	visible(e.written, written != "")
	visible(e.after, written != "")
	enable(e.save, err == nil && !e.box.Busy(lightbox.TaskReport))
	e.content.Refresh()
	if fresh {
		e.body.ScrollToBottom() // it stands below all else
	}
}
