package dicomio

import (
	"context"
	"io"
	"os"
	"testing"
)

// largeFilm is a 9-megapixel film of 14 bits in 16.
func largeFilm() testFile {
	pixels := make([]uint16, 3000*3000)
	for i := range pixels {
		pixels[i] = uint16(i*2654435761>>13) & 0x3FFF
	}
	return filmFile("MONOCHROME1", 3000, 14, pixels,
		testElement{tagWindowCenter, "DS", "8192"}, testElement{tagWindowWidth, "DS", "16384"})
}

// BenchmarkOpenLargeFilm reads, decodes and makes the first table of a
// 9-megapixel film: all that comes before its first picture.
func BenchmarkOpenLargeFilm(b *testing.B) {
	path := largeFilm().write(b)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	for b.Loop() {
		film, err := ReadFile(context.Background(), path)
		if err != nil {
			b.Fatal(err)
		}
		if len(film.Table(film.DefaultWindow())) != 1<<14 {
			b.Fatal("no table")
		}
	}
}

// BenchmarkOpenLargeFilmWithoutVOI also needs the percentiles.
func BenchmarkOpenLargeFilmWithoutVOI(b *testing.B) {
	path := largeFilm().without(tagWindowCenter, tagWindowWidth).write(b)
	for b.Loop() {
		film, err := ReadFile(context.Background(), path)
		if err != nil {
			b.Fatal(err)
		}
		film.Table(film.DefaultWindow())
	}
}

// BenchmarkTable makes the tables of a 16-bit film, as every step of a window
// drag does.
func BenchmarkTable(b *testing.B) {
	film := &Film{Width: 256, Height: 256, Bits: 16, Stored: ramp(1 << 16)}
	lut := &LookupTable{Bits: 16, Data: ramp(1 << 16)}
	for _, w := range []Window{
		{Kind: WindowLinear, Center: 30000, Width: 20000},
		{Kind: WindowSigmoid, Center: 30000, Width: 20000},
		lutWindow(lut),
	} {
		b.Run(string(w.Kind), func(b *testing.B) {
			for b.Loop() {
				film.Table(w)
			}
		})
	}
}

// BenchmarkReadHeader reads headers alone, as for a list of a folder's films.
func BenchmarkReadHeader(b *testing.B) {
	path := largeFilm().write(b)
	for b.Loop() {
		if _, err := ReadHeader(context.Background(), path); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadBytes is what the file's bytes alone cost, to compare with.
func BenchmarkReadBytes(b *testing.B) {
	path := largeFilm().write(b)
	for b.Loop() {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, file); err != nil {
			b.Fatal(err)
		}
		file.Close()
	}
}
