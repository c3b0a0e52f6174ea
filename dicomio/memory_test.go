package dicomio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"runtime"
	"testing"
)

// allocated is how many bytes f allocates, which is no less than its peak.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// TestMemoryOfAFilm: reading takes at most three times the decoded film, and
// the file.
func TestMemoryOfAFilm(t *testing.T) {
	const side = 1500
	rgb := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range rgb.Pix {
		rgb.Pix[i] = uint8(i / 4 / side)
		if i%4 == 3 {
			rgb.Pix[i] = 255
		}
	}
	var coded bytes.Buffer
	if err := jpeg.Encode(&coded, rgb, nil); err != nil {
		t.Fatal(err)
	}
	native := filmFile("MONOCHROME2", side, 12, make([]uint16, side*side))
	big := native
	big.syntax = syntaxExplicitBig
	files := map[string]string{
		"native":           native.write(t),
		"big endian":       big.write(t),
		"PNG saved as RGB": writeFile(t, "film.png", pngBytes(t, rgb)),
		"JPEG with chroma": writeFile(t, "film.jpg", coded.Bytes()),
	}
	for name, path := range files {
		t.Run(name, func(t *testing.T) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			decoded := int64(2 * side * side)
			got := allocated(func() {
				if _, err := ReadFile(context.Background(), path); err != nil {
					t.Fatal(err)
				}
			})
			if limit := 3*decoded + info.Size() + 1<<20; got > limit {
				t.Errorf("%.1f MB for a film of %.1f MB in a file of %.1f MB", float64(got)/1e6, float64(decoded)/1e6, float64(info.Size())/1e6)
			}
		})
	}
}

// TestMemoryOfALie: what a small file declares costs nothing until it is there.
func TestMemoryOfALie(t *testing.T) {
	sizes := []testElement{{tagRows, "US", []uint16{16000}}, {tagColumns, "US", []uint16{16000}}}
	long := testElement{0x00091001, "UN", []byte("private")}
	files := map[string][]byte{
		"native":       filmFile("MONOCHROME2", 2, 16, ramp(4)).with(sizes...).bytes(),
		"long element": lengthened(filmFile("MONOCHROME2", 2, 16, ramp(4)).with(long).bytes()),
	}
	for _, syntax := range []string{"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"} {
		f := filmFile("MONOCHROME2", 2, 16, nil).with(append(sizes, testElement{tagPixelData, "OB", testFragments{nil, make([]byte, 100)}})...)
		f.syntax = syntax
		files[fmt.Sprint("compressed ", syntax)] = f.bytes()
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, "film.dcm", data)
			got := allocated(func() {
				if _, err := ReadFile(context.Background(), path); err == nil {
					t.Error("no error")
				}
			})
			if got > 1<<20 {
				t.Errorf("%.1f MB for a file of %d bytes", float64(got)/1e6, len(data))
			}
		})
	}
}

// lengthened makes the private element announce 3 GB.
func lengthened(data []byte) []byte {
	for i := range data {
		if string(data[i:i+8]) == "\x09\x00\x01\x10UN\x00\x00" {
			copy(data[i+8:], []byte{0, 0, 0, 0xC0})
			return data
		}
	}
	panic("the element is not there")
}

// TestManyElements: a hostile file of empty elements is refused; a DICOMDIR of
// a hundred thousand films is not.
func TestManyElements(t *testing.T) {
	empty := encodeElement(binary.LittleEndian, false, testElement{0x00091001, "LO", ""})
	hostile := append(testFile{syntax: syntaxExplicitLittle}.bytes(), bytes.Repeat(empty, maxElements+1)...)
	if _, err := ReadFile(context.Background(), writeFile(t, "film.dcm", hostile)); !errors.Is(err, ErrMalformed) {
		t.Errorf("a million empty elements: %v", err)
	}

	const films = 100000
	records := make([][]testElement, films)
	for i := range records {
		records[i] = []testElement{
			{tagDirectoryRecordType, "CS", "IMAGE"},
			{tagReferencedFileID, "CS", fmt.Sprintf(`DISC\IM%d`, i)},
			{tagSOPInstanceUID, "UI", "1.3.6.1.4.1.14519.5.2.1.9999.103.3006616233530892121079169089013"},
			{tagInstanceNumber, "IS", "1"},
			{tagRows, "US", []uint16{1}},
			{tagColumns, "US", []uint16{1}},
			{tagStudyDate, "DA", "20260101"},
			{tagStudyTime, "TM", "120000"},
			{tagModality, "CS", "CR"},
			{tagSOPClassUID, "UI", "1.2.3"},
			{tagStudyDescription, "LO", "CHEST"},
			{tagSeriesDescription, "LO", "CHEST PA"},
			{tagInstitutionName, "LO", "HOSPITAL"},
		}
	}
	directory := testFile{syntax: syntaxExplicitLittle, elements: []testElement{{tagDirectoryRecordSequence, "SQ", records}}}
	found := 0
	err := Scan(context.Background(), writeFile(t, "DICOMDIR", directory.bytes()), func(e Entry) error {
		found++
		return nil
	})
	if err != nil || found != films {
		t.Errorf("%d of %d listed films, %v", found, films, err)
	}
}
