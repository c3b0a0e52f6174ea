package report

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"pneumolight/reading"
	"pneumolight/render"
)

// title is the document's name, on the page and in its properties.
const title = "Chest film report"

// writePDF writes the report as PDF/A-2u.
func (r *Report) writePDF(w io.Writer) error {
	document, err := r.pdf()
	if err != nil {
		return err
	}
	_, err = w.Write(document)
	return err
}

func (r *Report) pdf() ([]byte, error) {
	fonts, err := newCoverage()
	if err != nil {
		return nil, err
	}
	film, with := r.pictures()
	// What stands round the films tells how high they may be.
	trial := newSheet(fonts)
	trial.endless = true
	if err := r.set(trial, film, with, 0); err != nil {
		return nil, err
	}
	height := mostFilm
	// A hair is left for what sums of millimetres differ by.
	if left := pageHeight - marginBottom - trial.y - 0.1; left >= leastFilm {
		height = min(left, mostFilm)
	}
	p := newSheet(fonts)
	const pages = "{pages}"
	p.pdf.AliasNbPages(pages)
	p.pdf.SetFooterFunc(func() { r.footer(p, pages) })
	if err := r.set(p, film, with, height); err != nil {
		return nil, err
	}
	if err := describe(p.pdf, r); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("setting the page: %w", err)
	}
	return archive(out.Bytes(), r.UID)
}

// set sets the report, with films of at most a height.
func (r *Report) set(p *sheet, film, with *image.RGBA, height float64) error {
	p.page()
	r.head(p)
	r.patient(p)
	if err := r.films(p, film, with, height); err != nil {
		return err
	}
	r.result(p)
	r.reader(p)
	r.colophon(p)
	return p.pdf.Error()
}

// footer stands on every page: whose report it is, and what it is not.
func (r *Report) footer(p *sheet, pages string) {
	y := pageHeight - marginBottom + 5
	p.draw(rule)
	p.pdf.SetLineWidth(0.2)
	p.pdf.Line(marginLeft, y-1.5, marginLeft+contentWidth, y-1.5)
	whose := "Patient unknown"
	if h := r.Film.Header; h.PatientName != "" || h.PatientID != "" {
		whose = strings.Trim(personName(h.PatientName)+"  ·  "+h.PatientID, " ·")
	}
	p.line(marginLeft, y, p.cut(whose, contentWidth-25, styleSmall), styleSmall)
	// The library puts the number of pages in later, so that its stand-in
	// must not be measured.
	x := marginLeft + contentWidth - p.width(fmt.Sprintf("Page %d of 9", p.pdf.PageNo()), styleSmall)
	p.line(x, y, fmt.Sprintf("Page %d of %s", p.pdf.PageNo(), pages), styleSmall)
	y += styleSmall.leading()
	p.line(marginLeft, y, "Research use only. Not for standalone decisions, nor to rule disease out.", styleSmall)
	p.lineRight(marginLeft+contentWidth, y, r.Program, styleSmall)
}

// cut shortens a text to one line.
func (p *sheet) cut(text string, w float64, s style) string {
	if p.width(text, s) <= w {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && p.width(string(runes)+"…", s) > w {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (r *Report) head(p *sheet) {
	p.line(marginLeft, p.y, title, styleTitle)
	right := marginLeft + contentWidth
	p.lineRight(right, p.y+0.2, "Created "+clock(r.Created), styleSmall)
	p.lineRight(right, p.y+0.2+styleSmall.leading(), r.state(), style{7.5, true, warning})
	p.y += styleTitle.leading() + 1.2
	p.rule()
	p.y += 2
}

// state says how far the report may be relied upon.
func (r *Report) state() string {
	if r.Verdict == nil {
		return "Preliminary: no reader's verdict in the log"
	}
	return "Preliminary: reviewed, not signed"
}

// field is a label with its value.
type field struct{ label, value string }

// patient sets who and what was examined, in four columns.
func (r *Report) patient(p *sheet) {
	h := r.Film.Header
	sex := map[string]string{"M": "male", "F": "female", "O": "other"}[h.PatientSex]
	fields := []field{
		{"Patient", personName(h.PatientName)},
		{"Patient ID", h.PatientID},
		{"Born", date(h.PatientBirthDate)},
		{"Sex, age", strings.Trim(sex+", "+age(h.PatientAge), ", ")},
		{"Study", h.StudyDescription},
		{"Accession number", h.AccessionNumber},
		{"Study date", strings.TrimSpace(date(h.StudyDate) + " " + timeOfDay(h.StudyTime))},
		{"Modality, view", strings.Trim(h.Modality+", "+h.ViewPosition, ", ")},
		{"Institution", h.Institution},
		{"Referring physician", personName(h.ReferringPhysician)},
		{"File", r.Film.File},
		{"Size", r.size()},
	}
	if h.InstanceUID == "" {
		// Without a DICOM header there is only the file to tell of.
		fields = fields[len(fields)-2:]
	}
	widths := []float64{56, 46, 42, contentWidth - 56 - 46 - 42}
	const gap = 3
	for row := 0; row < len(fields); row += len(widths) {
		x, deepest := marginLeft, 0.0
		for k, f := range fields[row:min(row+len(widths), len(fields))] {
			value := f.value
			if value == "" {
				value = "–"
			}
			p.line(x, p.y, f.label, styleLabel)
			height := p.text(x, p.y+styleLabel.leading()-0.4, widths[k]-gap, value, styleValue)
			deepest = max(deepest, height)
			x += widths[k]
		}
		p.y += styleLabel.leading() + deepest + 0.6
	}
	p.y++
	p.rule()
	p.y += 2.5
}

func (r *Report) size() string {
	if r.Film.Width == 0 {
		return ""
	}
	return fmt.Sprintf("%d × %d, %s", r.Film.Width, r.Film.Height, r.Film.Format)
}

// The films are as high as they may be for the report to end on their page; no
// lower than can be looked at on paper, nor higher than leaves the result on
// their page.
const leastFilm, mostFilm = 72.0, 94.0

// films sets the film, and the film with the heat map beside it.
func (r *Report) films(p *sheet, film, with *image.RGBA, most float64) error {
	if film == nil {
		return nil
	}
	const gap = 4.0
	column := (contentWidth - gap) / 2
	height, err := p.picture("film", film, marginLeft, column, most)
	if err != nil {
		return err
	}
	right := marginLeft + column + gap
	if with != nil {
		if _, err := p.picture("overlay", with, right, column, most); err != nil {
			return err
		}
	} else {
		p.box(right, p.y, column, height, ground)
		p.text(right+6, p.y+height/2-10, column-12, r.summary(), style{11, true, ink})
	}
	p.y += height + 0.8
	deepest := p.text(marginLeft, p.y, column, "Film, as its file asks to be shown", styleSmall)
	if with != nil {
		deepest = max(deepest, p.text(right, p.y, column, r.heatCaption(), styleSmall))
	}
	p.y += deepest + 2
	return nil
}

// heatCaption says what the heat map shows.
func (r *Report) heatCaption() string {
	if !r.Result.Region {
		return render.NoRegion(r.Result.Call)
	}
	return "Where the model looked, not where disease is (blue: highest region)"
}

// picture sets a picture of at most a height in the middle of a column and
// returns the height that it takes.
func (p *sheet) picture(name string, picture *image.RGBA, x, column, most float64) (float64, error) {
	if most == 0 {
		return 0, nil
	}
	data, err := encoded(picture)
	if err != nil {
		return 0, err
	}
	w, h := float64(picture.Rect.Dx()), float64(picture.Rect.Dy())
	scale := min(column/w, most/h)
	w, h = w*scale, h*scale
	options := fpdf.ImageOptions{ImageType: "PNG"}
	p.pdf.RegisterImageOptionsReader(name, options, bytes.NewReader(data))
	p.box(x, p.y, column, h, colour{0, 0, 0})
	p.pdf.ImageOptions(name, x+(column-w)/2, p.y, w, h, false, options, 0, "")
	return h, p.pdf.Error()
}

// result sets what the model says.
func (r *Report) result(p *sheet) {
	if r.Result == nil {
		p.section("Model's result", styleStrong, r.summary())
		p.y++
		return
	}
	p.room(30)
	// On the same baseline as the call beside it.
	p.line(marginLeft, p.y+(styleBig.leading()-styleHeading.leading())*0.74, "Model's result", styleHeading)
	call := callText(string(r.Result.Call))
	p.line(marginLeft+labelWidth, p.y, call, styleBig)
	x := marginLeft + labelWidth + p.width(call, styleBig) + 4
	p.line(x, p.y+1.1, "probability of pneumonia "+percent(r.Result.Probability), styleStrong)
	p.y += styleBig.leading() + 3.5
	r.gauge(p)
	if text := r.caution(); text != "" {
		for _, l := range p.wrapped(text, contentWidth, style{9.5, true, warning}) {
			p.room(styleBody.leading())
			p.line(marginLeft, p.y, l, style{9.5, true, warning})
			p.y += styleBody.leading()
		}
	}
	p.y += 2
}

// gauge draws probability, threshold and uncertain band from 0 to 100 %.
func (r *Report) gauge(p *sheet) {
	const height = 4.0
	at := func(v float64) float64 { return marginLeft + contentWidth*v }
	res := r.Result
	p.box(marginLeft, p.y, contentWidth, height, ground)
	p.box(at(res.Uncertain.Low), p.y, contentWidth*(res.Uncertain.High-res.Uncertain.Low), height, bandTin)
	p.draw(rule)
	p.pdf.SetLineWidth(0.2)
	p.pdf.Rect(marginLeft, p.y, contentWidth, height, "D")

	p.draw(warning)
	p.pdf.SetLineWidth(0.6)
	p.pdf.Line(at(res.Threshold), p.y-1, at(res.Threshold), p.y+height+1)
	threshold := "threshold " + percent(res.Threshold)
	p.beside(at(res.Threshold), p.y+height+0.6, threshold, style{7.5, false, warning})

	x := at(min(max(res.Probability, 0), 1))
	p.fill(ink)
	p.pdf.Polygon([]fpdf.PointType{{X: x, Y: p.y + 0.6}, {X: x - 1.8, Y: p.y - 2.6}, {X: x + 1.8, Y: p.y - 2.6}}, "F")
	p.draw(ink)
	p.pdf.SetLineWidth(0.4)
	p.pdf.Line(x, p.y-1, x, p.y+height)

	y := p.y + height + 0.6
	p.line(marginLeft, y, "0 %", styleSmall)
	p.lineRight(marginLeft+contentWidth, y, "100 %", styleSmall)
	p.y += height + 0.6 + styleSmall.leading()
	note := fmt.Sprintf("Shaded: from %s to %s the model abstains (uncertain). The mirror image of the film: %s.",
		percent(res.Uncertain.Low), percent(res.Uncertain.High), percent(res.Mirrored))
	p.y += 0.4
	p.line(marginLeft, p.y, note, styleSmall)
	p.y += styleSmall.leading() + 0.6
}

// beside sets a label around x, clear of the ends of the scale.
func (p *sheet) beside(x, y float64, text string, s style) {
	w := p.width(text, s)
	x = min(max(x-w/2, marginLeft+8), marginLeft+contentWidth-11-w)
	p.line(x, y, text, s)
}

// reader sets what the reader wrote and decided.
func (r *Report) reader(p *sheet) {
	for _, s := range r.Text.sections() {
		p.section(s.heading, styleBody, *s.text)
	}
	verdict := []string{"None: the log holds no review of this film."}
	if r.Verdict != nil {
		verdict[0] = r.Verdict.sentence()
		if r.Verdict.Note != "" {
			verdict = append(verdict, "Note: "+r.Verdict.Note)
		}
	}
	p.section("Reader's verdict", styleBody, verdict...)
}

// colophon sets what the report rests on.
func (r *Report) colophon(p *sheet) {
	p.section("Model", styleNote, r.modelLine())
	p.section("Limits", styleNote, strings.Join(r.Limits, " "))
	ids := r.identifiers()
	p.room(float64(len(ids)) * styleCode.leading())
	p.rule()
	p.y += 1.5
	for _, f := range ids {
		p.room(styleCode.leading())
		p.line(marginLeft, p.y, f.label, styleSmall)
		p.lines(marginLeft+labelWidth, contentWidth-labelWidth, f.value, styleCode)
	}
}

// modelLine is the model's card in a few lines.
func (r *Report) modelLine() string {
	m := r.Model
	if m.Name == "" {
		return "No model was loaded."
	}
	line := fmt.Sprintf("%s %s.", m.Name, m.Version)
	if m.Data != "" {
		line += " " + strings.TrimSuffix(m.Data, ".") + "."
	}
	if m.Licence != "" {
		line += " Licence: " + m.Licence + "."
	}
	return line
}

func (r *Report) identifiers() []field {
	h := r.Film.Header
	all := []field{
		{"SOP Instance UID", h.InstanceUID},
		{"Series Instance UID", h.SeriesUID},
		{"Study Instance UID", h.StudyUID},
		{"Film SHA-256", r.Film.SHA256},
		{"Model SHA-256", r.Model.SHA256},
		{"Report UID", r.UID},
	}
	var known []field
	for _, f := range all {
		if f.value != "" {
			known = append(known, f)
		}
	}
	return known
}

// judged reports whether the report holds a result of the model.
func (r *Report) judged() bool { return r.Status == reading.StatusOK && r.Result != nil }
