package codec

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// losslessEncoder writes T.81 process 14, plainly, to hold the decoder
// against.
type losslessEncoder struct {
	width, height, components int
	precision, predictor      int
	transform                 int
	restartRows               int
	separate                  bool // a scan for each component
	noEOI                     bool
}

// The encoder's one Huffman table: a code of each length from 2 to 16, and
// two more of 3, so that short, long and very long codes are all used.
var (
	losslessCounts  = [16]byte{0, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	losslessSymbols = []byte{3, 2, 4, 1, 16, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
)

type bitWriter struct {
	data []byte
	acc  uint32
	n    int
}

func (w *bitWriter) put(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		w.acc = w.acc<<1 | v>>i&1
		if w.n++; w.n == 8 {
			w.data = append(w.data, byte(w.acc))
			if byte(w.acc) == 0xff {
				w.data = append(w.data, 0)
			}
			w.acc, w.n = 0, 0
		}
	}
}

func (w *bitWriter) flush() {
	for w.n != 0 {
		w.put(1, 1)
	}
}

func (e losslessEncoder) encode(samples []uint16) []byte {
	type code struct {
		value  uint32
		length int
	}
	codes := map[byte]code{}
	next, k := uint32(0), 0
	for length := 1; length <= 16; length++ {
		for range losslessCounts[length-1] {
			codes[losslessSymbols[k]] = code{next, length}
			next++
			k++
		}
		next <<= 1
	}
	out := []byte{0xff, markerSOI, 0xff, markerDHT, 0, byte(3 + 16 + len(losslessSymbols)), 0}
	out = append(out, losslessCounts[:]...)
	out = append(out, losslessSymbols...)
	if e.restartRows > 0 {
		interval := e.restartRows * e.width
		out = append(out, 0xff, markerDRI, 0, 4, byte(interval>>8), byte(interval))
	}
	out = append(out, 0xff, markerSOF3, 0, byte(8+3*e.components), byte(e.precision),
		byte(e.height>>8), byte(e.height), byte(e.width>>8), byte(e.width), byte(e.components))
	for c := range e.components {
		out = append(out, byte(c+1), 0x11, 0)
	}
	all := []int{0, 1, 2}
	scans := [][]int{all[:e.components]}
	if e.separate {
		scans = [][]int{{0}, {1}, {2}}[:e.components]
	}
	at := func(x, y, c int) int { return int(samples[(y*e.width+x)*e.components+c]) >> e.transform }
	for _, scan := range scans {
		out = append(out, 0xff, markerSOS, 0, byte(6+2*len(scan)), byte(len(scan)))
		for _, c := range scan {
			out = append(out, byte(c+1), 0)
		}
		out = append(out, byte(e.predictor), 0, byte(e.transform))
		w := &bitWriter{data: out}
		first := true
		for y := range e.height {
			if e.restartRows > 0 && y > 0 && y%e.restartRows == 0 {
				w.flush()
				w.data = append(w.data, 0xff, byte(markerRST0+(y/e.restartRows-1)%8))
				first = true
			}
			for x := range e.width {
				for _, c := range scan {
					var predicted int
					switch {
					case first && x == 0:
						predicted = 1 << (e.precision - e.transform - 1)
					case first:
						predicted = at(x-1, y, c)
					case x == 0:
						predicted = at(x, y-1, c)
					default:
						a, b, d := at(x-1, y, c), at(x, y-1, c), at(x-1, y-1, c)
						predicted = [8]int{0, a, b, d, a + b - d, a + (b-d)>>1, b + (a-d)>>1, (a + b) >> 1}[e.predictor]
					}
					diff := int(int16(at(x, y, c) - predicted))
					category := bits.Len(uint(max(diff, -diff)))
					code := codes[byte(category)]
					w.put(code.value, code.length)
					if diff < 0 {
						diff--
					}
					if category < 16 {
						w.put(uint32(diff)&(1<<category-1), category)
					}
				}
			}
			first = false
		}
		w.flush()
		out = w.data
	}
	if e.noEOI {
		return out
	}
	return append(out, 0xff, markerEOI)
}

func (e losslessEncoder) params() Params {
	return Params{
		TransferSyntax: "1.2.840.10008.1.2.4.57", Rows: e.height, Columns: e.width, SamplesPerPixel: e.components,
		BitsAllocated: 16, BitsStored: e.precision, HighBit: e.precision - 1, Photometric: "MONOCHROME2",
	}
}

// picture makes samples that are smooth in places and noise in others, with
// both ends of the range.
func (e losslessEncoder) picture() []uint16 {
	rnd := rand.New(rand.NewPCG(uint64(e.precision), uint64(e.predictor)))
	limit := 1 << e.precision
	samples := make([]uint16, e.width*e.height*e.components)
	for i := range samples {
		v := i * limit / len(samples)
		switch i / 16 % 4 {
		case 1:
			v = rnd.IntN(limit)
		case 2:
			v = (limit - 1) * rnd.IntN(2)
		}
		samples[i] = uint16(v) >> e.transform << e.transform
	}
	return samples
}

func TestLosslessJPEG(t *testing.T) {
	for predictor := 1; predictor <= 7; predictor++ {
		for _, precision := range []int{2, 8, 12, 16} {
			for _, restartRows := range []int{0, 1, 3} {
				for _, transform := range []int{0, 1} {
					for layout := range 3 {
						e := losslessEncoder{
							width: 23, height: 11, components: 1, precision: precision, predictor: predictor,
							transform: transform, restartRows: restartRows, noEOI: restartRows == 3,
						}
						if layout > 0 {
							e.components, e.separate = 3, layout == 2
						}
						t.Run(fmt.Sprintf("%+v", e), func(t *testing.T) {
							want := e.picture()
							img, err := Decode(context.Background(), e.params(), e.encode(want))
							if err != nil {
								t.Fatal(err)
							}
							if !slices.Equal(img.Samples, want) {
								t.Errorf("samples differ")
							}
						})
					}
				}
			}
		}
	}
}

// A damaged stream gives what came before the damage, and says so.
func TestLosslessJPEGDamaged(t *testing.T) {
	e := losslessEncoder{width: 64, height: 64, components: 1, precision: 12, predictor: 1}
	want := e.picture()
	whole := e.encode(want)

	img, err := Decode(context.Background(), e.params(), whole[:len(whole)/2])
	if !errors.Is(err, ErrTruncated) {
		t.Fatalf("half a stream: %v", err)
	}
	if !slices.Equal(img.Samples[:16*64], want[:16*64]) {
		t.Errorf("the rows before the end differ")
	}
	if slices.Equal(img.Samples, want) {
		t.Errorf("all rows of half a stream")
	}

	e.restartRows = 8
	whole = e.encode(want)
	for i := len(whole) / 2; ; i++ {
		if whole[i] == 0xff && whole[i+1] >= markerRST0 && whole[i+1] <= markerRST7 {
			whole[i+1] = markerEOI
			break
		}
	}
	if img, err = Decode(context.Background(), e.params(), whole); !errors.Is(err, ErrTruncated) {
		t.Fatalf("restart marker missing: %v", err)
	}
	if !slices.Equal(img.Samples[:16*64], want[:16*64]) {
		t.Errorf("the rows before the missing restart marker differ")
	}
}

// Code streams of the whole pixel cell hold what lies beside the stored bits:
// overlays, or nothing.
func TestLosslessJPEGMasksCell(t *testing.T) {
	e := losslessEncoder{width: 16, height: 16, components: 1, precision: 16, predictor: 1}
	cell := e.picture()
	for _, highBit := range []int{11, 13, 15} {
		p := e.params()
		p.BitsStored, p.HighBit = 12, highBit
		img, err := Decode(context.Background(), p, e.encode(cell))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range img.Samples {
			if want := cell[i] >> (highBit - 11) & 0xfff; v != want {
				t.Fatalf("high bit %d: sample %d is %#x, want %#x", highBit, i, v, want)
			}
		}
	}
}
