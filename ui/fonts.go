package ui

import (
	_ "embed"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
)

// namesTTF has what Fyne's own fonts lack and patients are called: Chinese,
// Japanese, Korean, Hebrew and Arabic. It has no Latin letters.
//
//go:embed fonts/names.ttf
var namesTTF []byte

var namesFont = fyne.NewStaticResource("names.ttf", namesTTF)

// Font is the font to look for a character in first; Fyne goes on with its own
// for the same style, which every Latin, Greek and Cyrillic letter comes from.
// Reading the large font takes time and memory for each style that has it, so
// that bold print, in which no name is set, has it only where the window's own
// texts need it.
func (darkTheme) Font(style fyne.TextStyle) fyne.Resource {
	plain := style == fyne.TextStyle{} || style == fyne.TextStyle{Bold: true} && eastAsian()
	if plain {
		return namesFont
	}
	return theme.DefaultTheme().Font(style)
}

// eastAsian reports whether the window's texts are Chinese.
func eastAsian() bool {
	for _, r := range lang.L("Film") {
		if r > 0x2E80 {
			return true
		}
	}
	return false
}
