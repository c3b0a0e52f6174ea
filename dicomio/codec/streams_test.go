package codec

import (
	"context"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
)

// The streams under testdata hold the picture below, encoded by others:
// JPEG-LS by CharLS (pyjpegls), JPEG 2000 by opj_compress, HTJ2K
// (which is refused) by ojph_compress, 12-bit DCT, RLE and lossless JPEG by dcmcjpeg and dcmcrle,
// 8-bit DCT by cjpeg.
const streamWidth, streamHeight = 19, 13

// stream says what one of them must decode to.
type stream struct {
	name       string
	syntax     string // last components of the UID
	bits       int
	components int
	signed     bool
	near       int    // greatest error against the picture
	crc        uint32 // of the samples that DCMTK decodes; 0 for none
	lossy      bool
	header     string // photometric interpretation, where not the usual
	decoded    string // what it becomes, where it does
}

var streams = []stream{
	{name: "jpegls8", syntax: "4.80", bits: 8, components: 1},
	{name: "jpegls12", syntax: "4.80", bits: 12, components: 1},
	{name: "jpegls16", syntax: "4.80", bits: 16, components: 1},
	{name: "jpegls12restart", syntax: "4.80", bits: 12, components: 1}, // three of CharLS, joined
	{name: "jpegls12near3", syntax: "4.81", bits: 12, components: 1, near: 3, lossy: true},
	{name: "jpegls8rgb0", syntax: "4.80", bits: 8, components: 3},
	{name: "jpegls8rgb1", syntax: "4.80", bits: 8, components: 3},
	{name: "jpegls8rgb2", syntax: "4.80", bits: 8, components: 3},
	{name: "j2k8", syntax: "4.90", bits: 8, components: 1},
	{name: "j2k12", syntax: "4.90", bits: 12, components: 1},
	{name: "j2k16", syntax: "4.90", bits: 16, components: 1},
	{name: "j2k12signed", syntax: "4.90", bits: 12, components: 1, signed: true},
	{name: "j2k12tiles", syntax: "4.90", bits: 12, components: 1},
	{name: "j2k12jp2", syntax: "4.90", bits: 12, components: 1},
	{name: "j2k8rgb", syntax: "4.90", bits: 8, components: 3, header: "YBR_RCT", decoded: "RGB"},
	{name: "j2k12irreversible", syntax: "4.91", bits: 12, components: 1, near: 4, lossy: true},
	{name: "dct12", syntax: "4.51", bits: 12, components: 1, near: 15, crc: 897203142, lossy: true},
	{name: "dct12spectral", syntax: "4.53", bits: 12, components: 1, near: 15, crc: 897203142, lossy: true},
	{name: "dct12progressive", syntax: "4.55", bits: 12, components: 1, near: 15, crc: 897203142, lossy: true},
	{name: "dct12rgb", syntax: "4.51", bits: 12, components: 3, near: 8, crc: 1996309959, lossy: true},
	{name: "lossless16sv1pt0", syntax: "4.70", bits: 16, components: 1},
	{name: "lossless16sv4pt0", syntax: "4.57", bits: 16, components: 1},
	{name: "lossless16sv6pt0", syntax: "4.57", bits: 16, components: 1},
	{name: "lossless16sv7pt1", syntax: "4.57", bits: 16, components: 1, near: 1},
	{name: "dct8rgb", syntax: "4.50", bits: 8, components: 3, near: 7, lossy: true},
	{name: "rle16", syntax: "5", bits: 16, components: 1},
	{name: "rle8rgb", syntax: "5", bits: 8, components: 3},
}

// streamPicture is the picture in the streams: a ramp with noise that wraps
// around.
func streamPicture(bits, components int) []uint16 {
	var samples []uint16
	for y := range uint32(streamHeight) {
		for x := range uint32(streamWidth) {
			for c := range uint32(components) {
				noise := x*0x9e3779b1 ^ (y+1)*0x85ebca77 ^ c*0xc2b2ae3d
				v := x<<(bits-5) + y<<(bits-6) + c<<(bits-3) + noise>>28
				samples = append(samples, uint16(v&(1<<bits-1)))
			}
		}
	}
	return samples
}

func (s stream) params() Params {
	p := Params{
		TransferSyntax: "1.2.840.10008.1.2." + s.syntax, Rows: streamHeight, Columns: streamWidth,
		SamplesPerPixel: s.components, BitsAllocated: (s.bits + 7) / 8 * 8, BitsStored: s.bits, HighBit: s.bits - 1,
		Signed: s.signed, Photometric: s.header,
	}
	if p.Photometric == "" {
		p.Photometric = "MONOCHROME2"
		if s.components == 3 {
			p.Photometric = "RGB"
		}
	}
	return p
}

func readStream(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "streams", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestStreams(t *testing.T) {
	for _, s := range streams {
		t.Run(s.name, func(t *testing.T) {
			p := s.params()
			img, err := Decode(context.Background(), p, readStream(t, s.name))
			if err != nil {
				t.Fatal(err)
			}
			want := s.decoded
			if want == "" {
				want = p.Photometric
			}
			if img.Width != p.Columns || img.Height != p.Rows || img.Components != s.components || img.Bits != s.bits ||
				img.Signed != s.signed || img.Lossy != s.lossy || img.Photometric != want {
				img.Samples = nil
				t.Fatalf("decoded to %+v", img)
			}
			if s.crc != 0 && checksum(img.Samples) != s.crc {
				t.Errorf("samples are not those that DCMTK decodes")
			}
			picture := streamPicture(s.bits, s.components)
			worst := 0
			for i, v := range img.Samples {
				d := int(v) - int(picture[i])
				worst = max(worst, d, -d)
			}
			if worst > s.near {
				t.Errorf("samples are up to %d off the picture, want %d at most", worst, s.near)
			}
		})
	}
}

// checksum is that of the samples as little-endian words.
func checksum(samples []uint16) uint32 {
	data := make([]byte, 0, 2*len(samples))
	for _, v := range samples {
		data = append(data, byte(v), byte(v>>8))
	}
	return crc32.ChecksumIEEE(data)
}

// High-throughput code blocks are refused under any transfer syntax: the
// library aborts the program on damaged ones.
func TestHighThroughputIsRefused(t *testing.T) {
	for _, syntax := range []string{"4.90", "4.91", "4.201"} {
		for name, bits := range map[string]int{"htj2k8": 8, "htj2k12": 12, "htj2k16": 16, "htj2k12irreversible": 12} {
			p := stream{syntax: syntax, bits: bits, components: 1}.params()
			if _, err := Decode(context.Background(), p, readStream(t, name)); !errors.Is(err, ErrUnsupported) {
				t.Errorf("%s under %s: %v", name, syntax, err)
			}
		}
	}
}
