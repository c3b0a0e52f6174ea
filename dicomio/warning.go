package dicomio

import "fmt"

// Warning is what is odd about a file but did not stop it from being read.
type Warning struct {
	// Code is stable, for translations.
	Code string
	// Which tells which of several things of a kind it is about, as an
	// element's tag or a window's number; empty where there is but one.
	Which string
	// Text is one sentence.
	Text string
}

// String is the sentence.
func (w Warning) String() string { return w.Text }

// The codes of warnings.
const (
	WarningElement         = "element"
	WarningSequence        = "sequence"
	WarningPreamble        = "preamble"
	WarningNoSyntax        = "no-syntax"
	WarningOtherEncoding   = "other-encoding"
	WarningNoEndMark       = "no-end-mark"
	WarningSamples         = "samples"
	WarningNoPhotometric   = "no-photometric"
	WarningNoBits          = "no-bits"
	WarningBitsStored      = "bits-stored"
	WarningHighBit         = "high-bit"
	WarningCompressed      = "compressed"
	WarningNotCompressed   = "not-compressed"
	WarningEndsEarly       = "ends-early"
	WarningPadding         = "padding"
	WarningOneGrey         = "one-grey"
	WarningModalityLUT     = "modality-lut"
	WarningRescale         = "rescale"
	WarningPresentationLUT = "presentation-lut"
	WarningOverlay         = "overlay"
	WarningVOIFunction     = "voi-function"
	WarningUnpairedWindow  = "unpaired-window"
	WarningWindow          = "window"
	WarningVOILUT          = "voi-lut"
)

// WarningCodes are all codes that a warning can have.
func WarningCodes() []string {
	return []string{
		WarningElement, WarningSequence, WarningPreamble, WarningNoSyntax, WarningOtherEncoding, WarningNoEndMark,
		WarningSamples, WarningNoPhotometric, WarningNoBits, WarningBitsStored, WarningHighBit, WarningCompressed,
		WarningNotCompressed, WarningEndsEarly, WarningPadding, WarningOneGrey, WarningModalityLUT, WarningRescale,
		WarningPresentationLUT, WarningOverlay, WarningVOIFunction, WarningUnpairedWindow, WarningWindow, WarningVOILUT,
	}
}

// warning is about the file.
func warning(code, text string) Warning { return Warning{Code: code, Text: text} }

// warningOf is about one of several things. The sentence names it first.
func warningOf(code string, which any, format string, more ...any) Warning {
	name := fmt.Sprint(which)
	return Warning{Code: code, Which: name, Text: fmt.Sprintf(format, append([]any{name}, more...)...)}
}
