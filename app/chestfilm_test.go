package main

import (
	"encoding/binary"
	"math"
	"os"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
	"pneumolight/testdata"
)

// chestFilm is a film of a patient who does not exist.
type chestFilm struct {
	uid, date, name, id string
	width, height, bits int
	pixels              []uint16
}

// write writes the film as a digital X-ray image that is not compressed.
func (f chestFilm) write(tb testing.TB, path string) {
	tb.Helper()
	data := make([]byte, 0, 2*len(f.pixels))
	for _, v := range f.pixels {
		data = binary.LittleEndian.AppendUint16(data, v)
	}
	const digitalXRay = "1.2.840.10008.5.1.4.1.1.1.1"
	file, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	err = dicomwrite.Write(file, dicomwrite.File{
		SOPClass: digitalXRay, SOPInstance: f.uid, Syntax: dicomwrite.ExplicitLittle, Order: binary.LittleEndian,
		Elements: []dicomio.Element{
			dicomwrite.Text(0x00080005, "CS", "ISO_IR 192"),
			dicomwrite.Text(0x00080016, "UI", digitalXRay),
			dicomwrite.Text(0x00080018, "UI", f.uid),
			dicomwrite.Text(0x00080020, "DA", f.date),
			dicomwrite.Text(0x00080060, "CS", "DX"),
			dicomwrite.Text(0x00081030, "LO", "Chest AP"),
			dicomwrite.Text(0x00100010, "PN", f.name),
			dicomwrite.Text(0x00100020, "LO", f.id),
			dicomwrite.Text(0x00100040, "CS", "M"),
			dicomwrite.Text(0x00101010, "AS", "067Y"),
			dicomwrite.Text(0x00180015, "CS", "CHEST"),
			dicomwrite.Decimal(0x00181164, 0.2, 0.2),
			dicomwrite.Text(0x00185101, "CS", "AP"),
			dicomwrite.Text(0x0020000D, "UI", f.uid+".1"),
			dicomwrite.Text(0x0020000E, "UI", f.uid+".2"),
			dicomwrite.Short(0x00280002, 1),
			dicomwrite.Text(0x00280004, "CS", "MONOCHROME2"),
			dicomwrite.Short(0x00280010, uint16(f.height)),
			dicomwrite.Short(0x00280011, uint16(f.width)),
			dicomwrite.Short(0x00280100, 16),
			dicomwrite.Short(0x00280101, uint16(f.bits)),
			dicomwrite.Short(0x00280102, uint16(f.bits-1)),
			dicomwrite.Short(0x00280103, 0),
			dicomwrite.Decimal(0x00281050, math.Exp2(float64(f.bits-1))),
			dicomwrite.Decimal(0x00281051, math.Exp2(float64(f.bits))),
			{Tag: 0x7FE00010, VR: "OW", Value: data},
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// copyChest copies the DICOM module's chest film to a path and returns its bytes.
func copyChest(tb testing.TB, path string) []byte {
	tb.Helper()
	data, err := os.ReadFile(testdata.Film(tb, testdata.Chest))
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// realChest has the pixels of the DICOM module's chest film, in which low
// values are bright, the other way round.
func realChest(tb testing.TB) chestFilm {
	tb.Helper()
	film, err := dicomio.ReadFile(tb.Context(), testdata.Film(tb, testdata.Chest))
	if err != nil {
		tb.Fatal(err)
	}
	f := chestFilm{width: film.Width, height: film.Height, bits: film.Bits, pixels: make([]uint16, len(film.Stored))}
	for k, v := range film.Stored {
		f.pixels[k] = 1<<film.Bits - 1 - v
	}
	return f
}

// clouded is the film with an opacity drawn beside the heart, on which the model
// finds a region.
func (f chestFilm) clouded() chestFilm {
	top := math.Exp2(float64(f.bits)) - 1
	pixels := make([]uint16, len(f.pixels))
	for k, v := range f.pixels {
		x, y := float64(k%f.width)/float64(f.width), float64(k/f.width)/float64(f.height)
		density := 0.7 * math.Exp(-math.Pow((x-0.7)/0.1, 2)-math.Pow((y-0.55)/0.12, 2))
		pixels[k] = uint16(float64(v) + density*(0.85*top-float64(v)))
	}
	f.pixels = pixels
	return f
}

// writeTwoFilms writes two films of one patient: the real chest film, clouded,
// and one that is made of it as if it had been taken fourteen months before:
// turned by a little, smaller and of another exposure.
func writeTwoFilms(tb testing.TB, now, before, name string) {
	tb.Helper()
	f := realChest(tb)
	f.uid, f.date, f.name, f.id = "2.25.400001", "20240302", name, "P-1067"
	f.clouded().write(tb, now)
	taken := f.pixels
	f.uid, f.date, f.pixels = "2.25.400002", "20221229", make([]uint16, len(taken))
	sin, cos := math.Sincos(0.03)
	top := math.Exp2(float64(f.bits)) - 1
	for k := range f.pixels {
		x, y := float64(k%f.width-f.width/2)*1.05, float64(k/f.width-f.height/2)*1.05
		fromX, fromY := int(cos*x-sin*y)+f.width/2+20, int(sin*x+cos*y)+f.height/2+30
		if fromX >= 0 && fromY >= 0 && fromX < f.width && fromY < f.height {
			f.pixels[k] = uint16(top * math.Pow(float64(taken[fromY*f.width+fromX])/top, 1.25))
		}
	}
	f.write(tb, before)
}
