package ui

import (
	"maps"
	"slices"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/theme"
	"golang.org/x/image/font/sfnt"
)

// missing are the characters of a text that neither the window's font for
// names nor Fyne's own has.
func missing(t *testing.T, text string) string {
	t.Helper()
	var without []rune
	var buffer sfnt.Buffer
	var fonts []*sfnt.Font
	for _, data := range [][]byte{namesTTF, theme.DefaultTextFont().Content()} {
		f, err := sfnt.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		fonts = append(fonts, f)
	}
	for _, r := range text {
		has := func(f *sfnt.Font) bool {
			glyph, err := f.GlyphIndex(&buffer, r)
			return err == nil && glyph != 0
		}
		if !unicode.IsSpace(r) && !slices.ContainsFunc(fonts, has) {
			without = append(without, r)
		}
	}
	return string(without)
}

// A machine without fonts of its own shows every text of the window, and the
// names of DICOM's own examples (PS3.5 H to K).
func TestEveryCharacterHasAGlyph(t *testing.T) {
	for _, l := range languages {
		texts := translation(t, l.code)
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			if without := missing(t, texts[key]); without != "" {
				t.Errorf("%s: %q has no glyphs for %q", l.name, texts[key], without)
			}
		}
	}
	for _, name := range []string{
		"Wang, 小东", "王小東", "山田 太郎", "やまだ たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", "洪 吉洞", "홍 길동", "Люкceмбypг", "Διονυσιος", "שרון דבורה", "قباني لنزار", "Äneas Ŝtefan Nguyễn",
	} {
		if without := missing(t, name); without != "" {
			t.Errorf("%q has no glyphs for %q", name, without)
		}
	}
}

// The large font must not take the place of the one that Latin text is set in,
// but needs spaces of its own: one is set in the font of the letter before it.
func TestTheFontForNamesHasSpacesAndNoLatinLetters(t *testing.T) {
	names, err := sfnt.Parse(namesTTF)
	if err != nil {
		t.Fatal(err)
	}
	var buffer sfnt.Buffer
	for r := rune(' '); r < 0x530; r++ {
		glyph, err := names.GlyphIndex(&buffer, r)
		if has := err == nil && glyph != 0; has != unicode.Is(unicode.Zs, r) {
			t.Errorf("the font for names has %U: %v", r, has)
		}
	}
}
