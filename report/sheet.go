package report

import (
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
)

// The page, in millimetres: A4 with margins that survive any printer and a
// punched hole.
const (
	pageWidth, pageHeight = 210.0, 297.0
	marginLeft            = 16.0
	marginTop             = 14.0
	marginBottom          = 20.0
	contentWidth          = pageWidth - 2*marginLeft
)

// colour is an sRGB colour.
type colour struct{ r, g, b int }

var (
	ink     = colour{24, 28, 33}
	faint   = colour{96, 104, 112}
	rule    = colour{200, 206, 212}
	ground  = colour{243, 245, 247}
	accent  = colour{0, 90, 156} // a blue that also prints dark
	warning = colour{178, 68, 0} // vermilion, dark enough for text
	bandTin = colour{230, 216, 176}
)

// style is how a text is set: size in points.
type style struct {
	size   float64
	bold   bool
	colour colour
}

var (
	styleTitle   = style{16, true, ink}
	styleHeading = style{10.5, true, accent}
	styleSection = style{9.5, true, accent}
	styleBody    = style{9.5, false, ink}
	styleStrong  = style{9.5, true, ink}
	styleNote    = style{7.5, false, ink}
	styleLabel   = style{7.5, false, faint}
	styleValue   = style{9, false, ink}
	styleSmall   = style{7.5, false, faint}
	styleCode    = style{7.5, false, ink}
	styleBig     = style{13, true, ink}
)

// sheet sets text and pictures on pages, from the top down.
type sheet struct {
	pdf   *fpdf.Fpdf
	fonts *coverage
	y     float64
	// endless is set where there is one page as long as it takes, to measure.
	endless bool
}

func newSheet(fonts *coverage) *sheet {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetMargins(marginLeft, marginTop, marginLeft)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true) // the same report is the same file, but for the order of its pictures
	pdf.AddUTF8FontFromBytes(string(faceLatin), "", regularTTF)
	pdf.AddUTF8FontFromBytes(string(faceLatin), "B", boldTTF)
	pdf.AddUTF8FontFromBytes(string(faceEastAsian), "", eastAsianTTF)
	return &sheet{pdf: pdf, fonts: fonts}
}

// leading is a line's height in millimetres.
func (s style) leading() float64 { return s.size * 1.38 * 25.4 / 72 }

func (p *sheet) use(f face, s style) {
	weight := ""
	if s.bold && f == faceLatin {
		weight = "B"
	}
	p.pdf.SetFont(string(f), weight, s.size)
}

func (p *sheet) width(text string, s style) float64 {
	w := 0.0
	for _, r := range p.fonts.runs(text) {
		p.use(r.face, s)
		w += p.pdf.GetStringWidth(r.text)
	}
	return w
}

// line sets one line with its baseline where a line of that leading has it.
func (p *sheet) line(x, y float64, text string, s style) {
	p.pdf.SetTextColor(s.colour.r, s.colour.g, s.colour.b)
	baseline := y + s.leading()*0.74
	for _, r := range p.fonts.runs(text) {
		p.use(r.face, s)
		p.pdf.Text(x, baseline, r.text)
		x += p.pdf.GetStringWidth(r.text)
	}
}

// lineRight sets one line that ends at x.
func (p *sheet) lineRight(x, y float64, text string, s style) {
	p.line(x-p.width(text, s), y, text, s)
}

// wrapped breaks a text into lines no wider than w.
func (p *sheet) wrapped(text string, w float64, s style) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range words(paragraph) {
			switch {
			case p.width(strings.TrimRight(line+word, " "), s) <= w:
				line += word
			case line == "":
				lines, line = p.chopped(lines, word, w, s)
			default:
				lines = append(lines, strings.TrimRight(line, " "))
				line = word
				if p.width(strings.TrimRight(word, " "), s) > w {
					lines, line = p.chopped(lines, word, w, s)
				}
			}
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// chopped breaks a word that is wider than a line, such as a digest.
func (p *sheet) chopped(lines []string, word string, w float64, s style) (whole []string, rest string) {
	for _, r := range word {
		if rest != "" && p.width(rest+string(r), s) > w {
			lines = append(lines, rest)
			rest = ""
		}
		rest += string(r)
	}
	return lines, rest
}

// words splits a text where a line may break: after spaces, and between East
// Asian characters.
func words(text string) []string {
	var out []string
	word := ""
	var last rune
	for _, r := range text {
		if word != "" && (last == ' ' && r != ' ' || ideographic(last) && !closes(r) || ideographic(r)) {
			out = append(out, word)
			word = ""
		}
		word += string(r)
		last = r
	}
	if word != "" {
		out = append(out, word)
	}
	return out
}

func ideographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && !closes(r)
}

// closes reports whether a character may not begin a line.
func closes(r rune) bool {
	return strings.ContainsRune("、。，．！？：；）」』】〕》〉ー.,;:!?)", r)
}

// text sets a wrapped text at x and returns the height that it took.
func (p *sheet) text(x, y, w float64, text string, s style) float64 {
	lines := p.wrapped(text, w, s)
	for k, l := range lines {
		p.line(x, y+float64(k)*s.leading(), l, s)
	}
	return float64(len(lines)) * s.leading()
}

// room starts a new page where h millimetres are not left on this one.
func (p *sheet) room(h float64) {
	if p.y+h > pageHeight-marginBottom && !p.endless {
		p.page()
	}
}

func (p *sheet) page() {
	p.pdf.AddPage()
	p.y = marginTop
}

// lines sets a wrapped text at x over as many pages as it needs.
func (p *sheet) lines(x, w float64, text string, s style) {
	for _, l := range p.wrapped(text, w, s) {
		p.room(s.leading())
		p.line(x, p.y, l, s)
		p.y += s.leading()
	}
}

// labelWidth is the width of the column that sections have their names in.
const labelWidth = 32.0

// section sets a section's name beside its paragraphs.
func (p *sheet) section(name string, s style, paragraphs ...string) {
	p.room(2 * s.leading())
	for k, text := range paragraphs {
		if k == 0 {
			// On the same baseline as the text beside it.
			p.line(marginLeft, p.y+(s.leading()-styleSection.leading())*0.74, name, styleSection)
		}
		p.lines(marginLeft+labelWidth, contentWidth-labelWidth, text, s)
	}
	p.y += 1
}

func (p *sheet) rule() {
	p.draw(rule)
	p.pdf.SetLineWidth(0.2)
	p.pdf.Line(marginLeft, p.y, marginLeft+contentWidth, p.y)
}

func (p *sheet) draw(c colour) { p.pdf.SetDrawColor(c.r, c.g, c.b) }

func (p *sheet) fill(c colour) { p.pdf.SetFillColor(c.r, c.g, c.b) }

// box fills a rectangle.
func (p *sheet) box(x, y, w, h float64, c colour) {
	p.fill(c)
	p.pdf.Rect(x, y, w, h, "F")
}
