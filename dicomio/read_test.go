package dicomio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"pneumolight/testdata"
)

func TestReadEveryNativeEncoding(t *testing.T) {
	pixels := ramp(64)
	plain := filmFile("MONOCHROME2", 8, 12, pixels,
		testElement{tagWindowCenter, "DS", `32\16`}, testElement{tagWindowWidth, "DS", `64\8`},
		testElement{tagVOILUTSequence, "SQ", [][]testElement{{
			{tagLUTDescriptor, "US", []uint16{4, 0, 12}},
			{tagLUTData, "US", []uint16{0, 1000, 2000, 4095}},
		}}},
	)
	variants := map[string]testFile{}
	for name, syntax := range map[string]string{
		"explicit little": syntaxExplicitLittle, "implicit little": syntaxImplicitLittle,
		"explicit big": syntaxExplicitBig, "deflated": syntaxDeflated,
	} {
		f := plain
		f.syntax = syntax
		variants[name] = f
		if syntax != syntaxDeflated {
			f.noMeta = true
			variants[name+", no meta header"] = f
			f.noPreamble = true
			variants[name+", no preamble"] = f
		}
	}
	// Files that say one encoding and have another.
	for name, wrong := range map[string][2]string{
		"said to be explicit, is implicit":   {syntaxExplicitLittle, syntaxImplicitLittle},
		"said to be implicit, is explicit":   {syntaxImplicitLittle, syntaxExplicitLittle},
		"said to be little, is big endian":   {syntaxExplicitLittle, syntaxExplicitBig},
		"said to be big, is implicit little": {syntaxExplicitBig, syntaxImplicitLittle},
	} {
		f := plain
		f.said, f.syntax = wrong[0], wrong[1]
		variants[name] = f
	}
	for name, file := range variants {
		t.Run(name, func(t *testing.T) {
			data := file.bytes()
			path := writeFile(t, "film", data)
			film, err := ReadFile(context.Background(), path)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(film.Stored, pixels) {
				t.Errorf("stored %v", film.Stored)
			}
			if film.Width != 8 || film.Height != 8 || film.Bits != 12 || film.Path != path || film.Header.PatientName != "Film^Test" {
				t.Errorf("film %d × %d, %d bits, %s, %s", film.Width, film.Height, film.Bits, film.Path, film.Header.PatientName)
			}
			if len(film.Windows) != 3 || film.Windows[1].Width != 8 || film.Windows[2].LUT == nil || film.Windows[2].LUT.Data[3] != 4095 {
				t.Errorf("windows %+v", film.Windows)
			}
			sum := sha256.Sum256(data)
			if film.SHA256 != hex.EncodeToString(sum[:]) {
				t.Errorf("digest %s", film.SHA256)
			}
			info, err := ReadHeader(context.Background(), path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Header != film.Header || info.Width != 8 || info.Frames != 1 || info.Bits != 12 {
				t.Errorf("header alone %+v, film %+v", info, film.Header)
			}
		})
	}
}

func TestReadSignedAndMaskedPixels(t *testing.T) {
	// 12 bits stored in the upper bits of the cell, overlays below.
	cells := []uint16{0x800F, 0x7FF3, 0x0001, 0xFFF2}
	file := filmFile("MONOCHROME2", 2, 12, cells).with(
		testElement{tagHighBit, "US", []uint16{15}},
		testElement{tagPixelRepresentation, "US", []uint16{1}},
		testElement{tagRescaleSlope, "DS", "2"}, testElement{tagRescaleIntercept, "DS", "-10"}, testElement{tagRescaleType, "LO", "HU"},
	)
	film, err := ReadFile(context.Background(), file.write(t))
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint16{0, 4095, 2048, 2047}; !slices.Equal(film.Stored, want) || film.Offset != 2048 {
		t.Errorf("stored %v with offset %d, want %v", film.Stored, film.Offset, want)
	}
	for i, want := range []float64{-2048*2 - 10, 2047*2 - 10, -10, -12} {
		if got := film.Value(i%2, i/2); got != want {
			t.Errorf("value %d is %g, want %g", i, got, want)
		}
	}
	if film.Unit() != "HU" {
		t.Errorf("unit %q", film.Unit())
	}
}

func TestReadFrameOfSeveral(t *testing.T) {
	file := filmFile("MONOCHROME2", 2, 8, ramp(12)).with(
		testElement{tagRows, "US", []uint16{2}},
		testElement{tagNumberOfFrames, "IS", "3"},
		testElement{tagPerFrameFunctional, "SQ", [][]testElement{
			perFrame("10", "20", "1", "0"), perFrame("11", "22", "3", "-5"), perFrame("12", "24", "1", "0"),
		}},
		testElement{tagSharedFunctionalGroups, "SQ", [][]testElement{{
			{tagPixelMeasuresSequence, "SQ", [][]testElement{{{tagPixelSpacing, "DS", `0.2\0.1`}}}},
		}}},
	)
	path := file.write(t)
	film, err := ReadFrame(context.Background(), path, 2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(film.Stored, []uint16{4, 5, 6, 7}) || film.Frame != 2 || film.Frames != 3 {
		t.Errorf("frame %d of %d: %v", film.Frame, film.Frames, film.Stored)
	}
	if len(film.Windows) != 1 || film.Windows[0].Center != 11 || film.Windows[0].Width != 22 {
		t.Errorf("the frame's own window is 11, 22; got %+v", film.Windows)
	}
	if film.Value(0, 0) != 4*3-5 {
		t.Errorf("the frame's own rescale gives 7, got %g", film.Value(0, 0))
	}
	if film.Spacing != (Spacing{SpacingUnsaid, 0.2, 0.1}) || film.PixelAspect != 2 {
		t.Errorf("spacing %+v, aspect %g", film.Spacing, film.PixelAspect)
	}
	if _, err := ReadFrame(context.Background(), path, 4); !errors.Is(err, ErrNoPixels) {
		t.Errorf("frame 4 of 3: %v", err)
	}
}

func perFrame(center, width, slope, intercept string) []testElement {
	return []testElement{
		{tagFrameVOILUTSequence, "SQ", [][]testElement{{{tagWindowCenter, "DS", center}, {tagWindowWidth, "DS", width}}}},
		{tagPixelValueTransform, "SQ", [][]testElement{{{tagRescaleSlope, "DS", slope}, {tagRescaleIntercept, "DS", intercept}}}},
	}
}

func TestReadRealChestFilm(t *testing.T) {
	film, err := ReadFile(context.Background(), testdata.Film(t, testdata.Chest))
	if err != nil {
		t.Fatal(err)
	}
	if film.Width != 1760 || film.Height != 2140 || film.Bits != 10 || !film.Inverted() {
		t.Errorf("%d × %d, %d bits, inverted %v", film.Width, film.Height, film.Bits, film.Inverted())
	}
	if film.Header.BodyPart != "CHEST" || film.Header.PatientAge != 67 || film.Spacing.Kind != SpacingDetector {
		t.Errorf("header %+v, spacing %+v", film.Header, film.Spacing)
	}
	if s := film.Suitability(); s.Verdict != Suitable {
		t.Errorf("suitability %+v", s)
	}
	// The lungs are dark: the film's middle must not be its brightest part.
	table := film.Table(film.DefaultWindow())
	if table[0] <= table[1<<film.Bits-1] {
		t.Error("a MONOCHROME1 film is not inverted")
	}
}

func TestEveryFailureIsOneSentence(t *testing.T) {
	whole := filmFile("MONOCHROME2", 32, 12, ramp(1024)).bytes()
	huge := filmFile("MONOCHROME2", 32, 12, ramp(1024)).bytes()
	at := bytes.Index(huge, []byte{0x10, 0x00, 0x10, 0x00, 'P', 'N'})
	binary.LittleEndian.PutUint16(huge[at+6:], 0xFFF0)
	tests := []struct {
		name string
		data []byte
		kind error
		text string
	}{
		{"empty.dcm", nil, ErrEmpty, "is empty"},
		{"notes.txt", []byte("Patient was seen on Monday.\n"), ErrNotAFilm, "text file"},
		{"letter.pdf", []byte("%PDF-1.7\n\x00\x01"), ErrNotAFilm, "PDF"},
		{"noise.bin", bytes.Repeat([]byte{0x91, 0x00, 0x17, 0xE3}, 100), ErrNotAFilm, "not a DICOM"},
		{"half.dcm", whole[:len(whole)/2], ErrTruncated, "cut short"},
		{"header.dcm", whole[:305], ErrTruncated, "cut short"},
		{"cut.dcm", filmFile("MONOCHROME2", 2, 8, ramp(4)).without(tagPixelData).bytes(), ErrTruncated, "does not hold it"},
		{"prefix.dcm", whole[:140], ErrTruncated, ""},
		{"name.dcm", huge, ErrTruncated, "(0010,0010)"},
		{"report.dcm", filmFile("MONOCHROME2", 2, 8, ramp(4)).without(tagPixelData, tagRows, tagColumns, tagBitsAllocated).bytes(), ErrNoPixels, "no image"},
		{"dose.dcm", filmFile("MONOCHROME2", 2, 8, ramp(8)).with(testElement{tagBitsAllocated, "US", []uint16{32}}, testElement{tagBitsStored, "US", []uint16{32}}).bytes(), ErrUnsupported, "32 bits"},
		{"wall.dcm", filmFile("MONOCHROME2", 2, 8, ramp(4)).with(testElement{tagRows, "US", []uint16{65535}}, testElement{tagColumns, "US", []uint16{65535}}).bytes(), ErrTooLarge, "65535 × 65535"},
		{"video.dcm", func() []byte {
			f := filmFile("MONOCHROME2", 2, 8, nil).with(testElement{tagRows, "US", []uint16{2}}, testElement{tagPixelData, "OB", testFragments{nil, {0, 0, 1, 0xB3}}})
			f.syntax = "1.2.840.10008.1.2.4.100"
			return f.bytes()
		}(), ErrUnsupported, "MPEG2"},
		{"lossy.dcm", cutFragment(t), ErrTruncated, "cut short"},
		{"unsaid.dcm", filmFile("MONOCHROME2", 2, 8, nil).with(testElement{tagRows, "US", []uint16{2}}, testElement{tagPixelData, "OB", testFragments{nil, {0, 0, 1, 2}}}).bytes(), ErrMalformed, "fragments"},
		{"archive.dcm", append([]byte("PK\x03\x04"), make([]byte, 300)...), ErrNotAFilm, "ZIP"},
		{"cut.png", pngBytes(t, image.NewGray16(image.Rect(0, 0, 300, 300)))[:60], ErrTruncated, "PNG"},
		{"cut.jpg", []byte{0xFF, 0xD8, 0xFF, 0xE0, 0, 16}, ErrTruncated, "JPEG"},
		{"bad.tif", append([]byte("II*\x00\x08\x00\x00\x00"), make([]byte, 40)...), nil, "TIFF"},
		{"wall.png", wallPNG(t), ErrTooLarge, "100000 × 100000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := writeFile(t, test.name, test.data)
			for what, read := range map[string]func() error{
				"film":   func() error { _, err := ReadFile(context.Background(), path); return err },
				"header": func() error { _, err := ReadHeader(context.Background(), path); return err },
			} {
				err := read()
				if what == "header" && (slices.Contains([]string{"half.dcm", "lossy.dcm", "unsaid.dcm"}, test.name) || test.name == "video.dcm" || test.name == "cut.png" || test.name == "archive.dcm") {
					continue // its header is whole, or it holds files
				}
				checkSentence(t, err, test.name, test.kind, test.text)
			}
		})
	}
	t.Run("folder", func(t *testing.T) {
		dir := t.TempDir()
		_, err := ReadFile(context.Background(), dir)
		checkSentence(t, err, filepath.Base(dir), ErrNotAFilm, "folder")
	})
	t.Run("missing", func(t *testing.T) {
		_, err := ReadFile(context.Background(), filepath.Join(t.TempDir(), "gone.dcm"))
		checkSentence(t, err, "gone.dcm", fs.ErrNotExist, "no such file")
	})
}

// jpegFile is a film of one JPEG baseline fragment.
func jpegFile(t *testing.T) testFile {
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = uint8(i / 32)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	if b.Len()%2 != 0 {
		b.WriteByte(0)
	}
	file := filmFile("MONOCHROME2", 64, 8, nil).with(testElement{tagRows, "US", []uint16{64}}, testElement{tagBitsAllocated, "US", []uint16{8}},
		testElement{tagPixelData, "OB", testFragments{nil, b.Bytes()}})
	file.syntax = "1.2.840.10008.1.2.4.50"
	return file
}

// cutFragment is a compressed film that ends within its code stream, where
// many decoders would make up the rest.
func cutFragment(t *testing.T) []byte {
	data := jpegFile(t).bytes()
	return data[:len(data)-100]
}

func TestReadMislabelledPixels(t *testing.T) {
	compressed := jpegFile(t)
	want := readTest(t, compressed)
	if !want.Header.Lossy {
		t.Error("JPEG baseline is not called lossy")
	}
	compressed.syntax = syntaxExplicitLittle
	film := readTest(t, compressed)
	if !slices.Equal(film.Stored, want.Stored) || len(film.Warnings) != 1 {
		t.Errorf("compressed but said to be native: warnings %q", film.Warnings)
	}
	native := filmFile("MONOCHROME2", 8, 12, ramp(64))
	native.syntax = "1.2.840.10008.1.2.4.70"
	film = readTest(t, native)
	if !slices.Equal(film.Stored, ramp(64)) || len(film.Warnings) != 1 {
		t.Errorf("native but said to be compressed: %v, warnings %q", film.Stored, film.Warnings)
	}
}

func checkSentence(t *testing.T, err error, name string, kind error, part string) {
	t.Helper()
	var r *ReadError
	if !errors.As(err, &r) {
		t.Fatalf("%T %v", err, err)
	}
	if kind != nil && !errors.Is(err, kind) {
		t.Errorf("%v is not %v", err, kind)
	}
	text := err.Error()
	if !strings.HasPrefix(text, name+": ") || !strings.HasSuffix(text, ".") || !strings.Contains(text, part) || strings.Contains(text, "\n") {
		t.Errorf("no clear sentence: %q", text)
	}
	if r.Advice == "" {
		t.Errorf("no advice in %q", text)
	}
}

// wallPNG is a PNG that declares ten thousand million pixels.
func wallPNG(t *testing.T) []byte {
	data := pngBytes(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(data[16:], 100000)
	binary.BigEndian.PutUint32(data[20:], 100000)
	return fixCRC(data)
}

func pngBytes(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadPictures(t *testing.T) {
	grey16 := image.NewGray16(image.Rect(0, 0, 3, 2))
	rgb := image.NewRGBA(image.Rect(0, 0, 3, 2))
	colourful := image.NewRGBA(image.Rect(0, 0, 3, 2))
	for i := range 6 {
		grey16.SetGray16(i%3, i/3, color.Gray16{uint16(i * 9000)})
		rgb.SetRGBA(i%3, i/3, color.RGBA{uint8(i * 40), uint8(i * 40), uint8(i * 40), 255})
		colourful.SetRGBA(i%3, i/3, color.RGBA{uint8(i * 40), 10, 200, 255})
	}
	wide, eight := []uint16{0, 9000, 18000, 27000, 36000, 45000}, []uint16{0, 40, 80, 120, 160, 200}
	var grey16TIFF bytes.Buffer
	if err := tiff.Encode(&grey16TIFF, grey16, nil); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		data   []byte
		format Format
		bits   int
		stored []uint16
	}{
		{"grey16.png", pngBytes(t, grey16), FormatPNG, 16, wide},
		{"saved as rgb.png", pngBytes(t, rgb), FormatPNG, 8, eight},
		{"grey16.tif", grey16TIFF.Bytes(), FormatTIFF, 16, wide},
		{"photograph.png", pngBytes(t, colourful), FormatPNG, 8, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			film, err := ReadFile(context.Background(), writeFile(t, test.name, test.data))
			if err != nil {
				t.Fatal(err)
			}
			if film.Format != test.format || film.Bits != test.bits || !slices.Equal(film.Stored, test.stored) || film.IsColour() != (test.stored == nil) {
				t.Errorf("%s, %d bits, %v, colour %v", film.Format, film.Bits, film.Stored, film.IsColour())
			}
			if film.Width != 3 || film.Height != 2 || film.Frames != 1 || film.Header.PatientAge >= 0 {
				t.Errorf("film %+v", film)
			}
			if film.IsColour() && film.Colour[4*5] != 200 {
				t.Errorf("colour %v", film.Colour)
			}
		})
	}
}

func TestReadJPEGSavedAsColour(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		v := uint8(i / 16)
		img.SetRGBA(i%64, i/64, color.RGBA{v, v, v, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	film, err := ReadFile(context.Background(), writeFile(t, "film.jpg", b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if film.IsColour() || film.Bits != 8 || !film.Header.Lossy {
		t.Errorf("colour %v, %d bits, lossy %v", film.IsColour(), film.Bits, film.Header.Lossy)
	}
}

func TestReadCutJPEG(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 37)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := ReadFile(context.Background(), writeFile(t, "whole.jpg", b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = ReadFile(context.Background(), writeFile(t, "half.jpg", b.Bytes()[:b.Len()/2]))
	checkSentence(t, err, "half.jpg", ErrTruncated, "cut short")
	noEnd, err := ReadFile(context.Background(), writeFile(t, "no end mark.jpg", b.Bytes()[:b.Len()-2]))
	if err != nil || !slices.Equal(noEnd.Stored, whole.Stored) {
		t.Errorf("all pixels are there, only the end mark is not: %v", err)
	}
}

func TestContextEndsReading(t *testing.T) {
	path := filmFile("MONOCHROME2", 8, 12, ramp(64)).write(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ReadFile(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("film: %v", err)
	}
	if _, err := ReadHeader(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("header: %v", err)
	}
	if err := Scan(ctx, filepath.Dir(path), func(Entry) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("scan: %v", err)
	}
}
