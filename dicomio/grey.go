package dicomio

import (
	"fmt"
	"math"
	"strings"
	"sync"
)

// greyTransform is what lies between a stored value and a grey besides the
// VOI: the modality transformation before it (PS3.3 C.11.1), inversion after
// it (C.7.6.3.1.2, C.11.6), and which values are padding (C.7.5.1.1.2).
// The zero value is the identity.
type greyTransform struct {
	// table replaces slope and intercept where it is set.
	table            *LookupTable
	scaled           bool
	slope, intercept float64
	unit             string

	inverse bool

	padded            bool
	padFirst, padLast int // pixel values, both included
	// padBlack is set where padding lies at the bright end of the film, as
	// zeros do in MONOCHROME1, and would dazzle.
	padBlack bool

	// histogram counts pixels by stored value, computed once.
	histogram func() []int
}

// value is the modality transformation of a pixel value.
func (g *greyTransform) value(pixel int) float64 {
	switch {
	case g.table != nil:
		return float64(g.table.at(pixel))
	case g.scaled:
		return float64(pixel)*g.slope + g.intercept
	}
	return float64(pixel)
}

// goesNegative reports whether values below zero can follow from pixels of the
// given bits.
func (g *greyTransform) goesNegative(bits, offset int) bool {
	return g.value(-offset) < 0 || g.value(1<<bits-1-offset) < 0
}

// padding reports whether a pixel value marks what is no part of the film.
func (g *greyTransform) padding(pixel int) bool {
	return g.padded && pixel >= g.padFirst && pixel <= g.padLast
}

// Value returns the pixel at column x and row y after the modality
// transformation (PS3.3 C.11.1), in the film's [Film.Unit]; NaN outside the
// film and for colour pictures.
func (f *Film) Value(x, y int) float64 {
	if x < 0 || y < 0 || x >= f.Width || y >= f.Height || f.Stored == nil {
		return math.NaN()
	}
	return f.grey.value(int(f.Stored[y*f.Width+x]) - f.Offset)
}

// Unit names what [Film.Value] is measured in, such as HU or OD (PS3.3
// C.11.1.1.2); empty where the file does not say.
func (f *Film) Unit() string { return f.grey.unit }

// Inverted reports whether low values are bright, as in MONOCHROME1. [Film.Table]
// has that inversion in it already.
func (f *Film) Inverted() bool { return f.grey.inverse }

// Padding reports whether a stored value, as in Stored, marks what is no part
// of the film.
func (f *Film) Padding(stored uint16) bool {
	return f.grey.padding(int(stored) - f.Offset)
}

// Histogram counts the film's pixels by stored value; its length is 1<<Bits.
// The caller must not change it. It is nil for a colour picture.
func (f *Film) Histogram() []int {
	if f.Stored == nil {
		return nil
	}
	if f.grey.histogram != nil {
		return f.grey.histogram()
	}
	return countStored(f.Stored, f.Bits)
}

// prepareHistogram lets all later uses share one count.
func (f *Film) prepareHistogram() {
	stored, bits := f.Stored, f.Bits
	f.grey.histogram = sync.OnceValue(func() []int { return countStored(stored, bits) })
}

func countStored(stored []uint16, bits int) []int {
	counts := make([]int, 1<<bits)
	for _, v := range stored {
		if int(v) < len(counts) {
			counts[v]++
		}
	}
	return counts
}

// Table returns the grey for every stored value as seen through a window:
// 1<<Bits entries from 0, black, to 65535, white. It applies the modality
// transformation, the VOI, and last the inversion that MONOCHROME1 or the
// Presentation LUT Shape ask for. Padding that would be bright is black. A film
// of 16 bits takes a fraction of a millisecond, so that a window can be dragged.
func (f *Film) Table(w Window) []uint16 {
	table := make([]uint16, 1<<f.Bits)
	grey := w.function()
	g := &f.grey
	for stored := range table {
		v := grey(g.value(stored - f.Offset))
		if g.inverse {
			v = 1 - v
		}
		table[stored] = uint16(v*65535 + 0.5)
	}
	if g.padBlack {
		for stored := range table {
			if g.padding(stored - f.Offset) {
				table[stored] = 0
			}
		}
	}
	return table
}

// readGrey reads the modality transformation, the inversion and the padding.
func readGrey(a attributes, bits int, signed bool) (g greyTransform, warnings []Warning) {
	transform := a
	if group, ok := a.within(tagPixelValueTransform); ok && !a.has(tagRescaleSlope) {
		transform = group
	}
	if items := a.items(tagModalityLUTSequence); len(items) > 0 {
		t, err := readTable(items[0], signed)
		if err != nil {
			warnings = append(warnings, warning(WarningModalityLUT, fmt.Sprintf("The file's modality lookup table was left out: %v.", err)))
		} else {
			g.table = t
			g.unit = unitOf(items[0].firstText(tagModalityLUTType))
		}
	}
	slope, okSlope := transform.number(tagRescaleSlope)
	intercept, okIntercept := transform.number(tagRescaleIntercept)
	if g.table == nil && (okSlope || okIntercept) {
		if !okSlope {
			slope = 1
		}
		switch {
		case slope == 0, math.IsNaN(slope), math.Abs(slope) > 1e12, math.IsNaN(intercept), math.Abs(intercept) > 1e12:
			warnings = append(warnings, warning(WarningRescale, "The file's rescale slope and intercept were left out: they make no sense."))
		default:
			g.scaled = slope != 1 || intercept != 0
			g.slope, g.intercept = slope, intercept
			g.unit = unitOf(transform.firstText(tagRescaleType))
		}
	}
	if a.has(tagPresentationLUTSequence) {
		// It belongs to presentation states and prints, not to images.
		warnings = append(warnings, warning(WarningPresentationLUT, "The file brings a presentation lookup table, which is not applied: its maker may have seen other greys."))
	}
	g.inverse = inverted(a.code(tagPhotometric), a.code(tagPresentationLUTShape))
	g.readPadding(a, bits, signed)
	return g, warnings
}

// inverted decides on inversion. Where the file has a Presentation LUT Shape it
// decides alone, because it says what to do with the VOI's output (PS3.3
// C.11.6); a MONOCHROME1 file that keeps to C.8.11.3 has INVERSE, and must not
// be inverted twice. DCMTK and dcm4che read it so too.
func inverted(photometric, shape string) bool {
	switch strings.ToUpper(shape) {
	case "IDENTITY":
		return false
	case "INVERSE":
		return true
	}
	return strings.EqualFold(photometric, "MONOCHROME1")
}

func (g *greyTransform) readPadding(a attributes, bits int, signed bool) {
	first, ok := a.number(tagPixelPaddingValue)
	if !ok {
		return
	}
	last := first
	if limit, ok := a.number(tagPixelPaddingRangeLimit); ok {
		last = limit
	}
	g.padFirst, g.padLast = pixelValue(first, bits, signed), pixelValue(last, bits, signed)
	if g.padFirst > g.padLast {
		g.padFirst, g.padLast = g.padLast, g.padFirst
	}
	g.padded = true
}

// pixelValue is a header's US or SS value as a pixel value of the film's
// sign, whichever of the two it was written as.
func pixelValue(v float64, bits int, signed bool) int {
	n := int(v)
	if signed && n >= 1<<15 {
		n -= 1 << 16
	}
	if !signed && n < 0 {
		n += 1 << 16
	}
	return n
}

// unitOf turns Rescale Type's defined terms into a unit.
func unitOf(term string) string {
	switch strings.ToUpper(term) {
	case "", "US", "UNSPECIFIED", "NONE":
		return ""
	case "OD":
		return "mOD"
	}
	return term
}
