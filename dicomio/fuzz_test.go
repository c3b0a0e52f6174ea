package dicomio

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzFilm reads any bytes as a film. Whatever they are, the result is a film
// that keeps its word or an error, without a panic.
func FuzzFilm(f *testing.F) {
	film := filmFile("MONOCHROME1", 4, 12, ramp(16),
		testElement{tagSpecificCharacterSet, "CS", `\ISO 2022 IR 87`},
		testElement{tagWindowCenter, "DS", `40\600`}, testElement{tagWindowWidth, "DS", `400\0`},
		testElement{tagRescaleSlope, "DS", "2"}, testElement{tagRescaleIntercept, "DS", "-1024"},
		testElement{tagPixelPaddingValue, "US", []uint16{0}},
		testElement{tagPatientOrientation, "CS", `L\F`}, testElement{tagPixelSpacing, "DS", `0.2\0.2`},
		testElement{tagVOILUTSequence, "SQ", [][]testElement{{
			{tagLUTDescriptor, "US", []uint16{4, 0, 12}}, {tagLUTData, "US", []uint16{0, 1000, 2000, 4095}},
		}}},
		testElement{tagModalityLUTSequence, "SQ", [][]testElement{{
			{tagLUTDescriptor, "US", []uint16{4, 0, 12}}, {tagLUTData, "US", []uint16{0, 1000, 2000, 4095}},
		}}},
	)
	for _, syntax := range []string{syntaxExplicitLittle, syntaxImplicitLittle, syntaxExplicitBig, syntaxDeflated} {
		film.syntax = syntax
		f.Add(film.bytes(), 1)
	}
	film.noMeta, film.noPreamble, film.syntax = true, true, syntaxImplicitLittle
	f.Add(film.bytes(), 1)
	f.Add(filmFile("MONOCHROME2", 2, 8, ramp(12)).with(
		testElement{tagRows, "US", []uint16{2}}, testElement{tagNumberOfFrames, "IS", "3"},
		testElement{tagPerFrameFunctional, "SQ", [][]testElement{perFrame("10", "20", "1", "0"), perFrame("11", "22", "3", "-5")}},
	).bytes(), 2)
	rle := filmFile("MONOCHROME2", 2, 8, nil).with(
		testElement{tagRows, "US", []uint16{2}}, testElement{tagBitsAllocated, "US", []uint16{8}},
		testElement{tagPixelData, "OB", testFragments{nil, append(append([]byte{1, 0, 0, 0, 64}, make([]byte, 59)...), 3, 1, 2, 3, 4, 0)}})
	rle.syntax = "1.2.840.10008.1.2.5"
	f.Add(rle.bytes(), 1)
	f.Add(colourFile("YBR_FULL_422", 0, []byte{50, 100, 128, 128}).bytes(), 1)
	f.Add(filmFile("PALETTE COLOR", 2, 8, []uint16{0, 2}).with(
		testElement{tagRedPaletteDescriptor, "US", []uint16{4, 0, 16}}, testElement{tagGreenPaletteDescriptor, "US", []uint16{4, 0, 16}},
		testElement{tagBluePaletteDescriptor, "US", []uint16{4, 0, 16}},
		testElement{tagRedPaletteSegmented, "OW", []uint16{0, 1, 0, 1, 3, 0x3000}}, testElement{tagGreenPaletteSegmented, "OW", []uint16{0, 1, 0, 1, 3, 0x3000, 2, 1, 0, 0}},
		testElement{tagBluePaletteData, "OW", ramp(4)}).bytes(), 1)
	// What earlier fuzzing found: text of the file in a sentence.
	f.Add(filmFile("MONOCHROME2", 2, 8, nil).without(tagPixelData, tagRows).with(testElement{tagModality, "CS", "0\xff"}).bytes(), 1)
	garbled := jpegLike()
	garbled.syntax = "0000\n00000"
	f.Add(garbled.bytes(), 1)
	f.Add(pngBytes(f, image.NewGray16(image.Rect(0, 0, 2, 2))), 1)
	f.Add(filmFile("MONOCHROME2", 8, 12, ramp(64)).with(plane(0x6000, []uint16{2, 3}, 2, "#.#", ".#.", "##.", "..#")...).bytes(), 1)
	f.Add(turnedJPEG(f, 6, binary.BigEndian, false), 1)
	f.Add(turnedJPEG(f, 3, binary.LittleEndian, true), 1)

	f.Fuzz(func(t *testing.T, data []byte, frame int) {
		if declaresMuch(data) {
			t.Skip("a size that the limits allow, but that takes the fuzzer long")
		}
		film, err := decodeUnguarded(context.Background(), data, frame, nil)
		h, headErr := readHeadUnguarded(context.Background(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			if text := failure("film.dcm", err).Error(); !utf8.ValidString(text) || strings.Contains(text, "\n") {
				t.Errorf("no sentence: %q", text)
			}
			return
		}
		if headErr != nil {
			t.Errorf("a film whose header alone can't be read: %v", headErr)
		} else if h.info.Format != film.Format || h.info.Frames != film.Frames || h.info.Width != film.Width || h.info.Height != film.Height {
			t.Errorf("header %+v of film %+v", h.info, film)
		}
		checkFilm(t, film)
	})
}

// jpegLike has one fragment that begins as a JPEG code stream does.
func jpegLike() testFile {
	return filmFile("MONOCHROME2", 2, 8, nil).with(testElement{tagRows, "US", []uint16{2}},
		testElement{tagPixelData, "OB", testFragments{nil, {0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 2, 0, 2, 1, 1, 0x11, 0, 0}}})
}

// declaresMuch reports whether a data set declares more pixels than fuzzing
// should allocate.
func declaresMuch(data []byte) bool {
	if format := rasterFormat(data); format != "" {
		config, err := rasterConfig(format, bytes.NewReader(data))
		return err == nil && config.Width*config.Height > 1<<20
	}
	h, err := readHeadUnguarded(context.Background(), bytes.NewReader(data), int64(len(data)))
	return err == nil && h.info.Width*h.info.Height > 1<<20
}

func checkFilm(t *testing.T, film *Film) {
	n := film.Width * film.Height
	if film.IsColour() {
		if len(film.Colour) != 4*n {
			t.Fatalf("%d bytes of colour for %d pixels", len(film.Colour), n)
		}
	} else {
		if len(film.Stored) != n || film.Bits < 1 || film.Bits > 16 {
			t.Fatalf("%d values of %d bits for %d pixels", len(film.Stored), film.Bits, n)
		}
		for _, v := range film.Stored {
			if int(v) >= 1<<film.Bits {
				t.Fatalf("%d does not fit into %d bits", v, film.Bits)
			}
		}
		for _, w := range append(film.Presets(), film.DefaultWindow()) {
			if table := film.Table(w); len(table) != 1<<film.Bits {
				t.Fatalf("%d entries for %d bits", len(table), film.Bits)
			}
			if math.IsNaN(w.Center) || !(w.Width > 0) {
				t.Fatalf("window %+v", w)
			}
		}
	}
	film.Suitability()
	for _, o := range film.Overlays {
		if len(o.Bits) != (o.Width*o.Height+7)/8 {
			t.Fatalf("%d bytes for an overlay of %d×%d", len(o.Bits), o.Width, o.Height)
		}
		for x, y := range o.Marked() {
			if x < o.Left || x >= o.Left+o.Width || y < o.Top || y >= o.Top+o.Height {
				t.Fatalf("%d,%d is marked by an overlay of %d×%d at %d,%d", x, y, o.Width, o.Height, o.Left, o.Top)
			}
		}
	}
	if !(film.PixelAspect > 0) {
		t.Fatalf("aspect %g", film.PixelAspect)
	}
	for _, text := range []string{film.Header.PatientName, film.Header.Institution, film.Header.StudyDescription} {
		if !utf8.ValidString(text) {
			t.Fatalf("%q is not UTF-8", text)
		}
	}
}

// FuzzArchive scans any bytes as an archive.
func FuzzArchive(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range map[string][]byte{"IM1": numbered("A", "1", "1").bytes(), "DICOMDIR": nil, "x/notes.txt": []byte("notes")} {
		m, err := w.Create(name)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := m.Write(data); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &scanner{ctx: context.Background(), budget: 1 << 20, found: func(e Entry) error {
			if !strings.HasPrefix(e.Path, "a.zip") {
				t.Errorf("path %q", e.Path)
			}
			return nil
		}}
		if err := s.archive("a.zip", bytes.NewReader(data), int64(len(data)), 1); err != nil {
			t.Error(err)
		}
	})
}

// FuzzText decodes any bytes in any character set.
func FuzzText(f *testing.F) {
	f.Add(`\ISO 2022 IR 87`, "Yamada=\x1b$B;3ED\x1b(B")
	f.Add(`ISO 2022 IR 13\ISO 2022 IR 159`, "\xd4\xcf\x1b$(D0!")
	f.Add(`\ISO 2022 IR 149`, "\x1b$)C\xfb\xf3^\x1b$)C\xd1")
	f.Add("GB18030", "\xcd\xf5^\x81\x30")
	f.Add("ISO_IR 166", "\xb9\xd2\\\xff")
	f.Fuzz(func(t *testing.T, terms, raw string) {
		d := newTextDecoder(terms)
		for _, text := range append(d.values(raw), d.name(raw)) {
			if utf8.ValidString(raw) && !utf8.ValidString(text) {
				t.Errorf("%q is not UTF-8", text)
			}
		}
	})
}
