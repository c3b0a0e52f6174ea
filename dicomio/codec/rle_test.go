package codec

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// encodeRLE writes segments of whole-byte planes, each padded to an even
// length as PS3.5 G.3.1 wants, with literal and replicated runs by turns.
func encodeRLE(planes ...[]byte) []byte {
	out := make([]byte, 64)
	binary.LittleEndian.PutUint32(out, uint32(len(planes)))
	for i, plane := range planes {
		binary.LittleEndian.PutUint32(out[4+4*i:], uint32(len(out)))
		for len(plane) > 0 {
			run := 1
			for run < len(plane) && run < 128 && plane[run] == plane[0] {
				run++
			}
			if run > 1 {
				out = append(out, byte(257-run), plane[0])
				plane = plane[run:]
				continue
			}
			n := 1
			for n < len(plane) && n < 128 && (n+1 == len(plane) || plane[n] != plane[n+1]) {
				n++
			}
			out = append(out, byte(n-1))
			out = append(out, plane[:n]...)
			out = append(out, 128) // no operation: to be skipped
			plane = plane[n:]
		}
		if len(out)%2 != 0 {
			out = append(out, 0)
		}
	}
	return out
}

func rleParams(p Params) Params {
	p.TransferSyntax = "1.2.840.10008.1.2.5"
	return p
}

func TestRLE(t *testing.T) {
	high := slices.Concat([]byte{1, 2, 3}, make([]byte, 300), []byte{9, 9, 7})
	low := slices.Concat(make([]byte, 200), []byte{1, 2, 3, 4, 5}, slices.Repeat([]byte{0xff}, 101))
	p := rleParams(grey(2, 153, 16, 16, 15))
	img, err := Decode(context.Background(), p, encodeRLE(high, low))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range img.Samples {
		if want := uint16(high[i])<<8 | uint16(low[i]); v != want {
			t.Fatalf("sample %d is %#x, want %#x", i, v, want)
		}
	}

	// The segment order of colour: all bytes of one sample, then the next.
	p = rleParams(grey(1, 2, 16, 12, 11))
	p.SamplesPerPixel, p.Photometric, p.PlanarConfiguration = 3, "RGB", 1
	img, err = Decode(context.Background(), p, encodeRLE(
		[]byte{0xf1, 2}, []byte{3, 4}, []byte{5, 6}, []byte{7, 8}, []byte{9, 10}, []byte{11, 12}))
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint16{0x103, 0x507, 0x90b, 0x204, 0x608, 0xa0c}; !slices.Equal(img.Samples, want) {
		t.Errorf("samples %#x, want %#x", img.Samples, want)
	}
}

func TestRLEDamaged(t *testing.T) {
	p := rleParams(grey(2, 4, 8, 8, 7))
	plane := []byte{1, 2, 3, 4, 4, 4, 4, 8}
	whole := encodeRLE(plane)

	img, err := Decode(context.Background(), p, whole[:64+4])
	if !errors.Is(err, ErrTruncated) || !slices.Equal(img.Samples, []uint16{1, 2, 3, 0, 0, 0, 0, 0}) {
		t.Errorf("cut in the first run: %v, %v", img.Samples, err)
	}
	if _, err := Decode(context.Background(), p, whole[:20]); !errors.Is(err, ErrCorrupt) {
		t.Errorf("cut in the segment table: %v", err)
	}
	if _, err := Decode(context.Background(), p, encodeRLE(plane, plane)); !errors.Is(err, ErrSizeMismatch) {
		t.Errorf("a segment too many: %v", err)
	}
	outside := slices.Clone(whole)
	binary.LittleEndian.PutUint32(outside[4:], 1<<31)
	if _, err := Decode(context.Background(), p, outside); !errors.Is(err, ErrCorrupt) {
		t.Errorf("segment outside the frame: %v", err)
	}
}
