package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The window's colours. Text has a contrast of at least 4.5:1 on each ground
// that it stands on; a test holds that.
var (
	colourGround   = color.NRGBA{R: 0x0B, G: 0x0D, B: 0x10, A: 0xFF}
	colourPanel    = color.NRGBA{R: 0x15, G: 0x19, B: 0x1E, A: 0xFF}
	colourFlat     = color.NRGBA{R: 0x1B, G: 0x20, B: 0x26, A: 0xFF}
	colourRaised   = color.NRGBA{R: 0x25, G: 0x2B, B: 0x33, A: 0xFF}
	colourLine     = color.NRGBA{R: 0x3A, G: 0x42, B: 0x4D, A: 0xFF}
	colourText     = color.NRGBA{R: 0xD9, G: 0xDE, B: 0xE5, A: 0xFF}
	colourMuted    = color.NRGBA{R: 0x9A, G: 0xA4, B: 0xB0, A: 0xFF}
	colourAccent   = color.NRGBA{R: 0x62, G: 0xA9, B: 0xE0, A: 0xFF}
	colourOnAccent = color.NRGBA{R: 0x0A, G: 0x16, B: 0x22, A: 0xFF}
	colourCaution  = color.NRGBA{R: 0xE6, G: 0xB4, B: 0x50, A: 0xFF}
	colourAlarm    = color.NRGBA{R: 0xF2, G: 0x8B, B: 0x6B, A: 0xFF}
	colourCalm     = color.NRGBA{R: 0x7F, G: 0xC8, B: 0xA9, A: 0xFF}
)

// Text sizes: the call, the probability, everything else, the small print.
const (
	sizeNumber = 30
	sizeCall   = 18
	sizeText   = 14
	sizeSmall  = 12.5
)

// darkTheme is a reading room's: dark, of low contrast where nothing is to be
// read, whatever the desktop around it looks like.
type darkTheme struct{}

func (darkTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameBackground:
		return colourGround
	case theme.ColorNameForeground:
		return colourText
	case theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground, theme.ColorNameHeaderBackground:
		return colourPanel
	case theme.ColorNameButton, theme.ColorNameInputBackground:
		return colourRaised
	case theme.ColorNameInputBorder, theme.ColorNameSeparator:
		return colourLine
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return colourMuted
	case theme.ColorNameDisabledButton:
		return colourFlat
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return colourAccent
	case theme.ColorNameForegroundOnPrimary:
		return colourOnAccent
	case theme.ColorNameFocus:
		return color.NRGBA{R: 0x62, G: 0xA9, B: 0xE0, A: 0x50}
	case theme.ColorNameHover:
		return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x14}
	case theme.ColorNamePressed:
		return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x22}
	case theme.ColorNameSelection:
		return color.NRGBA{R: 0x62, G: 0xA9, B: 0xE0, A: 0x60}
	case theme.ColorNameError:
		return colourAlarm
	case theme.ColorNameWarning:
		return colourCaution
	case theme.ColorNameSuccess:
		return colourCalm
	case theme.ColorNameScrollBar:
		return color.NRGBA{R: 0x9A, G: 0xA4, B: 0xB0, A: 0x90}
	case theme.ColorNameScrollBarBackground, theme.ColorNameShadow:
		return color.NRGBA{A: 0x60}
	}
	return theme.DefaultTheme().Color(name, theme.VariantDark)
}

func (darkTheme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

func (darkTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return sizeText
	case theme.SizeNameCaptionText:
		return sizeSmall
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 7
	case theme.SizeNameSelectionRadius, theme.SizeNameInputRadius:
		return 3
	}
	return theme.DefaultTheme().Size(name)
}
