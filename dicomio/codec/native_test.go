package codec

import (
	"errors"
	"slices"
	"testing"
)

const (
	implicitLittle = "1.2.840.10008.1.2"
	explicitLittle = "1.2.840.10008.1.2.1"
)

func grey(rows, columns, allocated, stored, high int) Params {
	return Params{
		TransferSyntax: explicitLittle, Rows: rows, Columns: columns, SamplesPerPixel: 1,
		BitsAllocated: allocated, BitsStored: stored, HighBit: high, Photometric: "MONOCHROME2",
	}
}

// used is memory that another film was decoded into.
func used() []uint16 { return slices.Repeat([]uint16{0xabcd}, 64) }

func TestNative(t *testing.T) {
	colour := func(p Params, photometric string, planar int) Params {
		p.SamplesPerPixel, p.Photometric, p.PlanarConfiguration = 3, photometric, planar
		return p
	}
	big := func(p Params, words bool) Params {
		p.TransferSyntax, p.Words = bigEndian, words
		return p
	}
	for _, c := range []struct {
		name  string
		p     Params
		frame int
		data  []byte
		want  []uint16
	}{
		{"8 bits", grey(1, 3, 8, 8, 7), 0, []byte{1, 2, 255, 0}, []uint16{1, 2, 255}},
		{"8 bits, second frame", grey(1, 3, 8, 8, 7), 1, []byte{1, 2, 3, 4, 5, 6}, []uint16{4, 5, 6}},
		{"8 bits, big endian words", big(grey(1, 3, 8, 8, 7), true), 0, []byte{2, 1, 0, 3}, []uint16{1, 2, 3}},
		{"8 bits, big endian bytes", big(grey(1, 3, 8, 8, 7), false), 0, []byte{1, 2, 3, 0}, []uint16{1, 2, 3}},
		{"16 bits", grey(1, 2, 16, 16, 15), 0, []byte{1, 2, 0xff, 0x80}, []uint16{0x201, 0x80ff}},
		{"8 bits, a big endian word cut in two", big(grey(1, 3, 8, 8, 7), true), 0, []byte{2, 1, 3}, []uint16{1, 2, 0}},
		{"16 bits, big endian", big(grey(1, 2, 16, 16, 15), true), 0, []byte{1, 2, 0x80, 0xff}, []uint16{0x102, 0x80ff}},
		{"overlay above", grey(1, 2, 16, 12, 11), 0, []byte{0x34, 0xf2, 0xff, 0x1f}, []uint16{0x234, 0xfff}},
		{"overlay below", grey(1, 2, 16, 12, 15), 0, []byte{0x34, 0xf2, 0x0f, 0x10}, []uint16{0xf23, 0x100}},
		{"overlay on both sides", grey(1, 1, 16, 12, 13), 0, []byte{0x03, 0xc0}, []uint16{0}},
		{"five samples between overlays", grey(1, 5, 16, 12, 13), 0, []byte{0x07, 0xc0, 0x0b, 0xff, 0xff, 0x3f, 0x00, 0x80, 0x04, 0x40}, []uint16{0x001, 0xfc2, 0xfff, 0x000, 0x001}},
		{"high bit outside the cell", grey(1, 1, 16, 12, 16), 0, []byte{0x34, 0xf2}, []uint16{0x234}},
		{"high bit too low", grey(1, 1, 16, 12, 10), 0, []byte{0x34, 0xf2}, []uint16{0x234}},
		{"1 bit", grey(1, 10, 1, 1, 0), 0, []byte{0b00000101, 0b10}, []uint16{1, 0, 1, 0, 0, 0, 0, 0, 0, 1}},
		{"1 bit, a frame within a byte", grey(1, 3, 1, 1, 0), 1, []byte{0b00110000}, []uint16{0, 1, 1}},
		{"1 bit, big endian words", big(grey(1, 16, 1, 1, 0), true), 0, []byte{0x80, 0x01}, []uint16{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
		{"12 bits packed", grey(1, 2, 12, 12, 11), 0, []byte{0x23, 0x61, 0x45}, []uint16{0x123, 0x456}},
		{"colour by pixel", colour(grey(1, 2, 8, 8, 7), "RGB", 0), 0, []byte{1, 2, 3, 4, 5, 6}, []uint16{1, 2, 3, 4, 5, 6}},
		{"colour by plane", colour(grey(1, 2, 8, 8, 7), "RGB", 1), 0, []byte{1, 2, 3, 4, 5, 6}, []uint16{1, 3, 5, 2, 4, 6}},
		{"halved chroma", colour(grey(1, 4, 8, 8, 7), "YBR_FULL_422", 0), 0, []byte{1, 2, 3, 4, 5, 6, 7, 8}, []uint16{1, 3, 4, 2, 3, 4, 5, 7, 8, 6, 7, 8}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.p.Memory = used()
			img, err := NativeFrame(c.p, c.data, c.frame)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(img.Samples, c.want) {
				t.Errorf("samples %x, want %x", img.Samples, c.want)
			}
			if c.p.Photometric == "YBR_FULL_422" && img.Photometric != "YBR_FULL" {
				t.Errorf("photometric interpretation %s of full chroma", img.Photometric)
			}
		})
	}
}

func TestNativeShort(t *testing.T) {
	short := grey(2, 2, 16, 16, 15)
	short.Memory = used()
	img, err := Native(short, []byte{1, 0, 2, 0, 3})
	if !errors.Is(err, ErrTruncated) {
		t.Fatalf("five bytes of eight: %v", err)
	}
	if want := []uint16{1, 2, 0, 0}; !slices.Equal(img.Samples, want) {
		t.Errorf("samples %v, want %v", img.Samples, want)
	}
	if img, err = NativeFrame(grey(2, 2, 8, 8, 7), []byte{1, 2, 3, 4}, 2); !errors.Is(err, ErrTruncated) || img.Samples != nil {
		t.Errorf("third frame of one: %d samples, %v", len(img.Samples), err)
	}
	if _, err = NativeFrame(grey(0xffff, 4096, 16, 16, 15), nil, 1<<62); !errors.Is(err, ErrTruncated) {
		t.Errorf("frame 2⁶²: %v", err)
	}
}

func TestNativeRefuses(t *testing.T) {
	halved := grey(1, 3, 8, 8, 7)
	halved.SamplesPerPixel, halved.Photometric = 3, "YBR_FULL_422"
	for _, c := range []struct {
		name string
		p    Params
		kind error
	}{
		{"32 bits", grey(1, 1, 32, 32, 31), ErrUnsupported},
		{"no rows", grey(0, 1, 8, 8, 7), ErrSizeMismatch},
		{"more bits stored than allocated", grey(1, 1, 8, 12, 11), ErrUnsupported},
		{"odd columns with halved chroma", halved, ErrUnsupported},
		{"4 gigapixels", grey(0xffff, 0xffff, 8, 8, 7), ErrTooLarge},
	} {
		if _, err := Native(c.p, make([]byte, 64)); !errors.Is(err, c.kind) {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
		}
	}
}
