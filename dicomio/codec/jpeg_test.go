package codec

import (
	"bytes"
	"context"
	"errors"
	"image/color"
	"image/jpeg"
	"math"
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
		for _, odd := range []struct {
			name string
			data []byte
		}{
			{"as written", data},
			{"without EOI", data[:len(data)-2]},
			{"with bytes behind", slices.Concat(data, []byte{0, 1, 2, 0xff, 0xd8, 0})},
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
