package dicomio

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
)

// readTest reads a film made for a test.
func readTest(t testing.TB, f testFile) *Film {
	t.Helper()
	film, err := ReadFile(context.Background(), f.write(t))
	if err != nil {
		t.Fatal(err)
	}
	return film
}

// TestVOIFunctions checks the tables at values worked out from the formulas
// of PS3.3 C.11.2.1.2 and C.11.2.1.3.
func TestAPresentationTableIsMentioned(t *testing.T) {
	file := filmFile("MONOCHROME2", 8, 12, ramp(64)).with(testElement{tagPresentationLUTSequence, "SQ", [][]testElement{{
		{tagLUTDescriptor, "US", []uint16{4, 0, 12}}, {tagLUTData, "OW", []uint16{0, 1000, 2000, 4095}},
	}}})
	film := readTest(t, file)
	if len(film.Warnings) != 1 || !strings.Contains(film.Warnings[0].Text, "presentation lookup table") {
		t.Errorf("warnings %q", film.Warnings)
	}
}

func TestVOIFunctions(t *testing.T) {
	film := readTest(t, filmFile("MONOCHROME2", 64, 12, ramp(4096)))
	tests := []struct {
		window Window
		greys  map[int]float64 // stored value to grey from 0 to 1
	}{
		// PS3.3 C.11.2.1.2.1, note 3: c=2048, w=4096 is the identity.
		{Window{Kind: WindowLinear, Center: 2048, Width: 4096}, map[int]float64{0: 0, 4095: 1, 1000: 1000.0 / 4095}},
		{Window{Kind: WindowLinear, Center: 2048, Width: 1}, map[int]float64{2047: 0, 2048: 1}},
		{Window{Kind: WindowLinear, Center: 100, Width: 11}, map[int]float64{94: 0, 95: 0.05, 104: 0.95, 105: 1}},
		{Window{Kind: WindowLinearExact, Center: 100, Width: 10}, map[int]float64{95: 0, 100: 0.5, 105: 1}},
		{Window{Kind: WindowSigmoid, Center: 100, Width: 10}, map[int]float64{100: 0.5, 110: 1 / (1 + math.Exp(-4)), 0: 0}},
		{lutWindow(&LookupTable{First: 10, Bits: 10, Data: []uint16{0, 512, 1023}}), map[int]float64{0: 0, 10: 0, 11: 512.0 / 1023, 12: 1, 4000: 1}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s %g %g", test.window.Kind, test.window.Center, test.window.Width), func(t *testing.T) {
			table := film.Table(test.window)
			if len(table) != 4096 {
				t.Fatalf("%d entries", len(table))
			}
			for stored, want := range test.greys {
				if got := float64(table[stored]) / 65535; math.Abs(got-want) > 1e-5 {
					t.Errorf("%d becomes %.5f, want %.5f", stored, got, want)
				}
			}
		})
	}
}

func lutWindow(t *LookupTable) Window {
	w := Window{Kind: WindowLUT, LUT: t}
	w.Center, w.Width = t.span()
	return w
}

// TestInversionComesLast: MONOCHROME1 turns the VOI's output round, and a
// Presentation LUT Shape that says the same must not turn it back.
func TestInversionComesLast(t *testing.T) {
	window := []testElement{{tagWindowCenter, "DS", "1000"}, {tagWindowWidth, "DS", "500"}}
	tests := []struct {
		photometric, shape string
		inverted           bool
	}{
		{"MONOCHROME1", "", true},
		{"MONOCHROME1", "INVERSE", true},
		{"MONOCHROME1", "IDENTITY", false},
		{"MONOCHROME2", "", false},
		{"MONOCHROME2", "IDENTITY", false},
		{"MONOCHROME2", "INVERSE", true},
	}
	for _, test := range tests {
		t.Run(test.photometric+" "+test.shape, func(t *testing.T) {
			file := filmFile(test.photometric, 64, 12, ramp(4096), window...)
			if test.shape != "" {
				file = file.with(testElement{tagPresentationLUTShape, "CS", test.shape})
			}
			film := readTest(t, file)
			table := film.Table(film.DefaultWindow())
			low, high := uint16(0), uint16(65535)
			if test.inverted {
				low, high = high, low
			}
			// 700 is below the window, 1300 above; 850 a fifth into it.
			if table[700] != low || table[1300] != high {
				t.Errorf("below the window %d, above %d", table[700], table[1300])
			}
			grey := float64(table[850]) / 65535
			if want := (850-999.5)/499.0 + 0.5; test.inverted && math.Abs(grey-(1-want)) > 1e-4 || !test.inverted && math.Abs(grey-want) > 1e-4 {
				t.Errorf("inside the window %.4f", grey)
			}
		})
	}
}

func TestModalityBeforeVOI(t *testing.T) {
	// Values run from 4095 down to 0: slope -1.
	film := readTest(t, filmFile("MONOCHROME2", 64, 12, ramp(4096),
		testElement{tagRescaleSlope, "DS", "-1"}, testElement{tagRescaleIntercept, "DS", "4095"},
		testElement{tagWindowCenter, "DS", "2048"}, testElement{tagWindowWidth, "DS", "4096"}))
	table := film.Table(film.DefaultWindow())
	if table[0] != 65535 || table[4095] != 0 {
		t.Errorf("from %d to %d", table[0], table[4095])
	}
	// A modality LUT takes the place of the rescale.
	film = readTest(t, filmFile("MONOCHROME2", 2, 8, []uint16{0, 1, 2, 3},
		testElement{tagRescaleSlope, "DS", "5"}, testElement{tagRescaleIntercept, "DS", "5"},
		testElement{tagModalityLUTSequence, "SQ", [][]testElement{{
			{tagLUTDescriptor, "US", []uint16{3, 1, 16}},
			{tagModalityLUTType, "LO", "OD"},
			{tagLUTData, "US", []uint16{700, 300, 100}},
		}}}))
	for i, want := range []float64{700, 700, 300, 100} {
		if got := film.Value(i%2, i/2); got != want {
			t.Errorf("value %d is %g, want %g", i, got, want)
		}
	}
	full := film.FullWindow()
	if full.Center != 400 || full.Width != 600 {
		t.Errorf("full range %+v", full)
	}
}

func TestPaddingIsNoPartOfTheFilm(t *testing.T) {
	pixels := make([]uint16, 1000)
	for i := range pixels {
		pixels[i] = 500 + uint16(i%100)
	}
	for i := range 300 {
		pixels[i] = 0 // collimated
	}
	film := readTest(t, filmFile("MONOCHROME1", 50, 12, pixels, testElement{tagPixelPaddingValue, "US", []uint16{0}}))
	if full := film.FullWindow(); full.Center-full.Width/2 != 500 || full.Center+full.Width/2 != 599 {
		t.Errorf("full range %+v", full)
	}
	if table := film.Table(film.FullWindow()); table[0] != 0 || table[500] != 65535 || table[599] != 0 {
		t.Errorf("padding %d, lowest %d, highest %d", table[0], table[500], table[599])
	}
	if !film.Padding(0) || film.Padding(500) {
		t.Error("padding is not told from the film")
	}
	// A range, with signed pixels; and one that would leave nothing.
	signed := filmFile("MONOCHROME2", 2, 12, []uint16{0xF830, 0xF834, 10, 20}).with(
		testElement{tagPixelRepresentation, "US", []uint16{1}},
		testElement{tagPixelPaddingValue, "SS", []uint16{0xF830}}, testElement{tagPixelPaddingRangeLimit, "SS", []uint16{0xF834}})
	if full := readTest(t, signed).FullWindow(); full.Center != 15 || full.Width != 10 {
		t.Errorf("full range %+v", full)
	}
	all := signed.with(testElement{tagPixelPaddingRangeLimit, "SS", []uint16{2000}})
	if film := readTest(t, all); len(film.Warnings) == 0 || film.FullWindow().Width < 1000 {
		t.Errorf("all of the film taken for padding: %+v, warnings %q", film.FullWindow(), film.Warnings)
	}
}

func TestDefaultWindow(t *testing.T) {
	window := func(center, width string) []testElement {
		return []testElement{{tagWindowCenter, "DS", center}, {tagWindowWidth, "DS", width}}
	}
	tests := []struct {
		name           string
		more           []testElement
		presets        int
		center, width  float64
		kind           WindowKind
		named, warning string
	}{
		{"the first of several, with names", append(window(`40\600`, `400\1600`), testElement{tagWindowExplanation, "LO", `SOFT\HARD`}), 4, 40, 400, WindowLinear, "SOFT", ""},
		{"width 0 is left out", window(`40\600`, `0\1600`), 3, 600, 1600, WindowLinear, "Window 2", "width is 0"},
		{"a window that shows nothing", window("-9000", "100"), 3, -9000, 100, WindowLinear, "Window 1", "one grey"},
		{"not a number", window("abc", "100"), 2, 2047.5, 4087, WindowLinearExact, "Percentile 0.1–99.9", "without"},
		{"sigmoid", append(window("2048", "1000"), testElement{tagVOILUTFunction, "CS", "SIGMOID"}), 3, 2048, 1000, WindowSigmoid, "Window 1", ""},
		{"none", nil, 2, 2047.5, 4087, WindowLinearExact, "Percentile 0.1–99.9", ""},
		{"decimal comma", window("2048,5", "100,5"), 3, 2048.5, 100.5, WindowLinear, "Window 1", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			film := readTest(t, filmFile("MONOCHROME2", 64, 12, ramp(4096), test.more...))
			w := film.DefaultWindow()
			if w.Center != test.center || w.Width != test.width || w.Kind != test.kind || w.Name != test.named {
				t.Errorf("%+v", w)
			}
			presets := film.Presets()
			if len(presets) != test.presets || presets[len(presets)-2].Name != "Full range" {
				t.Errorf("presets %+v", presets)
			}
			if warnings := strings.Trim(fmt.Sprint(film.Warnings), "[]"); !strings.Contains(warnings, test.warning) || (test.warning == "") != (warnings == "") {
				t.Errorf("warnings %q", warnings)
			}
		})
	}
}

// TestVOILUTs are the tables that made films white in other programs: a wrong
// bit depth, eight-bit entries, a first value below zero.
func TestVOILUTs(t *testing.T) {
	lut := func(descriptor []uint16, vr string, data any) testElement {
		return testElement{tagVOILUTSequence, "SQ", [][]testElement{{
			{tagLUTDescriptor, vr, descriptor}, {tagLUTExplanation, "LO", "NORMAL"}, {tagLUTData, "OW", data},
		}}}
	}
	rising := make([]uint16, 1024)
	bytes8 := make([]byte, 1024)
	for i := range rising {
		rising[i] = uint16(i * 4)
		bytes8[i] = byte(i / 4)
	}
	tests := []struct {
		name  string
		file  testFile
		greys map[uint16]float64
	}{
		{"12 bits", filmFile("MONOCHROME2", 32, 10, ramp(1024), lut([]uint16{1024, 0, 12}, "US", rising)), map[uint16]float64{0: 0, 512: 2048.0 / 4095, 1023: 4092.0 / 4095}},
		{"too few bits declared", filmFile("MONOCHROME2", 32, 10, ramp(1024), lut([]uint16{1024, 0, 8}, "US", rising)), map[uint16]float64{0: 0, 512: 2048.0 / 4095}},
		{"8-bit entries", filmFile("MONOCHROME2", 32, 10, ramp(1024), lut([]uint16{1024, 0, 8}, "US", bytes8)), map[uint16]float64{0: 0, 512: 128.0 / 255, 1023: 1}},
		{"signed first value", filmFile("MONOCHROME2", 32, 10, ramp(1024), lut([]uint16{1024, 0xFE00, 12}, "SS", rising)).with(testElement{tagPixelRepresentation, "US", []uint16{1}}), map[uint16]float64{0: 0, 512: 2048.0 / 4095}},
		{"signed first value written unsigned", filmFile("MONOCHROME2", 32, 10, ramp(1024), lut([]uint16{1024, 0xFE00, 12}, "US", rising)).with(testElement{tagPixelRepresentation, "US", []uint16{1}}), map[uint16]float64{0: 0, 512: 2048.0 / 4095}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			film := readTest(t, test.file)
			w := film.DefaultWindow()
			if w.Kind != WindowLUT || w.Name != "NORMAL" {
				t.Fatalf("%+v, warnings %q", w, film.Warnings)
			}
			table := film.Table(w)
			for stored, want := range test.greys {
				if got := float64(table[stored]) / 65535; math.Abs(got-want) > 1e-4 {
					t.Errorf("%d becomes %.4f, want %.4f", stored, got, want)
				}
			}
		})
	}
	film := readTest(t, filmFile("MONOCHROME2", 32, 10, ramp(1024), lut([]uint16{4096, 0, 12}, "US", rising)))
	if len(film.Windows) != 0 || len(film.Warnings) != 1 {
		t.Errorf("a table that is too short: windows %+v, warnings %q", film.Windows, film.Warnings)
	}
}

// TestDraggedLUT: a reader may move a lookup table's window like any other.
func TestDraggedLUT(t *testing.T) {
	film := readTest(t, filmFile("MONOCHROME2", 64, 12, ramp(4096)))
	w := lutWindow(&LookupTable{Bits: 8, Data: []uint16{0, 64, 128, 255}})
	w.Center, w.Width = 2000, 400
	table := film.Table(w)
	if table[100] != 0 || table[3000] != 65535 || table[2000] == 0 || table[2000] == 65535 {
		t.Errorf("%d %d %d", table[100], table[2000], table[3000])
	}
}

// TestZeroFilm: a film that another package makes for itself has tables too.
func TestZeroFilm(t *testing.T) {
	film := &Film{Width: 2, Height: 1, Bits: 8, Stored: []uint16{10, 20}}
	if w := film.FullWindow(); w.Center != 15 || w.Width != 10 {
		t.Errorf("%+v", w)
	}
	if film.Value(1, 0) != 20 || !math.IsNaN(film.Value(2, 0)) {
		t.Error("values")
	}
}

func TestSpacingSaysWhatItMeasures(t *testing.T) {
	pixel := testElement{tagPixelSpacing, "DS", `0.15\0.15`}
	detector := testElement{tagImagerPixelSpacing, "DS", `0.2\0.2`}
	same := testElement{tagImagerPixelSpacing, "DS", `0.15\0.15`}
	tests := []struct {
		name string
		more []testElement
		want Spacing
	}{
		{"none", nil, Spacing{Kind: SpacingUnknown}},
		{"detector alone", []testElement{detector}, Spacing{SpacingDetector, 0.2, 0.2}},
		{"detector or patient", []testElement{pixel}, Spacing{SpacingUnsaid, 0.15, 0.15}},
		{"section", []testElement{pixel, {tagModality, "CS", "CT"}}, Spacing{SpacingPatient, 0.15, 0.15}},
		{"both the same", []testElement{pixel, same}, Spacing{SpacingDetector, 0.15, 0.15}},
		{"corrected for magnification", []testElement{pixel, detector}, Spacing{SpacingCorrected, 0.15, 0.15}},
		{"says that", []testElement{pixel, {tagPixelSpacingCalibration, "CS", "GEOMETRY"}}, Spacing{SpacingCorrected, 0.15, 0.15}},
		{"scanned", []testElement{pixel, {tagNominalScannedSpacing, "DS", `0.15\0.15`}}, Spacing{SpacingDetector, 0.15, 0.15}},
		{"estimated", []testElement{detector, {tagMagnification, "DS", "1.25"}}, Spacing{SpacingEstimated, 0.16, 0.16}},
		{"estimated, and not corrected", []testElement{pixel, same, {tagMagnification, "DS", "1.5"}}, Spacing{SpacingEstimated, 0.1, 0.1}},
		{"corrected, not twice", []testElement{pixel, detector, {tagMagnification, "DS", "1.25"}}, Spacing{SpacingCorrected, 0.15, 0.15}},
		{"by distances", []testElement{detector, {tagDistanceToDetector, "DS", "2000"}, {tagDistanceToPatient, "DS", "1600"}, {tagMagnification, "DS", "1"}}, Spacing{SpacingEstimated, 0.16, 0.16}},
		{"absurd", []testElement{detector, {tagMagnification, "DS", "0.5"}, {tagDistanceToDetector, "DS", "1800"}}, Spacing{SpacingDetector, 0.2, 0.2}},
		{"says how", []testElement{pixel, same, {tagPixelSpacingCalibration, "CS", "FIDUCIAL"}}, Spacing{SpacingCalibrated, 0.15, 0.15}},
		{"zero", []testElement{{tagPixelSpacing, "DS", `0\0`}}, Spacing{Kind: SpacingUnknown}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := readTest(t, filmFile("MONOCHROME2", 2, 8, ramp(4)).with(test.more...)).Spacing; got.Kind != test.want.Kind ||
				math.Abs(got.Row-test.want.Row) > 1e-9 || math.Abs(got.Column-test.want.Column) > 1e-9 {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
	film := readTest(t, filmFile("MONOCHROME2", 2, 8, ramp(4), testElement{tagPixelAspectRatio, "IS", `4\3`}))
	if film.PixelAspect != 4.0/3 {
		t.Errorf("aspect %g", film.PixelAspect)
	}
}
