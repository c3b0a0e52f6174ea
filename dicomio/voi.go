package dicomio

import (
	"fmt"
	"math"
	"sort"
)

// defaultTail is how much of a film's pixels the default window leaves out at
// either end where the file brings no VOI of its own, in per cent.
const defaultTail = 0.1

// function returns the VOI function: a value after the modality
// transformation becomes a grey from 0, black, to 1, white (PS3.3
// C.11.2.1.2, C.11.2.1.3).
func (w Window) function() func(float64) float64 {
	c, width := w.Center, w.Width
	switch w.Kind {
	case WindowLUT:
		if w.LUT != nil && len(w.LUT.Data) > 0 {
			return w.lutFunction()
		}
	case WindowSigmoid:
		if width > 0 {
			return func(x float64) float64 { return 1 / (1 + math.Exp(-4*(x-c)/width)) }
		}
	case WindowLinearExact:
		if width > 0 {
			return func(x float64) float64 { return clamp((x-c)/width + 0.5) }
		}
	}
	// LINEAR, whose width is never below 1. A width of exactly 1 is a
	// threshold at c-0.5.
	c -= 0.5
	width--
	if !(width > 0) {
		return func(x float64) float64 {
			if x <= c {
				return 0
			}
			return 1
		}
	}
	return func(x float64) float64 { return clamp((x-c)/width + 0.5) }
}

func clamp(v float64) float64 {
	if v > 0 {
		if v < 1 {
			return v
		}
		return 1
	}
	return 0 // also for NaN
}

// DefaultWindow is how the film is shown first: through the file's first VOI,
// or where it has none, over all values but the outermost 0.1 % at either end.
// A picture of 8 bits is shown as it is.
func (f *Film) DefaultWindow() Window {
	if len(f.Windows) > 0 {
		return f.Windows[0]
	}
	if f.exported() {
		return f.typeWindow()
	}
	return f.PercentileWindow(defaultTail, 100-defaultTail)
}

// exported reports whether the film is a picture of 8 bits that some program
// saved as a reader should see it, so that 0 is black and 255 white. One of 16
// bits may hold fewer, and would be dark.
func (f *Film) exported() bool { return f.Format != FormatDICOM && f.Format != "" && f.Bits <= 8 }

// typeWindow spans all values that the film's type can hold.
func (f *Film) typeWindow() Window {
	top := float64(uint32(1)<<f.Bits - 1)
	return Window{Name: "As stored", Kind: WindowLinearExact, Center: top / 2, Width: top}
}

// FullWindow spans the film's lowest to its highest value, padding left out.
func (f *Film) FullWindow() Window {
	w := f.PercentileWindow(0, 100)
	w.Name = "Full range"
	return w
}

// PercentileWindow spans the values between two percentiles of the film's
// pixels, from 0 to 100, padding left out.
func (f *Film) PercentileWindow(low, high float64) Window {
	name := fmt.Sprintf("Percentile %g–%g", low, high)
	first, last := f.percentiles(low, high)
	width := last - first
	if !(width > 0) {
		// A blank film: any width shows its one value as middle grey.
		width = 1
	}
	return Window{Name: name, Kind: WindowLinearExact, Center: (first + last) / 2, Width: width}
}

// percentiles returns the values at two percentiles.
func (f *Film) percentiles(low, high float64) (first, last float64) {
	type bin struct {
		value float64
		count int
	}
	var bins []bin
	total := 0
	for stored, count := range f.Histogram() {
		if count > 0 && !f.grey.padding(stored-f.Offset) {
			bins = append(bins, bin{f.grey.value(stored - f.Offset), count})
			total += count
		}
	}
	if total == 0 {
		return 0, 0
	}
	// A modality LUT or a negative slope need not keep the order.
	sort.SliceStable(bins, func(i, j int) bool { return bins[i].value < bins[j].value })
	below := int(float64(total) * low / 100)
	upTo := int(math.Ceil(float64(total) * high / 100))
	first, last = bins[len(bins)-1].value, bins[0].value
	seen := 0
	for _, b := range bins {
		if seen <= below && seen+b.count > below {
			first = b.value
		}
		if seen < upTo {
			last = b.value
		}
		seen += b.count
	}
	return first, max(first, last)
}

// Presets are the windows to offer: the file's own first, then the full range
// and the percentile window.
func (f *Film) Presets() []Window {
	presets := append([]Window(nil), f.Windows...)
	if f.exported() {
		presets = append(presets, f.typeWindow())
	}
	return append(presets, f.FullWindow(), f.PercentileWindow(defaultTail, 100-defaultTail))
}

// readWindows collects a data set's VOIs: windows first and then lookup
// tables, which is their order in the file. Signed says that values can be
// negative after the modality transformation.
func readWindows(a attributes, signed bool) (windows []Window, warnings []Warning) {
	if voi, ok := a.within(tagFrameVOILUTSequence); ok && !a.has(tagWindowCenter) && !a.has(tagVOILUTSequence) {
		a = voi
	}
	kind := WindowLinear
	switch function := a.code(tagVOILUTFunction); function {
	case "", "LINEAR":
	case "LINEAR_EXACT":
		kind = WindowLinearExact
	case "SIGMOID":
		kind = WindowSigmoid
	default:
		warnings = append(warnings, warning(WarningVOIFunction, "The file's VOI function is not one that DICOM defines; a linear one is used."))
	}
	centers, widths := a.numbers(tagWindowCenter), a.numbers(tagWindowWidth)
	names := a.texts(tagWindowExplanation)
	if len(centers) != len(widths) {
		warnings = append(warnings, warning(WarningUnpairedWindow, "The file has window centres without widths, or widths without centres."))
	}
	for i := range min(len(centers), len(widths)) {
		w := Window{Kind: kind, Center: centers[i], Width: widths[i]}
		if i < len(names) {
			w.Name = names[i]
		}
		if w.Name == "" {
			w.Name = fmt.Sprintf("Window %d", i+1)
		}
		if reason := w.absurd(); reason != "" {
			warnings = append(warnings, warningOf(WarningWindow, i+1, "The file's window %s was left out: %s.", reason))
			continue
		}
		if w.Kind == WindowLinear && w.Width < 1 {
			// LINEAR has no width below 1 (C.11.2.1.2.1); what such a
			// file means is the exact function.
			w.Kind = WindowLinearExact
		}
		windows = append(windows, w)
	}
	for i, item := range a.items(tagVOILUTSequence) {
		t, err := readTable(item, signed)
		if err != nil {
			warnings = append(warnings, warningOf(WarningVOILUT, i+1, "The file's VOI lookup table %s was left out: %v.", err))
			continue
		}
		w := Window{Name: item.firstText(tagLUTExplanation), Kind: WindowLUT, LUT: t}
		w.Center, w.Width = t.span()
		if w.Name == "" {
			w.Name = fmt.Sprintf("VOI LUT %d", i+1)
		}
		windows = append(windows, w)
	}
	return windows, warnings
}

// absurd says what makes a window useless, or nothing.
func (w Window) absurd() string {
	switch {
	case math.IsNaN(w.Center) || math.IsInf(w.Center, 0) || math.IsNaN(w.Width) || math.IsInf(w.Width, 0):
		return "it is not a number"
	case w.Width <= 0:
		return fmt.Sprintf("its width is %g", w.Width)
	case w.Width > 1e9 || math.Abs(w.Center) > 1e9:
		return "it lies beyond all values that a film has"
	}
	return ""
}

// shows reports whether a film with values from low to high has more than one
// grey under the window.
func (w Window) shows(low, high float64) bool {
	grey := w.function()
	// Not only the ends: a LUT may rise and fall again.
	first := grey(low)
	for i := 1; i <= 256; i++ {
		if math.Abs(grey(low+(high-low)*float64(i)/256)-first) > 1e-4 {
			return true
		}
	}
	return false
}
