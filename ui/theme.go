package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
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
		return translucent(colourAccent, 0x50)
	case theme.ColorNameHover:
		return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x14}
	case theme.ColorNamePressed:
		return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x22}
	case theme.ColorNameSelection:
		return translucent(colourAccent, 0x38)
	case theme.ColorNameError:
		return colourAlarm
	case theme.ColorNameWarning:
		return colourCaution
	case theme.ColorNameSuccess:
		return colourCalm
	case theme.ColorNameScrollBar:
		return translucent(colourMuted, 0x90)
	case theme.ColorNameScrollBarBackground, theme.ColorNameShadow:
		return color.NRGBA{A: 0x60}
	}
	return theme.DefaultTheme().Color(name, theme.VariantDark)
}

func translucent(c color.NRGBA, alpha uint8) color.NRGBA {
	c.A = alpha
	return c
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
