package ui

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"pneumolight/dicomio"
	"pneumolight/ui/lightbox"
)

// corners are the texts in the film's four corners: the patient, the study,
// how the film is looked at, and the picture.
type corners struct {
	all  [4]*corner
	size fyne.Size
}

// The corners in reading order.
const (
	topLeft = iota
	topRight
	bottomLeft
	bottomRight
)

// corner is a few lines of text, each on a dark ground of its own, which keeps
// it readable on a white film and covers no more of it than the text does.
type corner struct {
	grounds []*canvas.Rectangle
	lines   []*canvas.Text
	shown   []string
}

const cornerLines = 6

func newCorners() *corners {
	c := &corners{}
	for k := range c.all {
		corner := &corner{}
		for range cornerLines {
			ground := canvas.NewRectangle(colourOverFilm)
			ground.Hide()
			corner.grounds = append(corner.grounds, ground)
			line := canvas.NewText("", colourText)
			line.TextSize = sizeSmall
			if k == topRight || k == bottomRight {
				line.Alignment = fyne.TextAlignTrailing
			}
			line.Hide()
			corner.lines = append(corner.lines, line)
		}
		c.all[k] = corner
	}
	return c
}

func (c *corners) objects() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for _, corner := range c.all {
		for k, line := range corner.lines {
			objects = append(objects, corner.grounds[k], line)
		}
	}
	return objects
}

// update writes the corners for what is on the box.
func (c *corners) update(v *filmView) {
	var texts [4][]string
	if film := v.shown(); film != nil {
		switch v.overlays {
		case overlaysAll:
			texts = [4][]string{patientLines(film), studyLines(film), lookLines(v), pictureLines(film)}
		case overlaysAnonymous:
			texts = [4][]string{bottomLeft: lookLines(v), bottomRight: pictureLines(film)}
		}
		if v.role == rolePrior {
			texts[topLeft] = append([]string{priorText(film.Header, v.box.Film().Header)}, texts[topLeft]...)
			texts[bottomLeft] = priorLines(v)
		}
	}
	for k, corner := range c.all {
		if corner.set(texts[k]) {
			c.place(k)
		}
	}
}

// set shows lines and reports whether any has changed.
func (c *corner) set(lines []string) bool {
	lines = slices.DeleteFunc(lines, func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(lines) > cornerLines {
		lines = lines[:cornerLines]
	}
	if slices.Equal(lines, c.shown) {
		return false
	}
	c.shown = lines
	for k, text := range lines {
		c.lines[k].Text = text
		c.lines[k].Refresh()
	}
	return true
}

func (c *corners) layout(size fyne.Size) {
	c.size = size
	for k := range c.all {
		c.place(k)
	}
}

const (
	cornerMargin  = 8
	cornerPadding = 4
)

func (c *corners) place(k int) {
	if k == topLeft || k == bottomLeft {
		c.place(k + 1) // it may have become too wide for the other side's
	}
	corner := c.all[k]
	size := corner.size()
	whole := fyne.NewSize(float32(math.Floor(float64(c.size.Width))), float32(math.Floor(float64(c.size.Height))))
	x, y := float32(cornerMargin), float32(cornerMargin)
	right := k == topRight || k == bottomRight
	if right {
		x = whole.Width - cornerMargin - size.Width
	}
	if k == bottomLeft || k == bottomRight {
		y = whole.Height - cornerMargin - size.Height
	}
	// Where both do not fit side by side, as beside a report in a narrow
	// window, the left one is read: the patient, and how the film is seen.
	hidden := len(corner.shown) == 0 || right && x < c.all[k-1].size().Width+2*cornerMargin
	for n, line := range corner.lines {
		ground, needs := corner.grounds[n], lineSize(line)
		visible(line, !hidden && n < len(corner.shown))
		visible(ground, line.Visible())
		line.Move(fyne.NewPos(x, y))
		line.Resize(fyne.NewSize(size.Width, needs.Height))
		from := x
		if right {
			from += size.Width - needs.Width
		}
		ground.Move(fyne.NewPos(from-cornerPadding, y))
		ground.Resize(fyne.NewSize(needs.Width+2*cornerPadding, needs.Height))
		y += needs.Height
	}
	canvas.Refresh(corner.lines[0])
}

// size is that of the lines shown.
func (c *corner) size() fyne.Size {
	var size fyne.Size
	for n := range c.shown {
		line := lineSize(c.lines[n])
		size.Width = max(size.Width, line.Width)
		size.Height += line.Height
	}
	return size
}

// lineSize is a line's in whole points, so that the grounds of two lines
// neither overlap nor gape.
func lineSize(line *canvas.Text) fyne.Size {
	size := line.MinSize()
	return fyne.NewSize(float32(math.Ceil(float64(size.Width))), float32(math.Ceil(float64(size.Height))))
}

func patientLines(f *dicomio.Film) []string {
	h := f.Header
	name := personName(h.PatientName)
	if name == "" && f.Format != dicomio.FormatDICOM {
		name = filepath.Base(f.Path)
	}
	born := date(h.PatientBirthDate)
	if years := age(h.PatientAge); years != "" {
		born = strings.TrimSpace(born + "  " + years)
	}
	return []string{name, born, h.PatientID, sexText(h.PatientSex)}
}

// personName writes a DICOM person name. It has up to three groups (PS3.5
// 6.2.1.1): in letters, in ideographs, and as it is pronounced. The one that
// suits the window's language comes first, the other beside it; how a name is
// pronounced is told where nothing else is.
func personName(pn string) string {
	groups := strings.SplitN(pn, "=", 3)
	for k := range groups {
		groups[k] = nameGroup(groups[k])
	}
	groups = append(groups, "", "")
	first, second := groups[0], groups[1]
	if eastAsian() {
		first, second = second, first
	}
	switch {
	case first == "" && second == "":
		return groups[2]
	case first == "":
		return second
	case second == "" || second == first:
		return first
	}
	return first + " (" + second + ")"
}

// nameGroup writes one group of a name as family, given; East Asian ones stand
// side by side.
func nameGroup(group string) string {
	parts := strings.SplitN(strings.TrimSpace(group), "^", 2)
	family, given := strings.TrimSpace(parts[0]), ""
	if len(parts) > 1 {
		given = strings.Join(strings.Fields(strings.ReplaceAll(parts[1], "^", " ")), " ")
	}
	switch {
	case family == "" || given == "":
		return family + given
	case strings.ContainsFunc(family+given, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
	}):
		return family + given
	}
	return family + ", " + given
}

func sexText(sex string) string {
	switch sex {
	case "M":
		return tr("male")
	case "F":
		return tr("female")
	case "O":
		return tr("other sex")
	}
	return sex
}

func studyLines(f *dicomio.Film) []string {
	h := f.Header
	return []string{
		h.Institution, h.StudyDescription, h.AccessionNumber,
		strings.TrimSpace(date(h.StudyDate) + "  " + clock(h.StudyTime)),
	}
}

func pictureLines(f *dicomio.Film) []string {
	h := f.Header
	series := h.SeriesDescription
	view := strings.TrimSpace(strings.Join([]string{h.Modality, h.BodyPart, h.ViewPosition, h.Laterality}, " "))
	lines := []string{series, strings.Join(strings.Fields(view), " "), geometryText(f)}
	if f.Frames > 1 {
		lines = append(lines, frameText(f))
	}
	return lines
}

func frameText(f *dicomio.Film) string {
	return tr("frame {{.Frame}} of {{.Frames}}", map[string]any{"Frame": f.Frame, "Frames": f.Frames})
}

func lookLines(v *filmView) []string {
	look := v.box.Look()
	var lines []string
	if v.over {
		x, y := v.device(v.pointer)
		if p := v.box.At(x, y); p.Inside {
			lines = append(lines, pointText(v.box.Film(), p))
		}
	}
	zoom := fmt.Sprintf("%s %.0f %%", tr("Zoom"), v.view().Scale*100)
	if look.Fit {
		zoom += "  " + tr("fit")
	}
	if turns := turnText(look); turns != "" {
		zoom += "  " + turns
	}
	lines = append(lines, zoom)
	if !v.box.Film().IsColour() {
		lines = append(lines, windowLine(look.Window))
	}
	if look.Inverted {
		lines = append(lines, tr("inverted"))
	}
	if look.Bare {
		lines = append(lines, tr("the file's own marks are hidden"))
	}
	return lines
}

// priorLines are the value under the pointer and the window of the prior; how
// else it is looked at stands on the other film.
func priorLines(v *filmView) []string {
	var lines []string
	if v.over {
		s := float64(v.scale())
		if p := v.box.PriorAt(float64(v.pointer.X)*s, float64(v.pointer.Y)*s, v.width, v.height); p.Inside {
			lines = append(lines, pointText(v.box.Prior(), p))
		}
	}
	if !v.box.Prior().IsColour() {
		lines = append(lines, windowLine(v.box.PriorWindow()))
	}
	return lines
}

func windowLine(w dicomio.Window) string {
	line := fmt.Sprintf("W %s  L %s", number(w.Width), number(w.Center))
	if w.Name != "" {
		line += "  " + windowText(w.Name)
	}
	return line
}

// priorText names the prior, and how much earlier it was taken where both films
// say. One that the reader chose may be later, or another patient's.
func priorText(prior, film dicomio.Header) string {
	text := tr("PRIOR")
	if apart := apartText(prior.Taken, film.Taken); apart != "" {
		text += "  −" + apart
	} else if apart := apartText(film.Taken, prior.Taken); apart != "" {
		text = tr("LATER FILM") + "  +" + apart
	}
	patient := lightbox.Patient{ID: prior.PatientID, Name: prior.PatientName}
	if same, known := patient.Is(lightbox.Patient{ID: film.PatientID, Name: film.PatientName}); known && !same {
		text += "  " + tr("ANOTHER PATIENT")
	}
	return text
}

// apartText is how much later a film was taken than another; empty where it
// was not, or where that is not known.
func apartText(earlier, later string) string {
	const day, second = "20060102", "20060102150405"
	then, err := time.Parse(second, earlier)
	now, nowErr := time.Parse(second, later)
	if hours := now.Sub(then).Hours(); err == nil && nowErr == nil && hours < 48 {
		switch {
		case hours <= 0:
			return ""
		case hours < 2:
			return tr("{{.Minutes}} min", map[string]any{"Minutes": int(math.Ceil(hours * 60))})
		}
		return tr("{{.Hours}} h", map[string]any{"Hours": int(hours)})
	}
	then, err = time.Parse(day, earlier[:min(len(earlier), 8)])
	now, nowErr = time.Parse(day, later[:min(len(later), 8)])
	if err != nil || nowErr != nil || !then.Before(now) {
		return ""
	}
	days := int(now.Sub(then).Hours() / 24)
	switch {
	case days >= 730:
		return tr("{{.Years}} years", map[string]any{"Years": days / 365})
	case days >= 61:
		return tr("{{.Months}} months", map[string]any{"Months": days / 30})
	}
	return tr("{{.Days}} days", map[string]any{"Days": days})
}

func pointText(f *dicomio.Film, p lightbox.Point) string {
	place := fmt.Sprintf("%d, %d", int(p.X), int(p.Y))
	if !p.Grey {
		return place
	}
	return fmt.Sprintf("%s: %s %s", place, number(p.Value), f.Unit())
}

func turnText(look lightbox.Look) string {
	var parts []string
	if look.View.Quarters != 0 {
		parts = append(parts, fmt.Sprintf("%d°", look.View.Quarters*90))
	}
	if look.View.Flipped {
		parts = append(parts, tr("FLIPPED"))
	}
	return strings.Join(parts, "  ")
}

// number writes a value without decimals that mean nothing.
func number(v float64) string {
	if v >= 100 || v <= -100 || v == float64(int(v)) {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
