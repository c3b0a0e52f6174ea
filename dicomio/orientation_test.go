package dicomio

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// turnedJPEG is a JPEG file of 48×32 pixels whose Exif segment says how it
// lies, with a corner of its own in each grey.
func turnedJPEG(t testing.TB, o uint16, order binary.AppendByteOrder, colour bool) []byte {
	t.Helper()
	corners := [2][2]uint8{{40, 90}, {150, 220}}
	rect := image.Rect(0, 0, 48, 32)
	grey, rgba := image.NewGray(rect), image.NewRGBA(rect)
	for y := range 32 {
		for x := range 48 {
			v := corners[y/16][x/24]
			grey.SetGray(x, y, color.Gray{Y: v})
			rgba.SetRGBA(x, y, color.RGBA{R: v, B: 255 - v, A: 255})
		}
	}
	var coded bytes.Buffer
	var picture image.Image = grey
	if colour {
		picture = rgba
	}
	if err := jpeg.Encode(&coded, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		exif = append(exif, "II*\x00"...)
	} else {
		exif = append(exif, "MM\x00*"...)
	}
	exif = order.AppendUint32(exif, 8)
	exif = order.AppendUint16(exif, 2)
	for _, entry := range [][3]uint16{{0x0100, 3, 48}, {0x0112, 3, o}} {
		exif = order.AppendUint16(exif, entry[0])
		exif = order.AppendUint16(exif, entry[1])
		exif = order.AppendUint32(exif, 1)
		exif = order.AppendUint16(exif, entry[2])
		exif = append(exif, 0, 0)
	}
	exif = order.AppendUint32(exif, 0)
	file := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	file = append(file, exif...)
	return append(file, coded.Bytes()[2:]...)
}

func TestATurnedJPEGIsShownUpright(t *testing.T) {
	// The corners from the top left, by rows: as Exif 2.32 draws them.
	upright := [][4]int{
		1: {40, 90, 150, 220},
		2: {90, 40, 220, 150},
		3: {220, 150, 90, 40},
		4: {150, 220, 40, 90},
		5: {40, 150, 90, 220},
		6: {150, 40, 220, 90},
		7: {220, 90, 150, 40},
		8: {90, 220, 40, 150},
		9: {40, 90, 150, 220}, // none that Exif knows
	}
	for o := uint16(1); o < uint16(len(upright)); o++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, colour := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d %s colour %v", o, order, colour), func(t *testing.T) {
					path := writeFile(t, "turned.jpg", turnedJPEG(t, o, order, colour))
					film, err := ReadFile(context.Background(), path)
					if err != nil {
						t.Fatal(err)
					}
					info, err := ReadHeader(context.Background(), path)
					if err != nil {
						t.Fatal(err)
					}
					if info.Width != film.Width || info.Height != film.Height {
						t.Errorf("the header says %d×%d, the film %d×%d", info.Width, info.Height, film.Width, film.Height)
					}
					if wide := film.Width == 48 && film.Height == 32; wide != (o < 5 || o > 8) {
						t.Errorf("%d×%d", film.Width, film.Height)
					}
					for k, want := range upright[o] {
						at := (film.Height/4+k/2*film.Height/2)*film.Width + film.Width/4 + k%2*film.Width/2
						if colour {
							red, blue := int(film.Colour[4*at]), int(film.Colour[4*at+2])
							if max(red-want, want-red, blue-255+want, 255-want-blue) > 4 {
								t.Errorf("corner %d: red %d, blue %d, want red %d", k, red, blue, want)
							}
						} else if got := int(film.Stored[at]); max(got-want, want-got) > 2 {
							t.Errorf("corner %d: grey %d, want %d", k, got, want)
						}
					}
				})
			}
		}
	}
}

func TestADamagedExifSegmentLeavesTheFilmAsItIs(t *testing.T) {
	whole := turnedJPEG(t, 6, binary.LittleEndian, false)
	for offset := 12; offset < 50; offset++ {
		damaged := bytes.Clone(whole)
		damaged[offset] ^= 0xFF
		film, err := ReadFile(context.Background(), writeFile(t, "damaged.jpg", damaged))
		if err != nil || film.Width+film.Height != 80 {
			t.Fatalf("byte %d: %v", offset, err)
		}
	}
}
