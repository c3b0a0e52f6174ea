package dicomio

import (
	"context"
	"slices"
	"testing"
)

// colourFile is a picture of two pixels with three samples of 8 bits.
func colourFile(photometric string, planar uint16, data []byte) testFile {
	return filmFile(photometric, 2, 8, nil).with(
		testElement{tagRows, "US", []uint16{1}},
		testElement{tagSamplesPerPixel, "US", []uint16{3}}, testElement{tagPlanarConfiguration, "US", []uint16{planar}},
		testElement{tagBitsAllocated, "US", []uint16{8}},
		testElement{tagPixelData, "OB", data})
}

func TestColourIsShown(t *testing.T) {
	palette := func(descriptor []uint16, red, green, blue []uint16) testFile {
		return filmFile("PALETTE COLOR", 2, 8, []uint16{0, 2}).with(
			testElement{tagRedPaletteDescriptor, "US", descriptor}, testElement{tagGreenPaletteDescriptor, "US", descriptor},
			testElement{tagBluePaletteDescriptor, "US", descriptor},
			testElement{tagRedPaletteData, "OW", red}, testElement{tagGreenPaletteData, "OW", green}, testElement{tagBluePaletteData, "OW", blue})
	}
	rising, zeros := []uint16{0, 0x8000, 0xFF00}, []uint16{0, 0, 0}
	segmented := palette([]uint16{4, 0, 16}, nil, []uint16{0, 0, 0, 0}, []uint16{0, 0, 0, 0}).without(tagRedPaletteData).
		// A discrete segment of one value and a linear one of three.
		with(testElement{tagRedPaletteSegmented, "OW", []uint16{0, 1, 0, 1, 3, 0x3000}})
	tests := []struct {
		name string
		file testFile
		want []uint8
	}{
		{"RGB by pixel", colourFile("RGB", 0, []byte{1, 2, 3, 4, 5, 6}), []uint8{1, 2, 3, 255, 4, 5, 6, 255}},
		{"RGB by plane", colourFile("RGB", 1, []byte{1, 4, 2, 5, 3, 6}), []uint8{1, 2, 3, 255, 4, 5, 6, 255}},
		// BT.601's red: Y 76, Cb 85, Cr 255 (PS3.3 C.7.6.3.1.2).
		{"YBR_FULL", colourFile("YBR_FULL", 0, []byte{76, 85, 255, 100, 128, 128}), []uint8{254, 0, 0, 255, 100, 100, 100, 255}},
		{"YBR_FULL_422", colourFile("YBR_FULL_422", 0, []byte{50, 100, 128, 128}), []uint8{50, 50, 50, 255, 100, 100, 100, 255}},
		{"palette", palette([]uint16{3, 0, 16}, rising, zeros, rising), []uint8{0, 0, 0, 255, 255, 0, 255, 255}},
		{"segmented palette", segmented, []uint8{0, 0, 0, 255, 0x20, 0, 0, 255}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			film := readTest(t, test.file)
			if !film.IsColour() || film.Stored != nil || !slices.Equal(film.Colour, test.want) {
				t.Errorf("colour %v, want %v", film.Colour, test.want)
			}
			if s := film.Suitability(); s.Verdict != Unsuitable || !slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == ReasonColour }) {
				t.Errorf("%+v", s)
			}
		})
	}
	broken := palette([]uint16{300, 0, 16}, rising, zeros, rising)
	if _, err := ReadFile(context.Background(), broken.write(t)); err == nil {
		t.Error("a palette that is too short is accepted")
	}
}
