package codec

import (
	"context"
	"strings"
	"testing"
)

// fuzzDecode gives a decoder anything as a frame. The header follows what the
// frame says of itself, where that is small enough, so that more than the
// comparison of sizes is tried.
func fuzzDecode(f *testing.F, syntax string, seeds func(stream) bool, shape func(*Params, []byte)) {
	for _, s := range streams {
		if seeds(s) {
			p := s.params()
			flags := byte(0)
			if p.Signed {
				flags = 1
			}
			f.Add(readStream(f, s.name), byte(p.BitsStored), byte(p.HighBit), flags)
		}
	}
	f.Fuzz(func(t *testing.T, frame []byte, stored, high, flags byte) {
		p := Params{
			TransferSyntax: syntax, Rows: streamHeight, Columns: streamWidth, SamplesPerPixel: 1,
			BitsAllocated: 16, BitsStored: int(stored), HighBit: int(high), Signed: flags&1 != 0, Photometric: "MONOCHROME2",
		}
		if p.BitsStored < 1 || p.BitsStored > 16 {
			p.BitsStored = 16
		}
		if p.HighBit < p.BitsStored-1 || p.HighBit > 15 {
			p.HighBit = p.BitsStored - 1
		}
		shape(&p, frame)
		if p.samples() > 1<<18 {
			return
		}
		img, err := Decode(context.Background(), p, frame)
		checkDecoded(t, p, img, err)
	})
}

func named(parts ...string) func(stream) bool {
	return func(s stream) bool {
		for _, part := range parts {
			if strings.HasPrefix(s.name, part) {
				return true
			}
		}
		return false
	}
}

func jpegShape(p *Params, frame []byte) {
	r := &jpegReader{data: frame}
	if f, err := r.findFrame(); err == nil {
		p.Rows, p.Columns, p.SamplesPerPixel = f.height, f.width, len(f.components)
	}
}

func FuzzJPEG8(f *testing.F) {
	for _, name := range []string{"dct8", "dct8progressive", "dct8ybr422"} {
		f.Add(readStream(f, name), byte(8), byte(7), byte(0))
	}
	fuzzDecode(f, "1.2.840.10008.1.2.4.50", named("dct8"), jpegShape)
}

func FuzzJPEG12(f *testing.F) {
	fuzzDecode(f, "1.2.840.10008.1.2.4.51", named("dct12"), jpegShape)
}

func FuzzJPEGLossless(f *testing.F) {
	e := losslessEncoder{width: 9, height: 7, components: 3, precision: 12, predictor: 5, restartRows: 2}
	f.Add(e.encode(e.picture()), byte(12), byte(11), byte(0))
	fuzzDecode(f, "1.2.840.10008.1.2.4.57", named("lossless"), jpegShape)
}

func FuzzJPEGLS(f *testing.F) {
	fuzzDecode(f, "1.2.840.10008.1.2.4.80", named("jpegls"), jpegShape)
}

func j2kShape(p *Params, frame []byte) {
	r := &j2kReader{data: frame}
	if h, err := r.header(); err == nil && h.width <= 0xffff && h.height <= 0xffff {
		p.Rows, p.Columns, p.SamplesPerPixel = int(h.height), int(h.width), h.components
	}
}

func FuzzJPEG2000(f *testing.F) {
	// High-throughput code blocks must not reach OpenJPEG, which aborts on
	// some.
	for _, name := range []string{"htj2k8", "htj2k12", "htj2k16", "htj2k12irreversible"} {
		f.Add(readStream(f, name), byte(12), byte(11), byte(0))
	}
	fuzzDecode(f, "1.2.840.10008.1.2.4.90", named("j2k"), j2kShape)
}

func FuzzRLE(f *testing.F) {
	f.Add(encodeRLE([]byte{1, 2, 3, 4}, []byte{5, 5, 5, 5}), byte(12), byte(11), byte(0))
	fuzzDecode(f, "1.2.840.10008.1.2.5", named("rle16"), func(*Params, []byte) {})
}

func FuzzNative(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, byte(16), byte(12), byte(11), byte(0), uint16(0))
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, byte(8), byte(8), byte(7), byte(6), uint16(1))
	f.Add([]byte{1, 2, 3}, byte(1), byte(1), byte(0), byte(1), uint16(3))
	f.Fuzz(func(t *testing.T, data []byte, allocated, stored, high, flags byte, frame uint16) {
		p := grey(2, 4, int(allocated), int(stored), int(high))
		if flags&1 != 0 {
			p.TransferSyntax, p.Words = bigEndian, true
		}
		if flags&2 != 0 {
			p.SamplesPerPixel, p.Photometric, p.PlanarConfiguration = 3, "RGB", int(flags>>3)&1
		}
		if flags&4 != 0 {
			p.Photometric = "YBR_FULL_422"
		}
		img, err := NativeFrame(p, data, int(frame))
		checkDecoded(t, p, img, err)
	})
}
