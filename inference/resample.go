package inference

// Each product and sum is rounded, as the training side does, where a processor
// could do both in one: in C by -std=c11 and a pragma, in Go by a conversion
// of the product.

// #cgo CFLAGS: -O3 -std=c11
// #include "resample.h"
import "C"

import (
	"math"
	"slices"
	"sync"
	"unsafe"
)

// scratch is memory that preparing one film after another uses again: to ask for
// it anew for each and to collect it took a tenth of a small film's time.
type scratch struct {
	// grey holds the grey of every value that a stored one can have.
	grey [1 << 16]float32
	low  []float32
	// counts and near are the percentiles'.
	counts [buckets]int32
	near   [2][]float32
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// span is the run of source samples that one resampled sample is made of.
type span struct {
	first   int
	weights []float32
}

// triangle returns the spans that resample n samples to m: a triangle filter
// that widens with the reduction, so that no source sample is skipped, with
// weights that sum to one at the edges too.
func triangle(n, m int) []span {
	scale := float64(n) / float64(m)
	support := max(scale, 1)
	spans := make([]span, m)
	longest := int(2*support) + 2
	exact, all := make([]float64, longest), make([]float32, m*longest)
	for k := range spans {
		centre := float64((float64(k) + 0.5) * scale)
		first := max(int(centre-support+0.5), 0)
		end := min(int(centre+support+0.5), n)
		weights := exact[:end-first]
		sum := 0.0
		for j := range weights {
			weights[j] = max(1-math.Abs((float64(first+j)-centre+0.5)/support), 0)
			sum += weights[j]
		}
		spans[k] = span{first: first, weights: all[k*longest:][:len(weights)]}
		for j, w := range weights {
			spans[k].weights[j] = float32(w / sum)
		}
	}
	return spans
}

// resample reduces (or enlarges) a film of width×height stored values, seen
// through grey, to w×h. Columns come first, a row of the film at a time: the
// film is read once and in order, and the sums of a row do not wait for each
// other as those of a column would. This half, which touches every pixel, is
// in C for its vector instructions.
func resample(stored []uint16, width, height int, s *scratch, w, h int) []float32 {
	low := slices.Grow(s.low[:0], h*width)[:h*width]
	s.low = low
	down := triangle(height, h)
	var weights []float32
	first := 0
	for y := range height {
		for down[first].first+len(down[first].weights) <= y {
			first++ // no later row of the film counts there
		}
		weights = weights[:0]
		begun := 0
		for k := first; k < h && down[k].first <= y; k++ {
			if down[k].first < y {
				begun++
			}
			weight := float32(0)
			if j := y - down[k].first; j < len(down[k].weights) {
				weight = down[k].weights[j]
			}
			weights = append(weights, weight)
		}
		row, sums := stored[y*width:(y+1)*width], low[first*width:(first+len(weights))*width]
		C.spread_row((*C.uint16_t)(unsafe.SliceData(row)), (*C.float)(&s.grey[0]), C.size_t(width),
			(*C.float)(unsafe.SliceData(sums)), (*C.float)(unsafe.SliceData(weights)), C.size_t(len(weights)), C.size_t(begun))
	}
	return squeeze(low, width, h, w)
}

// squeeze resamples h rows of width values to w. Four rows are summed side by
// side, since each sum has to wait for its own last step.
func squeeze(rows []float32, width, h, w int) []float32 {
	out := make([]float32, h*w)
	across := triangle(width, w)
	y := 0
	for ; y+4 <= h; y += 4 {
		for x, s := range across {
			n := len(s.weights)
			at := y*width + s.first
			a, b := rows[at:at+n], rows[at+width:][:n]
			c, d := rows[at+2*width:][:n], rows[at+3*width:][:n]
			var sumA, sumB, sumC, sumD float32
			for j, weight := range s.weights {
				sumA += float32(a[j] * weight)
				sumB += float32(b[j] * weight)
				sumC += float32(c[j] * weight)
				sumD += float32(d[j] * weight)
			}
			at = y*w + x
			out[at], out[at+w], out[at+2*w], out[at+3*w] = sumA, sumB, sumC, sumD
		}
	}
	for ; y < h; y++ {
		for x, s := range across {
			var sum float32
			for j, v := range rows[y*width+s.first:][:len(s.weights)] {
				sum += float32(v * s.weights[j])
			}
			out[y*w+x] = sum
		}
	}
	return out
}
