package inference_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/inference"
)

// plain maps greys as they are: the tests see the resampling alone.
var plain = inference.Input{
	Width: 4, Height: 4, Resample: "triangle",
	PercentileLow: 0, PercentileHigh: 100, MinimumRange: 1e-3, Std: 1,
}

// grey16 is a 16-bit film of one value a pixel.
func grey16(width, height int, value func(x, y int) uint16) *dicomio.Film {
	film := &dicomio.Film{Path: "made.png", Width: width, Height: height, Bits: 16, PixelAspect: 1}
	for y := range height {
		for x := range width {
			film.Stored = append(film.Stored, value(x, y))
		}
	}
	return film
}

func prepare(t *testing.T, input inference.Input, film *dicomio.Film) []float32 {
	t.Helper()
	tensor, err := input.Prepare(film)
	if err != nil {
		t.Fatal(err)
	}
	return tensor.Values
}

func TestABlankFilmStaysBlank(t *testing.T) {
	film := grey16(100, 90, func(x, y int) uint16 { return 30000 })
	for _, v := range prepare(t, plain, film) {
		if math.Abs(float64(v)) > 1e-3 {
			t.Fatalf("a film of one grey became %v", v)
		}
	}
}

func TestNoPixelIsSkippedInReducing(t *testing.T) {
	// One bright line in a film reduced 50 times would be missed or would
	// dominate if samples were picked; averaged, it weighs the same wherever
	// it lies within a cell.
	mean := func(line int) float32 {
		film := grey16(200, 200, func(x, y int) uint16 {
			switch {
			case x == line:
				return math.MaxUint16
			case x == 199: // keeps the range of greys the same
				return 20000
			}
			return 0
		})
		input := plain
		input.MinimumRange = 1 // the range is less, so nothing is stretched
		var sum float32
		for _, v := range prepare(t, input, film) {
			sum += v
		}
		return sum
	}
	first := mean(70)
	for line := 71; line < 130; line++ {
		if got := mean(line); math.Abs(float64(got-first)) > 0.02*float64(first) || got <= 0 {
			t.Fatalf("a line at %d weighs %v, at 70 %v", line, got, first)
		}
	}
}

// averaged is one cell of a w×h resampling of a film, by the definition of the
// triangle filter.
func averaged(film *dicomio.Film, w, h, x, y int) float64 {
	weight := func(n, m, cell, at int) float64 {
		scale := float64(n) / float64(m)
		return max(1-math.Abs((float64(at)+0.5-(float64(cell)+0.5)*scale)/max(scale, 1)), 0)
	}
	var sum, weights float64
	for row := range film.Height {
		for column := range film.Width {
			product := weight(film.Height, h, y, row) * weight(film.Width, w, x, column)
			sum += product * float64(film.Stored[row*film.Width+column]) / math.MaxUint16
			weights += product
		}
	}
	return sum / weights
}

func TestEachCellIsTheAverageOfItsPixels(t *testing.T) {
	for _, size := range [][4]int{{2300, 40, 5, 6}, {40, 70, 6, 5}, {9, 3, 20, 7}} {
		film := grey16(size[0], size[1], func(x, y int) uint16 { return uint16(x*x*7 + y*y*13 + x*y) })
		film.Windows = []dicomio.Window{{Kind: dicomio.WindowLinearExact, Center: math.MaxUint16 / 2.0, Width: math.MaxUint16}}
		input := plain
		input.Width, input.Height = size[2], size[3]
		input.MinimumRange = 1 // the range is less, so that only the lowest is taken off
		values := prepare(t, input, film)
		lowest := math.Inf(1)
		for k := range values {
			lowest = min(lowest, averaged(film, input.Width, input.Height, k%input.Width, k/input.Width))
		}
		for k, v := range values {
			if want := averaged(film, input.Width, input.Height, k%input.Width, k/input.Width) - lowest; math.Abs(float64(v)-want) > 1e-4 {
				t.Fatalf("%v: cell %d is %v, want %v", size, k, v, want)
			}
		}
	}
}

func TestPercentilesStretchAndClip(t *testing.T) {
	input := plain
	input.Width, input.Height = 101, 1
	input.PercentileLow, input.PercentileHigh = 10, 90
	film := grey16(101, 1, func(x, y int) uint16 { return uint16(600 * x) })
	values := prepare(t, input, film)
	for x, want := range map[int]float64{0: 0, 10: 0, 50: 0.5, 90: 1, 100: 1} {
		if math.Abs(float64(values[x])-want) > 1e-3 {
			t.Errorf("value %d is %v, want %v", x, values[x], want)
		}
	}
}

// identity sees a film of its own size, stretched between two percentiles.
func identity(width, height int, low, high float64) inference.Input {
	input := plain
	input.Width, input.Height, input.PercentileLow, input.PercentileHigh = width, height, low, high
	return input
}

func TestPercentilesAreThoseOfTheSortedValues(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		width, height := 1+random.IntN(40), 1+random.IntN(40)
		spread := 1 + random.IntN(1<<16) // some films have few greys
		film := grey16(width, height, func(x, y int) uint16 { return uint16(random.IntN(spread)) })
		film.Windows = []dicomio.Window{{Kind: dicomio.WindowLinearExact, Center: math.MaxUint16 / 2.0, Width: math.MaxUint16}}
		low, high := 40*random.Float64(), 60+40*random.Float64()
		sorted := slices.Sorted(slices.Values(film.Stored))
		at := func(percent float64) float64 {
			position := percent / 100 * float64(len(sorted)-1)
			below := int(position)
			above := min(below+1, len(sorted)-1)
			return (float64(sorted[below]) + (position-float64(below))*(float64(sorted[above])-float64(sorted[below]))) / math.MaxUint16
		}
		scale := max(at(high)-at(low), plain.MinimumRange)
		for k, v := range prepare(t, identity(width, height, low, high), film) {
			want := min(max((float64(film.Stored[k])/math.MaxUint16-at(low))/scale, 0), 1)
			if math.Abs(float64(v)-want) > 1e-2 {
				t.Fatalf("%d×%d, percentiles %v and %v: pixel %d is %v, want %v", width, height, low, high, k, v, want)
			}
		}
	}
}

func TestAFilmLeavesNothingToTheNext(t *testing.T) {
	input := plain
	input.Width, input.Height = 30, 20
	// Of other sizes and other bits; the second has values that its bits have
	// no room for, as damaged films do.
	first := grey16(200, 90, func(x, y int) uint16 { return uint16(40000 + x*y) })
	second := grey16(50, 70, func(x, y int) uint16 { return uint16(x * y % 300) })
	second.Bits = 8
	want := [][]float32{prepare(t, input, first), prepare(t, input, second)}
	for round := range 20 {
		for k, film := range []*dicomio.Film{first, second} {
			if got := prepare(t, input, film); !slices.Equal(got, want[k]) {
				t.Fatalf("round %d: film %d is prepared in another way", round, k)
			}
		}
	}
}

func TestPreparingAsksForLittleMoreThanItsResult(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection would empty the pool
	input := plain
	input.Width, input.Height = 224, 224
	film := grey16(1500, 1000, func(x, y int) uint16 { return uint16(x + y) })
	film.Bits = 12
	prepare(t, input, film)
	const films = 10
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range films {
		prepare(t, input, film)
	}
	runtime.ReadMemStats(&after)
	if each, result := (after.TotalAlloc-before.TotalAlloc)/films, uint64(4*input.Width*input.Height); each > 3*result {
		t.Errorf("a film of 1500×1000 takes %d kB for a tensor of %d kB", each>>10, result>>10)
	}
}

func TestAColourPictureIsNotPrepared(t *testing.T) {
	film := &dicomio.Film{Path: "holiday.jpg", Width: 2, Height: 2, Colour: make([]uint8, 16)}
	if _, err := plain.Prepare(film); !errors.Is(err, inference.ErrColour) {
		t.Errorf("error %v", err)
	}
}

// trainingPrepare has the training side prepare films, as raw float32.
const trainingPrepare = `
import sys
from pneumotrain.preprocess import load_grey, prepare
for path in sys.stdin.read().splitlines():
    sys.stdout.buffer.write(prepare(load_grey(path)).astype("<f4").tobytes())
`

// trainingSide prepares films as the training does; the test is skipped where
// no Python with NumPy and Pillow is at hand.
func trainingSide(t *testing.T, paths []string) [][]float32 {
	t.Helper()
	python := ""
	for _, candidate := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(candidate, "-c", "import numpy, PIL").Run() == nil {
			python = candidate
			break
		}
	}
	if python == "" {
		t.Skip("no python3 with NumPy and Pillow: the training side's preparation is not compared")
	}
	var list, out bytes.Buffer
	for _, path := range paths {
		list.WriteString(path + "\n")
	}
	command := exec.Command(python, "-c", trainingPrepare)
	command.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join("..", "training"), "PYTHONDONTWRITEBYTECODE=1")
	command.Stdin, command.Stdout, command.Stderr = &list, &out, os.Stderr
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	films := make([][]float32, len(paths))
	for k := range films {
		films[k] = make([]float32, 224*224)
		if err := binary.Read(&out, binary.LittleEndian, films[k]); err != nil {
			t.Fatal(err)
		}
	}
	return films
}
