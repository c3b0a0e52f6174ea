package report

import (
	_ "embed"
	"fmt"
	"sync"
	"unicode"

	"golang.org/x/image/font/sfnt"
)

//go:embed fonts/NotoSans-Regular.ttf
var regularTTF []byte

//go:embed fonts/NotoSans-Bold.ttf
var boldTTF []byte

// eastAsianTTF has the Chinese and Japanese glyphs that the other two lack.
//
//go:embed fonts/DroidSansFallbackFull.ttf
var eastAsianTTF []byte

// face is one of the embedded fonts, by the name that a page knows it by.
type face string

const (
	faceLatin     face = "latin"
	faceEastAsian face = "eastasian"
)

// coverage tells which of the fonts has a character.
type coverage struct {
	latin, eastAsian *sfnt.Font
	buffer           sfnt.Buffer
}

var parsedFonts = sync.OnceValues(func() ([2]*sfnt.Font, error) {
	latin, err := sfnt.Parse(regularTTF)
	if err != nil {
		return [2]*sfnt.Font{}, fmt.Errorf("reading an embedded font: %w", err)
	}
	eastAsian, err := sfnt.Parse(eastAsianTTF)
	if err != nil {
		return [2]*sfnt.Font{}, fmt.Errorf("reading an embedded font: %w", err)
	}
	return [2]*sfnt.Font{latin, eastAsian}, nil
})

func newCoverage() (*coverage, error) {
	fonts, err := parsedFonts()
	if err != nil {
		return nil, err
	}
	return &coverage{latin: fonts[0], eastAsian: fonts[1]}, nil
}

// missing stands for a character that no embedded font has.
const missing = '\uFFFD'

// run is a stretch of text in one font.
type run struct {
	face face
	text string
}

// of picks each character's font. A character that neither has, or that lies
// beyond the Basic Multilingual Plane, which the page's library cannot set, is
// shown as the replacement character.
func (c *coverage) of(r rune) (face, rune) {
	if unicode.IsControl(r) || r == '\u00a0' {
		return faceLatin, ' '
	}
	if r <= 0xFFFF {
		if glyph, err := c.latin.GlyphIndex(&c.buffer, r); err == nil && glyph != 0 {
			return faceLatin, r
		}
		if glyph, err := c.eastAsian.GlyphIndex(&c.buffer, r); err == nil && glyph != 0 {
			return faceEastAsian, r
		}
	}
	return faceLatin, missing
}

// runs splits a text by font.
func (c *coverage) runs(text string) []run {
	var out []run
	for _, r := range text {
		f, r := c.of(r)
		if len(out) == 0 || out[len(out)-1].face != f {
			out = append(out, run{face: f})
		}
		out[len(out)-1].text += string(r)
	}
	return out
}
