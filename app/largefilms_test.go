package main

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// The films of the window's figures: a real chest film enlarged to 3000×3000
// with a detector's noise, in all of 16 bits.
const (
	largeSide  = 3000
	largeFilms = 10
)

// badge is where each large film has a grey of its own, in stored pixels, by
// which it is known on the screen.
var badge = image.Rect(60, 1350, 360, 1650)

// badgeGrey is the screen's grey of a film's badge through its own window.
func badgeGrey(k int) uint8 { return uint8(20 + 22*k) }

// coding is how a large film's pixels are stored.
type coding struct {
	name string
	// tool makes the file from one that is not compressed; nil leaves it.
	tool []string
}

// codings take turns among the large films, in the order of the names.
var codings = []coding{
	{name: "uncompressed"},
	{name: "JPEG lossless", tool: []string{"dcmcjpeg", "+e1"}},
	{name: "JPEG 2000", tool: []string{"gdcmconv", "--j2k"}},
}

// makeLargeFilms fills a folder with the large films.
func makeLargeFilms(b *testing.B) string {
	b.Helper()
	folder := b.TempDir()
	pixels := enlarged(realChest(b))
	for k := range largeFilms {
		path := filepath.Join(folder, fmt.Sprintf("film%d.dcm", k))
		writeLargeFilm(b, path, k, pixels)
		if tool := codings[k%len(codings)].tool; tool != nil {
			compress(b, path, tool)
		}
	}
	return folder
}

func compress(b *testing.B, path string, tool []string) {
	b.Helper()
	if _, err := exec.LookPath(tool[0]); err != nil {
		b.Skipf("%s is not installed: there are no compressed films", tool[0])
	}
	plain := path + ".plain"
	if err := os.Rename(path, plain); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command(tool[0], append(tool[1:], plain, path)...).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	if err := os.Remove(plain); err != nil {
		b.Fatal(err)
	}
}

// enlarged is a film's square of 3000×3000, interpolated and stretched to 16
// bits, with noise in the lowest of them.
func enlarged(film chestFilm) []uint16 {
	pixels := make([]uint16, largeSide*largeSide)
	top := float64(uint32(1)<<film.bits - 1)
	scale := float64(min(film.width, film.height)-1) / largeSide
	noise := uint32(1)
	for y := range largeSide {
		v := float64(y) * scale
		row, down := int(v), v-float64(int(v))
		for x := range largeSide {
			u := float64(x) * scale
			column, right := int(u), u-float64(int(u))
			at := film.pixels[row*film.width+column:]
			below := film.pixels[(row+1)*film.width+column:]
			value := (float64(at[0])*(1-right)+float64(at[1])*right)*(1-down) +
				(float64(below[0])*(1-right)+float64(below[1])*right)*down
			noise = noise*1664525 + 1013904223
			pixels[y*largeSide+x] = uint16(min(value/top*65000+float64(noise>>25), 65535))
		}
	}
	return pixels
}

func writeLargeFilm(b *testing.B, path string, k int, pixels []uint16) {
	b.Helper()
	marked := slices.Clone(pixels)
	for y := badge.Min.Y; y < badge.Max.Y; y++ {
		for x := badge.Min.X; x < badge.Max.X; x++ {
			marked[y*largeSide+x] = uint16(badgeGrey(k)) * 257
		}
	}
	chestFilm{
		uid: fmt.Sprintf("2.25.30000%d", k), date: "20240302", name: fmt.Sprintf("Film^%d", k), id: fmt.Sprintf("L%d", k),
		width: largeSide, height: largeSide, bits: 16, pixels: marked,
	}.write(b, path)
}
