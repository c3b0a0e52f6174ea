package ui

import (
	"image/color"

	"pneumolight/triage"
)

// colourBelow is that of films below a threshold in a plot; those above it
// have the alarm's.
var colourBelow = color.NRGBA{R: 0x5B, G: 0x8F, B: 0x7A, A: 0xFF}

// bandColour tells bands apart together with their words.
func bandColour(b triage.Band) color.Color {
	switch b {
	case triage.BandSuspicious:
		return colourAlarm
	case triage.BandUnclear:
		return colourCaution
	}
	return colourCalm
}

// bandText is a band in a word. None is called normal.
func triageBandText(b triage.Band) string {
	switch b {
	case triage.BandSuspicious:
		return tr("Suspicious")
	case triage.BandUnclear:
		return tr("Unclear")
	}
	return tr("Routine")
}

// outcomeText is why a film is unclear; empty for one that the model judged.
func outcomeText(o triage.Outcome) string {
	switch o {
	case triage.Uncertain:
		return tr("The model abstains")
	case triage.Refused:
		return tr("Not analysed")
	case triage.Failed:
		return tr("Could not be read")
	}
	return ""
}
