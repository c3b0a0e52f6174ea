package codec

import (
	"bytes"
	"context"
	"errors"
	"image/color"
	"image/jpeg"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

func jpegParams(components int, photometric string) Params {
	p := stream{syntax: "4.50", bits: 8, components: components}.params()
	p.Photometric = photometric
	return p
}

// Grey baseline and progressive streams are what Go's own decoder makes of
// them, but for rounding.
func TestJPEG8Grey(t *testing.T) {
	for _, name := range []string{"dct8", "dct8progressive"} {
		data := readStream(t, name)
		want, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		oddScan := slices.Clone(data)
		if sos := bytes.Index(data, []byte{0xff, markerSOS}); name == "dct8" {
			oddScan[sos+8] = 0 // Se, which sequential scans do not use
		}
		for _, odd := range []struct {
			name string
			data []byte
		}{
			{"as written", data},
			{"without EOI", data[:len(data)-2]},
			{"with bytes behind", slices.Concat(data, []byte{0, 1, 2, 0xff, 0xd8, 0})},
			{"with odd scan parameters", oddScan},
			{"with bytes before", slices.Concat([]byte{0, 0}, data)},
		} {
			img, err := Decode(context.Background(), jpegParams(1, "MONOCHROME2"), odd.data)
			if err != nil {
				t.Errorf("%s %s: %v", name, odd.name, err)
				continue
			}
			if !img.Lossy {
				t.Errorf("%s %s: not marked as lossy", name, odd.name)
			}
			for i, v := range img.Samples {
				g := color.GrayModel.Convert(want.At(i%img.Width, i/img.Width)).(color.Gray).Y
				if d := int(v) - int(g); d < -2 || d > 2 {
					t.Fatalf("%s %s: sample %d is %d, want %d", name, odd.name, i, v, g)
				}
			}
		}
	}
}

// The colour model is the header's, unless the code stream knows better.
func TestJPEG8Colour(t *testing.T) {
	subsampled, rgb := readStream(t, "dct8ybr422"), readStream(t, "dct8rgb")
	adobe := bytes.Index(rgb, []byte("Adobe"))
	marked := slices.Clone(rgb)
	marked[adobe+11] = 1
	unmarked := slices.Concat(rgb[:adobe-4], rgb[adobe+12:])
	for _, c := range []struct {
		name           string
		data           []byte
		header, result string
	}{
		{"YBR_FULL_422, halved chroma", subsampled, "YBR_FULL_422", "YBR_FULL"},
		{"RGB, halved chroma", subsampled, "RGB", "YBR_FULL"},
		{"RGB", rgb, "RGB", "RGB"},
		{"RGB without Adobe marker", unmarked, "RGB", "RGB"},
		{"RGB, Adobe marker of YCbCr", marked, "RGB", "YBR_FULL"},
		{"YBR_FULL", unmarked, "YBR_FULL", "YBR_FULL"},
	} {
		img, err := Decode(context.Background(), jpegParams(3, c.header), c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if img.Photometric != c.result {
			t.Errorf("%s became %s, want %s", c.name, img.Photometric, c.result)
		}
		if &c.data[0] == &subsampled[0] {
			continue
		}
		for i, want := range streamPicture(8, 3) {
			if d := int(img.Samples[i]) - int(want); d < -7 || d > 7 {
				t.Fatalf("%s: sample %d is %d, want %d: it was converted", c.name, i, img.Samples[i], want)
			}
		}
	}
}

func TestJPEG8Damaged(t *testing.T) {
	data := readStream(t, "dct8")
	img, err := Decode(context.Background(), jpegParams(1, "MONOCHROME2"), data[:len(data)-60])
	if !errors.Is(err, ErrTruncated) {
		t.Fatalf("without its last 60 bytes: %v", err)
	}
	whole, err := Decode(context.Background(), jpegParams(1, "MONOCHROME2"), data)
	if err != nil {
		t.Fatal(err)
	}
	if n := 8 * streamWidth; !slices.Equal(img.Samples[:n], whole.Samples[:n]) {
		t.Errorf("the first row of blocks differs")
	}
}

// A lossy film that rings above its stored bits keeps its values, and says
// how many bits they take.
func TestJPEG12Overshoot(t *testing.T) {
	s := stream{syntax: "4.51", bits: 12, components: 1}
	data := readStream(t, "dct12")
	want, err := Decode(context.Background(), s.params(), data)
	if err != nil {
		t.Fatal(err)
	}
	p := s.params()
	p.BitsStored, p.HighBit = 10, 9
	img, err := Decode(context.Background(), p, data)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(img.Samples, want.Samples) || img.Bits != 12 {
		t.Errorf("%d bits; samples kept: %v", img.Bits, slices.Equal(img.Samples, want.Samples))
	}
}

func TestInverseDCT12(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var block [64]int32
		block[0] = rnd.Int32N(16000) - 8000
		for range rnd.IntN(20) {
			block[rnd.IntN(64)] = rnd.Int32N(1000) - 500
		}
		want := inverseDCT(block)
		inverseDCT12(&block)
		for i, v := range block {
			if d := math.Abs(float64(v) - want[i]); d > 1 {
				t.Fatalf("sample %d is %d, want %.2f", i, v, want[i])
			}
		}
	}
}

// inverseDCT is T.81 A.3.3, word for word.
func inverseDCT(block [64]int32) (out [64]float64) {
	c := func(i int) float64 {
		if i == 0 {
			return math.Sqrt2 / 2
		}
		return 1
	}
	for y := range 8 {
		for x := range 8 {
			for v := range 8 {
				for u := range 8 {
					out[8*y+x] += c(u) * c(v) / 4 * float64(block[8*v+u]) *
						math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) *
						math.Cos(float64(2*y+1)*float64(v)*math.Pi/16)
				}
			}
		}
	}
	return out
}

// flatEncoder writes 12-bit sequential JPEG of blocks of one value each: all
// that is needed to try the order of blocks and the restarts.
type flatEncoder struct {
	columns, rows int // in MCUs
	components    int
	sampling      int // horizontal and vertical sampling factor of all
	interval      int // in MCUs
}

// value is that of a component's block.
func (e flatEncoder) value(c, x, y int) uint16 { return uint16((c*1000 + x*77 + y*311 + 5) % 4096) }

func (e flatEncoder) encode() []byte {
	width, height := 8*e.columns*e.sampling, 8*e.rows*e.sampling
	out := []byte{0xff, markerSOI, 0xff, markerDQT, 0, 67, 0}
	out = append(out, bytes.Repeat([]byte{1}, 64)...)
	// DC: sixteen categories of five bits; AC: the end of a block, one bit.
	out = append(out, 0xff, markerDHT, 0, 3+16+16, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	out = append(out, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
	out = append(out, 0xff, markerDHT, 0, 3+16+1, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	if e.interval > 0 {
		out = append(out, 0xff, markerDRI, 0, 4, 0, byte(e.interval))
	}
	out = append(out, 0xff, markerSOF1, 0, byte(8+3*e.components), 12, byte(height>>8), byte(height), byte(width>>8), byte(width), byte(e.components))
	for c := range e.components {
		out = append(out, byte(c+1), byte(e.sampling<<4|e.sampling), 0)
	}
	out = append(out, 0xff, markerSOS, 0, byte(6+2*e.components), byte(e.components))
	for c := range e.components {
		out = append(out, byte(c+1), 0)
	}
	out = append(out, 0, 63, 0)

	w := &bitWriter{data: out}
	last := make([]int, e.components)
	block := func(c, x, y int) {
		dc := (int(e.value(c, x, y)) - 2048) * 8
		diff := dc - last[c]
		last[c] = dc
		category := bits.Len(uint(max(diff, -diff)))
		w.put(uint32(category), 5)
		if diff < 0 {
			diff--
		}
		w.put(uint32(diff)&(1<<category-1), category)
		w.put(0, 1)
	}
	mcus := 0
	restart := func() {
		if e.interval > 0 && mcus > 0 && mcus%e.interval == 0 {
			w.flush()
			w.data = append(w.data, 0xff, byte(markerRST0+(mcus/e.interval-1)%8))
			clear(last)
		}
		mcus++
	}
	if e.components == 1 {
		// A component alone comes block by block, whatever its factors.
		for y := range e.rows * e.sampling {
			for x := range e.columns * e.sampling {
				restart()
				block(0, x, y)
			}
		}
	} else {
		for y := range e.rows {
			for x := range e.columns {
				restart()
				for c := range e.components {
					for v := range e.sampling {
						for h := range e.sampling {
							block(c, x*e.sampling+h, y*e.sampling+v)
						}
					}
				}
			}
		}
	}
	w.flush()
	return append(w.data, 0xff, markerEOI)
}

func TestJPEG12Restarts(t *testing.T) {
	for _, e := range []flatEncoder{
		{3, 2, 1, 1, 0},
		{3, 2, 1, 1, 1},
		{3, 4, 1, 1, 5},
		{3, 2, 1, 2, 4},
		{3, 2, 3, 1, 2},
		{2, 3, 3, 2, 0},
		{2, 3, 3, 2, 3},
	} {
		p := Params{
			TransferSyntax: "1.2.840.10008.1.2.4.51", Rows: 8 * e.rows * e.sampling, Columns: 8 * e.columns * e.sampling,
			SamplesPerPixel: e.components, BitsAllocated: 16, BitsStored: 12, HighBit: 11, Photometric: "MONOCHROME2",
		}
		img, err := Decode(context.Background(), p, e.encode())
		if err != nil {
			t.Errorf("%+v: %v", e, err)
			continue
		}
		for i, v := range img.Samples {
			c, x, y := i%e.components, i/e.components%p.Columns, i/e.components/p.Columns
			if want := e.value(c, x/8, y/8); v != want {
				t.Errorf("%+v: component %d at %d, %d is %d, want %d", e, c, x, y, v, want)
				break
			}
		}
	}
}
